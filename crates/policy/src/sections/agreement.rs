//! A processing agreement (GDPR Article 28(3)): where it is, or a map that
//! says more.

use crate::charter::Agreement;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape};
use crate::yaml::{Entry, Value};

pub(super) const SHAPE: Shape = Shape::new(
    "agreement",
    "A processing agreement (GDPR Article 28(3)).",
    &[
        Key::new(
            "at",
            Kind::Text,
            "Where it can be read: an address, or words.",
        ),
        Key::new("signed", Kind::Flag, "Whether it is signed already."),
    ],
);
/// `agreement: /dpa.pdf`, or `agreement: { at: /dpa.pdf, signed: true }`.
pub(super) const KIND: Kind = Kind::Either(&Kind::Text, &Kind::Map(&SHAPE));

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Agreement> {
    if !matches!(entry.node.value, Value::Map(_)) {
        let at = reader.text(entry);
        return Some(Agreement { at, signed: false });
    }
    let fields = reader.fields(entry, "`agreement`", &SHAPE)?;
    Some(Agreement {
        at: reader.field(&fields, "at", Reader::text),
        signed: reader.flag_field(&fields, "signed"),
    })
}
