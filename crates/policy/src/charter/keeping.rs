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
    /// What is counted of rows before they go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<Tally>,
}

/// What is counted of rows before they go: how many there were, by columns that
/// say nothing about anybody (Recital 26: anonymous information).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The table they are counted into, as `source.table`.
    pub into: String,
    /// The span that one line of it counts.
    pub per: Bucket,
    /// The columns by which lines are told apart.
    pub by: Vec<String>,
    /// The columns that are added up.
    pub sum: Vec<String>,
    /// The fewest people that a line stands for.
    pub people_min: u32,
}

/// The fewest people that any line of an aggregate stands for: below, a line
/// may tell who is in it.
pub const PEOPLE_MIN: u32 = 10;

/// The column of an aggregate's table that says how many rows a line counts.
pub const COUNTED: &str = "counted";

impl Tally {
    /// The columns that its table has to have.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let own = [self.per.word(), COUNTED].into_iter();
        own.chain(self.by.iter().chain(&self.sum).map(String::as_str))
    }
}

/// The span that one line of an aggregate counts, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// A day.
    Day,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

impl Bucket {
    /// As the declaration writes it, and the column that says which one.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
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
