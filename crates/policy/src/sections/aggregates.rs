//! `aggregates`: statistics that identify nobody, and who may see them.

use crate::charter::{Aggregate, Named};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "aggregate",
    "Statistics that identify nobody and may be published or shown to others.",
    &[
        Key::required(
            "figures",
            Kind::Many(&Kind::Text),
            "What is counted, in words.",
        ),
        Key::new(
            "to",
            Kind::Many(&Kind::Text),
            "Who may see them, in words: `public`, `customers`.",
        ),
        Key::new(
            "at_least",
            Kind::Count,
            "The fewest people a figure may count.",
        ),
        Key::new(
            "noise",
            Kind::Flag,
            "Whether noise hides each person (differential privacy).",
        ),
        Key::new(
            "data",
            Kind::Many(&Kind::Name("data")),
            "What they are made from.",
        ),
        Key::new("about", Kind::Text, "The same in words, for people."),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Aggregate> {
    reader.named(entry, |reader, entry| {
        let within = format!("`aggregates.{}`", entry.key.text);
        let fields = reader.fields(entry, within, &SHAPE)?;
        Some(Aggregate {
            figures: reader.words_field(&fields, "figures"),
            to: reader.words_field(&fields, "to"),
            at_least: reader.field(&fields, "at_least", Reader::count),
            noise: reader.flag_field(&fields, "noise"),
            data: reader.names_field(&fields, "data", "data"),
            about: reader.field(&fields, "about", Reader::text),
        })
    })
}
