//! CND0201: a key the declaration does not know.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0201",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0201.md"),
};
use crate::suggest;

/// A key that is not one of those known here.
pub(crate) fn unknown_key(at: Location, key: &str, within: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "not known here",
        format!("unknown key `{key}` in {within}"),
    );
    suggest::mend(diagnostic, key, known)
}
