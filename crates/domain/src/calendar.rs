//! When a period ends. Months follow Regulation 1182/71: the corresponding
//! date, or the month's last day; a period that ends on a day off ends with
//! the next working day; a period in hours ends on the hour. Days are those of
//! the place whose calendar counts.

mod reckoning;
mod table;

use candor_policy::charter::Rounding;
use candor_policy::period::{Period, Unit};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

pub use reckoning::{End, Reckoning};
pub use table::Calendar;

/// The last moment of a period that starts now, by the Regulation's rules.
///
/// Periods in hours are counted from moment to moment. All others run to the
/// end of their last day (Article 3(2)(b)-(c)), the day of the event itself not
/// counting (Article 3(1)).
#[must_use]
pub fn due(from: Timestamp, period: Period, calendar: &Calendar) -> Timestamp {
    let reckoning = Reckoning {
        calendar: Some(calendar),
        rounding: Rounding::EndOfDay,
        moves: true,
    };
    reckoning.end(from, std::iter::once(period), None).at
}

/// The earliest moment of a period that ends now: whatever is older has been
/// kept too long. Working days are counted as calendar days, which is stricter.
#[must_use]
pub fn before(now: Timestamp, period: Period) -> Timestamp {
    now.to_zoned(TimeZone::UTC)
        .checked_sub(span_of(period))
        .map_or(Timestamp::MIN, |time| time.timestamp())
}

/// The moment a period that started then ends, without regard to working days:
/// when a row of that age becomes overdue.
#[must_use]
pub fn after(then: Timestamp, period: Period) -> Timestamp {
    then.to_zoned(TimeZone::UTC)
        .checked_add(span_of(period))
        .map_or(Timestamp::MAX, |time| time.timestamp())
}

/// A period as jiff adds it, working days as calendar days.
fn span_of(period: Period) -> Span {
    let amount = i64::from(period.amount);
    match period.unit {
        Unit::Hours => amount.hours(),
        Unit::Days | Unit::WorkingDays => amount.days(),
        Unit::Weeks => amount.weeks(),
        Unit::Months => amount.months(),
        Unit::Years => amount.years(),
    }
}

#[cfg(test)]
mod tests;
