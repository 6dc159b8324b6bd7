//! CND0603: an unmapped column whose name does not look personal.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0603",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0603.md"),
};

/// A column that isn't mapped.
pub(crate) fn unmapped(at: Location, table: &str, column: &str) -> Diagnostic {
    CODE.at(
        at,
        format!("`{column}` is not among them"),
        format!("column `{table}.{column}` is not mapped"),
    )
    .with_help(format!(
        "map it: `{column}: plain` if it holds nothing about people, `key` if it only links rows"
    ))
}
