//! The whole state, out of one database and into another of either kind. What
//! is read is one moment's state, in pages, so that memory stays flat; what is
//! written becomes true together, and only in a state that holds nothing yet.
//! Sessions stay behind: whoever was signed in signs in again. Refuses pages
//! that don't fit their table, and a ledger whose edge contradicts its entries.

mod since;
mod tables;

use async_trait::async_trait;

use crate::backend::{Backend, Row, Session, Statement, Value};
use crate::error::StoreError;
use crate::ledger;
use crate::rows::LedgerHead;
use crate::traits::Stored;
pub use since::Renewed;
pub(crate) use since::since;
use tables::{Kind, TABLES, Table};

/// A value of a row, or null of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A whole number.
    Integer(Option<i64>),
    /// A text.
    Text(Option<String>),
    /// Bytes.
    Bytes(Option<Vec<u8>>),
}

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The table.
    pub table: &'static str,
    /// Its rows, each with the cells of all its columns.
    pub rows: Vec<Vec<Cell>>,
}

/// The state of one moment, on its way out.
#[async_trait]
pub trait CopyOut: Send {
    /// The ledger's head at that moment.
    async fn head(&mut self) -> Stored<LedgerHead>;
    /// The next rows; `None` after the last.
    async fn next(&mut self) -> Stored<Option<Page>>;
}

/// A state on its way in. Dropped before [`CopyIn::finish`], nothing of it is
/// there.
#[async_trait]
pub trait CopyIn: Send {
    /// The ledger's head as it came in.
    async fn head(&mut self) -> Stored<LedgerHead>;
    /// Takes rows, table by table in the order in which they came out.
    async fn put(&mut self, page: Page) -> Stored<()>;
    /// Makes all of it true, if the ledger's edge is that of its entries.
    async fn finish(self: Box<Self>) -> Stored<()>;
}

pub(crate) async fn out(backend: &dyn Backend) -> Stored<Box<dyn CopyOut>> {
    Ok(Box::new(Out {
        session: backend.snapshot().await?,
        place: 0,
        after: Vec::new(),
    }))
}

pub(crate) async fn into(backend: &dyn Backend) -> Stored<Box<dyn CopyIn>> {
    let mut session = backend.begin().await?;
    // A new state has a head already, of an empty ledger.
    let mut is_new = ledger::head(&mut *session).await?.size == 0;
    for table in TABLES.iter().filter(|table| table.name != HEAD) {
        is_new &= session.fetch_one(table.any, &[]).await?.is_none();
    }
    if !is_new {
        return Err(StoreError::NotEmpty);
    }
    session.execute(NO_HEAD, &[]).await?;
    Ok(Box::new(In { session }))
}

/// The table with the ledger's head.
const HEAD: &str = "ledger_head";
const NO_HEAD: Statement = Statement::new("forget the empty ledger", "DELETE FROM ledger_head");

struct Out {
    session: Box<dyn Session>,
    /// Which table is read.
    place: usize,
    /// The key of the last row that was read of it.
    after: Vec<Cell>,
}

#[async_trait]
impl CopyOut for Out {
    async fn head(&mut self) -> Stored<LedgerHead> {
        ledger::head(&mut *self.session).await
    }

    async fn next(&mut self) -> Stored<Option<Page>> {
        while let Some(table) = TABLES.get(self.place) {
            let statement = if self.after.is_empty() {
                table.first
            } else {
                table.next
            };
            let key: Vec<Value<'_>> = self.after.iter().map(value).collect();
            let rows = self.session.fetch(statement, &key).await?;
            let rows: Vec<Vec<Cell>> = rows
                .iter()
                .map(|row| cells(row, table))
                .collect::<Stored<_>>()?;
            let Some(last) = rows.last() else {
                self.place += 1;
                self.after.clear();
                continue;
            };
            self.after = last.iter().take(table.keys()).cloned().collect();
            let table = table.name;
            return Ok(Some(Page { table, rows }));
        }
        Ok(None)
    }
}

struct In {
    session: Box<dyn Session>,
}

#[async_trait]
impl CopyIn for In {
    async fn head(&mut self) -> Stored<LedgerHead> {
        ledger::head(&mut *self.session).await
    }

    async fn put(&mut self, page: Page) -> Stored<()> {
        let unknown = StoreError::Corrupt { what: "table" };
        let mut tables = TABLES.iter();
        let table = tables.find(|table| table.name == page.table);
        let table = table.ok_or(unknown)?;
        let insert = (table.insert)(self.session.dialect());
        for row in &page.rows {
            if !fits(table, row) {
                return Err(StoreError::Corrupt { what: "row" });
            }
            let values: Vec<Value<'_>> = row.iter().map(value).collect();
            self.session.execute(insert, &values).await?;
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Stored<()> {
        for statement in self.session.dialect().after_copy {
            self.session.fetch(*statement, &[]).await?;
        }
        ledger::check_edge(&mut *self.session).await?;
        self.session.commit().await
    }
}

fn fits(table: &Table, row: &[Cell]) -> bool {
    row.len() == table.columns.len()
        && row.iter().zip(table.columns).all(|(cell, kind)| {
            matches!(
                (cell, kind),
                (Cell::Integer(_), Kind::Integer)
                    | (Cell::Text(_), Kind::Text)
                    | (Cell::Bytes(_), Kind::Bytes)
            )
        })
}

fn cells(row: &Row, table: &Table) -> Stored<Vec<Cell>> {
    let columns = table.columns.iter().enumerate();
    let cells = columns.map(|(place, kind)| match kind {
        Kind::Integer => row.integer_or_null(place).map(Cell::Integer),
        Kind::Text => row.text_or_null(place).map(Cell::Text),
        Kind::Bytes => row.bytes_or_null(place).map(Cell::Bytes),
    });
    cells.collect()
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Integer(value) => (*value).into(),
        Cell::Text(value) => value.as_deref().into(),
        Cell::Bytes(value) => value.as_deref().into(),
    }
}

/// The tables that are copied, and how many columns each has.
#[must_use]
pub fn tables() -> Vec<(&'static str, usize)> {
    let tables = TABLES.iter();
    tables
        .map(|table| (table.name, table.columns.len()))
        .collect()
}

/// Tables that are not: who is signed in now, and how the schema came about.
pub const LEFT_OUT: [&str; 2] = ["schema_migrations", "sessions"];
