//! `consent`: how consent for a purpose is asked.

use crate::charter::{Consent, Named};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "consent",
    "How consent is asked, by the purpose it is asked for.",
    &[
        Key::new(
            "equal_choice",
            Kind::Flag,
            "Whether accepting and declining are equally easy.",
        ),
        Key::new(
            "change",
            Kind::Many(&Kind::Text),
            "Where a choice can be changed, in words.",
        ),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Consent> {
    reader.named(entry, |reader, entry| {
        let name = &entry.key.text;
        reader.mention(name, entry.key.span.clone(), "purposes");
        let fields = reader.fields(entry, format!("`consent.{name}`"), &SHAPE)?;
        Some(Consent {
            equal_choice: reader.flag_field(&fields, "equal_choice"),
            change: reader.words_field(&fields, "change"),
        })
    })
}
