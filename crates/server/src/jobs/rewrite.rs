//! Writing into one source what a subject request puts right or marks, and
//! reading it again. The step's key is journalled by the source in the same
//! transaction, as an erasure's is. Whatever a source does not take ends there,
//! with nothing written, and staff look.

use candor_connect::{RewriteStep, Source, SourceError};
use candor_domain::identity::Identity;
use candor_domain::plan::{Residue, SourcePreview};
use candor_domain::rectification::Writing;
use candor_domain::subject_request::{Event, Stage, SubjectRequest};

use super::erase::step;
use super::visit::{Stop, Visit};
use crate::service::{Service, StandingError};

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
pub(super) async fn rewrite(visit: &Visit<'_>) -> Result<Event, Stop> {
    let progress = visit.progress()?;
    if !progress.writes || progress.stage != Stage::Located {
        return Err(Stop::Nothing);
    }
    let (service, source) = (visit.service, visit.source()?);
    let about = About::of(visit, false).await?;
    let held = service
        .held_writings(&visit.request, source, &about.footprint, &about.writings)
        .await?;
    if !held.is_empty() {
        return Ok(unfit(visit, held.join("; ")));
    }
    service.world().reach("rewrite.before_source").await;
    let rewrite = RewriteStep {
        step: step(&visit.request.id, progress.attempts),
        // After a first attempt the person may be known by the new address only.
        identities: match progress.attempts {
            0 => about.footprint,
            _ => about.all,
        },
        writings: about.writings,
    };
    let report = source.rewrite(&rewrite).await;
    if let Err(SourceError::Unfit { reason, .. }) = report {
        return Ok(unfit(visit, reason));
    }
    let report = visit.noted(report)?;
    service.world().reach("rewrite.after_source").await;
    Ok(Event::Written {
        source: visit.source_name.to_owned(),
        effects: report.effects,
    })
}

/// What does not stand as it was written in one source.
pub(super) async fn left(visit: &Visit<'_>) -> Result<Vec<Residue>, Stop> {
    let about = About::of(visit, false).await?;
    let (source, effects) = (visit.source()?, &visit.progress()?.effects);
    let left = source.unwritten(&about.all, &about.writings, effects);
    visit.noted(left.await)
}

/// Takes the marks of a restriction back in one source, and reads it again.
pub(super) async fn unmark(visit: &Visit<'_>) -> Result<Event, Stop> {
    if !visit.request.is_unmarking() || !visit.progress()?.writes {
        return Err(Stop::Nothing);
    }
    let (service, source) = (visit.service, visit.source()?);
    let about = About::of(visit, true).await?;
    let rewrite = RewriteStep {
        step: format!("{}/lifted", visit.request.id),
        identities: about.all,
        writings: about.writings,
    };
    service.world().reach("unmark.before_source").await;
    let report = visit.noted(source.rewrite(&rewrite).await)?;
    service.world().reach("unmark.after_source").await;
    let left = source
        .unwritten(&rewrite.identities, &rewrite.writings, &report.effects)
        .await;
    if !visit.noted(left)?.is_empty() {
        return Err(Stop::Blocked {
            why: "what says that the data is restricted stands there again".to_owned(),
        });
    }
    Ok(Event::Unmarked {
        source: visit.source_name.to_owned(),
    })
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
    async fn of(visit: &Visit<'_>, lifted: bool) -> Result<Self, Stop> {
        let (service, request) = (visit.service, &visit.request);
        let found = visit.written().await?.footprint.identities;
        let writings = service.writings(request, visit.source_name, lifted);
        Ok(Self {
            all: service.known_by(request, found.clone()).await?,
            writings: writings.await?,
            footprint: found,
        })
    }
}

fn unfit(visit: &Visit<'_>, why: String) -> Event {
    Event::Unfit {
        source: visit.source_name.to_owned(),
        why,
    }
}
