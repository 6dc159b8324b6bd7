//! The table against what is known by hand, and deadlines against another
//! implementation.

use candor_policy::period::{Period, Unit};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date};

use super::*;
use crate::calendar::due;

/// Made by `data/deadlines.py`.
const DEADLINES: &str = include_str!("../../../data/deadlines.csv");
const DEADLINES_MIN: usize = 3_000;

#[track_caller]
fn check(country: &str, off: &[Date], worked: &[Date]) {
    let calendar = Calendar::of(country).unwrap();
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
    let calendar = Calendar::of("FR").unwrap();
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
fn regions_differ_from_their_country_where_the_law_does() {
    // 2 January is off in Scotland, 17 March in Northern Ireland.
    check("GB-SCT", &[date(2026, 1, 2)], &[date(2026, 4, 6)]);
    check("GB-NIR", &[date(2026, 3, 17)], &[date(2026, 1, 2)]);
    check("GB", &[date(2026, 4, 6)], &[date(2026, 1, 2)]);
    check("GB-ENG", &[date(2026, 4, 6)], &[date(2026, 1, 2)]);
    // Good Friday is off in Zurich, not in Ticino; Saint Joseph the other way.
    check("CH-ZH", &[date(2026, 4, 3)], &[date(2026, 3, 19)]);
    check("CH-TI", &[date(2026, 3, 19)], &[date(2026, 4, 3)]);
    check("DE-BY", &[date(2026, 1, 6)], &[date(2026, 10, 31)]);
    // California works on the federal Columbus Day, and its offices are open
    // on Diwali; 31 March is its own.
    check(
        "US-CA",
        &[date(2026, 3, 31), date(2026, 11, 27)],
        &[date(2026, 10, 12), date(2026, 11, 8), date(2026, 2, 15)],
    );
    check("CA-QC", &[date(2026, 6, 24)], &[date(2026, 8, 3)]);
    let zone = Calendar::of("US-CA").unwrap().time_zone();
    assert_eq!(zone.iana_name(), Some("America/Los_Angeles"));
}

#[test]
fn every_place_has_a_zone_and_holidays_in_every_year() {
    let countries = Calendar::places().filter(|place| place.len() == 2);
    assert_eq!(countries.count(), 27 + 8, "the Union and eight others");
    let of = |country: &str| {
        let places = Calendar::places();
        places.filter(|place| place.starts_with(country)).count() - 1
    };
    assert_eq!((of("CH"), of("DE"), of("GB")), (26, 16, 4));
    for place in Calendar::places() {
        let calendar = Calendar::of(place).unwrap();
        assert_eq!(calendar.place(), place);
        assert!(calendar.time_zone().iana_name().is_some(), "{place}");
        for year in YEARS {
            let days = calendar
                .holidays
                .range(date(year, 1, 1)..=date(year, 12, 31));
            let days = days.count();
            assert!((4..=20).contains(&days), "{place} {year} has {days}");
            // Spain lists no holiday that falls on a Sunday.
            let new_year = date(year, 1, 1);
            let off = calendar.is_holiday(new_year) || new_year.weekday() == Weekday::Sunday;
            assert!(off, "{place} {year}");
        }
    }
}

#[test]
fn every_entry_of_the_table_is_read() {
    for line in TABLE.lines().filter(|line| line.starts_with("20")) {
        let (year, days) = line.split_once(' ').unwrap();
        for day in days.split(' ') {
            let read = super::date(year.parse().unwrap(), day.trim_start_matches('-'));
            assert!(read.is_some(), "{line}");
        }
    }
    let written: usize = TABLE
        .lines()
        .skip_while(|line| line.starts_with('#'))
        .take_while(|line| !line.starts_with("BE "))
        .filter(|line| line.starts_with("20"))
        .map(|line| line.split(' ').count() - 1)
        .sum();
    assert_eq!(Calendar::of("AT").unwrap().holidays.len(), written);
}

/// Whoever may declare a place must find a calendar for it.
#[test]
fn the_regions_of_the_language_are_those_of_the_table() {
    let regions: Vec<&str> = Calendar::places()
        .filter(|place| place.contains('-'))
        .collect();
    let declared: Vec<&str> = candor_policy::countries::regions().collect();
    assert_eq!(regions, declared);
}

#[test]
fn unknown_places_and_years_are_refused() {
    for country in [
        "", "fr", "FRA", "UK", "XX", "20", "#", "2026", "GB-", "CH-XX",
    ] {
        assert!(Calendar::of(country).is_none(), "{country}");
    }
    assert!(Calendar::covers(2020) && Calendar::covers(2040));
    assert!(!Calendar::covers(2019) && !Calendar::covers(2041));
}

/// A server may have no time zone database of its own.
#[test]
fn time_zones_are_compiled_in() {
    let bundled = jiff::tz::TimeZoneDatabase::bundled();
    for country in Calendar::places() {
        let calendar = Calendar::of(country).unwrap();
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
        let calendar = Calendar::of(country).unwrap();
        let found = due(received, Period { amount, unit }, calendar);
        assert_eq!(found, expected.parse().unwrap(), "{line}");
        compared += 1;
    }
    assert!(compared >= DEADLINES_MIN, "{compared} compared");
}
