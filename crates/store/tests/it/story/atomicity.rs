//! A change happens in whole or not at all, whichever part of it fails.

use candor_domain::subject_request::State;
use candor_domain::work::Job;
use candor_policy::charter::Right;
use candor_store::{
    BulkWrite, Change, ChunkWrite, HoldWrite, Recontact, RequestWrite, SealedValue, Store,
    StoreError,
};
use jiff::SignedDuration;

use crate::sample::{
    entry, filing, hold, hour, key, locate, observation, once, publication, request, request_id,
    shred, subject, subject_id, tombstone,
};
use crate::story::bulk;
use crate::support::on_both;

/// A state in which every kind of part can fail: person 1 with an open subject
/// request and a package, person 2 shredded, and a job.
async fn prepare(store: &dyn Store) {
    let all = [1, 2].map(|number| request(number, Right::Erasure, State::Carrying, 24));
    let begin = Change {
        enqueue: vec![(Job::Observe, hour(0))],
        entries: vec![entry(0)],
        publication: Some(publication("c1", 1, None)),
        once: Some(once(1)),
        api_keys: vec![key(1)],
        bulk: Some(BulkWrite::Add(bulk::row(1, Some(1)))),
        ..filing(all.to_vec())
    };
    store.commit(begin).await.unwrap();
    let shred = Change {
        shred: vec![shred(2, 1)],
        ..Change::default()
    };
    store.commit(shred).await.unwrap();
    store.put_chunk("export/1", 0, b"sealed").await.unwrap();
}

/// A change with every kind of part, none of which fails.
async fn whole(store: &dyn Store) -> Change {
    let lease = SignedDuration::from_mins(30);
    let version = store.versions().await.unwrap()[0].number;
    let mut claimed = store.claim(hour(1), lease, 1).await.unwrap();
    let mut next = request(1, Right::Erasure, State::Preparing, 48);
    next.due_at = hour(48);
    Change {
        subjects: vec![subject(3)],
        shred: vec![shred(1, 2)],
        requests: vec![RequestWrite {
            request: next,
            expected: Some(1),
        }],
        sealed: vec![sealed(1)],
        tombstones: vec![tombstone(2, "app")],
        remove_tombstones: vec![(request_id(1), "app".to_owned())],
        remove_blobs: vec!["export/1".to_owned()],
        entries: vec![entry(1), entry(2)],
        enqueue: vec![(locate(1), hour(5))],
        finish: claimed.pop().map(|one| one.id).into_iter().collect(),
        observations: vec![observation("app", hour(2), "down")],
        publication: Some(publication("c2", 2, Some(version))),
        checkpoint: Some((3, "signed".to_owned())),
        once: Some(once(2)),
        api_keys: vec![key(2)],
        holds: vec![HoldWrite::Set(hold(1, 3))],
        revoke: vec![(key(1).row.id, hour(2))],
        chunks: vec![part()],
        bulk: Some(BulkWrite::Add(bulk::row(2, Some(2)))),
        recontact: Some(recontact(3, 33)),
    }
}

fn recontact(person: u8, contact: u8) -> Recontact {
    Recontact {
        subject: subject_id(person),
        contact_index: [contact; 32],
        sealed: b"sealed contact, put right".to_vec(),
    }
}

fn part() -> ChunkWrite {
    ChunkWrite {
        blob: "bulk/2".to_owned(),
        number: 0,
        bytes: b"sealed".to_vec(),
    }
}

fn sealed(number: u8) -> SealedValue {
    SealedValue {
        subject_request: request_id(number),
        name: "footprint".to_owned(),
        bytes: b"sealed".to_vec(),
    }
}

/// Everything a change could have touched, in words.
async fn everything(store: &dyn Store) -> String {
    let seen = (
        store.request(&request_id(1)).await.unwrap(),
        store.subject(&subject_id(1)).await.unwrap(),
        store.subject(&subject_id(3)).await.unwrap(),
        store.sealed(&request_id(1), "footprint").await.unwrap(),
        store.chunk("export/1", 0).await.unwrap(),
        store.queue(hour(1)).await.unwrap(),
        store.observations().await.unwrap(),
        store.charter_in_force(hour(9)).await.unwrap(),
        store.versions().await.unwrap(),
        store.checkpoint().await.unwrap(),
        store.ledger_head().await.unwrap(),
        store.ledger_entries(0, 1_000).await.unwrap(),
    );
    let ways_in = (
        store.api_keys().await.unwrap(),
        store.once("login", &[2; 32]).await.unwrap(),
        store.holds().await.unwrap(),
        store.bulk_files().await.unwrap(),
        store.chunk("bulk/2", 0).await.unwrap(),
        store.tombstones("app", None, hour(0), 500).await.unwrap(),
    );
    format!("{seen:#?}{ways_in:#?}")
}

type Spoil = fn(&mut Change);

const SPOILT: [(&str, Spoil); 18] = [
    ("contact that somebody else has", |change| {
        change.recontact = Some(recontact(3, 1));
    }),
    ("new contact of a shredded person", |change| {
        change.recontact = Some(recontact(2, 33));
    }),
    ("person with a known contact", |change| {
        let twin = subject(1).contact_index;
        change.subjects[0].contact_index = twin;
    }),
    ("person nobody knows", |change| {
        change.shred.push(shred(99, 1));
    }),
    ("stale version", |change| {
        change.requests[0].expected = Some(7);
    }),
    ("subject request of nobody", |change| {
        let orphan = request(98, Right::Access, State::Locating, 1);
        change.requests.push(RequestWrite {
            request: orphan,
            expected: None,
        });
    }),
    ("version that follows one that has a follower", |change| {
        if let Some(publication) = &mut change.publication {
            publication.follows = None;
        }
    }),
    ("sealed for a shredded person", |change| {
        change.sealed.push(sealed(2));
    }),
    ("personal entry", |change| {
        let email = "mireille@post.example".into();
        change.entries[1].facts.insert("note".to_owned(), email);
    }),
    ("lost lease", |change| {
        change.finish = vec![candor_domain::id::JobId::from_random([9; 16])];
    }),
    ("file whose name is taken", |change| {
        change.bulk = Some(BulkWrite::Add(bulk::row(3, Some(1))));
    }),
    ("chunk that is too large", |change| {
        change.chunks[0].bytes = vec![0; 2 << 20];
    }),
    ("name that was used", |change| {
        change.once = Some(once(1));
    }),
    ("hold on a shredded person", |change| {
        change.holds.push(HoldWrite::Set(hold(2, 2)));
    }),
    ("shredding of a person on hold", |change| {
        change.holds.push(HoldWrite::Set(hold(2, 1)));
    }),
    ("known API key", |change| {
        change.api_keys.push(key(1));
    }),
    ("API key nobody made", |change| {
        change.revoke.push((key(9).row.id, hour(2)));
    }),
    ("checkpoint beyond the tree", |change| {
        change.checkpoint = Some((4, "signed".to_owned()));
    }),
];

#[tokio::test]
async fn a_change_with_a_part_that_fails_leaves_nothing() {
    on_both(|place| async move {
        let store = place.open().await;
        prepare(&*store).await;
        let change = whole(&*store).await;
        let before = everything(&*store).await;
        for (what, spoil) in SPOILT {
            let mut spoilt = change.clone();
            spoil(&mut spoilt);
            let refused = store.commit(spoilt).await;
            assert!(refused.is_err(), "{what}");
            assert_eq!(everything(&*store).await, before, "{what}");
        }
        let committed = store.commit(change.clone()).await.unwrap();
        assert_eq!(committed.entry_indexes, [1, 2]);
        let again = store.commit(change).await;
        assert!(matches!(again, Err(StoreError::Conflict { .. })));
    })
    .await;
}

#[tokio::test]
async fn of_writers_who_read_the_same_version_one_wins() {
    on_both(|place| async move {
        let stores = [place.open().await, place.open().await];
        prepare(&*stores[0]).await;
        let write = |task: u8| {
            let store = stores[usize::from(task % 2)].clone();
            tokio::spawn(async move {
                let change = Change {
                    requests: vec![RequestWrite {
                        request: request(
                            1,
                            Right::Erasure,
                            State::Closing {
                                outcome: candor_domain::subject_request::Outcome::Fulfilled,
                            },
                            i64::from(task),
                        ),
                        expected: Some(1),
                    }],
                    entries: vec![entry(1)],
                    ..Change::default()
                };
                store.commit(change).await
            })
        };
        let mut won = 0;
        for task in (0..8).map(write).collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(error) => assert!(matches!(error, StoreError::Conflict { .. }), "{error:?}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(stores[1].ledger_head().await.unwrap().size, 2);
        let read = stores[1].request(&request_id(1)).await.unwrap().unwrap();
        assert_eq!(read.version, 2);
    })
    .await;
}

#[tokio::test]
async fn sealing_and_shredding_at_once_leaves_nothing_sealed() {
    on_both(|place| async move {
        let stores = [place.open().await, place.open().await];
        for number in 1..=20 {
            let filed = request(number, Right::Erasure, State::Carrying, 24);
            stores[0].commit(filing(vec![filed])).await.unwrap();
            let shred = Change {
                shred: vec![shred(number, 1)],
                ..Change::default()
            };
            let seal = Change {
                sealed: vec![sealed(number)],
                ..Change::default()
            };
            let name = format!("package/{}", request_id(number));
            let (shredded, sealed, chunk) = tokio::join!(
                stores[0].commit(shred),
                stores[1].commit(seal),
                stores[1].put_chunk(&name, 0, b"sealed"),
            );
            shredded.unwrap();
            for error in [sealed.err(), chunk.err()].into_iter().flatten() {
                assert!(matches!(error, StoreError::Conflict { .. }), "{error:?}");
            }
            let left = stores[0].sealed(&request_id(number), "footprint").await;
            assert_eq!(left.unwrap(), None);
            assert_eq!(stores[0].chunk(&name, 0).await.unwrap(), None);
        }
    })
    .await;
}
