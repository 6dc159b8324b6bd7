//! CND0715: leave to do something, instead of what is done.

use super::{Facts, grouped};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0715",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0715.md"),
};

/// One finding a phrase, with the first places it stands at.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let hits = facts.once_a_sentence("hedge").filter(|(sentence, _)| {
        facts.family(sentence).is_some()
            && matches!(
                facts.family(sentence),
                Some(
                    "share"
                        | "collect"
                        | "purpose"
                        | "retain"
                        | "disclosure"
                        | "aggregate"
                        | "no_sale"
                        | "location"
                )
            )
    });
    for (phrase, places) in grouped(facts, hits) {
        let mut places = places.into_iter();
        let Some(first) = places.next() else {
            continue;
        };
        let found = CODE
            .at(
                first,
                "when?",
                format!("`{phrase}` says what could be done, not what is"),
            )
            .with_help("say when it happens, or that it never does");
        diagnostics.push(places.fold(found, |found, place| {
            found.with_secondary(place, "here too")
        }));
    }
}
