//! The worker: claims jobs, runs them, gives back what failed with growing
//! pauses. Killed at any moment it loses nothing: a lease ends, and somebody
//! runs the job again.

use std::sync::Arc;
use std::time::Duration;

use candor_domain::work::Job;
use candor_store::Change;
use candor_store::rows::ClaimedJob;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::error::with_causes;
use crate::jobs::{self, Ended};
use crate::service::{Service, ServiceError, measured};

/// Jobs claimed at once: as many people may be erased in one transaction.
const CLAIMED_AT_ONCE: u32 = 256;
/// Groups of them run at once.
const AT_ONCE: usize = 4;
/// How long a job may take before another worker may take it.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// The longest sleep between two looks at the queue.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// Time between two looks at which version is in force.
const FOLLOW_EVERY: Duration = Duration::from_secs(3);
/// The first pause after a failure; it doubles up to [`PAUSE_MAX`].
const PAUSE_FIRST: SignedDuration = SignedDuration::from_secs(1);
/// The longest pause after a failure.
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Runs jobs until it is dropped.
pub struct Worker {
    service: Service,
    lease: SignedDuration,
}

impl Worker {
    /// A worker for a service, whose jobs belong to it for a lease at a time.
    #[must_use]
    pub const fn new(service: Service, lease: SignedDuration) -> Self {
        Self { service, lease }
    }

    /// Runs jobs for ever, and follows the versions that come into force. The
    /// first round of observation is enqueued here.
    pub async fn run(self) {
        self.plan_observation().await;
        tokio::join!(self.work(), self.follow());
    }

    /// Looks every few seconds which version is in force. A new one is observed
    /// at once.
    async fn follow(&self) {
        let mut said = String::new();
        loop {
            tokio::time::sleep(FOLLOW_EVERY).await;
            match self.service.follow_versions().await {
                Ok(false) => said.clear(),
                Ok(true) => {
                    said.clear();
                    let charter = self.service.charter_row();
                    tracing::info!(charter = %charter.charter.id, "a version came into force");
                    self.plan_observation().await;
                }
                // The same trouble is said once, not every few seconds.
                Err(error) => {
                    let why = with_causes(&error);
                    if said != why {
                        tracing::error!(
                            why,
                            "the version in force is not served: restart when this is mended"
                        );
                    }
                    said = why;
                }
            }
        }
    }

    async fn work(&self) {
        loop {
            match self.round().await {
                Ok(0) => self.sleep().await,
                Ok(_) => {}
                Err(error) => {
                    log(&error, "the queue could not be read");
                    self.sleep().await;
                }
            }
        }
    }

    /// Runs what is ready now; the number of jobs run.
    ///
    /// # Errors
    /// Where the queue can't be read or written.
    pub async fn round(&self) -> Result<usize, ServiceError> {
        let now = self.service.now();
        let store = self.service.store();
        let claimed = store.claim(now, self.lease, CLAIMED_AT_ONCE).await?;
        let mut running = tokio::task::JoinSet::new();
        let count = claimed.len();
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        for group in jobs::grouped(claimed) {
            let (service, turns) = (self.service.clone(), turns.clone());
            let lease = self.lease;
            running.spawn(async move { run_group(&service, &group, lease, &turns).await });
        }
        while let Some(ended) = running.join_next().await {
            if let Err(panicked) = ended {
                tracing::error!(%panicked, "a job stopped; its lease will end");
            }
        }
        Ok(count)
    }

    /// Plans a round of observation, and a sweep of every rule, for now.
    pub async fn plan_observation(&self) {
        let now = self.service.now();
        let charter = self.service.charter();
        let sweeps = measured(&charter).into_iter().map(|promise| Job::Sweep {
            rule: promise.name.clone(),
        });
        let jobs = sweeps.chain([Job::Observe, Job::ReviewHolds]);
        let change = Change {
            enqueue: jobs.map(|job| (job, now)).collect(),
            ..Change::default()
        };
        if let Err(error) = self.service.commit(change).await {
            log(&error, "the first observation could not be planned");
        }
        if let Err(error) = self.service.plan_shards().await {
            log(&error, "people could not be given their shards");
        }
    }

    async fn sleep(&self) {
        let pause = tokio::time::sleep(SLEEP_MAX);
        tokio::select! {
            () = pause => {}
            () = self.service.woken() => {}
        }
    }
}

/// Runs jobs when it is their turn, and keeps their leases from now on.
async fn run_group(
    service: &Service,
    group: &[ClaimedJob],
    lease: SignedDuration,
    turns: &Semaphore,
) {
    let work = async {
        // Never closed, and fair: whoever was claimed first is first.
        let _turn = turns.acquire().await;
        let started = service.now();
        // On the heap only now: what waits for its turn stays small.
        for (claimed, ended) in Box::pin(jobs::run(service, group)).await {
            give_back(service, claimed, ended, started).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = keep(service, group, lease) => {}
    }
}

/// Puts a job that is not done back into the queue.
async fn give_back(
    service: &Service,
    claimed: &ClaimedJob,
    ended: Result<Ended, ServiceError>,
    started: Timestamp,
) {
    let (again, why) = match ended {
        Ok(Ended::Done) => {
            let took_ms = service.now().duration_since(started).as_millis();
            tracing::debug!(job = claimed.job.key(), took_ms, "done");
            return;
        }
        Ok(Ended::Not { before }) => (before, String::new()),
        Ok(Ended::Waits { why }) => (later(service.now(), pause(claimed.attempts)), why),
        Err(error) => {
            log(&error, "a job failed and will be tried again");
            let again = later(service.now(), pause(claimed.attempts));
            (again, error.to_string())
        }
    };
    if let Err(error) = service.store().postpone(&claimed.id, again, &why).await {
        log(
            &error.into(),
            "a failed job could not be given back; its lease will end",
        );
    }
}

/// Renews leases at half their time; returns only once all were lost. One that
/// was lost, or whose job is through, ends nothing: its own change tells.
async fn keep(service: &Service, group: &[ClaimedJob], lease: SignedDuration) {
    let half = Duration::try_from(lease / 2).unwrap_or(SLEEP_MAX);
    let mut kept: Vec<&ClaimedJob> = group.iter().collect();
    while !kept.is_empty() {
        tokio::time::sleep(half).await;
        let until = later(service.now(), lease);
        let mut still = Vec::new();
        for claimed in kept {
            match service.store().renew(&claimed.id, until).await {
                Ok(true) => still.push(claimed),
                Ok(false) => tracing::warn!(job = claimed.job.key(), "lease lost"),
                Err(error) => {
                    log(&error.into(), "a lease could not be renewed");
                    still.push(claimed);
                }
            }
        }
        kept = still;
    }
}

/// One second, then two, four, … up to five minutes.
fn pause(attempts: u32) -> SignedDuration {
    let doubled = 1_i32.checked_shl(attempts.min(16)).unwrap_or(i32::MAX);
    PAUSE_FIRST
        .checked_mul(doubled)
        .unwrap_or(PAUSE_MAX)
        .min(PAUSE_MAX)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Logs an error with its chain, once, here at the boundary.
fn log(error: &ServiceError, what: &str) {
    tracing::warn!(error = with_causes(error), "{what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_bounded() {
        assert_eq!(pause(0), SignedDuration::from_secs(1));
        assert_eq!(pause(3), SignedDuration::from_secs(8));
        assert_eq!(pause(40), PAUSE_MAX);
        assert_eq!(pause(u32::MAX), PAUSE_MAX);
    }
}
