//! Charters, observations, staff, sessions and settings.

use candor_policy::charter::CharterId;
use candor_store::{Change, StoreError};

use crate::sample::{charter, hour, observation, staff};
use crate::support::on_both;

#[tokio::test]
async fn the_charter_in_force_is_the_latest_that_has_begun() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(store.charter_in_force(hour(0)).await.unwrap(), None);
        for (id, at) in [("a", 1), ("b", 5), ("a", 9), ("c", 9)] {
            let change = Change {
                charter: Some((charter(id), hour(at))),
                ..Change::default()
            };
            store.commit(change).await.unwrap();
        }
        let mut seen = Vec::new();
        for at in [0, 1, 4, 5, 8, 9, 100] {
            let row = store.charter_in_force(hour(at)).await.unwrap();
            seen.push(row.map_or("none".to_owned(), |row| row.charter.id.0));
        }
        assert_eq!(seen, ["none", "a", "a", "b", "b", "c", "c"]);
        let row = store.charter(&CharterId("a".to_owned())).await.unwrap();
        let row = row.unwrap();
        assert_eq!((row.charter, row.effective_at), (charter("a"), hour(9)));
        let unknown = store.charter(&CharterId("z".to_owned())).await.unwrap();
        assert_eq!(unknown, None);
    })
    .await;
}

#[tokio::test]
async fn the_later_look_wins_not_the_later_write() {
    on_both(|place| async move {
        let store = place.open().await;
        let first = observation("app", hour(2), "first");
        let other = observation("help", hour(2), "other");
        let change = |observations| Change {
            observations,
            ..Change::default()
        };
        let both = change(vec![other.clone(), first.clone()]);
        store.commit(both).await.unwrap();
        let seen = store.observations().await.unwrap();
        assert_eq!(seen, [first.clone(), other.clone()]);
        let older = observation("app", hour(1), "older");
        store.commit(change(vec![older])).await.unwrap();
        assert_eq!(store.observations().await.unwrap(), [first, other.clone()]);
        let newer = observation("app", hour(3), "newer");
        store.commit(change(vec![newer.clone()])).await.unwrap();
        assert_eq!(store.observations().await.unwrap(), [newer, other]);
    })
    .await;
}

#[tokio::test]
async fn staff_sign_in_and_their_sessions_end() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(store.staff_count().await.unwrap(), 0);
        let (ada, ben) = (staff(1, "ada"), staff(2, "ben"));
        store.add_staff(&ada).await.unwrap();
        store.add_staff(&ben).await.unwrap();
        let twin = store.add_staff(&staff(3, "ada")).await;
        assert!(matches!(twin, Err(StoreError::Conflict { .. })), "{twin:?}");
        assert_eq!(store.staff_count().await.unwrap(), 2);
        let found = store.staff_by_login("ada").await.unwrap();
        assert_eq!(found.as_ref(), Some(&ada));
        assert_eq!(store.staff_by_login("Ada").await.unwrap(), None);
        assert_eq!(store.staff(&ben.id).await.unwrap().as_ref(), Some(&ben));

        for (token, staff, until) in [(1, &ada, 8), (2, &ben, 9), (3, &ben, 10)] {
            let token = [token; 32];
            let opened = store.open_session(&token, &staff.id, hour(until));
            opened.await.unwrap();
        }
        let who = store.session(&[1; 32], hour(7)).await.unwrap();
        assert_eq!(who.as_ref(), Some(&ada));
        assert_eq!(store.session(&[1; 32], hour(8)).await.unwrap(), None);
        assert_eq!(store.session(&[9; 32], hour(7)).await.unwrap(), None);
        store.end_session(&[2; 32]).await.unwrap();
        assert_eq!(store.session(&[2; 32], hour(7)).await.unwrap(), None);
        assert_eq!(store.expire_sessions(hour(9)).await.unwrap(), 1);
        let who = store.session(&[3; 32], hour(9)).await.unwrap();
        assert_eq!(who.as_ref(), Some(&ben));
        let unknown = staff(9, "nobody").id;
        assert!(
            store
                .open_session(&[4; 32], &unknown, hour(9))
                .await
                .is_err()
        );
    })
    .await;
}

#[tokio::test]
async fn settings_are_set_and_replaced() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(store.setting("origin").await.unwrap(), None);
        store.set_setting("origin", "first").await.unwrap();
        store.set_setting("origin", "second").await.unwrap();
        let origin = store.setting("origin").await.unwrap();
        assert_eq!(origin.as_deref(), Some("second"));
    })
    .await;
}
