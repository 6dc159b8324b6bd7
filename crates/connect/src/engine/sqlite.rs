//! SQLite: temporary tables lie in memory as long as they are small, and else in
//! a file without a name that ends with its connection; a writing transaction
//! holds the database's only write lock, foreign keys are checked at its end.
//! Never creates a database that is not there.

use std::mem::take;
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite as Database, SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, SqlitePool};

use super::lasting;
use super::session::{Cells, Dialect, Driver, Session, Take};
use super::tables::json;
use crate::catalogue::{self, Catalogue};
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::limits::Limits;
use crate::sql::work::Work;

/// Kibibytes of pages that a connection keeps; the system keeps the file's pages
/// for all of them.
const CACHE: &str = "-512";

/// Instructions between two looks at whether a statement has had its time.
const INSTRUCTIONS: i32 = 20_000;

const DIALECT: Dialect = Dialect {
    stamp: catalogue::sqlite::STAMP,
    has_journal: "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'candor_journal'",
    create_journal: "/* candor: which steps were carried out here; no personal data */
CREATE TABLE IF NOT EXISTS candor_journal (
    step     TEXT NOT NULL PRIMARY KEY,
    effects  TEXT NOT NULL,
    done_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
)",
    read_journal: "/* candor: which steps were carried out */
SELECT step, effects FROM candor_journal WHERE step IN (SELECT value FROM json_each(?1))",
    claim: "/* candor: these steps are being carried out */
INSERT INTO candor_journal (step, effects) SELECT value, '' FROM json_each(?1) ORDER BY value",
    record: "/* candor: this step was carried out */
UPDATE candor_journal SET effects = ?1 WHERE step = ?2",
    fill_identities: "/* candor: whom this is about */
INSERT INTO candor_identity (slot, step, value)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)",
};

/// One SQLite file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    pool: SqlitePool,
}

/// A connection whose statements end when they are told to.
pub(crate) struct SqliteSession {
    connection: PoolConnection<Database>,
    in_transaction: bool,
    looks_itself: bool,
    stop: Arc<AtomicBool>,
}

impl Sqlite {
    /// Opens the file when it is first used.
    pub(crate) fn open(url: &str, limits: &Limits) -> Result<Self, Fault> {
        let unreadable = |_| Fault::Refused(vec!["its address cannot be read".to_owned()]);
        let options = if url.starts_with("sqlite:") {
            SqliteConnectOptions::from_str(url).map_err(unreadable)?
        } else {
            SqliteConnectOptions::new().filename(url)
        };
        let options = options
            .create_if_missing(false)
            .foreign_keys(true)
            .busy_timeout(limits.lock)
            // Works of a person with millions of rows are no smaller than that.
            .pragma("temp_store", "FILE")
            // What was deleted is overwritten in the file.
            .pragma("secure_delete", "ON")
            .pragma("cache_size", CACHE);
        let pool = lasting(limits).connect_lazy_with(options);
        Ok(Self { pool })
    }
}

impl Driver for Sqlite {
    type Session = SqliteSession;

    async fn session(&self) -> Result<SqliteSession, Fault> {
        let mut connection = self.pool.acquire().await?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        connection
            .lock_handle()
            .await?
            .set_progress_handler(INSTRUCTIONS, move || !stopped.load(Ordering::Relaxed));
        Ok(SqliteSession {
            connection,
            in_transaction: false,
            looks_itself: false,
            stop,
        })
    }
}

impl Session for SqliteSession {
    const DIALECT: Dialect = DIALECT;
    const FINDS_FIRST: bool = false;

    async fn limit(&mut self, _limit: Duration) -> Result<Option<Arc<AtomicBool>>, Fault> {
        self.stop.store(false, Ordering::Relaxed);
        Ok(Some(Arc::clone(&self.stop)))
    }

    // SQLite counts broken references instead of looking at them: one that was
    // there before, whose parent comes back, is counted off without ever having
    // been counted, and the transaction fails.
    fn looks_itself(&mut self) {
        self.looks_itself = true;
    }

    async fn begin(&mut self, writing: bool) -> Result<(), Fault> {
        let checks = if take(&mut self.looks_itself) {
            "OFF"
        } else {
            "ON"
        };
        self.in_transaction = true;
        self.run(if writing {
            format!(
                "PRAGMA foreign_keys = {checks}; BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON"
            )
        } else {
            "BEGIN".to_owned()
        })
        .await
    }

    async fn commit(&mut self) -> Result<(), Fault> {
        self.run("COMMIT".to_owned()).await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn rollback(&mut self) -> Result<(), Fault> {
        self.run("ROLLBACK".to_owned()).await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn run(&mut self, sql: String) -> Result<(), Fault> {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *self.connection)
            .await?;
        Ok(())
    }

    async fn execute(&mut self, sql: &str, parameters: &[String]) -> Result<u64, Fault> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        for parameter in parameters {
            query = query.bind(parameter);
        }
        Ok(query.execute(&mut *self.connection).await?.rows_affected())
    }

    async fn fetch(
        &mut self,
        sql: &str,
        parameters: &[String],
        take: Take<'_>,
    ) -> Result<(), Fault> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        for parameter in parameters {
            query = query.bind(parameter);
        }
        let mut rows = query.fetch(&mut *self.connection);
        while let Some(row) = rows.try_next().await? {
            take(&row)?;
        }
        Ok(())
    }

    async fn set_up(&mut self, compiled: &Compiled) -> Result<(), Fault> {
        let mut tables = Vec::new();
        self.fetch(
            "SELECT name FROM temp.sqlite_schema WHERE type = 'table' AND name LIKE 'candor\\_%' ESCAPE '\\'",
            &[],
            &mut |row| {
                tables.extend(row.text(0)?);
                Ok(())
            },
        )
        .await?;
        let mark = format!("candor_plan_{}", catalogue::digest(&compiled.stamp));
        if tables.contains(&mark) {
            return Ok(());
        }
        let mut sql = String::new();
        for table in tables {
            sql.push_str(&format!("DROP TABLE temp.{};", crate::sql::name(&table)));
        }
        sql.push_str(&format!(
            "CREATE TEMP TABLE {mark} (plan);
             CREATE TEMP TABLE candor_identity (slot INTEGER, step INTEGER, value TEXT);
             CREATE INDEX temp.candor_identity_slot ON candor_identity (slot, value);"
        ));
        for work in compiled.tables.works() {
            sql.push_str(&create(work));
        }
        self.run(sql).await
    }

    async fn lists(&mut self, lists: &[Vec<String>]) -> Result<Vec<String>, Fault> {
        lists.iter().map(json).collect()
    }

    fn patterns(needles: &[String], _columns: usize) -> Result<Vec<String>, Fault> {
        let patterns: Vec<String> = needles
            .iter()
            .flat_map(|needle| crate::verify::glob_patterns(needle))
            .collect();
        let common = crate::verify::in_all(needles).to_owned();
        Ok(vec![json(&patterns)?, common])
    }

    async fn catalogue(&mut self) -> Result<Catalogue, Fault> {
        catalogue::sqlite::read(&mut self.connection).await
    }
}

impl Drop for SqliteSession {
    fn drop(&mut self) {
        if self.in_transaction {
            self.connection.close_on_drop();
        }
    }
}

impl Cells for SqliteRow {
    fn number(&self, place: usize) -> Result<i64, Fault> {
        Ok(self.try_get(place)?)
    }

    fn text(&self, place: usize) -> Result<Option<String>, Fault> {
        Ok(self.try_get(place)?)
    }

    fn width(&self) -> usize {
        self.len()
    }
}

/// Columns without types keep values as they are.
fn create(work: &Work) -> String {
    let rows: Vec<&str> = work
        .columns
        .iter()
        .filter(|column| column.starts_with('r'))
        .map(String::as_str)
        .collect();
    let columns = work.columns.join(", ");
    let mut sql = format!("CREATE TEMP TABLE {} ({columns});", work.name);
    if !rows.is_empty() {
        let rows = rows.join(", ");
        sql.push_str(&format!(
            "CREATE INDEX temp.{0}_row ON {0} ({rows});",
            work.name
        ));
    }
    sql
}
