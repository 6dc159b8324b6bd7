//! Times as people say them, in UTC and saying so.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::count_of;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// "22 November 2026, 14:05 UTC".
pub(crate) fn time_words(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// "22 November 2026".
pub(crate) fn date_words(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// How long until a deadline: "9 days left", "overdue by 2 hours".
pub(crate) fn time_left(now: Timestamp, due: Timestamp) -> String {
    let seconds = due.duration_since(now).as_secs();
    if seconds < 0 {
        return format!("overdue by {}", length(seconds.unsigned_abs()));
    }
    format!("{} left", length(seconds.unsigned_abs()))
}

/// The largest unit of which at least two fit says enough; 36 hours says more
/// than a day.
fn length(seconds: u64) -> String {
    let units = [
        (DAY, "day", "days"),
        (HOUR, "hour", "hours"),
        (MINUTE, "minute", "minutes"),
    ];
    for (unit, one, many) in units {
        let amount = seconds / unit.unsigned_abs();
        if amount >= 2 {
            return count_of(amount, one, many);
        }
    }
    if seconds >= MINUTE.unsigned_abs() {
        return "1 minute".to_owned();
    }
    "less than a minute".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_names_the_largest_unit_that_says_enough() {
        let now: Timestamp = "2026-11-22T14:05:00Z".parse().unwrap();
        for (due, words) in [
            ("2026-12-22T22:59:59Z", "30 days left"),
            ("2026-11-24T02:05:00Z", "36 hours left"),
            ("2026-11-22T14:06:30Z", "1 minute left"),
            ("2026-11-22T14:05:10Z", "less than a minute left"),
            ("2026-11-22T13:05:00Z", "overdue by 60 minutes"),
            ("2026-11-19T14:05:00Z", "overdue by 3 days"),
        ] {
            assert_eq!(time_left(now, due.parse().unwrap()), words);
        }
        assert_eq!(time_words(now), "22 November 2026, 14:05 UTC");
        assert_eq!(date_words(jiff::civil::date(2026, 6, 1)), "1 June 2026");
    }
}
