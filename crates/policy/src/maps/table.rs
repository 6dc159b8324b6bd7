//! One table of a map.

use std::collections::BTreeMap;

use super::{column, edge};
use crate::map::TableMap;
use crate::reader::{Fields, Reader};
use crate::sections::erasure;
use crate::yaml::Entry;

const KEYS: [&str; 9] = [
    "about",
    "label",
    "identities",
    "owned_by",
    "last_of",
    "references",
    "columns",
    "on_erasure",
    "because",
];

/// Table names come from the database, so any name is allowed.
pub(super) fn read_all(
    reader: &mut Reader<'_>,
    entry: &Entry,
) -> Option<BTreeMap<String, TableMap>> {
    let tables = reader.map(entry, "`tables`")?;
    Some(
        tables
            .iter()
            .filter_map(|inner| Some((inner.key.text.clone(), table(reader, inner)?)))
            .collect(),
    )
}

fn table(reader: &mut Reader<'_>, entry: &Entry) -> Option<TableMap> {
    let fields = reader.fields(entry, format!("table `{}`", entry.key.text), &KEYS)?;
    let about = fields.get("about").and_then(|entry| {
        let about = reader.text(entry)?;
        reader.mention(&about, entry.node.span.clone(), "people");
        Some(about)
    });
    let label = fields.get("label").and_then(|entry| reader.text(entry));
    let columns = reader
        .required(&fields, "columns")
        .map(|entry| column::read_all(reader, entry));
    let on_erasure = fields
        .get("on_erasure")
        .and_then(|entry| reader.one_of(entry, "erasure", &erasure::WORDS));
    Some(TableMap {
        about,
        label,
        identities: identities(reader, &fields),
        owned_by: list(reader, &fields, "owned_by", edge::owners),
        last_of: list(reader, &fields, "last_of", edge::incoming),
        references: list(reader, &fields, "references", edge::references),
        columns: columns?,
        on_erasure: on_erasure.unwrap_or_default(),
        because: because(reader, &fields),
    })
}

fn list<'a, T>(
    reader: &mut Reader<'a>,
    fields: &Fields<'_>,
    key: &str,
    read: fn(&mut Reader<'a>, &Entry) -> Vec<T>,
) -> Vec<T> {
    fields
        .get(key)
        .map(|entry| read(reader, entry))
        .unwrap_or_default()
}

fn identities(reader: &mut Reader<'_>, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let Some(entry) = fields.get("identities") else {
        return BTreeMap::new();
    };
    let entries = reader.map(entry, "`identities`").unwrap_or_default();
    entries
        .iter()
        .filter_map(|inner| Some((inner.key.text.clone(), reader.text(inner)?)))
        .collect()
}

/// The retention rule that keeps rows, with or without its section's name.
fn because(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let entry = fields.get("because")?;
    let text = reader.text(entry)?;
    let name = text.strip_prefix("retention.").unwrap_or(&text);
    reader.mention(name, entry.node.span.clone(), "retention");
    Some(name.to_owned())
}
