//! CND0409: what the law demands to keep, and an erasure would delete.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{OnErasure, Right};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0409",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0409.md"),
};

/// Looks for rules with a floor whose rows go with an erasure.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if !facts.charter.rights.contains_key(&Right::Erasure) {
        return;
    }
    for (name, rule) in &facts.charter.retention {
        let Some(floor) = rule.at_least else { continue };
        if rule.on_erasure != OnErasure::Delete {
            continue;
        }
        let at = facts.places.value(ROOT, &["retention", name, "at_least"]);
        let right_at = facts.places.key(ROOT, &["rights", "erasure"]);
        diagnostics.push(
            CODE.at(
                at,
                "demanded",
                format!("the law keeps `{name}` for {floor}, but an erasure deletes it"),
            )
            .with_secondary(right_at, "erasure is promised here")
            .with_help(
                "give the rule `on_erasure: pseudonymise` or `keep`, and except it from the right",
            ),
        );
    }
}
