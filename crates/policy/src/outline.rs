//! What a declaration says as far as it can be read, for tools that help to
//! write it. Never a charter: nothing in it was compared with anything, so
//! nothing may run under it.

use std::collections::BTreeMap;

use crate::bundle::{Bundle, ROOT};
use crate::charter::{Named, Source};
use crate::diagnostic::Diagnostic;
use crate::include;
use crate::map::SourceMap;
use crate::maps;
use crate::places::Places;
use crate::reader::Reader;
use crate::sections;
use crate::yaml::{Entry, Key, Value};

/// A map that says nothing yet.
const EMPTY_MAP: &str = "tables: {}\n";

/// A declaration, unchecked.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Kinds of people, with the kinds of identity they are known by.
    pub people: BTreeMap<String, Vec<String>>,
    /// Categories that `data` declares.
    pub collected: Vec<String>,
    /// Categories that `never` excludes.
    pub never: Vec<String>,
    /// The sources; one whose map's file is missing has an empty map.
    pub sources: Named<Source>,
    /// Where entries stand.
    pub places: Places,
}

/// Reads a declaration that need not compile; `None` where it can't be read at
/// all.
///
/// ```
/// use candor_policy::{Bundle, outline};
///
/// let declaration = "people: { customer: { role: controller, known_by: [email] } }\n\
///     sources: { app: { kind: sqlite, url: app.db, map: maps/app.yaml } }\n";
/// let bundle = Bundle::new([("candor.yaml".to_owned(), declaration.to_owned())]);
/// let outline = outline(&bundle).unwrap();
/// assert_eq!(outline.people["customer"], ["email"]);
/// assert_eq!(outline.sources["app"].map.path, "maps/app.yaml");
/// ```
#[must_use]
pub fn outline(bundle: &Bundle) -> Option<Outline> {
    let whole = whole(&mut Reader::new(bundle, ROOT))?;
    let files = bundle.files();
    let mut files: BTreeMap<String, String> = files
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let declared = whole.node.get("sources").map(|sources| sources.entries());
    for source in declared.unwrap_or_default() {
        if let Some(Value::Scalar(path)) = source.node.get("map").map(|node| &node.value) {
            let file = files.entry(path.clone());
            file.or_insert_with(|| EMPTY_MAP.to_owned());
        }
    }
    let bundle = Bundle::new(files);
    let mut reader = Reader::new(&bundle, ROOT);
    let whole = self::whole(&mut reader)?;
    let charter = sections::read(&mut reader, &whole)?.charter;
    Some(Outline {
        people: charter
            .people
            .into_iter()
            .map(|(kind, person)| (kind, person.known_by))
            .collect(),
        collected: charter
            .data
            .into_values()
            .map(|data| data.category)
            .collect(),
        never: charter
            .never
            .into_values()
            .flat_map(|never| never.categories)
            .collect(),
        sources: charter.sources,
        places: reader.places,
    })
}

/// Reads one map by itself.
///
/// # Errors
/// What is wrong with it, where it can't be read as a whole.
pub fn read_map(path: &str, text: &str) -> Result<(SourceMap, Places), Vec<Diagnostic>> {
    let bundle = Bundle::new([(path.to_owned(), text.to_owned())]);
    let mut reader = Reader::new(&bundle, path);
    match maps::read(&mut reader, path, text) {
        Some(map) => Ok((map, reader.places)),
        None => Err(reader.diagnostics),
    }
}

fn whole(reader: &mut Reader<'_>) -> Option<Entry> {
    let source = reader.bundle.file(ROOT)?;
    Some(Entry {
        key: Key {
            text: String::new(),
            span: 0..0,
        },
        node: include::read(reader, source)?,
    })
}
