//! What the organisation calls itself: a name that does what only the
//! organisation does ("Ferrule collects", "Ferrule does not sell"), or that
//! the text puts beside "we" in brackets.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::{Block, Document};
use super::tokens::{Token, tokens};
use super::{lexicon, ordinary};
use crate::vendor_names;

/// The words of a sentence, in which the organisation's names are read as "we".
pub(super) fn as_we(words: Vec<Token>, names: &[String]) -> Vec<Token> {
    let mut read: Vec<Token> = Vec::with_capacity(words.len());
    let mut skip = 0;
    for (at, word) in words.iter().enumerate() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let rest = words.get(at..).unwrap_or_default();
        let length = names.iter().filter_map(|name| stands(name, rest)).max();
        let mut word = word.clone();
        if let Some(length) = length {
            word.rename("we");
            word.span.end = rest
                .get(length - 1)
                .map_or(word.span.end, |last| last.span.end);
            skip = length - 1;
        }
        read.push(word);
    }
    read
}

/// How many words a name has, where it stands here.
fn stands(name: &str, words: &[Token]) -> Option<usize> {
    let mut length = 0;
    for wanted in name.split(' ') {
        words.get(length).filter(|word| word.word == wanted)?;
        length += 1;
    }
    Some(length)
}

/// What an organisation says it does.
const VERBS: [&str; 22] = [
    "collects",
    "uses",
    "stores",
    "shares",
    "retains",
    "processes",
    "keeps",
    "does",
    "sells",
    "discloses",
    "respects",
    "receives",
    "publishes",
    "will",
    "may",
    "provides",
    "transfers",
    "complies",
    "has",
    "offers",
    "reserves",
    "logs",
];
/// Words that do such things without being an organisation's name.
const NO_NAMES: [&str; 63] = [
    "how",
    "why",
    "where",
    "when",
    "it",
    "this",
    "that",
    "which",
    "who",
    "we",
    "you",
    "they",
    "there",
    "he",
    "she",
    "what",
    "service",
    "services",
    "site",
    "website",
    "app",
    "application",
    "platform",
    "company",
    "policy",
    "notice",
    "statement",
    "provider",
    "providers",
    "processor",
    "controller",
    "browser",
    "cookie",
    "cookies",
    "party",
    "parties",
    "user",
    "users",
    "customer",
    "customers",
    "information",
    "data",
    "law",
    "request",
    "page",
    "section",
    "server",
    "servers",
    "system",
    "software",
    "partner",
    "partners",
    "vendor",
    "network",
    "consent",
    "account",
    "and",
    "or",
    "one",
    "also",
    "content",
    "visitor",
    "these",
];
/// How a bracket that says "we" begins.
const WE_IN_BRACKETS: [&str; 6] = ["(“we", "(\"we", "(‘we", "(“us", "(\"us", "('we"];
/// Words after a name that say what kind of company it is.
const COMPANY_FORMS: [&str; 12] = [
    "inc",
    "ltd",
    "llc",
    "gmbh",
    "corp",
    "corporation",
    "limited",
    "sas",
    "bv",
    "ag",
    "sa",
    "plc",
];
/// How often a name must do such things.
const TIMES_MIN: usize = 3;
/// Words of a name at most.
const NAME_WORDS_MAX: usize = 4;
/// Names a text can have for its organisation.
const NAMES_MAX: usize = 4;

/// The names, in lower case.
pub(super) fn find(document: &Document) -> Vec<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut beside_we = Vec::new();
    for block in document.blocks.iter().filter(|block| !block.is_heading()) {
        let words = tokens(&block.plain, 0..block.plain.len());
        for (at, pair) in words.windows(2).enumerate() {
            if let [name, verb] = pair
                && VERBS.contains(&verb.word.as_str())
                && can_be_name(name)
            {
                let name = whole_name(words.get(..=at).unwrap_or_default());
                *times.entry(name).or_default() += 1;
            }
        }
        beside_we.extend(named_beside_we(&block.plain));
    }
    let mut often: Vec<(usize, String)> = times
        .into_iter()
        .filter(|(_, times)| *times >= TIMES_MIN)
        .map(|(name, times)| (times, name))
        .collect();
    often.sort_by(|one, other| other.cmp(one));
    let mut names = beside_we;
    names.extend(introduced(document).into_iter().map(|name| name.join(" ")));
    // A vendor that a text speaks of often isn't who speaks.
    let told: Vec<String> = names.iter().map(|name| first_word(name)).collect();
    let speaks = |(at, (_, name)): (usize, (usize, String))| {
        let own = told.contains(&first_word(&name)) || told.is_empty() && at == 0;
        (own || !vendor_names::knows(&name)).then_some(name)
    };
    names.extend(often.into_iter().enumerate().filter_map(speaks));
    let mut unique = Vec::new();
    for name in names {
        if !unique.contains(&name) && unique.len() < NAMES_MAX {
            unique.push(name);
        }
    }
    unique
}

fn first_word(name: &str) -> String {
    name.split(' ').next().unwrap_or_default().to_owned()
}

/// Names of any length that the text introduces as the organisation's own: in
/// its title, or beside "we".
fn introduced(document: &Document) -> Vec<Vec<String>> {
    let title = document.blocks.iter().find(|block| block.is_heading());
    let mut names: Vec<Vec<String>> = title.and_then(titled).into_iter().collect();
    for block in document.blocks.iter().filter(|block| !block.is_heading()) {
        names.extend(before_we(&block.plain));
        for sentence in &block.sentences {
            names.extend(quoted_beside_we(
                block.plain.get(sentence.clone()).unwrap_or_default(),
            ));
        }
    }
    names.truncate(NAMES_MAX);
    names
}

/// `Ferrule` of "Ferrule Privacy Policy".
fn titled(block: &Block) -> Option<Vec<String>> {
    let words = tokens(&block.plain, 0..block.plain.len());
    let end = words
        .iter()
        .position(|word| matches!(word.word.as_str(), "privacy" | "cookie" | "data"))?;
    let name = words.get(..end)?;
    let name = match name.split_first() {
        Some((first, rest)) if first.word == "the" => rest,
        _ => name,
    };
    is_own(name)
}

/// `Ferrule` of `Ferrule Ltd. ("we", "us")`: the capitalised words before the
/// bracket, other brackets left out.
fn before_we(plain: &str) -> Option<Vec<String>> {
    let at = WE_IN_BRACKETS
        .iter()
        .filter_map(|we| plain.to_lowercase().find(we))
        .min()?;
    let mut before = plain.get(..at)?.trim_end();
    while let Some(open) = before.strip_suffix(')').and_then(|rest| rest.rfind('(')) {
        before = before.get(..open)?.trim_end();
    }
    let start = before.floor_char_boundary(before.len().saturating_sub(ABOUT_BYTES));
    let words = tokens(before, start..before.len());
    let more = words.iter().rev().take_while(|word| word.capital).count();
    let run = words.get(words.len() - more..)?;
    let company = |word: &&Token| !COMPANY_FORMS.contains(&word.word.as_str());
    let name: Vec<Token> = run.iter().take_while(company).cloned().collect();
    is_own(&name)
}

/// `Ferrule` of "when you read ‘Ferrule’ or ‘we’".
fn quoted_beside_we(sentence: &str) -> Vec<Vec<String>> {
    let parts: Vec<&str> = sentence.split(['“', '”', '"', '‘', '’', '\'']).collect();
    let quoted = || parts.iter().skip(1).step_by(2);
    let means_us = |part: &str| matches!(part.to_lowercase().as_str(), "we" | "us");
    if !quoted().any(|part| part.split('/').any(means_us)) {
        return Vec::new();
    }
    quoted()
        .filter_map(|part| is_own(&tokens(part, 0..part.len())))
        .collect()
}

fn is_own(name: &[Token]) -> Option<Vec<String>> {
    let named = (1..=PRODUCT_WORDS_MAX).contains(&name.len())
        && name.iter().all(|word| word.capital)
        && name.iter().any(|word| !ordinary::is_ordinary(&word.word))
        && (name.len() > 1 || name.first().is_some_and(can_be_name));
    named.then(|| name.iter().map(|word| word.word.clone()).collect())
}

/// The name that ends with the last of these words: `Ferrule of the North`.
/// A word that begins a sentence may be none of the name's, so that "At
/// Ferrule" counts apart.
fn whole_name(words: &[Token]) -> String {
    let mut first = words.len().saturating_sub(1);
    for (at, word) in words.iter().enumerate().rev().take(NAME_WORDS_MAX) {
        let small = ["the", "of", "and", "for"].contains(&word.word.as_str());
        if word.capital && !small {
            first = at;
        } else if !small {
            break;
        }
        if word.after_break {
            break;
        }
    }
    let name: Vec<&str> = words
        .get(first..)
        .unwrap_or_default()
        .iter()
        .map(|word| word.word.as_str())
        .collect();
    name.join(" ")
}

fn can_be_name(token: &Token) -> bool {
    token.word.len() > 1
        && !NO_NAMES.contains(&token.word.as_str())
        && (token.capital
            || token.word.contains(|letter: char| letter.is_ascii_digit())
            || !token.word.contains(['a', 'e', 'i', 'o', 'u', 'y']))
}

/// Products of the organisation, by the first word of their names: those that
/// the text lists where it says what it is about ("applies to our websites,
/// including …"), and those it calls its own ("our services, such as …"). So,
/// too, who is said to run it ("this site is operated by …").
pub(super) fn products(document: &Document, own_names: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    found.extend(
        introduced(document)
            .into_iter()
            .filter_map(|name| name.into_iter().next()),
    );
    for block in &document.blocks {
        if is_about(document, block) {
            let parts = block.plain.split([',', '(', ')', ';']);
            let parts = parts.flat_map(|part| part.split(" including "));
            found.extend(parts.filter_map(listed));
        }
        let words = tokens(&block.plain, 0..block.plain.len().min(BLOCK_BYTES_MAX));
        let words = as_we(words, own_names);
        for hit in lexicon::RECIPIENTS.patterns.find(&words) {
            if matches!(lexicon::RECIPIENTS.name(*hit.rule), "own" | "operator") {
                let next = words.get(hit.words.end).filter(|word| word.capital);
                found.extend(next.map(|word| word.word.clone()));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Bytes of a block in which its products are looked for.
const BLOCK_BYTES_MAX: usize = 20_000;
/// Words of a product's name at most.
const PRODUCT_WORDS_MAX: usize = 3;

/// Whether a block, or what introduces it, says what the text is about.
fn is_about(document: &Document, block: &Block) -> bool {
    let lead = block.lead.and_then(|lead| document.blocks.get(lead));
    [Some(block), lead].into_iter().flatten().any(|block| {
        let end = block.plain.floor_char_boundary(ABOUT_BYTES);
        let words = tokens(&block.plain, 0..end);
        let hits = lexicon::EXCLUSIONS.patterns.find(&words);
        hits.iter()
            .any(|hit| lexicon::EXCLUSIONS.name(*hit.rule) == "about")
    })
}

/// Bytes at a block's beginning that say what it is.
const ABOUT_BYTES: usize = 200;

/// The first word of an entry of a list, where all of it is one name.
fn listed(part: &str) -> Option<String> {
    let part = part
        .trim()
        .trim_start_matches("and ")
        .trim_start_matches("including ");
    let words: Vec<&str> = part.split_whitespace().collect();
    let named = (1..=PRODUCT_WORDS_MAX).contains(&words.len())
        && words.iter().all(|word| {
            word.starts_with(char::is_uppercase) || word.trim_end_matches('.').contains('.')
        });
    let first: String = words
        .first()?
        .chars()
        .take_while(|letter| letter.is_alphanumeric())
        .collect();
    (named && first.len() > 2).then(|| first.to_lowercase())
}

/// The first name in `(“Ferrule”, “we”, “us”)`.
fn named_beside_we(plain: &str) -> Option<String> {
    let (_, rest) = plain.split_once(['(']).filter(|(_, rest)| {
        let head: String = rest.chars().take(80).collect();
        ["“we", "\"we", "‘we", "“us", "\"us"]
            .iter()
            .any(|we| head.to_lowercase().contains(we))
    })?;
    let quoted = rest.split(['“', '”', '"', '‘', '’']).nth(1)?;
    let mut words = tokens(quoted, 0..quoted.len()).into_iter();
    let name = words.next().filter(|_| words.next().is_none())?;
    can_be_name(&name).then_some(name.word)
}

/// A sentence in parts, where the organisation's name in lower case begins
/// one: "… with us. npm uses …".
pub(super) fn split(block: &Block, sentence: &Range<usize>, names: &[String]) -> Vec<Range<usize>> {
    let text = block.plain.get(sentence.clone()).unwrap_or_default();
    let mut parts = Vec::new();
    let mut start = sentence.start;
    for (at, _) in text.match_indices(". ") {
        let next = sentence.start + at + 2;
        let rest = block.plain.get(next..sentence.end).unwrap_or_default();
        let begins = names.iter().any(|name| {
            rest.strip_prefix(name.as_str())
                .is_some_and(|after| !after.starts_with(char::is_alphanumeric))
        });
        if begins {
            parts.push(start..next);
            start = next;
        }
    }
    parts.push(start..sentence.end);
    parts
}
