//! Moments relative to `today`.
//!
//! Invariant: every moment lies before today's midnight (UTC), and where a
//! period of retention is given, inside it with a day to spare; unless the
//! world is asked for overdue rows, and then beyond it.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::StackyardError;
use crate::random::Random;
use crate::rows::Moment;

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A stretch of time in which somebody does things.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: Moment,
    pub(crate) until: Moment,
    /// Only what outlived its promise happens here.
    pub(crate) overdue: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) midnight: Moment,
}

impl Clock {
    pub(crate) fn new(today: Date) -> Result<Self, StackyardError> {
        let midnight = today
            .to_zoned(TimeZone::UTC)
            .map_err(|source| StackyardError::Today { today, source })?;
        Ok(Self {
            midnight: Moment(midnight.timestamp().as_second()),
        })
    }

    /// Midnight `days` days ago.
    pub(crate) fn ago(self, days: i64) -> Moment {
        Moment(self.midnight.0 - days * DAY)
    }

    /// A moment of the span that the promise to keep it for `days` still
    /// allows; in an overdue span, one that it no longer does. `None` where
    /// there is no such moment.
    pub(crate) fn kept(self, dice: &mut Random, span: Span, days: i64) -> Option<Moment> {
        let (from, until) = if span.overdue {
            (span.from, self.ago(days + 1).min(span.until))
        } else {
            (self.ago(days - 1).max(span.from), span.until)
        };
        let moment = dice.between(from.0, until.0 - 1);
        (from < until).then_some(Moment(moment))
    }
}

impl Moment {
    pub(crate) fn plus(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }

    /// Year in UTC, as the series of an invoice names it.
    pub(crate) fn year(self) -> i16 {
        jiff::Timestamp::from_second(self.0)
            .map_or(1970, |timestamp| timestamp.to_zoned(TimeZone::UTC).year())
    }
}
