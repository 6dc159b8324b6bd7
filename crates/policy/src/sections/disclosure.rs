//! `disclosure`: the situations in which authorities or others receive data.

use crate::charter::{Disclosure, DisclosureCase, Named};
use crate::promise::Family;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "disclosure",
    "The situations in which authorities or others receive data.",
    &[
        Key::required(
            "when",
            Kind::Text,
            "The situation in words: `a court orders it`.",
        ),
        Key::new(
            "case",
            Kind::Word(|| words(&CASES)),
            "What kind of case it is.",
        ),
        Key::new(
            "to",
            Kind::Many(&Kind::Text),
            "To whom, in words: `courts`, `police`.",
        ),
        Key::new(
            "data",
            Kind::Many(&Kind::Name("data")),
            "Which data; without it, any.",
        ),
        Key::new(
            "register",
            Kind::Flag,
            "Whether each disclosure is entered in the register.",
        ),
        Key::new(
            "redacted",
            Kind::Flag,
            "Whether what identifies a person is taken out first.",
        ),
        Key::new(
            "told",
            Kind::Flag,
            "Whether the person is told, where the law allows.",
        ),
    ],
);
const CASES: [(&str, DisclosureCase); 7] = [
    ("law", DisclosureCase::Law),
    ("order", DisclosureCase::Order),
    ("rights", DisclosureCase::Rights),
    ("abuse", DisclosureCase::Abuse),
    ("emergency", DisclosureCase::Emergency),
    ("merger", DisclosureCase::Merger),
    ("publication", DisclosureCase::Publication),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Disclosure> {
    reader.closable(entry, Family::Disclosure, |reader, entry| {
        let within = format!("`disclosure.{}`", entry.key.text);
        let fields = reader.fields(entry, within, &SHAPE)?;
        let disclosure = Disclosure {
            when: String::new(),
            case: reader.field(&fields, "case", |reader, entry| {
                reader.one_of(entry, "kind of case", &CASES)
            }),
            to: reader.words_field(&fields, "to"),
            data: reader.names_field(&fields, "data", "data"),
            register: reader.flag_field(&fields, "register"),
            redacted: reader.flag_field(&fields, "redacted"),
            told: reader.flag_field(&fields, "told"),
        };
        Some(Disclosure {
            when: reader.field(&fields, "when", Reader::text)?,
            ..disclosure
        })
    })
}
