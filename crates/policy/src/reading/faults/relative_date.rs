//! CND0723: a relative date in a text that has no date.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0723",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0723.md"),
};

/// Without the version's date, "last year" is any year.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if facts.version.is_some() {
        return;
    }
    for (sentence, words) in facts.once_a_sentence("relative_date") {
        let phrase = facts.phrase(sentence, &words);
        diagnostics.push(
            CODE.at(
                facts.page.place_words(sentence, &words),
                "counted from when?",
                format!("`{phrase}` counts from the text's date, and it has none"),
            )
            .with_help("put the date from which the text holds at its top"),
        );
    }
}
