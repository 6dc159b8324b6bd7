//! Reads entries of the tree as typed values. Every reader reports what is
//! wrong and hands back `None` or less; reading goes on, so that one run
//! reports every mistake. Names that other sections must declare are noted as
//! [`Mention`]s and resolved once everything is read.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;

use jiff::civil::Date;

use crate::bundle::{Bundle, FILE_BYTES_MAX};
use crate::checks::{
    malformed_value, missing_key, too_large, unknown_category, unknown_key, unknown_value,
    wrong_shape, zero_period,
};
use crate::diagnostic::{Diagnostic, Location};
use crate::period::{Period, PeriodError};
use crate::places::Places;
use crate::vocabulary;
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
    path: String,
}

/// The entries of a map whose keys were checked.
pub(crate) struct Fields<'n> {
    within: String,
    anchor: Range<usize>,
    entries: &'n [Entry],
}

impl<'n> Fields<'n> {
    /// The entry with this key, if it is there and not empty.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Entry> {
        self.entries
            .iter()
            .find(|entry| entry.key.text == key)
            .filter(|entry| !matches!(entry.node.value, Value::Null))
    }

    /// What the map is called in messages.
    pub(crate) fn within(&self) -> &str {
        &self.within
    }

    /// The bytes of the key that holds the map.
    pub(crate) fn anchor(&self) -> Range<usize> {
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
            path: path.to_owned(),
        }
    }

    /// The tree of a file, its places noted.
    pub(crate) fn parse(&mut self, path: &str, source: &str) -> Option<Node> {
        let root = yaml::parse(path, source, &mut self.diagnostics)?;
        self.places.add(path, &root);
        Some(root)
    }

    /// Whether a text is short enough to read; reports it where it isn't.
    pub(crate) fn within_size(&mut self, path: &str, text: &str) -> bool {
        let fits = text.len() <= FILE_BYTES_MAX;
        if !fits {
            let at = Location::new(path, 0..0);
            self.report(too_large::bytes(at, text.len()));
        }
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
        Location::new(self.path.clone(), span)
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The entries of a map all of whose keys are known.
    pub(crate) fn fields<'n>(
        &mut self,
        entry: &'n Entry,
        within: impl Into<String>,
        known: &[&str],
    ) -> Option<Fields<'n>> {
        let within = within.into();
        let entries = self.map(entry, &within)?;
        for inner in entries {
            if !known.contains(&inner.key.text.as_str()) {
                let at = self.at(inner.key.span.clone());
                self.report(unknown_key::unknown_key(
                    at,
                    &inner.key.text,
                    &within,
                    known,
                ));
            }
        }
        Some(Fields {
            within,
            anchor: entry.key.span.clone(),
            entries,
        })
    }

    /// The entry with this key, reported if it is missing.
    pub(crate) fn required<'n>(&mut self, fields: &Fields<'n>, key: &str) -> Option<&'n Entry> {
        let entry = fields.get(key);
        if entry.is_none() {
            let at = self.at(fields.anchor());
            self.report(missing_key::missing_key(at, key, fields.within()));
        }
        entry
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

    /// A single value as text.
    pub(crate) fn text(&mut self, entry: &Entry) -> Option<String> {
        self.scalar(&entry.node, &format!("`{}`", entry.key.text))
    }

    /// One text or a list of them, each with its bytes.
    pub(crate) fn texts(&mut self, entry: &Entry) -> Vec<(String, Range<usize>)> {
        let what = format!("`{}`", entry.key.text);
        match &entry.node.value {
            Value::List(items) => items
                .iter()
                .filter_map(|item| Some((self.scalar(item, &what)?, item.span.clone())))
                .collect(),
            _ => self
                .scalar(&entry.node, &what)
                .map(|text| (text, entry.node.span.clone()))
                .into_iter()
                .collect(),
        }
    }

    /// One word or a list of them.
    pub(crate) fn words(&mut self, entry: &Entry) -> Vec<String> {
        self.texts(entry)
            .into_iter()
            .map(|(text, _)| text)
            .collect()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, entry: &Entry) -> Option<bool> {
        self.one_of(entry, "truth value", &[("true", true), ("false", false)])
    }

    /// One of a few words. Spaces and hyphens stand for underscores.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        entry: &Entry,
        what: &str,
        known: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(entry)?;
        let found = pick(&text, known);
        if found.is_none() {
            let at = self.at(entry.node.span.clone());
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            self.report(unknown_value::unknown_value(at, &text, what, &words));
        }
        found
    }

    /// A period, as people say it.
    pub(crate) fn period(&mut self, entry: &Entry) -> Option<Period> {
        let text = self.text(entry)?;
        let at = self.at(entry.node.span.clone());
        match Period::parse(&text) {
            Ok(period) => Some(period),
            Err(PeriodError::Zero) => {
                self.report(zero_period::zero_period(at, &text));
                None
            }
            Err(PeriodError::TooLong | PeriodError::Unclear) => {
                let help = "write it as people say it: `90 days`, `seven working days`, `1 month`";
                self.report(malformed_value::malformed(at, &text, "a period", help));
                None
            }
        }
    }

    /// A day of the calendar.
    pub(crate) fn date(&mut self, entry: &Entry) -> Option<Date> {
        self.parsed(entry, "a date", "write it as `2027-06-01`", |text| {
            text.parse().ok()
        })
    }

    /// A mailbox.
    pub(crate) fn email(&mut self, entry: &Entry) -> Option<String> {
        self.parsed(
            entry,
            "an e-mail address",
            "write it as `privacy@company.example`",
            |text| {
                let (local, domain) = text.split_once('@')?;
                let plain = !text.contains(char::is_whitespace) && !domain.contains('@');
                (plain && !local.is_empty() && domain.contains('.')).then(|| text.to_owned())
            },
        )
    }

    /// A value that a function reads, or a finding that says what it must be.
    pub(crate) fn parsed<T>(
        &mut self,
        entry: &Entry,
        what: &str,
        help: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(entry)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            let at = self.at(entry.node.span.clone());
            self.report(malformed_value::malformed(at, &text, what, help));
        }
        parsed
    }

    /// Data categories of the vocabulary: one or a list.
    pub(crate) fn categories(&mut self, entry: &Entry) -> Vec<String> {
        self.texts(entry)
            .into_iter()
            .filter_map(|(text, span)| self.category(text, span))
            .collect()
    }

    /// A data category of the vocabulary.
    pub(crate) fn category(&mut self, text: String, span: Range<usize>) -> Option<String> {
        if vocabulary::is_data_category(&text) {
            return Some(text);
        }
        let at = self.at(span);
        let known = vocabulary::data_categories();
        self.report(unknown_category::unknown_category(
            at,
            &text,
            "data category",
            known,
        ));
        None
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

    fn scalar(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.value {
            Value::Scalar(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => {
                self.wrong_shape(node, what, "a single value");
                None
            }
        }
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

/// The value of a word in a table, spaces and hyphens standing for
/// underscores.
pub(crate) fn pick<T: Copy>(text: &str, known: &[(&str, T)]) -> Option<T> {
    let plain = |word: &str| word.replace([' ', '-'], "_").to_ascii_lowercase();
    let wanted = plain(text);
    known
        .iter()
        .find(|(word, _)| plain(word) == wanted)
        .map(|(_, value)| *value)
}
