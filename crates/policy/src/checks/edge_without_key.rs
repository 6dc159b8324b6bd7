//! CND0606: an edge whose target neither the map nor a foreign key tells.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0606",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0606.md"),
};

/// An edge without a target on columns without a foreign key.
pub(crate) fn edge(at: Location, table: &str, columns: &[&str]) -> Diagnostic {
    let columns = columns.join(", ");
    CODE.at(
        at,
        "leads where?",
        format!("`{table}({columns})` has no foreign key, so its edge has no target"),
    )
    .with_help("name the target: `account_id -> accounts.id`")
}
