//! CND0702: "no longer than needed" beside something kept for ever.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

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
    for (sentence, words) in facts.hits("forever").take(super::PAIRS_MAX) {
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
