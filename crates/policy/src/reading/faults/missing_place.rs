//! CND0732: a reference to a place that the text does not have.

use std::collections::BTreeSet;

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::document::{Document, Kind};
use crate::reading::page::Sentence;

pub(crate) const CODE: Code = Code {
    id: "CND0732",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0732.md"),
};

/// Blocks above in which a list is looked for.
const NEAR: usize = 40;

/// Looks up anchors, numbered sections, and lists said to be below.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let document = &facts.page.document;
    let slugs: BTreeSet<String> = headings(document).map(slug).collect();
    let letters: BTreeSet<String> = slugs.iter().map(|slug| alphabetic(slug)).collect();
    let anchors: BTreeSet<&str> = document.anchors.iter().map(String::as_str).collect();
    for block in &document.blocks {
        for link in &block.links {
            if let Some(anchor) = link
                .target
                .strip_prefix('#')
                .filter(|anchor| !anchor.is_empty())
            {
                let anchor = anchor.to_lowercase();
                let known = anchor == "top"
                    || anchors.contains(anchor.as_str())
                    || slugs.contains(&anchor)
                    || letters.contains(&alphabetic(&anchor));
                if !known {
                    let at = facts.locate_source(&link.span);
                    diagnostics.push(
                        CODE.at(
                            at,
                            "leads nowhere",
                            format!("no place `#{anchor}` in the text"),
                        )
                        .with_help("mend the link, or give the place its name"),
                    );
                }
            }
        }
    }
    let numbers: BTreeSet<String> = headings(document).filter_map(leading_number).collect();
    for sentence in facts.page.body() {
        if let Some((words, number)) = section_reference(sentence)
            && !numbers.is_empty()
            && !numbers.contains(&number)
        {
            diagnostics.push(
                CODE.at(
                    facts.page.place_words(sentence, &words),
                    "leads nowhere",
                    format!("no section `{number}` in the text"),
                )
                .with_help("name the section that is meant"),
            );
        }
        if let Some(words) = sentence
            .faults
            .first("listed_below")
            .filter(|_| !list_after(document, sentence))
        {
            diagnostics.push(
                CODE.at(
                    facts.page.place_words(sentence, &words),
                    "no list there",
                    "a list is said to be there, and the text has none",
                )
                .with_help("write the list, or say where it is"),
            );
        }
    }
}

fn headings(document: &Document) -> impl Iterator<Item = &str> {
    let headings = document.blocks.iter().filter(|block| block.is_heading());
    headings.map(|block| block.plain.as_str())
}

/// As the usual renderers make a heading's id.
fn slug(words: &str) -> String {
    let kept: String = words
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'))
        .collect();
    kept.trim().replace(' ', "-")
}

/// Renderers differ in what they do with punctuation, and number repetitions.
fn alphabetic(text: &str) -> String {
    text.chars()
        .filter(|letter| letter.is_alphabetic())
        .collect()
}

/// `2.1` of "2.1 Data we collect" and of "Section 2.1: …".
fn leading_number(heading: &str) -> Option<String> {
    let first = heading
        .split_whitespace()
        .find(|word| !word.eq_ignore_ascii_case("section"))?;
    let number: String = first
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || *letter == '.')
        .collect();
    let number = number.trim_end_matches('.');
    (!number.is_empty()).then(|| number.to_owned())
}

/// "section 4", where no law is meant.
fn section_reference(sentence: &Sentence) -> Option<(std::ops::Range<usize>, String)> {
    if sentence.faults.has("law") {
        return None;
    }
    let words = sentence.faults.first("section")?;
    let number = sentence.tokens.get(words.end)?;
    let digits = number
        .word
        .chars()
        .all(|letter| letter.is_ascii_digit() || letter == '.');
    digits.then(|| {
        (
            words.start..words.end + 1,
            number.word.trim_end_matches('.').to_owned(),
        )
    })
}

/// Whether anything stands below, or a list or heading stands above, a sentence
/// that points there.
fn list_after(document: &Document, sentence: &Sentence) -> bool {
    let after = document
        .blocks
        .get(sentence.block + 1..)
        .unwrap_or_default();
    let before = document.blocks.get(..sentence.block).unwrap_or_default();
    match sentence.has_word(&["above"]) {
        true => before
            .iter()
            .rev()
            .take(NEAR)
            .any(|block| block.kind != Kind::Paragraph),
        false => !after.is_empty(),
    }
}
