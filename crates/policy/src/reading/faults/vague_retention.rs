//! CND0711: a criterion of retention that nobody can check.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0711",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0711.md"),
};

/// Looks at every sentence.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (sentence, words) in facts.once_a_sentence("vague_retention") {
        let names_one = facts.durations_in(sentence) > 0;
        if names_one || !sentence.faults.has("retain") || sentence.question {
            continue;
        }
        let phrase = facts.phrase(sentence, &words);
        diagnostics.push(
            CODE.at(
                facts.page.place_words(sentence, &words),
                "how long is that?",
                format!("`{phrase}` names no period and no event"),
            )
            .with_help("name a period, or the event that ends it and how it is found out"),
        );
    }
}
