//! After an erasure: looking again when things have settled, with the same
//! independent searches, and looking at the storage until it is clean or a
//! month has passed. Refuses to look before its time, and gives a source up that
//! can't be asked for a month: what we know of the person must not stay for it.

use std::time::Duration;

use candor_connect::{Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::plan::Action;
use candor_domain::subject_request::{Event, Progress, SETTLING_PATIENCE, Settling, Traces};
use candor_store::Change;
use candor_store::rows::ClaimedJob;

use super::erase::{look, undeclared};
use super::footprint;
use super::{Ended, end_with, nothing_to_do};
use crate::service::{Service, ServiceError};

/// Looks again in one source.
pub(super) async fn settle(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?.value;
    let progress = request.sources.get(source_name);
    let settling = progress.and_then(|one| Some((one, one.settling.as_ref()?)));
    let Some((progress, settling)) = settling.filter(|(_, settling)| !settling.is_over()) else {
        return nothing_to_do(service, claimed).await;
    };
    let now = service.now();
    if now < settling.due_at {
        return Ok(Ended::Not {
            before: settling.due_at,
        });
    }
    let given_up = now.duration_since(settling.due_at) >= SETTLING_PATIENCE;
    let sources = service.sources();
    let known = sources.of(source_name, request.tenant.as_ref());
    let Ok(Some(source)) = known else {
        return match given_up {
            true => give_up(service, claimed, id, source_name).await,
            false => Ok(undeclared(source_name)),
        };
    };
    let residue = match settling.is_open() {
        false => Ok(Vec::new()),
        true => {
            let found = footprint::written(service, &request, source_name).await?;
            let Some(written) = found else {
                return nothing_to_do(service, claimed).await;
            };
            look(service, &source, &progress.held, &written).await?
        }
    };
    let since = request.absent_since().map(|at| now.duration_since(at));
    let since = since.and_then(|since| Duration::try_from(since).ok());
    let seen = match residue {
        Ok(residue) => traces(&source, progress, settling, since.unwrap_or_default())
            .await
            .map(|traces| (residue, traces)),
        Err(error) => Err(error),
    };
    let (residue, traces) = match sources.noted(source_name, seen, now) {
        Ok(seen) => seen,
        Err(_) if given_up => return give_up(service, claimed, id, source_name).await,
        Err(error) => {
            return Ok(Ended::Waits {
                why: format!("source `{source_name}`: {error}"),
            });
        }
    };
    service.world().reach("settle.before_commit").await;
    let event = Event::Settled {
        source: source_name.to_owned(),
        residue,
        traces,
    };
    end_with(service, claimed, id, event, Change::default()).await
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

async fn give_up(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source: &str,
) -> Result<Ended, ServiceError> {
    let source = source.to_owned();
    let event = Event::Unsettled { source };
    end_with(service, claimed, id, event, Change::default()).await
}
