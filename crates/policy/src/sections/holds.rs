//! `holds`: kinds of cases in which nothing may be deleted, such as a claim in
//! court, with who decided them and when they are looked at again. Whom a case
//! is about stands elsewhere: in the data, or written down by staff.

use crate::charter::{Hold, Named};
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "hold",
    "When data outlives its time: while a case stands, erasures and sweeps leave a person's rows \
     as they are, and nobody gets to see more. Staff set a hold on a person; `while` sets it by \
     the data.",
    &[
        Key::required("because", Kind::Text, "Why, in words: Article 17(3)(e)."),
        Key::required(
            "decided_by",
            Kind::Text,
            "Who decides it: a function, not a name.",
        ),
        Key::required("review", Kind::Date, "When it is looked at again."),
        Key::new(
            "covers",
            Kind::Many(&Kind::Text),
            "What it keeps of a person, as `source.table`, with the rows those name; without it, \
             everything.",
        ),
        Key::new(
            "while",
            Kind::Many(&Kind::Text),
            "Columns, as `source.table.column`, that hold a row, and the person it belongs to, \
             while they are neither null nor false.",
        ),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Hold> {
    reader.named(entry, |reader, entry| {
        let within = format!("`holds.{}`", entry.key.text);
        let fields = reader.fields(entry, within, &SHAPE)?;
        let because = reader.field(&fields, "because", Reader::text);
        let decided_by = reader.field(&fields, "decided_by", Reader::text);
        let review = reader.field(&fields, "review", Reader::date);
        Some(Hold {
            covers: reader.words_field(&fields, "covers"),
            flags: reader.words_field(&fields, "while"),
            because: because?,
            decided_by: decided_by?,
            review: review?,
        })
    })
}
