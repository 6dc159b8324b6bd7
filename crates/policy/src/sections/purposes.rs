//! `purposes`: what data is used for, on which legal basis, and whether
//! messages of that purpose can be refused.

use crate::charter::{Basis, Mail, Named, Purpose};
use crate::checks::unknown_category;
use crate::reader::Reader;
use crate::vocabulary;
use crate::yaml::Entry;

const KEYS: [&str; 4] = ["basis", "is", "mail", "about"];
/// GDPR Article 6(1), (a) to (f).
const BASES: [(&str, Basis); 6] = [
    ("consent", Basis::Consent),
    ("contract", Basis::Contract),
    ("legal_obligation", Basis::LegalObligation),
    ("vital_interests", Basis::VitalInterests),
    ("public_task", Basis::PublicTask),
    ("legitimate_interests", Basis::LegitimateInterests),
];
const MAIL: [(&str, Mail); 2] = [("always", Mail::Always), ("refusable", Mail::Refusable)];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Purpose> {
    reader.named(entry, purpose)
}

fn purpose(reader: &mut Reader<'_>, entry: &Entry) -> Option<Purpose> {
    let fields = reader.fields(entry, format!("`purposes.{}`", entry.key.text), &KEYS)?;
    let basis = reader
        .required(&fields, "basis")
        .and_then(|entry| reader.one_of(entry, "legal basis", &BASES));
    let category = fields.get("is").and_then(|entry| category(reader, entry));
    let mail = fields
        .get("mail")
        .and_then(|entry| reader.one_of(entry, "rule for mail", &MAIL));
    let about = fields.get("about").and_then(|entry| reader.text(entry));
    Some(Purpose {
        basis: basis?,
        category,
        mail,
        about,
    })
}

fn category(reader: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    let text = reader.text(entry)?;
    if vocabulary::is_purpose(&text) {
        return Some(text);
    }
    let at = reader.at(entry.node.span.clone());
    let known = vocabulary::purposes();
    reader.report(unknown_category::unknown_category(
        at, &text, "purpose", known,
    ));
    None
}
