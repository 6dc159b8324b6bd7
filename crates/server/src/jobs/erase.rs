//! Erasing in one source, and looking for what should be gone. The step's key
//! is journalled by the source in the same transaction as its effect, so that
//! a repeat after a crash reports the first run's counts.

use std::collections::BTreeMap;

use candor_connect::{EraseStep, Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::plan::Residue;
use candor_domain::subject_request::{Event, Stage, SubjectRequest};
use candor_store::Change;
use candor_store::rows::ClaimedJob;

use super::footprint::{self, Written};
use super::{Ended, blocked, end_with, nothing_to_do, rewrite, undo};
use crate::service::{Service, ServiceError, StandingError};

/// Erases the person in one source.
pub(super) async fn erase(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    let progress = request.value.sources.get(source_name);
    let attempt = match progress {
        Some(progress) if progress.stage == Stage::Located => progress.attempts,
        _ => return nothing_to_do(service, claimed).await,
    };
    let sources = service.sources();
    let Some(source) = sources.all().get(source_name) else {
        return Ok(undeclared(source_name));
    };
    let Some(written) = footprint::written(service, &request.value, source_name).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let step = EraseStep {
        step: step(id, attempt),
        identities: written.footprint.identities,
    };
    let kept = kept(service, &request.value, source, &step.identities).await;
    let held = match kept {
        Ok(held) => held,
        Err(StandingError::Source(error)) => {
            return blocked(service, id, source_name, &error).await;
        }
        Err(StandingError::Service(error)) => return Err(error),
    };
    let keeper = undo::keeper(service, &request.value).await?;
    let keeper = keeper.as_ref();
    service.world().reach("erase.before_source").await;
    let reports = if held.is_empty() {
        undo::erase(source, &step, keeper).await
    } else if source.is_service() {
        // It can't be told what to keep, and so is told nothing.
        Ok(Vec::new())
    } else {
        match source.holding(&held) {
            Ok(under) => undo::erase(&under, &step, keeper).await,
            Err(error) => Err(error),
        }
    };
    let reports = match sources.noted(source_name, reports, service.now()) {
        Ok(reports) => reports,
        Err(error) => return blocked(service, id, source_name, &error).await,
    };
    service.world().reach("erase.after_source").await;
    let effects = reports
        .into_iter()
        .flat_map(|report| report.effects)
        .collect();
    let event = Event::Erased {
        source: source_name.to_owned(),
        effects,
        held,
    };
    end_with(service, claimed, id, event, Change::default()).await
}

/// Looks for what should be gone from one source.
pub(super) async fn verify(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?;
    let progress = request.value.sources.get(source_name);
    if progress.is_some_and(|progress| progress.stage == Stage::Written) {
        return rewrite::verify(service, claimed, &request.value, source_name).await;
    }
    if progress.is_none_or(|progress| progress.stage != Stage::Erased) {
        return nothing_to_do(service, claimed).await;
    }
    let sources = service.sources();
    let Some(source) = sources.all().get(source_name) else {
        return Ok(undeclared(source_name));
    };
    let Some(written) = footprint::written(service, &request.value, source_name).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let held = progress.map(|progress| progress.held.clone());
    let residue = look(service, source, &held.unwrap_or_default(), &written).await?;
    let residue = match sources.noted(source_name, residue, service.now()) {
        Ok(residue) => residue,
        Err(error) => return blocked(service, id, source_name, &error).await,
    };
    service.world().reach("verify.before_commit").await;
    let event = Event::Searched {
        source: source_name.to_owned(),
        residue,
    };
    end_with(service, claimed, id, event, Change::default()).await
}

/// Looks for what should be gone, but for what a hold keeps.
pub(super) async fn look(
    service: &Service,
    source: &Source,
    held: &BTreeMap<String, String>,
    written: &Written,
) -> Result<Result<Vec<Residue>, SourceError>, ServiceError> {
    if held.is_empty() {
        return left(service, source, written).await;
    }
    if source.is_service() {
        return Ok(Ok(Vec::new()));
    }
    match source.holding(held) {
        Ok(under) => left(service, &under, written).await,
        Err(error) => Ok(Err(error)),
    }
}

/// The tables in which rows of the person stay because of a hold.
pub(super) async fn kept(
    service: &Service,
    request: &SubjectRequest,
    source: &Source,
    identities: &[Identity],
) -> Result<BTreeMap<String, String>, StandingError> {
    let standing = service.standing_against(request).await?;
    Ok(source.held(identities, &standing).await?)
}

/// Looks in a source for what was written down before the erasure.
async fn left(
    service: &Service,
    source: &Source,
    written: &Written,
) -> Result<Result<Vec<Residue>, SourceError>, ServiceError> {
    let mut search = source.verification(&written.footprint);
    let mut keys = written.keys(service.shared_store());
    while let Some(keys) = keys.next().await? {
        if let Err(error) = search.keys(&keys).await {
            return Ok(Err(error));
        }
    }
    Ok(search.finish().await)
}

/// Under this key a source journals an attempt: it says nothing of the person.
pub(super) fn step(id: &SubjectRequestId, attempt: u32) -> String {
    format!("{id}/{attempt}")
}

pub(super) fn undeclared(source: &str) -> Ended {
    Ended::Waits {
        why: format!("source `{source}` is no longer declared; declare it until this is done"),
    }
}
