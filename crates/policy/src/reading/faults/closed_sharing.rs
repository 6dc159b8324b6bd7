//! CND0706: a closed list of recipients that omits one named elsewhere.

use super::{Facts, PAIRS_MAX, SECONDARY_MAX};
use crate::code::Code;
use crate::diagnostic::Location;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::page::Sentence;
use crate::reading::recipients::Recipient;

pub(crate) const CODE: Code = Code {
    id: "CND0706",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0706.md"),
};

/// Recipients, and places of one, that are looked at.
const RECIPIENTS_MAX: usize = 200;
const PLACES_MAX: usize = 50;

/// Compares each closed list that names somebody with everybody named.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let closed = facts.page.body().filter(|sentence| {
        let closed = sentence.faults.has("closed_sharing");
        (closed || sentence.faults.has("shares_with_nobody")) && !sentence.question
    });
    for sentence in closed.take(PAIRS_MAX) {
        let listed = listed(facts, sentence);
        let nobody =
            sentence.faults.has("shares_with_nobody") && !sentence.faults.has("shares_for_reason");
        if listed.is_empty() && !nobody {
            continue;
        }
        let mut omitted = facts
            .recipients
            .iter()
            .take(RECIPIENTS_MAX)
            .filter(|recipient| !listed.contains(&recipient.name.as_str()))
            .filter_map(|recipient| {
                let at = receives(facts, sentence, recipient)?;
                Some((recipient, at))
            });
        if let Some((first, at)) = omitted.next() {
            let found = CODE
                .at(
                    at,
                    "receives data too",
                    format!(
                        "`{}` receives data, and the closed list of recipients omits it",
                        first.name
                    ),
                )
                .with_secondary(facts.page.place(sentence), "only these")
                .with_help("add it to the list, or take \"only\" away");
            let found = omitted
                .take(SECONDARY_MAX)
                .fold(found, |found, (recipient, at)| {
                    found.with_secondary(at, format!("`{}` too", recipient.name))
                });
            diagnostics.push(found);
        }
    }
}

/// Who the closed sentence names, and the list under it.
fn listed<'f>(facts: &'f Facts<'_>, sentence: &Sentence) -> Vec<&'f str> {
    let beneath = facts.page.sentences.iter().filter(|other| {
        let block = facts.page.block(other);
        block.is_some_and(|block| block.lead == Some(sentence.block))
    });
    std::iter::once(sentence)
        .chain(beneath)
        .flat_map(|sentence| facts.named(sentence))
        .collect()
}

/// A list closed for some data says nothing about others.
fn same_data(closed: &Sentence, sentence: &Sentence) -> bool {
    let named = |sentence: &Sentence| sentence.data.names();
    let (one, other) = (named(closed), named(sentence));
    one.is_empty() || other.is_empty() || one.iter().any(|data| other.contains(data))
}

/// Where somebody is named as receiving data, outside the closed list.
fn receives(facts: &Facts<'_>, closed: &Sentence, recipient: &Recipient) -> Option<Location> {
    let blocks = recipient.blocks.iter().take(PLACES_MAX);
    let sentences = blocks.flat_map(|block| facts.page.sentences_of(*block).take(PLACES_MAX));
    sentences
        .filter(|sentence| {
            !std::ptr::eq(*sentence, closed)
                && same_data(closed, sentence)
                && sentence.faults.has("recipient")
                && !sentence.has_word(&["not", "never"])
        })
        .find_map(|sentence| facts.place_of_name(sentence, &recipient.name))
}
