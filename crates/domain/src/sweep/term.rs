//! How long a rule lets rows stay: from when on, at most and at least. Invariant:
//! what is cut off and what a row is told of its end agree to the second.

use candor_policy::charter::{CalendarSpan, Keep, Retention};
use candor_policy::period::{Period, Unit};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::{AFTER_EVENT, LEAD};
use crate::calendar;

/// How long a rule lets rows stay after their anchors, where a column measures
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The longest that is promised.
    pub ceiling: Period,
    /// The shortest that a law allows.
    pub floor: Option<Period>,
    /// At whose end both start; `None` where they start at the anchor.
    pub from_end_of: Option<CalendarSpan>,
}

impl From<Period> for Term {
    fn from(ceiling: Period) -> Self {
        Self {
            ceiling,
            floor: None,
            from_end_of: None,
        }
    }
}

impl Term {
    /// What a rule says. What is kept until an event goes within a day of it,
    /// and never before the law's floor: until then it has outlived its purpose,
    /// and is restricted. `None` where no column measures it.
    #[must_use]
    pub fn of(retention: &Retention) -> Option<Self> {
        let ceiling = match retention.keep {
            Keep::For(period) => period,
            Keep::Until(_) if retention.from.is_empty() => return None,
            Keep::Until(_) => retention.at_least.unwrap_or(AFTER_EVENT),
            Keep::Criterion(_) | Keep::Forever { .. } => return None,
        };
        Some(Self {
            ceiling,
            floor: retention.at_least,
            from_end_of: retention.from_end_of,
        })
    }

    /// When a row with this anchor has to be gone.
    #[must_use]
    pub fn ends(&self, anchor: Timestamp) -> Timestamp {
        calendar::after(starts(anchor, self.from_end_of), self.ceiling)
    }

    /// Before which moment an anchor must lie for its rows to go at `now`:
    /// everything whose ceiling comes within [`LEAD`] is before it, and nothing
    /// that is still under its floor.
    #[must_use]
    pub fn cutoff(&self, now: Timestamp) -> Timestamp {
        // The last day of a short month stands for several days of a longer one.
        let lead = match self.ceiling.unit {
            Unit::Months | Unit::Years => LEAD + SignedDuration::from_hours(24),
            Unit::Hours | Unit::Days | Unit::Weeks | Unit::WorkingDays => LEAD,
        };
        let ahead = now.checked_add(lead).unwrap_or(Timestamp::MAX);
        let due = due_before(ahead, self.ceiling);
        let due = self
            .floor
            .map_or(due, |floor| due.min(calendar::before(now, floor)));
        whole(due, self.from_end_of)
    }
}

/// When a period starts for a row with this anchor.
#[must_use]
pub fn starts(anchor: Timestamp, from_end_of: Option<CalendarSpan>) -> Timestamp {
    let Some(span) = from_end_of else {
        return anchor;
    };
    let next = first_day(anchor, span).and_then(|first| first.checked_add(months(span)));
    next.ok().and_then(midnight).unwrap_or(anchor)
}

/// Anchors before this moment lie in spans that were over by `due`.
#[must_use]
pub fn whole(due: Timestamp, from_end_of: Option<CalendarSpan>) -> Timestamp {
    let Some(span) = from_end_of else {
        return due;
    };
    let first = first_day(due, span).ok();
    first.and_then(midnight).unwrap_or(due)
}

/// The first day of the span in which a moment lies, in UTC.
fn first_day(at: Timestamp, span: CalendarSpan) -> Result<jiff::civil::Date, jiff::Error> {
    let day = at.to_zoned(TimeZone::UTC).date();
    let into = match span {
        CalendarSpan::Month => 0,
        CalendarSpan::Quarter => (day.month() - 1) % 3,
        CalendarSpan::Year => day.month() - 1,
    };
    day.first_of_month().checked_sub(i64::from(into).months())
}

fn months(span: CalendarSpan) -> jiff::Span {
    match span {
        CalendarSpan::Month => 1.month(),
        CalendarSpan::Quarter => 3.months(),
        CalendarSpan::Year => 12.months(),
    }
}

fn midnight(day: jiff::civil::Date) -> Option<Timestamp> {
    let midnight = day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC);
    midnight.ok().map(|zoned| zoned.timestamp())
}

/// Months are of several lengths: the days that the end of a short month
/// stands for are due with it.
fn due_before(now: Timestamp, period: Period) -> Timestamp {
    let due = calendar::before(now, period);
    let month_ends = starts(due, Some(CalendarSpan::Month));
    let last = month_ends.checked_sub(1.second()).unwrap_or(due);
    let whole_month_is_due = calendar::after(last, period) <= now;
    if whole_month_is_due { month_ends } else { due }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn from_end_of(span: CalendarSpan, amount: u32, unit: Unit) -> Term {
        Term {
            from_end_of: Some(span),
            ..Term::from(Period { amount, unit })
        }
    }

    #[test]
    fn a_period_starts_when_its_span_is_over() {
        for (anchor, span, starts_at) in [
            (
                "2026-01-31T10:00:00Z",
                CalendarSpan::Month,
                "2026-02-01T00:00:00Z",
            ),
            (
                "2026-02-01T00:00:00Z",
                CalendarSpan::Month,
                "2026-03-01T00:00:00Z",
            ),
            (
                "2026-03-31T23:59:59Z",
                CalendarSpan::Quarter,
                "2026-04-01T00:00:00Z",
            ),
            (
                "2026-11-02T00:00:00Z",
                CalendarSpan::Quarter,
                "2027-01-01T00:00:00Z",
            ),
            (
                "2026-01-01T00:00:00Z",
                CalendarSpan::Year,
                "2027-01-01T00:00:00Z",
            ),
            (
                "2028-02-29T12:00:00Z",
                CalendarSpan::Year,
                "2029-01-01T00:00:00Z",
            ),
        ] {
            assert_eq!(starts(at(anchor), Some(span)), at(starts_at), "{anchor}");
        }
    }

    #[test]
    fn rows_go_when_their_span_and_then_their_period_are_over() {
        for term in [
            from_end_of(CalendarSpan::Year, 10, Unit::Years),
            from_end_of(CalendarSpan::Year, 90, Unit::Days),
            from_end_of(CalendarSpan::Quarter, 1, Unit::Months),
            from_end_of(CalendarSpan::Month, 36, Unit::Hours),
        ] {
            let floored = Term {
                floor: Some(term.ceiling),
                ..term
            };
            for hours in (0..24 * 800).step_by(7) {
                let anchor = at("2026-11-22T10:00:00Z") + SignedDuration::from_hours(hours);
                let ends = term.ends(anchor);
                let second = SignedDuration::from_secs(1);
                assert!(anchor < term.cutoff(ends - LEAD), "{term:?}: {anchor}");
                assert!(anchor < floored.cutoff(ends), "{term:?}: {anchor}");
                assert!(
                    anchor >= floored.cutoff(ends - second),
                    "{term:?}: {anchor}"
                );
                // Not long before: the lead, and the days that a month's last
                // day stands for.
                let early = ends - SignedDuration::from_hours(24 * 5);
                assert!(anchor >= term.cutoff(early), "{term:?}: {anchor}");
            }
        }
    }
}
