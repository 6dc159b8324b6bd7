//! What happens to the clock of a subject request: it is acknowledged, extended,
//! stopped and started again. Each takes effect when the person was told, never
//! before: a notice that couldn't be sent moves no deadline.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::keeping::later;
use super::transition::Stepped;
use super::{Effect, Rejection, State, SubjectRequest};
use crate::clock::{Extension, ExtensionReason, PAUSE_TIME, Pause, Question};
use crate::id::StaffId;
use crate::work::{Job, Message};

/// Whoever can be answered within this time is not told first that it takes
/// longer.
pub(super) const ACKNOWLEDGE_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl SubjectRequest {
    pub(super) fn acknowledged(&mut self, by: StaffId, now: Timestamp) -> Stepped {
        if !self.is_open() {
            return Err(Rejection::NothingToDecide);
        }
        let asked_before = self.past("subject_request.acknowledged");
        if asked_before || self.clock.acknowledged_at.is_some() {
            return Err(Rejection::Repeated);
        }
        let record = self.record("subject_request.acknowledged", Some(by), now, []);
        Ok(vec![record, self.mail(Message::Acknowledged, now)])
    }

    pub(super) fn extended(
        &mut self,
        by: StaffId,
        reason: ExtensionReason,
        now: Timestamp,
    ) -> Stepped {
        if !self.is_open() {
            return Err(Rejection::NothingToDecide);
        }
        if self.clock.extension.is_some() {
            return Err(Rejection::Repeated);
        }
        if now > self.due_at {
            return Err(Rejection::TooLate);
        }
        if self.clock.extended_to(now).is_none() {
            return Err(Rejection::NotExtendable);
        }
        self.clock.extension = Some(Extension {
            decided_at: now,
            by: by.clone(),
            reason,
            told_at: None,
        });
        let facts = [("reason", json!(reason))];
        let record = self.record("subject_request.extended", Some(by), now, facts);
        Ok(vec![record, self.mail(Message::Extended, now)])
    }

    pub(super) fn asked(&mut self, by: StaffId, question: Question, now: Timestamp) -> Stepped {
        if self.state != State::Undecided {
            return Err(Rejection::NothingToDecide);
        }
        if self.clock.pause.is_some() {
            return Err(Rejection::AskedBefore);
        }
        self.clock.pause = Some(Pause {
            question,
            decided_at: now,
            by: by.clone(),
            asked_at: None,
            ended_at: None,
        });
        let facts = [("question", json!(question))];
        let record = self.record("subject_request.asked", Some(by), now, facts);
        Ok(vec![record, self.mail(Message::Asked, now)])
    }

    pub(super) fn replied(&mut self, by: Option<StaffId>, now: Timestamp) -> Stepped {
        let asked = self.clock.pause.as_ref().is_some_and(Pause::is_open);
        if self.state != State::Undecided || !asked {
            return Err(Rejection::NothingToDecide);
        }
        self.end_pause(now);
        let facts = [("due_at", json!(self.due_at))];
        Ok(vec![self.record("subject_request.replied", by, now, facts)])
    }

    /// Nobody answered our question: the clock goes on.
    pub(super) fn waited_long_enough(&mut self, now: Timestamp) -> Stepped {
        let pause = self.clock.pause.as_ref().filter(|pause| pause.is_open());
        let asked_at = pause.and_then(|pause| pause.asked_at);
        let over = asked_at.is_some_and(|asked_at| now >= later(asked_at, PAUSE_TIME));
        if self.state != State::Undecided || !over {
            return Err(Rejection::Repeated);
        }
        self.end_pause(now);
        let facts = [("due_at", json!(self.due_at))];
        Ok(vec![self.record(
            "subject_request.not_replied",
            None,
            now,
            facts,
        )])
    }

    /// A mail that is not the last word went out, or couldn't.
    pub(super) fn told(&mut self, message: Message, sent: bool, now: Timestamp) -> Option<Effect> {
        let clock = &mut self.clock;
        match message {
            Message::Acknowledged if sent => clock.acknowledged_at = Some(now),
            Message::Extended if sent => {
                if let Some(extension) = &mut clock.extension {
                    extension.told_at = Some(now);
                }
            }
            Message::Asked => {
                if let Some(pause) = &mut clock.pause {
                    pause.asked_at = sent.then_some(now);
                    pause.ended_at = (!sent).then_some(now);
                }
            }
            _ => return None,
        }
        self.retime();
        let subject_request = self.id.clone();
        let waits = message == Message::Asked && sent;
        waits.then(|| self.enqueue(Job::EndPause { subject_request }, later(now, PAUSE_TIME)))
    }

    /// The acknowledgement that a rule demands, unless the answer is there
    /// first.
    pub(super) fn acknowledge_in_time(&self, now: Timestamp) -> Option<Effect> {
        let due_at = self.clock.acknowledgement()?.at;
        let half = due_at.duration_since(now).checked_div(2)?;
        let wait = half.clamp(SignedDuration::ZERO, ACKNOWLEDGE_AFTER);
        Some(self.mail(Message::Acknowledged, later(now, wait)))
    }

    /// The clock goes on, if it stood still.
    pub(super) fn end_pause(&mut self, now: Timestamp) {
        if let Some(pause) = self.clock.pause.as_mut().filter(|pause| pause.is_open()) {
            pause.ended_at = Some(now);
            self.retime();
        }
    }

    /// Takes the deadline over from the clock.
    pub(super) fn retime(&mut self) {
        if let Some(deadline) = self.clock.answer() {
            self.due_at = deadline.at;
        }
    }

    fn past(&self, kind: &str) -> bool {
        self.history.iter().any(|moment| moment.kind == kind)
    }
}
