//! Who speaks: the organisation's name, country and addresses, as far as the
//! text says them. What it doesn't say is missing, or given by whoever asks for
//! the draft; it is never guessed.

use std::ops::Range;

use super::Given;
use super::fact::{Fact, Origin, Sureness, Words};
use super::gather::Lines;
use crate::reading::document::Block;
use crate::reading::page::Page;
use crate::reading::tokens::tokens;
use crate::vendor_names;
use crate::words;

/// Endings that make capitalised words a company's name.
const FORMS: [&str; 18] = [
    "Inc", "LLC", "Ltd", "GmbH", "SAS", "SARL", "SA", "BV", "B.V", "AB", "AG", "Oy", "ApS", "AS",
    "Corp", "PLC", "LLP", "Pty",
];
/// Endings that are also ordinary words.
const WORDY_FORMS: [&str; 4] = ["Limited", "Corporation", "Foundation", "Company"];
/// Capitalised words that begin a title and no name.
const NO_NAMES: [&str; 6] = ["the", "at", "this", "our", "we", "about"];
/// Words of a name before its form.
const NAME_WORDS_MAX: usize = 4;
/// Beginnings of a data protection officer's address.
const OFFICERS: [&str; 3] = ["dpo@", "dataprotection@", "data-protection@"];

/// What the text says about who speaks.
#[derive(Clone, Debug, Default)]
pub(super) struct Organisation {
    pub(super) name: Option<Told>,
    pub(super) country: Option<Told>,
    pub(super) email: Option<Told>,
    pub(super) officer: Option<Told>,
}

/// A value, and the words it came from; none where it was given.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) value: String,
    pub(super) origin: Option<Origin>,
}

impl Organisation {
    /// What the declaration needs and the text doesn't say.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let needed = [
            ("the organisation's name", self.name.is_none()),
            ("its country", self.country.is_none()),
            ("a mailbox", self.email.is_none()),
        ];
        needed
            .into_iter()
            .filter(|(_, missing)| *missing)
            .map(|(what, _)| what)
            .collect()
    }

    /// Fills in what the text doesn't say.
    pub(super) fn complete(&mut self, given: &Given) {
        let slots = [
            (&mut self.name, &given.name),
            (&mut self.country, &given.country),
            (&mut self.email, &given.email),
        ];
        for (slot, given) in slots {
            if let (None, Some(value)) = (&slot, given) {
                *slot = Some(Told {
                    value: value.clone(),
                    origin: None,
                });
            }
        }
    }
}

/// Reads it, and the facts of the addresses.
pub(super) fn read(page: &Page<'_>, lines: &Lines) -> (Organisation, Vec<Fact>) {
    let mut found = Organisation::default();
    let mut facts = Vec::new();
    for (at, block) in page.document.blocks.iter().enumerate() {
        let told = |value: &str, plain: &Range<usize>| Told {
            value: value.to_owned(),
            origin: Some(lines.origin(
                page,
                &Words {
                    block: at,
                    plain: plain.clone(),
                },
            )),
        };
        if let Some(bytes) = company(page, block) {
            let name = block.plain.get(bytes.clone()).unwrap_or_default();
            let name = found.name.get_or_insert_with(|| told(name, &bytes));
            let same = block.plain.get(bytes.clone()) == Some(name.value.as_str());
            if let Some((plain, code)) = country(block, bytes.end).filter(|_| same) {
                found.country.get_or_insert_with(|| told(code, &plain));
            }
        }
        for (plain, address) in addresses(&block.plain) {
            let lower = address.to_lowercase();
            let officer = OFFICERS.iter().any(|start| lower.starts_with(start));
            let (slot, promise) = match officer {
                true => (&mut found.officer, "contact.officer"),
                false => (&mut found.email, "contact.email"),
            };
            slot.get_or_insert_with(|| told(&address, &plain));
            let same = slot.as_ref().is_some_and(|slot| slot.value == address);
            if same {
                let phrases = phrases(page, at, plain);
                contact(&mut facts, promise, phrases);
            }
        }
    }
    if found.name.is_none() {
        found.name = own_name(page, lines);
    }
    // One address serves both, where there is no other.
    if found.email.is_none()
        && let Some(officer) = found.officer.take()
    {
        found.email = Some(officer);
        for fact in &mut facts {
            "contact.email".clone_into(&mut fact.promise);
        }
    }
    (found, facts)
}

/// An address is a fact that needs a phrase.
fn contact(facts: &mut Vec<Fact>, promise: &str, phrases: Vec<Words>) {
    match facts.iter_mut().find(|fact| fact.promise == promise) {
        Some(fact) => fact.phrases.extend(phrases),
        None => facts.push(Fact {
            section: "organisation",
            name: String::new(),
            value: String::new(),
            weaker: None,
            promise: promise.to_owned(),
            phrases,
            sureness: Sureness::Sure,
            contested: Vec::new(),
        }),
    }
}

/// The address itself, or, where that is a link already, the words that invite
/// to write.
fn phrases(page: &Page<'_>, at: usize, plain: Range<usize>) -> Vec<Words> {
    let sentence = page
        .sentences_of(at)
        .find(|sentence| sentence.plain.contains(&plain.start));
    let mut phrases = vec![Words { block: at, plain }];
    if let Some(sentence) = sentence {
        let hits = sentence.commitments.all();
        let inviting = hits.filter(|(rule, _)| *rule == "contact");
        phrases.extend(inviting.map(|(_, words)| Words {
            block: at,
            plain: sentence.bytes(&words),
        }));
    }
    phrases
}

/// The country that a block names after the organisation's name, where it is
/// the only one, and not a subsidiary's.
fn country(block: &Block, after: usize) -> Option<(Range<usize>, &'static str)> {
    let words = words::tokens::words(&block.plain, false);
    let others = ["subsidiary", "subsidiaries", "affiliate", "affiliates"];
    if words
        .iter()
        .any(|word| others.contains(&word.text.as_str()))
    {
        return None;
    }
    let mut named = words::countries::find(&block.plain, &words).into_iter();
    let (plain, code) = named.next()?;
    let only = named.all(|(_, other)| other == code);
    // "Example Ireland Ltd" is a name, not a place.
    let rest = block.plain.get(plain.end..).unwrap_or_default();
    let next = rest.split_whitespace().next().unwrap_or_default();
    let place = !FORMS.contains(&next.trim_end_matches(['.', ',']));
    (only && place && plain.start >= after).then_some((plain, code))
}

/// Capitalised words that end in a legal form, with nothing but spaces and a
/// comma between them: "Example Hosting, Inc". An ordinary word that is also a
/// form ("Corporation") needs a name that the organisation calls itself by.
fn company(page: &Page<'_>, block: &Block) -> Option<Range<usize>> {
    let mut name: Vec<(usize, &str)> = Vec::new();
    let mut at = 0;
    for piece in block.plain.split_inclusive([' ', '\u{a0}', '\n']) {
        let start = at;
        at += piece.len();
        let bare = piece.trim_end();
        let word = bare.trim_end_matches([',', '.', ')', ';', ':', '”', '"']);
        let capital =
            word.starts_with(|first: char| first.is_uppercase() || first.is_ascii_digit());
        let known = FORMS.contains(&word) || WORDY_FORMS.contains(&word);
        if capital && known {
            let words = name
                .get(name.len().saturating_sub(NAME_WORDS_MAX)..)
                .unwrap_or_default();
            let own = words
                .iter()
                .any(|(_, word)| page.own_names.contains(&word.to_lowercase()));
            if let Some((first, _)) = words.first().filter(|_| own || FORMS.contains(&word)) {
                return Some(*first..start + word.len());
            }
        }
        let whole = bare == word || bare.strip_suffix(',') == Some(word);
        if !capital || !whole {
            name.clear();
        }
        if capital && whole {
            name.push((start, word));
        }
    }
    None
}

/// A name that the organisation calls itself by, with the capitalised words
/// before it: a company's of the vendor list rather than a product's.
fn own_name(page: &Page<'_>, lines: &Lines) -> Option<Told> {
    let mut named: Vec<(bool, Words)> = Vec::new();
    for name in &page.own_names {
        let mut blocks = page.document.blocks.iter().enumerate();
        named.extend(blocks.find_map(|(at, block)| {
            let plain = mention(block, name)?;
            let known = vendor_names::find(&block.plain, &block.sentences, false)
                .iter()
                .any(|found| found.span.start < plain.end && plain.start < found.span.end);
            Some((!known, Words { block: at, plain }))
        }));
    }
    // Stable: of equals, the first.
    named.sort_by_key(|(unknown, _)| *unknown);
    let (_, words) = named.into_iter().next()?;
    let origin = lines.origin(page, &words);
    Some(Told {
        value: origin.words.clone(),
        origin: Some(origin),
    })
}

/// Where a block has a name, capitalised, with the capitalised words before it.
fn mention(block: &Block, name: &str) -> Option<Range<usize>> {
    let tokens = tokens(&block.plain, 0..block.plain.len());
    let wanted: Vec<&str> = name.split(' ').collect();
    let at = tokens.windows(wanted.len().max(1)).position(|window| {
        let same = window
            .iter()
            .zip(&wanted)
            .all(|(token, word)| token.word == *word);
        same && window.first().is_some_and(|token| token.capital)
    })?;
    let before = tokens.get(..at)?.iter().rev();
    let first = before
        .take_while(|token| token.capital && !NO_NAMES.contains(&token.word.as_str()))
        .take(NAME_WORDS_MAX)
        .last();
    let first = first.or_else(|| tokens.get(at))?;
    let last = tokens.get(at + wanted.len() - 1)?;
    Some(first.span.start..last.span.end)
}

/// Addresses for mail: as they are written, and what they mean. "privacy\[at\]x
/// \[dot\]com" is written so against robots.
fn addresses(plain: &str) -> Vec<(Range<usize>, String)> {
    let part = |letter: char| {
        letter.is_ascii_alphanumeric()
            || matches!(letter, '.' | '-' | '_' | '+' | '[' | ']' | '(' | ')')
    };
    let mut found = Vec::new();
    for sign in ["@", "[at]", "(at)"] {
        for (at, _) in plain.match_indices(sign) {
            let before = plain.get(..at).unwrap_or_default();
            let rest = at + sign.len();
            let after = plain.get(rest..).unwrap_or_default();
            let start = before
                .trim_end_matches(|letter| part(letter) && !"[]()".contains(letter))
                .len();
            let domain: usize = after.chars().take_while(|letter| part(*letter)).count();
            let domain = after.get(..domain).unwrap_or_default();
            let domain = domain.trim_end_matches(['.', '-', '(', ')', '[', ']']);
            let meant = domain.replace("[dot]", ".").replace("(dot)", ".");
            let sound = meant
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-'));
            if start < at && sound && meant.contains('.') {
                let mailbox = plain.get(start..at).unwrap_or_default();
                found.push((start..rest + domain.len(), format!("{mailbox}@{meant}")));
            }
        }
    }
    found.sort_by_key(|(bytes, _)| bytes.start);
    found
}
