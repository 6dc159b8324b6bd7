//! `data`: what is collected, about whom, and for what.

use crate::charter::{Data, Named};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 5] = ["category", "of", "for", "only", "about"];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Data> {
    reader.named(entry, data)
}

fn data(reader: &mut Reader<'_>, entry: &Entry) -> Option<Data> {
    let fields = reader.fields(entry, format!("`data.{}`", entry.key.text), &KEYS)?;
    let category = reader.required(&fields, "category").and_then(|entry| {
        let text = reader.text(entry)?;
        reader.category(text, entry.node.span.clone())
    });
    let of = reader
        .required(&fields, "of")
        .map(|entry| reader.mentions(entry, "people"));
    let purposes = reader
        .required(&fields, "for")
        .map(|entry| reader.mentions(entry, "purposes"));
    let only = fields.get("only").and_then(|entry| reader.flag(entry));
    let about = fields.get("about").and_then(|entry| reader.text(entry));
    Some(Data {
        category: category?,
        of: of?,
        purposes: purposes?,
        only: only.unwrap_or_default(),
        about,
    })
}
