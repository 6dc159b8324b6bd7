//! CND0209: keys that exclude one another.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0209",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0209.md"),
};
use crate::suggest;

/// More than one of a set of which one is allowed.
pub(crate) fn contradictory(at: Location, within: &str, keys: &[&str]) -> Diagnostic {
    CODE.at(
        at,
        "these exclude one another",
        format!("{within} has {} at once", suggest::list(keys)),
    )
    .with_help("keep one")
}

/// A key that only goes with another.
pub(crate) fn only_where(at: Location, key: &str, with: &str) -> Diagnostic {
    CODE.at(
        at,
        "goes with something else",
        format!("`{key}` only goes with `{with}`"),
    )
    .with_help("remove it")
}

/// None of a set of which one is needed.
pub(crate) fn none_of(at: Location, within: &str, keys: &[&str]) -> Diagnostic {
    CODE.at(
        at,
        "has none of them",
        format!("{within} needs one of {}", suggest::list(keys)),
    )
}
