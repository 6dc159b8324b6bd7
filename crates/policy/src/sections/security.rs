//! `security`: technical measures. A measure is a value (`at_rest: aes-256`),
//! a period (`rotate_keys: 90 days`), or a map with both.

use std::collections::BTreeMap;

use crate::charter::{Measure, Named};
use crate::checks::unknown_key;
use crate::period::{Period, Unit};
use crate::reader::Reader;
use crate::yaml::{Entry, Value};

/// Every measure of the language.
const MEASURES: [&str; 12] = [
    "passwords",
    "tls",
    "at_rest",
    "rotate_keys",
    "backups",
    "isolation",
    "two_factor",
    "audits",
    "penetration_test",
    "access_log",
    "training",
    "confidentiality",
];
const KEYS: [&str; 4] = ["value", "every", "encrypted", "keep"];
const HASHES: [(&str, &str); 4] = [
    ("argon2", "argon2"),
    ("bcrypt", "bcrypt"),
    ("scrypt", "scrypt"),
    ("pbkdf2", "pbkdf2"),
];
const TLS: [(&str, &str); 2] = [("1.2", "1.2"), ("1.3", "1.3")];
const CIPHERS: [(&str, &str); 3] = [
    ("aes-128", "aes-128"),
    ("aes-256", "aes-256"),
    ("chacha20", "chacha20"),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Measure> {
    let entries = reader.map(entry, "`security`").unwrap_or_default();
    let mut measures = BTreeMap::new();
    for inner in entries {
        let name = &inner.key.text;
        if !MEASURES.contains(&name.as_str()) {
            let at = reader.at(inner.key.span.clone());
            reader.report(unknown_key::unknown_key(at, name, "`security`", &MEASURES));
        } else if let Some(measure) = measure(reader, inner) {
            measures.insert(name.clone(), measure);
        }
    }
    measures
}

fn measure(reader: &mut Reader<'_>, entry: &Entry) -> Option<Measure> {
    if matches!(entry.node.value, Value::Map(_)) {
        return detailed(reader, entry);
    }
    if entry.key.text == "rotate_keys" {
        let every = reader.period(entry)?;
        return Some(Measure {
            value: format!("every {every}"),
            every: Some(every),
            ..Measure::default()
        });
    }
    Some(Measure {
        value: value(reader, &entry.key.text, entry)?,
        ..Measure::default()
    })
}

fn value(reader: &mut Reader<'_>, measure: &str, entry: &Entry) -> Option<String> {
    let mut known = |what, words| reader.one_of(entry, what, words).map(str::to_owned);
    match measure {
        "passwords" => known("password hash", &HASHES),
        "tls" => known("version of TLS", &TLS),
        "at_rest" => known("cipher", &CIPHERS),
        _ => reader.text(entry),
    }
}

fn detailed(reader: &mut Reader<'_>, entry: &Entry) -> Option<Measure> {
    let name = &entry.key.text;
    let fields = reader.fields(entry, format!("`security.{name}`"), &KEYS)?;
    let given = fields
        .get("value")
        .and_then(|entry| value(reader, name, entry));
    let every = fields.get("every").and_then(|entry| every(reader, entry));
    let encrypted = fields.get("encrypted").and_then(|entry| reader.flag(entry));
    let keep = fields.get("keep").and_then(|entry| reader.period(entry));
    Some(Measure {
        value: given.unwrap_or_else(|| words(every, encrypted, keep)),
        every,
        encrypted,
        keep,
    })
}

/// `every: day` as well as `every: 90 days`.
fn every(reader: &mut Reader<'_>, entry: &Entry) -> Option<Period> {
    let unit = match reader.text(entry)?.as_str() {
        "hour" => Unit::Hours,
        "day" => Unit::Days,
        "week" => Unit::Weeks,
        "month" => Unit::Months,
        "year" => Unit::Years,
        _ => return reader.period(entry),
    };
    Some(Period { amount: 1, unit })
}

/// A measure's parts in words, for one that has no value of its own.
fn words(every: Option<Period>, encrypted: Option<bool>, keep: Option<Period>) -> String {
    let parts = [
        every.map(|every| format!("every {every}")),
        encrypted.map(|yes| if yes { "encrypted" } else { "not encrypted" }.to_owned()),
        keep.map(|keep| format!("kept {keep}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
