//! The tree: small, owned, with a byte span on every key and value.

use std::ops::Range;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Its bytes; for a block map or list, from its first to its last part.
    pub(crate) span: Range<usize>,
    /// What it is.
    pub(crate) value: Value,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing, `null` or `~`.
    Null,
    /// Text, as written; numbers and booleans too.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order written, each key once.
    Map(Vec<Entry>),
}

/// One key of a map, with its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: Key,
    /// Its value.
    pub(crate) node: Node,
}

/// The key of an entry.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Its text.
    pub(crate) text: String,
    /// Its bytes.
    pub(crate) span: Range<usize>,
}

impl Node {
    /// The entries of a map; none for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value at this key of a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries()
            .iter()
            .find(|entry| entry.key.text == key)
            .map(|entry| &entry.node)
    }

    /// The same tree, its bytes counted from `base`. Depth is bounded by
    /// [`super::DEPTH_MAX`].
    pub(crate) fn shifted(self, base: usize) -> Self {
        let shift = |span: Range<usize>| span.start + base..span.end + base;
        let value = match self.value {
            Value::List(items) => {
                Value::List(items.into_iter().map(|item| item.shifted(base)).collect())
            }
            Value::Map(entries) => {
                let shifted = entries.into_iter().map(|entry| Entry {
                    key: Key {
                        text: entry.key.text,
                        span: shift(entry.key.span),
                    },
                    node: entry.node.shifted(base),
                });
                Value::Map(shifted.collect())
            }
            value => value,
        };
        Self {
            span: shift(self.span),
            value,
        }
    }

    /// Whether it is this single word, case aside.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(&self.value, Value::Scalar(text) if text.trim().eq_ignore_ascii_case(word))
    }

    /// What it is, in a word.
    pub(crate) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}
