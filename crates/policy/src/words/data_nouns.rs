//! Words for kinds of data, from `data/data_nouns.txt`, and where a text uses
//! them.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::tokens::{self, Word};

const SOURCE: &str = include_str!("../../data/data_nouns.txt");

/// A kind of data that a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Noun {
    /// Its bytes.
    pub(crate) span: Range<usize>,
    /// Its category of the vocabulary.
    pub(crate) category: &'static str,
    /// Whether it means that only in a list of data.
    pub(crate) in_lists: bool,
}

struct Entry {
    rest: Vec<String>,
    category: &'static str,
    in_lists: bool,
}

/// Entries by their first word, the longest first.
static NOUNS: LazyLock<BTreeMap<String, Vec<Entry>>> = LazyLock::new(|| {
    let mut nouns: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for line in SOURCE.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split('|');
        let Some(category) = parts.next() else {
            continue;
        };
        for part in parts {
            let phrase = part.trim_start_matches('~');
            let mut words = tokens::words(phrase, true)
                .into_iter()
                .map(|word| word.text);
            if let Some(first) = words.next() {
                nouns.entry(first).or_default().push(Entry {
                    rest: words.collect(),
                    category,
                    in_lists: part.starts_with('~'),
                });
            }
        }
    }
    for entries in nouns.values_mut() {
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.rest.len()));
    }
    nouns
});

/// The kinds of data these words name, in order; the longest name wins.
pub(crate) fn find(words: &[Word]) -> Vec<Noun> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let entry = candidates(&word.text).find(|entry| {
            entry.rest.iter().enumerate().all(|(index, wanted)| {
                let next = words.get(at + 1 + index);
                next.is_some_and(|next| !next.after_break && is(&next.text, wanted))
            })
        });
        let Some(entry) = entry else {
            at += 1;
            continue;
        };
        let last = words.get(at + entry.rest.len()).unwrap_or(word);
        found.push(Noun {
            span: word.span.start..last.span.end,
            category: entry.category,
            in_lists: entry.in_lists,
        });
        at += entry.rest.len() + 1;
    }
    found
}

fn candidates(word: &str) -> impl Iterator<Item = &'static Entry> {
    let singular = word.strip_suffix('s').filter(|_| !NOUNS.contains_key(word));
    let entries = NOUNS.get(singular.unwrap_or(word));
    entries.into_iter().flatten()
}

/// The same word, or its plural in -s.
fn is(word: &str, wanted: &str) -> bool {
    word.strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest == "s")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary;

    fn categories(text: &str) -> Vec<&'static str> {
        let words = tokens::words(text, false);
        find(&words).into_iter().map(|noun| noun.category).collect()
    }

    #[test]
    fn every_noun_names_a_category() {
        for entry in NOUNS.values().flatten() {
            assert!(
                vocabulary::is_data_category(entry.category),
                "{}",
                entry.category
            );
        }
    }

    #[test]
    fn data_are_found_by_their_words() {
        assert_eq!(
            categories("only your e-mail address, IP addresses and card number"),
            ["contact.email", "device.ip", "payment.card"]
        );
        assert_eq!(
            categories("their passwords and dates"),
            ["credential.password"]
        );
        assert_eq!(
            categories("the rate of a nameless thing"),
            Vec::<&str>::new()
        );
    }
}
