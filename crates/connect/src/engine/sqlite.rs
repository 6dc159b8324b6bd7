//! SQLite: work sets in temporary tables that live in memory, writing in one
//! transaction that holds the file's only write lock, foreign keys checked at
//! its end. Never creates a database that is not there.

use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use candor_domain::identity::Identity;
use candor_domain::plan::TableEffect;
use candor_policy::map::SourceMap;
use futures_util::TryStreamExt as _;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite as Driver, SqliteConnectOptions, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection, SqlitePool};
use tokio::sync::RwLock;

use super::{Count, Line, effects, persistently};
use crate::catalogue;
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::source::{EraseStep, Limits, StepReport};
use crate::sql::work::Work;
use crate::verify::Search;

pub(crate) const CREATE_JOURNAL: &str =
    "/* candor: which steps were carried out here; no personal data */
CREATE TABLE IF NOT EXISTS candor_journal (
    step     TEXT NOT NULL PRIMARY KEY,
    effects  TEXT NOT NULL,
    done_at  TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
)";
const READ_JOURNAL: &str = "/* candor: which steps were carried out */
SELECT step, effects FROM candor_journal WHERE step IN (SELECT value FROM json_each(?1))";
const WRITE_JOURNAL: &str = "/* candor: this step was carried out */
INSERT INTO candor_journal (step, effects) VALUES (?1, ?2)";
const FILL_IDENTITIES: &str = "/* candor: whom this is about */
INSERT INTO temp.candor_identity (slot, step, value)
SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1)";

/// Instructions between two looks at whether a statement has had its time.
const INSTRUCTIONS: i32 = 20_000;

/// One SQLite source.
#[derive(Debug)]
pub(crate) struct Sqlite {
    pool: SqlitePool,
    limits: Limits,
    compiled: RwLock<Option<Arc<Compiled>>>,
}

/// A connection whose statements end when they are told to.
pub(crate) struct Session {
    connection: PoolConnection<Driver>,
    stop: Arc<AtomicBool>,
}

impl Sqlite {
    /// Opens the file when it is first used.
    pub(crate) fn open(url: &str, limits: Limits) -> Result<Self, Fault> {
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
            .pragma("temp_store", "MEMORY");
        let pool = SqlitePoolOptions::new()
            .max_connections(limits.connections_max)
            .acquire_timeout(limits.connect)
            .connect_lazy_with(options);
        Ok(Self {
            pool,
            limits,
            compiled: RwLock::new(None),
        })
    }

    /// A connection, and the plan that fits the schema as it is now.
    pub(crate) async fn ready(&self, map: &SourceMap) -> Result<(Session, Arc<Compiled>), Fault> {
        let mut session = self.session().await?;
        let stamp: String = sqlx::query_scalar(catalogue::sqlite::STAMP)
            .fetch_one(&mut *session.connection)
            .await?;
        if let Some(known) = self.compiled.read().await.as_ref()
            && known.stamp == stamp
        {
            return Ok((session, Arc::clone(known)));
        }
        let catalogue = catalogue::sqlite::read(&mut session.connection).await?;
        let compiled = Arc::new(Compiled::new(stamp, catalogue, map)?);
        *self.compiled.write().await = Some(Arc::clone(&compiled));
        Ok((session, compiled))
    }

    /// A connection.
    pub(crate) async fn session(&self) -> Result<Session, Fault> {
        let mut connection = self.pool.acquire().await?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        connection
            .lock_handle()
            .await?
            .set_progress_handler(INSTRUCTIONS, move || !stopped.load(Ordering::Relaxed));
        Ok(Session { connection, stop })
    }

    /// `slot, step` and the identities of each row that an identity leads to.
    pub(crate) async fn identities(
        &self,
        map: &SourceMap,
        known: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Line>), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let lines = session
            .within(self.limits.statement, async |connection| {
                let mut lines = Vec::new();
                let Some(sql) = &compiled.identities else {
                    return Ok(lines);
                };
                let width = crate::sql::find::identity_width(&compiled.plan);
                let mut transaction = connection.begin().await?;
                set_up(&mut transaction, &compiled).await?;
                fill_lines(&mut transaction, &identity_lines(&compiled, known)).await?;
                for row in sqlx::query(AssertSqlSafe(sql.clone()))
                    .fetch_all(&mut *transaction)
                    .await?
                {
                    let slot: i64 = row.try_get("slot")?;
                    let step: i64 = row.try_get("step")?;
                    let values = (0..width).map(|place| row.try_get(place + 2));
                    lines.push((
                        usize::try_from(slot).unwrap_or_default(),
                        usize::try_from(step).unwrap_or_default(),
                        values.collect::<Result<_, _>>()?,
                    ));
                }
                // Undoing it empties the temporary tables again.
                transaction.rollback().await?;
                Ok(lines)
            })
            .await?;
        Ok((compiled, lines))
    }

    /// Counts per table, action and step.
    pub(crate) async fn preview(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Count>), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let counts = session
            .within(self.limits.statement, async |connection| {
                let mut transaction = connection.begin().await?;
                fill(&mut transaction, &compiled, targets).await?;
                let counts = count(&mut transaction, compiled.sqlite.counts.as_deref()).await?;
                transaction.rollback().await?;
                Ok(counts)
            })
            .await?;
        Ok((compiled, counts))
    }

    /// `place` of the captured key, step, and its values.
    pub(crate) async fn keys(
        &self,
        map: &SourceMap,
        targets: &[&[Identity]],
    ) -> Result<(Arc<Compiled>, Vec<Line>), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let lines_max = self.limits.footprint_rows_max * targets.len();
        let lines = session
            .within(self.limits.statement, async |connection| {
                let mut lines = Vec::new();
                let Some(sql) = &compiled.sqlite.keys else {
                    return Ok(lines);
                };
                let width = compiled.captured.iter().map(|(_, key)| key.len()).max();
                let mut transaction = connection.begin().await?;
                fill(&mut transaction, &compiled, targets).await?;
                let mut rows = sqlx::query(AssertSqlSafe(sql.clone())).fetch(&mut *transaction);
                while let Some(row) = rows.try_next().await? {
                    if lines.len() >= lines_max {
                        return Err(super::postgres::too_many(&self.limits));
                    }
                    let place: i64 = row.try_get("place")?;
                    let step: i64 = row.try_get("step")?;
                    let values = (0..width.unwrap_or_default()).map(|n| row.try_get(n + 2));
                    lines.push((
                        usize::try_from(place).unwrap_or_default(),
                        usize::try_from(step).unwrap_or_default(),
                        values.collect::<Result<_, _>>()?,
                    ));
                }
                drop(rows);
                transaction.rollback().await?;
                Ok(lines)
            })
            .await?;
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
        let (mut session, compiled) = self.ready(map).await?;
        session
            .within(self.limits.statement, async |connection| {
                let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
                sqlx::query(CREATE_JOURNAL)
                    .execute(&mut *transaction)
                    .await?;
                let keys: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
                let mut done = Vec::new();
                for row in sqlx::query(READ_JOURNAL)
                    .bind(json(&keys)?)
                    .fetch_all(&mut *transaction)
                    .await?
                {
                    done.push((row.try_get("step")?, row.try_get("effects")?));
                }
                let todo = super::todo(steps, &done);
                if todo.is_empty() {
                    return super::reports(steps, &done);
                }
                sqlx::raw_sql("PRAGMA defer_foreign_keys = ON")
                    .execute(&mut *transaction)
                    .await?;
                let together = if compiled.plan.batches { todo.len() } else { 1 };
                for chunk in todo.chunks(together.max(1)) {
                    for report in erase_chunk(&mut transaction, &compiled, chunk).await? {
                        let effects = json(&report.effects)?;
                        sqlx::query(WRITE_JOURNAL)
                            .bind(&report.step)
                            .bind(&effects)
                            .execute(&mut *transaction)
                            .await?;
                        done.push((report.step, effects));
                    }
                }
                empty(&mut transaction, &compiled).await?;
                transaction.commit().await?;
                super::reports(steps, &done)
            })
            .await
    }

    /// Numbers for each place of a search.
    pub(crate) async fn search(
        &self,
        map: &SourceMap,
        search: impl Fn(&Compiled) -> Option<Search>,
    ) -> Result<(Arc<Compiled>, Vec<(usize, i64)>), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        let Some(search) = search(&compiled) else {
            return Ok((compiled, Vec::new()));
        };
        let numbers = session
            .within(self.limits.statement, async |connection| {
                let mut query = sqlx::query(AssertSqlSafe(search.sql));
                for values in &search.parameters {
                    query = query.bind(json(values)?);
                }
                let rows = query.fetch_all(connection).await?;
                rows.iter()
                    .map(|row| {
                        let place: i64 = row.try_get("place")?;
                        let number: i64 = row.try_get("number")?;
                        Ok((usize::try_from(place).unwrap_or_default(), number))
                    })
                    .collect::<Result<Vec<_>, Fault>>()
            })
            .await?;
        Ok((compiled, numbers))
    }

    /// Numbers for each column of a scan.
    pub(crate) async fn scan(
        &self,
        sql: &str,
        columns: usize,
        needles: &[String],
    ) -> Result<Vec<i64>, Fault> {
        let patterns: Vec<String> = needles
            .iter()
            .flat_map(|needle| crate::verify::glob_patterns(needle))
            .collect();
        let mut session = self.session().await?;
        session
            .within(self.limits.scan, async |connection| {
                let row = sqlx::query(AssertSqlSafe(sql.to_owned()))
                    .bind(json(&patterns)?)
                    .fetch_one(connection)
                    .await?;
                let numbers = (0..columns).map(|place| row.try_get(place));
                Ok(numbers.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// The one number of a statement.
    pub(crate) async fn number(&self, sql: &str) -> Result<i64, Fault> {
        let mut session = self.session().await?;
        session
            .within(self.limits.scan, async |connection| {
                Ok(sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
                    .fetch_one(connection)
                    .await?)
            })
            .await
    }

    /// Every row of a statement whose columns are all text.
    pub(crate) async fn texts(
        &self,
        sql: &str,
        take: &mut (dyn FnMut(Vec<Option<String>>) + Send),
    ) -> Result<(), Fault> {
        let mut session = self.session().await?;
        session
            .within(self.limits.scan, async |connection| {
                let mut rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch(connection);
                while let Some(row) = rows.try_next().await? {
                    let values = (0..row.len()).map(|place| row.try_get(place));
                    take(values.collect::<Result<_, _>>()?);
                }
                Ok(())
            })
            .await
    }

    /// Streams a person's rows, one table after the other.
    pub(crate) async fn export(
        &self,
        map: &SourceMap,
        identities: &[Identity],
        take: &mut (dyn FnMut(&Compiled, usize, &str) -> Result<(), Fault> + Send),
    ) -> Result<(), Fault> {
        let (mut session, compiled) = self.ready(map).await?;
        session
            .within(self.limits.statement, async |connection| {
                let mut transaction = connection.begin().await?;
                fill(&mut transaction, &compiled, &[identities]).await?;
                for sql in &compiled.sqlite.export {
                    let mut rows = sqlx::query(AssertSqlSafe(sql.clone())).fetch(&mut *transaction);
                    while let Some(row) = rows.try_next().await? {
                        let table: i64 = row.try_get("tab")?;
                        let document: &str = row.try_get("doc")?;
                        take(
                            &compiled,
                            usize::try_from(table).unwrap_or_default(),
                            document,
                        )?;
                    }
                }
                transaction.rollback().await?;
                Ok(())
            })
            .await
    }
}

impl Session {
    /// Runs work, and interrupts it when its time is over.
    pub(crate) async fn within<T>(
        &mut self,
        limit: Duration,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.stop.store(false, Ordering::Relaxed);
        let mut work = std::pin::pin!(work(&mut self.connection));
        tokio::select! {
            outcome = &mut work => outcome,
            () = tokio::time::sleep(limit) => {
                self.stop.store(true, Ordering::Relaxed);
                let outcome = work.await;
                self.stop.store(false, Ordering::Relaxed);
                outcome
            }
        }
    }
}

async fn erase_chunk(
    connection: &mut SqliteConnection,
    compiled: &Arc<Compiled>,
    chunk: &[&EraseStep],
) -> Result<Vec<StepReport>, Fault> {
    let targets: Vec<&[Identity]> = chunk
        .iter()
        .map(|step| step.identities.as_slice())
        .collect();
    fill(connection, compiled, &targets).await?;
    let effects = carry_out(connection, compiled, chunk.len()).await?;
    let reports = chunk.iter().zip(effects).map(|(step, effects)| StepReport {
        step: step.step.clone(),
        effects,
    });
    Ok(reports.collect())
}

/// Writes what the filled work sets say, and tells what it was, step by step.
pub(crate) async fn carry_out(
    connection: &mut SqliteConnection,
    compiled: &Arc<Compiled>,
    steps: usize,
) -> Result<Vec<Vec<TableEffect>>, Fault> {
    let mut counts = count(connection, compiled.sqlite.counts.as_deref()).await?;
    for sql in &compiled.sqlite.writes {
        sqlx::query(AssertSqlSafe(sql.clone()))
            .execute(&mut *connection)
            .await?;
    }
    counts.extend(count(connection, compiled.sqlite.missing.as_deref()).await?);
    effects(compiled, steps, &counts)
}

/// Makes the temporary tables of this plan, and drops those of another.
pub(crate) async fn set_up(
    connection: &mut SqliteConnection,
    compiled: &Compiled,
) -> Result<(), Fault> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM temp.sqlite_schema WHERE type = 'table' AND name LIKE 'candor\\_%' ESCAPE '\\'",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mark = format!("candor_plan_{}", catalogue::digest(&compiled.stamp));
    if tables.contains(&mark) {
        return Ok(());
    }
    for table in tables {
        let sql = format!("DROP TABLE temp.{}", crate::sql::name(&table));
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await?;
    }
    let mut sql = format!(
        "CREATE TEMP TABLE {mark} (plan);
         CREATE TEMP TABLE candor_identity (slot INTEGER, step INTEGER, value TEXT);
         CREATE INDEX temp.candor_identity_slot ON candor_identity (slot, value);"
    );
    for work in &compiled.sqlite.works {
        sql.push_str(&create(work));
    }
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(())
}

/// Columns without types keep values as they are.
fn create(work: &Work) -> String {
    let rows: Vec<&str> = work
        .columns
        .iter()
        .filter(|column| column.starts_with('r'))
        .map(String::as_str)
        .collect();
    format!(
        "CREATE TEMP TABLE {0} ({1});
         CREATE INDEX temp.{0}_row ON {0} ({2});",
        work.name,
        work.columns.join(", "),
        rows.join(", ")
    )
}

/// Slot, step and value of every identity.
fn identity_lines(compiled: &Compiled, targets: &[&[Identity]]) -> Vec<(i64, i64, String)> {
    let mut lines = Vec::new();
    for ((steps, values), slot) in compiled.parameters(targets).into_iter().zip(0_i64..) {
        let own = steps.into_iter().zip(values);
        lines.extend(own.map(|(step, value)| (slot, step, value)));
    }
    lines
}

/// Writes down what the work is about.
pub(crate) async fn fill_lines(
    connection: &mut SqliteConnection,
    lines: &[(i64, i64, String)],
) -> Result<(), Fault> {
    sqlx::raw_sql("DELETE FROM temp.candor_identity")
        .execute(&mut *connection)
        .await?;
    sqlx::query(FILL_IDENTITIES)
        .bind(json(lines)?)
        .execute(connection)
        .await?;
    Ok(())
}

/// Fills every work set for these people.
async fn fill(
    connection: &mut SqliteConnection,
    compiled: &Compiled,
    targets: &[&[Identity]],
) -> Result<(), Fault> {
    fill_sets(connection, compiled, &identity_lines(compiled, targets)).await
}

/// Fills every work set for what the lines say.
pub(crate) async fn fill_sets(
    connection: &mut SqliteConnection,
    compiled: &Compiled,
    lines: &[(i64, i64, String)],
) -> Result<(), Fault> {
    set_up(connection, compiled).await?;
    fill_lines(connection, lines).await?;
    for work in &compiled.sqlite.works {
        let columns = work.columns.join(", ");
        let sql = if work.recursive {
            format!(
                "INSERT INTO temp.{0} WITH RECURSIVE {0}({columns}) AS ({1}) SELECT {columns} FROM {0}",
                work.name, work.select
            )
        } else {
            format!("INSERT INTO temp.{} ({columns}) {}", work.name, work.select)
        };
        let clear = format!("DELETE FROM temp.{}", work.name);
        sqlx::query(AssertSqlSafe(clear))
            .execute(&mut *connection)
            .await?;
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Leaves nothing of anybody in the temporary tables.
pub(crate) async fn empty(
    connection: &mut SqliteConnection,
    compiled: &Compiled,
) -> Result<(), Fault> {
    let mut sql = "DELETE FROM temp.candor_identity;".to_owned();
    for work in &compiled.sqlite.works {
        sql.push_str(&format!("DELETE FROM temp.{};", work.name));
    }
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn count(
    connection: &mut SqliteConnection,
    sql: Option<&str>,
) -> Result<Vec<Count>, Fault> {
    let Some(sql) = sql else {
        return Ok(Vec::new());
    };
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned()))
        .fetch_all(connection)
        .await?;
    rows.iter().map(line).collect()
}

fn line(row: &SqliteRow) -> Result<Count, Fault> {
    Ok((
        row.try_get(0)?,
        row.try_get(1)?,
        row.try_get(2)?,
        row.try_get(3)?,
    ))
}

pub(crate) fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, Fault> {
    serde_json::to_string(value)
        .map_err(|_| Fault::Database("a parameter cannot be written".to_owned()))
}
