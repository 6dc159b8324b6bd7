//! The columns of a table: `key`, `plain`, a category, or a map with what an
//! erasure writes there.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::map::{ColumnMap, Content};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::{Entry, Value};

/// `key`, `plain` or a category; or a map with what an erasure writes.
pub(super) const KIND: Kind = Kind::Either(&CONTENT, &Kind::Map(&SHAPE));
const CONTENT: Kind = Kind::Either(&Kind::Word(|| vec!["key", "plain"]), &Kind::Category);
const SHAPE: Shape = Shape::new(
    "column",
    "A column, and what an erasure that keeps its row writes into it.",
    &[
        Key::required("category", CONTENT, "`key`, `plain`, or a data category."),
        Key::new(
            "erased",
            Kind::Text,
            "What is written instead of the value; without it, null.",
        ),
        Key::new(
            "rectify",
            Kind::Flag,
            "Whether people can have it put right (Article 16); without it, what they provide \
             themselves.",
        ),
    ],
);

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
        return Some(ColumnMap {
            content,
            erased: None,
            rectify: None,
        });
    }
    let fields = reader.fields(entry, format!("column `{}`", entry.key.text), &SHAPE)?;
    let content = reader.field(&fields, "category", |reader, entry| {
        let text = reader.text(entry)?;
        content(reader, text, entry.node.span.clone())
    });
    let erased = reader.field(&fields, "erased", Reader::text);
    let rectify = reader.field(&fields, "rectify", Reader::flag);
    Some(ColumnMap {
        content: content?,
        erased,
        rectify,
    })
}

fn content(reader: &mut Reader<'_>, text: String, span: Range<usize>) -> Option<Content> {
    match text.as_str() {
        "key" => Some(Content::Key),
        "plain" => Some(Content::Plain),
        _ => reader.category(text, span).map(Content::Personal),
    }
}
