//! `cookies`: what is stored in the browser, why, and how long.

use crate::charter::{Cookie, CookieClass, Named};
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 4] = ["class", "lifetime", "vendor", "about"];
const CLASSES: [(&str, CookieClass); 5] = [
    ("essential", CookieClass::Essential),
    ("preferences", CookieClass::Preferences),
    ("analytics", CookieClass::Analytics),
    ("survey", CookieClass::Survey),
    ("advertising", CookieClass::Advertising),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Cookie> {
    reader.named(entry, cookie)
}

fn cookie(reader: &mut Reader<'_>, entry: &Entry) -> Option<Cookie> {
    let fields = reader.fields(entry, format!("`cookies.{}`", entry.key.text), &KEYS)?;
    let class = reader
        .required(&fields, "class")
        .and_then(|entry| reader.one_of(entry, "class of cookie", &CLASSES));
    let lifetime =
        reader
            .required(&fields, "lifetime")
            .and_then(|entry| match reader.text(entry)?.as_str() {
                "session" => Some(None),
                _ => reader.period(entry).map(Some),
            });
    let vendor = fields.get("vendor").and_then(|entry| {
        let vendor = reader.text(entry)?;
        reader.mention(&vendor, entry.node.span.clone(), "vendors");
        Some(vendor)
    });
    let about = fields.get("about").and_then(|entry| reader.text(entry));
    Some(Cookie {
        class: class?,
        lifetime: lifetime?,
        vendor,
        about,
    })
}
