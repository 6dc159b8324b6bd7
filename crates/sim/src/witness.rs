//! What really happened, seen from outside the engine: by the people, in their
//! mailboxes and in the company's databases. Properties compare it with what
//! the engine wrote down.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::id::SubjectRequestId;
use candor_domain::work::Message;
use jiff::Timestamp;

/// One subject request in one source.
pub(crate) type Place = (SubjectRequestId, &'static str);

/// What really happened.
#[derive(Default)]
pub(crate) struct Witness {
    /// When the person filed.
    pub(crate) filed: BTreeMap<SubjectRequestId, Timestamp>,
    /// The deadline the person was told.
    pub(crate) due: BTreeMap<SubjectRequestId, Timestamp>,
    /// Subject requests whose person confirmed in time.
    pub(crate) confirmed: BTreeSet<SubjectRequestId>,
    /// When each mail arrived, as often as it did.
    pub(crate) delivered: BTreeMap<(SubjectRequestId, Message), Vec<Timestamp>>,
    /// Mails that could not be delivered, and when that was given up.
    pub(crate) gave_up: BTreeMap<(SubjectRequestId, Message), Timestamp>,
    /// How often a worker died or stalled while it did a job, by the job's key.
    pub(crate) interrupted: BTreeMap<String, usize>,
    /// When the person was first looked for.
    pub(crate) located: BTreeMap<SubjectRequestId, Timestamp>,
    /// Rows a subject request removed from a source.
    pub(crate) removed: BTreeMap<Place, u64>,
    /// When a source was last erased for a subject request.
    pub(crate) erased: BTreeMap<Place, Timestamp>,
    /// When a source was last searched without finding anything.
    pub(crate) searched_clean: BTreeMap<Place, Timestamp>,
    /// Subject requests whose package holds every source.
    pub(crate) packaged: BTreeSet<SubjectRequestId>,
}

impl Witness {
    /// When the person first got this mail.
    pub(crate) fn told(&self, id: &SubjectRequestId, message: Message) -> Option<Timestamp> {
        let arrivals = self.delivered.get(&(id.clone(), message))?;
        arrivals.first().copied()
    }

    /// How often the person got this mail.
    pub(crate) fn times_told(&self, id: &SubjectRequestId, message: Message) -> usize {
        let arrivals = self.delivered.get(&(id.clone(), message));
        arrivals.map_or(0, Vec::len)
    }

    /// When the person last got this mail, or the attempt to tell them ended.
    pub(crate) fn last_told(&self, id: &SubjectRequestId, message: Message) -> Option<Timestamp> {
        let key = (id.clone(), message);
        let last = self.delivered.get(&key).and_then(|times| times.last());
        last.max(self.gave_up.get(&key)).copied()
    }

    /// When the person first got this mail, or the attempt to tell them ended.
    pub(crate) fn settled(&self, id: &SubjectRequestId, message: Message) -> Option<Timestamp> {
        let gave_up = self.gave_up.get(&(id.clone(), message)).copied();
        self.told(id, message).or(gave_up)
    }
}
