//! API keys, what may happen once, and what erased rows are known by.

use candor_domain::id::ApiKeyId;
use candor_store::{Change, NewApiKey, ONCE, StoreError};

use crate::sample::{hour, key, once, staff, tombstone};
use crate::support::on_both;

fn adding(keys: Vec<NewApiKey>) -> Change {
    Change {
        api_keys: keys,
        ..Change::default()
    }
}

#[tokio::test]
async fn an_api_key_is_found_by_its_hash_and_stays_revoked() {
    on_both(|place| async move {
        let store = place.open().await;
        store.add_staff(&staff(1, "ines")).await.unwrap();
        let mut second = key(2);
        second.row.created_by = Some(staff(1, "ines").id);
        store
            .commit(adding(vec![key(1), second.clone()]))
            .await
            .unwrap();
        assert_eq!(
            store.api_key(&[2; 32]).await.unwrap(),
            Some(second.row.clone())
        );
        assert_eq!(store.api_key(&[3; 32]).await.unwrap(), None);
        let by_id = store.api_key_by_id(&second.row.id).await.unwrap();
        assert_eq!(by_id, Some(second.row.clone()));
        assert_eq!(store.api_key_by_id(&key(3).row.id).await.unwrap(), None);
        assert_eq!(store.api_keys().await.unwrap(), [second.row, key(1).row]);
        let twice = store.commit(adding(vec![key(1)])).await;
        assert!(
            matches!(twice, Err(StoreError::Conflict { .. })),
            "{twice:?}"
        );

        let id = key(1).row.id;
        for (at, expected) in [(5, 5), (9, 5)] {
            let change = Change {
                revoke: vec![(id.clone(), hour(at))],
                ..Change::default()
            };
            store.commit(change).await.unwrap();
            let row = store.api_key(&[1; 32]).await.unwrap().unwrap();
            assert_eq!(row.revoked_at, Some(hour(expected)));
            assert!(!row.is_open(hour(1)), "revoked");
        }
        let open = store.api_key(&[2; 32]).await.unwrap().unwrap();
        assert!(
            open.is_open(hour(99)) && !open.is_open(hour(100)),
            "expires"
        );
        let nobody = Change {
            revoke: vec![(ApiKeyId::from_random([9; 16]), hour(1))],
            ..Change::default()
        };
        assert!(store.commit(nobody).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_name_is_used_once_until_it_is_forgotten() {
    on_both(|place| async move {
        let store = place.open().await;
        let row = once(1);
        let change = Change {
            once: Some(row.clone()),
            api_keys: vec![key(1)],
            ..Change::default()
        };
        store.commit(change.clone()).await.unwrap();
        let again = Change {
            api_keys: vec![key(2)],
            ..change.clone()
        };
        let again = store.commit(again).await;
        assert!(
            matches!(again, Err(StoreError::Conflict { what: ONCE })),
            "{again:?}"
        );
        assert_eq!(
            store.api_keys().await.unwrap().len(),
            1,
            "nothing of it happened"
        );
        assert_eq!(store.once("login", &[1; 32]).await.unwrap(), Some(row));
        assert_eq!(store.once("other", &[1; 32]).await.unwrap(), None);
        assert_eq!(store.expire_once(hour(23)).await.unwrap(), 0);
        assert_eq!(store.expire_once(hour(24)).await.unwrap(), 1);
        assert_eq!(store.once("login", &[1; 32]).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_tombstone_is_read_until_it_ends_or_is_removed() {
    on_both(|place| async move {
        let store = place.open().await;
        let rows: Vec<_> = [3, 1, 2].map(|number| tombstone(number, "app")).into();
        let other = tombstone(2, "billing");
        let change = Change {
            tombstones: [rows.clone(), vec![other.clone()]].concat(),
            ..Change::default()
        };
        store.commit(change.clone()).await.unwrap();
        store.commit(change).await.unwrap();
        let read = async |after: Option<u8>, at, limit| {
            let after = after.map(|number| tombstone(number, "app").subject_request);
            let read = store.tombstones("app", after.as_ref(), hour(at), limit);
            read.await.unwrap()
        };
        let mut sorted = rows.clone();
        sorted.sort_by(|left, right| left.subject_request.cmp(&right.subject_request));
        assert_eq!(read(None, 0, 500).await, sorted, "each once");
        assert_eq!(read(None, 0, 1).await, sorted[..1]);
        let first = sorted[0].sealed[0];
        assert_eq!(read(Some(first), 0, 500).await, sorted[1..]);
        assert_eq!(
            read(None, 2, 500).await,
            [tombstone(3, "app")],
            "two have ended"
        );
        let removed = Change {
            remove_tombstones: vec![(tombstone(3, "app").subject_request, "app".to_owned())],
            ..Change::default()
        };
        store.commit(removed).await.unwrap();
        assert_eq!(read(None, 2, 500).await, []);
        assert_eq!(store.expire_tombstones(hour(2)).await.unwrap(), 3);
        assert_eq!(
            store
                .tombstones("billing", None, hour(0), 500)
                .await
                .unwrap(),
            []
        );
    })
    .await;
}
