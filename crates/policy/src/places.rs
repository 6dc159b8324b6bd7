//! Where each entry of the declaration and the maps stands. A side table of
//! the compiler: the charter itself carries no positions.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::bundle::ROOT;
use crate::diagnostic::Location;
use crate::yaml::{Node, Value};

/// Positions of entries by file and path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    files: BTreeMap<String, BTreeMap<Vec<String>, Place>>,
    /// Files that `candor.yaml` includes, by the byte from which theirs are
    /// counted.
    parts: BTreeMap<usize, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    key: Range<usize>,
    value: Range<usize>,
}

impl Places {
    /// Notes every entry of a file.
    pub(crate) fn add(&mut self, file: &str, root: &Node) {
        let places = self.files.entry(file.to_owned()).or_default();
        walk(root, &mut Vec::new(), places);
    }

    /// Notes an included file, whose bytes are counted from `base`.
    pub(crate) fn add_part(&mut self, base: usize, file: &str) {
        self.parts.insert(base, file.to_owned());
    }

    /// The place of bytes counted as those of this file.
    pub(crate) fn locate(&self, file: &str, span: Range<usize>) -> Location {
        match self.parts.range(..=span.start).next_back() {
            Some((base, part)) if file == ROOT => {
                Location::new(part.clone(), span.start - base..span.end.max(*base) - base)
            }
            _ => Location::new(file, span),
        }
    }

    /// The key of the entry at this path, or of the nearest entry that holds
    /// it; the start of the file where there is none.
    #[must_use]
    pub fn key(&self, file: &str, path: &[&str]) -> Location {
        self.find(file, path, |place| place.key.clone())
    }

    /// The value of the entry at this path, or of the nearest entry that
    /// holds it; the start of the file where there is none.
    #[must_use]
    pub fn value(&self, file: &str, path: &[&str]) -> Location {
        self.find(file, path, |place| place.value.clone())
    }

    /// Whether the file has an entry at this path.
    #[must_use]
    pub fn has(&self, file: &str, path: &[&str]) -> bool {
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        self.files
            .get(file)
            .is_some_and(|places| places.contains_key(&path))
    }

    /// An ignored table of a map: in a list, or as a key with its reason.
    pub(crate) fn ignored(&self, file: &str, index: usize, table: &str) -> Location {
        if self.has(file, &["ignored", table]) {
            return self.key(file, &["ignored", table]);
        }
        self.value(file, &["ignored", &index.to_string()])
    }

    fn find(&self, file: &str, path: &[&str], part: impl Fn(&Place) -> Range<usize>) -> Location {
        let mut path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let exact = path.len();
        let span = self.files.get(file).and_then(|places| {
            while !path.is_empty() {
                if let Some(place) = places.get(&path) {
                    // Of a holder only the key is shown: its value may run
                    // over the whole file.
                    let whole = path.len() == exact;
                    return Some(if whole {
                        part(place)
                    } else {
                        place.key.clone()
                    });
                }
                path.pop();
            }
            None
        });
        self.locate(file, span.unwrap_or(0..0))
    }
}

/// Depth is bounded by [`crate::yaml::DEPTH_MAX`].
fn walk(node: &Node, path: &mut Vec<String>, places: &mut BTreeMap<Vec<String>, Place>) {
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                path.push(entry.key.text.clone());
                let place = Place {
                    key: entry.key.span.clone(),
                    value: entry.node.span.clone(),
                };
                places.insert(path.clone(), place);
                walk(&entry.node, path, places);
                path.pop();
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                let place = Place {
                    key: item.span.clone(),
                    value: item.span.clone(),
                };
                places.insert(path.clone(), place);
                walk(item, path, places);
                path.pop();
            }
        }
        Value::Null | Value::Scalar(_) => {}
    }
}
