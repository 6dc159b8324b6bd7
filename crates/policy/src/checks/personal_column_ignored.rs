//! CND0607: an ignored table with a column that looks personal.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0607",
    severity: Severity::Warning,
    page: include_str!("../../../../docs/diagnostics/cnd0607.md"),
};

/// An ignored table that may hold personal data.
pub(crate) fn ignored(at: Location, table: &str, column: &str, category: &str) -> Diagnostic {
    CODE.at(
        at,
        "ignored",
        format!("ignored table `{table}` has a column `{column}` that looks personal"),
    )
    .with_help(format!(
        "map the table if `{column}` holds `{category}` of people the policy covers; else give \
         the reason: `ignored: {{ {table}: … }}`"
    ))
}
