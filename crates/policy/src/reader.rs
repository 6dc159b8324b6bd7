//! Reads entries of the tree: maps of a known shape, and (in `values`) single
//! values. Every reader reports what is
//! wrong and hands back `None` or less; reading goes on, so that one run
//! reports every mistake. Names that other sections must declare are noted as
//! [`Mention`]s and resolved once everything is read.

mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::ops::Range;

use crate::bundle::Bundle;
use crate::checks::{contradictory_keys, malformed_value, missing_key, unknown_key, wrong_shape};
use crate::diagnostic::{Diagnostic, Location};
use crate::places::Places;
use crate::promise::Family;
use crate::schema::{Rule, Shape};
use crate::yaml::{self, Entry, Node, Value};

/// A name that a section must declare.
pub(crate) struct Mention {
    /// The section, such as `purposes`.
    pub(crate) section: &'static str,
    /// The name.
    pub(crate) name: String,
    /// Where it is mentioned.
    pub(crate) at: Location,
}

/// The key that says of a section's list that it is complete.
pub(crate) const CLOSED: &str = "only";

/// Reads the files of one bundle.
pub(crate) struct Reader<'a> {
    /// The policy's files.
    pub(crate) bundle: &'a Bundle,
    /// What was found so far.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Names to resolve.
    pub(crate) mentions: Vec<Mention>,
    /// Where every entry read so far stands.
    pub(crate) places: Places,
    /// Families whose list is declared complete.
    pub(crate) closed: BTreeSet<Family>,
    path: String,
}

/// The entries of a map whose keys were checked.
pub(crate) struct Fields<'n> {
    shape: &'static Shape,
    within: String,
    anchor: Range<usize>,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// The entry with this key, if it is there and not empty.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Entry> {
        // INVARIANT: what is read is documented; a key that no shape has would
        // be reported as unknown and read all the same.
        debug_assert!(
            self.shape.keys.iter().any(|known| known.name == key),
            "{} has no key {key}",
            self.shape.name
        );
        self.entries
            .iter()
            .find(|entry| entry.key.text == key)
            .filter(|entry| !matches!(entry.node.value, Value::Null))
    }

    /// What the map is called in messages.
    fn within(&self) -> &str {
        &self.within
    }

    /// The bytes of the key that holds the map.
    fn anchor(&self) -> Range<usize> {
        self.anchor.clone()
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bundle: &'a Bundle, path: &str) -> Self {
        Self {
            bundle,
            diagnostics: Vec::new(),
            mentions: Vec::new(),
            places: Places::default(),
            closed: BTreeSet::new(),
            path: path.to_owned(),
        }
    }

    /// The tree of a file, its places noted.
    pub(crate) fn parse(&mut self, path: &str, source: &str) -> Option<Node> {
        let root = yaml::parse(path, source, &mut self.diagnostics)?;
        self.places.add(path, &root);
        Some(root)
    }

    /// Whether a text is within the limits; reports why it isn't.
    pub(crate) fn within_limits(&mut self, refused: Option<Diagnostic>) -> bool {
        let fits = refused.is_none();
        self.diagnostics.extend(refused);
        fits
    }

    /// Reads from another file for a while.
    pub(crate) fn within_file<T>(&mut self, path: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let outer = mem::replace(&mut self.path, path.to_owned());
        let result = read(self);
        self.path = outer;
        result
    }

    /// A place in the file being read.
    pub(crate) fn at(&self, span: Range<usize>) -> Location {
        self.places.locate(&self.path, span)
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The entries of a map of this shape. Unknown keys and required ones
    /// that are missing are reported.
    pub(crate) fn fields<'n>(
        &mut self,
        entry: &'n Entry,
        within: impl Into<String>,
        shape: &'static Shape,
    ) -> Option<Fields<'n>> {
        let within = within.into();
        let entries = self.map(entry, &within)?;
        for inner in entries {
            if !shape.keys.iter().any(|key| key.name == inner.key.text) {
                let at = self.at(inner.key.span.clone());
                let found = unknown_key::unknown_key(at, &inner.key.text, &within, &shape.names());
                self.report(found);
            }
        }
        let fields = Fields {
            shape,
            within,
            anchor: entry.key.span.clone(),
            entries,
        };
        for key in shape.keys.iter().filter(|key| key.required) {
            self.required(&fields, key.name);
        }
        for rule in shape.rules {
            self.rule(&fields, *rule);
        }
        Some(fields)
    }

    /// Reports keys that break a rule of their map.
    fn rule(&mut self, fields: &Fields<'_>, rule: Rule) {
        let given = |keys: &[&'static str]| -> Vec<&str> {
            let given = keys.iter().filter(|key| fields.get(key).is_some());
            given.copied().collect()
        };
        let at = self.at(fields.anchor());
        match rule {
            Rule::One(keys) | Rule::Some(keys) if given(keys).is_empty() => {
                self.report(contradictory_keys::none_of(at, fields.within(), keys));
            }
            Rule::One(keys) if given(keys).len() > 1 => {
                let keys = given(keys);
                self.report(contradictory_keys::contradictory(
                    at,
                    fields.within(),
                    &keys,
                ));
            }
            Rule::NotBoth(keys) if given(&keys).len() > 1 => {
                self.report(contradictory_keys::contradictory(
                    at,
                    fields.within(),
                    &keys,
                ));
            }
            Rule::Needs(key, needed) if fields.get(key).is_some() => {
                for needed in needed {
                    self.required(fields, needed);
                }
            }
            Rule::NeedsWhere { key, word, needed }
                if fields
                    .get(key)
                    .is_some_and(|entry| entry.node.is_word(word)) =>
            {
                self.required(fields, needed);
            }
            _ => {}
        }
    }

    /// Reports a key that is missing.
    fn required(&mut self, fields: &Fields<'_>, key: &str) {
        if fields.get(key).is_none() {
            let at = self.at(fields.anchor());
            self.report(missing_key::missing_key(at, key, fields.within()));
        }
    }

    /// The value of this key, if it is there.
    pub(crate) fn field<T>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Entry) -> Option<T>,
    ) -> Option<T> {
        fields.get(key).and_then(|entry| read(self, entry))
    }

    /// `true` where this key is there and says so.
    pub(crate) fn flag_field(&mut self, fields: &Fields<'_>, key: &str) -> bool {
        self.field(fields, key, Self::flag).unwrap_or_default()
    }

    /// The words of this key, none where it isn't there.
    pub(crate) fn words_field(&mut self, fields: &Fields<'_>, key: &str) -> Vec<String> {
        self.field(fields, key, |reader, entry| Some(reader.words(entry)))
            .unwrap_or_default()
    }

    /// The names of this key that a section must declare.
    pub(crate) fn names_field(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        section: &'static str,
    ) -> Vec<String> {
        self.field(fields, key, |reader, entry| {
            Some(reader.mentions(entry, section))
        })
        .unwrap_or_default()
    }

    /// The one name of this key that a section must declare.
    pub(crate) fn name_field(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        section: &'static str,
    ) -> Option<String> {
        let entry = fields.get(key)?;
        let name = self.text(entry)?;
        self.mention(&name, entry.node.span.clone(), section);
        Some(name)
    }

    /// The entries of a map; an entry without a value is an empty map.
    pub(crate) fn map<'n>(&mut self, entry: &'n Entry, what: &str) -> Option<&'n [Entry]> {
        match &entry.node.value {
            Value::Map(entries) => Some(entries),
            Value::Null => Some(&[]),
            _ => {
                self.wrong_shape(&entry.node, what, "a map of `key: value`");
                None
            }
        }
    }

    /// A map from names the author chose to entries of one kind.
    pub(crate) fn named<T>(
        &mut self,
        entry: &Entry,
        mut read: impl FnMut(&mut Self, &Entry) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let Some(entries) = self.map(entry, &format!("`{}`", entry.key.text)) else {
            return BTreeMap::new();
        };
        entries
            .iter()
            .filter_map(|inner| {
                let named = self.is_name(inner);
                let value = read(self, inner);
                named.then_some((inner.key.text.clone(), value?))
            })
            .collect()
    }

    /// The same, where `only: true` says that the list is complete.
    pub(crate) fn closable<T>(
        &mut self,
        entry: &Entry,
        family: Family,
        mut read: impl FnMut(&mut Self, &Entry) -> Option<T>,
    ) -> BTreeMap<String, T> {
        self.named(entry, |reader, inner| {
            if inner.key.text == CLOSED {
                if reader.flag(inner) == Some(true) {
                    reader.closed.insert(family);
                }
                return None;
            }
            read(reader, inner)
        })
    }

    /// Names that a section must declare: one or a list.
    pub(crate) fn mentions(&mut self, entry: &Entry, section: &'static str) -> Vec<String> {
        let texts = self.texts(entry);
        for (name, span) in &texts {
            self.mention(name, span.clone(), section);
        }
        texts.into_iter().map(|(name, _)| name).collect()
    }

    /// Notes a name that a section must declare.
    pub(crate) fn mention(&mut self, name: &str, span: Range<usize>, section: &'static str) {
        let at = self.at(span);
        self.mentions.push(Mention {
            section,
            name: name.to_owned(),
            at,
        });
    }

    pub(crate) fn wrong_shape(&mut self, node: &Node, what: &str, expected: &str) {
        let at = self.at(node.span.clone());
        self.report(wrong_shape::wrong_shape(at, what, expected, node));
    }

    /// Names become parts of promise ids and of addresses on the page.
    fn is_name(&mut self, entry: &Entry) -> bool {
        const NAME_CHARS_MAX: usize = 64;
        let name = entry.key.text.as_str();
        let good = !name.is_empty()
            && name.len() <= NAME_CHARS_MAX
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
        if !good {
            let at = self.at(entry.key.span.clone());
            let help = "use letters, digits, `_` and `-`, such as `usage_events`; at most 64";
            self.report(malformed_value::malformed(at, name, "a name", help));
        }
        good
    }
}
