//! Filling SQLite: statements of many rows in one transaction.

use std::collections::BTreeMap;

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Connection, Sqlite, SqliteConnection, SqlitePool};

use super::{Part, halves};
use crate::StackyardError;
use crate::rows::{Batch, Cell, Rows, Table};

/// Rows in one statement: enough to hide its cost, and few enough values for
/// SQLite's limit of 32,766.
const ROWS_PER_STATEMENT: usize = 64;

/// While loading, a crash may lose the file: it can be made again. Foreign
/// keys point forwards inside a batch, and tests check them all.
const PRAGMAS: &str = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; \
    PRAGMA foreign_keys = OFF; PRAGMA cache_size = -65536";

pub(super) struct SqliteLoader {
    connection: SqliteConnection,
    part: Part,
    /// Statement of a full chunk, per table.
    inserts: BTreeMap<Table, String>,
}

impl SqliteLoader {
    pub(super) async fn start(pool: &SqlitePool, part: Part) -> Result<Self, StackyardError> {
        let open = |source| StackyardError::Open { part, source };
        // A connection of its own: its pragmas must not return to the pool.
        let mut connection = SqliteConnection::connect_with(&pool.connect_options())
            .await
            .map_err(open)?;
        sqlx::raw_sql(PRAGMAS)
            .execute(&mut connection)
            .await
            .map_err(open)?;
        let failed = |source| StackyardError::Schema { part, source };
        sqlx::raw_sql("BEGIN IMMEDIATE")
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        sqlx::raw_sql(halves(schema(part)).0)
            .execute(&mut connection)
            .await
            .map_err(failed)?;
        let inserts = part
            .tables()
            .iter()
            .map(|&table| (table, insert(table, ROWS_PER_STATEMENT)));
        Ok(Self {
            connection,
            part,
            inserts: inserts.collect(),
        })
    }

    pub(super) async fn write(&mut self, batch: &Batch) -> Result<(), StackyardError> {
        for (table, rows) in batch.of(self.part.tables()) {
            self.write_table(table, rows)
                .await
                .map_err(|source| StackyardError::Write {
                    table: table.name(),
                    source,
                })?;
        }
        Ok(())
    }

    async fn write_table(&mut self, table: Table, rows: &Rows) -> Result<(), sqlx::Error> {
        let columns = table.columns().len();
        for chunk in rows.cells.chunks(columns * ROWS_PER_STATEMENT) {
            let count = chunk.len() / columns;
            let full = self
                .inserts
                .get(&table)
                .filter(|_| count == ROWS_PER_STATEMENT);
            let query = match full {
                Some(statement) => sqlx::query(AssertSqlSafe(statement.clone())),
                None => sqlx::query(AssertSqlSafe(insert(table, count))).persistent(false),
            };
            chunk
                .iter()
                .fold(query, bind)
                .execute(&mut self.connection)
                .await?;
        }
        Ok(())
    }

    pub(super) async fn finish(mut self) -> Result<(), StackyardError> {
        let part = self.part;
        let finish = async {
            sqlx::raw_sql(halves(schema(part)).1)
                .execute(&mut self.connection)
                .await?;
            sqlx::raw_sql("COMMIT")
                .execute(&mut self.connection)
                .await?;
            // What reads next gets real statistics and a log it can share.
            sqlx::raw_sql("PRAGMA journal_mode = WAL; ANALYZE")
                .execute(&mut self.connection)
                .await?;
            self.connection.close().await
        };
        finish
            .await
            .map_err(|source| StackyardError::Schema { part, source })
    }
}

fn schema(part: Part) -> &'static str {
    match part {
        Part::App => include_str!("../../schema/sqlite/app.sql"),
        Part::Support => include_str!("../../schema/sqlite/support.sql"),
    }
}

fn insert(table: Table, rows: usize) -> String {
    let row = format!("({})", vec!["?"; table.columns().len()].join(", "));
    let columns = table.columns().join(", ");
    format!(
        "INSERT INTO {} ({columns}) VALUES {}",
        table.name(),
        vec![row; rows].join(", ")
    )
}

type Insert<'q> = Query<'q, Sqlite, SqliteArguments>;

fn bind<'q>(query: Insert<'q>, cell: &'q Cell) -> Insert<'q> {
    match cell {
        Cell::Null => query.bind(None::<i64>),
        Cell::Integer(value) => query.bind(*value),
        Cell::Time(moment) => query.bind(moment.to_string()),
        Cell::Fixed(text) => query.bind(*text),
        Cell::Text(text) => query.bind(text.as_str()),
    }
}
