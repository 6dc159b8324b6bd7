//! What a service of the company tells us: that something it was asked for is
//! ready. Whoever waits for that service is run at once instead of at the end
//! of a pause; the answer itself is still fetched from the service, so the
//! message carries nothing, and a copy of it changes nothing.

use candor_domain::subject_request::{Stage, State, SubjectRequest};
use candor_domain::work::Job;
use candor_policy::charter::Right;
use candor_seal::webhook::Message;
use candor_store::Change;

use super::{Service, ServiceError};

/// Subject requests looked at for one message; what is beyond waits out its
/// pause.
const REQUESTS_MAX: u32 = 500;

impl Service {
    /// Takes the message in; `false` where it is not signed by that source.
    ///
    /// # Errors
    /// Where the state can't be read or written.
    pub async fn source_is_ready(
        &self,
        name: &str,
        message: &Message<'_>,
        signatures: &str,
    ) -> Result<bool, ServiceError> {
        let now = self.now();
        let sources = self.sources();
        let source = sources.all().get(name);
        let seconds = now.as_second();
        if !source.is_some_and(|source| source.is_ready(message, signatures, seconds)) {
            return Ok(false);
        }
        let states = ["locating", "preparing", "carrying"];
        let open = self.store().requests(&states, REQUESTS_MAX, 0).await?;
        let waiting = open.iter().map(|versioned| &versioned.value);
        let jobs = waiting.filter_map(|request| waiting_for(request, name));
        let change = Change {
            enqueue: jobs.map(|job| (job, now)).collect(),
            ..Change::default()
        };
        if !change.enqueue.is_empty() {
            self.commit(change).await?;
        }
        Ok(true)
    }
}

/// The job of a subject request that waits for this source.
fn waiting_for(request: &SubjectRequest, source: &str) -> Option<Job> {
    let subject_request = request.id.clone();
    if !request.waiting.contains_key(source) {
        return None;
    }
    match request.state {
        State::Locating => Some(Job::Locate { subject_request }),
        State::Preparing => Some(Job::Prepare { subject_request }),
        State::Carrying if request.right == Right::Erasure => {
            let source = source.to_owned();
            match request.sources.get(&source)?.stage {
                Stage::Located => Some(Job::Erase {
                    subject_request,
                    source,
                }),
                Stage::Erased => Some(Job::Verify {
                    subject_request,
                    source,
                }),
                _ => None,
            }
        }
        State::Carrying if request.sources.get(source).is_some_and(|one| one.writes) => {
            let source = source.to_owned();
            match request.sources.get(&source)?.stage {
                Stage::Located => Some(Job::Rewrite {
                    subject_request,
                    source,
                }),
                Stage::Written => Some(Job::Verify {
                    subject_request,
                    source,
                }),
                _ => None,
            }
        }
        State::Completed { .. } if request.is_unmarking() => Some(Job::Unmark {
            subject_request,
            source: source.to_owned(),
        }),
        State::Carrying => Some(Job::Package { subject_request }),
        _ => None,
    }
}
