//! CND0605: a foreign key between mapped tables that nobody explained.

use crate::catalogue::CatalogueForeignKey;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0605",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0605.md"),
};

/// A foreign key that neither owns nor refers nor counts.
pub(crate) fn unexplained(at: Location, table: &str, key: &CatalogueForeignKey) -> Diagnostic {
    let columns = key.columns.join(", ");
    let to = &key.to_table;
    CODE.at(
        at,
        format!("`{columns}` leads to `{to}`"),
        format!("foreign key `{table}({columns})` to `{to}` is not explained"),
    )
    .with_help("put it under `owned_by`, or under `references` with `unlink` or `keep`")
}
