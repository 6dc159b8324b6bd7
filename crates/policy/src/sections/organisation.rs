//! `organisation`: who makes the promises, and how people reach it.

use crate::charter::{Contact, Law, Organisation};
use crate::reader::{Fields, Reader};
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "organisation",
    "Who makes the promises, and how people reach it.",
    &[
        Key::required("name", Kind::Text, "Its legal name."),
        Key::required(
            "country",
            Kind::Country,
            "Its country: brings the law, the working-day calendar and the supervisory authority.",
        ),
        Key::new(
            "laws",
            Kind::Many(&Kind::Word(|| words(&LAWS))),
            "Laws under which people can ask, beside the country's own: the shortest deadline of all counts. Where the country has none of these and none is named, `gdpr`.",
        ),
        Key::required("contact", Kind::Map(&CONTACT), CONTACT.about),
        Key::new(
            "authority",
            Kind::Text,
            "The supervisory authority, where not the country's.",
        ),
        Key::new(
            "representative",
            Kind::Text,
            "The representative in the Union (Article 27).",
        ),
    ],
);
const LAWS: [(&str, Law); 6] = [
    ("gdpr", Law::Gdpr),
    ("uk_gdpr", Law::UkGdpr),
    ("swiss", Law::Swiss),
    ("california", Law::California),
    ("brazil", Law::Brazil),
    ("quebec", Law::Quebec),
];
const CONTACT: Shape = Shape::new(
    "contact",
    "How people reach it; each way is a promise.",
    &[
        Key::required(
            "email",
            Kind::Email,
            "Mailbox for questions about personal data.",
        ),
        Key::new(
            "form",
            Kind::Flag,
            "Whether the privacy centre offers its request form.",
        ),
        Key::new(
            "officer",
            Kind::Email,
            "The data protection officer's mailbox (Article 37).",
        ),
        Key::new("phone", Kind::Text, "Telephone number."),
        Key::new("post", Kind::Text, "Address for letters."),
    ],
);

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Organisation> {
    let fields = reader.fields(entry, "`organisation`", &SHAPE)?;
    let name = reader.field(&fields, "name", Reader::text);
    let country = reader.field(&fields, "country", Reader::country);
    let laws = reader.field(&fields, "laws", |reader, entry| {
        Some(reader.some_of(entry, "law", &LAWS))
    });
    let contact = contact(reader, &fields);
    let authority = reader.field(&fields, "authority", Reader::text);
    let representative = reader.field(&fields, "representative", Reader::text);
    Some(Organisation {
        name: name?,
        country: country?,
        laws: laws.unwrap_or_default(),
        contact: contact?,
        authority,
        representative,
    })
}

fn contact(reader: &mut Reader<'_>, organisation: &Fields<'_>) -> Option<Contact> {
    let entry = organisation.get("contact")?;
    let fields = reader.fields(entry, "`contact`", &CONTACT)?;
    let email = reader.field(&fields, "email", Reader::email);
    Some(Contact {
        form: reader.flag_field(&fields, "form"),
        officer: reader.field(&fields, "officer", Reader::email),
        phone: reader.field(&fields, "phone", Reader::text),
        post: reader.field(&fields, "post", Reader::text),
        email: email?,
    })
}
