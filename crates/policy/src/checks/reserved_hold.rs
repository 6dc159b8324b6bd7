//! CND0413: a hold under the name that a restriction of use has.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::RESTRICTION_HOLD;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0413",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0413.md"),
};

/// Looks for the name.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if !facts.charter.holds.contains_key(RESTRICTION_HOLD) {
        return;
    }
    let at = facts.places.key(ROOT, &["holds", RESTRICTION_HOLD]);
    let message =
        format!("`{RESTRICTION_HOLD}` is the hold of people who restrict the use of their data");
    diagnostics.push(
        CODE.at(at, "reserved", message)
            .with_help("give the hold another name: it would end with somebody's restriction"),
    );
}
