//! CND0702: "no longer than needed" beside something kept for ever.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::lexicon;
use crate::reading::page::Sentence;
use crate::reading::tokens::tokens;

pub(crate) const CODE: Code = Code {
    id: "CND0702",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0702.md"),
};

/// Compares the general promise with every sentence that keeps something for
/// ever.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(promise) = facts.first("no_longer") else {
        return;
    };
    let cells = in_cells(facts).collect::<Vec<_>>();
    let hits = facts.hits("forever").chain(cells).take(super::PAIRS_MAX);
    for (sentence, words) in hits {
        if sentence.faults.has("not_forever") {
            continue;
        }
        diagnostics.push(
            CODE.at(
                facts.page.place_words(sentence, &words),
                "kept for ever",
                "something is kept for ever, although the text promises to keep nothing longer than needed",
            )
            .with_secondary(facts.page.place(promise), "no longer than needed")
            .with_help("name a period and the reason for it, or make an exception of it in the general promise"),
        );
    }
}

/// "Indefinitely" in a column that says how long something is kept.
fn in_cells<'f>(
    facts: &'f Facts<'_>,
) -> impl Iterator<Item = (&'f Sentence, std::ops::Range<usize>)> {
    facts.hits("for_all_time").filter(|(sentence, words)| {
        let byte = sentence.bytes(words).start;
        let block = facts.page.block(sentence);
        let column = block.and_then(|block| facts.page.document.column(block, byte));
        column.is_some_and(|column| {
            let words = tokens(column, 0..column.len());
            let hits = lexicon::FAULTS.patterns.find(&words);
            hits.iter()
                .any(|hit| lexicon::FAULTS.name(*hit.rule) == "retain")
        })
    })
}
