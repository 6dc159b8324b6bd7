//! What Candor has written down. A change becomes true as a whole or not at
//! all; one made from an older state is refused.

use std::collections::BTreeMap;

use candor_domain::id::{SubjectId, SubjectRequestId};
use candor_domain::record::Record;
use candor_domain::subject_request::{Effect, SubjectRequest, shred_from};
use candor_domain::work::Job;
use jiff::Timestamp;

use crate::company::PersonId;
use crate::queue::{Claim, Queue};

/// Our own record of a person.
pub(crate) struct PersonRecord {
    pub(crate) person: PersonId,
    pub(crate) shredded_at: Option<Timestamp>,
}

/// Everything that survives a crash.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) requests: BTreeMap<SubjectRequestId, Versioned>,
    pub(crate) people: BTreeMap<SubjectId, PersonRecord>,
    /// By subject request; every entry of these simulations belongs to one.
    pub(crate) ledger: BTreeMap<SubjectRequestId, Vec<Record>>,
    pub(crate) queue: Queue,
}

/// A subject request and how often it was written.
#[derive(Clone)]
pub(crate) struct Versioned {
    pub(crate) request: SubjectRequest,
    pub(crate) version: u64,
}

/// Everything one step changes.
#[derive(Clone, Default)]
pub(crate) struct Change {
    pub(crate) request: Option<Versioned>,
    pub(crate) records: Vec<Record>,
    pub(crate) enqueue: Vec<(Job, Timestamp)>,
    pub(crate) shred: Option<SubjectId>,
    pub(crate) finish: Option<Claim>,
}

impl Change {
    /// A subject request as it becomes, with what it asks for. `version` is
    /// the one it was read at; 0 for a new one.
    pub(crate) fn to(request: SubjectRequest, version: u64, effects: Vec<Effect>) -> Self {
        let mut change = Self {
            request: Some(Versioned { request, version }),
            ..Self::default()
        };
        for effect in effects {
            match effect {
                Effect::Enqueue { job, not_before } => change.enqueue.push((job, not_before)),
                Effect::Record(record) => change.records.push(record),
            }
        }
        change
    }

    /// Takes the job out of the queue with it.
    pub(crate) fn finishing(mut self, claim: &Claim) -> Self {
        self.finish = Some(claim.clone());
        self
    }
}

impl State {
    /// Every subject request of a person.
    pub(crate) fn requests_of(&self, subject: &SubjectId) -> Vec<SubjectRequest> {
        let requests = self.requests.values().map(|versioned| &versioned.request);
        let theirs = requests.filter(|request| request.subject == *subject);
        theirs.cloned().collect()
    }

    /// `true` where nothing that a change rests on was changed since.
    pub(crate) fn fits(&self, change: &Change) -> bool {
        let finish = change.finish.as_ref();
        let version = change.request.as_ref().is_none_or(|versioned| {
            let known = self.requests.get(&versioned.request.id);
            known.map_or(0, |known| known.version) == versioned.version
        });
        version && finish.is_none_or(|claim| self.queue.holds(claim))
    }

    /// `true` where a person's record may be destroyed: looked at again when
    /// the change is written, because they may have filed meanwhile.
    pub(crate) fn frees(&self, subject: &SubjectId, now: Timestamp) -> bool {
        shred_from(&self.requests_of(subject)).is_some_and(|from| from <= now)
    }

    /// Appends to the ledger.
    pub(crate) fn append(&mut self, records: Vec<Record>) {
        for record in records {
            if let Some(id) = record.subject_request.clone() {
                self.ledger.entry(id).or_default().push(record);
            }
        }
    }

    /// Makes everything in a change true.
    pub(crate) fn write(&mut self, change: Change, now: Timestamp) {
        if let Some(claim) = &change.finish {
            self.queue.finish(claim);
        }
        if let Some(mut versioned) = change.request {
            versioned.version += 1;
            let id = versioned.request.id.clone();
            self.requests.insert(id, versioned);
        }
        if let Some(record) = change.shred.and_then(|id| self.people.get_mut(&id)) {
            record.shredded_at = Some(now);
        }
        for (job, not_before) in change.enqueue {
            self.queue.enqueue(job, not_before);
        }
        self.append(change.records);
    }
}
