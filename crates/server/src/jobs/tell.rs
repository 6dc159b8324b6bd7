//! Tells a party that filed a subject request how it goes. Says what holds now, not
//! what held when the job was made: a party that was down learns the latest.

use candor_connect::callback;
use candor_domain::id::SubjectRequestId;
use candor_store::rows::ClaimedJob;

use super::{Ended, nothing_to_do};
use crate::protocols;
use crate::service::{Service, ServiceError};

/// Attempts at one message before it is given up: with pauses of up to five
/// minutes, two days.
const ATTEMPTS_MAX: u32 = 576;

/// Tells one party at one of its addresses.
pub(super) async fn tell(
    service: &Service,
    claimed: &ClaimedJob,
    id: &SubjectRequestId,
    follower: usize,
    callback: usize,
) -> Result<Ended, ServiceError> {
    let request = service.required(id).await?.value;
    let follower = request.followers.get(follower);
    let Some((follower, address)) =
        follower.and_then(|one| Some((one, one.callbacks.get(callback)?)))
    else {
        return nothing_to_do(service, claimed).await;
    };
    let party = &follower.party;
    let Some(told) = protocols::told(service, &request, follower, address).await? else {
        tracing::warn!(party, "a party that is no longer declared is not told");
        return nothing_to_do(service, claimed).await;
    };
    let client = service.callbacks();
    match callback::post(client, address, &told.headers, told.body).await {
        Ok(()) => nothing_to_do(service, claimed).await,
        Err(error) if claimed.attempts >= ATTEMPTS_MAX => {
            tracing::warn!(party, %error, request = id.as_str(), "a party is told no more");
            nothing_to_do(service, claimed).await
        }
        Err(error) => Ok(Ended::Waits {
            why: format!("party `{party}` was not told: {error}"),
        }),
    }
}
