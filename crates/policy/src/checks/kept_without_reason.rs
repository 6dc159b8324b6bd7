//! CND0502: rows that survive an erasure for no reason given.

use super::Facts;
use crate::charter::OnErasure;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0502",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0502.md"),
};

/// Looks for tables that keep rows without naming a retention rule.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (map, name, table) in facts.tables() {
        if table.on_erasure == OnErasure::Delete || table.because.is_some() {
            continue;
        }
        let at = facts
            .places
            .value(&map.path, &["tables", name, "on_erasure"]);
        diagnostics.push(
            CODE.at(
                at,
                "why?",
                format!("rows of `{name}` survive an erasure without a reason"),
            )
            .with_help("add `because: retention.…`, the rule that demands it"),
        );
    }
}
