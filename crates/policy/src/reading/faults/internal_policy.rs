//! CND0712: retention by a policy that the reader cannot see.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0712",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0712.md"),
};

/// Looks at every sentence.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (sentence, words) in facts.once_a_sentence("internal_policy") {
        let names_one = facts.durations_in(sentence) > 0;
        let by_it = sentence.has_word(&[
            "internal",
            "according",
            "accordance",
            "by",
            "per",
            "with",
            "under",
        ]);
        let shown = facts
            .page
            .block(sentence)
            .is_some_and(|block| !block.links.is_empty());
        if names_one
            || shown
            || !by_it
            || !sentence.faults.has("retain")
            || facts.family(sentence) != Some("retain")
        {
            continue;
        }
        let phrase = facts.phrase(sentence, &words);
        diagnostics.push(
            CODE.at(
                facts.page.place_words(sentence, &words),
                "which says what?",
                format!("retention follows `{phrase}`, which the reader cannot see"),
            )
            .with_help("say what that policy says"),
        );
    }
}
