//! Sweeps of SQLite: a batch is a transaction that holds the file's only write
//! lock, so batches are kept short.

use candor_domain::plan::TableEffect;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::{postgres::next, unit::Unit};
use crate::catalogue;
use crate::engine::effects;
use crate::engine::sqlite::{
    CREATE_JOURNAL, Sqlite, carry_out, count, empty, fill_lines, fill_sets, json, set_up,
};
use crate::error::Fault;
use crate::source::Limits;
use crate::sql::seed::BOUNDS_SLOT;

const FORGET: &str = "/* candor: what earlier sweeps of a rule wrote down */
DELETE FROM candor_journal
 WHERE substr(step, 1, length(?1)) = ?1 AND substr(step, 1, length(?2)) <> ?2";
const WRITE: &str = "/* candor: this batch was carried out */
INSERT INTO candor_journal (step, effects) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
const STEPS: &str = "/* candor: what this sweep wrote down */
SELECT step FROM candor_journal WHERE substr(step, 1, length(?1)) = ?1";
const WRITTEN: &str = "/* candor: what this sweep wrote down */
SELECT effects FROM candor_journal WHERE substr(step, 1, length(?1)) = ?1";

pub(super) async fn begin(
    sqlite: &Sqlite,
    limits: &Limits,
    rule: &str,
    run: &str,
) -> Result<u64, Fault> {
    let mut session = sqlite.session().await?;
    session
        .within(limits.statement, async |connection| {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            sqlx::query(CREATE_JOURNAL)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(FORGET)
                .bind(rule)
                .bind(run)
                .execute(&mut *transaction)
                .await?;
            let steps: Vec<String> = sqlx::query_scalar(STEPS)
                .bind(run)
                .fetch_all(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(next(&steps, run))
        })
        .await
}

pub(super) async fn journalled(
    sqlite: &Sqlite,
    limits: &Limits,
    run: &str,
) -> Result<Vec<String>, Fault> {
    let mut session = sqlite.session().await?;
    session
        .within(limits.statement, async |connection| {
            Ok(sqlx::query_scalar(WRITTEN)
                .bind(run)
                .fetch_all(connection)
                .await?)
        })
        .await
}

/// Takes up to `bounds.0` rows that are due before the second `bounds.1`.
pub(super) async fn batch(
    sqlite: &Sqlite,
    limits: &Limits,
    unit: &Unit,
    key: &str,
    bounds: (i64, i64),
) -> Result<Vec<TableEffect>, Fault> {
    let mut session = sqlite.session().await?;
    session
        .within(limits.statement, async |connection| {
            let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
            let stamp: String = sqlx::query_scalar(catalogue::sqlite::STAMP)
                .fetch_one(&mut *transaction)
                .await?;
            if stamp != unit.stamp {
                return Err(Fault::Conflict("the schema changed".to_owned()));
            }
            let effects = if unit.is_leaf {
                leaf(&mut transaction, unit, bounds).await?
            } else {
                sqlx::raw_sql("PRAGMA defer_foreign_keys = ON")
                    .execute(&mut *transaction)
                    .await?;
                fill_sets(&mut transaction, &unit.compiled, &[line(bounds)]).await?;
                let effects = carry_out(&mut transaction, &unit.compiled, 1).await?;
                empty(&mut transaction, &unit.compiled).await?;
                effects.concat()
            };
            if !effects.is_empty() {
                let written = sqlx::query(WRITE)
                    .bind(key)
                    .bind(json(&effects)?)
                    .execute(&mut *transaction)
                    .await?;
                if written.rows_affected() == 0 {
                    return Err(Fault::Conflict("the same run goes on elsewhere".to_owned()));
                }
            }
            transaction.commit().await?;
            Ok(effects)
        })
        .await
}

async fn leaf(
    connection: &mut SqliteConnection,
    unit: &Unit,
    bounds: (i64, i64),
) -> Result<Vec<TableEffect>, Fault> {
    set_up(connection, &unit.compiled).await?;
    fill_lines(connection, &[line(bounds)]).await?;
    let sql = unit.leaf().and_then(|leaf| leaf.sqlite());
    let done = sqlx::query(AssertSqlSafe(sql.unwrap_or_default()))
        .execute(&mut *connection)
        .await?;
    let effect = unit.effect(done.rows_affected());
    Ok(effect
        .into_iter()
        .filter(|effect| effect.rows > 0)
        .collect())
}

/// What one batch without bounds would do.
pub(super) async fn preview(
    sqlite: &Sqlite,
    limits: &Limits,
    unit: &Unit,
    moment: i64,
) -> Result<Vec<TableEffect>, Fault> {
    let mut session = sqlite.session().await?;
    session
        .within(limits.statement, async |connection| {
            let mut transaction = connection.begin().await?;
            fill_sets(&mut transaction, &unit.compiled, &[line((-1, moment))]).await?;
            let counts = unit.compiled.sqlite.counts.as_deref();
            let counts = count(&mut transaction, counts).await?;
            transaction.rollback().await?;
            Ok(effects(&unit.compiled, 1, &counts)?.concat())
        })
        .await
}

/// The line of the identities that bounds a batch.
fn line((rows, moment): (i64, i64)) -> (i64, i64, String) {
    (BOUNDS_SLOT, rows, moment.to_string())
}
