//! The date at the top of a text: "Effective 1 December 2026", "In force from
//! December 1, 2026", "En vigueur le 1er décembre 2026", or the ISO form.

use jiff::civil::Date;

use super::Block;

/// The date stands above the first section: this many blocks from the top.
const TOP_BLOCKS_MAX: usize = 12;
/// Words that make a date the one from which the text holds, strongest first.
const MARKERS: [&[&str]; 2] = [
    &[
        "effective",
        "in force",
        "takes effect",
        "took effect",
        "applies from",
        "en vigueur",
    ],
    &[
        "last updated",
        "last revised",
        "last modified",
        "last changed",
        "updated on",
        "updated:",
        "version of",
        "mise à jour",
        "mis à jour",
    ],
];
/// How far behind its marker a date stands.
const DATE_BYTES_MAX: usize = 60;
const MONTHS: [[&str; 2]; 12] = [
    ["january", "janvier"],
    ["february", "février"],
    ["march", "mars"],
    ["april", "avril"],
    ["may", "mai"],
    ["june", "juin"],
    ["july", "juillet"],
    ["august", "août"],
    ["september", "septembre"],
    ["october", "octobre"],
    ["november", "novembre"],
    ["december", "décembre"],
];

/// The date the text names at its top, if any.
pub(super) fn effective(blocks: &[Block]) -> Option<Date> {
    let top: Vec<String> = blocks
        .iter()
        .take(TOP_BLOCKS_MAX)
        .map(|block| block.plain.to_lowercase())
        .collect();
    MARKERS.iter().find_map(|markers| {
        top.iter().find_map(|text| {
            let after = markers
                .iter()
                .filter_map(|marker| text.split_once(marker))
                .map(|(_, after)| after)
                .next()?;
            first_date(after)
        })
    })
}

/// The date that one block says the text holds from, and the words that say
/// so.
pub(crate) fn stated(plain: &str) -> Option<Date> {
    let text = plain.to_lowercase();
    MARKERS
        .iter()
        .flat_map(|markers| markers.iter())
        .find_map(|marker| {
            let (_, after) = text.split_once(marker)?;
            let near = after.floor_char_boundary(DATE_BYTES_MAX);
            first_date(after.get(..near)?)
        })
}

/// The first date in a text in lower case.
fn first_date(text: &str) -> Option<Date> {
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(3).find_map(|three| {
        let [first, second, third] = three else {
            return None;
        };
        let (day, month, year) = if let Some(month) = month(second) {
            (day(first)?, month, number(third)?)
        } else if let Some(month) = month(first) {
            (day(second)?, month, number(third)?)
        } else if first.len() == 4 {
            (
                day(third)?,
                i8::try_from(number(second)?).ok()?,
                number(first)?,
            )
        } else {
            return None;
        };
        Date::new(year, month, day)
            .ok()
            .filter(|date| date.year() >= 1900)
    })
}

fn month(word: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|names| {
        names.contains(&word)
            || (word.len() == 3 && names.iter().any(|name| name.starts_with(word)))
    })?;
    i8::try_from(place + 1).ok()
}

/// `1`, `1st`, `2nd`, `3rd`, `4th`, `1er`.
fn day(word: &str) -> Option<i8> {
    word.trim_end_matches(|character: char| !character.is_ascii_digit())
        .parse()
        .ok()
}

fn number(word: &str) -> Option<i16> {
    word.parse().ok()
}
