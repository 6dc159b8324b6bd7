//! The board: every promise with its verdict, and the evidence behind one.
//! Subject requests are looked at afresh each time, because a deadline passes
//! whether or not anybody observed it.

use std::collections::BTreeMap;
use std::sync::Arc;

use candor_domain::check::{Check, Finding, Observation};
use candor_domain::verdict::{self, Judgement};
use candor_policy::charter::Charter;
use candor_policy::promise::{Promise, PromiseId};
use candor_seal::entry::Entry;
use candor_seal::hash::Hash;
use jiff::Timestamp;

use super::{Service, ServiceError};

/// Every promise in force, judged.
#[derive(Clone, Debug)]
pub struct Board {
    /// The charter in force.
    pub charter: Arc<Charter>,
    /// Since when it is in force.
    pub effective_at: Timestamp,
    /// One judgement per promise.
    pub judgements: BTreeMap<PromiseId, Judgement>,
}

/// What is known about one promise.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The promise.
    pub promise: Promise,
    /// Its judgement.
    pub judgement: Judgement,
    /// Its checks, each with its latest observation.
    pub observations: Vec<(Check, Option<Observation>)>,
    /// The last entry of the ledger under it.
    pub last_entry: Option<LastEntry>,
}

/// Where the ledger last speaks of a promise.
#[derive(Clone, Debug)]
pub struct LastEntry {
    /// Index of the entry, from 0.
    pub index: u64,
    /// What happened, such as `retention.swept`.
    pub kind: String,
    /// When: RFC 3339.
    pub at: String,
}

/// The ledger as the world sees it.
#[derive(Clone, Debug)]
pub struct LedgerView {
    /// Number of entries.
    pub size: u64,
    /// Root hash in hexadecimal.
    pub root_hex: String,
    /// The latest signed checkpoint.
    pub checkpoint: Option<String>,
    /// The key that verifies it, as signed notes write it.
    pub verifier_key: String,
    /// The ledger's name.
    pub origin: String,
}

type Observed = BTreeMap<String, Observation>;

impl Service {
    /// Judges every promise in force.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn board(&self) -> Result<Board, ServiceError> {
        let row = self.charter_row();
        let charter = self.charter();
        let observed = self.observed(&charter).await?;
        Ok(Board {
            judgements: judgements(&charter, &observed, self.now()),
            effective_at: row.effective_at,
            charter,
        })
    }

    /// What is known about one promise; `None` where nothing of that name is
    /// promised.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn evidence(&self, id: &PromiseId) -> Result<Option<Evidence>, ServiceError> {
        let charter = self.charter();
        let Some(promise) = charter.promise(id) else {
            return Ok(None);
        };
        let observed = self.observed(&charter).await?;
        let latest = |check: &Check| observed.get(&check.key());
        let judgement = verdict::judge(promise, &charter, &latest, self.now());
        let mut checks = verdict::checks_for(promise, &charter);
        checks.extend(verdict::sweep_of(promise, &charter));
        let observations = checks
            .into_iter()
            .map(|check| {
                let observation = observed.get(&check.key()).cloned();
                (check, observation)
            })
            .collect();
        Ok(Some(Evidence {
            promise: promise.clone(),
            judgement,
            observations,
            last_entry: self.last_entry(id).await?,
        }))
    }

    async fn last_entry(&self, id: &PromiseId) -> Result<Option<LastEntry>, ServiceError> {
        let row = self.store().ledger_entry_of_promise(id).await?;
        Ok(row.and_then(|row| {
            let entry = Entry::decode(&row.bytes).ok()?;
            Some(LastEntry {
                index: row.index,
                kind: entry.kind,
                at: entry.at,
            })
        }))
    }

    /// Whether every check of the charter in force was made at least once.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn is_observed(&self) -> Result<bool, ServiceError> {
        let charter = self.charter();
        let observed = self.observed(&charter).await?;
        let promises = charter.promises.iter();
        let sweeps = promises.filter_map(|promise| verdict::sweep_of(promise, &charter));
        let mut checks = verdict::checks_of(&charter).into_iter().chain(sweeps);
        Ok(checks.all(|check| observed.contains_key(&check.key())))
    }

    /// The ledger's size, root, checkpoint and key.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn ledger(&self) -> Result<LedgerView, ServiceError> {
        let head = self.store().ledger_head().await?;
        let verifier = self.log_key().verifier();
        Ok(LedgerView {
            size: head.size,
            root_hex: Hash::from_bytes(head.root).to_string(),
            checkpoint: self.store().checkpoint().await?.map(|(_, text)| text),
            verifier_key: verifier.to_string(),
            origin: verifier.name().to_owned(),
        })
    }

    /// The latest observation of every check, by its key.
    pub(crate) async fn observed(&self, charter: &Charter) -> Result<Observed, ServiceError> {
        let stored = self.store().observations().await?;
        let mut observed: Observed = stored
            .into_iter()
            .map(|observation| (observation.check.key(), observation))
            .collect();
        let now = self.now();
        for check in verdict::checks_of(charter) {
            if let Check::SubjectRequests { right } = check {
                let found = self.store().request_finding(right, now).await?;
                let observation = Observation {
                    finding: Finding::SubjectRequests(found),
                    at: now,
                    check: check.clone(),
                };
                observed.insert(check.key(), observation);
            }
        }
        Ok(observed)
    }
}

/// One judgement per promise.
pub(crate) fn judgements(
    charter: &Charter,
    observed: &Observed,
    now: Timestamp,
) -> BTreeMap<PromiseId, Judgement> {
    let latest = |check: &Check| observed.get(&check.key());
    let judged = charter.promises.iter().map(|promise| {
        let judgement = verdict::judge(promise, charter, &latest, now);
        (promise.id.clone(), judgement)
    });
    judged.collect()
}
