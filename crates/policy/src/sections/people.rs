//! `people`: kinds of data subjects, and the company's role towards each.

use crate::charter::{Named, Person, Role};
use crate::checks::missing_key;
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 3] = ["role", "of", "known_by"];
const ROLES: [(&str, Role); 2] = [
    ("controller", Role::Controller),
    ("processor", Role::Processor),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Person> {
    reader.named(entry, person)
}

fn person(reader: &mut Reader<'_>, entry: &Entry) -> Option<Person> {
    let fields = reader.fields(entry, format!("`people.{}`", entry.key.text), &KEYS)?;
    let role = reader
        .required(&fields, "role")
        .and_then(|entry| reader.one_of(entry, "role", &ROLES));
    let of = fields.get("of").and_then(|entry| {
        let of = reader.text(entry)?;
        reader.mention(&of, entry.node.span.clone(), "people");
        Some(of)
    });
    let known_by = reader
        .required(&fields, "known_by")
        .map(|entry| reader.words(entry));
    if role == Some(Role::Processor) && of.is_none() {
        let at = reader.at(fields.anchor());
        reader.report(missing_key::missing_key(at, "of", fields.within()));
    }
    Some(Person {
        role: role?,
        of,
        known_by: known_by?,
    })
}
