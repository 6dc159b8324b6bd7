//! What must hold in every history, and how it is seen.

pub(crate) mod after_commit;
pub(crate) mod at_the_end;

use std::fmt;

use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Outcome, State, SubjectRequest};
use candor_domain::work::Message;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// No step counts twice. However often a job is delivered, the ledger says
    /// once that a person was located, told or answered, and the rows it
    /// counts are the rows that were removed.
    NothingTwice,
    /// Who asks is answered. In the end every person has one last word: what
    /// was done, that nothing is held, or why not. The same mail comes twice
    /// only where a worker died while it sent it. Only who never confirmed
    /// hears nothing.
    AnsweredOnceOrLapsed,
    /// Once an erasure is completed, no row remains that was there when its
    /// source was last searched.
    NothingLeft,
    /// Nothing is completed that wasn't verified: each source was searched
    /// after it was last erased, and the search found nothing; each source is
    /// in the package.
    CompletedImpliesVerified,
    /// A subject request that is not over moves on by a job in the queue, or
    /// waits for staff; and it does come to its end.
    NoDeadEnd,
    /// The deadline is 30 days after the person filed, or the law's month where
    /// that is shorter, not later than the next working day, whenever they
    /// confirmed. It moves only once they were told that it takes longer, or
    /// were asked something.
    DeadlineFromReceipt,
    /// What we know of a person is not destroyed before their last word, nor
    /// within the time in which they can fetch their package or answer a
    /// refusal, whatever others file in their name.
    LastWordFirst,
    /// What we know of a person is destroyed in the end.
    NothingKept,
    /// The ledger and the subject request's own history tell the same, and
    /// each entry names the promise, the charter and the subject request.
    LedgerAgrees,
}

impl Property {
    /// Every property.
    pub const ALL: [Self; 9] = [
        Self::NothingTwice,
        Self::AnsweredOnceOrLapsed,
        Self::NothingLeft,
        Self::CompletedImpliesVerified,
        Self::NoDeadEnd,
        Self::DeadlineFromReceipt,
        Self::LastWordFirst,
        Self::NothingKept,
        Self::LedgerAgrees,
    ];
}

/// A property that doesn't hold.
#[derive(Clone, Debug)]
pub(crate) struct Violation {
    pub(crate) property: Property,
    pub(crate) what: String,
}

/// Says which property fails, and for whom.
pub(crate) fn fails(
    property: Property,
    id: &dyn fmt::Display,
    what: impl fmt::Display,
) -> Violation {
    Violation {
        property,
        what: format!("{id}: {what}"),
    }
}

/// The last word a person must have heard.
const fn last_word(request: &SubjectRequest) -> Option<Message> {
    match request.state {
        State::Completed { outcome, .. } => Some(match outcome {
            Outcome::Fulfilled => Message::Completed,
            Outcome::NothingHeld => Message::NothingHeld,
        }),
        State::Refused { .. } => Some(Message::Refused),
        _ => None,
    }
}

/// Every last word.
const LAST_WORDS: [Message; 3] = [Message::Completed, Message::NothingHeld, Message::Refused];

fn unknown(id: &SubjectRequestId) -> Violation {
    fails(Property::LedgerAgrees, id, "nobody filed it")
}
