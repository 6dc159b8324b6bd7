//! CND0503: a table that does on erasure what its rule does not say.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{OnErasure, Right};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::map::{Content, TableMap};
use crate::sections::erasure::word;

pub(crate) const CODE: Code = Code {
    id: "CND0503",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0503.md"),
};

/// Compares tables with the rules they name, and rules with what the right to
/// erasure excepts.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (map, name, table) in facts.tables() {
        let Some(because) = &table.because else {
            continue;
        };
        let Some(rule) = facts.charter.retention.get(because) else {
            continue;
        };
        if differs(rule.on_erasure, table) {
            let at = facts
                .places
                .value(&map.path, &["tables", name, "on_erasure"]);
            let rule_at = facts
                .places
                .value(ROOT, &["retention", because, "on_erasure"]);
            let (table_word, rule_word) = (word(table.on_erasure), word(rule.on_erasure));
            diagnostics.push(
                CODE.at(
                    at,
                    table_word,
                    format!(
                        "an erasure says `{table_word}` for `{name}`, but \
                         `retention.{because}` says `{rule_word}`"
                    ),
                )
                .with_secondary(rule_at, rule_word)
                .with_help("say the same in both"),
            );
        }
    }
    excepted(facts, diagnostics);
}

/// Rows may lose more of the person than the rule says, and a row without
/// personal data may stay as it is under a rule that pseudonymises.
fn differs(rule: OnErasure, table: &TableMap) -> bool {
    let personal = || {
        let mut columns = table.columns.values();
        columns.any(|column| matches!(column.content, Content::Personal(_)))
    };
    match (rule, table.on_erasure) {
        (OnErasure::Delete, action) => action != OnErasure::Delete,
        (_, OnErasure::Delete) => true,
        (OnErasure::Pseudonymise, OnErasure::Keep) => personal(),
        (OnErasure::Pseudonymise | OnErasure::Keep, _) => false,
    }
}

fn excepted(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let Some(erasure) = facts.charter.rights.get(&Right::Erasure) else {
        return;
    };
    for (name, rule) in &facts.charter.retention {
        if rule.on_erasure == OnErasure::Delete || erasure.except.contains(name) {
            continue;
        }
        let at = facts.places.value(ROOT, &["retention", name, "on_erasure"]);
        let right_at = facts.places.key(ROOT, &["rights", "erasure"]);
        diagnostics.push(
            CODE.at(
                at,
                "survives an erasure",
                format!("`{name}` survives an erasure, which the right doesn't except"),
            )
            .with_secondary(right_at, "promises erasure without this exception")
            .with_help(format!("add `{name}` to `rights.erasure.except`")),
        );
    }
}
