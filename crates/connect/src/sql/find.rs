//! Statements that find without changing: who an identity leads to, which rows
//! to lock, and what a person's rows were known by.

use candor_policy::charter::SourceKind;

use super::work::{Reading, root_join, set, sets, slots};
use super::{erase, key_text, name};
use crate::plan::{Plan, PlannedTable};

/// Number of values each line of [`identities`] has.
pub(crate) fn identity_width(plan: &Plan) -> usize {
    let roots = plan.tables.iter().map(|table| table.roots.len());
    roots.max().unwrap_or_default()
}

/// `slot, step, v0, …`: for each identity (`step` is its number) the other
/// identities of each row it leads to, in the order of the table's roots.
pub(crate) fn identities(plan: &Plan, rows_max: usize) -> Option<String> {
    let width = identity_width(plan);
    let selects: Vec<String> = slots(plan)
        .iter()
        .enumerate()
        .filter_map(|(place, slot)| {
            let table = plan.tables.get(slot.table)?;
            let values: Vec<String> = table
                .roots
                .iter()
                .map(|root| {
                    let class = table.column(&root.column).map(|column| column.class);
                    key_text(plan.kind, class, &format!("t.{}", name(&root.column)))
                })
                .collect();
            Some(format!(
                "SELECT DISTINCT {place} AS slot, i.step AS step, {} FROM {}",
                padded(plan.kind, &values, width),
                root_join(plan, place, slot)
            ))
        })
        .collect();
    (!selects.is_empty()).then(|| {
        format!(
            "/* candor: find people by their identities */\n{}\nLIMIT {rows_max}",
            selects.join("\nUNION ALL ")
        )
    })
}

/// `(table, columns)` of every key that is captured before an erasure.
pub(crate) fn captured(plan: &Plan) -> Vec<(usize, Vec<String>)> {
    plan.tables
        .iter()
        .enumerate()
        .filter(|(_, table)| table.goes())
        .flat_map(|(index, table)| table.keys.iter().map(move |key| (index, key.clone())))
        .collect()
}

/// `place, step, v0, …`: values of each captured key, from filled work sets.
pub(crate) fn keys(plan: &Plan) -> Vec<String> {
    let captured = captured(plan);
    let width = captured.iter().map(|(_, key)| key.len()).max();
    captured
        .iter()
        .enumerate()
        .filter_map(|(place, (index, key))| {
            let table = plan.tables.get(*index)?;
            let values: Vec<String> = key
                .iter()
                .filter_map(|column| carried(plan.kind, table, column))
                .collect();
            let known: Vec<String> = values
                .iter()
                .map(|value| format!("{value} IS NOT NULL"))
                .collect();
            Some(format!(
                "SELECT DISTINCT {place} AS place, w.step AS step, {} FROM {} AS w WHERE {}",
                padded(plan.kind, &values, width.unwrap_or_default()),
                set(*index),
                known.join(" AND ")
            ))
        })
        .collect()
}

/// The statement of [`keys`] for PostgreSQL.
pub(crate) fn postgres_keys(plan: &Plan) -> Option<String> {
    let results = keys(plan);
    let parts: Vec<String> = sets(plan, Reading::Alone)
        .iter()
        .map(erase::expression)
        .collect();
    (!results.is_empty()).then(|| erase::with("candor: keys of people's rows", &parts, &results))
}

/// A carried column as text that leads back to the same value.
fn carried(kind: SourceKind, table: &PlannedTable, column: &str) -> Option<String> {
    let place = table
        .carried
        .iter()
        .position(|path| path.path.is_empty() && path.column == column)?;
    let class = table.column(column).map(|column| column.class);
    Some(key_text(kind, class, &format!("w.k{place}")))
}

fn padded(kind: SourceKind, values: &[String], width: usize) -> String {
    let nothing = match kind {
        SourceKind::Postgres => "NULL::text",
        SourceKind::Mysql | SourceKind::Sqlite => "NULL",
    };
    let parts: Vec<String> = (0..width)
        .map(|place| {
            let value = values.get(place).map_or(nothing, String::as_str);
            format!("{value} AS v{place}")
        })
        .collect();
    parts.join(", ")
}
