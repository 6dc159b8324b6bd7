//! Sweeps of PostgreSQL: one statement a batch, which is its own transaction
//! and writes the journal itself.

use std::sync::Arc;

use candor_domain::plan::TableEffect;
use candor_policy::map::SourceMap;
use sqlx::{AssertSqlSafe, Row as _};

use super::{read, unit::Unit};
use crate::engine::effects;
use crate::engine::postgres::{Postgres, count, prepare_journal, undone};
use crate::error::Fault;
use crate::sql::seed::unlocked;

const FORGET: &str = "/* candor: what earlier sweeps of a rule wrote down */
DELETE FROM candor_journal WHERE starts_with(step, $1) AND NOT starts_with(step, $2)";
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

/// Takes up to `bounds.0` rows that are due before the second `bounds.1`.
pub(super) async fn batch(
    postgres: &Postgres,
    unit: &Unit,
    target: &str,
    key: &str,
    bounds: (i64, i64),
) -> Result<Vec<TableEffect>, Fault> {
    let mut lease = postgres.lease().await?;
    let sql: Arc<str> = if unit.is_leaf {
        let leaf = unit.leaf().and_then(|leaf| leaf.postgres(target));
        Arc::from(leaf.unwrap_or_default())
    } else {
        Arc::clone(&unit.compiled.postgres.erase)
    };
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(bounds.0)
        .bind(bounds.1);
    let query = if unit.is_leaf {
        query.bind(key)
    } else {
        query.bind(vec![key])
    };
    let row = query
        .bind(&unit.stamp)
        .fetch_optional(&mut *lease)
        .await
        .map_err(undone);
    match row {
        Ok(Some(row)) => read(row.try_get("effects")?),
        Ok(None) => Ok(Vec::new()),
        Err(fault @ Fault::Unreachable(_)) => {
            lease.discard();
            Err(fault)
        }
        Err(fault) => Err(fault),
    }
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
    let counts: Vec<_> = rows.iter().map(count).collect::<Result<_, _>>()?;
    Ok(effects(&unit.compiled, 1, &counts)?.concat())
}

/// The statement that counts, with its parameters written out and nothing
/// locked.
pub(super) fn looking(unit: &Unit, rows: &str, moment: i64) -> String {
    unlocked(&unit.compiled.postgres.preview)
        .replace("$1::int8", &format!("{rows}::int8"))
        .replace("$2::int8", &format!("{moment}::int8"))
}
