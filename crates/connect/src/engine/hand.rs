//! A connection inside a transaction, whichever database it leads to: for work
//! that is the same everywhere but for the text of its statements.

use std::future::Future;

use futures_util::TryStreamExt as _;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::session::{Cells, Session, Take};
use crate::error::Fault;

/// Runs statements; parameters are texts.
pub(crate) trait Hand: Send {
    /// One statement; the number of rows it changed.
    fn write(
        &mut self,
        sql: &str,
        parameters: &[String],
    ) -> impl Future<Output = Result<u64, Fault>> + Send;

    /// One statement, row by row.
    fn read(
        &mut self,
        sql: &str,
        parameters: &[String],
        take: Take<'_>,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Several statements without parameters.
    fn script(&mut self, sql: &str) -> impl Future<Output = Result<(), Fault>> + Send;
}

impl<S: Session> Hand for S {
    async fn write(&mut self, sql: &str, parameters: &[String]) -> Result<u64, Fault> {
        self.execute(sql, parameters).await
    }

    async fn read(
        &mut self,
        sql: &str,
        parameters: &[String],
        take: Take<'_>,
    ) -> Result<(), Fault> {
        self.fetch(sql, parameters, take).await
    }

    async fn script(&mut self, sql: &str) -> Result<(), Fault> {
        self.run(sql.to_owned()).await
    }
}

/// A connection to PostgreSQL.
pub(crate) struct PostgresHand<'a>(pub(crate) &'a mut PgConnection);

impl Hand for PostgresHand<'_> {
    async fn write(&mut self, sql: &str, parameters: &[String]) -> Result<u64, Fault> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        for parameter in parameters {
            query = query.bind(parameter);
        }
        Ok(query.execute(&mut *self.0).await?.rows_affected())
    }

    async fn read(
        &mut self,
        sql: &str,
        parameters: &[String],
        take: Take<'_>,
    ) -> Result<(), Fault> {
        let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
        for parameter in parameters {
            query = query.bind(parameter);
        }
        let mut rows = query.fetch(&mut *self.0);
        while let Some(row) = rows.try_next().await? {
            take(&row)?;
        }
        Ok(())
    }

    async fn script(&mut self, sql: &str) -> Result<(), Fault> {
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

impl Cells for PgRow {
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
