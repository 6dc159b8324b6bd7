//! `statements`: what no machine can show, each with who answers for it and
//! when it is looked at again.

use crate::charter::{Named, Statement};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 3] = ["says", "owner", "review"];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Statement> {
    reader.named(entry, |reader, entry| {
        let fields = reader.fields(entry, format!("`statements.{}`", entry.key.text), &KEYS)?;
        let says = reader
            .required(&fields, "says")
            .and_then(|entry| reader.text(entry));
        let owner = reader
            .required(&fields, "owner")
            .and_then(|entry| reader.text(entry));
        let review = reader
            .required(&fields, "review")
            .and_then(|entry| reader.date(entry));
        Some(Statement {
            says: says?,
            owner: owner?,
            review: review?,
        })
    })
}
