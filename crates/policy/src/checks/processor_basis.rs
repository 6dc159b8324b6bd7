//! CND0408: a processor that claims a legal basis of its own.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{Basis, Role};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0408",
    severity: Severity::Warning,
    page: include_str!("../../../../docs/diagnostics/cnd0408.md"),
};

/// Looks for data about people for whom the company is a processor alone, used
/// for a purpose with a basis of its own.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    let is_processed = |kind: &String| {
        let person = charter.people.get(kind);
        person.is_some_and(|person| person.role == Role::Processor)
    };
    for (name, data) in &charter.data {
        if data.of.is_empty() || !data.of.iter().all(is_processed) {
            continue;
        }
        for purpose in &data.purposes {
            let basis = charter.purposes.get(purpose).map(|purpose| purpose.basis);
            if basis.is_none_or(|basis| basis == Basis::Instructions) {
                continue;
            }
            let at = facts.places.value(ROOT, &["data", name, "for"]);
            let basis_at = facts.places.value(ROOT, &["purposes", purpose, "basis"]);
            diagnostics.push(
                CODE.at(
                    at,
                    "for others",
                    format!(
                        "`{name}` is processed for others, but `{purpose}` claims a basis of its own"
                    ),
                )
                .with_secondary(basis_at, "claimed here")
                .with_help(
                    "a processor acts on instructions: give the purpose `basis: instructions`, or \
                     be a controller for it",
                ),
            );
        }
    }
}
