//! `data`: what is collected, about whom, and for what.

use crate::charter::{Data, Named};
use crate::promise::Family;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "data",
    "What is collected, about whom, and for what.",
    &[
        Key::required("category", Kind::Category, "What it is."),
        Key::required("of", Kind::Many(&Kind::Name("people")), "Whom it is about."),
        Key::required(
            "for",
            Kind::Many(&Kind::Name("purposes")),
            "What it is used for.",
        ),
        Key::new("only", Kind::Flag, "Whether it is used for nothing else."),
        Key::new(
            "never_for",
            Kind::Many(&Kind::Purpose),
            "What it is never used for.",
        ),
        Key::new(
            "from",
            Kind::Many(&Kind::Text),
            "Where it comes from, in words, where not from the person (Article 14).",
        ),
        Key::new(
            "automatic",
            Kind::Flag,
            "Whether it is collected without the person giving it.",
        ),
        Key::new(
            "optional",
            Kind::Either(&Kind::Flag, &Kind::Text),
            "That a person may refuse to give it; in words, what is lost then.",
        ),
        Key::new(
            "share",
            Kind::Word(|| words(&SHARE)),
            "That nobody else ever receives it.",
        ),
        Key::new("when", Kind::Text, "Only then, in words."),
        Key::new(
            "about",
            Kind::Text,
            "The same in words, for people: `your e-mail address`.",
        ),
    ],
);
const SHARE: [(&str, bool); 1] = [("never", true)];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Data> {
    reader.closable(entry, Family::Collect, data)
}

fn data(reader: &mut Reader<'_>, entry: &Entry) -> Option<Data> {
    let fields = reader.fields(entry, format!("`data.{}`", entry.key.text), &SHAPE)?;
    let category = reader.field(&fields, "category", |reader, entry| {
        let text = reader.text(entry)?;
        reader.category(text, entry.node.span.clone())
    });
    let never_shared = reader.field(&fields, "share", |reader, entry| {
        reader.one_of(entry, "rule for sharing", &SHARE)
    });
    let data = Data {
        category: String::new(),
        of: reader.names_field(&fields, "of", "people"),
        purposes: reader.names_field(&fields, "for", "purposes"),
        only: reader.flag_field(&fields, "only"),
        never_for: reader
            .field(&fields, "never_for", |reader, entry| {
                Some(reader.purposes(entry))
            })
            .unwrap_or_default(),
        from: reader.words_field(&fields, "from"),
        automatic: reader.flag_field(&fields, "automatic"),
        optional: reader.field(&fields, "optional", Reader::optional),
        never_shared: never_shared.unwrap_or_default(),
        when: reader.field(&fields, "when", Reader::text),
        about: reader.field(&fields, "about", Reader::text),
    };
    Some(Data {
        category: category?,
        ..data
    })
}
