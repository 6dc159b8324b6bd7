//! Counting rows before they go. Invariant: the rows of a day go together, where
//! no law keeps some of them longer, so that a group is not cut into parts each
//! of which is too small to be told.

use candor_policy::charter::Bucket;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

use super::Term;
use crate::calendar;

/// What stands in the table into which a rule counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tallied {
    /// Its lines.
    pub lines: u64,
    /// Those that count fewer rows than people they had to stand for: somebody
    /// else wrote them, or counting went wrong.
    pub small: u64,
}

/// When the span ends in which a moment lies, in UTC.
#[must_use]
pub fn span_end(at: Timestamp, per: Bucket) -> Timestamp {
    let day = at.to_zoned(TimeZone::UTC).date();
    let next = match per {
        Bucket::Day => day.tomorrow(),
        Bucket::Month => day.first_of_month().checked_add(1.month()),
        Bucket::Year => day.first_of_year().checked_add(1.year()),
    };
    next.ok().and_then(midnight).unwrap_or(Timestamp::MAX)
}

/// Before which moment an anchor must lie for its rows to go: the end of the day
/// in which [`Term::cutoff`] lies, unless a floor forbids it.
pub(super) fn cutoff(term: &Term, now: Timestamp) -> Timestamp {
    let due = term.cutoff(now);
    let Some(before) = due.checked_sub(1.nanosecond()).ok() else {
        return due;
    };
    let whole = span_end(before, Bucket::Day);
    let floor = term.floor.map(|floor| calendar::before(now, floor));
    match floor {
        Some(floor) if super::whole(floor, term.from_end_of) < whole => due,
        _ => whole,
    }
}

fn midnight(day: Date) -> Option<Timestamp> {
    let midnight = day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC);
    midnight.ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use candor_policy::period::{Period, Unit};
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn spans_end_at_midnight() {
        for (at, per, end) in [
            ("2026-08-01T00:00:00Z", Bucket::Day, "2026-08-02T00:00:00Z"),
            ("2028-02-29T23:59:59Z", Bucket::Day, "2028-03-01T00:00:00Z"),
            (
                "2026-12-31T10:00:00Z",
                Bucket::Month,
                "2027-01-01T00:00:00Z",
            ),
            (
                "2028-02-10T10:00:00Z",
                Bucket::Month,
                "2028-03-01T00:00:00Z",
            ),
            ("2026-01-01T00:00:00Z", Bucket::Year, "2027-01-01T00:00:00Z"),
        ] {
            let end: Timestamp = end.parse().unwrap();
            assert_eq!(span_end(at.parse().unwrap(), per), end, "{at}");
        }
    }

    #[test]
    fn a_day_goes_as_a_whole_and_never_before_its_floor() {
        let days = |amount| Period {
            amount,
            unit: Unit::Days,
        };
        let free = Term::from(days(90));
        let floored = Term {
            floor: Some(days(90)),
            ..free
        };
        let start: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        for hours in 0..48 {
            let now = start + SignedDuration::from_hours(hours);
            let cut = cutoff(&free, now);
            assert_eq!(cut.as_second() % 86_400, 0, "{now}");
            let early = cut.duration_since(free.cutoff(now));
            assert!(early >= SignedDuration::ZERO, "{now}");
            assert!(early < SignedDuration::from_hours(24), "{now}");
            assert_eq!(cutoff(&floored, now), floored.cutoff(now), "{now}");
        }
    }
}
