//! Erasing in one source, and looking for what should be gone. The step's key
//! is journalled by the source in the same transaction as its effect, so that
//! a repeat after a crash reports the first run's counts.

use std::collections::BTreeMap;

use candor_connect::{EraseStep, OldKeys, Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::plan::{Residue, TableEffect, add_effects};
use candor_domain::subject_request::{Event, Stage, SubjectRequest};
use candor_store::Change;
use candor_store::rows::ClaimedJob;

use super::footprint::{self, Written};
use super::{Ended, blocked, end_with, nothing_to_do, rewrite, source_of, tombstone, undo};
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
    let source = match source_of(service, &request.value, source_name).await? {
        Ok(source) => source,
        Err(ended) => return Ok(ended),
    };
    let Some(written) = footprint::written(service, &request.value, source_name).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let kept = kept(
        service,
        &request.value,
        &source,
        &written.footprint.identities,
    )
    .await;
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
    let parts = Parts {
        service,
        keeper,
        written: &written,
        step: step(id, attempt),
        is_again: attempt > 0,
    };
    let effects = if held.is_empty() {
        parts.erase(&source).await?
    } else if source.is_service() {
        // It can't be told what to keep, and so is told nothing.
        Ok(Vec::new())
    } else {
        match source.holding(&held) {
            Ok(under) => parts.erase(&under).await?,
            Err(error) => Err(error),
        }
    };
    let effects = match sources.noted(source_name, effects, service.now()) {
        Ok(effects) => effects,
        Err(error) => return blocked(service, id, source_name, &error).await,
    };
    service.world().reach("erase.after_source").await;
    let event = Event::Erased {
        source: source_name.to_owned(),
        effects,
        held,
    };
    end_with(service, claimed, id, event, Change::default()).await
}

/// One attempt to erase. The first starts with the identities. A later one
/// starts with the keys as well that were written down: what came meanwhile
/// names rows that are gone, and no identity leads to it.
struct Parts<'a> {
    service: &'a Service,
    keeper: Option<&'a undo::Keeper>,
    written: &'a Written,
    step: String,
    is_again: bool,
}

impl Parts<'_> {
    /// Part by part, each with as many keys as one step takes.
    async fn erase(
        &self,
        source: &Source,
    ) -> Result<Result<Vec<TableEffect>, SourceError>, ServiceError> {
        let footprint = &self.written.footprint;
        let mut step = EraseStep {
            step: self.step.clone(),
            identities: footprint.identities.clone(),
            keys: Vec::new(),
        };
        let keys = self.is_again;
        let mut keys = keys.then(|| self.written.keys(self.service.shared_store()));
        let mut effects = Vec::new();
        for part in 1_u64.. {
            let next = match &mut keys {
                Some(keys) => keys.next().await?,
                None => None,
            };
            if next.is_none() && part > 1 {
                break;
            }
            step.keys = OldKeys::of(footprint, next.unwrap_or_default());
            match undo::erase(source, &step, self.keeper).await {
                Ok(reports) => {
                    for report in reports {
                        add_effects(&mut effects, &report.effects);
                    }
                }
                Err(error) => return Ok(Err(error)),
            }
            step = EraseStep {
                step: format!("{}/{part}", self.step),
                identities: Vec::new(),
                keys: Vec::new(),
            };
        }
        Ok(Ok(effects))
    }
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
    let source = match source_of(service, &request.value, source_name).await? {
        Ok(source) => source,
        Err(ended) => return Ok(ended),
    };
    let Some(written) = footprint::written(service, &request.value, source_name).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let held = progress.map(|progress| progress.held.clone());
    let residue = look(service, &source, &held.unwrap_or_default(), &written).await?;
    let residue = match sources.noted(source_name, residue, service.now()) {
        Ok(residue) => residue,
        Err(error) => return blocked(service, id, source_name, &error).await,
    };
    let mut change = Change::default();
    if residue.is_empty() {
        match tombstone::written(service, id, &source, &written).await? {
            Ok(row) => change.tombstones.extend(row),
            Err(error) => return blocked(service, id, source_name, &error).await,
        }
    }
    service.world().reach("verify.before_commit").await;
    let event = Event::Searched {
        source: source_name.to_owned(),
        residue,
    };
    end_with(service, claimed, id, event, change).await
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
