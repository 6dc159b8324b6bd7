//! `security`: technical and organisational measures. A measure is a value
//! (`at_rest: aes-256`), a period (`rotate_keys: 90 days`), or a map with both.

use crate::charter::{Measure, Named};
use crate::checks::malformed_value;
use crate::period::Period;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Rule, Shape, words};
use crate::yaml::{Entry, Value};

pub(super) const SECTION: Shape = Shape::new(
    "security",
    "Technical and organisational measures (GDPR Article 32).",
    &[
        Key::new("passwords", PASSWORDS, "How passwords are stored."),
        Key::new("tls", TLS, "The oldest version of TLS that is spoken."),
        Key::new("at_rest", AT_REST, "How stored data is encrypted."),
        Key::new(
            "rotate_keys",
            ROTATION,
            "How often keys change, or `automatic`.",
        ),
        Key::new("backups", OTHER, "How backups are made."),
        Key::new("isolation", OTHER, "What keeps customers apart."),
        Key::new("two_factor", OTHER, "Who signs in with a second factor."),
        Key::new("audits", OTHER, "Audits, and how often."),
        Key::new(
            "penetration_test",
            OTHER,
            "Penetration tests, and how often.",
        ),
        Key::new(
            "access_log",
            OTHER,
            "What is logged about access, and how long.",
        ),
        Key::new("training", OTHER, "Training of staff, and how often."),
        Key::new(
            "confidentiality",
            OTHER,
            "Who is bound by confidentiality, and how.",
        ),
        Key::new(
            "breach",
            OTHER,
            "Whom a breach is reported to, and by when.",
        ),
    ],
);
/// A measure that is a value of this kind, or a map with one and parameters.
macro_rules! measure {
    ($name:literal, $value:expr) => {
        Kind::Either(
            &$value,
            &Kind::Map(&Shape::new(
                $name,
                "A measure with its parameters.",
                &[
                    Key::new("value", $value, "The value, as without a map."),
                    Key::new("every", Kind::Every, "How often: `day`, `90 days`."),
                    Key::new("encrypted", Kind::Flag, "Whether its result is encrypted."),
                    Key::new("keep", Kind::Period, "How long its result is kept."),
                    Key::new("automatic", Kind::Flag, "Whether a machine does it."),
                    Key::new("bits", Kind::Count, "Length of the key in bits."),
                    Key::new("tested", Kind::Every, "How often it is tested."),
                    Key::new(
                        "of",
                        Kind::Many(&Kind::Text),
                        "Of, between or for whom, in words; for `tls` the hosts at which it is looked at.",
                    ),
                    Key::new(
                        "owner",
                        Kind::Text,
                        "Who answers for what no machine can see: a function, not a name.",
                    ),
                    Key::new("review", Kind::Date, "When they look again."),
                ],
            )
            .with(&[
                Rule::Needs("owner", &["review"]),
                Rule::Needs("review", &["owner"]),
            ])),
        )
    };
}
const PASSWORDS: Kind = measure!("password_measure", Kind::Word(|| words(&HASHES)));
const TLS: Kind = measure!("tls_measure", Kind::Word(|| words(&TLS_VERSIONS)));
const AT_REST: Kind = measure!("encryption_measure", Kind::Word(|| words(&CIPHERS)));
const ROTATION: Kind = measure!(
    "rotation_measure",
    Kind::Either(&Kind::Word(|| vec![AUTOMATIC]), &Kind::Period)
);
const OTHER: Kind = measure!("measure", Kind::Text);
/// Said of keys that a machine rotates.
const AUTOMATIC: &str = "automatic";
const HASHES: [(&str, &str); 4] = [
    ("argon2", "argon2"),
    ("bcrypt", "bcrypt"),
    ("scrypt", "scrypt"),
    ("pbkdf2", "pbkdf2"),
];
const TLS_VERSIONS: [(&str, &str); 2] = [("1.2", "1.2"), ("1.3", "1.3")];
const CIPHERS: [(&str, &str); 3] = [
    ("aes-128", "aes-128"),
    ("aes-256", "aes-256"),
    ("chacha20", "chacha20"),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Measure> {
    let Some(fields) = reader.fields(entry, "`security`", &SECTION) else {
        return Named::new();
    };
    let known = SECTION.keys.iter();
    known
        .filter_map(|key| {
            let measure = reader.field(&fields, key.name, measure)?;
            Some((key.name.to_owned(), measure))
        })
        .collect()
}

fn measure(reader: &mut Reader<'_>, entry: &Entry) -> Option<Measure> {
    if matches!(entry.node.value, Value::Map(_)) {
        return detailed(reader, entry);
    }
    let value = value(reader, &entry.key.text, entry)?;
    Some(with_value(&entry.key.text, value, Measure::default()))
}

/// What a value alone says of how often keys change.
fn with_value(name: &str, value: String, measure: Measure) -> Measure {
    if name != "rotate_keys" {
        return Measure { value, ..measure };
    }
    let every = Period::parse(&value).ok();
    Measure {
        automatic: measure.automatic || value == AUTOMATIC,
        value: every.map_or(value, |every| format!("every {every}")),
        every: measure.every.or(every),
        ..measure
    }
}

fn value(reader: &mut Reader<'_>, measure: &str, entry: &Entry) -> Option<String> {
    let mut known = |what, words| reader.one_of(entry, what, words).map(str::to_owned);
    match measure {
        "passwords" => known("password hash", &HASHES),
        "tls" => known("version of TLS", &TLS_VERSIONS),
        "at_rest" => known("cipher", &CIPHERS),
        "rotate_keys" => {
            let text = reader.text(entry)?;
            if text != AUTOMATIC {
                reader.period(entry)?;
            }
            Some(text)
        }
        _ => reader.text(entry),
    }
}

fn detailed(reader: &mut Reader<'_>, entry: &Entry) -> Option<Measure> {
    let name = &entry.key.text;
    let shape = shape_of(SECTION.keys.iter().find(|key| key.name == name)?.kind)?;
    let fields = reader.fields(entry, format!("`security.{name}`"), shape)?;
    let given = reader.field(&fields, "value", |reader, entry| value(reader, name, entry));
    let encrypted = reader.field(&fields, "encrypted", Reader::flag);
    let measure = Measure {
        value: String::new(),
        every: reader.field(&fields, "every", Reader::every),
        encrypted,
        keep: reader.field(&fields, "keep", Reader::period),
        automatic: reader.flag_field(&fields, "automatic"),
        bits: reader.field(&fields, "bits", Reader::count),
        tested: reader.field(&fields, "tested", Reader::every),
        of: match name.as_str() {
            "tls" => reader.field(&fields, "of", hosts).unwrap_or_default(),
            _ => reader.words_field(&fields, "of"),
        },
        owner: reader.field(&fields, "owner", Reader::text),
        review: reader.field(&fields, "review", Reader::date),
    };
    let given = given.unwrap_or_else(|| in_words(&measure));
    Some(with_value(name, given, measure))
}

/// Where visitors connect: hosts, with a port where it is not the usual one.
fn hosts(reader: &mut Reader<'_>, entry: &Entry) -> Option<Vec<String>> {
    let texts = reader.texts(entry);
    for (text, span) in &texts {
        if !is_host(text) {
            let at = reader.at(span.clone());
            let help = "write it as `app.company.example`, with `:8443` where that is its port";
            let found = malformed_value::malformed(at, text, "a host", help);
            reader.report(found);
        }
    }
    Some(texts.into_iter().map(|(text, _)| text).collect())
}

fn is_host(text: &str) -> bool {
    let (host, port) = text.split_once(':').unwrap_or((text, "443"));
    let label = |label: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (1..=63).contains(&label.len()) && label.chars().all(plain) && !label.starts_with('-')
    };
    port.parse::<u16>().is_ok() && host.len() <= 253 && host.split('.').all(label)
}

/// The map a measure may be.
fn shape_of(kind: Kind) -> Option<&'static Shape> {
    match kind {
        Kind::Either(_, other) => shape_of(*other),
        Kind::Map(shape) => Some(shape),
        _ => None,
    }
}

/// A measure's parts in words, for one that has no value of its own.
fn in_words(measure: &Measure) -> String {
    let period =
        |word: &str, period: Option<Period>| period.map(|period| format!("{word} {period}"));
    let encrypted = measure
        .encrypted
        .map(|yes| if yes { "encrypted" } else { "not encrypted" }.to_owned());
    let parts = [
        period("every", measure.every),
        measure.automatic.then(|| AUTOMATIC.to_owned()),
        encrypted,
        period("kept", measure.keep),
        period("tested every", measure.tested),
        (!measure.of.is_empty()).then(|| measure.of.join(", ")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
