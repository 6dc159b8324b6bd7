//! CND0716: software named as a recipient.

use std::ops::Range;

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::document::Kind;
use crate::reading::lexicon;
use crate::reading::page::Sentence;
use crate::reading::tokens::tokens;

pub(crate) const CODE: Code = Code {
    id: "CND0716",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0716.md"),
};

/// In a sentence that says to whom data goes, and in the column of a table that
/// names recipients.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for sentence in facts.page.body().filter(|sentence| !sentence.question) {
        let Some(software) = named(facts, sentence) else {
            continue;
        };
        let name = facts.phrase(sentence, &software);
        diagnostics.push(
            CODE.at(
                facts.page.place_words(sentence, &software),
                "receives nothing by itself",
                format!("`{name}` is software, and no recipient"),
            )
            .with_help(
                "name the company that runs it; software that you run yourself is no recipient",
            ),
        );
    }
}

/// The words that name software where a recipient is to be named.
fn named(facts: &Facts<'_>, sentence: &Sentence) -> Option<Range<usize>> {
    let mut software = sentence
        .faults
        .all()
        .filter(|(rule, _)| *rule == "software")
        .map(|(_, words)| words);
    if is_row(facts, sentence) {
        return software.find(|words| in_column_of_recipients(facts, sentence, words));
    }
    let shared = sentence.faults.first("software_recipient")?;
    software.find(|words| words.end == shared.end)
}

fn is_row(facts: &Facts<'_>, sentence: &Sentence) -> bool {
    let block = facts.page.block(sentence);
    block.is_some_and(|block| block.kind == Kind::Row)
}

/// A cell that holds nothing else, under the name of such a column.
fn in_column_of_recipients(facts: &Facts<'_>, sentence: &Sentence, words: &Range<usize>) -> bool {
    let bytes = sentence.bytes(words);
    let Some(block) = facts.page.block(sentence) else {
        return false;
    };
    let alone = block.cells.iter().any(|cell| {
        let text = block.plain.get(cell.clone()).unwrap_or_default();
        cell.contains(&bytes.start) && text.trim().len() == bytes.len()
    });
    let rules = &*lexicon::RECIPIENTS;
    let column = facts.page.document.column(block, bytes.start);
    alone
        && column.is_some_and(|column| {
            let hits = rules.patterns.find(&tokens(column, 0..column.len()));
            hits.iter().any(|hit| rules.name(*hit.rule) == "column")
        })
}
