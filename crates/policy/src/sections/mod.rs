//! The declaration, section by section: one file per section, each of which
//! says what its part may hold, turns that part of the tree into its part of
//! the charter, and reports what it can't read. Nothing here looks across
//! sections.

mod aggregates;
mod agreement;
mod browser_only;
mod changes;
mod children;
mod consent;
mod cookies;
mod data;
mod decisions;
mod disclosure;
pub(crate) mod erasure;
mod holds;
mod locations;
mod never;
mod occasions;
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

pub(crate) use vendors::EXPIRED_TRANSFERS;

use crate::charter::{Charter, CharterId};
use crate::reader::{Fields, Reader};
use crate::schema::{Key, Kind, Shape};
use crate::yaml::Entry;

/// `candor.yaml`.
pub(crate) const SHAPE: Shape = Shape::new(
    "declaration",
    "What a company declares about personal data. Each entry is a promise, and the text says it \
     in words.",
    &[
        Key::required(
            "candor",
            Kind::Word(|| vec!["1"]),
            "The version of the language.",
        ),
        Key::new(
            "include",
            Kind::Many(&Kind::Text),
            "Other files of the folder whose sections belong to this declaration, such as \
             `vendors.yaml`. They include nothing themselves.",
        ),
        Key::required(
            "organisation",
            Kind::Map(&organisation::SHAPE),
            organisation::SHAPE.about,
        ),
        Key::required(
            "text",
            Kind::Named(&Kind::Text),
            "The policy's texts: from language tags (`en`, `pt-BR`) to files. In the words of the \
             first, promises are quoted.",
        ),
        Key::new(
            "people",
            Kind::Named(&Kind::Map(&people::SHAPE)),
            people::SHAPE.about,
        ),
        Key::new(
            "purposes",
            Kind::Closable(&Kind::Map(&purposes::SHAPE)),
            purposes::SHAPE.about,
        ),
        Key::new(
            "data",
            Kind::Closable(&Kind::Map(&data::SHAPE)),
            data::SHAPE.about,
        ),
        Key::new(
            "occasions",
            Kind::Named(&Kind::Map(&occasions::SHAPE)),
            occasions::SHAPE.about,
        ),
        Key::new(
            "never",
            Kind::Named(&Kind::Map(&never::SHAPE)),
            never::SHAPE.about,
        ),
        Key::new(
            "browser_only",
            Kind::Named(&Kind::Map(&browser_only::SHAPE)),
            browser_only::SHAPE.about,
        ),
        Key::new(
            "sources",
            Kind::Named(&Kind::Map(&sources::SHAPE)),
            sources::SHAPE.about,
        ),
        Key::new(
            "locations",
            Kind::Named(&Kind::Map(&locations::SHAPE)),
            locations::SHAPE.about,
        ),
        Key::new(
            "vendors",
            Kind::Closable(&Kind::Map(&vendors::SHAPE)),
            vendors::SHAPE.about,
        ),
        Key::new(
            "sale",
            Kind::Word(sale::words),
            "Whether data is sold or rented out.",
        ),
        Key::new(
            "retention",
            Kind::Named(&Kind::Map(&retention::SHAPE)),
            retention::SHAPE.about,
        ),
        Key::new(
            "holds",
            Kind::Named(&Kind::Map(&holds::SHAPE)),
            holds::SHAPE.about,
        ),
        Key::new("rights", Kind::Map(&rights::SECTION), rights::SECTION.about),
        Key::new(
            "consent",
            Kind::Named(&Kind::Map(&consent::SHAPE)),
            consent::SHAPE.about,
        ),
        Key::new(
            "cookies",
            Kind::Closable(&Kind::Map(&cookies::SHAPE)),
            cookies::SHAPE.about,
        ),
        Key::new(
            "security",
            Kind::Map(&security::SECTION),
            security::SECTION.about,
        ),
        Key::new(
            "staff",
            Kind::Closable(&Kind::Map(&staff::SHAPE)),
            staff::SHAPE.about,
        ),
        Key::new(
            "disclosure",
            Kind::Closable(&Kind::Map(&disclosure::SHAPE)),
            disclosure::SHAPE.about,
        ),
        Key::new(
            "aggregates",
            Kind::Named(&Kind::Map(&aggregates::SHAPE)),
            aggregates::SHAPE.about,
        ),
        Key::new(
            "children",
            Kind::Map(&children::SHAPE),
            children::SHAPE.about,
        ),
        Key::new(
            "decisions",
            Kind::Either(
                &Kind::Word(decisions::words),
                &Kind::Named(&Kind::Map(&decisions::SHAPE)),
            ),
            decisions::SHAPE.about,
        ),
        Key::new("changes", Kind::Map(&changes::SHAPE), changes::SHAPE.about),
        Key::new(
            "statements",
            Kind::Named(&Kind::Map(&statements::SHAPE)),
            statements::SHAPE.about,
        ),
    ],
);

/// What the declaration says, before anything was compared: a charter that
/// must not leave the compiler while there is an error, and the texts it
/// names.
pub(crate) struct Declared {
    pub(crate) charter: Charter,
    pub(crate) texts: Vec<texts::Named>,
}

/// Reads `candor.yaml`.
pub(crate) fn read(reader: &mut Reader<'_>, whole: &Entry) -> Option<Declared> {
    let fields = reader.fields(whole, "the declaration", &SHAPE)?;
    version(reader, &fields);
    let organisation = reader.field(&fields, "organisation", organisation::read);
    let texts = fields.get("text").map(|entry| texts::read(reader, entry));
    let mut charter = Charter {
        id: CharterId(String::new()),
        // Where it was missing or wrong, that was reported, and the charter
        // is dropped because of it; the checks can go on.
        organisation: organisation.unwrap_or_default(),
        people: section(reader, &fields, "people", people::read),
        purposes: section(reader, &fields, "purposes", purposes::read),
        data: section(reader, &fields, "data", data::read),
        occasions: section(reader, &fields, "occasions", occasions::read),
        never: section(reader, &fields, "never", never::read),
        browser_only: section(reader, &fields, "browser_only", browser_only::read),
        sources: section(reader, &fields, "sources", sources::read),
        locations: section(reader, &fields, "locations", locations::read),
        vendors: section(reader, &fields, "vendors", vendors::read),
        no_sale: section(reader, &fields, "sale", sale::read),
        retention: section(reader, &fields, "retention", retention::read),
        holds: section(reader, &fields, "holds", holds::read),
        rights: section(reader, &fields, "rights", rights::read),
        consent: section(reader, &fields, "consent", consent::read),
        cookies: section(reader, &fields, "cookies", cookies::read),
        security: section(reader, &fields, "security", security::read),
        staff: section(reader, &fields, "staff", staff::read),
        disclosure: section(reader, &fields, "disclosure", disclosure::read),
        aggregates: section(reader, &fields, "aggregates", aggregates::read),
        children: section(reader, &fields, "children", children::read),
        decisions: section(reader, &fields, "decisions", decisions::read),
        changes: section(reader, &fields, "changes", changes::read),
        statements: section(reader, &fields, "statements", statements::read),
        ..Charter::default()
    };
    charter.closed = std::mem::take(&mut reader.closed);
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
    reader.field(fields, "candor", |reader, entry| {
        reader.one_of(entry, "version of the language", &[("1", ())])
    });
}
