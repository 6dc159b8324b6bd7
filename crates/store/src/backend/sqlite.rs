//! SQLite in one file that only its owner can read. INVARIANT: what was
//! acknowledged is on disk (write-ahead log, synced at every commit), and one
//! connection writes. Several processes may open the same file.

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteQueryResult, SqliteSynchronous};

use super::dialect::{Dialect, SQLITE};
use super::session::{Driver, Pools};
use super::{Backend, lasting};
use crate::error::StoreError;
use crate::traits::Stored;

/// Kibibytes of pages that a reader keeps. The system keeps the file's pages as
/// well, for all of them; what each kept for itself would grow with the state.
const READER_CACHE: &str = "-256";
/// How long a statement waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const READERS_MAX: u32 = 4;
const OWNER_ONLY_FILE: u32 = 0o600;
const OWNER_ONLY_FOLDER: u32 = 0o700;

impl Driver for Sqlite {
    const DIALECT: &'static Dialect = &SQLITE;

    fn rows_changed(result: &SqliteQueryResult) -> u64 {
        result.rows_affected()
    }
}

/// Opens the file, creating it where it is missing.
pub(crate) async fn open(path: &Path) -> Stored<Box<dyn Backend>> {
    prepare_file(path).map_err(StoreError::File)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // What is deleted or nulled is overwritten with zeros in its page.
        .pragma("secure_delete", "ON");
    // The writer connects first: it turns the file to write-ahead logging,
    // which readers can't.
    let writers = lasting(1)
        .connect_with(options.clone())
        .await
        .map_err(|source| StoreError::from_driver("open", source))?;
    let reading = options
        .pragma("query_only", "ON")
        .pragma("cache_size", READER_CACHE);
    let readers = lasting(READERS_MAX).connect_lazy_with(reading);
    Ok(Box::new(Pools::<Sqlite> { readers, writers }))
}

/// SQLite gives its log and shared-memory files the mode of the main file, so
/// that one is made first.
fn prepare_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(OWNER_ONLY_FOLDER);
        builder.create(folder)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(OWNER_ONLY_FILE)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(OWNER_ONLY_FILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Statement;

    #[tokio::test]
    async fn every_connection_syncs_at_each_commit_and_readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let backend = open(&folder.path().join("candor.db")).await.unwrap();
        let mut writer = backend.begin().await.unwrap();
        let mut reader = backend.read().await.unwrap();
        for (pragma, expected) in [
            ("PRAGMA synchronous", [2, 2]),
            ("PRAGMA foreign_keys", [1, 1]),
            ("PRAGMA secure_delete", [1, 1]),
            ("PRAGMA query_only", [0, 1]),
        ] {
            let pragma = Statement::new("look at a setting", pragma);
            for (session, expected) in [&mut writer, &mut reader].into_iter().zip(expected) {
                let row = session.fetch_one(pragma, &[]).await.unwrap().unwrap();
                assert_eq!(row.integer(0).unwrap(), expected, "{pragma:?}");
            }
        }
        let mode = Statement::new("look at a setting", "PRAGMA journal_mode");
        let row = reader.fetch_one(mode, &[]).await.unwrap().unwrap();
        assert_eq!(row.text(0).unwrap(), "wal");
        let write = Statement::new("write", "CREATE TABLE t (a INTEGER)");
        assert!(reader.execute(write, &[]).await.is_err());
    }
}
