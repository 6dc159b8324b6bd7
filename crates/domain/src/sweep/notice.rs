//! Telling people before their rows go: who is to be told when, and from when
//! a row may go. Invariant: no row goes before whoever it is about was told for
//! as long as promised, of the very anchor that it still has; who goes on using
//! a service moves the anchor, and what was told counts no more.

use candor_policy::period::{Period, Unit};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{LEAD, Term};
use crate::calendar;

/// How long before it has to, a notice goes out: sweeps and mail may fail for
/// a day.
const TELL_LEAD: SignedDuration = SignedDuration::from_hours(24);
/// By how much longer than [`LEAD`] a row may go before the end of a period in
/// months: the days that a short month's last one stands for, and one more.
const MONTH_LEAD: SignedDuration = SignedDuration::from_hours(5 * 24);
/// How long somebody who could not be told is left alone before they are tried
/// again.
pub const RETRY_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Who must have been told before rows go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeTerms {
    /// Whoever a row with an earlier anchor is about is told now.
    pub tell_before: Timestamp,
    /// Whoever was told by then was told long enough ago.
    pub told_by: Timestamp,
}

/// How the notices of a rule stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noticed {
    /// Rows whose people were told, and that have not gone.
    pub told: u64,
    /// Rows whose period is over, and that stay until their people were told
    /// for long enough.
    pub waiting: u64,
    /// Rows whose people could not be told: no address, or none that mail
    /// reaches. They stay.
    pub unreached: u64,
    /// Why no mail goes out now, without personal data.
    pub stopped: Option<String>,
}

impl NoticeTerms {
    /// What a notice asks at a moment of a rule with this term.
    #[must_use]
    pub fn new(now: Timestamp, notice: Period, term: &Term) -> Self {
        let ahead = calendar::after(now, notice).checked_add(TELL_LEAD);
        Self {
            tell_before: term.cutoff(ahead.unwrap_or(Timestamp::MAX)),
            told_by: calendar::before(now, notice),
        }
    }
}

/// The earliest moment at which a row goes whose people are told now.
#[must_use]
pub fn earliest(anchor: Timestamp, term: &Term, notice: Period, told: Timestamp) -> Timestamp {
    let lead = match term.ceiling.unit {
        Unit::Months | Unit::Years => MONTH_LEAD,
        Unit::Hours | Unit::Days | Unit::Weeks | Unit::WorkingDays => LEAD,
    };
    let ends = term.ends(anchor);
    let due = ends.checked_sub(lead).unwrap_or(ends);
    due.max(calendar::after(told, notice))
}

#[cfg(test)]
mod tests {
    use candor_policy::charter::CalendarSpan;

    use super::*;

    #[test]
    fn nothing_goes_before_the_day_that_was_told() {
        let period = |amount, unit| Period { amount, unit };
        let notice = period(48, Unit::Hours);
        let told: Timestamp = "2027-12-20T10:00:00Z".parse().unwrap();
        let from_end_of = |span, amount, unit| Term {
            from_end_of: Some(span),
            ..Term::from(period(amount, unit))
        };
        for term in [
            Term::from(period(10, Unit::Days)),
            Term::from(period(1, Unit::Months)),
            Term::from(period(1, Unit::Years)),
            from_end_of(CalendarSpan::Month, 10, Unit::Days),
            from_end_of(CalendarSpan::Year, 1, Unit::Months),
        ] {
            for hours in 0..24 * 120 {
                let now = told + SignedDuration::from_hours(hours);
                for days in [1, 9, 29, 31, 60, 364] {
                    let anchor = told - SignedDuration::from_hours(24 * days);
                    let is_told = told <= NoticeTerms::new(now, notice, &term).told_by;
                    let goes = is_told && anchor < term.cutoff(now);
                    let earliest = earliest(anchor, &term, notice, told);
                    assert!(!goes || earliest <= now, "{term:?}: {anchor} at {now}");
                }
            }
        }
    }

    #[test]
    fn people_are_told_in_time() {
        let notice = Period {
            amount: 30,
            unit: Unit::Days,
        };
        let ceiling = Period {
            amount: 3,
            unit: Unit::Years,
        };
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let terms = NoticeTerms::new(now, notice, &Term::from(ceiling));
        // Told now, the notice is over before the period is.
        let last = terms.tell_before;
        let ends = calendar::after(last - SignedDuration::from_hours(1), ceiling);
        assert!(calendar::after(now, notice) <= ends);
        assert!(terms.told_by < now);
    }
}
