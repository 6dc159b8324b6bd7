//! CND0713: a claim that nothing could show to be false.

use super::{Facts, grouped};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0713",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0713.md"),
};

/// One finding a phrase, with the first places it stands at.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let hits = facts
        .once_a_sentence("unmeasurable")
        .filter(|(sentence, _)| facts.family(sentence).is_some());
    for (phrase, places) in grouped(facts, hits) {
        let mut places = places.into_iter();
        let Some(first) = places.next() else {
            continue;
        };
        let found = CODE
            .at(
                first,
                "measured how?",
                format!("`{phrase}` cannot be measured"),
            )
            .with_help("say what is done: a cipher, an audit, a certificate and its date");
        diagnostics.push(places.fold(found, |found, place| {
            found.with_secondary(place, "here too")
        }));
    }
}
