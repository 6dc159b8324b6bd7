//! CND0203: a required key that is missing.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0203",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0203.md"),
};

/// A map without a key it must have.
pub(crate) fn missing_key(at: Location, key: &str, within: &str) -> Diagnostic {
    CODE.at(
        at,
        format!("has no `{key}`"),
        format!("{within} lacks `{key}`"),
    )
    .with_help(format!("add `{key}: …`"))
}
