//! The job queue: delivered at least once, one waiting job per key, leases
//! that end. The same rules as the store's.

use candor_domain::work::Job;
use jiff::{SignedDuration, Timestamp};

/// How long a worker may take before another may take the job.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_mins(1);

/// A job somebody works on. A later claim of the same job makes it void.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) job: Job,
    pub(crate) attempts: u32,
    token: u64,
}

struct Waiting {
    job: Job,
    key: String,
    not_before: Timestamp,
    leased_until: Option<Timestamp>,
    /// Enqueued again while somebody works on it.
    again: Option<Timestamp>,
    attempts: u32,
    token: u64,
}

impl Waiting {
    fn ready_at(&self) -> Timestamp {
        self.leased_until.unwrap_or(self.not_before)
    }
}

/// The jobs that wait.
#[derive(Default)]
pub(crate) struct Queue {
    jobs: Vec<Waiting>,
    tokens: u64,
}

impl Queue {
    /// Adds a job. One that waits under the same key is due at the earlier of
    /// both times; one somebody works on is run again afterwards.
    pub(crate) fn enqueue(&mut self, job: Job, not_before: Timestamp) {
        let key = job.key();
        let Some(known) = self.jobs.iter_mut().find(|known| known.key == key) else {
            self.jobs.push(Waiting {
                job,
                key,
                not_before,
                leased_until: None,
                again: None,
                attempts: 0,
                token: 0,
            });
            return;
        };
        if known.leased_until.is_some() {
            let again = known.again.unwrap_or(not_before);
            known.again = Some(again.min(not_before));
        } else {
            known.not_before = known.not_before.min(not_before);
        }
    }

    /// When the next job is ready.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.jobs.iter().map(Waiting::ready_at).min()
    }

    /// Claims the `pick`-th of the jobs that are ready.
    pub(crate) fn claim(
        &mut self,
        now: Timestamp,
        pick: impl FnOnce(usize) -> usize,
    ) -> Option<Claim> {
        let ready = self.jobs.iter().filter(|job| job.ready_at() <= now).count();
        let pick = pick(ready);
        let mut ready = self.jobs.iter_mut().filter(|job| job.ready_at() <= now);
        let job = ready.nth(pick)?;
        self.tokens += 1;
        job.token = self.tokens;
        job.attempts += 1;
        job.leased_until = now.checked_add(LEASE).ok();
        Some(Claim {
            job: job.job.clone(),
            attempts: job.attempts,
            token: job.token,
        })
    }

    /// `true` while nobody else has claimed the job since.
    pub(crate) fn holds(&self, claim: &Claim) -> bool {
        self.jobs.iter().any(|job| job.token == claim.token)
    }

    /// Takes a job out of the queue.
    pub(crate) fn finish(&mut self, claim: &Claim) {
        let key = claim.job.key();
        let again = self.jobs.iter().find(|job| job.key == key);
        let again = again.and_then(|job| job.again);
        self.jobs.retain(|job| job.key != key);
        if let Some(not_before) = again {
            self.enqueue(claim.job.clone(), not_before);
        }
    }

    /// Gives a job back.
    pub(crate) fn postpone(&mut self, claim: &Claim, not_before: Timestamp) {
        if let Some(job) = self.jobs.iter_mut().find(|job| job.token == claim.token) {
            let again = job.again.take().unwrap_or(not_before);
            job.not_before = not_before.min(again);
            job.leased_until = None;
        }
    }

    /// The jobs in the queue.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().map(|job| &job.job)
    }
}
