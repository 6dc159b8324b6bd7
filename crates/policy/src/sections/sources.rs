//! `sources`: the company's databases and services, each with its map. A
//! secret stands in the environment, never here: policies are published.

use crate::charter::{Named, Service, Source, SourceKind, SourceSystem};
use crate::checks::{contradictory_keys, missing_file};
use crate::map::SourceMap;
use crate::maps;
use crate::reader::{Fields, Reader};
use crate::schema::{Key, Kind, Rule, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "source",
    "The company's databases, and services that speak Candor's protocol; a map says what each column is.",
    &[
        Key::required(
            "kind",
            Kind::Word(|| words(&KINDS)),
            "The database software, or `http` for a service of your own.",
        ),
        Key::required(
            "url",
            Kind::Text,
            "Its address; `${NAME}` stands for an environment variable.",
        ),
        Key::required(
            "map",
            Kind::Text,
            "The file that says what its columns are.",
        ),
        Key::new(
            "secret",
            Kind::Variable,
            "Of a service: the variable with what Candor signs with.",
        ),
        Key::new(
            "key",
            Kind::Variable,
            "Of a service that signs with a key of its own: the variable with its public key.",
        ),
        Key::new(
            "region",
            Kind::Text,
            "Where it is hosted: a promise of its own.",
        ),
    ],
)
.with(&[
    Rule::NeedsWhere {
        key: "kind",
        word: HTTP,
        needed: "secret",
    },
    Rule::Needs("key", &["secret"]),
]);
const HTTP: &str = "http";
const KINDS: [(&str, Option<SourceKind>); 4] = [
    ("mysql", Some(SourceKind::Mysql)),
    ("postgres", Some(SourceKind::Postgres)),
    ("sqlite", Some(SourceKind::Sqlite)),
    (HTTP, None),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Source> {
    reader.named(entry, source)
}

fn source(reader: &mut Reader<'_>, entry: &Entry) -> Option<Source> {
    let fields = reader.fields(entry, format!("`sources.{}`", entry.key.text), &SHAPE)?;
    let kind = reader.field(&fields, "kind", |reader, entry| {
        reader.one_of(entry, "kind of source", &KINDS)
    });
    let secret = reader.field(&fields, "secret", Reader::variable);
    let key = reader.field(&fields, "key", Reader::variable);
    if matches!(kind, Some(Some(_))) {
        only_of_services(reader, &fields);
    }
    let url = reader.field(&fields, "url", Reader::text);
    let map = reader.field(&fields, "map", map);
    let region = reader.field(&fields, "region", Reader::text);
    let kind = match kind? {
        Some(kind) => SourceSystem::Database(kind),
        None => SourceSystem::Service(Service::Http {
            secret: secret?,
            key,
        }),
    };
    Some(Source {
        kind,
        url: url?,
        region,
        map: map?,
    })
}

/// A database's password stands in its address.
fn only_of_services(reader: &mut Reader<'_>, fields: &Fields<'_>) {
    for key in ["secret", "key"] {
        if let Some(entry) = fields.get(key) {
            let at = reader.at(entry.key.span.clone());
            let found = contradictory_keys::only_where(at, key, "kind: http");
            reader.report(found);
        }
    }
}

fn map(reader: &mut Reader<'_>, entry: &Entry) -> Option<SourceMap> {
    let path = reader.text(entry)?;
    let bundle = reader.bundle;
    let Some(text) = bundle.file(&path) else {
        let at = reader.at(entry.node.span.clone());
        let known = bundle.files().map(|(path, _)| path);
        reader.report(missing_file::missing(at, &path, known));
        return None;
    };
    maps::read(reader, &path, text)
}
