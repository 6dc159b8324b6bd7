//! Numbers and units in words.

use super::Unit;

/// A number in digits or in words up to ninety-nine: `7`, `seven`,
/// `twenty-one`. Digits may be grouped: `1,000`.
pub(super) fn number(word: &str) -> Option<u64> {
    if word.starts_with(|first: char| first.is_ascii_digit()) {
        return word.replace(',', "").parse().ok();
    }
    let word = word.to_ascii_lowercase();
    if let Some(small) = below_twenty(&word) {
        return Some(small);
    }
    let (ten, one) = word.split_once('-').unwrap_or((&word, ""));
    let ten = tens(ten)?;
    match one {
        "" => Some(ten),
        one => below_twenty(one)
            .filter(|one| (1..10).contains(one))
            .map(|one| ten + one),
    }
}

/// The unit a word names, working days aside.
pub(super) fn unit(word: &str) -> Option<Unit> {
    match word.to_ascii_lowercase().as_str() {
        "hour" | "hours" | "hr" | "hrs" | "h" => Some(Unit::Hours),
        "day" | "days" | "d" => Some(Unit::Days),
        "week" | "weeks" => Some(Unit::Weeks),
        "month" | "months" => Some(Unit::Months),
        "year" | "years" => Some(Unit::Years),
        "workday" | "workdays" => Some(Unit::WorkingDays),
        _ => None,
    }
}

/// Tens in words: `twenty` to `ninety`.
pub(super) fn tens(word: &str) -> Option<u64> {
    const TENS: [&str; 8] = [
        "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ];
    let place = TENS.iter().position(|known| *known == word)?;
    u64::try_from(place).ok().map(|place| (place + 2) * 10)
}

fn below_twenty(word: &str) -> Option<u64> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    let place = SMALL.iter().position(|known| *known == word)?;
    u64::try_from(place).ok()
}
