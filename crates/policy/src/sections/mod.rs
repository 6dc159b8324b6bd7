//! The declaration, section by section: one file per section, each of which
//! turns its part of the tree into its part of the charter and reports what it
//! can't read. Nothing here looks across sections.

mod changes;
mod consent;
mod cookies;
mod country;
mod data;
mod disclosure;
pub(crate) mod erasure;
mod never;
mod organisation;
mod people;
mod purposes;
mod retention;
mod rights;
mod sale;
mod security;
mod sources;
mod staff;
mod statements;
pub(crate) mod texts;
mod vendors;

use crate::charter::{Charter, CharterId, Contact, Organisation};
use crate::reader::{Fields, Reader};
use crate::yaml::Entry;

/// Every key of `candor.yaml`.
const SECTIONS: [&str; 19] = [
    "candor",
    "organisation",
    "text",
    "people",
    "purposes",
    "data",
    "never",
    "sources",
    "vendors",
    "sale",
    "retention",
    "rights",
    "consent",
    "cookies",
    "security",
    "staff",
    "disclosure",
    "changes",
    "statements",
];

/// What the declaration says, before anything was compared: a charter that
/// must not leave the compiler while there is an error, and the texts it
/// names.
pub(crate) struct Declared {
    pub(crate) charter: Charter,
    pub(crate) texts: Vec<texts::Named>,
}

/// Reads `candor.yaml`.
pub(crate) fn read(reader: &mut Reader<'_>, whole: &Entry) -> Option<Declared> {
    let fields = reader.fields(whole, "the declaration", &SECTIONS)?;
    version(reader, &fields);
    let organisation = reader
        .required(&fields, "organisation")
        .and_then(|entry| organisation::read(reader, entry));
    let texts = reader
        .required(&fields, "text")
        .map(|entry| texts::read(reader, entry));
    let charter = Charter {
        id: CharterId(String::new()),
        organisation: organisation.unwrap_or_else(nobody),
        texts: Vec::new(),
        people: section(reader, &fields, "people", people::read),
        purposes: section(reader, &fields, "purposes", purposes::read),
        data: section(reader, &fields, "data", data::read),
        never: section(reader, &fields, "never", never::read),
        sources: section(reader, &fields, "sources", sources::read),
        vendors: section(reader, &fields, "vendors", vendors::read),
        no_sale: section(reader, &fields, "sale", sale::read),
        retention: section(reader, &fields, "retention", retention::read),
        rights: section(reader, &fields, "rights", rights::read),
        consent: section(reader, &fields, "consent", consent::read),
        cookies: section(reader, &fields, "cookies", cookies::read),
        security: section(reader, &fields, "security", security::read),
        staff: section(reader, &fields, "staff", staff::read),
        disclosure: section(reader, &fields, "disclosure", disclosure::read),
        changes: section(reader, &fields, "changes", changes::read),
        statements: section(reader, &fields, "statements", statements::read),
        promises: Vec::new(),
    };
    Some(Declared {
        charter,
        texts: texts.unwrap_or_default(),
    })
}

/// A section that may be absent.
fn section<'a, T: Default>(
    reader: &mut Reader<'a>,
    fields: &Fields<'_>,
    key: &str,
    read: fn(&mut Reader<'a>, &Entry) -> T,
) -> T {
    fields
        .get(key)
        .map(|entry| read(reader, entry))
        .unwrap_or_default()
}

/// `candor: 1`, so that a later language can tell its files from these.
fn version(reader: &mut Reader<'_>, fields: &Fields<'_>) {
    if let Some(entry) = reader.required(fields, "candor") {
        reader.one_of(entry, "version of the language", &[("1", ())]);
    }
}

/// Stands in for an organisation that was reported as missing or wrong, so
/// that the checks can go on; the charter is dropped because of that error.
fn nobody() -> Organisation {
    Organisation {
        name: String::new(),
        country: String::new(),
        contact: Contact {
            email: String::new(),
            form: false,
            officer: None,
        },
        authority: None,
    }
}
