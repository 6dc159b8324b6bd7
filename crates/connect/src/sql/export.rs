//! A person's rows as JSON objects. Keys that name other rows stay behind,
//! because they may be somebody else's; credentials never leave the database.

use candor_policy::charter::SourceKind;
use candor_policy::map::Content;

use super::work::{Reading, set, sets};
use super::{erase, join, literal, name, row_names, same_row, text};
use crate::catalogue::Class;
use crate::plan::{Plan, PlannedColumn, PlannedTable};

/// What stands in the place of a credential.
pub const WITHHELD: &str = "held, not shown";

/// Whether a category's values are never shown, even to their person.
#[must_use]
pub fn is_withheld(category: &str) -> bool {
    category == "credential" || category.starts_with("credential.")
}

/// The columns of a table that its person receives.
pub(crate) fn columns(table: &PlannedTable) -> impl Iterator<Item = &PlannedColumn> {
    table
        .columns
        .iter()
        .filter(|column| column.content != Content::Key || table.primary_key.contains(&column.name))
}

/// One statement that streams all tables, one after the other: `tab, doc`.
pub(crate) fn postgres(plan: &Plan) -> Option<String> {
    let parts: Vec<String> = sets(plan, Reading::Plain)
        .iter()
        .map(erase::expression)
        .collect();
    let results: Vec<String> = reached(plan)
        .map(|(index, table)| {
            let outputs: Vec<String> = columns(table)
                .map(|column| {
                    let own = format!("t.{}", name(&column.name));
                    format!("{} AS {}", shown(column, &own), name(&column.name))
                })
                .collect();
            format!(
                "SELECT {index} AS tab, row_to_json(x.*)::text AS doc FROM (SELECT {} FROM {} AS t JOIN {} AS w ON {}{}) AS x",
                outputs.join(", "),
                name(&table.name),
                rows(index, table),
                same_row(table, "t", "w"),
                order(table)
            )
        })
        .collect();
    (!results.is_empty()).then(|| erase::with("candor: a person's own rows", &parts, &results))
}

/// One statement per table, for filled work sets: `tab, doc`.
pub(crate) fn tables(plan: &Plan) -> Vec<String> {
    reached(plan)
        .map(|(index, table)| {
            let pairs: Vec<String> = columns(table)
                .map(|column| {
                    let own = format!("t.{}", name(&column.name));
                    let own = match plan.kind {
                        SourceKind::Mysql => mysql_value(column, &own),
                        SourceKind::Postgres | SourceKind::Sqlite => sqlite_value(column, &own),
                    };
                    format!("{}, {own}", literal(&column.name))
                })
                .collect();
            format!(
                "/* candor: a person's own rows */ SELECT {index} AS tab, json_object({}) AS doc FROM {}{}",
                pairs.join(", "),
                match plan.kind {
                    // What is known stands left.
                    SourceKind::Mysql => format!(
                        "{} AS w {} {} AS t ON {}",
                        rows(index, table),
                        join(plan.kind),
                        name(&table.name),
                        same_row(table, "t", "w")
                    ),
                    _ => format!(
                        "{} AS t JOIN {} AS w ON {}",
                        name(&table.name),
                        rows(index, table),
                        same_row(table, "t", "w")
                    ),
                },
                order(table)
            )
        })
        .collect()
}

fn sqlite_value(column: &PlannedColumn, own: &str) -> String {
    let bytes = format!("CASE typeof({own}) WHEN 'blob' THEN hex({own}) ELSE {own} END");
    if column.class == Class::Json && !withheld(column) {
        format!("CASE WHEN json_valid({own}) THEN json({own}) ELSE {bytes} END")
    } else {
        shown(column, &bytes)
    }
}

/// Numbers stay numbers, JSON stays JSON, everything else is text.
fn mysql_value(column: &PlannedColumn, own: &str) -> String {
    if withheld(column) {
        return shown(column, own);
    }
    let base = column
        .type_name
        .split(['(', ' '])
        .next()
        .unwrap_or_default();
    match (column.class, base) {
        (Class::Integer, _) | (_, "decimal" | "float" | "double" | "year") => own.to_owned(),
        // Through a function that returns JSON, or it would be quoted again.
        (Class::Json, _) => format!(
            "json_extract(CASE WHEN json_valid({own}) THEN {own} ELSE json_quote({own}) END, '$')"
        ),
        (Class::Bytes, _) => format!("hex({own})"),
        (_, "bit") => format!("{own} + 0"),
        (
            _,
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
            | "multipolygon" | "geometrycollection",
        ) => format!("st_astext({own})"),
        _ => text(SourceKind::Mysql, own),
    }
}

fn reached(plan: &Plan) -> impl Iterator<Item = (usize, &PlannedTable)> {
    plan.tables
        .iter()
        .enumerate()
        .filter(|(_, table)| table.reached && columns(table).next().is_some())
}

fn rows(index: usize, table: &PlannedTable) -> String {
    format!(
        "(SELECT DISTINCT {} FROM {})",
        row_names(table).join(", "),
        set(index)
    )
}

fn order(table: &PlannedTable) -> String {
    if table.primary_key.is_empty() {
        return String::new();
    }
    let columns: Vec<String> = table
        .primary_key
        .iter()
        .map(|column| format!("t.{}", name(column)))
        .collect();
    format!(" ORDER BY {}", columns.join(", "))
}

fn shown(column: &PlannedColumn, own: &str) -> String {
    if withheld(column) {
        format!(
            "CASE WHEN {own} IS NULL THEN NULL ELSE {} END",
            literal(WITHHELD)
        )
    } else {
        own.to_owned()
    }
}

fn withheld(column: &PlannedColumn) -> bool {
    matches!(&column.content, Content::Personal(category) if is_withheld(category))
}
