//! `staff`: the situations in which staff may look at personal data.

use crate::charter::{Named, Staff};
use crate::promise::Family;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "staff",
    "The situations in which staff may look at personal data.",
    &[
        Key::required(
            "when",
            Kind::Text,
            "The situation in words: `you ask us to help`.",
        ),
        Key::new(
            "case",
            Kind::Word(|| words(&CASES)),
            "What kind of case opens it.",
        ),
        Key::new(
            "who",
            Kind::Many(&Kind::Text),
            "Who may look: `employees`, `contractors`.",
        ),
        Key::new(
            "data",
            Kind::Many(&Kind::Name("data")),
            "What they may look at; without it, any.",
        ),
        Key::new("approval", Kind::Text, "Who approves a look, in words."),
        Key::new("expires", Kind::Period, "After how long a permission ends."),
        Key::new(
            "last_resort",
            Kind::Flag,
            "Whether it is allowed only where nothing else helps.",
        ),
        Key::new(
            "bound_by",
            Kind::Many(&Kind::Word(|| words(&BONDS))),
            "What binds those who look to confidentiality.",
        ),
        Key::new(
            "abroad",
            Kind::Flag,
            "Whether some of them are in other countries.",
        ),
        Key::new("logged", Kind::Flag, "Whether each access is written down."),
    ],
);
const CASES: [(&str, &str); 6] = [
    ("request", "request"),
    ("abuse", "abuse"),
    ("order", "order"),
    ("incident", "incident"),
    ("operation", "operation"),
    ("audit", "audit"),
];
const BONDS: [(&str, &str); 3] = [
    ("agreement", "agreement"),
    ("law", "law"),
    ("sanctions", "sanctions"),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Staff> {
    reader.closable(entry, Family::StaffAccess, staff)
}

fn staff(reader: &mut Reader<'_>, entry: &Entry) -> Option<Staff> {
    let fields = reader.fields(entry, format!("`staff.{}`", entry.key.text), &SHAPE)?;
    let case = reader.field(&fields, "case", |reader, entry| {
        reader.one_of(entry, "kind of case", &CASES)
    });
    let bonds = reader.field(&fields, "bound_by", |reader, entry| {
        Some(reader.some_of(entry, "bond", &BONDS))
    });
    let staff = Staff {
        when: String::new(),
        case: case.map(str::to_owned),
        who: reader.words_field(&fields, "who"),
        data: reader.names_field(&fields, "data", "data"),
        approval: reader.field(&fields, "approval", Reader::text),
        expires: reader.field(&fields, "expires", Reader::period),
        last_resort: reader.flag_field(&fields, "last_resort"),
        bound_by: bonds.into_iter().flatten().map(str::to_owned).collect(),
        abroad: reader.flag_field(&fields, "abroad"),
        logged: reader.flag_field(&fields, "logged"),
    };
    Some(Staff {
        when: reader.field(&fields, "when", Reader::text)?,
        ..staff
    })
}
