//! `statements`: what no machine can show, each with who answers for it and
//! when it is looked at again.

use crate::charter::{Credit, Named, Statement};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "statement",
    "What no machine can show: somebody answers for it and reviews it in time.",
    &[
        Key::required("says", Kind::Text, "What is stated."),
        Key::required(
            "owner",
            Kind::Text,
            "Who answers for it: a function, not a name.",
        ),
        Key::required("review", Kind::Date, "When it is looked at again."),
        Key::new("credit", Kind::Map(&CREDIT), CREDIT.about),
    ],
);
const CREDIT: Shape = Shape::new(
    "credit",
    "Somebody else's work that the text must credit.",
    &[
        Key::required("work", Kind::Text, "What it is called."),
        Key::required("by", Kind::Text, "Whose it is."),
        Key::required(
            "licence",
            Kind::Text,
            "Under which licence: `CC BY-SA 4.0`.",
        ),
        Key::new("url", Kind::Address, "Where it is."),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Statement> {
    reader.named(entry, |reader, entry| {
        let within = format!("`statements.{}`", entry.key.text);
        let fields = reader.fields(entry, within, &SHAPE)?;
        let says = reader.field(&fields, "says", Reader::text);
        let owner = reader.field(&fields, "owner", Reader::text);
        let review = reader.field(&fields, "review", Reader::date);
        let credit = reader.field(&fields, "credit", credit);
        Some(Statement {
            says: says?,
            owner: owner?,
            review: review?,
            credit,
        })
    })
}

fn credit(reader: &mut Reader<'_>, entry: &Entry) -> Option<Credit> {
    let fields = reader.fields(entry, "`credit`", &CREDIT)?;
    let work = reader.field(&fields, "work", Reader::text);
    let by = reader.field(&fields, "by", Reader::text);
    let licence = reader.field(&fields, "licence", Reader::text);
    let url = reader.field(&fields, "url", Reader::address);
    Some(Credit {
        work: work?,
        by: by?,
        licence: licence?,
        url,
    })
}
