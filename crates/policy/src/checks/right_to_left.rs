//! CND0107: a text that is written from right to left.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0107",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0107.md"),
};

/// Most letters of the text are of such a script.
pub(crate) fn text(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "runs from right to left",
        "the text is written from right to left, and can't be read",
    )
    .with_help(
        "publish this translation beside the policy, and link to it from a text that is read",
    )
}
