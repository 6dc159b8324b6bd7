//! Numbers of payment cards in text: 13 to 19 digits, perhaps in groups, whose
//! last one is the check digit of ISO/IEC 7812-1 (Luhn), and whose first ones a
//! card network uses. One in ten random numbers passes the first test, so the
//! second matters.

/// The fewest digits of a card number.
pub(super) const DIGITS_MIN: usize = 13;
const DIGITS_MAX: usize = 19;

/// Whether a text holds the number of a payment card.
pub(super) fn is_in(text: &str) -> bool {
    let mut digits: Vec<u32> = Vec::new();
    let mut gap = false;
    for character in text.chars().chain(std::iter::once('.')) {
        match character.to_digit(10) {
            Some(digit) => {
                digits.push(digit);
                gap = false;
            }
            // One space or hyphen between groups.
            None if matches!(character, ' ' | '-') && !gap && !digits.is_empty() => gap = true,
            None => {
                if is_card(&digits) {
                    return true;
                }
                digits.clear();
                gap = false;
            }
        }
    }
    false
}

fn is_card(digits: &[u32]) -> bool {
    (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && has_network(digits) && luhn(digits)
}

/// Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Maestro.
fn has_network(digits: &[u32]) -> bool {
    let first = |count: usize| {
        digits
            .iter()
            .take(count)
            .fold(0, |number, digit| number * 10 + digit)
    };
    matches!(first(1), 4)
        || matches!(first(2), 34 | 36 | 37 | 38 | 50..=58 | 62 | 63 | 65 | 67)
        || matches!(first(3), 300..=305 | 644..=649)
        || matches!(first(4), 2221..=2720 | 3528..=3589 | 6011)
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) if double > 9 => double - 9,
            (_, double) => double,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_told_from_other_numbers() {
        for (text, is_card) in [
            ("4111111111111111", true),
            ("my card is 5500-0000-0000-0004, thanks", true),
            ("3782 822463 10005", true),
            ("4111111111111112", false),
            ("41111111111111111111", false),
            ("1234567890123452", false),
            ("order 2026-11-22 14:00", false),
            ("+33 1 23 45 67 89", false),
            ("", false),
        ] {
            assert_eq!(is_in(text), is_card, "{text}");
        }
    }
}
