//! `organisation`: who makes the promises, and how people reach it.

use super::country;
use crate::charter::{Contact, Organisation};
use crate::reader::{Fields, Reader};
use crate::yaml::Entry;

const KEYS: [&str; 4] = ["name", "country", "contact", "authority"];
const CONTACT_KEYS: [&str; 3] = ["email", "form", "officer"];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Option<Organisation> {
    let fields = reader.fields(entry, "`organisation`", &KEYS)?;
    let name = reader
        .required(&fields, "name")
        .and_then(|entry| reader.text(entry));
    let country = reader
        .required(&fields, "country")
        .and_then(|entry| country::read(reader, entry));
    let contact = contact(reader, &fields);
    let authority = fields.get("authority").and_then(|entry| reader.text(entry));
    Some(Organisation {
        name: name?,
        country: country?,
        contact: contact?,
        authority,
    })
}

fn contact(reader: &mut Reader<'_>, organisation: &Fields<'_>) -> Option<Contact> {
    let entry = reader.required(organisation, "contact")?;
    let fields = reader.fields(entry, "`contact`", &CONTACT_KEYS)?;
    let email = reader
        .required(&fields, "email")
        .and_then(|entry| reader.email(entry));
    let form = fields.get("form").and_then(|entry| reader.flag(entry));
    let officer = fields.get("officer").and_then(|entry| reader.email(entry));
    Some(Contact {
        email: email?,
        form: form.unwrap_or_default(),
        officer,
    })
}
