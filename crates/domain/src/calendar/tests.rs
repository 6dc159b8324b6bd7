//! Deadlines on dates where they go wrong: month ends, leap days, weekends,
//! holidays, clocks that change.

use super::*;

fn check(from: &str, amount: u32, unit: Unit, expected: &str) {
    let from: Timestamp = from.parse().unwrap();
    let paris = Calendar::of("FR").unwrap();
    let end = due(from, Period { amount, unit }, paris);
    let shown = end
        .to_zoned(paris.time_zone().clone())
        .datetime()
        .to_string();
    assert_eq!(shown, expected, "{from} + {amount} {unit:?}");
}

#[test]
fn one_month_is_the_corresponding_date_or_the_months_last_day() {
    check(
        "2026-03-10T09:00:00Z",
        1,
        Unit::Months,
        "2026-04-10T23:59:59",
    );
    // 31 January + 1 month is 28 February, a Saturday in 2026: Monday.
    check(
        "2026-01-31T09:00:00Z",
        1,
        Unit::Months,
        "2026-03-02T23:59:59",
    );
    check(
        "2028-01-31T09:00:00Z",
        1,
        Unit::Months,
        "2028-02-29T23:59:59",
    );
}

#[test]
fn a_period_that_ends_on_a_day_off_ends_with_the_next_working_day() {
    // 1 May 2026 is a holiday and a Friday: Monday 4 May.
    check(
        "2026-04-01T09:00:00Z",
        30,
        Unit::Days,
        "2026-05-04T23:59:59",
    );
    // 25 December 2026 is a Friday.
    check(
        "2026-11-25T09:00:00Z",
        1,
        Unit::Months,
        "2026-12-28T23:59:59",
    );
}

#[test]
fn working_days_skip_weekends_and_holidays() {
    // From Thursday 24 December: 25 off, weekend, so Monday 28 is the first.
    check(
        "2026-12-24T09:00:00Z",
        1,
        Unit::WorkingDays,
        "2026-12-28T23:59:59",
    );
    check(
        "2026-12-24T09:00:00Z",
        7,
        Unit::WorkingDays,
        "2027-01-06T23:59:59",
    );
}

#[test]
fn hours_are_counted_from_moment_to_moment_across_a_clock_change() {
    // Clocks go back on 25 October 2026.
    check(
        "2026-10-24T12:00:00Z",
        24,
        Unit::Hours,
        "2026-10-25T13:00:00",
    );
}

#[test]
fn the_day_begins_in_the_organisations_zone() {
    // 23:30 UTC on 9 March is 10 March in Paris.
    check(
        "2026-03-09T23:30:00Z",
        1,
        Unit::Weeks,
        "2026-03-17T23:59:59",
    );
}
