//! Holds on people: one of a kind at a time, and nobody on hold is shredded.

use candor_domain::id::HoldId;
use candor_store::rows::HoldRow;
use candor_store::{Change, HoldWrite, Shred, Store, StoreError};

use crate::sample::{hold, hour, shred, staff, subject};
use crate::support::on_both;

async fn write(store: &dyn Store, hold: HoldWrite) -> Result<(), StoreError> {
    let change = Change {
        holds: vec![hold],
        ..Change::default()
    };
    store.commit(change).await.map(|_| ())
}

fn lift(id: &HoldId) -> HoldWrite {
    HoldWrite::Lift {
        id: id.clone(),
        at: hour(5),
        by: Some(staff(1, "ines").id),
    }
}

#[tokio::test]
async fn a_hold_stands_until_it_is_lifted_and_the_person_stays_with_it() {
    on_both(|place| async move {
        let store = place.open().await;
        let people = Change {
            subjects: vec![subject(1), subject(2)],
            ..Change::default()
        };
        store.commit(people).await.unwrap();
        let set = |hold: HoldRow| write(&*store, HoldWrite::Set(hold));
        set(hold(1, 1)).await.unwrap();
        // The same kind on the same person, whoever sets it.
        assert!(matches!(
            set(hold(2, 1)).await,
            Err(StoreError::Conflict { .. })
        ));
        let other = HoldRow {
            hold: "court".to_owned(),
            set_by: Some(staff(1, "ines").id),
            ..hold(3, 1)
        };
        set(other.clone()).await.unwrap();
        assert_eq!(store.holds().await.unwrap(), [hold(1, 1), other.clone()]);
        let shredding = || Change {
            shred: vec![Shred {
                requests_seen: 0,
                ..shred(1, 6)
            }],
            ..Change::default()
        };
        for id in [hold(1, 1).id, other.id] {
            assert!(store.commit(shredding()).await.is_err());
            write(&*store, lift(&id)).await.unwrap();
            let again = write(&*store, lift(&id)).await;
            assert!(matches!(again, Err(StoreError::Conflict { .. })));
        }
        assert_eq!(store.holds().await.unwrap(), []);
        // What was lifted may be set again, until nothing is left of them.
        set(hold(4, 1)).await.unwrap();
        write(&*store, lift(&hold(4, 1).id)).await.unwrap();
        store.commit(shredding()).await.unwrap();
        assert!(set(hold(5, 1)).await.is_err());
    })
    .await;
}
