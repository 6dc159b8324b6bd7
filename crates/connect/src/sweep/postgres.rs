//! Sweeps of PostgreSQL: a batch is one transaction, which takes the rows and
//! writes the journal.

use std::sync::Arc;

use candor_domain::plan::TableEffect;
use candor_policy::map::SourceMap;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use super::{Part, read, tally, unit::Unit};
use crate::catalogue::postgres::STAMP;
use crate::engine::effects;
use crate::engine::postgres::{self, Postgres, prepare_journal, undone};
use crate::engine::tables::json;
use crate::error::Fault;
use crate::sql::seed::unlocked;
use crate::sql::tally::Labels;

const FORGET: &str = "/* candor: what earlier sweeps of a rule wrote down */
DELETE FROM candor_journal WHERE starts_with(step, $1) AND NOT starts_with(step, $2)";
const WRITE: &str = "/* candor: this batch was carried out */
INSERT INTO candor_journal (step, effects) VALUES ($1, $2)";
const CLAIM: &str = "/* candor: one counts at a time */
INSERT INTO candor_journal (step, effects) VALUES ($1, '[]')
ON CONFLICT (step) DO UPDATE SET effects = excluded.effects";
const WRITTEN: &str = "/* candor: what this sweep wrote down */
SELECT step, effects FROM candor_journal WHERE starts_with(step, $1)";

pub(super) async fn begin(postgres: &Postgres, rule: &str, run: &str) -> Result<u64, Fault> {
    let mut connection = postgres.connection().await?;
    prepare_journal(&mut connection).await?;
    sqlx::query(FORGET)
        .bind(rule)
        .bind(run)
        .execute(&mut *connection)
        .await?;
    let rows = sqlx::query(WRITTEN)
        .bind(run)
        .fetch_all(&mut *connection)
        .await?;
    let steps = rows.iter().map(|row| row.try_get::<String, _>("step"));
    Ok(next(&steps.collect::<Result<Vec<_>, _>>()?, run))
}

/// One statement, with texts as its parameters.
pub(super) async fn execute(
    postgres: &Postgres,
    sql: &str,
    values: &[String],
) -> Result<(), Fault> {
    let mut connection = postgres.connection().await?;
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for value in values {
        query = query.bind(value);
    }
    query.execute(&mut *connection).await?;
    Ok(())
}

/// The first number that no batch of the run has.
pub(super) fn next(steps: &[String], run: &str) -> u64 {
    let numbers = steps.iter().filter_map(|step| {
        let (number, _) = step.strip_prefix(run)?.split_once('/')?;
        number.parse::<u64>().ok()
    });
    numbers.max().map_or(0, |last| last + 1)
}

pub(super) async fn journalled(postgres: &Postgres, run: &str) -> Result<Vec<String>, Fault> {
    let mut connection = postgres.connection().await?;
    let rows = sqlx::query(WRITTEN)
        .bind(run)
        .fetch_all(&mut *connection)
        .await?;
    let effects = rows.iter().map(|row| row.try_get("effects"));
    Ok(effects.collect::<Result<_, _>>()?)
}

/// Takes up to so many rows of a part.
pub(super) async fn batch(
    postgres: &Postgres,
    unit: &Unit,
    target: &str,
    key: &str,
    (rows, part): (i64, &Part),
) -> Result<Vec<TableEffect>, Fault> {
    let mut lease = postgres.lease().await?;
    let taken = if unit.is_leaf {
        leaf(&mut lease, unit, target, key, (rows, part)).await
    } else {
        whole(&mut lease, unit, key, (rows, part.before)).await
    };
    if let Err(Fault::Unreachable(_)) = taken {
        lease.discard();
    }
    taken
}

/// Rows with all that belongs to them: one statement, which writes the journal
/// itself, and undoes itself where the schema changed.
async fn whole(
    connection: &mut PgConnection,
    unit: &Unit,
    key: &str,
    bounds: (i64, i64),
) -> Result<Vec<TableEffect>, Fault> {
    let row = sqlx::query(AssertSqlSafe(Arc::clone(&unit.compiled.postgres.erase)))
        .bind(bounds.0)
        .bind(bounds.1)
        .bind(vec![key])
        .bind(&unit.stamp)
        .fetch_optional(connection)
        .await
        .map_err(undone)?;
    row.map_or_else(|| Ok(Vec::new()), |row| read(row.try_get("effects")?))
}

/// Rows to which nothing else belongs. Counting what a statement returns would
/// make the database keep a line for each row, so the statement counts by
/// itself and the journal is written apart, in the same transaction.
async fn leaf(
    connection: &mut PgConnection,
    unit: &Unit,
    target: &str,
    key: &str,
    bounds: (i64, &Part),
) -> Result<Vec<TableEffect>, Fault> {
    let mut transaction = connection.begin().await?;
    let taken = leaf_within(&mut transaction, unit, target, key, bounds).await;
    match taken {
        Ok(effects) => {
            transaction.commit().await?;
            Ok(effects)
        }
        Err(fault @ Fault::Unreachable(_)) => Err(fault),
        Err(fault) => {
            transaction.rollback().await?;
            Err(fault)
        }
    }
}

async fn leaf_within(
    transaction: &mut PgConnection,
    unit: &Unit,
    target: &str,
    key: &str,
    (rows_max, part): (i64, &Part),
) -> Result<Vec<TableEffect>, Fault> {
    let (gone, counted) = match &part.labels {
        Some(labels) => {
            let bounds = (rows_max, part.before);
            count(transaction, unit, target, labels, bounds).await?
        }
        None => {
            let sql = unit.leaf().and_then(|leaf| leaf.postgres(target));
            let done = sqlx::query(AssertSqlSafe(sql.unwrap_or_default()))
                .bind(rows_max)
                .bind(part.before)
                .execute(&mut *transaction)
                .await?;
            (done.rows_affected(), 0)
        }
    };
    let stamp: String = sqlx::query_scalar(STAMP)
        .fetch_one(&mut *transaction)
        .await?;
    if stamp != unit.stamp {
        return Err(Fault::Conflict("the schema changed".to_owned()));
    }
    let effects = tally::effects(unit, gone, counted);
    if !effects.is_empty() {
        sqlx::query(WRITE)
            .bind(key)
            .bind(json(&effects)?)
            .execute(transaction)
            .await?;
    }
    Ok(effects)
}

/// Takes rows and counts them: how many went, and how many were counted.
async fn count(
    transaction: &mut PgConnection,
    unit: &Unit,
    target: &str,
    labels: &Labels,
    (rows_max, moment): (i64, i64),
) -> Result<(u64, u64), Fault> {
    let Some((counting, seed)) = unit.counting.as_ref().zip(unit.seed()) else {
        return Ok((0, 0));
    };
    sqlx::query(CLAIM)
        .bind(tally::claim(&counting.tally))
        .execute(&mut *transaction)
        .await?;
    let sql = counting.postgres(unit.plan(), seed, target, labels);
    let row = sqlx::query(AssertSqlSafe(sql.unwrap_or_default()))
        .bind(rows_max)
        .bind(moment)
        .fetch_one(transaction)
        .await?;
    let number = |place: &str| {
        let rows: i64 = row.try_get(place)?;
        Ok::<u64, Fault>(u64::try_from(rows).unwrap_or_default())
    };
    Ok((number("gone")?, number("counted")?))
}

/// What one batch without bounds would do.
pub(super) async fn preview(
    postgres: &Postgres,
    map: &SourceMap,
    unit: &Unit,
    moment: i64,
) -> Result<Vec<TableEffect>, Fault> {
    let (mut lease, _) = postgres.ready(map).await?;
    let rows = sqlx::query(AssertSqlSafe(looking(unit, "NULL", moment)))
        .fetch_all(&mut *lease)
        .await?;
    let counts: Vec<_> = rows.iter().map(postgres::count).collect::<Result<_, _>>()?;
    Ok(effects(&unit.compiled, 1, &counts)?.concat())
}

/// The statement that counts, with its parameters written out and nothing
/// locked.
pub(super) fn looking(unit: &Unit, rows: &str, moment: i64) -> String {
    unlocked(&unit.compiled.postgres.preview)
        .replace("$1::int8", &format!("{rows}::int8"))
        .replace("$2::int8", &format!("{moment}::int8"))
}
