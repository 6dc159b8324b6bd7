//! What the organisation calls itself: a name that does what only the
//! organisation does ("Ferrule collects", "Ferrule does not sell"), or that
//! the text puts beside "we" in brackets.

use std::collections::BTreeMap;
use std::ops::Range;

use super::document::{Block, Document};
use super::tokens::{Token, tokens};

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
const NO_NAMES: [&str; 66] = [
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
    "google",
    "facebook",
    "stripe",
    "these",
];
/// How often a name must do such things.
const TIMES_MIN: usize = 3;
/// Names a text can have for its organisation.
const NAMES_MAX: usize = 4;

/// The names, in lower case.
pub(super) fn find(document: &Document) -> Vec<String> {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut beside_we = Vec::new();
    for block in document.blocks.iter().filter(|block| !block.is_heading()) {
        let words = tokens(&block.plain, 0..block.plain.len());
        for pair in words.windows(2) {
            if let [name, verb] = pair
                && VERBS.contains(&verb.word.as_str())
                && can_be_name(name)
            {
                *times.entry(name.word.clone()).or_default() += 1;
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
    names.extend(often.into_iter().map(|(_, name)| name));
    let mut unique = Vec::new();
    for name in names {
        if !unique.contains(&name) && unique.len() < NAMES_MAX {
            unique.push(name);
        }
    }
    unique
}

fn can_be_name(token: &Token) -> bool {
    token.word.len() > 1
        && !NO_NAMES.contains(&token.word.as_str())
        && (token.capital
            || token.word.contains(|letter: char| letter.is_ascii_digit())
            || !token.word.contains(['a', 'e', 'i', 'o', 'u', 'y']))
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
