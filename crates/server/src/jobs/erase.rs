//! Erasing in one source, and looking for what should be gone: together for
//! people whose turn it is, in one transaction or one search, and for each alone
//! where that fails. The step's key is journalled by the source in the same
//! transaction as its effect, so that a repeat after a crash reports the first
//! run's counts. Invariant: nobody waits because of another person's rows.

use std::collections::BTreeMap;

use candor_connect::{
    EraseStep, KEYS_AT_ONCE, KeptStep, Key, Lasting, OldKeys, Source, SourceError, StepReport,
};
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::plan::{Footprint, Residue, TableEffect, add_effects};
use candor_domain::subject_request::{Event, Stage, SubjectRequest};

use super::footprint::Written;
use super::together::{MISSING, or_alone, parts};
use super::undo::{self, Keeper};
use super::visit::{Done, Stop, Visit};
use super::{rewrite, tombstone};
use crate::service::{Service, StandingError};

/// Rows of people who are erased in one transaction, as they were counted:
/// others wait for their locks. One person's are never parted.
const ROWS_TOGETHER: u64 = 50_000;

/// Somebody whose turn it is.
struct Due<'a> {
    service: &'a Service,
    source: &'a Source,
    step: EraseStep,
    /// What was written down, for an attempt after the first.
    again: Option<Written>,
    keeper: Option<Keeper>,
    held: BTreeMap<String, String>,
    /// Rows that were counted.
    rows: u64,
}

/// Erases people in one source.
pub(super) async fn erase(visits: &[Visit<'_>]) -> Vec<Result<Done, Stop>> {
    let mut due = Vec::new();
    for visit in visits {
        due.push(due_of(visit).await);
    }
    reach(visits, "erase.before_source").await;
    let mut reports = carried_out(&due).await;
    reach(visits, "erase.after_source").await;
    let each = visits.iter().zip(due).enumerate();
    each.map(|(place, (visit, due))| {
        let held = due?.held;
        let report = reports.remove(&place).unwrap_or(Err(MISSING));
        Ok(Done::from(Event::Erased {
            source: visit.source_name.to_owned(),
            effects: visit.answered(report)?.effects,
            held,
        }))
    })
    .collect()
}

/// The same for one person.
pub(super) async fn erase_one(visit: &Visit<'_>) -> Result<Done, Stop> {
    let done = erase(std::slice::from_ref(visit)).await;
    done.into_iter().next().unwrap_or(Err(Stop::Nothing))
}

async fn due_of<'a>(visit: &'a Visit<'_>) -> Result<Due<'a>, Stop> {
    let progress = visit.progress()?;
    if progress.stage != Stage::Located {
        return Err(Stop::Nothing);
    }
    let (service, source) = (visit.service, visit.source()?);
    let written = visit.written().await?;
    let identities = written.footprint.identities.clone();
    let counted = progress.preview.effects.iter();
    Ok(Due {
        service,
        source,
        again: (progress.attempts > 0).then_some(written),
        held: kept(service, &visit.request, source, &identities).await?,
        keeper: undo::keeper(service, &visit.request).await?,
        rows: counted.map(|effect| effect.rows).sum(),
        step: EraseStep {
            step: step(&visit.request.id, progress.attempts),
            identities,
            keys: Vec::new(),
        },
    })
}

/// Somebody, and which of the visits is theirs.
type Placed<'a> = (usize, &'a Due<'a>);

/// What came of each, by the place of their visit.
async fn carried_out(
    due: &[Result<Due<'_>, Stop>],
) -> BTreeMap<usize, Result<StepReport, StandingError>> {
    let all = due.iter().enumerate();
    let all = all.filter_map(|(place, due)| Some((place, due.as_ref().ok()?)));
    let (alone, together): (Vec<Placed<'_>>, Vec<_>) = all.partition(|(_, due)| due.is_alone());
    let (kept, plain): (Vec<_>, Vec<_>) = together
        .into_iter()
        .partition(|(_, due)| due.keeper.is_some());
    let mut reports = BTreeMap::new();
    for (place, due) in alone {
        reports.insert(place, erased_alone(due).await);
    }
    let parts = |all| parts(all, ROWS_TOGETHER, |(_, due): &Placed<'_>| due.rows);
    for part in parts(&plain).into_iter().chain(parts(&kept)) {
        let done = or_alone(part.len(), |who| erased(part.get(who).unwrap_or_default())).await;
        reports.extend(part.iter().map(|(place, _)| *place).zip(done));
    }
    reports
}

/// Erases people in one transaction; all of them can be brought back, or none.
async fn erased(part: &[Placed<'_>]) -> Result<Vec<StepReport>, StandingError> {
    let Some((_, first)) = part.first() else {
        return Ok(Vec::new());
    };
    if first.keeper.is_none() {
        let steps: Vec<EraseStep> = part.iter().map(|(_, due)| due.step.clone()).collect();
        return Ok(first.source.erase(&steps).await?);
    }
    let kept = part.iter().filter_map(|(_, due)| due.kept());
    let kept: Vec<KeptStep<'_>> = kept.collect();
    Ok(first.source.erase_keeping(&kept).await?)
}

/// Erases one person whose plan, or whose way, is nobody else's.
async fn erased_alone(due: &Due<'_>) -> Result<StepReport, StandingError> {
    let effects = match (due.held.is_empty(), due.source.is_service()) {
        (true, _) => due.in_parts(due.source).await?,
        // It can't be told what to keep, and so is told nothing.
        (false, true) => Vec::new(),
        (false, false) => due.in_parts(&due.source.holding(&due.held)?).await?,
    };
    Ok(StepReport {
        step: due.step.step.clone(),
        effects,
    })
}

impl Due<'_> {
    /// Nobody else's plan is that of somebody on hold, a service is asked for one
    /// at a time, and a later attempt starts with keys as well.
    fn is_alone(&self) -> bool {
        !self.held.is_empty() || self.source.is_service() || self.again.is_some()
    }

    fn kept(&self) -> Option<KeptStep<'_>> {
        self.keeper.as_ref().map(|keeper| KeptStep {
            step: &self.step,
            sealer: keeper,
        })
    }

    /// One attempt. The first starts with the identities. A later one starts
    /// with the keys as well that were written down, as many in each part as one
    /// step takes: what came meanwhile names rows that are gone, and no identity
    /// leads to it.
    async fn in_parts(&self, source: &Source) -> Result<Vec<TableEffect>, StandingError> {
        let mut step = self.step.clone();
        let written = self.again.as_ref();
        let mut keys = written.map(|written| (written, written.keys(self.service.shared_store())));
        let mut effects = Vec::new();
        for part in 1_u64.. {
            let next = match &mut keys {
                Some((written, keys)) => {
                    let next = keys.next().await?;
                    next.map(|next| OldKeys::of(&written.footprint, next))
                }
                None => None,
            };
            if next.is_none() && part > 1 {
                break;
            }
            step.keys = next.unwrap_or_default();
            for report in self.one_step(source, &step).await? {
                add_effects(&mut effects, &report.effects);
            }
            step = EraseStep {
                step: format!("{}/{part}", self.step.step),
                identities: Vec::new(),
                keys: Vec::new(),
            };
        }
        Ok(effects)
    }

    async fn one_step(
        &self,
        source: &Source,
        step: &EraseStep,
    ) -> Result<Vec<StepReport>, StandingError> {
        match &self.keeper {
            Some(sealer) => Ok(source.erase_keeping(&[KeptStep { step, sealer }]).await?),
            None => Ok(source.erase(std::slice::from_ref(step)).await?),
        }
    }
}

/// Looks for what should be gone from one source, or stands there otherwise than
/// it was written.
pub(super) async fn verify(visits: &[Visit<'_>]) -> Vec<Result<Done, Stop>> {
    let mut found: Vec<Result<Found, Stop>> = Vec::new();
    let mut together = Vec::new();
    for (place, visit) in visits.iter().enumerate() {
        match to_search(visit).await {
            Ok(ToSearch::Written(written)) => {
                together.push((place, written));
                found.push(Err(Stop::Nothing));
            }
            Ok(ToSearch::Found(own)) => found.push(Ok(own)),
            Err(stop) => found.push(Err(stop)),
        }
    }
    let searched = or_alone(together.len(), |who| {
        searched(visits, together.get(who).unwrap_or_default())
    });
    let searched = searched.await;
    for ((place, written), residue) in together.into_iter().zip(searched) {
        if let (Some(found), Some(visit)) = (found.get_mut(place), visits.get(place)) {
            let residue = visit.answered(residue);
            *found = residue.map(|residue| Found {
                residue,
                written: Some(written),
            });
        }
    }
    let mut done = Vec::new();
    let mut lasting = None;
    for (visit, found) in visits.iter().zip(found) {
        done.push(match found {
            Ok(found) => found.done(visit, &mut lasting).await,
            Err(stop) => Err(stop),
        });
    }
    reach(visits, "verify.before_commit").await;
    done
}

/// What was found of somebody.
struct Found {
    residue: Vec<Residue>,
    /// What was written down of them, after an erasure.
    written: Option<Written>,
}

impl Found {
    /// Where nothing is left, with what it would be known by if it came back.
    /// What lasts there is asked for the first of those who are visited together.
    async fn done(
        self,
        visit: &Visit<'_>,
        lasting: &mut Option<Result<Lasting, SourceError>>,
    ) -> Result<Done, Stop> {
        let mut tombstones = Vec::new();
        let replicas = match &self.written {
            Some(_) => visit.source()?.replica_names(),
            None => Vec::new(),
        };
        if let Some(written) = self.written.filter(|_| self.residue.is_empty()) {
            let (service, id) = (visit.service, &visit.request.id);
            let known = match lasting {
                Some(known) => known,
                None => lasting.insert(tombstone::lasting(service, visit.source()?).await),
            };
            let known = visit.noted(known.as_ref().map_err(Clone::clone))?;
            let place = (visit.source_name, known);
            tombstones.extend(tombstone::written(service, id, place, &written).await?);
        }
        let source = visit.source_name.to_owned();
        let residue = self.residue;
        Ok(Done {
            tombstones,
            ..Done::from(Event::Searched {
                source,
                residue,
                replicas,
            })
        })
    }
}

/// The same for one person.
pub(super) async fn verify_one(visit: &Visit<'_>) -> Result<Done, Stop> {
    let done = verify(std::slice::from_ref(visit)).await;
    done.into_iter().next().unwrap_or(Err(Stop::Nothing))
}

/// Looks for several people at once.
async fn searched(
    visits: &[Visit<'_>],
    part: &[(usize, Written)],
) -> Result<Vec<Vec<Residue>>, StandingError> {
    let visit = part.first().and_then(|(place, _)| visits.get(*place));
    let source = visit.and_then(|visit| Some((visit.service, visit.source().ok()?)));
    let (service, source) = source.ok_or(MISSING)?;
    let written: Vec<&Written> = part.iter().map(|(_, written)| written).collect();
    left(service, source, &written).await
}

/// What is to be looked for.
enum ToSearch {
    /// What was written down, as for others.
    Written(Written),
    /// Nothing: it was looked for in a way of its own.
    Found(Found),
}

async fn to_search(visit: &Visit<'_>) -> Result<ToSearch, Stop> {
    let progress = visit.progress()?;
    match progress.stage {
        Stage::Written => Ok(ToSearch::Found(Found {
            residue: rewrite::left(visit).await?,
            written: None,
        })),
        Stage::Erased => {
            let (source, written) = (visit.source()?, visit.written().await?);
            if progress.held.is_empty() && !source.is_service() {
                return Ok(ToSearch::Written(written));
            }
            let found = look(visit.service, source, &progress.held, &written).await;
            Ok(ToSearch::Found(Found {
                residue: visit.answered(found)?,
                written: Some(written),
            }))
        }
        _ => Err(Stop::Nothing),
    }
}

/// Looks for what should be gone, but for what a hold keeps.
pub(super) async fn look(
    service: &Service,
    source: &Source,
    held: &BTreeMap<String, String>,
    written: &Written,
) -> Result<Vec<Residue>, StandingError> {
    let found = match (held.is_empty(), source.is_service()) {
        (true, _) => left(service, source, &[written]).await?,
        (false, true) => Vec::new(),
        (false, false) => left(service, &source.holding(held)?, &[written]).await?,
    };
    Ok(found.concat())
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

/// Looks in a source for what was written down before erasures.
async fn left(
    service: &Service,
    source: &Source,
    written: &[&Written],
) -> Result<Vec<Vec<Residue>>, StandingError> {
    let footprints = written.iter().map(|written| &written.footprint);
    let footprints: Vec<&Footprint> = footprints.collect();
    let mut search = source.verification(&footprints);
    let mut waiting: Vec<Key> = Vec::new();
    for (person, written) in written.iter().enumerate() {
        let mut keys = written.keys(service.shared_store());
        while let Some(keys) = keys.next().await? {
            if waiting.len() + keys.len() > KEYS_AT_ONCE {
                search.keys(&std::mem::take(&mut waiting)).await?;
            }
            waiting.extend(keys.into_iter().map(|key| Key { person, ..key }));
        }
    }
    search.keys(&waiting).await?;
    Ok(search.finish().await?)
}

/// Marks a point between two steps of a job.
async fn reach(visits: &[Visit<'_>], point: &str) {
    if let Some(visit) = visits.first() {
        visit.service.world().reach(point).await;
    }
}

/// Under this key a source journals an attempt: it says nothing of the person.
pub(super) fn step(id: &SubjectRequestId, attempt: u32) -> String {
    format!("{id}/{attempt}")
}
