//! CND0505: a mapped column whose category no entry of `data` declares.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::map::Content;

pub(crate) const CODE: Code = Code {
    id: "CND0505",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0505.md"),
};

/// Looks for personal columns that the declaration doesn't say are collected.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (map, name, table) in facts.tables() {
        for (column, content) in &table.columns {
            let Content::Personal(category) = &content.content else {
                continue;
            };
            if facts.charter.data_covering(category, None).next().is_some() {
                continue;
            }
            let at = facts
                .places
                .value(&map.path, &["tables", name, "columns", column]);
            diagnostics.push(
                CODE.at(
                    at,
                    "not declared",
                    format!("`{name}.{column}` holds `{category}`, which `data` doesn't declare"),
                )
                .with_help("declare it under `data`, with its purposes"),
            );
        }
    }
}
