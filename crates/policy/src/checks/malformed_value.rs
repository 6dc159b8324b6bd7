//! CND0205: a value that can't be read as what it should be.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0205",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0205.md"),
};

/// A value that is not written as its kind is written.
pub(crate) fn malformed(at: Location, value: &str, what: &str, help: &str) -> Diagnostic {
    CODE.at(at, "can't be read", format!("`{value}` is not {what}"))
        .with_help(help)
}
