//! CND0604: a mapped table or column that the source does not have.

use std::collections::BTreeSet;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::suggest;

pub(crate) const CODE: Code = Code {
    id: "CND0604",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0604.md"),
};

/// A mapped or ignored table that isn't there.
pub(crate) fn table(at: Location, table: &str, known: &[&str]) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "not in the source",
        format!("the source has no table `{table}`"),
    );
    mend(diagnostic, suggest::nearest(table, known.iter().copied()))
}

/// A mapped column that isn't there.
pub(crate) fn column(
    at: Location,
    table: &str,
    column: &str,
    known: &BTreeSet<&str>,
) -> Diagnostic {
    let diagnostic = CODE.at(
        at,
        "not in the source",
        format!("table `{table}` of the source has no column `{column}`"),
    );
    mend(diagnostic, suggest::nearest(column, known.iter().copied()))
}

fn mend(diagnostic: Diagnostic, near: Option<&str>) -> Diagnostic {
    diagnostic.with_help(match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "remove it from the map, or give the map of this source".to_owned(),
    })
}
