//! The table against what is known by hand, and deadlines against another
//! implementation.

use candor_policy::period::{Period, Unit};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};

use super::*;
use crate::calendar::due;

/// Made by `data/deadlines.py`.
const DEADLINES: &str = include_str!("../../../data/deadlines.csv");
const DEADLINES_MIN: usize = 1_000;

#[track_caller]
fn check(country: &str, off: &[Date], worked: &[Date]) {
    let calendar = OrganisationCalendar::of(country).unwrap();
    for day in off {
        assert!(calendar.is_holiday(*day), "{country} is off on {day}");
    }
    for day in worked {
        assert!(!calendar.is_holiday(*day), "{country} works on {day}");
    }
}

#[test]
fn france_is_off_on_eleven_days_and_works_on_good_friday() {
    // Code du travail, L3133-1. Good Friday and 26 December are days off in
    // Alsace and Moselle only.
    let off = [
        date(2026, 1, 1),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 8),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 7, 14),
        date(2026, 8, 15),
        date(2026, 11, 1),
        date(2026, 11, 11),
        date(2026, 12, 25),
    ];
    check("FR", &off, &[date(2026, 4, 3), date(2026, 12, 26)]);
    let calendar = OrganisationCalendar::of("FR").unwrap();
    let year = calendar
        .holidays
        .range(date(2026, 1, 1)..=date(2026, 12, 31));
    assert_eq!(year.count(), off.len());
}

#[test]
fn holidays_that_move_or_happen_once_are_known() {
    check(
        "DE",
        &[date(2026, 4, 3), date(2026, 10, 3)],
        &[date(2026, 10, 31)],
    );
    // 1 January 2028 is a Saturday; the federal government is off the day before.
    check(
        "US",
        &[date(2027, 12, 31), date(2026, 11, 26)],
        &[date(2026, 11, 27)],
    );
    check(
        "GB",
        &[date(2022, 9, 19), date(2023, 5, 8), date(2022, 6, 2)],
        &[date(2022, 5, 30)],
    );
    check(
        "GR",
        &[date(2026, 4, 10), date(2026, 4, 13)],
        &[date(2026, 4, 3)],
    );
    check(
        "NL",
        &[date(2025, 5, 5), date(2026, 4, 27)],
        &[date(2026, 5, 5)],
    );
    // Store bededag was abolished from 2024 on.
    check("DK", &[date(2023, 5, 5)], &[date(2024, 4, 26)]);
    check("NO", &[date(2026, 5, 17), date(2026, 4, 2)], &[]);
    check("CH", &[date(2026, 8, 1)], &[date(2026, 1, 2)]);
    check("IS", &[date(2026, 4, 23)], &[]);
    check("LI", &[date(2026, 8, 15)], &[]);
}

#[test]
fn every_country_has_a_zone_and_holidays_in_every_year() {
    let countries: Vec<&str> = OrganisationCalendar::countries().collect();
    assert_eq!(countries.len(), 27 + 6, "the Union and six others");
    for country in countries {
        let calendar = OrganisationCalendar::of(country).unwrap();
        assert!(calendar.time_zone().iana_name().is_some(), "{country}");
        for year in YEARS {
            let days = calendar
                .holidays
                .range(date(year, 1, 1)..=date(year, 12, 31));
            let days = days.count();
            assert!((4..=20).contains(&days), "{country} {year} has {days}");
            // Spain lists no holiday that falls on a Sunday.
            let new_year = date(year, 1, 1);
            let off = calendar.is_holiday(new_year) || new_year.weekday() == Weekday::Sunday;
            assert!(off, "{country} {year}");
        }
    }
}

#[test]
fn every_entry_of_the_table_is_read() {
    let written: usize = TABLE
        .lines()
        .filter(|line| line.starts_with("20"))
        .map(|line| line.split(' ').count() - 1)
        .sum();
    let read: usize = OrganisationCalendar::countries()
        .map(|country| OrganisationCalendar::of(country).unwrap().holidays.len())
        .sum();
    assert_eq!(read, written);
}

#[test]
fn unknown_countries_and_years_are_refused() {
    for country in ["", "fr", "FRA", "UK", "XX", "20", "#", "2026"] {
        assert!(OrganisationCalendar::of(country).is_none(), "{country}");
    }
    assert!(OrganisationCalendar::covers(2020) && OrganisationCalendar::covers(2040));
    assert!(!OrganisationCalendar::covers(2019) && !OrganisationCalendar::covers(2041));
}

/// A server may have no time zone database of its own.
#[test]
fn time_zones_are_compiled_in() {
    let bundled = jiff::tz::TimeZoneDatabase::bundled();
    for country in OrganisationCalendar::countries() {
        let calendar = OrganisationCalendar::of(country).unwrap();
        let name = calendar.time_zone().iana_name().unwrap();
        assert!(bundled.get(name).is_ok(), "{name}");
    }
}

#[test]
fn deadlines_agree_with_another_implementation() {
    let lines = DEADLINES.lines().filter(|line| !line.starts_with('#'));
    let mut compared = 0;
    for line in lines.skip(1) {
        let [country, received, amount, unit, expected] =
            line.split(',').collect::<Vec<_>>().try_into().unwrap();
        let unit: Unit = serde_json::from_value(unit.into()).unwrap();
        let amount: u32 = amount.parse().unwrap();
        let received: Timestamp = received.parse().unwrap();
        let calendar = OrganisationCalendar::of(country).unwrap();
        let found = due(received, Period { amount, unit }, &calendar);
        assert_eq!(found, expected.parse().unwrap(), "{line}");
        compared += 1;
    }
    assert!(compared >= DEADLINES_MIN, "{compared} compared");
}
