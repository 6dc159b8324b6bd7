//! `sources`: the company's databases and services, each with its map. A
//! secret stands in the environment, never here: policies are published.

use crate::charter::{Named, Service, Source, SourceKind, SourceSystem};
use crate::checks::{contradictory_keys, malformed_value, missing_file};
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
        Key::new(
            "replicas",
            Kind::Many(&Kind::Text),
            "Addresses of its read replicas, where `kind` is `mysql` or `postgres`: an erasure counts as verified when they have caught up and hold nothing either, and rows are counted there that should have gone.",
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
        Key::new(
            "tenant",
            Kind::Text,
            "The business customer all of it belongs to, where each has a database of its own.",
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
/// Characters of a tenant's name.
const TENANT_CHARS_MAX: usize = 64;
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
    if matches!(kind, Some(None | Some(SourceKind::Sqlite)))
        && let Some(entry) = fields.get("replicas")
    {
        let at = reader.at(entry.key.span.clone());
        let found =
            contradictory_keys::only_where(at, "replicas", "kind: mysql` or `kind: postgres");
        reader.report(found);
    }
    let replicas = reader.words_field(&fields, "replicas");
    let url = reader.field(&fields, "url", Reader::text);
    let map = reader.field(&fields, "map", map);
    if let Some(map) = map.as_ref().filter(|_| matches!(kind, Some(None))) {
        only_whole_services(reader, &fields, map);
    }
    let region = reader.field(&fields, "region", Reader::text);
    let tenant = reader.field(&fields, "tenant", tenant);
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
        replicas,
        region,
        tenant,
        map: map?,
    })
}

/// A tenant by the name that keys and subject requests have for it.
fn tenant(reader: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    let text = reader.text(entry)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if !(1..=TENANT_CHARS_MAX).contains(&text.len()) || !text.chars().all(plain) {
        let at = reader.at(entry.node.span.clone());
        let help = format!(
            "write 1 to {TENANT_CHARS_MAX} letters, digits, dots, hyphens or underscores, as its \
             keys name it"
        );
        let found = malformed_value::malformed(at, &text, "a tenant's name", &help);
        reader.report(found);
    }
    Some(text)
}

/// A service is asked by identities alone: nobody tells it whose they are.
fn only_whole_services(reader: &mut Reader<'_>, fields: &Fields<'_>, map: &SourceMap) {
    if let Some(entry) = fields.get("map").filter(|_| map.tells_tenants()) {
        let at = reader.at(entry.node.span.clone());
        let found = contradictory_keys::only_where(at, "tenant", "the map of a database");
        reader.report(found);
    }
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
