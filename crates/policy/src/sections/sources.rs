//! `sources`: the company's databases, each with its map.

use crate::charter::{Named, Source, SourceKind};
use crate::checks::missing_file;
use crate::map::SourceMap;
use crate::maps;
use crate::reader::Reader;
use crate::yaml::Entry;

const KEYS: [&str; 4] = ["kind", "url", "map", "region"];
const KINDS: [(&str, SourceKind); 2] = [
    ("postgres", SourceKind::Postgres),
    ("sqlite", SourceKind::Sqlite),
];

pub(super) fn read(reader: &mut Reader<'_>, entry: &Entry) -> Named<Source> {
    reader.named(entry, source)
}

fn source(reader: &mut Reader<'_>, entry: &Entry) -> Option<Source> {
    let fields = reader.fields(entry, format!("`sources.{}`", entry.key.text), &KEYS)?;
    let kind = reader
        .required(&fields, "kind")
        .and_then(|entry| reader.one_of(entry, "kind of database", &KINDS));
    let url = reader
        .required(&fields, "url")
        .and_then(|entry| reader.text(entry));
    let map = reader
        .required(&fields, "map")
        .and_then(|entry| map(reader, entry));
    let region = fields.get("region").and_then(|entry| reader.text(entry));
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
