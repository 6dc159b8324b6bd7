//! CND0202: a value that is not one of the allowed words.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0202",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0202.md"),
};
use crate::suggest;

/// A word that is not one of those allowed here.
pub(crate) fn unknown_value(at: Location, value: &str, what: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = CODE.at(at, "not allowed here", format!("`{value}` is no {what}"));
    suggest::mend(diagnostic, value, known)
}
