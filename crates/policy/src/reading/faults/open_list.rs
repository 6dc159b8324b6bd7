//! CND0714: a list that ends with anything else.

use super::{Facts, grouped};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0714",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0714.md"),
};

/// One finding a phrase, with the first places it stands at.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let hits = facts
        .once_a_sentence("open_list")
        .filter(|(sentence, _)| facts.family(sentence).is_some());
    for (phrase, places) in grouped(facts, hits) {
        let mut places = places.into_iter();
        let Some(first) = places.next() else {
            continue;
        };
        let found = CODE
            .at(
                first,
                "and what else?",
                format!("`{phrase}` leaves the list open"),
            )
            .with_help("name the rest, or close the list");
        diagnostics.push(places.fold(found, |found, place| {
            found.with_secondary(place, "here too")
        }));
    }
}
