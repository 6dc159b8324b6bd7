//! People, what is sealed under their keys, and what shredding leaves.

use candor_domain::subject_request::State;
use candor_policy::charter::Right;
use candor_store::rows::SubjectRow;
use candor_store::{Change, SealedValue, StoreError};

use crate::sample::{filing, hour, request, request_id, shred, subject, subject_id};
use crate::support::{Place, on_both};

fn sealing(number: u8, name: &str, bytes: &[u8]) -> Change {
    Change {
        sealed: vec![SealedValue {
            subject_request: request_id(number),
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        }],
        ..Change::default()
    }
}

fn shredding(number: u8, at: i64) -> Change {
    Change {
        shred: vec![shred(number, at)],
        ..Change::default()
    }
}

fn package(number: u8) -> String {
    format!("package/{}", request_id(number))
}

/// What waits while a package is written.
fn sheets(number: u8) -> String {
    format!("sheets/{}", request_id(number))
}

/// The keys of the rows that an erasure takes.
fn keys(number: u8) -> String {
    format!("keys/{}", request_id(number))
}

#[tokio::test]
async fn a_contact_leads_to_one_person() {
    on_both(|place| async move {
        let store = place.open().await;
        let adding = |row: SubjectRow| Change {
            subjects: vec![row],
            ..Change::default()
        };
        store.commit(adding(subject(1))).await.unwrap();
        let twin = SubjectRow {
            id: subject_id(2),
            ..subject(1)
        };
        let refused = store.commit(adding(twin)).await;
        assert!(matches!(refused, Err(StoreError::Conflict { .. })));
        let found = store.subject_by_contact(&[1; 32]).await.unwrap();
        assert_eq!(found, Some(subject(1)));
        assert_eq!(store.subject(&subject_id(1)).await.unwrap(), found);
        assert_eq!(store.subject(&subject_id(2)).await.unwrap(), None);
        assert_eq!(store.subject_by_contact(&[2; 32]).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn shredding_leaves_only_that_somebody_was_there() {
    on_both(|place| async move {
        let store = place.open().await;
        let erasures = [1, 2].map(|number| request(number, Right::Erasure, State::Carrying, 24));
        store.commit(filing(erasures.to_vec())).await.unwrap();
        for number in [1, 2] {
            let sealed = sealing(number, "footprint", b"sealed");
            store.commit(sealed).await.unwrap();
            for name in [package(number), sheets(number)] {
                store.put_chunk(&name, 0, b"sealed package").await.unwrap();
            }
        }

        store.commit(shredding(1, 5)).await.unwrap();
        store.commit(shredding(1, 9)).await.unwrap();
        let left = SubjectRow {
            wrapped_key: None,
            contact_index: None,
            sealed: None,
            shredded_at: Some(hour(5)),
            ..subject(1)
        };
        assert_eq!(store.subject(&subject_id(1)).await.unwrap(), Some(left));
        assert_eq!(store.subject_by_contact(&[1; 32]).await.unwrap(), None);
        let sealed = store.sealed(&request_id(1), "footprint").await.unwrap();
        assert_eq!(sealed, None);
        for name in [package(1), sheets(1)] {
            assert_eq!(store.chunk(&name, 0).await.unwrap(), None, "{name}");
        }
        let kept = store.request(&request_id(1)).await.unwrap().unwrap();
        assert_eq!(kept.value, erasures[0], "the subject request stays");

        let others = store.sealed(&request_id(2), "footprint").await.unwrap();
        assert_eq!(others.as_deref(), Some(b"sealed".as_slice()));
        for name in [package(2), sheets(2)] {
            assert!(store.chunk(&name, 0).await.unwrap().is_some(), "{name}");
        }
        assert_eq!(
            store.subject(&subject_id(2)).await.unwrap(),
            Some(subject(2))
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_is_sealed_for_a_person_who_is_shredded() {
    on_both(|place| async move {
        let store = place.open().await;
        let filed = request(1, Right::Erasure, State::Carrying, 24);
        store.commit(filing(vec![filed])).await.unwrap();
        store.commit(shredding(1, 5)).await.unwrap();
        let late = store.commit(sealing(1, "footprint", b"late")).await;
        assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
        for name in [package(1), sheets(1), keys(1)] {
            let late = store.put_chunk(&name, 0, b"late").await;
            assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
        }
        let nobody = store.commit(shredding(9, 5)).await;
        assert!(matches!(nobody, Err(StoreError::Conflict { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_shredded_key_is_in_none_of_the_files() {
    on_both(|place| async move {
        let store = place.open().await;
        let filed = request(7, Right::Erasure, State::Carrying, 24);
        store.commit(filing(vec![filed])).await.unwrap();
        let footprint = sealing(7, "footprint", b"sealed footprint of person 007");
        store.commit(footprint).await.unwrap();
        let name = package(7);
        let bytes = b"sealed package of person 007".repeat(1_000);
        store.put_chunk(&name, 0, &bytes).await.unwrap();
        let secrets = [
            "wrapped key of person 007",
            "sealed contact of person 007",
            "sealed footprint of person 007",
            "sealed package of person 007",
        ];
        if place.file.is_some() {
            for secret in secrets {
                assert!(in_files(&place, secret), "{secret}: the search must work");
            }
        }
        store.commit(shredding(7, 5)).await.unwrap();
        for secret in secrets {
            assert!(!in_files(&place, secret), "{secret}");
        }
    })
    .await;
}

/// Whether any of SQLite's files holds the text.
fn in_files(place: &Place, text: &str) -> bool {
    let Some(folder) = place.file.as_ref().and_then(|file| file.parent()) else {
        return false;
    };
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

#[tokio::test]
async fn sealed_values_and_blobs_are_replaced_and_removed() {
    on_both(|place| async move {
        let store = place.open().await;
        let filed = request(1, Right::Access, State::Carrying, 24);
        store.commit(filing(vec![filed])).await.unwrap();
        for bytes in [b"first".as_slice(), b"second"] {
            store.commit(sealing(1, "footprint", bytes)).await.unwrap();
            store.put_chunk("export/1", 3, bytes).await.unwrap();
        }
        let sealed = store.sealed(&request_id(1), "footprint").await.unwrap();
        assert_eq!(sealed.as_deref(), Some(b"second".as_slice()));
        let other = store.sealed(&request_id(1), "other").await.unwrap();
        assert_eq!(other, None);
        let chunk = store.chunk("export/1", 3).await.unwrap();
        assert_eq!(chunk.as_deref(), Some(b"second".as_slice()));
        assert_eq!(store.chunk("export/1", 4).await.unwrap(), None);

        let largest = vec![7; 1 << 20];
        store.put_chunk("export/1", 4, &largest).await.unwrap();
        assert_eq!(store.chunk("export/1", 4).await.unwrap(), Some(largest));
        let larger = store
            .put_chunk("export/1", 5, &vec![7; (1 << 20) + 1])
            .await;
        assert!(matches!(larger, Err(StoreError::TooLarge { .. })));

        let removing = Change {
            remove_blobs: vec!["export/1".to_owned()],
            ..Change::default()
        };
        store.commit(removing).await.unwrap();
        assert_eq!(store.chunk("export/1", 3).await.unwrap(), None);
    })
    .await;
}
