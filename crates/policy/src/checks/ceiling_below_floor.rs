//! CND0401: a promise to keep something shorter than the law demands.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::Keep;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0401",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0401.md"),
};

/// Compares every ceiling with its floor.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (name, retention) in &facts.charter.retention {
        let (Keep::For(ceiling), Some(floor)) = (&retention.keep, retention.at_least) else {
            continue;
        };
        if ceiling.longest_hours() < floor.shortest_hours() {
            let at = facts.places.value(ROOT, &["retention", name, "for"]);
            let floor_at = facts.places.value(ROOT, &["retention", name, "at_least"]);
            diagnostics.push(
                CODE.at(
                    at,
                    "promised",
                    format!("`{name}` is kept for {ceiling}, but the law demands {floor}"),
                )
                .with_secondary(floor_at, "demanded")
                .with_help(format!(
                    "keep it for at least {floor}, or correct the floor"
                )),
            );
        }
    }
}
