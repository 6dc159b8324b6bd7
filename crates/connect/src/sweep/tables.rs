//! Sweeps of MariaDB and SQLite: a batch is a transaction. In SQLite it holds
//! the file's only write lock, so batches are kept short; in MariaDB rows that
//! somebody else holds are left out.

use candor_domain::plan::TableEffect;

use super::{Part, postgres::next, tally, unit::Unit};
use crate::engine::effects;
use crate::engine::session::{Driver, Session};
use crate::engine::tables::{Extent, Fill, Tables, count, empty, fill, json, number, texts};
use crate::engine::writing::write_out;
use crate::error::Fault;
use crate::sql::seed::BOUNDS_SLOT;
use crate::sql::tally::Labels;

const FORGET: &str = "/* candor: what earlier sweeps of a rule wrote down */
DELETE FROM candor_journal WHERE instr(step, ?) = 1 AND instr(step, ?) <> 1";
const WRITE: &str = "/* candor: this batch was carried out */
INSERT INTO candor_journal (step, effects) VALUES (?, ?)";
// Whoever writes the same line waits for the other's end.
const CLAIM: &str = "/* candor: one counts at a time */
REPLACE INTO candor_journal (step, effects) VALUES (?, '[]')";
const STEPS: &str = "/* candor: what this sweep wrote down */
SELECT step FROM candor_journal WHERE instr(step, ?) = 1";
const WRITTEN: &str = "/* candor: what this sweep wrote down */
SELECT effects FROM candor_journal WHERE instr(step, ?) = 1";

pub(super) async fn begin<D: Driver>(
    tables: &Tables<D>,
    rule: &str,
    run: &str,
) -> Result<u64, Fault> {
    tables.prepare_journal().await?;
    let steps = tables
        .writing(None, async |session| {
            let both = [rule.to_owned(), run.to_owned()];
            session.execute(FORGET, &both).await?;
            texts(session, STEPS, &[run.to_owned()]).await
        })
        .await?;
    Ok(next(&steps, run))
}

/// One statement, with texts as its parameters.
pub(super) async fn execute<D: Driver>(
    tables: &Tables<D>,
    sql: &str,
    values: &[String],
) -> Result<(), Fault> {
    let work = async |session: &mut D::Session| session.execute(sql, values).await;
    tables.writing(None, work).await.map(|_| ())
}

pub(super) async fn journalled<D: Driver>(
    tables: &Tables<D>,
    run: &str,
) -> Result<Vec<String>, Fault> {
    let run = [run.to_owned()];
    tables
        .reading(None, async |session| texts(session, WRITTEN, &run).await)
        .await
}

/// Takes up to so many rows of a part.
pub(super) async fn batch<D: Driver>(
    tables: &Tables<D>,
    unit: &Unit,
    key: &str,
    (rows, part): (i64, &Part),
) -> Result<Vec<TableEffect>, Fault> {
    let bounds = (rows, part.before);
    tables
        .writing(Some(&unit.compiled), async |session| {
            let stamp = texts(session, D::Session::DIALECT.stamp, &[]).await?;
            if stamp.first() != Some(&unit.stamp) {
                return Err(Fault::Conflict("the schema changed".to_owned()));
            }
            let effects = if let Some(labels) = &part.labels {
                counted(session, unit, labels, bounds).await?
            } else if unit.is_leaf {
                leaf(session, unit, bounds).await?
            } else {
                fill(
                    session,
                    &unit.compiled,
                    &about(bounds, Extent::Changes, true),
                )
                .await?;
                write_out(session, &unit.compiled, 1).await?.concat()
            };
            empty(session, &unit.compiled).await?;
            if !effects.is_empty() {
                let line = [key.to_owned(), json(&effects)?];
                let written = session.execute(WRITE, &line).await;
                written.map_err(|fault| match fault {
                    Fault::Database(_) | Fault::Taken(_) => {
                        Fault::Conflict("the same run goes on elsewhere".to_owned())
                    }
                    fault => fault,
                })?;
            }
            Ok(effects)
        })
        .await
}

async fn leaf<S: Session>(
    session: &mut S,
    unit: &Unit,
    bounds: (i64, i64),
) -> Result<Vec<TableEffect>, Fault> {
    // MariaDB finds the rows first, SQLite while it writes.
    let extent = if S::FINDS_FIRST {
        Extent::Seeds
    } else {
        Extent::Lines
    };
    fill(session, &unit.compiled, &about(bounds, extent, true)).await?;
    let sql = unit.leaf().and_then(|leaf| {
        if S::FINDS_FIRST {
            leaf.mysql()
        } else {
            leaf.sqlite()
        }
    });
    let rows = session.execute(&sql.unwrap_or_default(), &[]).await?;
    let effect = unit.effect(rows);
    Ok(effect
        .into_iter()
        .filter(|effect| effect.rows > 0)
        .collect())
}

/// Rows that are counted before they go: found, added up, deleted.
async fn counted<S: Session>(
    session: &mut S,
    unit: &Unit,
    labels: &Labels,
    bounds: (i64, i64),
) -> Result<Vec<TableEffect>, Fault> {
    let statements = unit.counting.as_ref().and_then(|counting| {
        let tables = counting.tables(unit.plan(), unit.seed()?, labels)?;
        Some((counting, tables, unit.leaf()?.found()?))
    });
    let Some((counting, (sum, writes), delete)) = statements else {
        return Ok(Vec::new());
    };
    let step = tally::claim(&counting.tally);
    session.execute(CLAIM, &[step]).await?;
    let about = about(bounds, Extent::Seeds, true);
    fill(session, &unit.compiled, &about).await?;
    let counted = number(session, &sum).await?;
    for write in writes {
        session.execute(&write, &[]).await?;
    }
    let gone = session.execute(&delete, &[]).await?;
    let counted = u64::try_from(counted).unwrap_or_default();
    Ok(tally::effects(unit, gone, counted))
}

/// What one batch without bounds would do.
pub(super) async fn preview<D: Driver>(
    tables: &Tables<D>,
    unit: &Unit,
    moment: i64,
) -> Result<Vec<TableEffect>, Fault> {
    let counts = tables
        .reading(Some(&unit.compiled), async |session| {
            let about = about((-1, moment), Extent::Counts, false);
            fill(session, &unit.compiled, &about).await?;
            count(session, unit.compiled.tables.counts.as_deref()).await
        })
        .await?;
    Ok(effects(&unit.compiled, 1, &counts)?.concat())
}

/// The line of the identities that bounds a batch.
fn about((rows, moment): (i64, i64), extent: Extent, writing: bool) -> Fill {
    Fill {
        lines: vec![(BOUNDS_SLOT, rows, moment.to_string())],
        rows: u64::try_from(rows).ok(),
        extent,
        writing,
        alone: false,
    }
}
