//! CND0410: changes that people accept by going on.

use super::Facts;
use crate::bundle::ROOT;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0410",
    severity: Severity::Warning,
    page: include_str!("../../../../docs/diagnostics/cnd0410.md"),
};

/// Looks at how changes are accepted.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let changes = facts.charter.changes.as_ref();
    let accepted_by = changes.and_then(|changes| changes.accepted_by.as_deref());
    if accepted_by == Some("continued_use") {
        let at = facts.places.value(ROOT, &["changes", "accepted_by"]);
        diagnostics.push(
            CODE.at(
                at,
                "is no agreement",
                "going on using a service is no agreement to a changed policy",
            )
            .with_help("ask people where their consent is needed, and tell them of the rest"),
        );
    }
}
