//! Periods as people write them, and what only looks like one.

#![expect(clippy::string_slice, reason = "a wrong span should fail the test")]

use super::*;

fn period(amount: u32, unit: Unit) -> Period {
    Period { amount, unit }
}

#[test]
fn reads_what_people_say() {
    let cases = [
        ("90 days", 90, Unit::Days),
        ("seven working days", 7, Unit::WorkingDays),
        ("7 business days", 7, Unit::WorkingDays),
        ("a week", 1, Unit::Weeks),
        ("an hour", 1, Unit::Hours),
        ("24h", 24, Unit::Hours),
        ("24-hour", 24, Unit::Hours),
        ("twenty-one days", 21, Unit::Days),
        ("twenty one days", 21, Unit::Days),
        ("thirty (30) days", 30, Unit::Days),
        ("one calendar month", 1, Unit::Months),
        ("Ten years", 10, Unit::Years),
        ("1,000 days", 1_000, Unit::Days),
        ("ninety-nine years", 99, Unit::Years),
    ];
    for (text, amount, unit) in cases {
        assert_eq!(Period::parse(text), Ok(period(amount, unit)), "{text}");
    }
}

#[test]
fn refuses_what_is_not_one_period() {
    for text in [
        "",
        "soon",
        "days",
        "90",
        "90 days or so",
        "about 90 days",
        "once a day",
        "1 fortnight",
        "4 — D",
        "3. Days",
    ] {
        assert_eq!(Period::parse(text), Err(PeriodError::Unclear), "{text}");
    }
    assert_eq!(Period::parse("0 days"), Err(PeriodError::Zero));
    assert_eq!(Period::parse("100001 days"), Err(PeriodError::TooLong));
    assert_eq!(
        Period::parse("99999999999999999999999 days"),
        Err(PeriodError::Unclear)
    );
}

#[test]
fn display_reads_back() {
    for unit in [
        Unit::Hours,
        Unit::Days,
        Unit::WorkingDays,
        Unit::Weeks,
        Unit::Months,
        Unit::Years,
    ] {
        for amount in [1, 2, 21, 365, AMOUNT_MAX] {
            let period = period(amount, unit);
            assert_eq!(Period::parse(&period.to_string()), Ok(period));
        }
    }
}

#[test]
fn finds_periods_and_not_rates() {
    let text = "We answer in 24 hours, 7 days a week; logs go after a 30-day period, \
                backups run once a day, and é invoices stay ten years.";
    let found: Vec<(&str, Period)> = find_periods(text)
        .into_iter()
        .map(|(span, period)| (&text[span], period))
        .collect();
    assert_eq!(
        found,
        [
            ("24 hours", period(24, Unit::Hours)),
            ("30-day", period(30, Unit::Days)),
            ("ten years", period(10, Unit::Years)),
        ]
    );
}

#[test]
fn lengths_are_equal_only_when_they_always_are() {
    assert!(period(1, Unit::Weeks).same_length(period(7, Unit::Days)));
    assert!(period(1, Unit::Years).same_length(period(12, Unit::Months)));
    assert!(!period(1, Unit::Months).same_length(period(30, Unit::Days)));
    assert!(!period(1, Unit::Days).same_length(period(24, Unit::Hours)));
    assert!(!period(7, Unit::WorkingDays).same_length(period(7, Unit::Days)));
}

#[test]
fn bounds_hold_for_every_start() {
    for months in 1..=48_u32 {
        let promised = period(months, Unit::Months);
        let mut start = jiff::civil::date(2023, 1, 1);
        while start < jiff::civil::date(2028, 1, 1) {
            let end = start.checked_add(jiff::Span::new().months(months)).unwrap();
            let days = u64::try_from((end - start).get_days()).unwrap();
            assert!(
                promised.shortest_hours() <= days * 24,
                "{months} from {start}: {days}"
            );
            assert!(
                promised.longest_hours() >= days * 24,
                "{months} from {start}: {days}"
            );
            start = start.tomorrow().unwrap();
        }
    }
}

#[test]
fn french_and_german_periods_are_read() {
    let cases = [
        ("fr", "trente jours", 30, Unit::Days),
        ("fr", "sept jours ouvrés", 7, Unit::WorkingDays),
        ("fr", "7 jours ouvrables", 7, Unit::WorkingDays),
        ("fr", "un mois", 1, Unit::Months),
        ("fr", "une semaine", 1, Unit::Weeks),
        ("fr", "vingt-et-un jours", 21, Unit::Days),
        ("fr", "soixante-douze heures", 72, Unit::Hours),
        ("fr", "quatre-vingt-dix jours", 90, Unit::Days),
        ("fr", "quatre-vingt-dix-neuf ans", 99, Unit::Years),
        ("fr", "quatre-vingts jours", 80, Unit::Days),
        ("fr", "cent vingt jours", 120, Unit::Days),
        ("fr", "cent ans", 100, Unit::Years),
        ("fr", "trente (30) jours calendaires", 30, Unit::Days),
        ("fr", "dix-sept mois", 17, Unit::Months),
        ("de", "dreißig Tage", 30, Unit::Days),
        ("de", "sieben Werktagen", 7, Unit::WorkingDays),
        ("de", "eines Monats", 1, Unit::Months),
        ("de", "einundzwanzig Tagen", 21, Unit::Days),
        ("de", "10 Jahre", 10, Unit::Years),
        ("en", "one month", 1, Unit::Months),
    ];
    for (language, text, amount, unit) in cases {
        let found = find_periods_in(text, language).unwrap();
        assert_eq!(found, [(0..text.len(), period(amount, unit))], "{text}");
    }
}

#[test]
fn french_rates_are_not_periods() {
    for text in [
        "une fois par jour",
        "24 heures sur 24",
        "7 jours par semaine",
        "un an ou l’autre",
    ] {
        let found = find_periods_in(text, "fr").unwrap();
        assert_eq!(
            found.len(),
            usize::from(text.starts_with("un an")),
            "{text}"
        );
    }
}
