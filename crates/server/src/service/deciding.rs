//! Everything that staff, or a program with a key, decide and do about one subject
//! request: one list, whatever the way it comes in. Texts are sealed under the
//! person's key in the change that records what was done.

use candor_domain::clock::{ExtensionReason, Question};
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::personal::Personal;
use candor_domain::subject_request::{Event, RefusalReason, Rejection, System, Tenant};
use candor_store::Change;
use thiserror::Error;

use super::arranging::{ANSWER, note_name};
use super::timing::QUESTION;
use super::{OnceName, Service, ServiceError};

/// A decision that was not taken.
#[derive(Debug, Error)]
pub enum DecideError {
    /// No such subject request.
    #[error("there is no such subject request")]
    Unknown,
    /// It doesn't wait for a decision (any more).
    #[error("{0}")]
    Rejected(#[from] Rejection),
    /// Something inside.
    #[error("the decision could not be recorded")]
    Service(#[from] ServiceError),
}

/// Who decides, and for whom: a tenant decides about its own end users, and nobody
/// else does. Whoever processes for it acts on its instructions (Article 28(3)(a)).
#[derive(Clone, Debug)]
pub struct Decider {
    /// Under which records name them.
    pub by: StaffId,
    /// The tenant in whose name; `None` for the organisation.
    pub tenant: Option<Tenant>,
}

impl Decider {
    /// A member of staff.
    #[must_use]
    pub fn staff(by: &StaffId) -> Self {
        Self {
            by: by.clone(),
            tenant: None,
        }
    }
}

/// What somebody decides or does about a subject request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is carried out.
    Approve,
    /// It is refused, with a reason.
    Refuse(RefusalReason),
    /// It is taken back in the person's name.
    Cancel,
    /// What a completed erasure took comes back, within its window.
    Undo,
    /// A stuck source is tried once more, after somebody looked into it.
    Retry {
        /// Its declared name.
        source: String,
    },
    /// The person is told now that it arrived.
    Acknowledge,
    /// The person is told that it takes longer, and why; the deadline moves once
    /// that mail is out.
    Extend(ExtensionReason),
    /// The person is asked something on their own page; a mail leads them there.
    Ask {
        /// What it is about.
        question: Question,
        /// In the words of staff.
        text: Personal<String>,
    },
    /// The person answered in another way.
    Replied,
    /// A complaint is answered; the text goes out by mail.
    Answer {
        /// The answer.
        text: Personal<String>,
    },
    /// A task is done.
    TaskDone {
        /// Where.
        system: System,
        /// What is noted about it.
        note: Option<Personal<String>>,
    },
    /// A task that was said to be done is not.
    TaskReopened {
        /// Where.
        system: System,
        /// Why: it takes the place of what was noted about it.
        reason: Personal<String>,
    },
    /// A restriction ends, once the person was told.
    Lift,
}

impl Decision {
    /// Whether it says what becomes of the person's data: the controller's to say.
    /// Everything else is done by whoever carries it out, or in the person's name.
    const fn is_the_controllers(&self) -> bool {
        matches!(
            self,
            Self::Approve | Self::Refuse(_) | Self::Undo | Self::Lift
        )
    }
}

impl Service {
    /// Decides or does something about a subject request, as staff.
    ///
    /// # Errors
    /// A [`DecideError`].
    pub async fn decide(
        &self,
        id: &SubjectRequestId,
        decision: Decision,
        by: &StaffId,
    ) -> Result<(), DecideError> {
        self.decide_once(id, decision, &Decider::staff(by), None)
            .await
    }

    /// The same, once where a name for it is given.
    ///
    /// # Errors
    /// A [`DecideError`].
    pub async fn decide_once(
        &self,
        id: &SubjectRequestId,
        decision: Decision,
        decider: &Decider,
        once: Option<&OnceName>,
    ) -> Result<(), DecideError> {
        let known = self.store().request(id).await.map_err(ServiceError::from)?;
        let request = known.ok_or(DecideError::Unknown)?.value;
        if decision.is_the_controllers() && request.tenant != decider.tenant {
            return Err(Rejection::TenantDecides.into());
        }
        let mut change = match text_of(&decision) {
            Some((name, text)) => {
                let text = text.expose("it is sealed under the person's key");
                self.sealing(&request, &name, text).await?
            }
            None => Change::default(),
        };
        change.once = once.map(|once| once.row(id.as_str()));
        let event = event(decision, decider.by.clone());
        self.take_in(id, &event, &change).await??;
        Ok(())
    }

    /// Approves the plan of a subject request.
    ///
    /// # Errors
    /// A [`DecideError`].
    pub async fn approve(&self, id: &SubjectRequestId, by: &StaffId) -> Result<(), DecideError> {
        self.decide(id, Decision::Approve, by).await
    }

    /// Has a stuck source tried once more, after somebody looked into it.
    ///
    /// # Errors
    /// A [`DecideError`].
    pub async fn retry(
        &self,
        id: &SubjectRequestId,
        by: &StaffId,
        source: String,
    ) -> Result<(), DecideError> {
        self.decide(id, Decision::Retry { source }, by).await
    }

    /// Has a completed erasure undone, within its window.
    ///
    /// # Errors
    /// A [`DecideError`].
    pub async fn undo(&self, id: &SubjectRequestId, by: &StaffId) -> Result<(), DecideError> {
        self.decide(id, Decision::Undo, by).await
    }

    /// Takes in that staff did a task, with what they write about it.
    ///
    /// # Errors
    /// A [`DecideError`].
    pub async fn task_done(
        &self,
        id: &SubjectRequestId,
        by: &StaffId,
        system: System,
        note: Option<&str>,
    ) -> Result<(), DecideError> {
        let note = note.map(|note| Personal::new(note.to_owned()));
        let done = Decision::TaskDone { system, note };
        self.decide(id, done, by).await
    }
}

/// The text that comes with a decision, and under which name it is sealed.
fn text_of(decision: &Decision) -> Option<(String, &Personal<String>)> {
    match decision {
        Decision::Ask { text, .. } => Some((QUESTION.to_owned(), text)),
        Decision::Answer { text } => Some((ANSWER.to_owned(), text)),
        Decision::TaskDone { system, note } => Some((note_name(system), note.as_ref()?)),
        Decision::TaskReopened { system, reason } => Some((note_name(system), reason)),
        _ => None,
    }
}

fn event(decision: Decision, by: StaffId) -> Event {
    match decision {
        Decision::Approve => Event::Approved { by },
        Decision::Refuse(reason) => Event::Refused { by, reason },
        Decision::Cancel => Event::Cancelled { by: Some(by) },
        Decision::Undo => Event::UndoAsked { by },
        Decision::Retry { source } => Event::Retried { by, source },
        Decision::Acknowledge => Event::Acknowledged { by },
        Decision::Extend(reason) => Event::Extended { by, reason },
        Decision::Ask { question, .. } => Event::Asked { by, question },
        Decision::Replied => Event::Replied { by: Some(by) },
        Decision::Answer { .. } => Event::Answered { by },
        Decision::TaskDone { system, .. } => Event::TaskDone { by, system },
        Decision::TaskReopened { system, .. } => Event::TaskReopened { by, system },
        Decision::Lift => Event::Lifted { by },
    }
}
