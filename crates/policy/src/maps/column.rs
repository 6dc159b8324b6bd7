//! The columns of a table: `key`, `plain`, a category, or a map with what an
//! erasure writes there.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::map::{ColumnMap, Content};
use crate::reader::Reader;
use crate::yaml::{Entry, Value};

const KEYS: [&str; 2] = ["category", "erased"];

/// Column names come from the database, so any name is allowed.
pub(super) fn read_all(reader: &mut Reader<'_>, entry: &Entry) -> BTreeMap<String, ColumnMap> {
    let columns = reader.map(entry, "`columns`").unwrap_or_default();
    columns
        .iter()
        .filter_map(|inner| Some((inner.key.text.clone(), column(reader, inner)?)))
        .collect()
}

fn column(reader: &mut Reader<'_>, entry: &Entry) -> Option<ColumnMap> {
    if !matches!(entry.node.value, Value::Map(_)) {
        let text = reader.text(entry)?;
        let content = content(reader, text, entry.node.span.clone())?;
        let erased = None;
        return Some(ColumnMap { content, erased });
    }
    let fields = reader.fields(entry, format!("column `{}`", entry.key.text), &KEYS)?;
    let content = reader.required(&fields, "category").and_then(|entry| {
        let text = reader.text(entry)?;
        content(reader, text, entry.node.span.clone())
    });
    let erased = fields.get("erased").and_then(|entry| reader.text(entry));
    Some(ColumnMap {
        content: content?,
        erased,
    })
}

fn content(reader: &mut Reader<'_>, text: String, span: Range<usize>) -> Option<Content> {
    match text.as_str() {
        "key" => Some(Content::Key),
        "plain" => Some(Content::Plain),
        _ => reader.category(text, span).map(Content::Personal),
    }
}
