//! Jobs that are carried out together because they are due together: looking
//! people up, erasing in one source, and searching there. Ten thousand people of a file are then some
//! dozens of transactions. Invariant: what is done together ends for each as if
//! it had been alone; who fails, fails alone; no more people are together than
//! [`PEOPLE_MAX`]; and nothing is done together for people of two tenants, for
//! each of whom a source is another.

use std::collections::BTreeMap;
use std::future::Future;
use std::ops::Range;

use candor_connect::SourceError;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, Tenant};
use candor_domain::work::Job;
use candor_store::Change;
use candor_store::rows::ClaimedJob;

use super::find::{self, Search};
use super::visit::{Done, Visit};
use super::{Ended, JobEnd, erase};
use crate::service::{Service, ServiceError, StandingError};

/// A source that answers for fewer people than it was asked about; nothing is
/// taken for done then.
pub(super) const MISSING: StandingError = StandingError::Service(ServiceError::Corrupt("report"));

/// The most people of whom something is held in memory by one group of jobs.
pub(super) const PEOPLE_MAX: usize = 64;

/// How many in a row may fail alone before the rest waits as well: where every
/// search takes too long, ten minutes for each would be days.
const FAILED_IN_A_ROW_MAX: u32 = 3;

/// Jobs with the same kind can be carried out together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind<'a> {
    /// Erasing in this source.
    Erase(&'a str),
    /// Searching there.
    Verify(&'a str),
    /// Looking people up.
    Find(Search),
}

impl<'a> Kind<'a> {
    /// `None` for a job that is carried out alone.
    pub(super) fn of(job: &'a Job) -> Option<Self> {
        match job {
            Job::Erase { source, .. } => Some(Self::Erase(source)),
            Job::Verify { source, .. } => Some(Self::Verify(source)),
            Job::Locate { .. } => Some(Self::Find(Search::Locate)),
            Job::Prepare { .. } => Some(Self::Find(Search::Prepare)),
            _ => None,
        }
    }
}

/// Carries out jobs of one kind; how each ended.
pub(super) async fn run<'a>(service: &'a Service, claimed: &'a [ClaimedJob]) -> Vec<JobEnd<'a>> {
    let kind = claimed.first().and_then(|first| Kind::of(&first.job));
    if let Some(Kind::Find(search)) = kind {
        return find::find(service, claimed, search).await;
    }
    let sources = service.sources();
    let mut ended = Vec::new();
    let mut by_tenant: BTreeMap<Option<Tenant>, Vec<Visit<'_>>> = BTreeMap::new();
    for one in claimed {
        match Visit::open(service, &sources, one).await {
            Ok(visit) => {
                let tenant = visit.request.tenant.clone();
                by_tenant.entry(tenant).or_default().push(visit);
            }
            Err(error) => ended.push((one, Err(error))),
        }
    }
    for visits in by_tenant.into_values() {
        let outcomes = match kind {
            Some(Kind::Erase(_)) => erase::erase(&visits).await,
            Some(Kind::Verify(_)) => erase::verify(&visits).await,
            Some(Kind::Find(_)) | None => Vec::new(),
        };
        let people: Vec<_> = visits
            .iter()
            .map(|visit| (&visit.request.id, visit.claimed))
            .collect();
        let outcomes = written(service, &people, outcomes).await;
        for (visit, outcome) in visits.into_iter().zip(outcomes) {
            let one = visit.claimed;
            ended.push((
                one,
                match outcome {
                    Some(outcome) => visit.end(outcome).await,
                    None => Ok(Ended::Done),
                },
            ));
        }
    }
    ended
}

/// Writes what came of jobs in one change, if nothing stands in the way of any:
/// what is left has to be ended by itself.
pub(super) async fn written<E>(
    service: &Service,
    people: &[(&SubjectRequestId, &ClaimedJob)],
    outcomes: Vec<Result<Done, E>>,
) -> Vec<Option<Result<Done, E>>> {
    let mut events: Vec<(&SubjectRequestId, &Event)> = Vec::new();
    let mut change = Change::default();
    for ((id, claimed), outcome) in people.iter().zip(&outcomes) {
        let Ok(done) = outcome else {
            continue;
        };
        events.push((id, &done.event));
        change.finish.push(claimed.id.clone());
        done.add_to(&mut change);
    }
    let written = match events.len() {
        0 | 1 => false,
        _ => match service.take_in_all(&events, &change).await {
            Ok(written) => written,
            Err(error) => {
                tracing::debug!(%error, "ended one by one");
                false
            }
        },
    };
    let outcomes = outcomes.into_iter();
    outcomes
        .map(|outcome| Some(outcome).filter(|outcome| !(written && outcome.is_ok())))
        .collect()
}

/// Lists of people who have no more rows together than `most`, or are alone.
pub(super) fn parts<T>(all: &[T], most: u64, rows_of: impl Fn(&T) -> u64) -> Vec<&[T]> {
    let mut parts = Vec::new();
    let mut rest = all;
    while !rest.is_empty() {
        let mut rows = 0_u64;
        let fit = rest.iter().take_while(|own| {
            rows = rows.saturating_add(rows_of(own));
            rows <= most
        });
        let (part, others) = rest.split_at(fit.count().max(1));
        parts.push(part);
        rest = others;
    }
    parts
}

/// Does something for all at once, and for each alone where that fails for
/// another reason than that the source does nothing for anybody. `work` is told
/// for which of them.
pub(super) async fn or_alone<R, F, W>(people: usize, work: F) -> Vec<Result<R, StandingError>>
where
    F: Fn(Range<usize>) -> W,
    W: Future<Output = Result<Vec<R>, StandingError>>,
{
    if people > 1
        && let Some(done) = at_once(people, work(0..people)).await
    {
        return done;
    }
    let mut results = Vec::new();
    let mut gone = None;
    let mut failed = 0;
    for one in 0..people {
        let result = match &gone {
            Some(error) => Err(StandingError::Source(SourceError::clone(error))),
            None => work(one..one + 1).await,
        };
        failed = if result.is_ok() { 0 } else { failed + 1 };
        if let Err(StandingError::Source(error)) = &result
            && (is_of_all(error) || failed >= FAILED_IN_A_ROW_MAX)
        {
            gone = Some(error.clone());
        }
        results.push(result.and_then(|done| done.into_iter().next().ok_or(MISSING)));
    }
    results
}

/// `None` where each is to be tried alone.
async fn at_once<R>(
    people: usize,
    work: impl Future<Output = Result<Vec<R>, StandingError>>,
) -> Option<Vec<Result<R, StandingError>>> {
    match work.await {
        Ok(done) if done.len() == people => Some(done.into_iter().map(Ok).collect()),
        Err(StandingError::Source(error)) if is_of_all(&error) => {
            let each = (0..people).map(|_| Err(error.clone().into()));
            Some(each.collect())
        }
        Ok(_) => None,
        Err(error) => {
            tracing::info!(people, %error, "done one by one");
            None
        }
    }
}

/// Whether a source says this to everybody.
const fn is_of_all(error: &SourceError) -> bool {
    match error {
        SourceError::Unreachable { .. } | SourceError::Drift { .. } => true,
        SourceError::Busy { .. }
        | SourceError::Refused { .. }
        | SourceError::Pending { .. }
        | SourceError::Unfit { .. }
        | SourceError::Database { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn source(kind: fn(String) -> SourceError) -> StandingError {
        StandingError::Source(kind("app".to_owned()))
    }

    fn refused(source_name: String) -> SourceError {
        SourceError::Refused {
            source_name,
            what: Vec::new(),
        }
    }

    fn unreachable(source_name: String) -> SourceError {
        SourceError::Unreachable {
            source_name,
            reason: String::new(),
        }
    }

    /// What came of eight people where the source takes nothing with the fifth
    /// in it, and how often it was asked.
    async fn with_a_fifth(error: fn(String) -> SourceError) -> (Vec<bool>, usize) {
        let asked = Mutex::new(0);
        let done = or_alone(8, async |who| {
            *asked.lock().unwrap() += 1;
            match who.contains(&4) {
                true => Err(source(error)),
                false => Ok(who.collect::<Vec<usize>>()),
            }
        });
        let done = done.await;
        for (place, done) in done.iter().enumerate() {
            assert!(done.as_ref().is_ok_and(|own| *own == place) || done.is_err());
        }
        let done = done.iter().map(Result::is_ok).collect();
        (done, asked.into_inner().unwrap())
    }

    #[test]
    fn no_more_people_are_together_than_fit() {
        let claimed = |number: usize| {
            let subject_request = SubjectRequestId::from_random([7; 16]);
            let job = match number % 2 {
                0 => Job::Locate { subject_request },
                _ => Job::Prepare { subject_request },
            };
            ClaimedJob {
                id: candor_domain::id::JobId::from_random([1; 16]),
                number: i64::try_from(number).unwrap(),
                job,
                attempts: 0,
                leased_until: jiff::Timestamp::UNIX_EPOCH,
            }
        };
        let all = (0..3 * PEOPLE_MAX).map(claimed).collect();
        let groups = super::super::grouped(all);
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        assert_eq!(sizes, [64, 64, 32, 32]);
        for group in groups {
            let kinds = group.iter().map(|own| Kind::of(&own.job));
            assert_eq!(kinds.collect::<std::collections::BTreeSet<_>>().len(), 1);
            assert!(group.is_sorted_by_key(|own| own.number));
        }
    }

    #[test]
    fn whoever_has_more_rows_than_fit_is_alone() {
        let parts = parts(&[3, 4, 9, 1, 1, 20], 8, |rows| *rows);
        assert_eq!(parts, [&[3, 4][..], &[9], &[1, 1], &[20]]);
    }

    #[tokio::test]
    async fn who_fails_fails_alone() {
        let (done, asked) = with_a_fifth(refused).await;
        assert_eq!(done, [true, true, true, true, false, true, true, true]);
        assert_eq!(asked, 9, "together, and each");
    }

    #[tokio::test]
    async fn a_source_that_is_away_is_not_asked_for_each() {
        assert_eq!(with_a_fifth(unreachable).await, (vec![false; 8], 1));
    }

    #[tokio::test]
    async fn what_fails_for_one_after_the_other_is_not_tried_for_all() {
        let asked = Mutex::new(0);
        let done = or_alone(100, async |_| {
            *asked.lock().unwrap() += 1;
            Err::<Vec<()>, _>(source(refused))
        });
        assert!(done.await.iter().all(Result::is_err));
        assert_eq!(asked.into_inner().unwrap(), 4, "together, and three");
    }

    #[tokio::test]
    async fn a_source_that_goes_away_between_two_is_asked_no_more() {
        let done = or_alone(4, async |who| match who.len() {
            1 if who.start == 0 => Ok(vec![0]),
            1 => Err(source(unreachable)),
            _ => Err(source(refused)),
        });
        let done: Vec<bool> = done.await.iter().map(Result::is_ok).collect();
        assert_eq!(done, [true, false, false, false]);
    }

    #[tokio::test]
    async fn a_source_that_answers_for_fewer_is_believed_for_nobody() {
        let done = or_alone(2, async |_| Ok::<Vec<()>, StandingError>(Vec::new())).await;
        assert!(done.iter().all(Result::is_err));
    }
}
