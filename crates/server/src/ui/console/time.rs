//! The part of a subject request's page about its time: what staff can do about a
//! deadline, and what the person is asked. Says nothing of when it is due.

use candor_domain::clock::{ExtensionReason, Question};
use candor_domain::subject_request::{State as Standing, SubjectRequest};
use jiff::Timestamp;

use super::request::ReasonChoice;
use crate::service::{Conversation, TEXT_CHARS_MAX};
use crate::ui::parts::When;
use crate::ui::words;

/// What staff can do about the time, and what came of it.
pub(super) struct Time {
    pub(super) acknowledge_action: Option<String>,
    pub(super) extend: Option<Extend>,
    pub(super) ask: Option<Ask>,
    pub(super) replied_action: Option<String>,
    pub(super) conversation: Conversation,
}

pub(super) struct Extend {
    pub(super) action: String,
    pub(super) until: When,
    pub(super) reasons: Vec<ReasonChoice>,
}

pub(super) struct Ask {
    pub(super) action: String,
    pub(super) questions: Vec<QuestionChoice>,
    pub(super) chars_max: usize,
}

pub(super) struct QuestionChoice {
    pub(super) key: &'static str,
    pub(super) words: &'static str,
    /// What becomes of the clock.
    pub(super) clock: &'static str,
}

impl Time {
    pub(super) fn of(request: &SubjectRequest, conversation: Conversation, now: Timestamp) -> Self {
        let address = |decision: &str| format!("/console/requests/{}/{decision}", request.id);
        let clock = &request.clock;
        let past = |kind: &str| request.history.iter().any(|moment| moment.kind == kind);
        let owed = clock.acknowledgement().is_some()
            && clock.acknowledged_at.is_none()
            && !past("subject_request.acknowledged");
        let extended = clock
            .extended_to(now)
            .filter(|_| request.is_open() && clock.extension.is_none());
        let undecided = request.state == Standing::Undecided;
        let asked = clock.pause.as_ref().is_some_and(|pause| pause.is_open());
        Self {
            acknowledge_action: (request.is_open() && owed).then(|| address("acknowledge")),
            extend: extended.map(|until| Extend {
                action: address("extend"),
                until: until.into(),
                reasons: ExtensionReason::ALL
                    .map(|reason| ReasonChoice {
                        key: reason.key(),
                        words: words::extension_words(reason),
                    })
                    .into(),
            }),
            ask: (undecided && clock.pause.is_none()).then(|| Ask {
                action: address("ask"),
                questions: Question::ALL
                    .map(|question| QuestionChoice {
                        key: question.key(),
                        words: words::question_words(question),
                        clock: if clock.waits_for(question) {
                            "The clock stands still until the answer, at most 30 days."
                        } else {
                            "The clock goes on meanwhile."
                        },
                    })
                    .into(),
                chars_max: TEXT_CHARS_MAX,
            }),
            replied_action: (undecided && asked).then(|| address("replied")),
            conversation,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.acknowledge_action.is_none()
            && self.extend.is_none()
            && self.ask.is_none()
            && self.replied_action.is_none()
            && self.conversation.question.is_none()
    }
}
