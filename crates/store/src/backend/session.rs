//! Sessions over sqlx, written once for every driver that knows our three kinds
//! of values. The `where` clauses are the whole list of what is asked of one.

use async_trait::async_trait;
use sqlx::pool::PoolConnection;
use sqlx::{
    Arguments, ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Pool, Transaction,
    Type,
};

use super::dialect::{Dialect, Statement};
use super::value::{Cells, Row, Value};
use super::{Backend, Session};
use crate::error::StoreError;
use crate::traits::Stored;

/// What sqlx does not say of a database by itself.
pub(super) trait Driver: Database {
    /// Its dialect.
    const DIALECT: &'static Dialect;
    /// Rows that a statement changed.
    fn rows_changed(result: &Self::QueryResult) -> u64;
}

/// Pools of one database.
pub(super) struct Pools<DB: Database> {
    pub(super) readers: Pool<DB>,
    pub(super) writers: Pool<DB>,
}

#[async_trait]
impl<DB> Backend for Pools<DB>
where
    DB: Driver,
    DB::Arguments: IntoArguments<DB>,
    DB::Row: Send + Sync,
    usize: ColumnIndex<DB::Row>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> Option<i64>: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> Option<&'q str>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<&'q [u8]>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<String>: Decode<'q, DB> + Type<DB>,
    for<'q> Option<Vec<u8>>: Decode<'q, DB> + Type<DB>,
{
    async fn read(&self) -> Stored<Box<dyn Session>> {
        let connection = self.readers.acquire().await;
        let connection = connection.map_err(|source| StoreError::from_driver("read", source))?;
        Ok(Box::new(Connected::Read(connection)))
    }

    async fn snapshot(&self) -> Stored<Box<dyn Session>> {
        let transaction = begun(&self.readers, DB::DIALECT.snapshot).await?;
        Ok(Box::new(Connected::Write(transaction)))
    }

    async fn begin(&self) -> Stored<Box<dyn Session>> {
        let transaction = begun(&self.writers, DB::DIALECT.begin).await?;
        Ok(Box::new(Connected::Write(transaction)))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }

    fn dialect(&self) -> &'static Dialect {
        DB::DIALECT
    }
}

async fn begun<DB: Database>(
    pool: &Pool<DB>,
    begin: Statement,
) -> Stored<Transaction<'static, DB>> {
    let transaction = pool.begin_with(begin.sql).await;
    transaction.map_err(|source| StoreError::from_driver(begin.operation, source))
}

/// An open connection.
enum Connected<DB: Database> {
    Read(PoolConnection<DB>),
    Write(Transaction<'static, DB>),
}

impl<DB: Database> Connected<DB> {
    fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Self::Read(connection) => connection,
            Self::Write(transaction) => transaction,
        }
    }
}

#[async_trait]
impl<DB> Session for Connected<DB>
where
    DB: Driver,
    DB::Arguments: IntoArguments<DB>,
    DB::Row: Send + Sync,
    usize: ColumnIndex<DB::Row>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    for<'q> Option<i64>: Encode<'q, DB> + Decode<'q, DB> + Type<DB>,
    for<'q> Option<&'q str>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<&'q [u8]>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<String>: Decode<'q, DB> + Type<DB>,
    for<'q> Option<Vec<u8>>: Decode<'q, DB> + Type<DB>,
{
    async fn fetch(&mut self, statement: Statement, values: &[Value<'_>]) -> Stored<Vec<Row>> {
        let query = sqlx::query_with(statement.sql, arguments::<DB>(statement, values)?);
        let rows = query.fetch_all(self.connection()).await;
        let rows = rows.map_err(|source| StoreError::from_driver(statement.operation, source))?;
        Ok(rows
            .into_iter()
            .map(|row| Row::new(statement, Box::new(DriverRow::<DB>(row))))
            .collect())
    }

    async fn execute(&mut self, statement: Statement, values: &[Value<'_>]) -> Stored<u64> {
        let query = sqlx::query_with(statement.sql, arguments::<DB>(statement, values)?);
        let done = query.execute(self.connection()).await;
        let done = done.map_err(|source| StoreError::from_driver(statement.operation, source))?;
        Ok(DB::rows_changed(&done))
    }

    async fn script(&mut self, script: Statement) -> Stored<()> {
        let run = sqlx::raw_sql(script.sql).execute(self.connection());
        let run = run.await;
        run.map_err(|source| StoreError::from_driver(script.operation, source))?;
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Stored<()> {
        match *self {
            Self::Read(_) => Ok(()),
            Self::Write(transaction) => transaction.commit().await.map_err(StoreError::from_commit),
        }
    }

    fn dialect(&self) -> &'static Dialect {
        DB::DIALECT
    }
}

fn arguments<DB>(statement: Statement, values: &[Value<'_>]) -> Stored<DB::Arguments>
where
    DB: Database,
    for<'q> Option<i64>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<&'q str>: Encode<'q, DB> + Type<DB>,
    for<'q> Option<&'q [u8]>: Encode<'q, DB> + Type<DB>,
{
    let mut arguments = DB::Arguments::default();
    for value in values {
        let added = match *value {
            Value::Integer(value) => arguments.add(value),
            Value::Text(value) => arguments.add(value),
            Value::Bytes(value) => arguments.add(value),
        };
        added.map_err(|source| {
            StoreError::from_driver(statement.operation, sqlx::Error::Encode(source))
        })?;
    }
    Ok(arguments)
}

struct DriverRow<DB: Database>(DB::Row);

impl<DB> Cells for DriverRow<DB>
where
    DB: Database,
    DB::Row: Send + Sync,
    usize: ColumnIndex<DB::Row>,
    for<'q> Option<i64>: Decode<'q, DB> + Type<DB>,
    for<'q> Option<String>: Decode<'q, DB> + Type<DB>,
    for<'q> Option<Vec<u8>>: Decode<'q, DB> + Type<DB>,
{
    fn integer(&self, column: usize) -> Result<Option<i64>, sqlx::Error> {
        sqlx::Row::try_get(&self.0, column)
    }

    fn text(&self, column: usize) -> Result<Option<String>, sqlx::Error> {
        sqlx::Row::try_get(&self.0, column)
    }

    fn bytes(&self, column: usize) -> Result<Option<Vec<u8>>, sqlx::Error> {
        sqlx::Row::try_get(&self.0, column)
    }
}
