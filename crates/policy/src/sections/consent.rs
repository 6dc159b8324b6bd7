//! `consent`: how consent for a purpose is asked.

use crate::charter::{Consent, Named};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 2] = ["equal_choice", "change"];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Consent> {
    reader.named(entry, |reader, entry| {
        let name = &entry.key.text;
        reader.mention(name, entry.key.span.clone(), "purposes");
        let fields = reader.fields(entry, format!("`consent.{name}`"), &KEYS)?;
        let equal_choice = fields
            .get("equal_choice")
            .and_then(|entry| reader.flag(entry));
        let change = fields.get("change").map(|entry| reader.words(entry));
        Some(Consent {
            equal_choice: equal_choice.unwrap_or_default(),
            change: change.unwrap_or_default(),
        })
    })
}
