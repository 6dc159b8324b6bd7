//! CND0709: consent that is nothing but use.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0709",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0709.md"),
};

/// Consent is a clear affirmative act (GDPR Article 4(11)); use is none.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (sentence, words) in facts.once_a_sentence("consent_by_use") {
        // Taking a changed text as accepted is no consent to processing.
        let of_terms = sentence.faults.has("accepts_terms");
        if of_terms || sentence.faults.has("explicit") || sentence.has_word(&["not"]) {
            continue;
        }
        diagnostics.push(
            CODE.at(
                facts.page.place_words(sentence, &words),
                "no act of consent",
                "consent is taken from use",
            )
            .with_help("ask, and let people refuse as easily; or name another legal basis"),
        );
    }
}
