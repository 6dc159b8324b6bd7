//! Migrations: embedded, numbered from 1 without gaps, applied once, in order,
//! in one transaction, under a lock. INVARIANT: what a database was built from
//! is what this program would build it from. Refuses a database that a newer
//! program wrote, and one whose applied migrations read differently now.

use candor_seal::hash::{Hash, sha256};

use crate::backend::{Backend, Session, Statement};
use crate::error::StoreError;
use crate::traits::Stored;

/// One step of the schema.
#[derive(Debug)]
pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

macro_rules! migrations {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(Migration {
            name: $name,
            sql: include_str!(concat!("../migrations/", $folder, "/", $name, ".sql")),
        }),+]
    };
}

/// Same numbers and names as [`POSTGRES`].
pub(crate) const SQLITE: &[Migration] = migrations!("sqlite": "0001_state", "0002_versions", "0003_ways_in", "0004_holds", "0005_bulk_files", "0006_tombstones", "0007_promise_entries", "0008_reach", "0009_shards");
/// Same numbers and names as [`SQLITE`].
pub(crate) const POSTGRES: &[Migration] = migrations!("postgres": "0001_state", "0002_versions", "0003_ways_in", "0004_holds", "0005_bulk_files", "0006_tombstones", "0007_promise_entries", "0008_reach", "0009_shards");

const CREATE: Statement = Statement::new(
    "create the migrations' table",
    "CREATE TABLE IF NOT EXISTS schema_migrations (
         number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)",
);
const APPLIED: Statement = Statement::new(
    "read applied migrations",
    "SELECT number, name, checksum FROM schema_migrations ORDER BY number",
);
const RECORD: Statement = Statement::new(
    "record a migration",
    "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
);

/// Brings the schema to what this program knows.
pub(crate) async fn run(backend: &dyn Backend) -> Stored<()> {
    let known = backend.dialect().migrations;
    let mut session = backend.begin().await?;
    session
        .fetch(backend.dialect().lock_migrations, &[])
        .await?;
    session.execute(CREATE, &[]).await?;
    let applied = check_applied(&mut *session, known).await?;
    for (number, migration) in (1_i64..).zip(known).skip(applied) {
        session
            .script(Statement::new(migration.name, migration.sql))
            .await?;
        let checksum = checksum(migration);
        let values = [
            number.into(),
            migration.name.into(),
            checksum.as_str().into(),
        ];
        session.execute(RECORD, &values).await?;
    }
    session.commit().await
}

/// How many migrations are applied already.
async fn check_applied(session: &mut dyn Session, known: &[Migration]) -> Stored<usize> {
    let applied = session.fetch(APPLIED, &[]).await?;
    if applied.len() > known.len() {
        return Err(StoreError::Newer {
            found: applied.len(),
            known: known.len(),
        });
    }
    for (row, migration) in applied.iter().zip(known) {
        let same = row.text(1)? == migration.name && row.text(2)? == checksum(migration);
        if !same {
            return Err(StoreError::Migration {
                name: migration.name,
            });
        }
    }
    Ok(applied.len())
}

fn checksum(migration: &Migration) -> String {
    Hash::from_bytes(sha256(migration.sql.as_bytes())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_have_the_same_migrations_numbered_without_gaps() {
        let names = |known: &'static [Migration]| known.iter().map(|m| m.name).collect::<Vec<_>>();
        assert_eq!(names(SQLITE), names(POSTGRES));
        for (number, migration) in (1..).zip(SQLITE) {
            assert!(migration.name.starts_with(&format!("{number:04}_")));
        }
    }
}
