//! CND0204: a value of the wrong shape.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0204",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0204.md"),
};
use crate::yaml::Node;

/// A list where a map should be, and so on.
pub(crate) fn wrong_shape(at: Location, what: &str, expected: &str, node: &Node) -> Diagnostic {
    CODE.at(
        at,
        format!("{} here", node.kind()),
        format!("{what} must be {expected}, not {}", node.kind()),
    )
}
