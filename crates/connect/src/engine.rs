//! What all databases carry out: the same operations, each in its own way.
//! Callers never see which.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use candor_domain::plan::TableEffect;
use sqlx::pool::PoolOptions;

use crate::compiled::Compiled;
use crate::error::Fault;
use crate::limits::Limits;
use crate::plan::Plan;
use crate::source::{EraseStep, StepReport};
use crate::sql::erase::{MISSING, action};

pub(crate) mod hand;
mod keeping;
pub(crate) mod mysql;
mod pool;
pub(crate) mod postgres;
pub(crate) mod session;
pub(crate) mod sqlite;
pub(crate) mod tables;
pub(crate) mod writing;

/// One line of counts: table, action, step, rows.
pub(crate) type Count = (i64, i64, i64, i64);

/// One line of a search for people: a place in the statement, the number of the
/// step, and values as text.
pub(crate) type Line = (usize, usize, Vec<Option<String>>);

/// Takes lines as they come.
pub(crate) type TakeLine<'a> = &'a mut (dyn FnMut(Line) -> Result<(), Fault> + Send);

/// How often work that somebody else's writing undid is tried at once.
const ATTEMPTS_MAX: u32 = 5;

/// The pause after the first such attempt; it doubles.
const PAUSE: Duration = Duration::from_millis(20);

/// Connections that stay until they break. The driver's look for idle ones can
/// spin for ever (transact-rs/sqlx#3645), and takes a thread of the runtime with it.
fn lasting<DB: sqlx::Database>(limits: &Limits) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(limits.connections_max)
        .acquire_timeout(limits.connect)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Runs work again as long as others write in between, a bounded number of
/// times.
pub(crate) async fn persistently<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    let mut pause = PAUSE;
    for _ in 1..ATTEMPTS_MAX {
        match attempt().await {
            Err(Fault::Conflict(_) | Fault::Dangling(_)) => tokio::time::sleep(pause).await,
            outcome => return outcome,
        }
        pause *= 2;
    }
    attempt().await.map_err(|fault| match fault {
        // Nobody raced us so often: the reference is really there.
        Fault::Dangling(reason) => Fault::Refused(vec![format!(
            "a reference forbids the deletion of a row it names ({reason})"
        )]),
        fault => fault,
    })
}

/// Effects per step, in the order of the plan's tables.
pub(crate) fn effects(
    compiled: &Arc<Compiled>,
    steps: usize,
    counts: &[Count],
) -> Result<Vec<Vec<TableEffect>>, Fault> {
    let mut effects: Vec<Vec<TableEffect>> = vec![Vec::new(); steps];
    let mut ordered = counts.to_vec();
    ordered.sort_unstable();
    for (table, code, step, rows) in ordered {
        if rows == 0 {
            continue;
        }
        if code == i64::from(MISSING) {
            return Err(Fault::Conflict(format!(
                "rows of `{}` were changed meanwhile, or something keeps them",
                table_name(&compiled.plan, table)
            )));
        }
        let action = i32::try_from(code).ok().and_then(action);
        let own = usize::try_from(step)
            .ok()
            .and_then(|step| effects.get_mut(step));
        if let (Some(action), Some(own), Ok(rows)) = (action, own, u64::try_from(rows)) {
            let planned = usize::try_from(table)
                .ok()
                .and_then(|table| compiled.plan.tables.get(table));
            own.push(TableEffect {
                table: table_name(&compiled.plan, table),
                action,
                rows,
                because: planned.and_then(|table| {
                    let stays = table.reached && table.action() == action;
                    table.because.clone().filter(|_| stays)
                }),
            });
        }
    }
    Ok(effects)
}

fn table_name(plan: &Plan, table: i64) -> String {
    usize::try_from(table)
        .ok()
        .and_then(|table| plan.tables.get(table))
        .map(|table| table.name.clone())
        .unwrap_or_default()
}

/// The steps that the journal does not know, each once.
pub(crate) fn todo<'a>(steps: &'a [EraseStep], done: &[(String, String)]) -> Vec<&'a EraseStep> {
    let mut todo: Vec<&EraseStep> = Vec::new();
    for step in steps {
        let known = done.iter().any(|(known, _)| *known == step.step)
            || todo.iter().any(|other| other.step == step.step);
        if !known {
            todo.push(step);
        }
    }
    todo
}

/// One report per step asked for, from what the journal says was done.
pub(crate) fn reports(
    steps: &[EraseStep],
    done: &[(String, String)],
) -> Result<Vec<StepReport>, Fault> {
    steps
        .iter()
        .map(|step| {
            let effects = done
                .iter()
                .find(|(known, _)| *known == step.step)
                .and_then(|(_, effects)| serde_json::from_str(effects).ok());
            match effects {
                Some(effects) => Ok(StepReport {
                    step: step.step.clone(),
                    effects,
                }),
                None => Err(Fault::Database(
                    "the journal holds something else than effects".to_owned(),
                )),
            }
        })
        .collect()
}
