//! Declarations in several files. The sections of an included file join those
//! of `candor.yaml`; afterwards nothing knows that there were several, except
//! for positions: the bytes of each file are counted on after those of the file
//! before it, and [`Places`](crate::places::Places) counts them back. Refuses a
//! file that includes others, is included twice, or declares what another does.

use crate::bundle::ROOT;
use crate::checks::{duplicate_key, missing_file, unknown_key, wrong_shape};
use crate::diagnostic::Location;
use crate::reader::Reader;
use crate::yaml::{self, Entry, Node, Value};

/// Keys that only `candor.yaml` itself has.
const WHOLE: [&str; 2] = ["candor", "include"];

/// The tree of `candor.yaml` with the sections of the files it includes, every
/// place noted. `None` where `candor.yaml` can't be read as a whole.
pub(crate) fn read(reader: &mut Reader<'_>, source: &str) -> Option<Node> {
    let mut root = yaml::parse(ROOT, source, &mut reader.diagnostics)?;
    let included = root
        .entries()
        .iter()
        .find(|entry| entry.key.text == "include" && !matches!(entry.node.value, Value::Null));
    let files = included
        .map(|entry| reader.texts(entry))
        .unwrap_or_default();
    let mut base = source.len() + 1;
    let mut seen = vec![ROOT.to_owned()];
    for (path, span) in files {
        let at = reader.at(span);
        let bundle = reader.bundle;
        let Some(text) = bundle.file(&path) else {
            let known = bundle.files().map(|(path, _)| path);
            reader.report(missing_file::missing(at, &path, known));
            continue;
        };
        if seen.contains(&path) {
            let first = Location::new(ROOT, 0..0);
            reader.report(duplicate_key::duplicate_key(at, &path, first));
            continue;
        }
        if let Some(part) = yaml::parse(&path, text, &mut reader.diagnostics) {
            reader.places.add_part(base, &path);
            join(reader, &mut root, part.shifted(base));
            base += text.len() + 1;
        }
        seen.push(path);
    }
    reader.places.add(ROOT, &root);
    Some(root)
}

/// Adds the sections of a part to the whole.
fn join(reader: &mut Reader<'_>, whole: &mut Node, part: Node) {
    let Value::Map(sections) = part.value else {
        let at = reader.at(part.span.clone());
        let found =
            wrong_shape::wrong_shape(at, "an included file", "a map of `key: value`", &part);
        reader.report(found);
        return;
    };
    let Value::Map(known) = &mut whole.value else {
        return;
    };
    for section in sections {
        let name = section.key.text.as_str();
        if WHOLE.contains(&name) {
            let at = reader.at(section.key.span.clone());
            let found = unknown_key::unknown_key(at, name, "an included file", &[]);
            reader.report(found);
            continue;
        }
        match known.iter_mut().find(|other| other.key.text == name) {
            None => known.push(section),
            Some(other) => join_section(reader, other, section),
        }
    }
}

/// Adds the entries of a section to the section of the same name.
fn join_section(reader: &mut Reader<'_>, whole: &mut Entry, part: Entry) {
    let (Value::Map(known), Value::Map(entries)) = (&mut whole.node.value, part.node.value) else {
        let at = reader.at(part.key.span.clone());
        let first = reader.at(whole.key.span.clone());
        reader.report(duplicate_key::duplicate_key(at, &part.key.text, first));
        return;
    };
    for entry in entries {
        match known.iter().find(|other| other.key.text == entry.key.text) {
            None => known.push(entry),
            Some(other) => {
                let at = reader.at(entry.key.span.clone());
                let first = reader.at(other.key.span.clone());
                reader.report(duplicate_key::duplicate_key(at, &entry.key.text, first));
            }
        }
    }
}
