//! `never`: what never happens: data that is never collected, purposes data is
//! never used for, cookies that are never set.

use super::cookies::CLASSES;
use crate::charter::{Named, Never};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Rule, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "never",
    "What never happens: data that is never collected, purposes data is never used for, cookies \
     that are never set.",
    &[
        Key::new(
            "categories",
            Kind::Many(&Kind::Category),
            "Data that is never collected.",
        ),
        Key::new(
            "purposes",
            Kind::Many(&Kind::Purpose),
            "What data is never used for.",
        ),
        Key::new(
            "cookies",
            Kind::Many(&Kind::Word(|| words(&CLASSES))),
            "Classes of cookies that are never set.",
        ),
        Key::new(
            "of",
            Kind::Many(&Kind::Name("people")),
            "Only as to these people; without it, everybody.",
        ),
        Key::new("except", Kind::Text, "Exceptions in words."),
    ],
)
.with(&[Rule::Some(&["categories", "purposes", "cookies"])]);
pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Never> {
    reader.named(entry, never)
}

fn never(reader: &mut Reader<'_>, entry: &Entry) -> Option<Never> {
    let fields = reader.fields(entry, format!("`never.{}`", entry.key.text), &SHAPE)?;
    let categories = reader.field(&fields, "categories", |reader, entry| {
        Some(reader.categories(entry))
    });
    let purposes = reader.field(&fields, "purposes", |reader, entry| {
        Some(reader.purposes(entry))
    });
    let cookies = reader.field(&fields, "cookies", |reader, entry| {
        Some(reader.some_of(entry, "class of cookie", &CLASSES))
    });
    Some(Never {
        categories: categories.unwrap_or_default(),
        purposes: purposes.unwrap_or_default(),
        cookies: cookies.unwrap_or_default(),
        of: reader.names_field(&fields, "of", "people"),
        except: reader.field(&fields, "except", Reader::text),
    })
}
