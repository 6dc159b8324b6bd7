//! A job's visit to one source for one subject request: what all such jobs open
//! with, and how they end. Refuses a source that is no longer declared, until it
//! is declared again: what has to be done there has still to be done.

use std::sync::Arc;

use candor_connect::{Source, SourceError};
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, Progress, SubjectRequest};
use candor_store::rows::{ClaimedJob, TombstoneRow};
use candor_store::{Change, ChunkWrite, HoldWrite, SealedValue};

use super::footprint::{self, Written};
use super::{Ended, end_with, nothing_to_do, waits};
use crate::service::{Service, ServiceError, StandingError};
use crate::sources::Sources;

/// One subject request in one source.
pub(super) struct Visit<'a> {
    pub(super) service: &'a Service,
    pub(super) claimed: &'a ClaimedJob,
    pub(super) request: SubjectRequest,
    pub(super) source_name: &'a str,
    sources: Arc<Sources>,
    /// The source as it is for whom the subject request is about.
    source: Result<Option<Arc<Source>>, SourceError>,
}

/// What a visit brought about.
pub(super) struct Done {
    pub(super) event: Event,
    /// By what rows are known that must not come back.
    pub(super) tombstones: Vec<TombstoneRow>,
    /// Of whom, and where, nothing is to be kept back any more.
    pub(super) remove_tombstones: Vec<(SubjectRequestId, String)>,
    /// What is kept beside the subject request.
    pub(super) sealed: Vec<SealedValue>,
    /// What of that is too large for a value.
    pub(super) chunks: Vec<ChunkWrite>,
    /// Holds to set.
    pub(super) holds: Vec<HoldWrite>,
}

impl From<Event> for Done {
    fn from(event: Event) -> Self {
        Self {
            event,
            tombstones: Vec::new(),
            remove_tombstones: Vec::new(),
            sealed: Vec::new(),
            chunks: Vec::new(),
            holds: Vec::new(),
        }
    }
}

impl Done {
    /// The change in which the event is taken in.
    pub(super) fn change(&self) -> Change {
        let mut change = Change::default();
        self.add_to(&mut change);
        change
    }

    /// Adds what becomes true with the event.
    pub(super) fn add_to(&self, change: &mut Change) {
        let removed = self.remove_tombstones.iter().cloned();
        change.tombstones.extend(self.tombstones.iter().cloned());
        change.remove_tombstones.extend(removed);
        change.sealed.extend(self.sealed.iter().cloned());
        change.chunks.extend(self.chunks.iter().cloned());
        change.holds.extend(self.holds.iter().cloned());
    }
}

/// Why a visit brought nothing about.
pub(super) enum Stop {
    /// Nothing is to be done, or no longer.
    Nothing,
    /// Not before its time, or something outside must change first.
    Ended(Ended),
    /// The source does not do its part, which the subject request is to say.
    Blocked {
        /// Why, without personal data.
        why: String,
    },
    /// Our own side failed.
    Failed(ServiceError),
}

impl<'a> Visit<'a> {
    /// Reads the subject request as it is now.
    pub(super) async fn open(
        service: &'a Service,
        sources: &Arc<Sources>,
        claimed: &'a ClaimedJob,
    ) -> Result<Self, ServiceError> {
        let at = claimed.job.at_source();
        let (id, source_name) = at.ok_or(ServiceError::Corrupt("job"))?;
        let request = service.required(id).await?.value;
        Ok(Self {
            service,
            claimed,
            source: sources.of(source_name, request.tenant.as_ref()),
            request,
            source_name,
            sources: sources.clone(),
        })
    }

    /// How far the subject request is in this source.
    pub(super) fn progress(&self) -> Result<&Progress, Stop> {
        let progress = self.request.sources.get(self.source_name);
        progress.ok_or(Stop::Nothing)
    }

    /// The source, as it is for the people of the tenant whose end user it is.
    pub(super) fn source(&self) -> Result<&Source, Stop> {
        match &self.source {
            Ok(Some(source)) => Ok(source),
            Ok(None) => Err(Stop::Ended(Ended::Waits {
                why: format!(
                    "source `{}` is no longer declared; declare it until this is done",
                    self.source_name
                ),
            })),
            Err(error) => Err(Stop::of_source(error.clone())),
        }
    }

    /// What was written down of the person before anything was carried out.
    pub(super) async fn written(&self) -> Result<Written, Stop> {
        let written = footprint::written(self.service, &self.request, self.source_name);
        written.await?.ok_or(Stop::Nothing)
    }

    /// What came of a use of the source, which is also written down as how it is.
    pub(super) fn noted<T>(&self, outcome: Result<T, SourceError>) -> Result<T, Stop> {
        let now = self.service.now();
        let noted = self.sources.noted(self.source_name, outcome, now);
        noted.map_err(Stop::of_source)
    }

    /// The same, where our own side may have failed meanwhile.
    pub(super) fn answered<T>(&self, outcome: Result<T, StandingError>) -> Result<T, Stop> {
        match outcome {
            Ok(done) => self.noted(Ok(done)),
            Err(StandingError::Source(error)) => self.noted(Err(error)),
            Err(StandingError::Service(error)) => Err(Stop::Failed(error)),
        }
    }

    /// That the job waits for the source, without a word of it in the subject
    /// request, which needs nothing of it any more.
    pub(super) fn aside(&self, stop: Stop) -> Stop {
        match stop {
            Stop::Blocked { why } => Stop::Ended(Ended::Waits {
                why: format!("source `{}`: {why}", self.source_name),
            }),
            stop => stop,
        }
    }

    /// Ends the job with what came of the visit.
    pub(super) async fn end(&self, outcome: Result<Done, Stop>) -> Result<Ended, ServiceError> {
        let (service, claimed, id) = (self.service, self.claimed, &self.request.id);
        match outcome {
            Ok(done) => {
                let change = done.change();
                end_with(service, claimed, id, done.event, change).await
            }
            Err(Stop::Nothing) => nothing_to_do(service, claimed).await,
            Err(Stop::Ended(ended)) => Ok(ended),
            Err(Stop::Blocked { why }) => waits(service, id, self.source_name, why).await,
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

impl Stop {
    /// A source's error.
    #[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
    pub(super) fn of_source(error: SourceError) -> Self {
        Self::Blocked {
            why: error.to_string(),
        }
    }
}

impl From<ServiceError> for Stop {
    fn from(error: ServiceError) -> Self {
        Self::Failed(error)
    }
}

impl From<StandingError> for Stop {
    fn from(error: StandingError) -> Self {
        match error {
            StandingError::Source(error) => Self::of_source(error),
            StandingError::Service(error) => Self::Failed(error),
        }
    }
}
