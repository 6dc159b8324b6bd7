//! PostgreSQL: one statement per operation, in one round trip. Generic plans,
//! because the statements are large and their parameters say nothing about
//! their selectivity; row security that would hide rows is an error instead.

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use candor_domain::identity::Identity;
use candor_policy::map::SourceMap;
use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow, Postgres as Driver};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool, Row as _};
use tokio::sync::RwLock;

use super::{Count, effects, persistently};
use crate::catalogue;
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::source::{EraseStep, Limits, StepReport};
use crate::verify::Search;

const CREATE_JOURNAL: &str = "/* candor: which steps were carried out here; no personal data */
CREATE TABLE IF NOT EXISTS candor_journal (
    step     text        PRIMARY KEY,
    effects  text        NOT NULL,
    done_at  timestamptz NOT NULL DEFAULT now()
)";
const HAS_JOURNAL: &str = "SELECT to_regclass('candor_journal') IS NOT NULL AS known";
const READ_JOURNAL: &str = "/* candor: which steps were carried out */
SELECT step, effects FROM candor_journal WHERE step = ANY($1::text[])";
const WRITE_JOURNAL: &str = "/* candor: these steps were carried out */
INSERT INTO candor_journal (step, effects) SELECT * FROM unnest($1::text[], $2::text[])";

/// One PostgreSQL source.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: PgPool,
    limits: Limits,
    compiled: RwLock<Option<Arc<Compiled>>>,
    has_journal: AtomicBool,
}

impl Postgres {
    /// Connects when it is first used.
    pub(crate) fn open(url: &str, limits: Limits) -> Result<Self, Fault> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| Fault::Refused(vec!["its address cannot be read".to_owned()]))?
            .application_name("candor");
        let settings = settings(&limits);
        let pool = PgPoolOptions::new()
            .max_connections(limits.connections_max)
            .acquire_timeout(limits.connect)
            .after_connect(move |connection, _| {
                let settings = settings.clone();
                Box::pin(async move {
                    sqlx::raw_sql(AssertSqlSafe(settings))
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            limits,
            compiled: RwLock::new(None),
            has_journal: AtomicBool::new(false),
        })
    }

    /// A connection, and the plan that fits the schema as it is now.
    pub(crate) async fn ready(
        &self,
        map: &SourceMap,
    ) -> Result<(sqlx::pool::PoolConnection<Driver>, Arc<Compiled>), Fault> {
        let mut connection = self.pool.acquire().await?;
        let compiled = self.compiled(&mut connection, map).await?;
        Ok((connection, compiled))
    }

    /// A connection.
    pub(crate) async fn connection(&self) -> Result<sqlx::pool::PoolConnection<Driver>, Fault> {
        Ok(self.pool.acquire().await?)
    }

    async fn compiled(
        &self,
        connection: &mut PgConnection,
        map: &SourceMap,
    ) -> Result<Arc<Compiled>, Fault> {
        let stamp: String = sqlx::query_scalar(catalogue::postgres::STAMP)
            .fetch_one(&mut *connection)
            .await?;
        if let Some(known) = self.compiled.read().await.as_ref()
            && known.stamp == stamp
        {
            return Ok(Arc::clone(known));
        }
        let catalogue = catalogue::postgres::read(connection).await?;
        let compiled = Arc::new(Compiled::new(stamp, catalogue, map)?);
        *self.compiled.write().await = Some(Arc::clone(&compiled));
        Ok(compiled)
    }

    /// `slot, step` and the identities of each row that an identity leads to.
    pub(crate) async fn identities(
        &self,
        map: &SourceMap,
        known: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<(usize, usize, Vec<Option<String>>)>), Fault> {
        let (mut connection, compiled) = self.ready(map).await?;
        let mut lines = Vec::new();
        if let Some(sql) = &compiled.identities {
            let width = crate::sql::find::identity_width(&compiled.plan);
            let mut rows = query(sql, &compiled, known).fetch(&mut *connection);
            while let Some(row) = rows.try_next().await? {
                let slot: i32 = row.try_get("slot")?;
                let step: i64 = row.try_get("step")?;
                let values = (0..width).map(|place| row.try_get(place + 2));
                lines.push((
                    usize::try_from(slot).unwrap_or_default(),
                    usize::try_from(step).unwrap_or_default(),
                    values.collect::<Result<_, _>>()?,
                ));
            }
        }
        Ok((compiled, lines))
    }

    /// Counts per table, action and step.
    pub(crate) async fn preview(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Count>), Fault> {
        let (mut connection, compiled) = self.ready(map).await?;
        let rows = query(&compiled.postgres.preview, &compiled, targets)
            .fetch_all(&mut *connection)
            .await?;
        let counts = rows.iter().map(count).collect::<Result<_, _>>()?;
        Ok((compiled, counts))
    }

    /// `place` of the captured key, and its values.
    pub(crate) async fn keys(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<(usize, Vec<Option<String>>)>), Fault> {
        let (mut connection, compiled) = self.ready(map).await?;
        let mut lines = Vec::new();
        if let Some(sql) = &compiled.postgres.keys {
            let width = compiled.captured.iter().map(|(_, key)| key.len()).max();
            let mut rows = query(sql, &compiled, targets).fetch(&mut *connection);
            while let Some(row) = rows.try_next().await? {
                if lines.len() >= self.limits.footprint_rows_max {
                    return Err(too_many(&self.limits));
                }
                let place: i32 = row.try_get("place")?;
                let values = (0..width.unwrap_or_default()).map(|place| row.try_get(place + 1));
                lines.push((
                    usize::try_from(place).unwrap_or_default(),
                    values.collect::<Result<_, _>>()?,
                ));
            }
        }
        Ok((compiled, lines))
    }

    /// Carries out steps that fit one transaction, each exactly once.
    pub(crate) async fn erase(
        &self,
        map: &SourceMap,
        steps: &[EraseStep],
    ) -> Result<Vec<StepReport>, Fault> {
        persistently(|| self.attempt(map, steps)).await
    }

    async fn attempt(
        &self,
        map: &SourceMap,
        steps: &[EraseStep],
    ) -> Result<Vec<StepReport>, Fault> {
        let (mut connection, compiled) = self.ready(map).await?;
        self.prepare_journal(&mut connection).await?;
        let keys: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
        let mut done = Vec::new();
        for row in sqlx::query(READ_JOURNAL)
            .bind(&keys)
            .fetch_all(&mut *connection)
            .await?
        {
            done.push((row.try_get("step")?, row.try_get("effects")?));
        }
        let todo = super::todo(steps, &done);
        if todo.is_empty() {
            return super::reports(steps, &done, &[]);
        }
        let mut transaction = connection.begin().await?;
        let mut fresh = Vec::new();
        // Steps that cannot be counted apart go one after the other.
        let together = if compiled.plan.batches { todo.len() } else { 1 };
        for chunk in todo.chunks(together.max(1)) {
            let targets: Vec<&[Identity]> = chunk
                .iter()
                .map(|step| step.identities.as_slice())
                .collect();
            for sql in &compiled.postgres.locks {
                query(sql, &compiled, &targets)
                    .execute(&mut *transaction)
                    .await?;
            }
            let rows = query(&compiled.postgres.erase, &compiled, &targets)
                .fetch_all(&mut *transaction)
                .await?;
            let counts: Vec<Count> = rows.iter().map(count).collect::<Result<_, _>>()?;
            let effects = effects(&compiled, chunk.len(), &counts)?;
            for (step, effects) in chunk.iter().zip(effects) {
                fresh.push(StepReport {
                    step: step.step.clone(),
                    effects,
                });
            }
        }
        let (keys, effects) = super::journal_lines(&fresh)?;
        sqlx::query(WRITE_JOURNAL)
            .bind(&keys)
            .bind(&effects)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        super::reports(steps, &done, &fresh)
    }

    /// Creating needs a right that a journal made by hand does not.
    async fn prepare_journal(&self, connection: &mut PgConnection) -> Result<(), Fault> {
        if self.has_journal.load(Ordering::Acquire) {
            return Ok(());
        }
        let known: bool = sqlx::query_scalar(HAS_JOURNAL)
            .fetch_one(&mut *connection)
            .await?;
        if !known {
            sqlx::query(CREATE_JOURNAL).execute(connection).await?;
        }
        self.has_journal.store(true, Ordering::Release);
        Ok(())
    }

    /// Numbers for each place of a search.
    pub(crate) async fn search(&self, search: &Search) -> Result<Vec<(usize, i64)>, Fault> {
        let mut connection = self.pool.acquire().await?;
        let mut query = sqlx::query(AssertSqlSafe(search.sql.clone()));
        for values in &search.parameters {
            query = query.bind(values);
        }
        let rows = query.fetch_all(&mut *connection).await?;
        rows.iter()
            .map(|row| {
                let place: i32 = row.try_get("place")?;
                let number: i64 = row.try_get("number")?;
                Ok((usize::try_from(place).unwrap_or_default(), number))
            })
            .collect()
    }

    /// Numbers for each column of a scan.
    pub(crate) async fn scan(
        &self,
        sql: &str,
        columns: usize,
        needles: &[String],
    ) -> Result<Vec<i64>, Fault> {
        let like: Vec<String> = needles
            .iter()
            .map(|needle| crate::verify::like_pattern(needle))
            .collect();
        let regex: Vec<String> = needles
            .iter()
            .map(|needle| crate::verify::regex_pattern(needle))
            .collect();
        let mut transaction = self.pool.begin().await?;
        // A scan may take longer than a statement that others wait for.
        let patience = format!(
            "SET LOCAL statement_timeout = {}",
            self.limits.scan.as_millis()
        );
        sqlx::raw_sql(AssertSqlSafe(patience))
            .execute(&mut *transaction)
            .await?;
        let row = sqlx::query(AssertSqlSafe(sql.to_owned()))
            .bind(&like)
            .bind(&regex)
            .fetch_one(&mut *transaction)
            .await?;
        let numbers = (0..columns).map(|place| row.try_get(place));
        let numbers = numbers.collect::<Result<_, _>>()?;
        transaction.commit().await?;
        Ok(numbers)
    }

    /// The one number of a statement.
    pub(crate) async fn number(&self, sql: &str) -> Result<i64, Fault> {
        let mut connection = self.pool.acquire().await?;
        Ok(sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut *connection)
            .await?)
    }

    /// Every row of a statement whose columns are all text.
    pub(crate) async fn texts(
        &self,
        sql: &str,
        take: &mut (dyn FnMut(Vec<Option<String>>) + Send),
    ) -> Result<(), Fault> {
        let mut connection = self.pool.acquire().await?;
        let mut rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let values = (0..row.len()).map(|place| row.try_get(place));
            take(values.collect::<Result<_, _>>()?);
        }
        Ok(())
    }

    /// Streams a person's rows, one table after the other.
    pub(crate) async fn export(
        &self,
        map: &SourceMap,
        identities: &[Identity],
        take: &mut (dyn FnMut(&Compiled, usize, &str) -> Result<(), Fault> + Send),
    ) -> Result<(), Fault> {
        let (mut connection, compiled) = self.ready(map).await?;
        let Some(sql) = &compiled.postgres.export else {
            return Ok(());
        };
        let targets = [identities];
        let mut rows = query(sql, &compiled, &targets).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let table: i32 = row.try_get("tab")?;
            let document: &str = row.try_get("doc")?;
            take(
                &compiled,
                usize::try_from(table).unwrap_or_default(),
                document,
            )?;
        }
        Ok(())
    }
}

/// A statement with the identities of people as parameters.
fn query<'a>(
    sql: &str,
    compiled: &Compiled,
    targets: &[&[Identity]],
) -> Query<'a, Driver, PgArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for (steps, values) in compiled.parameters(targets) {
        query = query.bind(steps).bind(values);
    }
    query
}

fn count(row: &PgRow) -> Result<Count, Fault> {
    let table: i32 = row.try_get(0)?;
    let action: i32 = row.try_get(1)?;
    Ok((
        i64::from(table),
        i64::from(action),
        row.try_get(2)?,
        row.try_get(3)?,
    ))
}

pub(super) fn too_many(limits: &Limits) -> Fault {
    Fault::Refused(vec![format!(
        "a person has more than {} rows that others point at",
        limits.footprint_rows_max
    )])
}

fn settings(limits: &Limits) -> String {
    format!(
        "SET lock_timeout = {};
         SET statement_timeout = {};
         SET idle_in_transaction_session_timeout = {};
         SET plan_cache_mode = force_generic_plan;
         SET jit = off;
         SET enable_seqscan = off;
         SET row_security = off;
         SET standard_conforming_strings = on;
         SET default_transaction_isolation = 'read committed';
         SET TimeZone = 'UTC';
         SET DateStyle = 'ISO';
         SET bytea_output = 'hex'",
        limits.lock.as_millis(),
        limits.statement.as_millis(),
        limits.statement.as_millis(),
    )
}
