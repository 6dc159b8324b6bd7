//! The transitions of rights that people carry out: the wish is heard, tasks
//! are done one by one, a complaint is answered, a restriction holds until the
//! person was told that it ends (Article 18(3)).

use std::collections::BTreeMap;

use candor_policy::charter::Right;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::keeping::later;
use super::transition::Stepped;
use super::{
    Effect, NewContact, Outcome, RefusalReason, Rejection, Stage, State, SubjectRequest, System,
    Task, TaskDone, Wish,
};
use crate::id::StaffId;
use crate::work::{Job, Message};

/// How long a person who proved their address can say what they want.
pub const WISH_TIME: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Purposes that staff went on with after an objection, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: StaffId,
    /// Why (Article 12(4)).
    pub reason: RefusalReason,
    /// The declared purposes.
    pub purposes: Vec<String>,
}

/// A restriction that is or was in force: nothing of the person's is used,
/// changed or deleted meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// From when.
    pub since: Timestamp,
    /// Who decided that it ends, while the person is being told.
    pub ending: Option<StaffId>,
    /// When the person was told, while what says so in the sources is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// When the person was told that it ends, and nothing says so any more.
    pub lifted_at: Option<Timestamp>,
}

impl SubjectRequest {
    /// Whether the person's data may only be stored now.
    #[must_use]
    pub fn restricts(&self) -> bool {
        let restriction = self.restriction.as_ref();
        restriction.is_some_and(|one| one.lifted_at.is_none())
    }

    /// Proved, but it is not said yet what is wanted.
    pub(super) fn await_wish(&mut self, now: Timestamp) -> Effect {
        let expires_at = later(now, WISH_TIME);
        self.state = State::Unstated { expires_at };
        let subject_request = self.id.clone();
        self.enqueue(Job::LapseUnstated { subject_request }, expires_at)
    }

    pub(super) fn stated(&mut self, by: Option<StaffId>, wish: Wish, now: Timestamp) -> Stepped {
        match self.state {
            State::Unstated { expires_at } if now > expires_at => return Err(Rejection::Lapsed),
            State::Unstated { .. } => {}
            // Staff take in other values where a source doesn't take these.
            State::Undecided if self.right == Right::Rectification && by.is_some() => {}
            _ => return Err(Rejection::NothingToDecide),
        }
        let facts = [
            ("purposes", json!(wish.purposes)),
            ("marketing", json!(wish.marketing)),
            ("ground", json!(wish.ground)),
            ("corrections", json!(wish.corrections)),
        ];
        self.new_contact = wish.changes_contact.then(NewContact::default);
        self.wish = Some(wish);
        let record = self.record("subject_request.stated", by, now, facts);
        let next = self.look_or_answer(now);
        let acknowledge = self.acknowledge_in_time(now);
        Ok([record]
            .into_iter()
            .chain(next)
            .chain(acknowledge)
            .collect())
    }

    /// Whether a restriction stands that can be lifted: nobody is told yet that it ends.
    #[must_use]
    pub fn can_be_lifted(&self) -> bool {
        let restriction = self.restriction.as_ref().filter(|_| self.restricts());
        matches!(self.state, State::Completed { .. })
            && restriction.is_some_and(|one| one.ending.is_none())
    }

    /// A complaint needs an answer, not a search.
    pub(super) fn look_or_answer(&mut self, now: Timestamp) -> Option<Effect> {
        if self.right == Right::Complaint {
            self.state = State::Undecided;
            return None;
        }
        self.state = State::Locating;
        let subject_request = self.id.clone();
        Some(self.enqueue(Job::Locate { subject_request }, now))
    }

    pub(super) fn answered(&mut self, by: StaffId, now: Timestamp) -> Stepped {
        if self.state != State::Undecided || self.right != Right::Complaint {
            return Err(Rejection::NothingToDecide);
        }
        self.end_pause(now);
        let record = self.record("subject_request.answered", Some(by), now, []);
        Ok([vec![record], self.close(Outcome::Fulfilled, now)].concat())
    }

    /// Direct marketing ends whatever staff decide about the rest.
    pub(super) fn declined_in_part(
        &mut self,
        by: &StaffId,
        reason: RefusalReason,
        now: Timestamp,
    ) -> Option<Vec<Effect>> {
        let wish = self
            .wish
            .as_mut()
            .filter(|_| self.right == Right::Objection)?;
        if wish.marketing.is_empty() {
            return None;
        }
        let purposes = std::mem::take(&mut wish.purposes);
        let facts = [
            ("reason", json!(reason.key())),
            ("purposes", json!(purposes)),
        ];
        self.declined = Some(super::Declined {
            at: now,
            by: by.clone(),
            reason,
            purposes,
        });
        let kind = "subject_request.declined_in_part";
        let record = self.record(kind, Some(by.clone()), now, facts);
        Some(vec![record, self.prepare(now)])
    }

    /// What is to be done by hand is known; what is left to do by machine starts.
    pub(super) fn arrange(&mut self, tasks: BTreeMap<System, Task>, now: Timestamp) -> Vec<Effect> {
        self.tasks = tasks;
        if self.right == Right::Restriction {
            self.restriction = Some(Restriction {
                since: now,
                ending: None,
                told_at: None,
                lifted_at: None,
            });
        }
        if self.is_settled() {
            return self.close(Outcome::Fulfilled, now);
        }
        Vec::new()
    }

    pub(super) fn task_done(&mut self, by: StaffId, system: &System, now: Timestamp) -> Stepped {
        if self.state != State::Carrying {
            return Err(Rejection::NothingToDecide);
        }
        let task = self.tasks.get_mut(system);
        let task = task.ok_or(Rejection::NothingToDecide)?;
        if task.done.is_some() {
            return Err(Rejection::Repeated);
        }
        task.done = Some(TaskDone {
            at: now,
            by: by.clone(),
        });
        let facts = [("system", json!(system))];
        let mut effects = vec![self.record("subject_request.task_done", Some(by), now, facts)];
        if self.is_settled() {
            effects.extend(self.close(Outcome::Fulfilled, now));
        }
        Ok(effects)
    }

    /// A task was marked done by mistake. Once the request is answered it is too
    /// late: the receipt says that all was done.
    pub(super) fn task_reopened(
        &mut self,
        by: StaffId,
        system: &System,
        now: Timestamp,
    ) -> Stepped {
        let task = self.tasks.get_mut(system);
        let task = task.filter(|task| task.done.is_some());
        let task = task.ok_or(Rejection::NothingToDecide)?;
        if self.state != State::Carrying || self.first_answered_at.is_some() {
            return Err(Rejection::AnsweredBefore);
        }
        task.done = None;
        let facts = [("system", json!(system))];
        let kind = "subject_request.task_reopened";
        Ok(vec![self.record(kind, Some(by), now, facts)])
    }

    /// Whether everything is done that was to be done, by whomever.
    pub(super) fn is_settled(&self) -> bool {
        let by_hand = self.tasks.values().all(|task| task.done.is_some());
        let mut sources = self.sources.values();
        let by_machine = match self.right {
            Right::Access | Right::Portability => {
                sources.all(|source| source.stage == Stage::Packaged)
            }
            Right::Erasure => sources.all(|source| source.stage == Stage::Verified),
            _ => sources.all(|source| !source.writes || source.stage == Stage::Verified),
        };
        by_hand && by_machine
    }

    pub(super) fn lifted(&mut self, by: StaffId, now: Timestamp) -> Stepped {
        let is_completed = matches!(self.state, State::Completed { .. });
        let restriction = self.restriction.as_mut().filter(|_| is_completed);
        let restriction = restriction.ok_or(Rejection::NothingToDecide)?;
        if restriction.lifted_at.is_some() || restriction.ending.is_some() {
            return Err(Rejection::Repeated);
        }
        restriction.ending = Some(by.clone());
        let record = self.record("restriction.ending", Some(by), now, []);
        Ok(vec![record, self.mail(Message::Lifting, now)])
    }

    /// The person was told that the restriction ends, or could not be told: then
    /// it goes on.
    pub(super) fn told_of_lifting(&mut self, sent: bool, now: Timestamp) -> Stepped {
        let restriction = self.restriction.as_mut();
        let restriction = restriction
            .filter(|one| one.ending.is_some() && one.told_at.is_none() && one.lifted_at.is_none());
        let restriction = restriction.ok_or(Rejection::Repeated)?;
        let by = restriction.ending.clone();
        if !sent {
            restriction.ending = None;
            return Ok(vec![self.record("restriction.goes_on", by, now, [])]);
        }
        if self.sources.values().any(|source| source.writes) {
            return Ok(self.unmark(by, now));
        }
        Ok(self.restriction_lifted(by, now))
    }

    /// It is over, everywhere.
    pub(super) fn restriction_lifted(
        &mut self,
        by: Option<StaffId>,
        now: Timestamp,
    ) -> Vec<Effect> {
        if let Some(restriction) = &mut self.restriction {
            restriction.lifted_at = Some(now);
        }
        let record = self.record("restriction.lifted", by, now, []);
        vec![record, self.shred(later(now, self.kept_after_word()))]
    }
}
