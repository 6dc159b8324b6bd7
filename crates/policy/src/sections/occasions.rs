//! `occasions`: what is collected when, as closed sets where the text says
//! "only" or "by default only".

use crate::charter::{Named, Occasion};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "occasion",
    "What is collected when: at sign-up, on a visit, with a feature turned on.",
    &[
        Key::required(
            "collects",
            Kind::Many(&Kind::Name("data")),
            "What is collected then.",
        ),
        Key::new(
            "only",
            Kind::Flag,
            "Whether nothing else is collected then.",
        ),
        Key::new("of", Kind::Many(&Kind::Name("people")), "Whom it concerns."),
        Key::new(
            "adds_to",
            Kind::Name("occasions"),
            "The occasion it adds to: what it collects comes on top.",
        ),
        Key::new(
            "when",
            Kind::Text,
            "Only then, in words: `the customer turns targeting on`.",
        ),
        Key::new(
            "about",
            Kind::Text,
            "The occasion in words, for people: `when you sign up`.",
        ),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Occasion> {
    reader.named(entry, |reader, entry| {
        let within = format!("`occasions.{}`", entry.key.text);
        let fields = reader.fields(entry, within, &SHAPE)?;
        Some(Occasion {
            collects: reader.names_field(&fields, "collects", "data"),
            only: reader.flag_field(&fields, "only"),
            of: reader.names_field(&fields, "of", "people"),
            adds_to: reader.name_field(&fields, "adds_to", "occasions"),
            when: reader.field(&fields, "when", Reader::text),
            about: reader.field(&fields, "about", Reader::text),
        })
    })
}
