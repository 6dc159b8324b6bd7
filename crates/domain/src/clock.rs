//! The clock of one subject request: every deadline that laws and promises set,
//! and what has happened to it. Pure arithmetic over what it holds: the same
//! clock always gives the same deadlines, and nothing makes one later than
//! every rule that sets it allows. Refuses nothing; whether it may be extended
//! or stopped now is the subject request's to decide.

mod limits;

#[cfg(test)]
mod tests;

use candor_policy::charter::{Clock as Start, Law, Rounding};
use candor_policy::period::Period;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Reckoning};
use crate::id::StaffId;

pub use limits::limits_of;

/// How long a clock stands still at the longest while the person doesn't
/// answer. Then it goes on, and staff decide with what they know.
pub const PAUSE_TIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Everything a subject request's deadlines follow from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clock {
    /// Every rule that sets a deadline, fixed when it was filed.
    pub limits: Vec<Limit>,
    /// When it was received.
    pub received_at: Timestamp,
    /// When the person's identity was proved.
    pub verified_at: Option<Timestamp>,
    /// When the person was told that it is being worked on.
    pub acknowledged_at: Option<Timestamp>,
    /// The one extension.
    pub extension: Option<Extension>,
    /// The one pause.
    pub pause: Option<Pause>,
}

/// What a rule sets a deadline for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// To tell the person that it arrived and by when it will be answered.
    Acknowledge,
    /// To carry it out, or to refuse it with reasons.
    Answer,
}

/// Who sets a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The organisation's own promise.
    Promise,
    /// A law.
    Law(Law),
}

/// One rule that sets a deadline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Who sets it.
    pub rule: Rule,
    /// What for.
    pub duty: Duty,
    /// How long.
    pub period: Period,
    /// How much longer, once the person was told why.
    pub extension: Option<Period>,
    /// When it starts.
    pub from: Start,
    /// Place whose calendar counts, as [`Calendar::of`] knows it.
    pub calendar: String,
    /// When on its last day it ends.
    pub rounding: Rounding,
    /// Whether it moves from a day off to the next working day.
    pub moves: bool,
    /// What lets it stand still.
    pub waits_for: Vec<Question>,
    /// Whether a refusal, too, may take the longer time.
    pub refusal_extends: bool,
}

/// What a person is asked while the clock stands still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Who they are (GDPR Article 12(6)).
    Identity,
    /// What they mean: which data, which use (GDPR recital 63).
    Meaning,
}

impl Question {
    /// Every question.
    pub const ALL: [Self; 2] = [Self::Identity, Self::Meaning];

    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Meaning => "meaning",
        }
    }
}

/// Why more time is needed (GDPR Article 12(3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionReason {
    /// What is asked is complex.
    Complexity,
    /// The person has asked many things.
    Number,
}

impl ExtensionReason {
    /// Every reason.
    pub const ALL: [Self; 2] = [Self::Complexity, Self::Number];

    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Complexity => "complexity",
            Self::Number => "number",
        }
    }
}

/// More time, which counts only once the person was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// When staff decided on it.
    pub decided_at: Timestamp,
    /// Who.
    pub by: StaffId,
    /// Why.
    pub reason: ExtensionReason,
    /// When the notice went out.
    pub told_at: Option<Timestamp>,
}

/// A time in which the person is asked something. It counts from when the
/// question went out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What is asked.
    pub question: Question,
    /// When staff decided to ask.
    pub decided_at: Timestamp,
    /// Who.
    pub by: StaffId,
    /// When the question went out.
    pub asked_at: Option<Timestamp>,
    /// When it ended: with an answer, with a decision, or with
    /// [`PAUSE_TIME`].
    pub ended_at: Option<Timestamp>,
}

/// A deadline with the rule it follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline<'a> {
    /// The last moment that is in time.
    pub at: Timestamp,
    /// The rule that sets it: of several, the one that ends first.
    pub limit: &'a Limit,
    /// When the rule's clock started.
    pub from: Timestamp,
    /// Whether it is the longer time.
    pub extended: bool,
    /// Whole days on which the clock stood still.
    pub paused_days: i32,
    /// The day off from which it was moved.
    pub moved_from: Option<Date>,
}

impl Pause {
    /// `true` while it isn't over.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }

    /// From when to when the clock stands still, as far as is known: an open
    /// pause may last its whole time.
    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let asked_at = self.asked_at?;
        let longest = asked_at.checked_add(PAUSE_TIME).unwrap_or(Timestamp::MAX);
        let ended_at = self.ended_at.unwrap_or(longest).min(longest);
        Some((asked_at, ended_at.max(asked_at)))
    }
}

impl Clock {
    /// A clock that starts now.
    #[must_use]
    pub const fn new(limits: Vec<Limit>, now: Timestamp) -> Self {
        Self {
            limits,
            received_at: now,
            verified_at: None,
            acknowledged_at: None,
            extension: None,
            pause: None,
        }
    }

    /// When it must be answered. `None` where no rule says.
    #[must_use]
    pub fn answer(&self) -> Option<Deadline<'_>> {
        self.first(Duty::Answer, |_| self.told_at())
    }

    /// When a refusal must have been given: some laws don't give it the longer
    /// time.
    #[must_use]
    pub fn refusal(&self) -> Option<Deadline<'_>> {
        self.first(Duty::Answer, |limit| {
            self.told_at().filter(|_| limit.refusal_extends)
        })
    }

    /// When the person must have been told that it arrived. `None` where no
    /// rule says.
    #[must_use]
    pub fn acknowledgement(&self) -> Option<Deadline<'_>> {
        self.first(Duty::Acknowledge, |_| None)
    }

    /// When it would have to be answered if the person were told then that it
    /// takes longer; `None` where that would gain nothing.
    #[must_use]
    pub fn extended_to(&self, told_at: Timestamp) -> Option<Timestamp> {
        let extended = self.first(Duty::Answer, |_| Some(told_at))?.at;
        (extended > self.answer()?.at).then_some(extended)
    }

    /// `true` where the rule that decides stands still for this question.
    #[must_use]
    pub fn waits_for(&self, question: Question) -> bool {
        self.answer()
            .is_some_and(|deadline| deadline.limit.waits_for.contains(&question))
    }

    fn told_at(&self) -> Option<Timestamp> {
        self.extension.as_ref()?.told_at
    }

    fn first(
        &self,
        duty: Duty,
        told_at: impl Fn(&Limit) -> Option<Timestamp>,
    ) -> Option<Deadline<'_>> {
        let limits = self.limits.iter().filter(|limit| limit.duty == duty);
        limits
            .map(|limit| self.deadline(limit, told_at(limit)))
            .min_by_key(|deadline| deadline.at)
    }

    fn deadline<'a>(&self, limit: &'a Limit, told_at: Option<Timestamp>) -> Deadline<'a> {
        let plain = self.reckon(limit, None);
        // The notice counts only if it went out within the first time.
        let in_time = told_at.is_some_and(|told_at| told_at <= plain.at);
        let Some(extension) = limit.extension.filter(|_| in_time) else {
            return plain;
        };
        let extended = self.reckon(limit, Some(extension));
        // A pause is counted in the unit of what it puts off: nine days of it
        // may be eleven after working days, and nine after the extension's days.
        if extended.at < plain.at {
            plain
        } else {
            extended
        }
    }

    fn reckon<'a>(&self, limit: &'a Limit, extension: Option<Period>) -> Deadline<'a> {
        let from = match limit.from {
            Start::Receipt => self.received_at,
            // Until then the earliest it can be: it only gets later.
            Start::Verification => self.verified_at.unwrap_or(self.received_at),
        };
        let pause = self.pause.as_ref();
        let stands = pause.filter(|pause| limit.waits_for.contains(&pause.question));
        let reckoning = Reckoning {
            calendar: Calendar::of(&limit.calendar),
            rounding: limit.rounding,
            moves: limit.moves,
        };
        let periods = std::iter::once(limit.period).chain(extension);
        let end = reckoning.end(from, periods, stands.and_then(Pause::span));
        Deadline {
            at: end.at,
            limit,
            from,
            extended: extension.is_some(),
            paused_days: end.paused_days,
            moved_from: end.moved_from,
        }
    }
}
