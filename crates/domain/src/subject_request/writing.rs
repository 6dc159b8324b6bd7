//! The transitions of what is written into sources: corrections, and the marks
//! of a restriction or an objection. Nothing is carried out that a source would
//! not take, nor under an address that nobody proved; nothing counts as written
//! before it was read again.

use candor_policy::charter::Right;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::transition::Stepped;
use super::{Effect, Rejection, Stage, State, SubjectRequest};
use crate::id::StaffId;
use crate::plan::{Action, TableEffect};
use crate::work::{Job, Message};

/// A new address by which the person wants to be known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewContact {
    /// When the link that was sent there was used.
    pub proved_at: Option<Timestamp>,
}

impl SubjectRequest {
    /// Why nothing can be approved: a source would not take it, or the new
    /// address may be somebody else's.
    pub(super) fn refuse_unwritable(&self) -> Result<(), Rejection> {
        let corrects = self.right == Right::Rectification;
        let mut sources = self.sources.values().filter(|_| corrects);
        if sources.any(|source| !source.preview.obstacles.is_empty()) {
            return Err(Rejection::Obstructed);
        }
        let unproved = self.new_contact.as_ref();
        if unproved.is_some_and(|one| one.proved_at.is_none()) {
            return Err(Rejection::ContactUnproved);
        }
        Ok(())
    }

    /// The mail that has the new address proved, once the plan is known.
    pub(super) fn ask_at_new_contact(&self, now: Timestamp) -> Option<Effect> {
        let is_asked = self.says(Message::NewContact);
        is_asked.then(|| self.mail(Message::NewContact, now))
    }

    pub(super) fn contact_proved(&mut self, now: Timestamp) -> Stepped {
        let is_asked = matches!(self.state, State::Locating | State::Undecided);
        let contact = self.new_contact.as_mut().filter(|_| is_asked);
        let contact = contact.ok_or(Rejection::NothingToDecide)?;
        if contact.proved_at.is_some() {
            return Err(Rejection::Repeated);
        }
        contact.proved_at = Some(now);
        let kind = "subject_request.new_contact_proved";
        Ok(vec![self.record(kind, None, now, [])])
    }

    pub(super) fn written(
        &mut self,
        source: &str,
        effects: Vec<TableEffect>,
        now: Timestamp,
    ) -> Stepped {
        let progress = self.carrying(source)?;
        if progress.stage != Stage::Located || !progress.writes {
            return Err(Rejection::Repeated);
        }
        progress.stage = Stage::Written;
        progress.attempts += 1;
        progress.effects = most(&progress.effects, &effects);
        self.recovered(source);
        let facts = [("source", json!(source)), ("effects", json!(effects))];
        let record = self.record("subject_request.written", None, now, facts);
        let job = Job::Verify {
            subject_request: self.id.clone(),
            source: source.to_owned(),
        };
        Ok(vec![record, self.enqueue(job, now)])
    }

    /// What was tried out before is not taken any more: staff must look.
    pub(super) fn unfit(&mut self, source: &str, why: String, now: Timestamp) -> Stepped {
        let progress = self.carrying(source)?;
        if progress.stage != Stage::Located || !progress.writes {
            return Err(Rejection::Repeated);
        }
        progress.stage = Stage::Stuck;
        progress.preview.obstacles = vec![why.clone()];
        self.recovered(source);
        let facts = [("source", json!(source)), ("why", json!(why))];
        let kind = "subject_request.not_taken";
        Ok(vec![self.record(kind, None, now, facts)])
    }

    /// The person was told that the restriction ends: now the sources are.
    pub(super) fn unmark(&mut self, by: Option<StaffId>, now: Timestamp) -> Vec<Effect> {
        if let Some(restriction) = &mut self.restriction {
            restriction.told_at = Some(now);
        }
        let mut effects = vec![self.record("restriction.told", by, now, [])];
        let sources = self.sources.iter().filter(|(_, source)| source.writes);
        let sources: Vec<String> = sources.map(|(source, _)| source.clone()).collect();
        effects.extend(sources.into_iter().map(|source| {
            let job = Job::Unmark {
                subject_request: self.id.clone(),
                source,
            };
            self.enqueue(job, now)
        }));
        effects
    }

    pub(super) fn unmarked(&mut self, source: &str, now: Timestamp) -> Stepped {
        if !self.is_unmarking() {
            return Err(Rejection::Repeated);
        }
        let progress = self.sources.get_mut(source);
        let progress = progress.filter(|progress| progress.writes);
        progress.ok_or(Rejection::Repeated)?.writes = false;
        self.recovered(source);
        let facts = [("source", json!(source))];
        let mut effects = vec![self.record("restriction.unmarked", None, now, facts)];
        if !self.sources.values().any(|source| source.writes) {
            let by = self.restriction.as_ref().and_then(|one| one.ending.clone());
            effects.extend(self.restriction_lifted(by, now));
        }
        Ok(effects)
    }

    /// Whether the marks of a restriction are being taken back.
    #[must_use]
    pub fn is_unmarking(&self) -> bool {
        let restriction = self.restriction.as_ref();
        restriction.is_some_and(|one| one.told_at.is_some() && one.lifted_at.is_none())
    }

    pub(super) fn rewrite(&self, source: String, now: Timestamp) -> Effect {
        let subject_request = self.id.clone();
        let job = Job::Rewrite {
            subject_request,
            source,
        };
        self.enqueue(job, now)
    }
}

/// What was done in all attempts: a row that is written once more is no other
/// row, and rows that stay are those that were found last.
fn most(before: &[TableEffect], now: &[TableEffect]) -> Vec<TableEffect> {
    let mut effects = now.to_vec();
    for earlier in before.iter().filter(|one| one.action == Action::Rewrite) {
        let same = effects
            .iter_mut()
            .find(|one| one.table == earlier.table && one.action == Action::Rewrite);
        match same {
            Some(same) => same.rows = same.rows.max(earlier.rows),
            None => effects.push(earlier.clone()),
        }
    }
    effects
}
