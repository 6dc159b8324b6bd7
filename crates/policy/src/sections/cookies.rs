//! `cookies`: what is stored in the browser, why, and how long.

use crate::charter::{Cookie, CookieClass, Named};
use crate::promise::Family;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "cookie",
    "Cookies and other browser storage, by the cookie's name.",
    &[
        Key::required("class", Kind::Word(|| words(&CLASSES)), "Why it exists."),
        Key::required(
            "lifetime",
            Kind::Either(&Kind::Word(|| vec!["session"]), &Kind::Period),
            "How long it stays: a period, or `session`.",
        ),
        Key::new(
            "vendor",
            Kind::Name("vendors"),
            "The vendor that sets it; without it, the company itself.",
        ),
        Key::new(
            "optional",
            Kind::Either(&Kind::Flag, &Kind::Text),
            "That it may be refused; in words, what is lost then.",
        ),
        Key::new("about", Kind::Text, "What it does, in words."),
    ],
);
pub(super) const CLASSES: [(&str, CookieClass); 5] = [
    ("essential", CookieClass::Essential),
    ("preferences", CookieClass::Preferences),
    ("analytics", CookieClass::Analytics),
    ("survey", CookieClass::Survey),
    ("advertising", CookieClass::Advertising),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Cookie> {
    reader.closable(entry, Family::Cookies, cookie)
}

fn cookie(reader: &mut Reader<'_>, entry: &Entry) -> Option<Cookie> {
    let fields = reader.fields(entry, format!("`cookies.{}`", entry.key.text), &SHAPE)?;
    let class = reader.field(&fields, "class", |reader, entry| {
        reader.one_of(entry, "class of cookie", &CLASSES)
    });
    let lifetime = reader.field(&fields, "lifetime", |reader, entry| {
        match reader.text(entry)?.as_str() {
            "session" => Some(None),
            _ => reader.period(entry).map(Some),
        }
    });
    let vendor = reader.name_field(&fields, "vendor", "vendors");
    let optional = reader.field(&fields, "optional", Reader::optional);
    let about = reader.field(&fields, "about", Reader::text);
    Some(Cookie {
        class: class?,
        lifetime: lifetime?,
        vendor,
        optional,
        about,
    })
}
