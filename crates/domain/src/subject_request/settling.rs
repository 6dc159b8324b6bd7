//! After an erasure: what writers that came late, or a database that was put
//! back, brought again is looked for once more when things have settled, and
//! until then our own record of the person is needed. And how thoroughly the
//! rows are gone, which is never more than what was seen.

use std::collections::BTreeMap;

use candor_policy::charter::Right;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::keeping::later;
use super::transition::Stepped;
use super::{
    ERASE_ATTEMPTS_MAX, Effect, Outcome, Progress, Rejection, SearchedReplicas, Stage,
    SubjectRequest,
};
use crate::calendar::after;
use crate::plan::Residue;
use crate::work::Job;

/// How long after an erasure its rows are looked for again, where the policy
/// doesn't say.
pub const SETTLING_TIME: SignedDuration = SignedDuration::from_hours(24);
/// How long a source that can't be asked is waited for after that.
pub const SETTLING_PATIENCE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often it is looked whether what was deleted is gone from the storage: a
/// month of days.
pub const LOOKS_MAX: u32 = 30;
/// The time between two such looks.
const BETWEEN_LOOKS: SignedDuration = SignedDuration::from_hours(24);

/// How thoroughly an erasure was carried out, after Data-CASE: each grade is
/// harder to take back than the one before. Its last, *shredded*, is not among
/// them: no source holds its rows sealed under a key of the person's, so that
/// none could be destroyed. What Candor itself kept of somebody is shredded, and
/// `seen` says where that was so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Nobody finds it any more, and a sealed copy can still be opened.
    Inaccessible,
    /// The rows are gone; the storage may still hold what they were.
    Deleted,
    /// The database cleaned up behind them.
    Vacuumed,
}

impl Grade {
    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Inaccessible => "inaccessible",
            Self::Deleted => "deleted",
            Self::Vacuumed => "vacuumed",
        }
    }
}

/// A grade, and by what it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// The grade.
    pub grade: Grade,
    /// What was seen, and what was not.
    pub seen: String,
}

/// What a source's storage shows of rows that were deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traces {
    /// Whether the database was seen to have cleaned up behind them.
    pub gone: bool,
    /// What was seen, without personal data.
    pub seen: String,
    /// What the next look has to know of this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// How far a source has settled after an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settling {
    /// When it is looked at next.
    pub due_at: Timestamp,
    /// When the person was looked for again and not found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub searched_at: Option<Timestamp>,
    /// How often something was found after all.
    #[serde(default)]
    pub found: u32,
    /// How often its storage was looked at.
    #[serde(default)]
    pub looks: u32,
    /// What its storage showed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traces: Option<Traces>,
    /// When it was given up, because the source could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up_at: Option<Timestamp>,
}

impl Settling {
    /// To be looked at when things have settled.
    const fn due(due_at: Timestamp) -> Self {
        Self {
            due_at,
            searched_at: None,
            found: 0,
            looks: 0,
            traces: None,
            given_up_at: None,
        }
    }

    /// Whether the person still has to be looked for.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.searched_at.is_none() && self.given_up_at.is_none()
    }

    /// Whether there is anything left to look at.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let traces = self.traces.as_ref();
        let seen_all = traces.is_none_or(|traces| traces.gone) || self.looks >= LOOKS_MAX;
        self.given_up_at.is_some() || (self.searched_at.is_some() && seen_all)
    }
}

impl SubjectRequest {
    /// Which grade of erasure each source has reached, by its name; nothing of
    /// what is not erased, or was brought back.
    #[must_use]
    pub fn grades(&self) -> BTreeMap<&str, Reached> {
        let erased = self.right == Right::Erasure && !self.is_undone();
        let sources = self.sources.iter().filter(|_| erased);
        let touched = sources.filter(|(_, progress)| {
            progress.stage == Stage::Verified && progress.effects.iter().any(|one| one.rows > 0)
        });
        touched
            .map(|(source, progress)| (source.as_str(), self.reached(progress)))
            .collect()
    }

    fn reached(&self, progress: &Progress) -> Reached {
        if self.is_kept() {
            return Reached {
                grade: Grade::Inaccessible,
                seen: "looked for and not found; what it took is kept, sealed, so that it can be undone".to_owned(),
            };
        }
        let settling = progress.settling.as_ref();
        let traces = settling.and_then(|settling| settling.traces.as_ref());
        let mut seen = match settling.and_then(|settling| settling.searched_at) {
            None => "looked for and not found".to_owned(),
            Some(_) => "looked for and not found, and again after it had settled".to_owned(),
        };
        match progress.replicas.as_ref().map(|own| own.names.len()) {
            None => {}
            Some(1) => seen.push_str(", in its read replica as well"),
            Some(several) => seen.push_str(&format!(", in its {several} read replicas as well")),
        }
        if self
            .undo
            .as_ref()
            .is_some_and(|undo| undo.ended_at.is_some())
        {
            seen.push_str("; the key of what was kept for an undo is destroyed");
        }
        if let Some(traces) = traces {
            seen.push_str("; ");
            seen.push_str(&traces.seen);
        }
        let gone = traces.is_some_and(|traces| traces.gone);
        Reached {
            grade: if gone {
                Grade::Vacuumed
            } else {
                Grade::Deleted
            },
            seen,
        }
    }

    /// Says in a record in how many read replicas of a source was searched as
    /// well. Where they are is nobody's business who reads the ledger.
    pub(super) fn tell_replicas(&self, source: &str, record: &mut Effect) {
        let progress = self.sources.get(source);
        let searched = progress.and_then(|progress| progress.replicas.as_ref());
        if let (Some(searched), Effect::Record(record)) = (searched, record) {
            let fact = format!("{source}.replicas");
            record.facts.insert(fact, json!(searched.names.len()));
        }
    }

    /// Since when nothing was erased any more, in any source.
    #[must_use]
    pub fn absent_since(&self) -> Option<Timestamp> {
        let mut searched = self.history.iter().rev();
        let last = searched.find(|moment| moment.kind == "subject_request.verified_absent");
        last.map(|moment| moment.at)
    }

    /// Whether a source still has to be looked at again, so that what leads to
    /// the person is needed.
    #[must_use]
    pub fn is_settling(&self) -> bool {
        let mut settling = self
            .sources
            .values()
            .filter_map(|one| one.settling.as_ref());
        settling.any(Settling::is_open)
    }

    /// Until when what leads to the person is needed for that at least.
    pub(super) fn settled_from(&self) -> Option<Timestamp> {
        let settling = self
            .sources
            .values()
            .filter_map(|one| one.settling.as_ref());
        let open = settling.filter(|settling| settling.is_open());
        open.map(|settling| settling.due_at).max()
    }

    /// Whether a source is erased once more, because something was found there
    /// when it had settled.
    #[must_use]
    pub fn is_reopened(&self, source: &str) -> bool {
        let progress = self.sources.get(source);
        progress.is_some_and(|progress| {
            let open = progress.settling.as_ref().is_some_and(Settling::is_open);
            open && progress.stage != Stage::Verified
        })
    }

    /// An erasure is carried out: every source of it is looked at again.
    pub(super) fn begin_settling(&mut self, outcome: Outcome, now: Timestamp) -> Vec<Effect> {
        if self.right != Right::Erasure || outcome != Outcome::Fulfilled {
            return Vec::new();
        }
        let due_at = self.settles_at(now);
        let sources = self.sources.iter_mut();
        let new = sources.filter(|(_, one)| one.stage == Stage::Verified && one.settling.is_none());
        let sources: Vec<String> = new
            .map(|(source, progress)| {
                progress.settling = Some(Settling::due(due_at));
                source.clone()
            })
            .collect();
        let jobs = sources
            .into_iter()
            .map(|source| self.settle(source, due_at));
        jobs.collect()
    }

    /// What was erased again after it had settled settles anew.
    pub(super) fn settle_anew(&mut self, source: &str, now: Timestamp) -> Option<Effect> {
        let due_at = self.settles_at(now);
        let settling = self.sources.get_mut(source)?.settling.as_mut()?;
        settling.due_at = due_at;
        // What was seen before says nothing of what was erased since.
        settling.traces = None;
        Some(self.settle(source.to_owned(), due_at))
    }

    /// When what was erased now has settled.
    fn settles_at(&self, now: Timestamp) -> Timestamp {
        match self.settle {
            Some(settle) => after(now, settle),
            None => later(now, SETTLING_TIME),
        }
    }

    /// What comes back, or is to be erased further, is not looked for.
    pub(super) fn stop_settling(progress: &mut Progress) {
        if progress.settling.take().is_some() {
            progress.residue.clear();
        }
    }

    pub(super) fn settled(
        &mut self,
        source: &str,
        (residue, replicas): (Vec<Residue>, Vec<String>),
        traces: Option<Traces>,
        now: Timestamp,
    ) -> Stepped {
        let progress = self.sources.get_mut(source);
        let progress = progress.filter(|one| one.stage == Stage::Verified);
        let Some(progress) = progress else {
            return Err(Rejection::Repeated);
        };
        let Some(settling) = progress.settling.as_mut().filter(|one| !one.is_over()) else {
            return Err(Rejection::Repeated);
        };
        if now < settling.due_at {
            return Err(Rejection::Repeated);
        }
        if settling.is_open() {
            progress.replicas = SearchedReplicas::of(replicas, now);
        }
        self.waiting.remove(source);
        if !residue.is_empty() && settling.is_open() {
            return Ok(self.came_back(source, residue, now));
        }
        let is_first = settling.searched_at.is_none();
        settling.searched_at.get_or_insert(now);
        settling.looks += u32::from(traces.is_some());
        settling.traces = traces;
        settling.due_at = later(now, BETWEEN_LOOKS);
        let (is_over, due_at) = (settling.is_over(), settling.due_at);
        let gone = settling.traces.as_ref().is_some_and(|one| one.gone);
        let mut effects = Vec::new();
        let reached = self.grades().remove(source);
        let grade = reached.as_ref().map(|reached| reached.grade.key());
        let seen = reached.as_ref().map(|reached| reached.seen.as_str());
        let facts = [
            ("source", json!(source)),
            ("grade", json!(grade)),
            ("seen", json!(seen)),
        ];
        if is_first {
            let mut record = self.record("subject_request.settled", None, now, facts);
            self.tell_replicas(source, &mut record);
            effects.push(record);
        } else if gone {
            effects.push(self.record("subject_request.cleaned_up", None, now, facts));
        }
        if !is_over {
            effects.push(self.settle(source.to_owned(), due_at));
        }
        Ok(effects)
    }

    /// Something is there again: it is erased once more, and the promise is
    /// broken as long as it is there.
    fn came_back(&mut self, source: &str, residue: Vec<Residue>, now: Timestamp) -> Vec<Effect> {
        let rows: u64 = residue.iter().map(|residue| residue.rows).sum();
        let mut exhausted = false;
        if let Some(progress) = self.sources.get_mut(source) {
            exhausted = progress.attempts >= ERASE_ATTEMPTS_MAX;
            progress.residue = residue;
            progress.stage = if exhausted {
                Stage::Stuck
            } else {
                Stage::Located
            };
            if let Some(settling) = &mut progress.settling {
                settling.found += 1;
            }
        }
        let facts = [("source", json!(source)), ("rows", json!(rows))];
        let record = self.record("subject_request.came_back", None, now, facts);
        let mut effects = vec![record, self.enqueue(Job::Observe, now)];
        if !exhausted {
            let subject_request = self.id.clone();
            let source = source.to_owned();
            let job = Job::Erase {
                subject_request,
                source,
            };
            effects.push(self.enqueue(job, now));
        }
        effects
    }

    /// A source that can't be asked is not waited for any longer: what we know
    /// of the person must not stay for it.
    pub(super) fn unsettled(&mut self, source: &str, now: Timestamp) -> Stepped {
        let progress = self.sources.get_mut(source);
        let settling = progress.and_then(|one| one.settling.as_mut());
        let Some(settling) = settling.filter(|one| !one.is_over()) else {
            return Err(Rejection::Repeated);
        };
        if now < later(settling.due_at, SETTLING_PATIENCE) {
            return Err(Rejection::Repeated);
        }
        settling.given_up_at = Some(now);
        self.waiting.remove(source);
        let facts = [("source", json!(source))];
        Ok(vec![self.record(
            "subject_request.unsettled",
            None,
            now,
            facts,
        )])
    }

    fn settle(&self, source: String, due_at: Timestamp) -> Effect {
        let subject_request = self.id.clone();
        self.enqueue(
            Job::Settle {
                subject_request,
                source,
            },
            due_at,
        )
    }
}
