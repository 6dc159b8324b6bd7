//! `sources`: the company's databases, each with its map.

use crate::charter::{Named, Source, SourceKind};
use crate::checks::missing_file;
use crate::map::SourceMap;
use crate::maps;
use crate::reader::Reader;
use crate::schema::{Key, Kind, Shape, words};
use crate::yaml::Entry;

pub(super) const SHAPE: Shape = Shape::new(
    "source",
    "The company's databases; a map says what each column is.",
    &[
        Key::required(
            "kind",
            Kind::Word(|| words(&KINDS)),
            "The database software.",
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
            "region",
            Kind::Text,
            "Where it is hosted: a promise of its own.",
        ),
    ],
);
const KINDS: [(&str, SourceKind); 3] = [
    ("mysql", SourceKind::Mysql),
    ("postgres", SourceKind::Postgres),
    ("sqlite", SourceKind::Sqlite),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Source> {
    reader.named(entry, source)
}

fn source(reader: &mut Reader<'_>, entry: &Entry) -> Option<Source> {
    let fields = reader.fields(entry, format!("`sources.{}`", entry.key.text), &SHAPE)?;
    let kind = reader.field(&fields, "kind", |reader, entry| {
        reader.one_of(entry, "kind of database", &KINDS)
    });
    let url = reader.field(&fields, "url", Reader::text);
    let map = reader.field(&fields, "map", map);
    let region = reader.field(&fields, "region", Reader::text);
    Some(Source {
        kind: kind?,
        url: url?,
        region,
        map: map?,
    })
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
