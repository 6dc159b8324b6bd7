//! CND0102: the same key twice in one map.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0102",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0102.md"),
};

/// A key that its map already has.
pub(crate) fn duplicate_key(at: Location, key: &str, first: Location) -> Diagnostic {
    CODE.at(at, "again here", format!("`{key}` is declared twice"))
        .with_secondary(first, "first here")
        .with_help("keep one of them")
}
