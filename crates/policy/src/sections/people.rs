//! `people`: kinds of data subjects, and the company's role towards each.

use super::agreement;
use super::rights::RIGHTS;
use crate::charter::{Named, Person, Role};
use crate::reader::Reader;
use crate::schema::{self, Key, Kind, Rule, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "person",
    "Kinds of data subjects, and the company's role towards each.",
    &[
        Key::required(
            "role",
            Kind::Word(roles),
            "Whether the company decides why and how (controller), or acts for somebody else (processor).",
        ),
        Key::new(
            "of",
            Kind::Name("people"),
            "For a processor: for whom it acts.",
        ),
        Key::required(
            "known_by",
            Kind::Many(&Kind::Text),
            "What leads to such a person: `email`, `customer_id`. The first is what a stranger proves.",
        ),
        Key::new(
            "agreement",
            agreement::KIND,
            "The processing agreement on offer.",
        ),
        Key::new(
            "tools",
            Kind::Many(&Kind::Word(|| words(&RIGHTS))),
            "For a processor: the rights for which the controller is given means.",
        ),
    ],
)
.with(&[Rule::NeedsWhere {
    key: "role",
    word: "processor",
    needed: "of",
}]);
const ROLES: [(&str, Role); 2] = [
    ("controller", Role::Controller),
    ("processor", Role::Processor),
];

pub(super) fn roles() -> Vec<&'static str> {
    schema::words(&ROLES)
}

pub(super) fn role(reader: &mut Reader<'_>, entry: &Entry) -> Option<Role> {
    reader.one_of(entry, "role", &ROLES)
}

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Person> {
    reader.named(entry, person)
}

fn person(reader: &mut Reader<'_>, entry: &Entry) -> Option<Person> {
    let fields = reader.fields(entry, format!("`people.{}`", entry.key.text), &SHAPE)?;
    let role = reader.field(&fields, "role", role);
    let tools = reader.field(&fields, "tools", |reader, entry| {
        Some(reader.some_of(entry, "right", &RIGHTS))
    });
    Some(Person {
        of: reader.name_field(&fields, "of", "people"),
        known_by: reader.words_field(&fields, "known_by"),
        agreement: reader.field(&fields, "agreement", agreement::read),
        tools: tools.unwrap_or_default(),
        role: role?,
    })
}
