//! Files of many subject requests: filed part by part, and forgotten when their time
//! is over.

use candor_domain::bulk::{Stage, after};
use candor_domain::id::BulkFileId;
use candor_store::rows::ClaimedJob;
use candor_store::{BulkWrite, StoreError};
use jiff::SignedDuration;

use super::{Ended, finishing, nothing_to_do};
use crate::service::{LOST_LEASE, Service, ServiceError};

/// When a file that should be over and isn't is looked at again.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// Writers of the same people that may be first before the part waits.
const CONFLICTS_MAX: u32 = 16;

/// How long a file is worked on in one go. A round of the worker ends when its last
/// job does: a part for each round would wait for hundreds of others every time, and
/// a whole file would keep everybody else waiting.
const TURN: SignedDuration = SignedDuration::from_secs(2);

/// Files the next parts of a file, as many as fit into a turn.
pub(super) async fn file(
    service: &Service,
    claimed: &ClaimedJob,
    id: &BulkFileId,
) -> Result<Ended, ServiceError> {
    let until = after(service.now(), TURN);
    let mut conflicts = 0;
    loop {
        let row = service.store().bulk_file(id).await?;
        let Some(row) = row.filter(|row| row.value.file.stage == Stage::Filing) else {
            return nothing_to_do(service, claimed).await;
        };
        match service.file_bulk_part(row, (&claimed.id, until)).await {
            Ok(true) => return Ok(Ended::Done),
            Ok(false) => conflicts = 0,
            // Somebody filed for one of these people in the same moment.
            Err(ServiceError::Store(StoreError::Conflict { what }))
                if what != LOST_LEASE && conflicts < CONFLICTS_MAX =>
            {
                conflicts += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Decides the subject requests of a file that waited when it was said of all.
pub(super) async fn decide(
    service: &Service,
    claimed: &ClaimedJob,
    id: &BulkFileId,
) -> Result<Ended, ServiceError> {
    let row = service.store().bulk_file(id).await?;
    let Some(row) = row.filter(|row| row.value.file.decision_under_way().is_some()) else {
        return nothing_to_do(service, claimed).await;
    };
    service.apply_to_bulk(row, claimed).await?;
    Ok(Ended::Done)
}

/// Destroys the key of a file whose time is over, and all that it sealed.
pub(super) async fn forget(
    service: &Service,
    claimed: &ClaimedJob,
    id: &BulkFileId,
) -> Result<Ended, ServiceError> {
    let Some(row) = service.store().bulk_file(id).await? else {
        return nothing_to_do(service, claimed).await;
    };
    let now = service.now();
    let file = &row.value.file;
    if !file.is_over(now) {
        let before = match file.expires_at > now {
            true => file.expires_at,
            // It is still being filed.
            false => after(now, LOOK_AGAIN),
        };
        return Ok(Ended::Not { before });
    }
    let mut change = finishing(claimed);
    change.bulk = Some(BulkWrite::Remove {
        id: id.clone(),
        expected: row.version,
    });
    service.commit(change).await?;
    Ok(Ended::Done)
}
