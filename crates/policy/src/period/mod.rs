//! Periods as people say them: "90 days", "seven working days", "one month".
//! Keeps the unit that was promised, because "30 days" and "one month" end on
//! different days. Refuses zero and amounts above [`AMOUNT_MAX`].

mod find;
mod words;

pub(crate) use words::number;

pub use find::{find_periods, find_periods_in};

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

    /// Reads a period as people say it: `90 days`, `seven working days`,
    /// `a week`, `24-hour`, `7 business days`.
    ///
    /// ```
    /// use candor_policy::period::{Period, Unit};
    ///
    /// let period = Period::parse("seven working days").unwrap();
    /// assert_eq!(period, Period { amount: 7, unit: Unit::WorkingDays });
    /// ```
    ///
    /// # Errors
    /// Where the text isn't exactly one period, or its amount is zero or above
    /// [`AMOUNT_MAX`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        find::parse(text)
    }

    /// Whether both end at the same moment from every start. A week is seven
    /// days and a year twelve months; 30 days are not a month, 24 hours not a
    /// day of the calendar, working days not days.
    #[must_use]
    pub const fn same_length(self, other: Self) -> bool {
        let (amount, unit) = self.plain();
        let (other_amount, other_unit) = other.plain();
        amount == other_amount && unit as u8 == other_unit as u8
    }

    /// Weeks as days and years as months.
    const fn plain(self) -> (u32, Unit) {
        match self.unit {
            Unit::Weeks => (self.amount.saturating_mul(7), Unit::Days),
            Unit::Years => (self.amount.saturating_mul(12), Unit::Months),
            unit => (self.amount, unit),
        }
    }

    /// The fewest hours it can last, whatever its start: a month has at least
    /// 28 days, a year 365; a day of the calendar at least 23 hours.
    #[must_use]
    pub fn shortest_hours(self) -> u64 {
        let amount = u64::from(self.amount);
        match self.unit {
            Unit::Hours => amount,
            Unit::Days => (amount * 24).saturating_sub(1),
            // Five working days in a row fit a week; the sixth needs a weekend.
            Unit::WorkingDays => (amount + amount.saturating_sub(1) / 5 * 2) * 24,
            Unit::Weeks => (amount * 7 * 24).saturating_sub(1),
            Unit::Months => (shortest_days(amount) * 24).saturating_sub(1),
            Unit::Years => (shortest_days(amount * 12) * 24).saturating_sub(1),
        }
    }

    /// The most hours it can last, whatever its start; for working days, with
    /// two days of weekend after every five and no holidays counted, so that
    /// the true end may lie later.
    #[must_use]
    pub fn longest_hours(self) -> u64 {
        let amount = u64::from(self.amount);
        match self.unit {
            Unit::Hours => amount,
            Unit::Days => amount * 24 + 1,
            Unit::WorkingDays => (amount + 2 * amount.div_ceil(5)) * 24 + 1,
            Unit::Weeks => amount * 7 * 24 + 1,
            Unit::Months => longest_days(amount) * 24 + 1,
            Unit::Years => longest_days(amount * 12) * 24 + 1,
        }
    }
}

/// Fewest days of so many months in a row.
const fn shortest_days(months: u64) -> u64 {
    // One February loses three days against 31-day months, and a year of
    // twelve has 365 days; in between, 30 and a half a month, rounded down.
    match months % 12 {
        0 => months / 12 * 365,
        1 => months / 12 * 365 + 28,
        rest => months / 12 * 365 + rest * 61 / 2 - 2,
    }
}

/// Most days of so many months in a row, a leap day in every four years begun.
const fn longest_days(months: u64) -> u64 {
    let years = months / 12;
    years * 365 + years.div_ceil(4) + (months % 12) * 31
}

/// Why a text is no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It ends as it begins.
    #[error("a period of zero")]
    Zero,
    /// Above [`AMOUNT_MAX`].
    #[error("a period of more than {AMOUNT_MAX}")]
    TooLong,
    /// Not an amount and a unit.
    #[error("not an amount and a unit")]
    Unclear,
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

#[cfg(test)]
mod tests;
