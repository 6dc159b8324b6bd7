//! Going on with what a hold kept back: every hour, and when one is lifted. An
//! erasure that is answered and kept something is taken up again as soon as
//! less of it is held than was; nobody has to remember it.

use candor_domain::hold::Standing;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, SubjectRequest};
use candor_domain::work::Job;
use candor_store::Change;
use candor_store::rows::ClaimedJob;
use jiff::{SignedDuration, Timestamp};

use super::{Ended, finishing, footprint};
use crate::service::{Service, ServiceError, StandingError, concerning};

/// Time between two looks.
const EVERY: SignedDuration = SignedDuration::from_hours(1);
/// Subject requests read at once.
const PAGE: u32 = 500;

/// Looks at every erasure that a hold left something of.
pub(super) async fn review(service: &Service, claimed: &ClaimedJob) -> Result<Ended, ServiceError> {
    let standing = match service.standing().await {
        Ok(standing) => standing,
        Err(StandingError::Service(error)) => return Err(error),
        Err(StandingError::Source(error)) => {
            return Ok(Ended::Waits {
                why: error.to_string(),
            });
        }
    };
    let mut why = None;
    let mut offset = 0;
    loop {
        let held = service.store().requests(&["held"], PAGE, offset).await?;
        let last = held.len() < PAGE as usize;
        for request in held {
            offset += 1;
            match is_freer(service, &request.value, &standing).await {
                Ok(false) => {}
                Ok(true) => {
                    release(service, &request.value.id).await?;
                    offset -= 1;
                }
                Err(StandingError::Service(error)) => return Err(error),
                // The others may be in sources that answer.
                Err(StandingError::Source(error)) => why = Some(error.to_string()),
            }
        }
        if last {
            break;
        }
    }
    if let Some(why) = why {
        return Ok(Ended::Waits { why });
    }
    let mut change = finishing(claimed);
    let next = service.now().checked_add(EVERY).unwrap_or(Timestamp::MAX);
    change.enqueue.push((Job::ReviewHolds, next));
    service.commit(change).await?;
    Ok(Ended::Done)
}

async fn release(service: &Service, id: &SubjectRequestId) -> Result<(), ServiceError> {
    let change = Change::default();
    if let Err(rejection) = service.take_in(id, &Event::Released, &change).await? {
        tracing::debug!(request = id.as_str(), %rejection, "released before");
    }
    Ok(())
}

/// Whether less is held than was when it was carried out.
async fn is_freer(
    service: &Service,
    request: &SubjectRequest,
    standing: &[Standing],
) -> Result<bool, StandingError> {
    let sources = service.sources();
    for (name, progress) in &request.sources {
        if progress.held.is_empty() {
            continue;
        }
        let Some(source) = sources.of(name, request.tenant.as_ref())? else {
            continue;
        };
        let written = footprint::written(service, request, name).await?;
        let Some(footprint) = written.map(|written| written.footprint) else {
            continue;
        };
        let own = concerning(standing, request);
        let kept = source.held(&footprint.identities, &own).await?;
        if progress.held.keys().any(|table| !kept.contains_key(table)) {
            return Ok(true);
        }
    }
    Ok(false)
}
