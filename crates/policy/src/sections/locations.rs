//! `locations`: places where data is besides the sources, and places where it
//! is not.

use crate::charter::{Named, Place};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Rule, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "location",
    "Places where data is besides the sources, and places where it is not.",
    &[
        Key::new(
            "region",
            Kind::Text,
            "Where it is: a country, a cloud region, `worldwide`.",
        ),
        Key::new("not_in", Kind::Many(&Kind::Text), "Where it is not: `EU`."),
        Key::new("vendor", Kind::Name("vendors"), "The vendor that runs it."),
        Key::new(
            "holds",
            Kind::Many(&Kind::Name("data")),
            "The data that is there.",
        ),
        Key::new(
            "told",
            Kind::Flag,
            "Whether people elsewhere are told that their data goes there.",
        ),
        Key::new("about", Kind::Text, "The same in words, for people."),
    ],
)
.with(&[Rule::Some(&["region", "not_in"])]);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Place> {
    reader.named(entry, |reader, entry| {
        let within = format!("`locations.{}`", entry.key.text);
        let fields = reader.fields(entry, within, &SHAPE)?;
        Some(Place {
            region: reader.field(&fields, "region", Reader::text),
            not_in: reader.words_field(&fields, "not_in"),
            vendor: reader.name_field(&fields, "vendor", "vendors"),
            holds: reader.names_field(&fields, "holds", "data"),
            told: reader.flag_field(&fields, "told"),
            about: reader.field(&fields, "about", Reader::text),
        })
    })
}
