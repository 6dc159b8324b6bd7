//! CND0105: a file that is named but not there.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0105",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0105.md"),
};
use crate::suggest;

/// A named file that the policy's folder doesn't hold.
pub(crate) fn missing<'a>(
    at: Location,
    path: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "named here",
        format!("there is no file `{path}` in the policy's folder"),
    );
    match suggest::nearest(path, known) {
        Some(near) => diagnostic.with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help("paths are relative to the folder of `candor.yaml`"),
    }
}
