//! Writing into one source what a subject request puts right or marks, and
//! reading it again. The step's key is journalled by the source in the same
//! transaction, as an erasure's is. Whatever a source does not take ends there,
//! with nothing written, and staff look.

use candor_connect::{RewriteStep, Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::plan::SourcePreview;
use candor_domain::rectification::Writing;
use candor_domain::subject_request::{Event, Stage, SubjectRequest};
use candor_store::Change;
use candor_store::rows::ClaimedJob;

use super::erase::step;
use super::{Ended, blocked, end_with, footprint, nothing_to_do, source_of};
use crate::service::{Service, ServiceError, StandingError};

/// What writing would do in one source; `None` where nothing is to be written.
pub(super) async fn preview(
    service: &Service,
    request: &SubjectRequest,
    source: &Source,
    identities: &[Identity],
) -> Result<Option<SourcePreview>, StandingError> {
    let writings = service.writings(request, source.name(), false).await?;
    let corrects = !service.corrections(request).await?.is_empty();
    if (writings.is_empty() && !corrects) || !source.can_rewrite().await? {
        return Ok(None);
    }
    let mut preview = source.try_rewriting(identities, &writings).await?;
    let held = service.held_writings(request, source, identities, &writings);
    preview.obstacles.extend(held.await?);
    if preview.obstacles.is_empty() {
        preview
            .obstacles
            .extend(taken(service, request, source).await?);
    }
    Ok(Some(preview))
}

/// Why the person can't be known by the new address here: somebody is already.
async fn taken(
    service: &Service,
    request: &SubjectRequest,
    source: &Source,
) -> Result<Option<String>, StandingError> {
    let Some(contact) = service.new_contact(request).await? else {
        return Ok(None);
    };
    let known = source.preview(std::slice::from_ref(&contact)).await?;
    Ok((!known.is_empty()).then(|| {
        format!(
            "`{}`: the new address is in use already, perhaps for another account; put that in \
             order first",
            source.name()
        )
    }))
}

/// Writes what is to stand in one source.
pub(super) async fn rewrite(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?.value;
    let attempt = match request.sources.get(source_name) {
        Some(progress) if progress.writes && progress.stage == Stage::Located => progress.attempts,
        _ => return nothing_to_do(service, claimed).await,
    };
    let Some(about) = About::of(service, &request, source_name, false).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let sources = service.sources();
    let source = match source_of(service, &request, source_name).await? {
        Ok(source) => source,
        Err(ended) => return Ok(ended),
    };
    let About {
        footprint,
        writings,
        all,
    } = about;
    let held = service.held_writings(&request, &source, &footprint, &writings);
    match held.await {
        Ok(held) if held.is_empty() => {}
        Ok(held) => return unfit(service, claimed, id, source_name, held.join("; ")).await,
        Err(StandingError::Source(error)) => {
            return blocked(service, id, source_name, &error).await;
        }
        Err(StandingError::Service(error)) => return Err(error),
    }
    service.world().reach("rewrite.before_source").await;
    let rewrite = RewriteStep {
        step: step(id, attempt),
        // After a first attempt the person may be known by the new address only.
        identities: if attempt == 0 { footprint } else { all },
        writings,
    };
    let report = source.rewrite(&rewrite).await;
    if let Err(SourceError::Unfit { reason, .. }) = report {
        return unfit(service, claimed, id, source_name, reason).await;
    }
    let report = match sources.noted(source_name, report, service.now()) {
        Ok(report) => report,
        Err(error) => return blocked(service, id, source_name, &error).await,
    };
    service.world().reach("rewrite.after_source").await;
    let event = Event::Written {
        source: source_name.to_owned(),
        effects: report.effects,
    };
    end_with(service, claimed, id, event, Change::default()).await
}

/// Reads again what was written in one source.
pub(super) async fn verify(
    service: &Service,
    claimed: &ClaimedJob,
    request: &SubjectRequest,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let id = &request.id;
    let Some(about) = About::of(service, request, source_name, false).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let sources = service.sources();
    let source = match source_of(service, request, source_name).await? {
        Ok(source) => source,
        Err(ended) => return Ok(ended),
    };
    let progress = request.sources.get(source_name);
    let effects = progress.map(|progress| progress.effects.as_slice());
    let residue = source
        .unwritten(&about.all, &about.writings, effects.unwrap_or_default())
        .await;
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

/// Takes the marks of a restriction back in one source, and reads it again.
pub(super) async fn unmark(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source_name: &str,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?.value;
    let progress = request.sources.get(source_name);
    if !request.is_unmarking() || progress.is_none_or(|progress| !progress.writes) {
        return nothing_to_do(service, claimed).await;
    }
    let Some(about) = About::of(service, &request, source_name, true).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let sources = service.sources();
    let source = match source_of(service, &request, source_name).await? {
        Ok(source) => source,
        Err(ended) => return Ok(ended),
    };
    let rewrite = RewriteStep {
        step: format!("{id}/lifted"),
        identities: about.all,
        writings: about.writings,
    };
    let left = match source.rewrite(&rewrite).await {
        Ok(report) => {
            let effects = report.effects;
            source
                .unwritten(&rewrite.identities, &rewrite.writings, &effects)
                .await
        }
        Err(error) => Err(error),
    };
    match sources.noted(source_name, left, service.now()) {
        Ok(left) if left.is_empty() => {}
        Ok(_) => {
            let why = "what says that the data is restricted stands there again".to_owned();
            return super::waits(service, id, source_name, why).await;
        }
        Err(error) => return blocked(service, id, source_name, &error).await,
    }
    let event = Event::Unmarked {
        source: source_name.to_owned(),
    };
    end_with(service, claimed, id, event, Change::default()).await
}

/// Whose rows in a source, and what is to stand there.
struct About {
    /// What led to the person before anything was written.
    footprint: Vec<Identity>,
    /// The same, and the new address.
    all: Vec<Identity>,
    writings: Vec<Writing>,
}

impl About {
    /// `None` once the person was shredded.
    async fn of(
        service: &Service,
        request: &SubjectRequest,
        source: &str,
        lifted: bool,
    ) -> Result<Option<Self>, ServiceError> {
        let Some(found) = footprint::written(service, request, source).await? else {
            return Ok(None);
        };
        let found = found.footprint;
        Ok(Some(Self {
            all: service.known_by(request, found.identities.clone()).await?,
            footprint: found.identities,
            writings: service.writings(request, source, lifted).await?,
        }))
    }
}

async fn unfit(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    source: &str,
    why: String,
) -> Result<Ended, ServiceError> {
    let event = Event::Unfit {
        source: source.to_owned(),
        why,
    };
    end_with(service, claimed, id, event, Change::default()).await
}
