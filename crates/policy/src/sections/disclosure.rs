//! `disclosure`: the situations in which authorities or others receive data.

use crate::charter::{Disclosure, Named};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 1] = ["when"];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Disclosure> {
    reader.named(entry, |reader, entry| {
        let fields = reader.fields(entry, format!("`disclosure.{}`", entry.key.text), &KEYS)?;
        let when = reader
            .required(&fields, "when")
            .and_then(|entry| reader.text(entry))?;
        Some(Disclosure { when })
    })
}
