//! `browser_only`: data that is used in the browser and never sent.

use crate::charter::{BrowserOnly, Named};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "browser_only",
    "Data that is used in the browser and never sent to a server.",
    &[
        Key::required("data", Kind::Many(&Kind::Name("data")), "The data."),
        Key::new("about", Kind::Text, "The same in words, for people."),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<BrowserOnly> {
    reader.named(entry, |reader, entry| {
        let within = format!("`browser_only.{}`", entry.key.text);
        let fields = reader.fields(entry, within, &SHAPE)?;
        Some(BrowserOnly {
            data: reader.names_field(&fields, "data", "data"),
            about: reader.field(&fields, "about", Reader::text),
        })
    })
}
