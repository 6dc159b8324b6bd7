//! The whole state copied from one database into another, and of a table that
//! was forgotten.

use std::collections::BTreeMap;

use candor_domain::subject_request::State;
use candor_domain::work::Job;
use candor_policy::charter::Right;
use candor_store::copy::{LEFT_OUT, Page, tables};
use candor_store::{Change, HoldWrite, SealedValue, Store, StoreError};

use crate::sample::{
    self, appending, entry, filing, hour, key, observation, publication, request, request_id,
    shred, start, subject_id, tombstone,
};
use crate::support::{Place, on_both};
use crate::tables::columns;

fn unverified() -> State {
    State::Unverified {
        expires_at: start(),
    }
}

/// Something in every table that has a statement of its own to write it.
async fn filled(store: &dyn Store) {
    let requests = [1, 2].map(|number| request(number, Right::Erasure, unverified(), 24));
    store.commit(filing(requests.into())).await.unwrap();
    for (id, at, follows) in [("one", 0, None), ("two", 1, Some(1))] {
        let publication = Some(publication(id, at, follows));
        let change = Change {
            publication,
            ..Change::default()
        };
        store.commit(change).await.unwrap();
    }
    store.add_staff(&sample::staff(1, "ada")).await.unwrap();
    store.set_setting("name", "value").await.unwrap();
    store.commit(appending((0..700).map(entry))).await.unwrap();
    let change = Change {
        sealed: vec![SealedValue {
            subject_request: request_id(1),
            name: "footprint".to_owned(),
            bytes: vec![0, 255, 7],
        }],
        tombstones: vec![tombstone(1, "app")],
        holds: vec![HoldWrite::Set(sample::hold(1, 1))],
        observations: vec![observation("app", start(), "down")],
        once: Some(sample::once(1)),
        api_keys: vec![key(1)],
        checkpoint: Some((700, "a note".to_owned())),
        shred: vec![shred(2, 3)],
        ..Change::default()
    };
    store.commit(change).await.unwrap();
    // More than are read at once.
    for number in 0..20 {
        store
            .put_chunk("package/other", number, &[7; 1000])
            .await
            .unwrap();
    }
}

async fn pages(store: &dyn Store) -> BTreeMap<&'static str, Vec<Page>> {
    let mut out = store.copy_out().await.unwrap();
    let mut pages: BTreeMap<&str, Vec<Page>> = BTreeMap::new();
    while let Some(page) = out.next().await.unwrap() {
        pages.entry(page.table).or_default().push(page);
    }
    pages
}

async fn copied(from: &dyn Store, to: &dyn Store) {
    let (mut out, mut into) = (from.copy_out().await.unwrap(), to.copy_in().await.unwrap());
    while let Some(page) = out.next().await.unwrap() {
        into.put(page).await.unwrap();
    }
    into.finish().await.unwrap();
}

#[tokio::test]
async fn a_state_goes_into_either_database_and_on_from_there() {
    on_both(|place| async move {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = |name: &str| folder.path().join(name).display().to_string();
        let first = candor_store::open(&elsewhere("first")).await.unwrap();
        filled(&*first).await;
        let all = pages(&*first).await;
        assert!(all.len() > 15, "{:?}", all.keys());
        // By way of this database, into a third.
        let store = place.open().await;
        copied(&*first, &*store).await;
        assert_eq!(pages(&*store).await, all);
        let third = candor_store::open(&elsewhere("third")).await.unwrap();
        copied(&*store, &*third).await;
        assert_eq!(pages(&*third).await, all);
        // It goes on: with the next entry, the next job, the next version.
        let indexes = store.commit(appending([entry(700)])).await.unwrap();
        assert_eq!(indexes.entry_indexes, [700]);
        let change = Change {
            enqueue: vec![(Job::Observe, start())],
            publication: Some(publication("three", 2, Some(2))),
            ..Change::default()
        };
        store.commit(change).await.unwrap();
        assert_eq!(store.versions().await.unwrap().len(), 3);
        let person = store.subject(&subject_id(2)).await.unwrap().unwrap();
        assert_eq!(person.shredded_at, Some(hour(3)));
    })
    .await;
}

#[tokio::test]
async fn a_copy_becomes_whole_or_nothing_and_nothing_of_others() {
    on_both(|place| async move {
        let folder = tempfile::tempdir().unwrap();
        let first = folder.path().join("first").display().to_string();
        let first = candor_store::open(&first).await.unwrap();
        filled(&*first).await;
        let store = place.open().await;
        // Broken off, and with an entry that is not there.
        let mut out = first.copy_out().await.unwrap();
        let mut into = store.copy_in().await.unwrap();
        into.put(out.next().await.unwrap().unwrap()).await.unwrap();
        drop(into);
        assert!(pages(&*store).await.keys().eq(["ledger_head"].iter()));
        let mut into = store.copy_in().await.unwrap();
        let mut out = first.copy_out().await.unwrap();
        while let Some(mut page) = out.next().await.unwrap() {
            if page.table == "ledger_entries" {
                page.rows.pop();
            }
            into.put(page).await.unwrap();
        }
        let refused = into.finish().await.unwrap_err();
        assert!(
            matches!(refused, StoreError::LedgerCorrupt { .. }),
            "{refused:?}"
        );
        copied(&*first, &*store).await;
        let refused = store.copy_in().await.map(|_| ()).unwrap_err();
        assert!(matches!(refused, StoreError::NotEmpty), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn every_table_and_column_is_copied() {
    on_both(|place: Place| async move {
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for (table, ..) in columns(&place).await {
            *found.entry(table).or_default() += 1;
        }
        for table in LEFT_OUT {
            assert!(found.remove(table).is_some(), "{table}");
        }
        let copied = tables().into_iter();
        let copied: BTreeMap<String, usize> = copied
            .map(|(table, columns)| (table.to_owned(), columns))
            .collect();
        assert_eq!(copied, found);
    })
    .await;
}
