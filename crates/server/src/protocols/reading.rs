//! Reading the JSON object of a protocol's message, key by key. Every mistake is
//! named by its key; no value is repeated, since it may be personal. Keys that the
//! protocol doesn't define are left alone: later minor versions add some.

use candor_domain::personal::Personal;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Characters of one text.
const TEXT_CHARS_MAX: usize = 2_048;

/// An object that is being read.
pub(super) struct Reading {
    left: Map<String, Value>,
    wrong: Vec<String>,
}

impl Reading {
    /// Of a body; `None` where it is no object.
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        match serde_json::from_slice(body).ok()? {
            Value::Object(left) => Some(Self::of_object(left)),
            _ => None,
        }
    }

    /// Of an object within another.
    pub(super) const fn of_object(left: Map<String, Value>) -> Self {
        let wrong = Vec::new();
        Self { left, wrong }
    }

    /// A text that may be missing.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        match self.left.remove(key)? {
            Value::Null => None,
            Value::String(text) if text.chars().count() <= TEXT_CHARS_MAX => Some(text),
            Value::String(_) => self.wrong(key, "is too long"),
            _ => self.wrong(key, "must be a string"),
        }
    }

    /// A text that must be there.
    pub(super) fn required(&mut self, key: &str) -> Option<String> {
        let known = self.wrong.len();
        let text = self.text(key).filter(|text| !text.is_empty());
        if text.is_none() && self.wrong.len() == known {
            self.wrong.push(format!("`{key}` is missing"));
        }
        text
    }

    /// A text about a person that may be missing.
    pub(super) fn personal(&mut self, key: &str) -> Option<Personal<String>> {
        self.text(key).map(Personal::new)
    }

    /// A moment that must be there.
    pub(super) fn moment(&mut self, key: &str) -> Option<Timestamp> {
        let text = self.required(key)?;
        match text.parse() {
            Ok(moment) => Some(moment),
            Err(_) => self.wrong(key, "must be a time with its offset, as in RFC 3339"),
        }
    }

    /// Yes or no; no where it is missing.
    pub(super) fn flag(&mut self, key: &str) -> bool {
        match self.left.remove(key) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => self.wrong(key, "must be true or false").unwrap_or(false),
        }
    }

    /// A list; empty where it is missing.
    pub(super) fn list(&mut self, key: &str, items_max: usize) -> Vec<Value> {
        match self.left.remove(key) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) if items.len() <= items_max => items,
            Some(Value::Array(_)) => self.wrong(key, "has too many items").unwrap_or_default(),
            Some(_) => self.wrong(key, "must be an array").unwrap_or_default(),
        }
    }

    /// An object within.
    pub(super) fn object(&mut self, key: &str) -> Option<Map<String, Value>> {
        match self.left.remove(key)? {
            Value::Null => None,
            Value::Object(object) => Some(object),
            _ => self.wrong(key, "must be an object"),
        }
    }

    /// Says that a value doesn't fit.
    pub(super) fn wrong<T>(&mut self, key: &str, what: &str) -> Option<T> {
        self.wrong.push(format!("`{key}` {what}"));
        None
    }

    /// Takes over what was wrong in an object within.
    pub(super) fn join(&mut self, inner: Self) {
        self.wrong.extend(inner.wrong);
    }

    /// What was wrong, each with its key.
    pub(super) fn finish(self) -> Vec<String> {
        self.wrong
    }
}
