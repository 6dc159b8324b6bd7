//! The files that are imported, value by value. Invariant: every value is
//! either taken, by whoever found a place for it, or left over at the end.
//! Nobody has to know the keys that have no place: they are what nobody took.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::yaml::{Node, Value};

/// A value that has no place in Candor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// The file it stands in.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The resource it belongs to, such as `dataset app`.
    pub resource: String,
    /// Its keys from there, such as `collections[].fields[].fides_meta.length`.
    pub key: String,
    /// The value.
    pub value: String,
    /// Why, where more can be said than that there is no such key.
    pub why: Option<String>,
}

/// One file, read.
pub(super) struct File {
    pub(super) path: String,
    pub(super) root: Node,
}

/// A value within a file.
#[derive(Clone, Copy)]
pub(super) struct At<'f> {
    file: usize,
    node: &'f Node,
}

impl<'f> At<'f> {
    pub(super) const fn new(file: usize, node: &'f Node) -> Self {
        Self { file, node }
    }

    /// The value at a key, unless it is nothing.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        let node = self.node.get(key)?;
        let here = !matches!(node.value, Value::Null);
        here.then_some(Self { node, ..self })
    }

    /// The items of a list; a map or text stands for a list of one.
    pub(super) fn items(self) -> Vec<Self> {
        match &self.node.value {
            Value::List(items) => items.iter().map(|node| Self { node, ..self }).collect(),
            Value::Null => Vec::new(),
            _ => vec![self],
        }
    }

    /// The items at a key.
    pub(super) fn list(self, key: &str) -> Vec<Self> {
        self.get(key).map_or_else(Vec::new, Self::items)
    }

    pub(super) fn text(self) -> Option<&'f str> {
        match &self.node.value {
            Value::Scalar(text) => Some(text.trim()),
            _ => None,
        }
    }

    /// Where it stands: file and byte.
    pub(super) const fn place(self) -> (usize, usize) {
        (self.file, self.node.span.start)
    }
}

/// A value that nobody took yet.
struct Leaf {
    resource: String,
    key: String,
    value: String,
    why: Option<String>,
}

/// What is left of the files.
pub(super) struct Leaves {
    left: RefCell<BTreeMap<(usize, usize), Leaf>>,
}

impl Leaves {
    /// Every value of these files.
    pub(super) fn of(files: &[File]) -> Self {
        let mut left = BTreeMap::new();
        for (at, file) in files.iter().enumerate() {
            for entry in file.root.entries() {
                for item in At::new(at, &entry.node).items() {
                    let name = item.get("fides_key").and_then(At::text);
                    let resource = match name {
                        Some(name) => format!("{} {name}", entry.key.text),
                        None => entry.key.text.clone(),
                    };
                    walk(item, &resource, "", &mut left);
                }
            }
        }
        Self {
            left: RefCell::new(left),
        }
    }

    /// A value that found a place.
    pub(super) fn take(&self, at: At<'_>) {
        self.left.borrow_mut().remove(&at.place());
    }

    /// The text at a key, which finds a place.
    pub(super) fn taken<'f>(&self, at: At<'f>, key: &str) -> Option<&'f str> {
        let found = at.get(key)?;
        let text = found.text()?;
        self.take(found);
        Some(text)
    }

    /// Says why a value found no place, unless it found one.
    pub(super) fn explain(&self, at: At<'_>, why: impl Into<String>) {
        if let Some(leaf) = self.left.borrow_mut().get_mut(&at.place()) {
            leaf.why = Some(why.into());
        }
    }

    /// What is left, by file and line. `source` gives a file's text.
    pub(super) fn into_lost(self, files: &[File], source: impl Fn(&str) -> String) -> Vec<Lost> {
        let texts: Vec<String> = files.iter().map(|file| source(&file.path)).collect();
        let left = self.left.into_inner().into_iter();
        left.filter_map(|((file, byte), leaf)| {
            let text = texts.get(file)?;
            let before = text.get(..byte).unwrap_or_default();
            Some(Lost {
                file: files.get(file)?.path.clone(),
                line: before.matches('\n').count() + 1,
                resource: leaf.resource,
                key: leaf.key,
                value: leaf.value,
                why: leaf.why,
            })
        })
        .collect()
    }
}

/// Notes every value under a node. Depth is bounded by the YAML reader.
fn walk(at: At<'_>, resource: &str, key: &str, left: &mut BTreeMap<(usize, usize), Leaf>) {
    match &at.node.value {
        Value::Null => {}
        Value::Scalar(text) if text.is_empty() => {}
        Value::Scalar(text) => {
            let leaf = Leaf {
                resource: resource.to_owned(),
                key: key.to_owned(),
                value: text.clone(),
                why: None,
            };
            left.insert(at.place(), leaf);
        }
        Value::List(items) => {
            for node in items {
                walk(At { node, ..at }, resource, &format!("{key}[]"), left);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                let name = entry.key.text.as_str();
                let key = match key {
                    "" => name.to_owned(),
                    _ => format!("{key}.{name}"),
                };
                let node = &entry.node;
                walk(At { node, ..at }, resource, &key, left);
            }
        }
    }
}
