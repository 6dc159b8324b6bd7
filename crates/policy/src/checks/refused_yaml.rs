//! CND0103: YAML that the declaration does not use.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0103",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0103.md"),
};

/// An alias, anchor, tag or second document.
pub(crate) fn refused(at: Location, what: &str) -> Diagnostic {
    CODE.at(
        at,
        format!("this {what}"),
        format!("a declaration can't use a YAML {what}"),
    )
    .with_help(match what {
        "second document" => "remove the `---` line",
        "tag" => "remove the `!` or put the value in quotes",
        _ => "write the value out; a value that begins with `*` or `&` needs quotes",
    })
}
