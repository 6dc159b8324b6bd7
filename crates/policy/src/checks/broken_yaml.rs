//! CND0101: a file that is not valid YAML.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0101",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0101.md"),
};

/// What the YAML parser could not read.
pub(crate) fn syntax(at: Location, info: &str) -> Diagnostic {
    let help = if info.contains("tab") {
        "indent with spaces: YAML does not allow tabs"
    } else if info.contains("mapping values") || info.contains("simple key") {
        "check the indentation of this line and the one above; a value that holds `: ` needs quotes"
    } else {
        "check the indentation, and that quotes and brackets are closed"
    };
    CODE.at(at, "here", format!("this is not valid YAML: {info}"))
        .with_help(help)
}

/// A file without anything in it.
pub(crate) fn empty(at: Location) -> Diagnostic {
    let message = format!("`{}` is empty", at.path);
    CODE.at(at, "nothing here", message)
}

/// A map or list where the name of an entry should be.
pub(crate) fn complex_key(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "not a name",
        "a map or a list can't be the name of an entry",
    )
    .with_help("quote values that hold braces or brackets")
}

/// A character that YAML text has no use for.
pub(crate) fn reserved_character(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "private-use character",
        "this file holds a private-use character",
    )
    .with_help("remove it: it has no agreed meaning and can't be seen")
}
