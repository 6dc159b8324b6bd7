//! When a period ends. Months follow Regulation 1182/71: the corresponding
//! date, or the month's last day; a period that ends on a day off ends with
//! the next working day; a period in hours ends on the hour. Days are those of
//! the organisation's time zone.

mod organisation;

use candor_policy::period::{Period, Unit};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

pub use organisation::OrganisationCalendar;

/// The longest run of days off that is looked through for a working day.
const DAYS_OFF_MAX: u32 = 366;

/// Which days people work, and when their days begin.
pub trait Calendar {
    /// The organisation's time zone.
    fn time_zone(&self) -> &TimeZone;
    /// `true` where this day is a public holiday. Weekends are known without
    /// it.
    fn is_holiday(&self, day: Date) -> bool;
}

/// The last moment of a period that starts now.
///
/// Periods in hours are counted from moment to moment. All others run to the
/// end of their last day (Regulation 1182/71, Article 3(2)(b)-(c)), the day of
/// the event itself not counting (Article 3(1)).
#[must_use]
pub fn due(from: Timestamp, period: Period, calendar: &dyn Calendar) -> Timestamp {
    let amount = i64::from(period.amount);
    let zone = calendar.time_zone();
    let start = from.to_zoned(zone.clone()).date();
    let end = match period.unit {
        Unit::Hours => return from.checked_add(amount.hours()).unwrap_or(Timestamp::MAX),
        Unit::WorkingDays => working_days_after(start, period.amount, calendar),
        Unit::Days => plus(start, amount.days()),
        Unit::Weeks => plus(start, amount.weeks()),
        Unit::Months => plus(start, amount.months()),
        Unit::Years => plus(start, amount.years()),
    };
    end_of(working_day_from(end, calendar), zone)
}

/// The earliest moment of a period that ends now: whatever is older has been
/// kept too long. Working days are counted as calendar days, which is stricter.
#[must_use]
pub fn before(now: Timestamp, period: Period) -> Timestamp {
    let amount = i64::from(period.amount);
    let span = match period.unit {
        Unit::Hours => amount.hours(),
        Unit::Days | Unit::WorkingDays => amount.days(),
        Unit::Weeks => amount.weeks(),
        Unit::Months => amount.months(),
        Unit::Years => amount.years(),
    };
    now.to_zoned(TimeZone::UTC)
        .checked_sub(span)
        .map_or(Timestamp::MIN, |time| time.timestamp())
}

/// The moment a period that started then ends, without regard to working days:
/// when a row of that age becomes overdue.
#[must_use]
pub fn after(then: Timestamp, period: Period) -> Timestamp {
    let amount = i64::from(period.amount);
    let span = match period.unit {
        Unit::Hours => amount.hours(),
        Unit::Days | Unit::WorkingDays => amount.days(),
        Unit::Weeks => amount.weeks(),
        Unit::Months => amount.months(),
        Unit::Years => amount.years(),
    };
    then.to_zoned(TimeZone::UTC)
        .checked_add(span)
        .map_or(Timestamp::MAX, |time| time.timestamp())
}

fn plus(date: Date, span: Span) -> Date {
    date.checked_add(span).unwrap_or(Date::MAX)
}

fn is_working(day: Date, calendar: &dyn Calendar) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !calendar.is_holiday(day)
}

/// This day, or the next that is worked.
fn working_day_from(day: Date, calendar: &dyn Calendar) -> Date {
    let mut candidate = day;
    for _ in 0..DAYS_OFF_MAX {
        if is_working(candidate, calendar) {
            return candidate;
        }
        candidate = plus(candidate, 1.day());
    }
    candidate
}

fn working_days_after(start: Date, amount: u32, calendar: &dyn Calendar) -> Date {
    let mut day = start;
    for _ in 0..amount {
        day = working_day_from(plus(day, 1.day()), calendar);
    }
    day
}

/// The last second of a day in a zone.
fn end_of(day: Date, zone: &TimeZone) -> Timestamp {
    day.at(23, 59, 59, 0)
        .to_zoned(zone.clone())
        .map_or(Timestamp::MAX, |time| time.timestamp())
}

#[cfg(test)]
mod tests;
