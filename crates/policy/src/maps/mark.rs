//! Marks in rows: what a restriction or an objection writes there, and what
//! stands there again afterwards.

use crate::map::Mark;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "mark",
    "What is written into a person's rows so that whoever uses them knows.",
    &[
        Key::required("column", Kind::Text, "The column."),
        Key::new(
            "value",
            Kind::Text,
            "What it holds while it is so; without it, `true`.",
        ),
        Key::new(
            "lifted",
            Kind::Text,
            "What it holds again afterwards; without it, `false` where `value` is `true`, and \
             null otherwise.",
        ),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Mark> {
    let fields = reader.fields(entry, format!("`{}`", entry.key.text), &SHAPE)?;
    let column = reader.field(&fields, "column", Reader::text);
    let value = reader.field(&fields, "value", Reader::text);
    let value = value.unwrap_or_else(|| "true".to_owned());
    let lifted = reader.field(&fields, "lifted", Reader::text);
    let lifted = lifted.or_else(|| (value == "true").then(|| "false".to_owned()));
    Some(Mark {
        column: column?,
        value: Some(value),
        lifted,
    })
}
