//! How long something is kept.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::period::Period;

/// How long something is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// The promised ceiling.
    pub keep: Keep,
    /// Names of [`super::Charter::data`] or `source.table` it governs; empty
    /// means the data of the rule's own name.
    pub covers: Vec<String>,
    /// Column that starts the period, as `source.table.column`.
    pub from: Vec<String>,
    /// At whose end the period starts; `None` where it starts at the anchor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_end_of: Option<CalendarSpan>,
    /// The law that demands it, in words.
    pub law: Option<String>,
    /// The least that law demands.
    pub at_least: Option<Period>,
    /// What an erasure does to it.
    pub on_erasure: OnErasure,
    /// The rule than which this one is shorter.
    #[serde(default)]
    pub shorter_than: Option<String>,
    /// In words, when it is kept longer all the same.
    #[serde(default)]
    pub unless: Option<String>,
    /// Whether a person is told the exact period on request.
    #[serde(default)]
    pub on_request: bool,
    /// How long before it goes whoever it is about is told by mail; nothing
    /// goes before (India's DPDP Rules 2025, rule 8: 48 hours).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Period>,
}

/// A span of the calendar, in UTC, at whose end a period starts: the one in
/// which the anchor lies (section 147(4) of the German Fiscal Code: the end of
/// the calendar year).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarSpan {
    /// A calendar month.
    Month,
    /// Three months, from January, April, July or October on.
    Quarter,
    /// A calendar year.
    Year,
}

impl CalendarSpan {
    /// As the declaration writes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Its end, as people read it.
    #[must_use]
    pub const fn end(self) -> &'static str {
        match self {
            Self::Month => "the end of the calendar month",
            Self::Quarter => "the end of the calendar quarter",
            Self::Year => "the end of the calendar year",
        }
    }
}

/// The ceiling of a retention rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// A duration after the anchor.
    For(Period),
    /// Until an event, such as `account_closed`.
    Until(String),
    /// A criterion in words, with who reviews it.
    Criterion(Criterion),
    /// Without end, for a reason, reviewed by a date.
    Forever {
        /// Why.
        because: String,
        /// When that is looked at again.
        review: Date,
    },
}

/// A criterion that says how long (Article 13(2)(a)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// In words: `as long as needed to answer`.
    pub says: String,
    /// Who judges it: a function, not a name.
    pub owner: String,
    /// Judged again at the latest on this day.
    pub review: Date,
}

/// The name of the hold that a restriction of use is (Article 18). No policy can
/// declare it.
pub const RESTRICTION_HOLD: &str = "restriction";

/// A kind of case in which nothing is deleted: legal claims (Article 17(3)(e)),
/// an authority's order. It stops deletion and never widens access.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// What it keeps of a person, as `source.table`; empty for everything.
    pub covers: Vec<String>,
    /// Columns, as `source.table.column`, that hold a row and its person while
    /// they are neither null nor false.
    pub flags: Vec<String>,
    /// Why, in words.
    pub because: String,
    /// Who decides it: a function, not a name.
    pub decided_by: String,
    /// Looked at again at the latest on this day.
    pub review: Date,
}

/// What an erasure does to rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnErasure {
    /// The row goes.
    #[default]
    Delete,
    /// The row stays, the person in it goes.
    Pseudonymise,
    /// The row stays as it is.
    Keep,
}
