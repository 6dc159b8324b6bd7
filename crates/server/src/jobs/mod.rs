//! The bodies of jobs. Each reads state, does one thing outside, and ends in
//! one change that also takes the job out of the queue: killed anywhere, it is
//! run again and finds what was done. Refuses to trust its input beyond ids.

mod bulk;
mod close;
mod erase;
mod find;
mod footprint;
mod holds;
mod notice;
mod observe;
mod package;
mod rewrite;
mod roll;
mod settle;
mod sweep;
mod tell;
mod tenants;
mod together;
pub(crate) mod tombstone;
mod undo;
mod visit;

use candor_connect::SourceError;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, Rejection};
use candor_domain::work::Job;
use candor_store::rows::ClaimedJob;
use candor_store::{Change, StoreError};
use jiff::Timestamp;

use self::find::Search;
pub(crate) use self::tenants::LISTED_MAX;
use self::together::{Kind, PEOPLE_MAX};
use self::visit::{Done, Stop, Visit};
use crate::service::{LOST_LEASE, Service, ServiceError};

/// How a job ended.
pub(crate) enum Ended {
    /// It left the queue.
    Done,
    /// Its time has not come; it stays in the queue.
    Not {
        /// Before this moment.
        before: Timestamp,
    },
    /// Something outside must change first; it stays in the queue.
    Waits {
        /// For what, without personal data.
        why: String,
    },
}

/// A job, and how it ended.
pub(crate) type JobEnd<'a> = (&'a ClaimedJob, Result<Ended, ServiceError>);

/// Jobs that are run together, in the order in which they were claimed: those of
/// one kind in one source, a bounded number of them, and each of the others by
/// itself.
pub(crate) fn grouped(claimed: Vec<ClaimedJob>) -> Vec<Vec<ClaimedJob>> {
    let mut groups: Vec<Vec<ClaimedJob>> = Vec::new();
    for one in claimed {
        let kind = Kind::of(&one.job);
        let same = groups.iter_mut().rev().find(|group| {
            let first = group.first().map(|first| Kind::of(&first.job));
            kind.is_some() && first == Some(kind)
        });
        let same = same.filter(|group| group.len() < PEOPLE_MAX);
        match same {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

/// Runs a group of jobs, and says how each ended. One whose lease was lost ends
/// without a word: whoever holds it now will say what came of it.
pub(crate) async fn run<'a>(service: &'a Service, group: &'a [ClaimedJob]) -> Vec<JobEnd<'a>> {
    let mut ended = match group {
        [claimed] => vec![(claimed, dispatch(service, claimed).await)],
        several => together::run(service, several).await,
    };
    for (claimed, ended) in &mut ended {
        if let Err(ServiceError::Store(StoreError::Conflict { what: LOST_LEASE })) = ended {
            tracing::debug!(job = claimed.job.key(), "the lease was lost");
            *ended = Ok(Ended::Done);
        }
    }
    ended
}

async fn dispatch(service: &Service, claimed: &ClaimedJob) -> Result<Ended, ServiceError> {
    match &claimed.job {
        Job::Locate { .. } => find::find_one(service, claimed, Search::Locate).await,
        Job::Prepare { .. } => find::find_one(service, claimed, Search::Prepare).await,
        Job::Erase { .. }
        | Job::Verify { .. }
        | Job::Rewrite { .. }
        | Job::Unmark { .. }
        | Job::Settle { .. }
        | Job::TakeBack { .. }
        | Job::Forget { .. } => visit(service, claimed).await,
        Job::EndUndo { subject_request } => undo::end(service, claimed, subject_request).await,
        Job::Package { subject_request } => {
            package::package(service, claimed, subject_request).await
        }
        Job::RemovePackage { subject_request } => {
            package::remove(service, claimed, subject_request).await
        }
        Job::IssueReceipt { subject_request } => {
            close::issue_receipt(service, claimed, subject_request).await
        }
        Job::SendMail {
            subject_request,
            message,
        } => close::send_mail(service, claimed, subject_request, *message).await,
        Job::Tell {
            subject_request,
            follower,
            callback,
        } => tell::tell(service, claimed, subject_request, *follower, *callback).await,
        Job::TellTenant { tenant, by, .. } => tenants::tell(service, claimed, tenant, *by).await,
        Job::Lapse { subject_request }
        | Job::LapseUnstated { subject_request }
        | Job::EndPause { subject_request } => {
            close::time_passed(service, claimed, subject_request).await
        }
        Job::Shred { subject } => close::shred(service, claimed, subject).await,
        Job::RollShard { tenant, shard } => {
            roll::roll(service, claimed, tenant.as_ref(), *shard).await
        }
        Job::FileBulk { file } => bulk::file(service, claimed, file).await,
        Job::DecideBulk { file } => bulk::decide(service, claimed, file).await,
        Job::ForgetBulk { file } => bulk::forget(service, claimed, file).await,
        Job::Observe => observe::observe(service, claimed).await,
        Job::ReviewHolds => holds::review(service, claimed).await,
        Job::Sweep { rule } => sweep::sweep(service, claimed, rule).await,
    }
}

/// Does what is to be done in one source, and ends the job with what came of it.
async fn visit(service: &Service, claimed: &ClaimedJob) -> Result<Ended, ServiceError> {
    let visit = Visit::open(service, &service.sources(), claimed).await?;
    let outcome = match &claimed.job {
        Job::Erase { .. } => erase::erase_one(&visit).await,
        Job::Verify { .. } => erase::verify_one(&visit).await,
        Job::Rewrite { .. } => rewrite::rewrite(&visit).await.map(Done::from),
        Job::Unmark { .. } => rewrite::unmark(&visit).await.map(Done::from),
        Job::Settle { .. } => settle::settle(&visit).await.map(Done::from),
        Job::TakeBack { .. } => undo::take_back(&visit).await,
        Job::Forget { .. } => undo::forget(&visit).await,
        // `Visit::open` refuses it.
        _ => Err(Stop::Nothing),
    };
    visit.end(outcome).await
}

/// A change that takes this job out of the queue.
fn finishing(claimed: &ClaimedJob) -> Change {
    Change {
        finish: vec![claimed.id.clone()],
        ..Change::default()
    }
}

/// Ends a job that has nothing to do any more.
async fn nothing_to_do(service: &Service, claimed: &ClaimedJob) -> Result<Ended, ServiceError> {
    service.commit(finishing(claimed)).await?;
    Ok(Ended::Done)
}

/// Ends a job with an event of its subject request; an event that no longer
/// fits ends it without one.
async fn end_with(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    event: Event,
    mut change: Change,
) -> Result<Ended, ServiceError> {
    change.finish = vec![claimed.id.clone()];
    match service.take_in(id, &event, &change).await? {
        Ok(_) => Ok(Ended::Done),
        Err(rejection @ Rejection::Incomplete) => Ok(Ended::Waits {
            why: rejection.to_string(),
        }),
        Err(rejection) => {
            tracing::debug!(job = claimed.job.key(), %rejection, "already recorded");
            nothing_to_do(service, claimed).await
        }
    }
}

/// Writes down that a subject request waits for a source, and leaves the job
/// in the queue.
async fn blocked(
    service: &Service,
    id: &SubjectRequestId,
    source: &str,
    error: &SourceError,
) -> Result<Ended, ServiceError> {
    waits(service, id, source, error.to_string()).await
}

/// The same, for another reason than a source's error.
async fn waits(
    service: &Service,
    id: &SubjectRequestId,
    source: &str,
    why: String,
) -> Result<Ended, ServiceError> {
    let event = Event::Blocked {
        source: source.to_owned(),
        why: why.clone(),
    };
    if let Err(rejection) = service.take_in(id, &event, &Change::default()).await? {
        tracing::debug!(source, %rejection, "known to wait");
    }
    Ok(Ended::Waits {
        why: format!("source `{source}`: {why}"),
    })
}
