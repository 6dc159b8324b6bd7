//! Reads maps: what the columns of a source are. Compares nothing with the
//! declaration; the checks do that once everything is read.

mod column;
mod edge;
mod mark;
mod table;

use crate::map::{SourceMap, Whose};
use crate::reader::Reader;
use crate::schema::{Key as Known, Kind, Shape};
use crate::yaml::{Entry, Key, Value};

/// A map's file.
pub(crate) const SHAPE: Shape = Shape::new(
    "map",
    "What the columns of a source are. Every table is mapped or ignored, and every column named.",
    &[
        Known::required(
            "tables",
            Kind::Free(&Kind::Map(&table::SHAPE)),
            table::SHAPE.about,
        ),
        Known::new(
            "ignored",
            Kind::Either(&Kind::Many(&Kind::Text), &Kind::Free(&Kind::Text)),
            "Tables without personal data of people the policy covers: a list, or a map that \
             gives each its reason. A reason settles what looks personal in one.",
        ),
    ],
);

/// Reads the map at `path`; `None` where it can't be read as a whole.
pub(crate) fn read(reader: &mut Reader<'_>, path: &str, source: &str) -> Option<SourceMap> {
    let node = reader.parse(path, source)?;
    let whole = Entry {
        key: Key {
            text: String::new(),
            span: 0..0,
        },
        node,
    };
    reader.within_file(path, |reader| {
        let fields = reader.fields(&whole, "the map", &SHAPE)?;
        let tables = reader.field(&fields, "tables", table::read_all);
        let ignored = fields.get("ignored").map(|entry| ignored(reader, entry));
        Some(SourceMap {
            path: path.to_owned(),
            tables: tables?,
            ignored: ignored.unwrap_or_default(),
            whose: Whose::Everybody,
        })
    })
}

/// Tables without personal data of people the policy covers: a list, or a map
/// that gives each its reason. A reason settles what looks personal in one.
fn ignored(reader: &mut Reader<'_>, entry: &Entry) -> Vec<String> {
    let Value::Map(entries) = &entry.node.value else {
        return reader.words(entry);
    };
    entries
        .iter()
        .filter_map(|inner| {
            reader.text(inner)?;
            Some(inner.key.text.clone())
        })
        .collect()
}
