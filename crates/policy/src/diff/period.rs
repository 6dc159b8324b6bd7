//! When one period is surely longer than another, whatever the day it starts.
//! Thirty days are neither longer nor shorter than a month.

use std::cmp::Ordering;

use crate::period::{Period, Unit};

/// How two periods stand; `None` where it depends on when they start.
pub(super) fn order(one: Period, other: Period) -> Option<Ordering> {
    let (amount, unit) = plain(one);
    let (other_amount, other_unit) = plain(other);
    if unit == other_unit {
        return Some(amount.cmp(&other_amount));
    }
    if longest_hours(one) <= other.shortest_hours() {
        Some(Ordering::Less)
    } else if longest_hours(other) <= one.shortest_hours() {
        Some(Ordering::Greater)
    } else {
        None
    }
}

/// Weeks as days and years as months: their lengths never differ.
const fn plain(period: Period) -> (u64, Unit) {
    let amount = period.amount as u64;
    match period.unit {
        Unit::Weeks => (amount * 7, Unit::Days),
        Unit::Years => (amount * 12, Unit::Months),
        unit => (amount, unit),
    }
}

/// The most hours a period can last. Public holidays may fall between working
/// days: twice the time without them covers the holidays of any country.
fn longest_hours(period: Period) -> u64 {
    match period.unit {
        Unit::WorkingDays => period.longest_hours() * 2,
        _ => period.longest_hours(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(one: &str, other: &str) -> Option<Ordering> {
        order(Period::parse(one).unwrap(), Period::parse(other).unwrap())
    }

    #[test]
    fn periods_are_ordered_only_where_no_calendar_can_turn_them_round() {
        for (one, other, expected) in [
            ("90 days", "180 days", Some(Ordering::Less)),
            ("1 year", "12 months", Some(Ordering::Equal)),
            ("2 weeks", "14 days", Some(Ordering::Equal)),
            ("30 days", "1 month", None),
            ("27 days", "1 month", Some(Ordering::Less)),
            ("32 days", "1 month", Some(Ordering::Greater)),
            ("24 hours", "1 day", None),
            ("365 days", "1 year", None),
            ("7 working days", "1 month", Some(Ordering::Less)),
            ("7 working days", "7 days", Some(Ordering::Greater)),
            ("7 working days", "10 days", None),
            ("3 working days", "14 days", Some(Ordering::Less)),
        ] {
            assert_eq!(compared(one, other), expected, "{one} and {other}");
            let reversed = expected.map(Ordering::reverse);
            assert_eq!(compared(other, one), reversed, "{other} and {one}");
        }
    }
}
