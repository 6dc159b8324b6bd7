//! CND0407: a retention rule that says it is shorter than another, and isn't.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::Keep;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0407",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0407.md"),
};

/// Compares every rule with the one it claims to be shorter than. What has no
/// number can't be compared, except that nothing is longer than for ever.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let rules = &facts.charter.retention;
    for (name, rule) in rules {
        let Some(other) = rule.shorter_than.as_ref() else {
            continue;
        };
        let longer = match (&rule.keep, rules.get(other).map(|other| &other.keep)) {
            (Keep::For(own), Some(Keep::For(other))) => {
                own.shortest_hours() >= other.longest_hours() || own.same_length(*other)
            }
            (Keep::Forever { .. }, Some(_)) => true,
            _ => name == other,
        };
        if longer {
            let at = facts
                .places
                .value(ROOT, &["retention", name, "shorter_than"]);
            let found = CODE.at(
                at,
                "not shorter",
                format!("`{name}` is to be kept shorter than `{other}`, and isn't"),
            );
            let other_at = facts.places.key(ROOT, &["retention", other]);
            diagnostics.push(found.with_secondary(other_at, "than this"));
        }
    }
}
