//! How long our own record of a person is needed: their key, their contact and
//! whatever is sealed under the key. Each subject request asks for it to be
//! destroyed when its own last word is out; only all of a person's subject
//! requests together say whether it may be. Otherwise a stranger could destroy
//! somebody's package by filing under their address and letting it lapse.

use candor_policy::charter::Right;
use jiff::{SignedDuration, Timestamp};

use super::{Outcome, State, SubjectRequest};
use crate::work::Message;

/// How long a package can be fetched.
pub const PACKAGE_TIME: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long a person who was refused, or whose complaint was answered, can be
/// written to at the address they proved.
const CONTACT_TIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The moment from which a person's record may be destroyed, given all of
/// their subject requests; `None` while one of them is not over, or still owes
/// the person a word, and [`Timestamp::MAX`] while a choice of theirs lasts.
/// Whatever was kept for an earlier one, a choice too, goes with an erasure; a package they were told of in the same moment stays.
///
/// Whoever destroys asks this first, and writes only if nothing was filed
/// meanwhile. If the answer is `None` or later than now, the job stays in the
/// queue and asks again: it is the only one that will. What lasts has no end to
/// wait for: whatever ends it asks anew.
#[must_use]
pub fn shred_from(requests: &[SubjectRequest]) -> Option<Timestamp> {
    let last_words: Option<Vec<(Timestamp, &SubjectRequest)>> = requests
        .iter()
        .map(|request| Some((request.last_word_at()?, request)))
        .collect();
    let last_words = last_words?;
    // What an erasure took dies with its window, told in the ledger, and only
    // then with the person's key.
    if requests
        .iter()
        .any(|own| own.is_kept() || own.owes_return() || own.is_settling())
    {
        return None;
    }
    let needed = last_words.iter().map(|(said_at, request)| {
        let erasures = last_words.iter().filter(|(erased_at, other)| {
            other.right == Right::Erasure && other.is_completed() && erased_at > said_at
        });
        let erased_at = erasures.map(|(erased_at, _)| *erased_at).min();
        let until = request.kept_until(*said_at);
        erased_at.map_or(until, |erased_at| until.min(erased_at))
    });
    Some(needed.max().unwrap_or(Timestamp::MIN))
}

impl SubjectRequest {
    /// When the person was told the end of it, or telling them was given up.
    pub(super) fn last_word_at(&self) -> Option<Timestamp> {
        match self.state {
            // It goes on one day.
            State::Completed { .. } if self.is_held() => None,
            State::Lapsed { at } => Some(at),
            State::Cancelled { at, .. } if self.proof.is_none() => Some(at),
            _ => self.settled_at(self.last_word()?),
        }
    }

    /// What the person is told at the end.
    const fn last_word(&self) -> Option<Message> {
        match self.state {
            State::Completed { outcome, .. } => Some(match outcome {
                Outcome::Fulfilled if self.first_answered_at.is_some() => Message::Finished,
                Outcome::Fulfilled => Message::Completed,
                Outcome::NothingHeld => Message::NothingHeld,
            }),
            State::Refused { .. } => Some(Message::Refused),
            State::Cancelled { .. } => Some(Message::Cancelled),
            _ => None,
        }
    }

    /// `true` where this message has its turn. The verification mail does until
    /// it is taken back: the person may be faster than the report that it was sent. Whoever
    /// is about to send one that is only of use beforehand asks this first.
    #[must_use]
    pub fn says(&self, message: Message) -> bool {
        match message {
            Message::Verify => !matches!(self.state, State::Cancelled { .. }),
            Message::NewContact => {
                let unproved = self.new_contact.as_ref();
                self.is_open() && unproved.is_some_and(|one| one.proved_at.is_none())
            }
            Message::Acknowledged => self.is_open() && self.clock.acknowledged_at.is_none(),
            Message::Extended => {
                let extension = self.clock.extension.as_ref();
                self.is_open() && extension.is_some_and(|one| one.told_at.is_none())
            }
            Message::Asked => {
                let pause = self.clock.pause.as_ref();
                self.is_open() && pause.is_some_and(|one| one.is_open() && one.asked_at.is_none())
            }
            Message::Lifting => {
                let restriction = self.restriction.as_ref();
                restriction.is_some_and(|one| {
                    one.ending.is_some() && one.told_at.is_none() && one.lifted_at.is_none()
                })
            }
            Message::Undone => self.is_undone(),
            Message::Completed
            | Message::Finished
            | Message::NothingHeld
            | Message::Refused
            | Message::Cancelled => self.last_word() == Some(message),
        }
    }

    /// When a message was sent or given up.
    pub(super) fn settled_at(&self, message: Message) -> Option<Timestamp> {
        let settled = self.history.iter().find(|moment| {
            let sent_or_failed = ["mail.", "mail_failed."].into_iter();
            let mut kinds = sent_or_failed.filter_map(|kind| moment.kind.strip_prefix(kind));
            kinds.any(|key| key == message.key())
        });
        settled.map(|moment| moment.at)
    }

    /// Until when the person's record serves them still, once they were told the
    /// last word.
    pub(super) fn kept_until(&self, said_at: Timestamp) -> Timestamp {
        let until = later(said_at, self.kept_after_word());
        let undo = self.undo.as_ref().filter(|_| self.is_kept());
        let undo = undo.and_then(|undo| undo.until);
        let settled = self.settled_from();
        [undo, settled].into_iter().flatten().fold(until, Ord::max)
    }

    /// Whether the person is still to be told that an erasure was taken back.
    fn owes_return(&self) -> bool {
        self.is_undone() && self.settled_at(Message::Undone).is_none()
    }

    /// How long after the last word the person's record serves them still.
    pub(super) fn kept_after_word(&self) -> SignedDuration {
        if self.lasts() {
            return SignedDuration::MAX;
        }
        match (&self.state, self.right) {
            (State::Refused { .. }, _) => CONTACT_TIME,
            (
                State::Completed {
                    outcome: Outcome::Fulfilled,
                    ..
                },
                Right::Access | Right::Portability,
            ) => PACKAGE_TIME,
            (State::Completed { .. }, Right::Complaint) => CONTACT_TIME,
            _ => SignedDuration::ZERO,
        }
    }

    const fn is_completed(&self) -> bool {
        matches!(self.state, State::Completed { .. })
    }
}

pub(super) fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap_or(Timestamp::MAX)
}
