//! `staff`: the situations in which staff may look at personal data.

use crate::charter::{Named, Staff};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 2] = ["when", "logged"];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Staff> {
    reader.named(entry, |reader, entry| {
        let fields = reader.fields(entry, format!("`staff.{}`", entry.key.text), &KEYS)?;
        let when = reader
            .required(&fields, "when")
            .and_then(|entry| reader.text(entry));
        let logged = fields.get("logged").and_then(|entry| reader.flag(entry));
        Some(Staff {
            when: when?,
            logged: logged.unwrap_or_default(),
        })
    })
}
