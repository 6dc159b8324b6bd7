//! CND0507: an edge from inside a JSON column that names no target.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0507",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0507.md"),
};

/// An edge whose target no foreign key can tell.
pub(crate) fn inside_json(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "leads where?",
        "an edge from inside a JSON column must name its target",
    )
    .with_help("write `payload.account_id -> accounts.id`")
}
