//! One table of a map.

use std::collections::BTreeMap;

use super::{column, edge, mark};
use crate::map::TableMap;
use crate::reader::{Fields, Reader};
use crate::schema::{Key, Kind, Shape, words};
use crate::sections::erasure;
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "table",
    "What a table is: whose rows it holds, and what an erasure does to them.",
    &[
        Key::new(
            "about",
            Kind::Name("people"),
            "Each row is one person of this kind.",
        ),
        Key::new("label", Kind::Text, "The heading in a person's package."),
        Key::new(
            "identities",
            Kind::Free(&Kind::Text),
            "From identity kinds (`email`) to columns: how a person is found here.",
        ),
        Key::new(
            "tenant",
            Kind::Text,
            "The column that says whose end user a row is about: the business customer's name; \
             null for people of the company's own.",
        ),
        Key::new(
            "owned_by",
            Kind::Many(&Kind::Either(&Kind::Text, &Kind::Map(&edge::OWNER))),
            "Edges to the rows that own this table's rows: `account_id`, `actor_id -> accounts.id`; each element of a list: `reader_ids[] -> accounts.id`.",
        ),
        Key::new(
            "last_of",
            Kind::Many(&Kind::Text),
            "Columns of other tables that point here: a row goes with the last row that points at it; `albums.photo_ids[]` where each element of a list does.",
        ),
        Key::new(
            "references",
            Kind::Either(
                &Kind::Free(&edge::ACTION),
                &Kind::List(&Kind::Map(&edge::REFERENCE)),
            ),
            "Foreign keys that do not own, and what becomes of them. Out of a list (`reader_ids[] -> accounts.id`), `unlink` takes the element.",
        ),
        Key::required(
            "columns",
            Kind::Free(&column::KIND),
            "Every column: `key`, `plain`, or a data category.",
        ),
        Key::new(
            "on_erasure",
            Kind::Word(|| words(&erasure::WORDS)),
            "What an erasure does to a person's rows.",
        ),
        Key::new(
            "because",
            Kind::Text,
            "The retention rule that demands anything but deletion.",
        ),
        Key::new(
            "restriction",
            Kind::Map(&mark::SHAPE),
            "How a row says that its person's data may only be stored: written when a \
             restriction is granted, and taken back when it ends.",
        ),
        Key::new(
            "objection",
            Kind::Map(&mark::SHAPE),
            "How a row says that its person wants no direct marketing: written when an \
             objection to it is carried out.",
        ),
    ],
);

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
    let fields = reader.fields(entry, format!("table `{}`", entry.key.text), &SHAPE)?;
    let about = reader.name_field(&fields, "about", "people");
    let label = reader.field(&fields, "label", Reader::text);
    let columns = reader.field(&fields, "columns", |reader, entry| {
        Some(column::read_all(reader, entry))
    });
    let on_erasure = reader.field(&fields, "on_erasure", |reader, entry| {
        reader.one_of(entry, "erasure", &erasure::WORDS)
    });
    Some(TableMap {
        about,
        label,
        tenant: reader.field(&fields, "tenant", Reader::text),
        identities: identities(reader, &fields),
        owned_by: list(reader, &fields, "owned_by", edge::owners),
        last_of: list(reader, &fields, "last_of", edge::incoming),
        references: list(reader, &fields, "references", edge::references),
        columns: columns?,
        on_erasure: on_erasure.unwrap_or_default(),
        because: because(reader, &fields),
        restriction: reader.field(&fields, "restriction", mark::read),
        objection: reader.field(&fields, "objection", mark::read),
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
