//! CND0504: personal data in a table that leads to nobody.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::map::Content;

pub(crate) const CODE: Code = Code {
    id: "CND0504",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0504.md"),
};

/// Looks for tables with personal columns and no way to a person.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (map, name, table) in facts.tables_of_databases() {
        let led = table.about.is_some() || !table.owned_by.is_empty() || !table.last_of.is_empty();
        let personal = table
            .columns
            .iter()
            .find(|(_, column)| matches!(column.content, Content::Personal(_)));
        if let Some((column, _)) = personal.filter(|_| !led) {
            let at = facts.places.key(&map.path, &["tables", name]);
            let column_at = facts
                .places
                .key(&map.path, &["tables", name, "columns", column]);
            diagnostics.push(
                CODE.at(
                    at,
                    "leads to nobody",
                    format!("`{name}` holds personal data, but its rows lead to nobody"),
                )
                .with_secondary(column_at, "personal")
                .with_help("add `about`, `owned_by` or `last_of`"),
            );
        }
    }
}
