//! CND0403: consent that is asked for, but is not the basis.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::Basis;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0403",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0403.md"),
};

/// Looks for entries of `consent` whose purpose has another basis.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for name in facts.charter.consent.keys() {
        let basis = facts
            .charter
            .purposes
            .get(name)
            .map(|purpose| purpose.basis);
        if basis.is_none_or(|basis| basis == Basis::Consent) {
            continue;
        }
        let at = facts.places.key(ROOT, &["consent", name]);
        let basis_at = facts.places.value(ROOT, &["purposes", name, "basis"]);
        diagnostics.push(
            CODE.at(
                at,
                "asked for here",
                format!("consent is asked for `{name}`, whose basis is another"),
            )
            .with_secondary(basis_at, "the basis")
            .with_help(format!(
                "give `purposes.{name}` `basis: consent`, or don't ask"
            )),
        );
    }
}
