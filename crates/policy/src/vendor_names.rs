//! Names of vendors, from `data/vendors.txt`, and where a text mentions them.
//! A name must be capitalised in the text; one that is an ordinary English
//! word counts only inside a sentence, or as the whole of a block, and never in
//! a heading.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

const SOURCE: &str = include_str!("../data/vendors.txt");

/// A vendor with its names, the first being the one it is called by.
#[derive(Debug)]
pub(crate) struct Vendor {
    names: Vec<&'static str>,
}

impl Vendor {
    /// What it is called.
    pub(crate) fn name(&self) -> &'static str {
        self.names().next().unwrap_or_default()
    }

    /// Every name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().map(|name| name.trim_start_matches('~'))
    }
}

/// A vendor that a text names.
pub(crate) struct Mention {
    pub(crate) vendor: &'static Vendor,
    /// Its name within the block's plain text.
    pub(crate) span: Range<usize>,
}

/// One name as the words it is made of, in lower case.
struct Name {
    words: Vec<String>,
    ordinary: bool,
    vendor: usize,
}

struct Vendors {
    all: Vec<Vendor>,
    /// Names by their first word, longer ones first.
    by_first: BTreeMap<String, Vec<Name>>,
}

static VENDORS: LazyLock<Vendors> = LazyLock::new(|| {
    let all: Vec<Vendor> = SOURCE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| Vendor {
            names: line.split('|').collect(),
        })
        .collect();
    let mut by_first: BTreeMap<String, Vec<Name>> = BTreeMap::new();
    for (vendor, names) in all.iter().enumerate() {
        for name in &names.names {
            let words: Vec<String> = words(name).map(|(_, word)| word.to_lowercase()).collect();
            if let Some(first) = words.first().cloned() {
                let ordinary = name.starts_with('~');
                by_first.entry(first).or_default().push(Name {
                    words,
                    ordinary,
                    vendor,
                });
            }
        }
    }
    for names in by_first.values_mut() {
        names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
    }
    Vendors { all, by_first }
});

/// Whether a name in lower case is a vendor's.
pub(crate) fn knows(name: &str) -> bool {
    let wanted: Vec<&str> = words(name).map(|(_, word)| word).collect();
    let named = wanted
        .first()
        .and_then(|first| VENDORS.by_first.get(*first));
    named.is_some_and(|names| names.iter().any(|name| name.words == wanted))
}

/// The vendors a block names, in order; the longest name wins.
pub(crate) fn find(plain: &str, sentences: &[Range<usize>], heading: bool) -> Vec<Mention> {
    let tokens: Vec<(usize, &str)> = words(plain).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, first)) = tokens.get(at).copied() {
        let capital =
            first.starts_with(|letter: char| letter.is_uppercase() || letter.is_ascii_digit());
        let matched = capital
            .then(|| VENDORS.by_first.get(&first.to_lowercase()))
            .flatten()
            .and_then(|names| {
                names.iter().find(|name| {
                    matches(plain, tokens.get(at..).unwrap_or_default(), &name.words)
                        && !(name.ordinary && (heading || begins(plain, sentences, start, first)))
                })
            });
        let Some(name) = matched else {
            at += 1;
            continue;
        };
        at += name.words.len();
        let last = tokens
            .get(at - 1)
            .map_or(start, |(start, word)| start + word.len());
        if let Some(vendor) = VENDORS.all.get(name.vendor) {
            found.push(Mention {
                vendor,
                span: start..last,
            });
        }
    }
    found
}

/// Whether the words of a name stand here, with at most one character between
/// two of them. Every word is capitalised as the first is, or joined to the
/// word before ("Tawk.to").
fn matches(plain: &str, tokens: &[(usize, &str)], name: &[String]) -> bool {
    let mut end = None;
    name.iter().enumerate().all(|(index, wanted)| {
        let Some((start, word)) = tokens.get(index) else {
            return false;
        };
        let gap = end.map_or(0, |end| start - end);
        let joined = end.is_some_and(|end| plain.get(end..*start).is_none_or(|gap| gap != " "));
        end = Some(start + word.len());
        gap <= 1
            && word.to_lowercase() == *wanted
            && (joined || index == 0 || !word.starts_with(char::is_lowercase))
    })
}

/// Whether a word begins a sentence, where its capital letter says nothing. A
/// block that is nothing but the word, such as a cell of a table, is a name.
fn begins(plain: &str, sentences: &[Range<usize>], start: usize, word: &str) -> bool {
    let after = sentences.partition_point(|sentence| sentence.start <= start);
    let sentence = after.checked_sub(1).and_then(|at| sentences.get(at));
    let before = sentence.and_then(|sentence| plain.get(sentence.start..start));
    before.is_some_and(|before| !before.contains(char::is_alphanumeric)) && plain.trim() != word
}

/// Runs of letters and digits, with their positions.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(plain: &str) -> Vec<&'static str> {
        let whole = 0..plain.len();
        find(plain, std::slice::from_ref(&whole), false)
            .into_iter()
            .map(|mention| mention.vendor.name())
            .collect()
    }

    #[test]
    fn names_are_found_where_they_are_names() {
        assert_eq!(
            names("Payments go through Stripe and PayPal."),
            ["Stripe", "PayPal"]
        );
        assert_eq!(
            names("We use Google Analytics 4 and Zendesk"),
            ["Google Analytics", "ZenDesk"]
        );
        assert_eq!(names("Chat by Tawk.to."), ["Tawk.to"]);
        assert_eq!(names("Stripe"), ["Stripe"]);
    }

    #[test]
    fn ordinary_words_are_not_names() {
        for plain in [
            "A notion of privacy, a stripe of colour, the linear front",
            "Segment of users",
            "We zoom in. The Service, the Customer, the Site, Your Content, Account and Support",
            "Privacy Policy, Terms of Service, Data Protection Officer, European Union",
            "see https://stripe.com/privacy",
        ] {
            assert_eq!(names(plain), Vec::<&str>::new(), "{plain}");
        }
    }
}
