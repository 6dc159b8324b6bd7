//! Counting the rows that lead to nobody. Pure: SQL in, no value out.

use candor_policy::charter::SourceKind;
use candor_policy::map::Edge;

use super::statements;
use crate::catalogue::Table;
use crate::sql::{literal, name, text};

/// A statement that counts a sample's rows, and those for which a condition on
/// `t` holds.
pub(crate) fn missing(kind: SourceKind, table_name: &str, table: &Table, empty: &str) -> String {
    statements::without(kind, table_name, table, empty)
}

/// That an edge names nothing, in SQL and in words; `None` where it always
/// names something.
pub(crate) fn edge(kind: SourceKind, table: &Table, edge: &Edge) -> Option<(String, String)> {
    let mut parts = Vec::new();
    let mut words = Vec::new();
    for path in &edge.from {
        let column = table.column(&path.column)?;
        let value = statements::value(kind, column, path);
        if column.nullable || !path.path.is_empty() {
            parts.push(format!("{value} IS NULL"));
            let keys = path.path.iter().map(String::as_str);
            let own: Vec<&str> = std::iter::once(path.column.as_str()).chain(keys).collect();
            words.push(format!("`{}` is empty", own.join(".")));
        }
    }
    if let Some(when) = &edge.when {
        let own = text(kind, &format!("t.{}", name(&when.column)));
        let value = literal(&when.value);
        parts.push(format!("({own} IS NULL OR {own} <> {value})"));
        words.push(format!("`{}` is not `{}`", when.column, when.value));
    }
    (!parts.is_empty()).then(|| (format!("({})", parts.join(" OR ")), words.join(" or ")))
}

/// That a column is empty.
pub(crate) fn column(column: &str) -> String {
    format!("t.{} IS NULL", name(column))
}
