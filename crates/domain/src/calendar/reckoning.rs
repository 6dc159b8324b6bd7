//! From a start over periods to an end: which day, and when on it.

use candor_policy::charter::Rounding;
use candor_policy::period::{Period, Unit};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::{Calendar, span_of};

/// The longest run of days off that is looked through for a working day.
const DAYS_OFF_MAX: u32 = 366;
const DAY_HOURS: i64 = 24;

/// How days are counted.
#[derive(Clone, Copy, Debug)]
pub struct Reckoning<'a> {
    /// Whose days; without one, those of UTC, of which only weekends are off.
    pub calendar: Option<&'a Calendar>,
    /// When on its last day a period ends. One in hours ends to the minute
    /// whatever this says, and so does not move.
    pub rounding: Rounding,
    /// Whether a period that ends on a day off ends with the next working day.
    pub moves: bool,
}

/// When periods end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The last moment.
    pub at: Timestamp,
    /// Whole days by which a pause moved it.
    pub paused_days: i32,
    /// The day off from which it was moved to a working day.
    pub moved_from: Option<Date>,
}

impl Reckoning<'_> {
    /// The end of one period after another, the day of the start not counting
    /// (Regulation 1182/71, Article 3(1)). A pause from one moment to another
    /// puts the end off by as many days, or working days where those are
    /// counted, as it has; its first day is not given.
    #[must_use]
    pub fn end(
        &self,
        from: Timestamp,
        periods: impl Iterator<Item = Period>,
        pause: Option<(Timestamp, Timestamp)>,
    ) -> End {
        let zone = self.zone();
        let (hours, days) = merged(periods);
        let start = from
            .checked_add(hours.hours())
            .unwrap_or(Timestamp::MAX)
            .to_zoned(zone.clone());
        let working = days
            .last()
            .is_some_and(|last| last.unit == Unit::WorkingDays);
        let exact = days.is_empty() || self.rounding == Rounding::Exact;
        if exact && !working {
            return self.exact(start, &days, pause);
        }
        let day = days
            .iter()
            .fold(start.date(), |day, period| self.add(day, *period));
        let (end, paused_days) = self.put_off(day, pause, working);
        if exact {
            let at = end.to_datetime(start.time()).to_zoned(zone);
            return End {
                at: at.map_or(Timestamp::MAX, |at| at.timestamp()),
                paused_days,
                moved_from: None,
            };
        }
        let worked = if self.moves {
            self.working_day_from(end)
        } else {
            end
        };
        End {
            at: end_of(worked, zone),
            paused_days,
            moved_from: (worked != end).then_some(end),
        }
    }

    fn exact(&self, start: Zoned, days: &[Period], pause: Option<(Timestamp, Timestamp)>) -> End {
        let paused = pause.map(|(asked, ended)| ended.duration_since(asked));
        let end = days.iter().try_fold(start, |at, period| {
            if period.unit == Unit::WorkingDays {
                let day = self.add(at.date(), *period);
                return day.to_datetime(at.time()).to_zoned(self.zone());
            }
            at.checked_add(span_of(*period))
        });
        let at = end.map_or(Timestamp::MAX, |end| end.timestamp());
        End {
            at: at
                .checked_add(paused.unwrap_or_default())
                .unwrap_or(Timestamp::MAX),
            paused_days: paused
                .and_then(|paused| i32::try_from(paused.as_hours() / DAY_HOURS).ok())
                .unwrap_or_default(),
            moved_from: None,
        }
    }

    fn put_off(
        &self,
        day: Date,
        pause: Option<(Timestamp, Timestamp)>,
        working: bool,
    ) -> (Date, i32) {
        let Some((asked, ended)) = pause else {
            return (day, 0);
        };
        let asked = asked.to_zoned(self.zone()).date();
        let ended = ended.to_zoned(self.zone()).date();
        let days = (ended - asked).get_days();
        let end = if working {
            let following = asked.series(1.day()).skip(1);
            let paused = following.take_while(|day| *day <= ended);
            let worked = paused.filter(|day| self.is_working(*day)).count();
            self.working_days_after(day, u32::try_from(worked).unwrap_or(u32::MAX))
        } else {
            plus(day, i64::from(days).days())
        };
        (end, days)
    }

    fn add(&self, day: Date, period: Period) -> Date {
        match period.unit {
            Unit::WorkingDays => self.working_days_after(day, period.amount),
            _ => plus(day, span_of(period)),
        }
    }

    fn zone(&self) -> TimeZone {
        self.calendar
            .map_or(TimeZone::UTC, |calendar| calendar.time_zone().clone())
    }

    fn is_working(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self
                .calendar
                .is_some_and(|calendar| calendar.is_holiday(day))
    }

    /// This day, or the next that is worked.
    fn working_day_from(&self, day: Date) -> Date {
        let mut candidate = day;
        for _ in 0..DAYS_OFF_MAX {
            if self.is_working(candidate) {
                return candidate;
            }
            candidate = plus(candidate, 1.day());
        }
        candidate
    }

    fn working_days_after(&self, start: Date, amount: u32) -> Date {
        let mut day = start;
        for _ in 0..amount {
            day = self.working_day_from(plus(day, 1.day()));
        }
        day
    }
}

/// Hours in all, then the other periods, neighbours of one kind as one: one
/// month and two more are three months, whatever the lengths of the months.
fn merged(periods: impl Iterator<Item = Period>) -> (i64, Vec<Period>) {
    let mut hours = 0_i64;
    let mut days: Vec<Period> = Vec::new();
    for period in periods {
        let (factor, unit) = match period.unit {
            Unit::Hours => {
                hours += i64::from(period.amount);
                continue;
            }
            Unit::Weeks => (7, Unit::Days),
            Unit::Years => (12, Unit::Months),
            unit => (1, unit),
        };
        let amount = period.amount.saturating_mul(factor);
        match days.last_mut().filter(|last| last.unit == unit) {
            Some(last) => last.amount = last.amount.saturating_add(amount),
            None => days.push(Period { amount, unit }),
        }
    }
    (hours, days)
}

fn plus(date: Date, span: jiff::Span) -> Date {
    date.checked_add(span).unwrap_or(Date::MAX)
}

/// The last second of a day in a zone.
fn end_of(day: Date, zone: TimeZone) -> Timestamp {
    day.at(23, 59, 59, 0)
        .to_zoned(zone)
        .map_or(Timestamp::MAX, |time| time.timestamp())
}
