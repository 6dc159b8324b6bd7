//! `never`: what is never collected.

use crate::charter::{Named, Never};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 2] = ["categories", "except"];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Never> {
    reader.named(entry, never)
}

fn never(reader: &mut Reader<'_>, entry: &Entry) -> Option<Never> {
    let fields = reader.fields(entry, format!("`never.{}`", entry.key.text), &KEYS)?;
    let categories = reader
        .required(&fields, "categories")
        .map(|entry| reader.categories(entry));
    let except = fields.get("except").and_then(|entry| reader.text(entry));
    Some(Never {
        categories: categories?,
        except,
    })
}
