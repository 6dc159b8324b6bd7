//! CND0601: a table of the source that is neither mapped nor ignored.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0601",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0601.md"),
};

/// A table the map doesn't know.
pub(crate) fn unmapped(at: Location, table: &str) -> Diagnostic {
    CODE.at(
        at,
        format!("`{table}` is not among them"),
        format!("table `{table}` is neither mapped nor ignored"),
    )
    .with_help(format!(
        "map `{table}`, or list it under `ignored` if it holds nothing about people"
    ))
}
