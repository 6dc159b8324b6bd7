//! CND0206: a period of zero.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0206",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0206.md"),
};

/// A period that ends as it begins.
pub(crate) fn zero_period(at: Location, value: &str) -> Diagnostic {
    CODE.at(
        at,
        "zero",
        format!("`{value}` is no period: it ends as it begins"),
    )
    .with_help("what is not kept at all needs no rule; otherwise give at least `1 hour`")
}
