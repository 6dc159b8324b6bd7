//! What changed within a promise, field by field, with the reason in words.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::direction::Direction;
use super::families::{Field, Rules};
use super::order::{Order, Terms, as_period, compare, texts, value};
use crate::words::{list, plain};

/// One field of a promise that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name in the declaration.
    pub field: String,
    /// How the later value stands to the earlier one.
    pub direction: Direction,
    /// The earlier value in words; empty where none was declared.
    pub before: String,
    /// The later value in words; empty where none is declared.
    pub after: String,
    /// The change and why it is stronger or weaker, in words.
    pub reason: String,
}

/// The fields that differ, in the order of the rules; a field without a rule
/// is incomparable.
pub(super) fn changes(rules: &Rules, before: &Terms, after: &Terms) -> Vec<FieldChange> {
    let known = rules.fields.iter().filter_map(|field| {
        let direction = compare(field.order, field.name, before, after);
        let differs = value(before, field.name) != value(after, field.name);
        (differs || direction != Direction::Equal).then(|| change(field, direction, before, after))
    });
    let unknown = before
        .keys()
        .chain(after.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|name| rules.fields.iter().all(|field| field.name != name.as_str()))
        .filter(|name| value(before, name) != value(after, name))
        .map(|name| unordered(name, before, after));
    known
        .chain(unknown)
        .filter(|change| change.direction != Direction::Equal || change.before != change.after)
        .collect()
}

fn change(field: &Field, direction: Direction, before: &Terms, after: &Terms) -> FieldChange {
    let (was, is) = (value(before, field.name), value(after, field.name));
    FieldChange {
        field: field.name.to_owned(),
        direction,
        before: in_words(was),
        after: in_words(is),
        reason: reason(field, direction, was, is),
    }
}

fn unordered(name: &str, before: &Terms, after: &Terms) -> FieldChange {
    let (was, is) = (value(before, name), value(after, name));
    FieldChange {
        field: name.to_owned(),
        direction: Direction::Incomparable,
        before: in_words(was),
        after: in_words(is),
        reason: format!("{}: {}", plain(name), replaced(was, is)),
    }
}

fn reason(field: &Field, direction: Direction, was: &Value, is: &Value) -> String {
    let label = field.label;
    let what = if was.is_array() || is.is_array() {
        added_and_removed(was, is)
    } else {
        match (was, is) {
            (_, Value::Bool(true)) => "now".to_owned(),
            (_, Value::Bool(false)) => "no longer".to_owned(),
            _ => replaced(was, is),
        }
    };
    let why = match (field.order, direction) {
        (Order::Shorter(_) | Order::Longer | Order::Keep, Direction::Incomparable) => {
            ", which may be longer or shorter"
        }
        (Order::Same, _) => "",
        (Order::Limit | Order::Exception | Order::Levels(_), Direction::Incomparable) => {
            ", which no rule orders"
        }
        _ => "",
    };
    format!("{label}: {what}{why}")
}

fn replaced(was: &Value, is: &Value) -> String {
    match (in_words(was).as_str(), in_words(is).as_str()) {
        ("", is) => format!("{is}, which was not declared before"),
        (was, "") => format!("no longer declared; it was {was}"),
        (was, is) => format!("{is} instead of {was}"),
    }
}

fn added_and_removed(was: &Value, is: &Value) -> String {
    let (was, is) = (texts(was), texts(is));
    let words = |what: &str, names: Vec<&&str>| {
        let names: Vec<String> = names.into_iter().map(|name| plain(name)).collect();
        (!names.is_empty()).then(|| format!("{what} {}", list(&names)))
    };
    let parts = [
        words("added", is.difference(&was).collect()),
        words("removed", was.difference(&is).collect()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// A value as a person says it; empty for none.
fn in_words(value: &Value) -> String {
    if let Some(period) = as_period(value) {
        return period.to_string();
    }
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => plain_name(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(in_words).collect();
            list(&items)
        }
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| part_in_words(name, value))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// A ceiling (`until`, `forever`) or a part of a value made of several.
fn part_in_words(name: &str, value: &Value) -> String {
    let words = in_words(value);
    match name {
        "for" | "says" | "criterion" => words,
        "forever" => format!("without end ({words})"),
        "because" => words,
        "review" => format!("reviewed by {words}"),
        other => format!("{} {words}", plain(other)),
    }
}

/// A declared name in words; anything else as it is written.
fn plain_name(text: &str) -> String {
    let is_name = text
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    match is_name {
        true => plain(text),
        false => text.to_owned(),
    }
}
