//! SQL for plans: what the two dialects have in common, and the few places
//! where they differ. Invariant: names are always quoted, and values of people
//! are always parameters; only values that the map itself declares are written
//! as literals.

use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnPath, Condition};

use crate::catalogue::Class;
use crate::plan::{Link, PlannedColumn, PlannedTable, RowKey};

pub(crate) mod anchor;
mod circle;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod seed;
pub(crate) mod work;

/// A name in double quotes.
pub(crate) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Text of the map as a literal. PostgreSQL reads a backslash as itself as
/// long as `standard_conforming_strings` is on, which the engine sees to.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The expressions that tell one row of a table from another, as columns `r0`,
/// `r1` of its work set.
pub(crate) fn row(table: &PlannedTable, alias: &str) -> Vec<String> {
    match &table.row {
        RowKey::Place(place) => vec![format!("{alias}.{place}")],
        RowKey::PartitionedPlace => vec![format!("{alias}.ctid"), format!("{alias}.tableoid")],
        RowKey::Columns(columns) => columns
            .iter()
            .map(|column| format!("{alias}.{}", name(column)))
            .collect(),
    }
}

/// Names of the row columns of a table's work set.
pub(crate) fn row_names(table: &PlannedTable) -> Vec<String> {
    (0..row(table, "t").len())
        .map(|place| format!("r{place}"))
        .collect()
}

/// Names of the carried columns of a table's work set.
pub(crate) fn carried_names(table: &PlannedTable) -> Vec<String> {
    (0..table.carried.len())
        .map(|place| format!("k{place}"))
        .collect()
}

/// That a table's row is the one a work set names.
pub(crate) fn same_row(table: &PlannedTable, alias: &str, work: &str) -> String {
    let parts: Vec<String> = row(table, alias)
        .iter()
        .enumerate()
        .map(|(place, own)| format!("{own} = {work}.r{place}"))
        .collect();
    parts.join(" AND ")
}

/// That two work sets of the same table name the same row.
pub(crate) fn same_work(table: &PlannedTable, left: &str, right: &str) -> String {
    let parts: Vec<String> = row_names(table)
        .iter()
        .map(|column| format!("{left}.{column} = {right}.{column}"))
        .collect();
    parts.join(" AND ")
}

/// A column, or a value inside a JSON column as text.
pub(crate) fn value(
    kind: SourceKind,
    table: &PlannedTable,
    alias: &str,
    path: &ColumnPath,
) -> String {
    let column = format!("{alias}.{}", name(&path.column));
    let Some((last, outer)) = path.path.split_last() else {
        return column;
    };
    let is_json = table
        .column(&path.column)
        .is_some_and(|column| column.class == Class::Json);
    let mut text = match kind {
        SourceKind::Postgres if !is_json => format!("({column})::jsonb"),
        _ => column,
    };
    for key in outer {
        text.push_str(&format!(" -> {}", literal(key)));
    }
    format!("({text} ->> {})", literal(last))
}

/// That a table's link columns name the values `key(i)`, which are of the types
/// of the target's columns.
pub(crate) fn link_matches(
    kind: SourceKind,
    (own, target): (&PlannedTable, &PlannedTable),
    alias: &str,
    link: &Link,
    key: impl Fn(usize) -> String,
) -> String {
    let mut parts: Vec<String> = link
        .from
        .iter()
        .zip(&link.to)
        .enumerate()
        .map(|(place, (path, to))| {
            let from = value(kind, own, alias, path);
            let from_column = own.column(&path.column).filter(|_| path.path.is_empty());
            equal(kind, &from, from_column, &key(place), target.column(to))
        })
        .collect();
    parts.extend(link.when.as_ref().map(|when| condition(kind, alias, when)));
    parts.join(" AND ")
}

/// A condition of the map.
pub(crate) fn condition(kind: SourceKind, alias: &str, when: &Condition) -> String {
    let column = format!("{alias}.{}", name(&when.column));
    format!("{} = {}", text(kind, &column), literal(&when.value))
}

/// An expression as text.
pub(crate) fn text(kind: SourceKind, expression: &str) -> String {
    match kind {
        SourceKind::Postgres => format!("({expression})::text"),
        SourceKind::Sqlite => format!("CAST({expression} AS TEXT)"),
    }
}

/// Equality that leaves the left side, which may be indexed, as it is wherever
/// the types allow it. `None` is a value out of JSON, which is text in
/// PostgreSQL and text or a number in SQLite.
fn equal(
    kind: SourceKind,
    left: &str,
    left_column: Option<&PlannedColumn>,
    right: &str,
    right_column: Option<&PlannedColumn>,
) -> String {
    match (kind, left_column) {
        (SourceKind::Postgres, None) => format!("{left} = {}", text(kind, right)),
        (SourceKind::Postgres, Some(column)) => {
            let alike = right_column.is_some_and(|other| {
                other.type_name == column.type_name
                    || (other.class == column.class
                        && matches!(column.class, Class::Integer | Class::Text))
            });
            if alike {
                format!("{left} = {right}")
            } else if column.class == Class::Text {
                format!("{left} = {}", text(kind, right))
            } else {
                format!("{} = {}", text(kind, left), text(kind, right))
            }
        }
        // A JSON number must meet a key that is text, and the other way round.
        (SourceKind::Sqlite, None) => format!(
            "{left} IN ({right}, CAST({right} AS TEXT), \
             CASE WHEN CAST(CAST({right} AS INTEGER) AS TEXT) = {right} \
             THEN CAST({right} AS INTEGER) END)"
        ),
        (SourceKind::Sqlite, Some(_)) => format!("{left} = {right}"),
    }
}

#[cfg(test)]
mod tests;
