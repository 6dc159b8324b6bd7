//! What comes due when: the spans of a year ahead, days first, then weeks, then
//! months. Invariant: each span ends where the next one begins, and a row is in
//! the span in which the sweep will take it.

use candor_policy::period::{Period, Unit};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Term;
use crate::calendar;

/// Days, weeks and months ahead, each from the first that no shorter span covers.
const SPANS: [(Unit, std::ops::RangeInclusive<u32>); 3] = [
    (Unit::Days, 1..=7),
    (Unit::Weeks, 2..=5),
    (Unit::Months, 2..=12),
];

/// A span ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Whether it is a day, a week or a month; the first month is shorter.
    pub unit: Unit,
    /// When it ends.
    pub until: Timestamp,
    /// Rows with an earlier anchor are gone by then.
    pub before: Timestamp,
}

/// Rows that come due within a span; what they own is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiring {
    /// Whether the span is a day, a week or a month.
    pub unit: Unit,
    /// When it ends.
    pub until: Timestamp,
    /// Rows that carry an anchor. Those of the first span may be due already.
    pub rows: u64,
}

/// The spans of the year ahead.
#[must_use]
pub fn spans(now: Timestamp, term: &Term) -> Vec<Span> {
    let units = SPANS.into_iter();
    let all = units.flat_map(|(unit, amounts)| {
        amounts.map(move |amount| {
            let until = calendar::after(now, Period { amount, unit });
            Span {
                unit,
                until,
                before: term.cutoff(until),
            }
        })
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_follow_one_another_for_a_year() {
        let period = |amount, unit| Period { amount, unit };
        for (ceiling, floor) in [
            (period(36, Unit::Hours), None),
            (period(1, Unit::Months), Some(period(1, Unit::Months))),
            (period(10, Unit::Years), None),
        ] {
            for day in 0..60 {
                let now: Timestamp = "2028-01-20T10:00:00Z".parse().unwrap();
                let now = now + jiff::SignedDuration::from_hours(24 * day);
                let term = Term {
                    floor,
                    ..Term::from(ceiling)
                };
                let spans = spans(now, &term);
                assert_eq!(spans.len(), 22);
                assert!(spans.windows(2).all(|pair| pair[0].until < pair[1].until));
                assert!(
                    spans
                        .windows(2)
                        .all(|pair| pair[0].before <= pair[1].before)
                );
                let year = calendar::after(now, period(1, Unit::Years));
                assert_eq!(spans.last().unwrap().until, year);
            }
        }
    }
}
