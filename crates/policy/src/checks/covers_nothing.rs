//! CND0404: a retention rule that governs no data, or a hold that keeps none.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{Charter, Source};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0404",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0404.md"),
};

/// What an anchor or a flag is not.
const NO_COLUMN: &str = "no `source.table.column` of a map";

/// Looks for rules whose data isn't declared or mapped.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let charter = facts.charter;
    for (name, retention) in &charter.retention {
        let place = |key: &str| facts.places.value(ROOT, &["retention", name, key]);
        for covered in &retention.covers {
            if !charter.data.contains_key(covered) && !is_table(charter, covered) {
                let what = "no declared data and no `source.table`";
                let rule = format!("retention rule `{name}`");
                diagnostics.push(nothing(place("covers"), &rule, covered, what));
            }
        }
        for anchor in &retention.from {
            let rule = format!("retention rule `{name}`");
            if is_of_service(charter, anchor) {
                let what = "held by a service, whose records nobody else can measure";
                diagnostics.push(nothing(place("from"), &rule, anchor, what));
            } else if !is_column(charter, anchor) {
                diagnostics.push(nothing(place("from"), &rule, anchor, NO_COLUMN));
            }
        }
        let by_name = charter.data.contains_key(name);
        if retention.covers.is_empty() && retention.from.is_empty() && !by_name {
            let at = facts.places.key(ROOT, &["retention", name]);
            diagnostics.push(
                CODE.at(
                    at,
                    "governs what?",
                    format!("retention rule `{name}` covers nothing: no data has its name"),
                )
                .with_help("list what it governs: `covers: [data_name, source.table]`"),
            );
        }
    }
    for (name, hold) in &charter.holds {
        let place = |key: &str| facts.places.value(ROOT, &["holds", name, key]);
        let hold_words = format!("hold `{name}`");
        for covered in hold.covers.iter().filter(|one| !is_table(charter, one)) {
            let what = "no `source.table` of a map";
            diagnostics.push(nothing(place("covers"), &hold_words, covered, what));
        }
        let is_seen = |flag: &&String| is_column(charter, flag) && !is_of_service(charter, flag);
        for flag in hold.flags.iter().filter(|flag| !is_seen(flag)) {
            diagnostics.push(nothing(place("while"), &hold_words, flag, NO_COLUMN));
        }
    }
}

fn nothing(at: Location, rule: &str, named: &str, what: &str) -> Diagnostic {
    CODE.at(
        at,
        "not there",
        format!("`{named}`, which {rule} names, is {what}"),
    )
}

fn is_table(charter: &Charter, name: &str) -> bool {
    name.split_once('.').is_some_and(|(source, table)| {
        charter
            .sources
            .get(source)
            .is_some_and(|source| source.map.tables.contains_key(table))
    })
}

fn is_of_service(charter: &Charter, name: &str) -> bool {
    let source = name.split_once('.').map(|(source, _)| source);
    source
        .and_then(|source| charter.sources.get(source))
        .is_some_and(Source::is_service)
}

fn is_column(charter: &Charter, name: &str) -> bool {
    let Some((source, rest)) = name.split_once('.') else {
        return false;
    };
    let Some((table, column)) = rest.rsplit_once('.') else {
        return false;
    };
    charter
        .sources
        .get(source)
        .and_then(|source| source.map.tables.get(table))
        .is_some_and(|table| table.columns.contains_key(column))
}
