//! The ledger.

use std::sync::Arc;

use candor_policy::promise::PromiseId;
use candor_seal::ledger::{leaf_hash, node_hash, root_of};
use candor_store::rows::LedgerRow;
use candor_store::{Change, Store, StoreError};

use crate::sample::{appending, entry, request_id};
use crate::support::on_both;

/// Reads everything and recomputes the tree from its leaves, in the plainest
/// way there is.
pub(crate) async fn check_tree(store: &dyn Store) -> Vec<LedgerRow> {
    let head = store.ledger_head().await.unwrap();
    let mut rows = Vec::new();
    loop {
        let next = store.ledger_entries(rows.len() as u64, 7).await.unwrap();
        if next.is_empty() {
            break;
        }
        rows.extend(next);
    }
    assert_eq!(rows.len() as u64, head.size);
    let leaves: Vec<_> = rows.iter().map(|row| leaf_hash(&row.bytes)).collect();
    assert_eq!(root_of(leaves.iter().copied()).as_bytes(), &head.root);
    let mut level = leaves;
    for height in 0_u8.. {
        let names: Vec<_> = (0..level.len() as u64).map(|i| (height, i)).collect();
        let stored = store.ledger_nodes(&names).await.unwrap();
        let expected: Vec<_> = level.iter().map(|hash| *hash.as_bytes()).collect();
        assert_eq!(stored, expected, "level {height}");
        if level.len() < 2 {
            break;
        }
        let (pairs, _) = level.as_chunks::<2>();
        level = pairs.iter().map(|[l, r]| node_hash(l, r)).collect();
    }
    rows
}

#[tokio::test]
async fn entries_make_the_tree_of_rfc_6962() {
    on_both(|place| async move {
        let store = place.open().await;
        let empty = store.ledger_head().await.unwrap();
        assert_eq!((empty.size, &empty.root), (0, root_of([]).as_bytes()));
        let mut expected = Vec::new();
        for batch in [1_u64, 2, 3, 1, 5, 0, 8, 3] {
            let from = expected.len() as u64;
            let entries: Vec<_> = (from..from + batch).map(entry).collect();
            let committed = store.commit(appending(entries.clone())).await.unwrap();
            assert_eq!(
                committed.entry_indexes,
                (from..from + batch).collect::<Vec<_>>()
            );
            expected.extend(entries.iter().map(|one| one.encode().unwrap()));
            let rows = check_tree(&*store).await;
            assert!(rows.iter().map(|row| &row.bytes).eq(&expected));
        }
        let missing = store.ledger_nodes(&[(0, 0), (3, 9)]).await;
        assert!(
            matches!(missing, Err(StoreError::LedgerCorrupt { index: 72 })),
            "{missing:?}"
        );
        let reversed = store.ledger_nodes(&[(0, 2), (0, 1), (0, 2)]).await.unwrap();
        let leaf = |index: usize| *leaf_hash(&expected[index]).as_bytes();
        assert_eq!(reversed, [leaf(2), leaf(1), leaf(2)]);
        assert_eq!(store.ledger_entries(1_000, 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn entries_of_a_subject_request_come_oldest_first() {
    on_both(|place| async move {
        let store = place.open().await;
        let entries = (0..6).map(|number| {
            let mut entry = entry(number);
            entry.subject_request =
                (number != 3).then(|| request_id(u8::try_from(number % 2).unwrap()).to_string());
            entry
        });
        store.commit(appending(entries)).await.unwrap();
        let indexes = |rows: Vec<LedgerRow>| rows.iter().map(|row| row.index).collect::<Vec<_>>();
        let rows = store.ledger_entries_of(&request_id(0)).await.unwrap();
        assert_eq!(indexes(rows), [0, 2, 4]);
        let rows = store.ledger_entries_of(&request_id(1)).await.unwrap();
        assert_eq!(indexes(rows), [1, 5]);
    })
    .await;
}

#[tokio::test]
async fn the_last_entry_under_a_promise_is_known() {
    on_both(|place| async move {
        let store = place.open().await;
        let retained = PromiseId("retain.visits".to_owned());
        let unheard = PromiseId("retain.nothing".to_owned());
        for changes in [0..3, 3..5] {
            let entries = changes.map(|number| {
                let mut entry = entry(number);
                entry.promises = vec!["right.access".to_owned()];
                if number % 2 == 0 && number < 4 {
                    entry.promises.push(retained.0.clone());
                }
                entry
            });
            store.commit(appending(entries)).await.unwrap();
        }
        let last = store.ledger_entry_of_promise(&retained).await.unwrap();
        assert_eq!(last.unwrap().index, 2);
        let access = PromiseId("right.access".to_owned());
        let last = store.ledger_entry_of_promise(&access).await.unwrap();
        assert_eq!(last.unwrap().index, 4);
        assert_eq!(store.ledger_entry_of_promise(&unheard).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_breaks_a_rule_is_refused_with_its_change() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut personal = entry(1);
        let email = "mireille@post.example".to_owned();
        personal.facts.insert("note".to_owned(), email.into());
        let refused = store.commit(appending([entry(0), personal])).await;
        assert!(matches!(refused, Err(StoreError::Entry(_))), "{refused:?}");
        assert_eq!(store.ledger_head().await.unwrap().size, 0);
        assert_eq!(check_tree(&*store).await, []);
    })
    .await;
}

#[tokio::test]
async fn answers_have_bounds() {
    on_both(|place| async move {
        let store = place.open().await;
        store
            .commit(appending((0..1_003).map(entry)))
            .await
            .unwrap();
        let rows = store.ledger_entries(1, 5_000).await.unwrap();
        let (first, last) = (rows[0].index, rows[rows.len() - 1].index);
        assert_eq!((first, last), (1, 1_000));
        let nodes = vec![(0, 0); 10_001];
        let refused = store.ledger_nodes(&nodes).await;
        assert!(matches!(refused, Err(StoreError::TooLarge { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_ledger_that_contradicts_itself_takes_no_entry() {
    for sabotage in [
        "INSERT INTO ledger_entries SELECT 5, NULL, bytes FROM ledger_entries WHERE entry_index = 4",
        "INSERT INTO ledger_nodes SELECT 0, 5, hash FROM ledger_nodes WHERE level = 0 AND node_index = 4",
        "UPDATE ledger_head SET size = 4",
    ] {
        on_both(|place| async move {
            let store = place.open().await;
            store.commit(appending((0..5).map(entry))).await.unwrap();
            place.sabotage(sabotage).await;
            let refused = store.commit(appending([entry(5)])).await;
            assert!(
                matches!(refused, Err(StoreError::LedgerCorrupt { .. })),
                "{sabotage}: {refused:?}"
            );
        })
        .await;
    }
    on_both(|place| async move {
        let store = place.open().await;
        store.commit(appending((0..5).map(entry))).await.unwrap();
        place
            .sabotage("DELETE FROM ledger_entries WHERE entry_index = 2")
            .await;
        let gap = store.ledger_entries(0, 10).await;
        assert!(
            matches!(gap, Err(StoreError::LedgerCorrupt { index: 2 })),
            "{gap:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_latest_checkpoint_is_that_of_the_largest_tree() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(store.checkpoint().await.unwrap(), None);
        let signing = |size, note: &str| Change {
            checkpoint: Some((size, note.to_owned())),
            ..Change::default()
        };
        let with_entries = Change {
            checkpoint: Some((3, "three".to_owned())),
            ..appending((0..3).map(entry))
        };
        store.commit(with_entries).await.unwrap();
        store.commit(signing(2, "two")).await.unwrap();
        let latest = store.checkpoint().await.unwrap();
        assert_eq!(latest, Some((3, "three".to_owned())));
        let beyond = store.commit(signing(4, "four")).await;
        assert!(
            matches!(beyond, Err(StoreError::LedgerCorrupt { index: 4 })),
            "{beyond:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn two_processes_never_fork_the_ledger() {
    on_both(|place| async move {
        let stores = [place.open().await, place.open().await];
        let append = |store: Arc<dyn Store>, from: u64| async move {
            let mut given = Vec::new();
            for number in from..from + 30 {
                let entries = [entry(number), entry(number)];
                let committed = store.commit(appending(entries)).await.unwrap();
                given.extend(committed.entry_indexes);
            }
            given
        };
        let tasks = (0..4_usize).map(|task| {
            let from = 1_000 * task as u64;
            tokio::spawn(append(stores[task % 2].clone(), from))
        });
        let mut given = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            given.extend(task.await.unwrap());
        }
        given.sort_unstable();
        assert_eq!(given, (0..240).collect::<Vec<u64>>());
        check_tree(&*stores[0]).await;
        check_tree(&*stores[1]).await;
    })
    .await;
}
