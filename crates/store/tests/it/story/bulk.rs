//! Files of many subject requests: written whole, moved on by one at a time, sent
//! once under a name, and forgotten with all they say.

use candor_domain::bulk::{BulkFile, Found, Outcome, Stage};
use candor_domain::id::BulkFileId;
use candor_store::rows::{BulkRow, Versioned, bulk_blob};
use candor_store::{BulkWrite, Change, ChunkWrite, Store, StoreError};

use crate::sample::{hour, staff};
use crate::support::on_both;

pub(super) fn row(number: u8, name: Option<u8>) -> BulkRow {
    let file = BulkFile {
        id: BulkFileId::from_random([number; 16]),
        by: staff(1, "ines").id,
        tenant: None,
        stage: Stage::Checked,
        created_at: hour(i64::from(number)),
        confirmed_at: None,
        ended_at: None,
        expires_at: hour(24),
        same_as: None,
        found: Found::default(),
        outcome: Outcome::default(),
        parts_done: 0,
        decision: None,
    };
    BulkRow {
        file,
        name: name.map(|name| [name; 32]),
        fingerprint: [7; 32],
        wrapped_key: vec![1, 2, 3],
        sealed: None,
    }
}

async fn write(store: &dyn Store, bulk: BulkWrite, bytes: &[u8]) -> Result<(), StoreError> {
    let chunk = match &bulk {
        BulkWrite::Add(row) | BulkWrite::Replace(Versioned { value: row, .. }) => {
            Some(bulk_blob(&row.file.id))
        }
        BulkWrite::Remove { .. } => None,
    };
    let chunk = chunk.map(|blob| ChunkWrite {
        blob,
        number: 0,
        bytes: bytes.to_vec(),
    });
    let change = Change {
        chunks: chunk.into_iter().collect(),
        bulk: Some(bulk),
        ..Change::default()
    };
    store.commit(change).await.map(|_| ())
}

fn is_conflict(written: &Result<(), StoreError>) -> bool {
    matches!(written, Err(StoreError::Conflict { .. }))
}

#[tokio::test]
async fn a_file_is_whole_moves_on_once_and_goes_with_what_it_says() {
    on_both(|place| async move {
        let store = place.open().await;
        let add = |row: BulkRow| write(&*store, BulkWrite::Add(row), b"rows");
        add(row(1, Some(1))).await.unwrap();
        add(row(2, None)).await.unwrap();
        add(row(3, None)).await.unwrap();
        let again = add(row(4, Some(1))).await;
        assert!(is_conflict(&again), "the name is taken");
        let id = row(4, None).file.id;
        assert_eq!(store.chunk(&bulk_blob(&id), 0).await.unwrap(), None);

        let id = row(1, None).file.id;
        let mut read = store.bulk_file(&id).await.unwrap().unwrap();
        assert_eq!(read.value, row(1, Some(1)));
        let by = staff(1, "ines").id;
        let named = store.bulk_file_by_name(&by, &[1; 32]).await.unwrap();
        assert_eq!(named, Some(read.clone()));
        let omar = staff(2, "omar").id;
        let other = store.bulk_file_by_name(&omar, &[1; 32]);
        assert_eq!(other.await.unwrap(), None);
        let newest_first = [3, 2, 1].map(|number| row(number, None).file);
        assert_eq!(store.bulk_files_same(&[7; 32]).await.unwrap(), newest_first);
        assert_eq!(store.bulk_files().await.unwrap(), newest_first);
        assert_eq!(store.bulk_files_same(&[8; 32]).await.unwrap(), []);

        read.value.file.stage = Stage::Filing;
        read.value.sealed = Some(vec![9]);
        let moved = BulkWrite::Replace(read.clone());
        write(&*store, moved.clone(), b"outcomes").await.unwrap();
        let late = write(&*store, moved, b"late").await;
        assert!(is_conflict(&late), "somebody else moved it on");
        let chunk = store.chunk(&bulk_blob(&id), 0).await.unwrap();
        assert_eq!(chunk.as_deref(), Some(b"outcomes".as_slice()));

        let remove = |expected| BulkWrite::Remove {
            id: id.clone(),
            expected,
        };
        assert!(is_conflict(&write(&*store, remove(1), b"").await));
        write(&*store, remove(2), b"").await.unwrap();
        assert_eq!(store.bulk_file(&id).await.unwrap(), None);
        assert_eq!(store.chunk(&bulk_blob(&id), 0).await.unwrap(), None);
    })
    .await;
}
