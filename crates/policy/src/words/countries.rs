//! Countries as texts name them, from `data/countries.txt`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::tokens::{self, Word};

const SOURCE: &str = include_str!("../../data/countries.txt");

/// Member states of the European Union, and what texts call it.
const UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];
/// Those that are in the European Economic Area besides.
const AREA: [&str; 3] = ["IS", "LI", "NO"];

/// A name's other words, and its country.
type Rest = Vec<(Vec<String>, &'static str)>;

/// Countries by the first word of their names, in lower case.
static NAMES: LazyLock<BTreeMap<String, Rest>> = LazyLock::new(|| {
    let mut names: BTreeMap<String, Rest> = BTreeMap::new();
    for line in SOURCE.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split('|');
        let Some(code) = parts.next() else { continue };
        for name in parts {
            let mut words = tokens::words(name, false).into_iter().map(|word| word.text);
            if let Some(first) = words.next() {
                names
                    .entry(first)
                    .or_default()
                    .push((words.collect(), code));
            }
        }
    }
    for rest in names.values_mut() {
        rest.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    }
    names
});

/// The countries a text names, with their bytes. A name begins with a capital
/// letter; the longest name wins.
pub(crate) fn find(plain: &str, words: &[Word]) -> Vec<(Range<usize>, &'static str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let capital = plain
            .get(word.span.clone())
            .is_some_and(|raw| raw.starts_with(char::is_uppercase));
        let named = NAMES.get(&word.text).filter(|_| capital).and_then(|names| {
            names.iter().find(|(rest, _)| {
                rest.iter().enumerate().all(|(index, wanted)| {
                    words
                        .get(at + 1 + index)
                        .is_some_and(|word| word.text == *wanted)
                })
            })
        });
        let Some((rest, code)) = named else {
            at += 1;
            continue;
        };
        let last = words.get(at + rest.len()).unwrap_or(word);
        found.push((word.span.start..last.span.end, *code));
        at += rest.len() + 1;
    }
    found
}

/// The English name of a country, by its code.
pub(crate) fn english(code: &str) -> Option<&'static str> {
    let named = |line: &'static str| {
        line.strip_prefix(code)?
            .strip_prefix('|')?
            .split('|')
            .next()
    };
    SOURCE.lines().filter(|_| code.len() == 2).find_map(named)
}

/// Whether two places may be the same: equal codes, or one within the other.
/// `None` where one of them isn't a country or a union of some.
pub(crate) fn agree(declared: &str, named: &str) -> Option<bool> {
    let declared = declared.to_ascii_uppercase();
    let members: &[&str] = match declared.as_str() {
        "EU" => &UNION,
        "EEA" => return Some(UNION.contains(&named) || AREA.contains(&named)),
        "UK" => &["GB"],
        code if crate::countries::is_code(code) => return Some(code == named),
        _ => return None,
    };
    Some(members.contains(&named))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        let words = tokens::words(text, false);
        find(text, &words)
            .into_iter()
            .map(|(_, code)| code)
            .collect()
    }

    #[test]
    fn countries_are_found_in_three_languages() {
        assert_eq!(codes("in the United States and Ireland"), ["US", "IE"]);
        assert_eq!(codes("aux Pays-Bas ou en Irlande"), ["NL", "IE"]);
        assert_eq!(codes("in den Vereinigte Staaten von Amerika"), ["US"]);
        assert_eq!(codes("turkey, the chad, us"), Vec::<&str>::new());
    }

    #[test]
    fn a_code_has_its_english_name() {
        assert_eq!(english("NL"), Some("Netherlands"));
        assert_eq!(english("US"), Some("United States"));
        assert_eq!(english("eu-west"), None);
        assert_eq!(english(""), None);
        assert!(crate::countries::codes().all(|code| english(code).is_some()));
    }

    #[test]
    fn unions_hold_their_members() {
        assert_eq!(agree("EU", "FR"), Some(true));
        assert_eq!(agree("eea", "NO"), Some(true));
        assert_eq!(agree("FR", "DE"), Some(false));
        assert_eq!(agree("eu-west-1", "FR"), None);
    }
}
