//! The one place that knows two databases. Aggregates see a [`Session`] that
//! runs statements over three kinds of values (integers, text, bytes), and a
//! [`Dialect`] chosen once, when the database was opened. Refuses SQL that is
//! not a constant.

mod dialect;
mod postgres;
mod session;
mod sqlite;
mod value;

use async_trait::async_trait;
use sqlx::pool::PoolOptions;

use crate::traits::Stored;

pub(crate) use dialect::{Dialect, Statement};
pub(crate) use value::{Row, Value, index, position};

/// An open database.
#[async_trait]
pub(crate) trait Backend: Send + Sync {
    /// A connection to read from; each statement sees what was committed
    /// before it.
    async fn read(&self) -> Stored<Box<dyn Session>>;
    /// A transaction to read in, all of whose statements see the same state.
    async fn snapshot(&self) -> Stored<Box<dyn Session>>;
    /// A transaction to write in; dropped without [`Session::commit`], it
    /// leaves nothing.
    async fn begin(&self) -> Stored<Box<dyn Session>>;
    /// Ends all connections.
    async fn close(&self);
    /// What is particular to this database.
    fn dialect(&self) -> &'static Dialect;
}

/// A connection, within a transaction or not.
#[async_trait]
pub(crate) trait Session: Send {
    /// Runs a statement and reads all its rows; the statement bounds them.
    async fn fetch(&mut self, statement: Statement, values: &[Value<'_>]) -> Stored<Vec<Row>>;
    /// Runs a statement and counts the rows it changed.
    async fn execute(&mut self, statement: Statement, values: &[Value<'_>]) -> Stored<u64>;
    /// Runs several statements that have no values.
    async fn script(&mut self, script: Statement) -> Stored<()>;
    /// Makes the transaction durable.
    async fn commit(self: Box<Self>) -> Stored<()>;
    /// What is particular to this database.
    fn dialect(&self) -> &'static Dialect;
}

/// Connections that stay until they break. The driver's look for idle ones can
/// spin for ever (transact-rs/sqlx#3645), and takes a thread of the runtime with it.
fn lasting<DB: sqlx::Database>(connections_max: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(connections_max)
        .idle_timeout(None)
        .max_lifetime(None)
}

impl dyn Session + '_ {
    /// The first row of a statement that has at most one.
    pub(crate) async fn fetch_one(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> Stored<Option<Row>> {
        Ok(self.fetch(statement, values).await?.into_iter().next())
    }
}

pub(crate) use postgres::connect as connect_postgres;
pub(crate) use sqlite::open as open_sqlite;
