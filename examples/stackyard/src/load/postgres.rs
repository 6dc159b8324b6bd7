//! Filling PostgreSQL: `COPY` in text format, one transaction.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, PgPool, Postgres};

use super::{Part, halves};
use crate::StackyardError;
use crate::rows::{Batch, Cell, Table};

/// Bytes of a table's rows that are sent at once. Fewer and larger statements:
/// over TCP each costs about ten milliseconds of waiting.
const CHUNK: usize = 1 << 20;

/// A crash may lose the load: it is made again. Index builds may use memory.
const SETTINGS: &str = "SET LOCAL synchronous_commit = off; \
    SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL client_min_messages = warning";

pub(super) struct PostgresLoader {
    connection: PoolConnection<Postgres>,
    part: Part,
    /// Lines not sent yet, per table.
    pending: BTreeMap<Table, String>,
}

impl PostgresLoader {
    pub(super) async fn start(pool: &PgPool, part: Part) -> Result<Self, StackyardError> {
        let open = |source| StackyardError::Open { part, source };
        let mut connection = pool.acquire().await.map_err(open)?;
        // Dropped before its commit, the connection closes, which rolls back.
        connection.close_on_drop();
        let failed = |source| StackyardError::Schema { part, source };
        for statement in ["BEGIN", SETTINGS, halves(schema(part)).0] {
            sqlx::raw_sql(statement)
                .execute(&mut *connection)
                .await
                .map_err(failed)?;
        }
        Ok(Self {
            connection,
            part,
            pending: BTreeMap::new(),
        })
    }

    pub(super) async fn write(&mut self, batch: &Batch) -> Result<(), StackyardError> {
        for (table, rows) in batch.of(self.part.tables()) {
            let lines = self.pending.entry(table).or_default();
            for row in rows.cells.chunks(table.columns().len()) {
                write_row(lines, row);
            }
            if lines.len() > CHUNK {
                let lines = std::mem::take(lines);
                self.copy(table, &lines).await?;
            }
        }
        Ok(())
    }

    async fn copy(&mut self, table: Table, lines: &str) -> Result<(), StackyardError> {
        let name = table.name();
        // FREEZE: the table was made in this transaction, so nobody needs the
        // rows to be visible to older ones.
        let statement = format!(
            "COPY {name} ({}) FROM STDIN (FREEZE)",
            table.columns().join(", ")
        );
        let copy = async {
            let mut copy = self.connection.copy_in_raw(&statement).await?;
            copy.send(lines.as_bytes()).await?;
            copy.finish().await
        };
        copy.await
            .map(drop)
            .map_err(|source| StackyardError::Write {
                table: name,
                source,
            })
    }

    pub(super) async fn finish(mut self) -> Result<(), StackyardError> {
        for (table, lines) in std::mem::take(&mut self.pending) {
            self.copy(table, &lines).await?;
        }
        let part = self.part;
        let finish = async {
            for statement in [halves(schema(part)).1, "COMMIT"] {
                sqlx::raw_sql(statement)
                    .execute(&mut *self.connection)
                    .await?;
            }
            for table in part.tables() {
                let statement = format!("ANALYZE {}", table.name());
                sqlx::raw_sql(AssertSqlSafe(statement))
                    .execute(&mut *self.connection)
                    .await?;
            }
            Ok(())
        };
        finish
            .await
            .map_err(|source| StackyardError::Schema { part, source })
    }
}

fn schema(part: Part) -> &'static str {
    match part {
        Part::App => include_str!("../../schema/postgres/app.sql"),
        Part::Support => include_str!("../../schema/postgres/support.sql"),
    }
}

/// A line of PostgreSQL's text format.
fn write_row(out: &mut String, row: &[Cell]) {
    for (index, cell) in row.iter().enumerate() {
        if index > 0 {
            out.push('\t');
        }
        match cell {
            Cell::Null => out.push_str("\\N"),
            Cell::Integer(value) => write_plain(out, value),
            Cell::Time(moment) => write_plain(out, moment),
            Cell::Fixed(text) => write_escaped(out, text),
            Cell::Text(text) => write_escaped(out, text),
        }
    }
    out.push('\n');
}

fn write_plain(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
}

fn write_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            _ => out.push(letter),
        }
    }
}
