//! CND0506: data that is never collected, and is.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::covers;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::map::Content;

pub(crate) const CODE: Code = Code {
    id: "CND0506",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0506.md"),
};

/// Looks for excluded categories in maps and in `data`.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (name, data) in &facts.charter.data {
        let at = facts.places.value(ROOT, &["data", name, "category"]);
        report(
            facts,
            at,
            &format!("data.{name}"),
            &data.category,
            diagnostics,
        );
    }
    for (map, name, table) in facts.tables() {
        for (column, content) in &table.columns {
            if let Content::Personal(category) = &content.content {
                let at = facts
                    .places
                    .value(&map.path, &["tables", name, "columns", column]);
                report(
                    facts,
                    at,
                    &format!("{name}.{column}"),
                    category,
                    diagnostics,
                );
            }
        }
    }
}

fn report(
    facts: &Facts<'_>,
    at: Location,
    what: &str,
    category: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let never = facts.charter.never.iter().find(|(_, never)| {
        never
            .categories
            .iter()
            .any(|excluded| covers(excluded, category))
    });
    if let Some((name, _)) = never {
        let never_at = facts.places.key(ROOT, &["never", name]);
        diagnostics.push(
            CODE.at(
                at,
                "collected",
                format!("`{what}` holds `{category}`, which is never collected"),
            )
            .with_secondary(never_at, "excluded here")
            .with_help("remove one of the two"),
        );
    }
}
