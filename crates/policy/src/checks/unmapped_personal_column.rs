//! CND0602: an unmapped column whose name looks personal.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0602",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0602.md"),
};

/// A column that looks personal and isn't mapped.
pub(crate) fn unmapped(at: Location, table: &str, column: &str, category: &str) -> Diagnostic {
    CODE.at(
        at,
        format!("`{column}` is not among them"),
        format!("column `{table}.{column}` looks personal and is not mapped"),
    )
    .with_help(format!("map it: `{column}: {category}`"))
}
