//! CND0104: a file beyond the limits of the compiler.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0104",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0104.md"),
};
use crate::bundle::FILE_BYTES_MAX;
use crate::yaml::{DEPTH_MAX, NODES_MAX};

/// Too many bytes.
pub(crate) fn bytes(at: Location, len: usize) -> Diagnostic {
    let message = format!(
        "`{}` has {len} bytes; the limit is {FILE_BYTES_MAX}",
        at.path
    );
    CODE.at(at, "this file", message)
}

/// Too deeply nested.
pub(crate) fn depth(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "too deep",
        format!("values are nested more than {DEPTH_MAX} deep"),
    )
}

/// Too many values.
pub(crate) fn nodes(at: Location) -> Diagnostic {
    CODE.at(
        at,
        "too many",
        format!("the file holds more than {NODES_MAX} values"),
    )
}
