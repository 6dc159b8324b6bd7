//! SQL for plans: what the three dialects have in common, and the few places
//! where they differ. Invariant: names are always quoted, and values of people
//! are always parameters; only values that the map itself declares are written
//! as literals.

use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnPath, Condition};

use crate::catalogue::Class;
use crate::plan::{Link, PlannedColumn, PlannedTable, RowKey};

pub(crate) mod anchor;
mod circle;
pub(crate) mod elements;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod find;
pub(crate) mod held;
pub(crate) mod late;
pub(crate) mod notice;
pub(crate) mod restore;
pub(crate) mod rewrite;
mod rounds;
pub(crate) mod seed;
pub(crate) mod tally;
mod tenant;
pub(crate) mod undo;
pub(crate) mod work;

/// A name in double quotes. MariaDB reads them as it should as long as its
/// `sql_mode` says so, which the engine sees to.
pub(crate) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Text of the map as a literal. PostgreSQL reads a backslash as itself as
/// long as `standard_conforming_strings` is on, MariaDB as long as its
/// `sql_mode` says so, which the engines see to.
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
        RowKey::Content(columns) => {
            let parts = table.columns.iter().map(|column| {
                let own = format!("{alias}.{}", name(&column.name));
                format!("coalesce(sha2({own}, 256), '-')")
            });
            let parts: Vec<String> = parts.collect();
            let content = format!("sha2(concat({}), 256)", parts.join(", "));
            let columns = columns
                .iter()
                .map(|column| format!("{alias}.{}", name(column)));
            std::iter::once(content).chain(columns).collect()
        }
    }
}

/// Names of the row columns of a table's work set.
pub(crate) fn row_names(table: &PlannedTable) -> Vec<String> {
    (0..row(table, "t").len())
        .map(|place| format!("r{place}"))
        .collect()
}

/// How many of the row columns tell rows apart; they are never null.
pub(crate) fn telling(table: &PlannedTable) -> usize {
    match table.row {
        RowKey::Content(_) => 1,
        _ => row_names(table).len(),
    }
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
        .map(|(place, own)| {
            let equals = if place < telling(table) { "=" } else { "<=>" };
            format!("{own} {equals} {work}.r{place}")
        })
        .collect();
    parts.join(" AND ")
}

/// That two work sets of the same table name the same row.
pub(crate) fn same_work(table: &PlannedTable, left: &str, right: &str) -> String {
    let parts: Vec<String> = row_names(table)
        .iter()
        .take(telling(table))
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
    if kind == SourceKind::Mysql {
        // JSON's null is no text.
        let inside = format!("json_extract({column}, {})", json_path(&path.path));
        let inside = text(kind, &format!("json_unquote({inside})"));
        return format!("nullif({inside}, 'null')");
    }
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

/// Where a value is inside JSON, as MariaDB and SQLite write it.
pub(crate) fn json_path(keys: &[String]) -> String {
    let keys: Vec<String> = keys.iter().map(|key| json_key(key)).collect();
    literal(&format!("$.{}", keys.join(".")))
}

/// A key of a JSON object in double quotes.
pub(crate) fn json_key(key: &str) -> String {
    format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Joins what is known, and stands left, with what is looked up. The names of
/// work sets say nothing about their sizes, so the order is said where the
/// database would guess it.
pub(crate) fn join(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Mysql => "STRAIGHT_JOIN",
        SourceKind::Postgres | SourceKind::Sqlite => "JOIN",
    }
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
            if link.is_list {
                return elements::holds(kind, own, alias, path, (&key(place), target.column(to)));
            }
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

/// An expression as text that is compared as it is.
pub(crate) fn text(kind: SourceKind, expression: &str) -> String {
    match kind {
        SourceKind::Mysql => {
            format!("CONVERT({expression} USING utf8mb4) COLLATE utf8mb4_nopad_bin")
        }
        SourceKind::Postgres => format!("({expression})::text"),
        SourceKind::Sqlite => format!("CAST({expression} AS TEXT)"),
    }
}

/// A key as text that leads back to the same value.
pub(crate) fn key_text(kind: SourceKind, class: Option<Class>, expression: &str) -> String {
    match (kind, class) {
        (SourceKind::Mysql, Some(Class::Bytes)) => text(kind, &format!("lower(hex({expression}))")),
        (SourceKind::Sqlite, Some(Class::Bytes)) => format!(
            "CASE typeof({expression}) WHEN 'blob' THEN 'x:' || hex({expression}) ELSE {} END",
            text(kind, expression)
        ),
        _ => text(kind, expression),
    }
}

/// Text of ours as MariaDB compares a column with it while an index serves:
/// in the column's own character set and collation.
pub(crate) fn collated(expression: &str, collation: Option<&str>) -> String {
    match collation.and_then(|collation| Some((collation, collation.split_once('_')?.0))) {
        Some((collation, set)) => format!("CONVERT({expression} USING {set}) COLLATE {collation}"),
        None => expression.to_owned(),
    }
}

/// Text of ours as the value that a column of MariaDB would hold.
pub(crate) fn typed(
    expression: &str,
    (class, type_name, collation): (Class, &str, Option<&str>),
) -> String {
    match class {
        Class::Integer => {
            let unsigned = if is_unsigned(type_name) {
                "UNSIGNED"
            } else {
                "SIGNED"
            };
            format!("CAST({expression} AS {unsigned})")
        }
        Class::Uuid => format!("CAST({expression} AS uuid)"),
        // A UUID in bytes may be written with hyphens.
        Class::Bytes => format!("unhex(replace({expression}, '-', ''))"),
        Class::Text => collated(expression, collation),
        Class::Time => format!("CAST({expression} AS datetime(6))"),
        Class::Json | Class::Textual | Class::Other => expression.to_owned(),
    }
}

/// Whether a type of MariaDB has no negative numbers.
pub(crate) fn is_unsigned(type_name: &str) -> bool {
    type_name.contains("unsigned")
}

/// Whether an index of the column serves where it is compared with a value of
/// the other.
pub(crate) fn is_compared_as_it_is(
    kind: SourceKind,
    own: &PlannedColumn,
    other: Option<&PlannedColumn>,
) -> bool {
    kind == SourceKind::Sqlite || own.class == Class::Text || is_alike(kind, own, other)
}

/// Whether values of two columns are compared without a conversion.
fn is_alike(kind: SourceKind, own: &PlannedColumn, other: Option<&PlannedColumn>) -> bool {
    other.is_some_and(|other| {
        (other.type_name == own.type_name && other.collation == own.collation)
            || (other.class == own.class
                && match own.class {
                    Class::Integer => true,
                    Class::Text => kind != SourceKind::Mysql,
                    Class::Bytes => kind == SourceKind::Mysql,
                    _ => false,
                })
    })
}

/// Equality that leaves the left side, which may be indexed, as it is wherever
/// the types allow it. `None` is a value out of JSON, which is text in
/// MariaDB and PostgreSQL and text or a number in SQLite.
fn equal(
    kind: SourceKind,
    left: &str,
    left_column: Option<&PlannedColumn>,
    right: &str,
    right_column: Option<&PlannedColumn>,
) -> String {
    let alike = left_column.is_some_and(|own| is_alike(kind, own, right_column));
    match (kind, left_column) {
        // A JSON number must meet a key that is text, and the other way round.
        (SourceKind::Sqlite, None) => format!(
            "{left} IN ({right}, CAST({right} AS TEXT), \
             CASE WHEN CAST(CAST({right} AS INTEGER) AS TEXT) = {right} \
             THEN CAST({right} AS INTEGER) END)"
        ),
        (SourceKind::Sqlite, Some(_)) => format!("{left} = {right}"),
        (SourceKind::Mysql, None) => {
            let class = right_column.map(|column| column.class);
            format!("{left} = {}", key_text(kind, class, right))
        }
        (SourceKind::Postgres, None) => format!("{left} = {}", text(kind, right)),
        (_, Some(_)) if alike => format!("{left} = {right}"),
        (SourceKind::Mysql, Some(column)) if column.class == Class::Text => {
            let class = right_column.map(|column| column.class);
            let right = key_text(kind, class, right);
            format!("{left} = {}", collated(&right, column.collation.as_deref()))
        }
        (SourceKind::Postgres, Some(column)) if column.class == Class::Text => {
            format!("{left} = {}", text(kind, right))
        }
        (_, Some(_)) => format!("{} = {}", text(kind, left), text(kind, right)),
    }
}

#[cfg(test)]
mod tests;
