//! `purposes`: what data is used for, on which legal basis, and whether
//! messages of that purpose can be refused.

use crate::charter::{Basis, Mail, Named, Purpose};
use crate::promise::Family;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "purpose",
    "What data is used for, on which legal basis, and whether messages can be refused.",
    &[
        Key::required(
            "basis",
            Kind::Word(|| words(&BASES)),
            "The legal basis (GDPR Article 6(1)); `instructions` where the company is a processor.",
        ),
        Key::new(
            "is",
            Kind::Purpose,
            "What it is in the vocabulary, where its name doesn't say.",
        ),
        Key::new(
            "mail",
            Kind::Word(|| words(&MAIL)),
            "For messages: whether they can be refused.",
        ),
        Key::new(
            "opt_out",
            Kind::Many(&Kind::Text),
            "Ways to refuse, in words: `unsubscribe link`, `e-mail`.",
        ),
        Key::new(
            "often",
            Kind::Text,
            "How often messages are sent, in words.",
        ),
        Key::new(
            "interest",
            Kind::Text,
            "The legitimate interest, in words (Article 13(1)(d)).",
        ),
        Key::new(
            "about",
            Kind::Text,
            "The same in words, for people: `signing you in`.",
        ),
    ],
);
/// GDPR Article 6(1), (a) to (f), and a processor's instructions.
const BASES: [(&str, Basis); 7] = [
    ("consent", Basis::Consent),
    ("contract", Basis::Contract),
    ("legal_obligation", Basis::LegalObligation),
    ("vital_interests", Basis::VitalInterests),
    ("public_task", Basis::PublicTask),
    ("legitimate_interests", Basis::LegitimateInterests),
    ("instructions", Basis::Instructions),
];
const MAIL: [(&str, Mail); 2] = [("always", Mail::Always), ("refusable", Mail::Refusable)];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Purpose> {
    reader.closable(entry, Family::Purpose, purpose)
}

fn purpose(reader: &mut Reader<'_>, entry: &Entry) -> Option<Purpose> {
    let fields = reader.fields(entry, format!("`purposes.{}`", entry.key.text), &SHAPE)?;
    let basis = reader.field(&fields, "basis", |reader, entry| {
        reader.one_of(entry, "legal basis", &BASES)
    });
    let category = reader.field(&fields, "is", Reader::purpose);
    let mail = reader.field(&fields, "mail", |reader, entry| {
        reader.one_of(entry, "rule for mail", &MAIL)
    });
    Some(Purpose {
        category,
        mail,
        opt_out: reader.words_field(&fields, "opt_out"),
        often: reader.field(&fields, "often", Reader::text),
        interest: reader.field(&fields, "interest", Reader::text),
        about: reader.field(&fields, "about", Reader::text),
        basis: basis?,
    })
}
