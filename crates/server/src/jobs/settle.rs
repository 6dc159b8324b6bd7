//! After an erasure: looking again when things have settled, with the same
//! independent searches, and looking at the storage until it is clean or a
//! month has passed. Refuses to look before its time, and gives a source up that
//! can't be asked for a month: what we know of the person must not stay for it.

use std::time::Duration;

use candor_connect::{Source, SourceError};
use candor_domain::plan::{Action, Residue};
use candor_domain::subject_request::{Event, Progress, SETTLING_PATIENCE, Settling, Traces};

use super::Ended;
use super::erase::look;
use super::visit::{Stop, Visit};

/// Looks again in one source.
pub(super) async fn settle(visit: &Visit<'_>) -> Result<Event, Stop> {
    let progress = visit.progress()?;
    let settling = progress.settling.as_ref().filter(|one| !one.is_over());
    let settling = settling.ok_or(Stop::Nothing)?;
    let now = visit.service.now();
    if now < settling.due_at {
        return Err(Stop::Ended(Ended::Not {
            before: settling.due_at,
        }));
    }
    let given_up = now.duration_since(settling.due_at) >= SETTLING_PATIENCE;
    match seen(visit, progress, settling).await {
        Err(Stop::Blocked { .. } | Stop::Ended(_)) if given_up => Ok(Event::Unsettled {
            source: visit.source_name.to_owned(),
        }),
        seen => {
            let (residue, traces) = seen.map_err(|stop| visit.aside(stop))?;
            visit.service.world().reach("settle.before_commit").await;
            Ok(Event::Settled {
                source: visit.source_name.to_owned(),
                residue,
                replicas: visit.source()?.replica_names(),
                traces,
            })
        }
    }
}

/// What is found of the person, as long as that is open, and what the storage
/// shows.
async fn seen(
    visit: &Visit<'_>,
    progress: &Progress,
    settling: &Settling,
) -> Result<(Vec<Residue>, Option<Traces>), Stop> {
    let (service, source) = (visit.service, visit.source()?);
    let residue = if settling.is_open() {
        let written = visit.written().await?;
        visit.answered(look(service, source, &progress.held, &written).await)?
    } else {
        Vec::new()
    };
    let since = visit.request.absent_since();
    let since = since.map(|at| service.now().duration_since(at));
    let since = since.and_then(|since| Duration::try_from(since).ok());
    let traces = traces(source, progress, settling, since.unwrap_or_default()).await;
    Ok((residue, visit.noted(traces)?))
}

/// What the storage shows of the tables that were touched.
async fn traces(
    source: &Source,
    progress: &Progress,
    settling: &Settling,
    since: Duration,
) -> Result<Option<Traces>, SourceError> {
    let touched = progress.effects.iter();
    let touched = touched.filter(|effect| effect.action != Action::Keep && effect.rows > 0);
    let tables: Vec<String> = touched.map(|effect| effect.table.clone()).collect();
    if tables.is_empty() {
        return Ok(None);
    }
    let before = settling.traces.as_ref();
    let mark = before.and_then(|traces| traces.mark.as_deref());
    source.traces(&tables, since, mark).await
}
