//! What `candor.yaml` and the maps may hold, as tables: one `Shape` per map,
//! one `Key` per key. The reader takes its known and required keys from them,
//! and the JSON Schema and the reference page are made from them, so that the
//! three can't disagree. Refuses nothing itself.

mod json;
mod reference;
#[cfg(test)]
mod tests;

pub use json::{declaration, map};
pub use reference::page;

/// A map of the language: its keys, and what it is for.
pub(crate) struct Shape {
    /// What it is called in the schema, such as `vendor`.
    pub(crate) name: &'static str,
    /// What it says, in one or two sentences.
    pub(crate) about: &'static str,
    /// Its keys, in the order they are documented.
    pub(crate) keys: &'static [Key],
    /// How its keys depend on one another.
    pub(crate) rules: &'static [Rule],
}

/// How the keys of a map depend on one another.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    /// Exactly one of them is there.
    One(&'static [&'static str]),
    /// At least one of them is there.
    Some(&'static [&'static str]),
    /// Not both of them are there.
    NotBoth([&'static str; 2]),
    /// Where the first is there, so are the others.
    Needs(&'static str, &'static [&'static str]),
    /// Where the key has this word, the other is there.
    NeedsWhere {
        key: &'static str,
        word: &'static str,
        needed: &'static str,
    },
}

/// A key of a map.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) kind: Kind,
    /// What it says, in one sentence.
    pub(crate) about: &'static str,
}

/// What a value may be.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// One line of text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number above zero.
    Count,
    /// A period as people say it.
    Period,
    /// How often: a period, or `day`, `week`, `month`, …
    Every,
    /// A day of the calendar.
    Date,
    /// A mailbox.
    Email,
    /// The name of an environment variable, as `${NAME}`.
    Variable,
    /// A country's two letters.
    Country,
    /// A country, or a region with a calendar of its own.
    Place,
    /// A web address or a path of the same site.
    Address,
    /// One of a few words.
    Word(fn() -> Vec<&'static str>),
    /// A name that the section declares.
    Name(&'static str),
    /// A data category of the vocabulary.
    Category,
    /// A purpose of the vocabulary.
    Purpose,
    /// One value, or a list of them.
    Many(&'static Self),
    /// A list.
    List(&'static Self),
    /// One of two ways to write it.
    Either(&'static Self, &'static Self),
    /// A map with these keys.
    Map(&'static Shape),
    /// A map from names the author chose to values of one kind.
    Named(&'static Self),
    /// A map from names of the database, which may be any.
    Free(&'static Self),
    /// As [`Self::Named`], with `only: true` where the list is complete.
    Closable(&'static Self),
}

impl Shape {
    pub(crate) const fn new(name: &'static str, about: &'static str, keys: &'static [Key]) -> Self {
        Self {
            name,
            about,
            keys,
            rules: &[],
        }
    }

    pub(crate) const fn with(self, rules: &'static [Rule]) -> Self {
        Self { rules, ..self }
    }

    /// Its keys' names, in order.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

impl Key {
    /// A key that may be left out.
    pub(crate) const fn new(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self {
            name,
            required: false,
            kind,
            about,
        }
    }

    /// A key that must be there.
    pub(crate) const fn required(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self {
            name,
            required: true,
            kind,
            about,
        }
    }
}

/// The words of a table that pairs them with values.
pub(crate) fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}
