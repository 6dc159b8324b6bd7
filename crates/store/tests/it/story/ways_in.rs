//! API keys, and what may happen once.

use candor_domain::id::ApiKeyId;
use candor_store::{Change, NewApiKey, ONCE, StoreError};

use crate::sample::{hour, key, once, staff};
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
