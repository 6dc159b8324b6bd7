//! Charters, observations, staff, sessions and settings.

use candor_policy::charter::CharterId;
use candor_policy::diff::{Acknowledgement, Direction};
use candor_policy::promise::PromiseId;
use candor_store::{Change, Notice, StoreError};

use crate::sample::{charter, hour, observation, publication, staff};
use crate::support::on_both;

#[tokio::test]
async fn the_charter_in_force_is_the_latest_that_has_begun() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(store.charter_in_force(hour(0)).await.unwrap(), None);
        let mut last = None;
        for (id, at) in [("a", 1), ("b", 5), ("a", 9), ("c", 9)] {
            store.commit(publishing(id, at, last)).await.unwrap();
            last = store
                .versions()
                .await
                .unwrap()
                .first()
                .map(|row| row.number);
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

fn publishing(id: &str, at: i64, follows: Option<u64>) -> Change {
    Change {
        publication: Some(publication(id, at, follows)),
        ..Change::default()
    }
}

#[tokio::test]
async fn versions_are_a_chain_that_says_who_stood_for_what() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(store.versions().await.unwrap(), []);
        store.commit(publishing("a", 1, None)).await.unwrap();
        let first = store.versions().await.unwrap()[0].number;
        let mut change = publishing("b", 2, Some(first));
        let acknowledged = Acknowledgement {
            promise: PromiseId("retain.email".to_owned()),
            direction: Direction::Weaker,
            reasons: vec!["kept: 1 year instead of 90 days".to_owned()],
        };
        let notice = Notice {
            about: "customer".to_owned(),
            channel: "email".to_owned(),
            asks: vec!["newsletter".to_owned()],
        };
        if let Some(publication) = &mut change.publication {
            publication.acknowledged.push(acknowledged.clone());
            publication.notices.push(notice);
        }
        store.commit(change).await.unwrap();

        // Whoever compared with a version that has a follower compared with the
        // wrong one.
        for follows in [None, Some(first)] {
            let second = store.commit(publishing("c", 3, follows)).await;
            assert!(
                matches!(second, Err(StoreError::Conflict { .. })),
                "{second:?}"
            );
        }
        let versions = store.versions().await.unwrap();
        let seen: Vec<_> = versions
            .iter()
            .map(|row| (row.charter.0.as_str(), row.effective_at, row.follows))
            .collect();
        assert_eq!(seen, [("b", hour(2), Some(first)), ("a", hour(1), None)]);
        assert_eq!(versions[0].acknowledged, [acknowledged]);
        assert_eq!(versions[0].published_by.as_deref(), Some("head of legal"));
        let owed = store.owed_notices().await.unwrap();
        assert_eq!(owed.len(), 1);
        assert_eq!(owed[0].version, versions[0].number);
        assert_eq!(
            (owed[0].about.as_str(), owed[0].channel.as_str()),
            ("customer", "email")
        );
        assert_eq!(owed[0].asks, ["newsletter"]);
    })
    .await;
}

#[tokio::test]
async fn charters_of_an_older_program_become_versions() {
    on_both(|place| async move {
        let store = place.open().await;
        store.commit(publishing("a", 1, None)).await.unwrap();
        let first = store.versions().await.unwrap()[0].number;
        store.commit(publishing("b", 2, Some(first))).await.unwrap();
        drop(store);
        place
            .sabotage(
                "DROP TABLE owed_notices; DROP TABLE publications; DROP TABLE api_keys;
                 DROP TABLE once; DROP TABLE holds; DROP TABLE bulk_files; DROP TABLE tombstones; DROP TABLE ledger_promises;
                 DROP TABLE key_shards; ALTER TABLE subjects DROP COLUMN tenant;
                 DROP INDEX subject_requests_by_tenant; DROP INDEX subject_requests_of_tenant;
                 ALTER TABLE subject_requests DROP COLUMN tenant;
                 DELETE FROM schema_migrations WHERE number > 1",
            )
            .await;
        let store = place.open().await;
        let versions = store.versions().await.unwrap();
        let follows: Vec<_> = versions.iter().map(|row| row.follows).collect();
        assert_eq!(follows, [Some(first), None]);
        assert_eq!(versions[0].published_at, hour(2));
        assert_eq!(versions[0].published_by, None);
    })
    .await;
}

#[tokio::test]
async fn charters_of_every_form_open_or_say_what_to_do() {
    on_both(|place| async move {
        let store = place.open().await;
        store.commit(publishing("a", 1, None)).await.unwrap();
        drop(store);
        // As a release before forms had numbers kept it.
        place
            .sabotage("UPDATE charters SET body = '{\"id\":\"a\",\"no_sale\":true}'")
            .await;
        let store = place.open().await;
        let row = store.charter_in_force(hour(2)).await.unwrap().unwrap();
        assert!(row.charter.no_sale);
        drop(store);
        place
            .sabotage("UPDATE charters SET body = '{\"format\":1000,\"charter\":{\"id\":\"a\"}}'")
            .await;
        let store = place.open().await;
        let refused = store.charter_in_force(hour(2)).await.unwrap_err();
        let StoreError::Charter { id, source } = &refused else {
            panic!("{refused:?}");
        };
        assert_eq!(id, "a");
        assert!(
            source
                .to_string()
                .contains("run the release that published it")
        );
        // What doesn't need the charter itself goes on.
        assert_eq!(store.versions().await.unwrap().len(), 1);
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
