//! Filling PostgreSQL: `COPY` in text format, one transaction.

use std::fmt::Write as _;

use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, PgPool, Postgres};

use super::{Part, halves};
use crate::StackyardError;
use crate::rows::{Batch, Cell, Rows, Table};

/// Bytes sent at once.
const CHUNK: usize = 1 << 20;

/// A crash may lose the load: it is made again. Index builds may use memory.
const SETTINGS: &str = "SET LOCAL synchronous_commit = off; \
    SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL client_min_messages = warning";

pub(super) struct PostgresLoader {
    connection: PoolConnection<Postgres>,
    part: Part,
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
        Ok(Self { connection, part })
    }

    pub(super) async fn write(&mut self, batch: &Batch) -> Result<(), StackyardError> {
        for (table, rows) in batch.of(self.part.tables()) {
            self.copy(table, rows)
                .await
                .map_err(|source| StackyardError::Write {
                    table: table.name(),
                    source,
                })?;
        }
        Ok(())
    }

    async fn copy(&mut self, table: Table, rows: &Rows) -> Result<(), sqlx::Error> {
        // FREEZE: the table was made in this transaction, so nobody needs the
        // rows to be visible to older ones.
        let columns = table.columns().join(", ");
        let statement = format!("COPY {} ({columns}) FROM STDIN (FREEZE)", table.name());
        let mut copy = self.connection.copy_in_raw(&statement).await?;
        let mut text = String::with_capacity(CHUNK + CHUNK / 8);
        for row in rows.cells.chunks(table.columns().len()) {
            write_row(&mut text, row);
            if text.len() > CHUNK {
                copy.send(text.as_bytes()).await?;
                text.clear();
            }
        }
        copy.send(text.as_bytes()).await?;
        copy.finish().await?;
        Ok(())
    }

    pub(super) async fn finish(mut self) -> Result<(), StackyardError> {
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
