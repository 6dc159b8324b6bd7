//! Periods as people say them: "90 days", "seven working days", "one month".
//! Keeps the unit that was promised, because "30 days" and "one month" end on
//! different days. Refuses zero and amounts above [`AMOUNT_MAX`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// The largest amount a period may have, in its own unit.
pub const AMOUNT_MAX: u32 = 100_000;

/// A unit of time as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 3,600 seconds.
    Hours,
    /// Calendar days.
    Days,
    /// Days on which the organisation's country works.
    WorkingDays,
    /// Seven calendar days.
    Weeks,
    /// Calendar months: the corresponding date, or the month's last day
    /// (Regulation 1182/71, Article 3).
    Months,
    /// Calendar years.
    Years,
}

/// An amount of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Period {
    /// How many, from 1 to [`AMOUNT_MAX`].
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

impl Period {
    /// The limit of GDPR Article 12(3).
    pub const ONE_MONTH: Self = Self {
        amount: 1,
        unit: Unit::Months,
    };
}

impl fmt::Display for Period {
    /// As a person says it: `1 month`, `7 working days`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hours => "hour",
            Unit::Days => "day",
            Unit::WorkingDays => "working day",
            Unit::Weeks => "week",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        let plural = if self.amount == 1 { "" } else { "s" };
        write!(formatter, "{} {unit}{plural}", self.amount)
    }
}
