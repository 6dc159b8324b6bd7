//! Opening, reopening, and what is refused then.

use std::os::unix::fs::PermissionsExt;

use candor_store::StoreError;

use crate::sample::{appending, entry};
use crate::story::ledger::check_tree;
use crate::support::{Place, on_both};

#[tokio::test]
async fn what_was_committed_is_there_after_reopening() {
    on_both(|place| async move {
        let store = place.open().await;
        store.commit(appending((0..5).map(entry))).await.unwrap();
        let head = store.ledger_head().await.unwrap();
        drop(store);
        let store = place.open().await;
        assert_eq!(store.ledger_head().await.unwrap(), head);
        check_tree(&*store).await;
    })
    .await;
}

#[tokio::test]
async fn two_processes_may_open_a_new_database_at_once() {
    on_both(|place| async move {
        let opening = (0..4).map(|_| {
            let address = place.address.clone();
            tokio::spawn(async move { candor_store::open(&address).await.map(drop) })
        });
        for opened in opening.collect::<Vec<_>>() {
            opened.await.unwrap().unwrap();
        }
    })
    .await;
}

async fn refusal(place: &Place) -> StoreError {
    let opened = candor_store::open(&place.address).await;
    opened.map(drop).unwrap_err()
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused() {
    on_both(|place| async move {
        drop(place.open().await);
        place
            .sabotage("INSERT INTO schema_migrations VALUES (9999, '9999_later', 'x')")
            .await;
        let refused = refusal(&place).await;
        let StoreError::Newer { found, known } = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(found, known + 1);
        assert!(refused.to_string().contains("newer version"));
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_reads_differently_is_refused() {
    on_both(|place| async move {
        drop(place.open().await);
        place
            .sabotage("UPDATE schema_migrations SET checksum = 'x'")
            .await;
        let refused = refusal(&place).await;
        let expected = matches!(refused, StoreError::Migration { name: "0001_state" });
        assert!(expected, "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_ledger_whose_edge_does_not_hold_is_refused() {
    for sabotage in [
        "DELETE FROM ledger_entries WHERE entry_index = 4",
        "UPDATE ledger_entries SET bytes = hash FROM ledger_nodes WHERE entry_index = 4",
        "UPDATE ledger_nodes SET hash = frontier FROM ledger_head WHERE level = 0 AND node_index = 4",
        "DELETE FROM ledger_nodes WHERE level = 2",
        "UPDATE ledger_head SET size = 4",
        "DELETE FROM ledger_head",
    ] {
        on_both(|place| async move {
            let store = place.open().await;
            store.commit(appending((0..5).map(entry))).await.unwrap();
            drop(store);
            place.sabotage(sabotage).await;
            let refused = refusal(&place).await;
            assert!(
                matches!(
                    refused,
                    StoreError::LedgerCorrupt { .. } | StoreError::Corrupt { .. }
                ),
                "{sabotage}: {refused:?}"
            );
        })
        .await;
    }
}

#[tokio::test]
async fn only_its_owner_can_read_the_files() {
    on_both(|place| async move {
        let Some(file) = place.file.clone() else {
            return;
        };
        let folder = file.parent().unwrap();
        let store = place.open().await;
        store.commit(appending([entry(0)])).await.unwrap();
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder.to_owned()), 0o700);
        let mut files = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            assert_eq!(mode(path.clone()), 0o600, "{}", path.display());
            files += 1;
        }
        assert_eq!(files, 3, "the database, its log and its index");
    })
    .await;
}

#[tokio::test]
async fn an_address_is_a_path_or_postgres() {
    for address in [
        "",
        "sqlite:",
        "mysql://localhost/candor",
        "postgres://localhost:99999/candor",
    ] {
        let refused = candor_store::open(address).await;
        assert!(matches!(refused, Err(StoreError::Address)), "{address}");
    }
    let nobody = candor_store::open("postgres://127.0.0.1:1/candor").await;
    let nobody = nobody.map(drop);
    assert!(
        matches!(nobody, Err(StoreError::Unreachable(_))),
        "{nobody:?}"
    );
}
