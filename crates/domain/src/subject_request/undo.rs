//! Taking an erasure back, where its policy declares a window for it. What was
//! taken can be read until the window ends and never afterwards: its key is
//! destroyed then, and only then may our own record of the person go. Refuses
//! to begin after the window, and to end it while rows are on their way back.

use std::collections::BTreeMap;

use candor_policy::charter::Right;
use candor_policy::period::Period;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::transition::Stepped;
use super::{Effect, Outcome, Rejection, State, SubjectRequest};
use crate::calendar::after;
use crate::id::StaffId;
use crate::undo::TableReturn;
use crate::work::{Job, Message};

/// How an erasure can be taken back, and whether it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    /// For how long once it is carried out: as promised when it was filed.
    pub window: Period,
    /// Until when; `None` before it is carried out.
    pub until: Option<Timestamp>,
    /// Who had it taken back, and when.
    pub asked: Option<UndoAsked>,
    /// What came back, by source.
    #[serde(default)]
    pub returned: BTreeMap<String, Vec<TableReturn>>,
    /// When the key was destroyed.
    pub ended_at: Option<Timestamp>,
}

/// That somebody had an erasure taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoAsked {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: StaffId,
}

impl Undo {
    /// For an erasure that is filed under this promise.
    pub(super) const fn promised(window: Period) -> Self {
        Self {
            window,
            until: None,
            asked: None,
            returned: BTreeMap::new(),
            ended_at: None,
        }
    }
}

impl SubjectRequest {
    /// Until when it can be taken back, if it can be now.
    #[must_use]
    pub fn undoable_until(&self, now: Timestamp) -> Option<Timestamp> {
        let undo = self.undo.as_ref()?;
        let fulfilled = matches!(
            self.state,
            State::Completed {
                outcome: Outcome::Fulfilled,
                ..
            }
        );
        let waits = fulfilled && undo.asked.is_none() && undo.ended_at.is_none();
        undo.until.filter(|until| waits && now < *until)
    }

    /// `true` once everything came back that could.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        let undo = self.undo.as_ref();
        undo.is_some_and(|undo| {
            let mut sources = self.sources.keys();
            undo.asked.is_some() && sources.all(|source| undo.returned.contains_key(source))
        })
    }

    /// Whether a source still has to bring back what was taken.
    pub(super) fn awaits_return(&self, source: &str) -> bool {
        let undo = self.undo.as_ref().filter(|_| self.is_kept());
        undo.is_some_and(|undo| undo.asked.is_some() && !undo.returned.contains_key(source))
    }

    /// Whether what it took can still be read.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        let undo = self.undo.as_ref();
        undo.is_some_and(|undo| undo.until.is_some() && undo.ended_at.is_none())
    }

    /// Opens the window of an erasure that is carried out. It is opened once: what
    /// a hold kept and goes later finds it as it is, since nothing may be kept for
    /// longer than the person was told.
    pub(super) fn open_undo(&mut self, outcome: Outcome, now: Timestamp) -> Option<Effect> {
        if outcome != Outcome::Fulfilled || self.right != Right::Erasure {
            self.undo = None;
        }
        let undo = self.undo.as_mut().filter(|undo| undo.until.is_none())?;
        let until = after(now, undo.window);
        undo.until = Some(until);
        let subject_request = self.id.clone();
        Some(self.enqueue(Job::EndUndo { subject_request }, until))
    }

    pub(super) fn undo_asked(&mut self, by: StaffId, now: Timestamp) -> Stepped {
        if self.undoable_until(now).is_none() {
            return Err(Rejection::NotUndoable);
        }
        if let Some(undo) = &mut self.undo {
            undo.asked = Some(UndoAsked {
                at: now,
                by: by.clone(),
            });
        }
        let record = self.record("subject_request.undo_asked", Some(by), now, []);
        let freed = self.stop_waiting_for_holds(now);
        self.sources.values_mut().for_each(Self::stop_settling);
        let jobs = self.sources.keys().map(|source| {
            let job = Job::TakeBack {
                subject_request: self.id.clone(),
                source: source.clone(),
            };
            self.enqueue(job, now)
        });
        let jobs: Vec<Effect> = jobs.collect();
        Ok(std::iter::once(record).chain(freed).chain(jobs).collect())
    }

    /// What a hold kept stays for good once the rest is taken back. The person's
    /// record was kept to find it by, and then has its end again.
    fn stop_waiting_for_holds(&mut self, now: Timestamp) -> Option<Effect> {
        let was_held = self.is_held();
        for progress in self.sources.values_mut() {
            progress.held.clear();
        }
        let frees = was_held && self.last_word_at().is_some();
        frees.then(|| self.shred(self.kept_until(now)))
    }

    pub(super) fn returned(
        &mut self,
        source: String,
        returns: Vec<TableReturn>,
        now: Timestamp,
    ) -> Stepped {
        let known = self.sources.contains_key(&source);
        let undo = self
            .undo
            .as_mut()
            .filter(|undo| known && undo.asked.is_some() && !undo.returned.contains_key(&source));
        let Some(undo) = undo else {
            return Err(Rejection::Repeated);
        };
        let facts = [("source", json!(source)), ("returned", json!(returns))];
        undo.returned.insert(source.clone(), returns);
        self.waiting.remove(&source);
        let mut effects = vec![self.record("subject_request.returned", None, now, facts)];
        if self.is_undone() {
            effects.push(self.record("subject_request.undone", None, now, []));
            effects.push(self.mail(Message::Undone, now));
        }
        Ok(effects)
    }

    pub(super) fn undo_ended(&mut self, now: Timestamp) -> Stepped {
        let back = self.is_undone();
        let kept = self.is_kept();
        let Some(undo) = self.undo.as_mut().filter(|_| kept) else {
            return Err(Rejection::Repeated);
        };
        if undo.until.is_none_or(|until| now < until) {
            return Err(Rejection::Repeated);
        }
        // Rows on their way back are waited for, but not for ever: a source that
        // is gone must not keep the key alive.
        let patience = undo.until.map(|until| after(until, undo.window));
        if undo.asked.is_some() && !back && patience.is_some_and(|end| now < end) {
            return Err(Rejection::Incomplete);
        }
        undo.ended_at = Some(now);
        let facts = [("undone", json!(back))];
        let record = self.record("subject_request.undo_ended", None, now, facts);
        let jobs = self.sources.keys().filter(|_| !back).map(|source| {
            let job = Job::Forget {
                subject_request: self.id.clone(),
                source: source.clone(),
            };
            self.enqueue(job, now)
        });
        let jobs: Vec<Effect> = jobs.collect();
        Ok(std::iter::once(record).chain(jobs).collect())
    }
}
