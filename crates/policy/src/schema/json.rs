//! The tables as JSON Schema (draft 2020-12), for editors that complete and
//! check YAML as it is written. What it allows, the reader can read, names that
//! aren't declared aside; what it refuses, the reader reports.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Kind, Rule, Shape};
use crate::countries;
use crate::vocabulary;
use crate::{maps, sections};

/// The schema of `candor.yaml`, indented. Its `$defs.part` is that of a file
/// that `include` names.
///
/// ```
/// let schema = candor_policy::schema::declaration();
/// assert!(schema.contains("\"retention\""));
/// ```
#[must_use]
pub fn declaration() -> String {
    let mut definitions = Definitions::default();
    definitions.add(&sections::SHAPE);
    let mut part = object(&sections::SHAPE, &mut definitions);
    if let Some(part) = part.as_object_mut() {
        part.remove("required");
        if let Some(properties) = part.get_mut("properties").and_then(Value::as_object_mut) {
            for whole in ["candor", "include"] {
                properties.remove(whole);
            }
        }
    }
    definitions.done.insert("part".to_owned(), part);
    document("Candor declaration", &sections::SHAPE, definitions)
}

/// The schema of a map: what the columns of a source are. Indented.
#[must_use]
pub fn map() -> String {
    let mut definitions = Definitions::default();
    definitions.add(&maps::SHAPE);
    document("Candor map", &maps::SHAPE, definitions)
}

fn document(title: &str, root: &Shape, definitions: Definitions) -> String {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$ref": reference(root.name),
        "$defs": definitions.done,
    });
    // Texts, numbers and lists only: serialising them can't fail.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Default)]
struct Definitions {
    done: BTreeMap<String, Value>,
}

impl Definitions {
    /// Adds a shape and everything in it. Depth is that of the tables.
    fn add(&mut self, shape: &Shape) -> Value {
        if !self.done.contains_key(shape.name) {
            self.done.insert(shape.name.to_owned(), Value::Null);
            let made = object(shape, self);
            self.done.insert(shape.name.to_owned(), made);
        }
        json!({ "$ref": reference(shape.name) })
    }

    /// Adds a list of words under a name.
    fn words(&mut self, name: &str, words: impl Iterator<Item = &'static str>) -> Value {
        let words: Vec<&str> = words.collect();
        self.done
            .entry(name.to_owned())
            .or_insert_with(|| json!({ "enum": words }));
        json!({ "$ref": reference(name) })
    }
}

fn reference(name: &str) -> String {
    format!("#/$defs/{name}")
}

fn object(shape: &Shape, definitions: &mut Definitions) -> Value {
    let mut properties = Map::new();
    for key in shape.keys {
        let mut value = value(key.kind, definitions);
        if let Some(value) = value.as_object_mut() {
            value.insert("description".to_owned(), key.about.into());
        }
        properties.insert(key.name.to_owned(), value);
    }
    let required: Vec<&str> = shape
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    // An entry without a value is an empty map, where an empty map will do.
    let kind = if required.is_empty() && shape.rules.is_empty() {
        json!(["object", "null"])
    } else {
        json!("object")
    };
    let mut made = json!({
        "type": kind,
        "description": shape.about,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let rules: Vec<Value> = shape.rules.iter().map(|one| rule(*one)).collect();
    if !rules.is_empty()
        && let Some(made) = made.as_object_mut()
    {
        made.insert("allOf".to_owned(), rules.into());
    }
    made
}

fn rule(rule: Rule) -> Value {
    let there = |keys: &[&str]| json!({ "required": keys });
    let each = |keys: &[&str]| keys.iter().map(|key| there(&[key])).collect::<Vec<_>>();
    match rule {
        Rule::One(keys) => json!({ "oneOf": each(keys) }),
        Rule::Some(keys) => json!({ "anyOf": each(keys) }),
        Rule::NotBoth(keys) => json!({ "not": there(&keys) }),
        Rule::Needs(key, needed) => json!({ "dependentRequired": { key: needed } }),
        Rule::NeedsWhere { key, word, needed } => json!({
            "if": { "properties": { key: { "const": word } }, "required": [key] },
            "then": there(&[needed]),
        }),
    }
}

fn value(kind: Kind, definitions: &mut Definitions) -> Value {
    match kind {
        Kind::Text => json!({ "type": ["string", "number"] }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Count => json!({ "type": "integer", "minimum": 1 }),
        Kind::Period => json!({
            "type": "string",
            "examples": ["90 days", "seven working days", "24 hours", "1 month"],
        }),
        Kind::Every => json!({ "type": "string", "examples": ["day", "90 days"] }),
        Kind::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Kind::Variable => json!({ "type": "string", "pattern": "^\\$\\{[A-Za-z0-9_]+\\}$" }),
        Kind::Email => json!({ "type": "string", "pattern": "^[^@\\s]+@[^@\\s]+\\.[^@\\s]*$" }),
        Kind::Country => definitions.words("country", countries::codes()),
        Kind::Place => definitions.words("place", countries::codes().chain(countries::regions())),
        Kind::Address => json!({ "type": "string", "pattern": "^(https?://|/)\\S*$" }),
        Kind::Word(words) => word(&words()),
        Kind::Name(_) => json!({ "type": "string", "pattern": NAME }),
        Kind::Category => definitions.words("data_category", vocabulary::data_categories()),
        Kind::Purpose => definitions.words("purpose_category", vocabulary::purposes()),
        Kind::Many(item) => {
            let item = value(*item, definitions);
            json!({ "anyOf": [item, { "type": "array", "items": item }] })
        }
        Kind::List(item) => json!({ "type": "array", "items": value(*item, definitions) }),
        Kind::Either(one, other) => {
            json!({ "anyOf": [value(*one, definitions), value(*other, definitions)] })
        }
        Kind::Map(shape) => definitions.add(shape),
        Kind::Named(item) => json!({
            "type": ["object", "null"],
            "patternProperties": { NAME: value(*item, definitions) },
            "additionalProperties": false,
        }),
        Kind::Free(item) => json!({
            "type": ["object", "null"],
            "additionalProperties": value(*item, definitions),
        }),
        Kind::Closable(item) => json!({
            "type": ["object", "null"],
            "properties": { "only": {
                "type": "boolean",
                "description": "Whether the list is complete: a promise of its own.",
            } },
            "patternProperties": { NOT_ONLY: value(*item, definitions) },
            "additionalProperties": false,
        }),
    }
}

/// Names the author chooses.
const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";
/// The same, where `only` closes the list.
const NOT_ONLY: &str = "^(?!only$)[A-Za-z0-9_-]{1,64}$";

/// One of a few words. Spaces and hyphens may stand for underscores, and a word
/// that YAML reads as a number may be one.
fn word(words: &[&str]) -> Value {
    let mut allowed: Vec<Value> = Vec::new();
    for word in words {
        allowed.push((*word).into());
        if let Ok(number) = word.parse::<f64>() {
            allowed.push(match word.parse::<u64>() {
                Ok(whole) => whole.into(),
                Err(_) => number.into(),
            });
        }
    }
    let spaced: Vec<String> = words
        .iter()
        .filter(|word| word.contains(['_', '-']))
        .map(|word| word.replace(['_', '-'], "[ _-]"))
        .collect();
    if spaced.is_empty() {
        return json!({ "enum": allowed });
    }
    let pattern = format!("^({})$", spaced.join("|"));
    json!({ "anyOf": [{ "enum": allowed }, { "type": "string", "pattern": pattern }] })
}
