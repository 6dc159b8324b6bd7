//! Sentences that commit the organisation: which family, what it does or never
//! does, how firmly, and which key of the declaration would carry it. An item
//! or a row of a table says what its lead-in, its columns or its heading say.

use std::ops::Range;

use serde::Serialize;

use super::document::{Block, Kind};
use super::page::{Page, Sentence};
use super::{recipients, suggest};
use crate::diagnostic::Location;

/// Whether a commitment says what is done or what is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// It is done.
    Does,
    /// It is never done.
    Never,
}

/// How firmly a commitment is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// "we delete", "we will delete".
    Firm,
    /// "we may share": leave to do it, not a duty.
    May,
    /// "we try to answer", "we aim to".
    Tries,
}

/// A sentence that commits the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Commitment {
    /// The family, as the promise ids name it: `retain`, `share`, `no_sale`.
    pub family: &'static str,
    /// Does or never.
    pub polarity: Polarity,
    /// Whether a word such as "only" closes what it names.
    pub exclusive: bool,
    /// How firmly.
    pub modality: Modality,
    /// Data categories of the vocabulary that it names.
    pub data: Vec<&'static str>,
    /// The promise that would carry it, such as `retain.ip`.
    pub suggests: String,
    /// Whether the family comes from a lead-in, a column or a heading.
    pub inherited: bool,
    /// The sentence.
    pub text: String,
    /// Where it stands.
    pub at: Location,
}

/// Reasons of `exclusions.txt` beside which nothing commits.
const ABSOLUTE: [&str; 4] = ["about", "scope", "pointer", "reader"];

/// The commitments of a text, in order.
pub(crate) fn find(page: &Page<'_>) -> Vec<Commitment> {
    let mut families: Vec<Option<&'static str>> = vec![None; page.document.blocks.len()];
    let mut found = Vec::new();
    for sentence in page.body() {
        let Some(block) = page.block(sentence) else {
            continue;
        };
        let own = family(sentence)
            .or_else(|| of_recipient(page, sentence))
            .filter(|_| !is_signpost(block) && !is_about(page, block));
        let given = own
            .map(|(family, words)| (family, words, false))
            .or_else(|| {
                let family = inherited(page, block, sentence, &families)?;
                Some((family, 0..sentence.tokens.len(), true))
            });
        // The last sentence of a block is the one that introduces a list.
        if let Some(slot) = families.get_mut(sentence.block) {
            *slot = given.as_ref().map(|(family, _, _)| *family);
        }
        if let Some((family, words, inherited)) = given {
            found.push(commitment(page, sentence, family, &words, inherited));
        }
    }
    found
}

/// The family a sentence itself speaks of, and the words that do.
pub(crate) fn family(sentence: &Sentence) -> Option<(&'static str, Range<usize>)> {
    if sentence.question {
        return None;
    }
    let names = sentence.commitments.names();
    let excluded: Vec<(&str, Range<usize>)> = sentence.exclusions.all().collect();
    if excluded.iter().any(|(reason, _)| ABSOLUTE.contains(reason)) {
        return None;
    }
    names.into_iter().find_map(|name| {
        let mut hits = sentence.commitments.all().filter(|(rule, _)| *rule == name);
        hits.find(|(rule, words)| {
            // "Please contact us" is advice that commits all the same.
            *rule == "contact" || excluded.is_empty() || stands_apart(sentence, words, &excluded)
        })
    })
}

/// "Stripe handles payments": a recipient by name, and what it does.
fn of_recipient(page: &Page<'_>, sentence: &Sentence) -> Option<(&'static str, Range<usize>)> {
    let words = sentence.faults.first("recipient")?;
    let named = recipients::in_sentence(page, sentence).next().is_some();
    (named && !sentence.question && sentence.exclusions.names().is_empty())
        .then_some(("share", words))
}

/// Beside a signpost or a definition, only a clause of its own with a subject
/// of its own still commits.
fn stands_apart(
    sentence: &Sentence,
    words: &Range<usize>,
    excluded: &[(&str, Range<usize>)],
) -> bool {
    let first = sentence.tokens.get(words.start);
    first.is_some_and(|token| matches!(token.word.as_str(), "we" | "you"))
        && excluded
            .iter()
            .all(|(_, other)| words.end <= other.start || other.end < words.start)
}

/// An entry of a table of contents, or a line that is one link.
fn is_signpost(block: &Block) -> bool {
    block.links.iter().any(|link| {
        link.plain.len() + 2 >= block.plain.len() && !link.target.starts_with("mailto:")
    })
}

/// A list of links to the recipients is a list of the recipients.
fn names_recipient(page: &Page<'_>, sentence: &Sentence) -> bool {
    recipients::in_sentence(page, sentence).next().is_some()
}

/// An item of what the text itself is about.
fn is_about(page: &Page<'_>, block: &Block) -> bool {
    let lead = block.lead.and_then(|lead| page.sentences_of(lead).last());
    lead.is_some_and(|lead| lead.exclusions.has("about"))
}

/// The family that an item or a row takes from what it stands under.
fn inherited(
    page: &Page<'_>,
    block: &Block,
    sentence: &Sentence,
    families: &[Option<&'static str>],
) -> Option<&'static str> {
    let listed = matches!(block.kind, Kind::Item(_) | Kind::Row);
    // Under "we use this to:", "review" is no signpost.
    let first = block
        .sentences
        .first()
        .is_some_and(|first| first.start == sentence.plain.start);
    let completes = first && block.links.is_empty();
    let excluded = is_about(page, block)
        || sentence
            .exclusions
            .names()
            .iter()
            .any(|reason| !(completes && matches!(*reason, "signpost" | "pointer")));
    let label = page.text(sentence).ends_with(':') && block.lead.is_none();
    let answer =
        matches!(sentence.tokens.as_slice(), [word] if ["yes", "no"].contains(&word.word.as_str()));
    let signpost = is_signpost(block) && !names_recipient(page, sentence);
    if !listed || label || answer || sentence.question || signpost || excluded {
        return None;
    }
    if let Some(lead) = block.lead {
        let introduces = page
            .document
            .blocks
            .get(lead)
            .is_some_and(|lead| !lead.plain.trim_end().ends_with('.'));
        let family = families.get(lead).copied().flatten();
        if introduces || block.kind == Kind::Row {
            return family.or_else(|| heading_family(page, block));
        }
        return None;
    }
    heading_family(page, block)
}

/// What the nearest heading speaks of, for rows and for items with no lead-in.
fn heading_family(page: &Page<'_>, block: &Block) -> Option<&'static str> {
    let sentence = page.first_of(block.section?)?;
    let own = sentence.commitments.names().into_iter().next();
    let row = (block.kind == Kind::Row).then_some("collect");
    own.or(row)
}

fn commitment(
    page: &Page<'_>,
    sentence: &Sentence,
    family: &'static str,
    words: &Range<usize>,
    inherited: bool,
) -> Commitment {
    let data = sentence.data.names();
    Commitment {
        family,
        polarity: polarity(sentence, words),
        exclusive: sentence.has_word(&["only", "solely", "exclusively", "nothing"]),
        modality: modality(sentence, words),
        suggests: suggest::key(page, sentence, family, &data),
        data,
        inherited,
        text: page.text(sentence).to_owned(),
        at: page.place(sentence),
    }
}

/// Negated where a negation stands within the words, or right before them.
pub(crate) fn polarity(sentence: &Sentence, words: &Range<usize>) -> Polarity {
    let start = words.start.saturating_sub(1);
    let around = sentence.tokens.get(start..words.end).unwrap_or_default();
    let negated = around.iter().enumerate().any(|(at, token)| {
        let next = around.get(at + 1).map(|next| next.word.as_str());
        match token.word.as_str() {
            "never" | "nor" | "neither" | "nobody" => true,
            // "not only" and "no longer than" deny nothing.
            "not" | "no" => !matches!(next, Some("only" | "longer" | "later" | "limited" | "more")),
            _ => false,
        }
    });
    if negated {
        Polarity::Never
    } else {
        Polarity::Does
    }
}

fn modality(sentence: &Sentence, words: &Range<usize>) -> Modality {
    let held = sentence.tokens.get(words.clone()).unwrap_or_default();
    let has = |wanted: &[&str]| {
        held.iter()
            .any(|token| wanted.contains(&token.word.as_str()))
    };
    if has(&[
        "strive",
        "try",
        "endeavor",
        "endeavour",
        "aim",
        "seek",
        "attempt",
    ]) {
        Modality::Tries
    } else if has(&["may", "might", "could"]) {
        Modality::May
    } else {
        Modality::Firm
    }
}
