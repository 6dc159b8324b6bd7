//! CND0208: a category the vocabulary does not have.

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0208",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0208.md"),
};
use crate::suggest;

/// A data category or purpose key that the vocabulary doesn't hold.
pub(crate) fn unknown_category<'a>(
    at: Location,
    value: &str,
    what: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "not in the vocabulary",
        format!("`{value}` is no {what} of the vocabulary"),
    );
    // `email` for `contact.email`: the last part alone is the usual slip.
    let by_last_part = known
        .clone()
        .find(|key| key.rsplit('.').next() == value.rsplit('.').next());
    match by_last_part.or_else(|| suggest::nearest(value, known)) {
        Some(near) => diagnostic
            .mended_by(near)
            .with_help(format!("did you mean `{near}`?")),
        None => diagnostic.with_help("`candor explain CND0208` lists the vocabulary"),
    }
}
