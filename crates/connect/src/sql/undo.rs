//! What is kept of rows for the time in which an erasure can be taken back.
//! The image of a row is a JSON list of texts, one for each column that the
//! database does not compute, from which exactly the same values are made
//! again. Nothing here decides; [`restore`](super::restore) does.

use candor_policy::charter::SourceKind;

use super::work::set;
use super::{join, name, row_names, same_row, text};
use crate::catalogue::Class;
use crate::plan::{Plan, PlannedColumn, PlannedTable, RowKey};

/// The columns that an image has, in order.
pub(crate) fn stored(table: &PlannedTable) -> impl Iterator<Item = &PlannedColumn> {
    table.columns.iter().filter(|column| !column.generated)
}

/// The image of row `alias`.
pub(crate) fn image(kind: SourceKind, table: &PlannedTable, alias: &str) -> String {
    let values = stored(table).map(|column| {
        let own = format!("{alias}.{}", name(&column.name));
        encoded(kind, column, &own)
    });
    match kind {
        SourceKind::Mysql => {
            let values: Vec<String> = values.collect();
            format!("json_array({})", values.join(", "))
        }
        SourceKind::Postgres => {
            let values: Vec<String> = values.collect();
            format!("array_to_json(ARRAY[{}]::text[])::text", values.join(", "))
        }
        // A function takes no more than 127 values.
        SourceKind::Sqlite => {
            let values: Vec<String> = values.map(|value| format!("json_quote({value})")).collect();
            format!("('[' || {} || ']')", values.join(" || ',' || "))
        }
    }
}

/// `tab, was` of every row that goes, from filled work sets.
pub(crate) fn deleted(plan: &Plan) -> Vec<String> {
    let tables = plan.tables.iter().enumerate();
    tables
        .filter(|(_, table)| table.goes())
        .map(|(index, table)| {
            format!(
                "/* candor: what an erasure takes */ SELECT {index} AS tab, {} AS was FROM {} AS w {} {} AS t ON {}",
                image(plan.kind, table, "t"),
                set(index),
                join(plan.kind),
                name(&table.name),
                same_row(table, "t", "w")
            )
        })
        .collect()
}

/// `tab, image, place` of every row that is changed, from filled work sets:
/// before the change what it was, after it what it became, with the same text
/// for the same row.
pub(crate) fn changed(plan: &Plan) -> Vec<String> {
    let tables = plan.tables.iter().enumerate();
    tables
        .filter(|(_, table)| is_changed(table))
        .map(|(index, table)| {
            let place = row_names(table).into_iter().map(|row| match plan.kind {
                SourceKind::Mysql => format!("coalesce(hex(s.{row}), '-')"),
                _ => format!("quote(s.{row})"),
            });
            let place: Vec<String> = place.collect();
            format!(
                "/* candor: what an erasure changes */ SELECT {index} AS tab, {} AS image, {} AS place FROM candor_s{index} AS s {} {} AS t ON {}",
                image(plan.kind, table, "t"),
                match plan.kind {
                    SourceKind::Mysql => format!("concat_ws(',', {})", place.join(", ")),
                    _ => place.join(" || ',' || "),
                },
                join(plan.kind),
                name(&table.name),
                same_row(table, "t", "s")
            )
        })
        .collect()
}

/// Whether an erasure may change rows of the table that stay.
fn is_changed(table: &PlannedTable) -> bool {
    let own = table.reached && !table.decision.replacements().is_empty();
    own || !table.cuts.is_empty()
}

/// Whether a changed row can be found again by what tells it from others.
pub(crate) fn is_told_apart(table: &PlannedTable) -> bool {
    !matches!(table.row, RowKey::Content(_))
}

/// A value as text, null as null.
pub(crate) fn encoded(kind: SourceKind, column: &PlannedColumn, own: &str) -> String {
    match kind {
        SourceKind::Mysql => match mysql_base(column) {
            Base::Bytes => text(kind, &format!("lower(hex({own}))")),
            // Its own text has six digits.
            Base::Float => text(kind, &format!("CAST({own} AS double)")),
            Base::Bits => text(kind, &format!("CAST({own} AS unsigned)")),
            Base::Plain => text(kind, own),
        },
        SourceKind::Postgres => text(kind, own),
        // A text with a zero in it ends there for most functions.
        SourceKind::Sqlite => format!(
            "CASE typeof({own}) WHEN 'integer' THEN 'i' || {own} \
             WHEN 'real' THEN 'r' || CASE {own} WHEN 9e999 THEN '9e999' WHEN -9e999 THEN '-9e999' \
             ELSE printf('%!.17g', {own}) END \
             WHEN 'text' THEN CASE instr(CAST({own} AS BLOB), x'00') WHEN 0 THEN 't' || {own} \
             ELSE 'h' || hex({own}) END \
             WHEN 'blob' THEN 'x' || hex({own}) END"
        ),
    }
}

/// The value that a text of [`encoded`] stands for.
pub(crate) fn decoded(kind: SourceKind, column: &PlannedColumn, value: &str) -> String {
    match kind {
        SourceKind::Mysql => match mysql_base(column) {
            Base::Bytes => format!("unhex({value})"),
            Base::Float => format!("CAST({value} AS double)"),
            Base::Bits => format!("CAST({value} AS unsigned)"),
            Base::Plain => super::collated(value, column.collation.as_deref()),
        },
        SourceKind::Postgres => format!("({value})::{}", column.type_name),
        SourceKind::Sqlite => format!(
            "CASE substr({value}, 1, 1) WHEN 'i' THEN CAST(substr({value}, 2) AS INTEGER) \
             WHEN 'r' THEN CASE substr({value}, 2) WHEN '9e999' THEN 9e999 WHEN '-9e999' THEN -9e999 \
             ELSE CAST(substr({value}, 2) AS REAL) END \
             WHEN 't' THEN substr({value}, 2) WHEN 'h' THEN CAST(unhex(substr({value}, 2)) AS TEXT) \
             WHEN 'x' THEN unhex(substr({value}, 2)) END"
        ),
    }
}

/// The value as a key compares it, so that an index serves.
pub(crate) fn comparable(kind: SourceKind, column: &PlannedColumn, value: &str) -> String {
    match (kind, column.class) {
        (SourceKind::Mysql, Class::Integer | Class::Uuid | Class::Text | Class::Time) => {
            let about = (
                column.class,
                column.type_name.as_str(),
                column.collation.as_deref(),
            );
            super::typed(value, about)
        }
        _ => decoded(kind, column, value),
    }
}

/// How MariaDB's types are written as text.
enum Base {
    Bytes,
    Float,
    Bits,
    Plain,
}

fn mysql_base(column: &PlannedColumn) -> Base {
    let base = column.type_name.split(['(', ' ']).next();
    match (column.class, base.unwrap_or_default()) {
        (Class::Bytes, _) => Base::Bytes,
        (
            _,
            "geometry" | "point" | "linestring" | "polygon" | "multipoint" | "multilinestring"
            | "multipolygon" | "geometrycollection",
        ) => Base::Bytes,
        (_, "float" | "double") => Base::Float,
        (_, "bit") => Base::Bits,
        _ => Base::Plain,
    }
}
