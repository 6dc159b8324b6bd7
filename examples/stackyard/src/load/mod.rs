//! From batches to tables: one loader per kind of database.
//!
//! Invariant: each database is filled in one transaction, so a failure leaves
//! nothing behind. Indexes and constraints come after the rows.

mod postgres;
mod sqlite;

use std::fmt;
use std::path::Path;

use sqlx::pool::PoolOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::mpsc;

use crate::generate::Generator;
use crate::rows::{APP, Batch, SUPPORT, Table};
use crate::{Options, Progress, StackyardError, Summary};

/// Where a schema's tables end and its indexes and constraints begin.
const AFTER_THE_ROWS: &str = "-- After the rows";

/// Connections of a pool opened here; loading itself needs one.
const CONNECTIONS_MAX: u32 = 4;

/// One of the company's two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The customer portal.
    App,
    /// The help desk.
    Support,
}

impl Part {
    /// `app` or `support`: also the PostgreSQL schema of that name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Support => "support",
        }
    }

    pub(crate) const fn tables(self) -> &'static [Table] {
        match self {
            Self::App => APP,
            Self::Support => SUPPORT,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A database to fill.
#[derive(Clone, Debug)]
pub enum Database {
    /// A file.
    Sqlite(SqlitePool),
    /// A server, where every connection has the part's schema as its search
    /// path.
    Postgres(PgPool),
}

/// The driver's look for idle connections can spin for ever
/// (transact-rs/sqlx#3645): none are closed for being idle.
fn lasting<DB: sqlx::Database>() -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .idle_timeout(None)
        .max_lifetime(None)
}

impl Database {
    /// Opens a SQLite file, which is made where it is missing.
    ///
    /// # Errors
    /// [`StackyardError::Open`] where the file can't be opened.
    pub async fn sqlite(path: &Path, part: Part) -> Result<Self, StackyardError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true);
        let pool = lasting().connect_with(options).await;
        pool.map(Self::Sqlite)
            .map_err(|source| StackyardError::Open { part, source })
    }

    /// Connects to the part's schema of a PostgreSQL database, and makes the
    /// schema where it is missing. `url` is the database's own address.
    ///
    /// # Errors
    /// [`StackyardError::Open`] where there is no connection or no permission.
    pub async fn postgres(url: &str, part: Part) -> Result<Self, StackyardError> {
        let open = async {
            let pool = lasting().connect(&postgres_url(url, part)).await?;
            let schema = match part {
                Part::App => "CREATE SCHEMA IF NOT EXISTS app",
                Part::Support => "CREATE SCHEMA IF NOT EXISTS support",
            };
            sqlx::raw_sql(schema).execute(&pool).await?;
            Ok(pool)
        };
        open.await
            .map(Self::Postgres)
            .map_err(|source| StackyardError::Open { part, source })
    }
}

/// The address of a part's schema: `url` with the search path as an option.
#[must_use]
pub fn postgres_url(url: &str, part: Part) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}options=-c%20search_path%3D{part}")
}

/// Creates the tables of both databases and fills them.
///
/// # Errors
/// [`StackyardError`] says what failed; a database that already holds the
/// tables is refused, and what could not be finished is rolled back.
pub async fn create(
    app: &Database,
    support: &Database,
    options: &Options,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Summary, StackyardError> {
    let generator = Generator::new(*options)?;
    // Two batches at most are in memory: one being written, one being made.
    let (sender, mut batches) = mpsc::channel::<Batch>(1);
    let making = tokio::task::spawn_blocking(move || {
        for batch in generator {
            if sender.blocking_send(batch).is_err() {
                break;
            }
        }
    });
    let mut app = Loader::start(app, Part::App).await?;
    let mut support = Loader::start(support, Part::Support).await?;
    let mut counts = vec![0_u64; APP.len() + SUPPORT.len()];
    while let Some(batch) = batches.recv().await {
        tokio::try_join!(app.write(&batch), support.write(&batch))?;
        for (table, rows) in batch.of(APP).chain(batch.of(SUPPORT)) {
            if let Some(count) = counts.get_mut(table as usize) {
                *count += rows.count;
            }
        }
        progress(Progress::Customers {
            done: batch.customers_done,
            total: options.customers,
        });
    }
    making.await.map_err(|_| StackyardError::Stopped)?;
    progress(Progress::Indexes);
    tokio::try_join!(app.finish(), support.finish())?;
    let names = [Part::App, Part::Support].into_iter().flat_map(|part| {
        part.tables()
            .iter()
            .map(move |table| format!("{part}.{}", table.name()))
    });
    Ok(Summary {
        rows: names.zip(counts).collect(),
    })
}

/// A database while it is being filled.
enum Loader {
    Sqlite(sqlite::SqliteLoader),
    Postgres(postgres::PostgresLoader),
}

impl Loader {
    async fn start(database: &Database, part: Part) -> Result<Self, StackyardError> {
        match database {
            Database::Sqlite(pool) => sqlite::SqliteLoader::start(pool, part)
                .await
                .map(Self::Sqlite),
            Database::Postgres(pool) => postgres::PostgresLoader::start(pool, part)
                .await
                .map(Self::Postgres),
        }
    }

    async fn write(&mut self, batch: &Batch) -> Result<(), StackyardError> {
        match self {
            Self::Sqlite(loader) => loader.write(batch).await,
            Self::Postgres(loader) => loader.write(batch).await,
        }
    }

    async fn finish(self) -> Result<(), StackyardError> {
        match self {
            Self::Sqlite(loader) => loader.finish().await,
            Self::Postgres(loader) => loader.finish().await,
        }
    }
}

/// A schema's two halves.
fn halves(schema: &'static str) -> (&'static str, &'static str) {
    schema.split_once(AFTER_THE_ROWS).unwrap_or((schema, ""))
}
