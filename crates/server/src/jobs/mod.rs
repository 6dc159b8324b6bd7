//! The bodies of jobs. Each reads state, does one thing outside, and ends in
//! one change that also takes the job out of the queue: killed anywhere, it is
//! run again and finds what was done. Refuses to trust its input beyond ids.

mod close;
mod erase;
mod find;
mod observe;
mod package;

use candor_connect::SourceError;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::Event;
use candor_domain::work::Job;
use candor_store::rows::ClaimedJob;
use candor_store::{Change, StoreError};

use crate::service::{Service, ServiceError};

/// Writers that may be first before a job is given back.
const CONFLICTS_MAX: u32 = 16;

/// How a job ended.
pub(crate) enum Ended {
    /// It left the queue.
    Done,
    /// Something outside must change first; it stays in the queue.
    Waits {
        /// For what, without personal data.
        why: String,
    },
}

/// Runs one job.
pub(crate) async fn run(service: &Service, claimed: &ClaimedJob) -> Result<Ended, ServiceError> {
    let ended = dispatch(service, claimed).await;
    match ended {
        // Somebody else did it, or holds it now: their change stands.
        Err(ServiceError::Store(StoreError::Conflict { what })) if claimed.attempts > 0 => {
            tracing::debug!(job = claimed.job.key(), what, "another worker was first");
            Ok(Ended::Waits {
                why: "another writer was first".to_owned(),
            })
        }
        ended => ended,
    }
}

async fn dispatch(service: &Service, claimed: &ClaimedJob) -> Result<Ended, ServiceError> {
    match &claimed.job {
        Job::Locate { subject_request } => find::locate(service, claimed, subject_request).await,
        Job::Prepare { subject_request } => find::prepare(service, claimed, subject_request).await,
        Job::Erase {
            subject_request,
            source,
        } => erase::erase(service, claimed, subject_request, source).await,
        Job::Verify {
            subject_request,
            source,
        } => erase::verify(service, claimed, subject_request, source).await,
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
        Job::Lapse { subject_request } => close::lapse(service, claimed, subject_request).await,
        Job::Shred { subject } => close::shred(service, claimed, subject).await,
        Job::Observe => observe::observe(service, claimed).await,
    }
}

/// A change that takes this job out of the queue.
fn finishing(claimed: &ClaimedJob) -> Change {
    Change {
        finish: Some(claimed.id.clone()),
        ..Change::default()
    }
}

/// Ends a job that has nothing to do any more.
async fn nothing_to_do(service: &Service, claimed: &ClaimedJob) -> Result<Ended, ServiceError> {
    service.commit(finishing(claimed)).await?;
    Ok(Ended::Done)
}

/// Ends a job with an event of its subject request; an event that no longer
/// fits ends it without one. Sources report at the same time: whoever was
/// second reads the subject request again.
async fn end_with(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    event: Event,
    change: Change,
) -> Result<Ended, ServiceError> {
    let mut conflicts = 0;
    loop {
        let request = service.required(id).await?;
        let mut change = change.clone();
        change.finish = Some(claimed.id.clone());
        if let Err(rejection) = service
            .take_in(&request, event.clone(), &mut change)
            .await?
        {
            tracing::debug!(job = claimed.job.key(), %rejection, "already recorded");
            return nothing_to_do(service, claimed).await;
        }
        match service.commit(change).await {
            Ok(_) => return Ok(Ended::Done),
            Err(ServiceError::Store(StoreError::Conflict { .. })) if conflicts < CONFLICTS_MAX => {
                conflicts += 1;
            }
            Err(error) => return Err(error),
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
    let request = service.required(id).await?;
    let why = error.to_string();
    let event = Event::Blocked {
        source: source.to_owned(),
        why: why.clone(),
    };
    let mut change = Change::default();
    if service.take_in(&request, event, &mut change).await?.is_ok() {
        service.commit(change).await?;
    }
    Ok(Ended::Waits {
        why: format!("source `{source}`: {why}"),
    })
}
