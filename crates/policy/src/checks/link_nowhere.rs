//! CND0301: a promise link that leads nowhere.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0301",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0301.md"),
};
use crate::suggest;

/// A link to a promise that the declaration doesn't make.
pub(crate) fn nowhere(
    at: Location,
    target_at: Location,
    target: &str,
    known: &[&str],
) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "no such promise",
        format!("`promise:{target}` leads nowhere"),
    );
    match suggest::nearest(target, known.iter().copied()) {
        Some(near) => diagnostic
            .with_fix(target_at, near)
            .with_help(format!("did you mean `promise:{near}`?")),
        None => diagnostic.with_help("declare it in `candor.yaml`, or remove the link"),
    }
}

/// A link to a field that the promise doesn't have.
pub(crate) fn no_field(at: Location, promise: &str, field: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "no such field",
        format!("promise `{promise}` has no `{field}`"),
    );
    match suggest::help(field, known) {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    }
}

/// A link without words.
pub(crate) fn empty(at: Location, target: &str) -> Diagnostic {
    CODE.at(
        at,
        "no words",
        format!("the link to `promise:{target}` has no words"),
    )
    .with_help("put the words that make the promise between the brackets")
}
