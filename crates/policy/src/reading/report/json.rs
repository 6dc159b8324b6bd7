//! A reading as JSON. Places are lines and columns from 1, columns in
//! characters; the end is exclusive.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::bundle::Bundle;
use crate::diagnostic::Location;
use crate::reading::Reading;
use crate::render::json::values;
use crate::render::position::Lines;

/// The whole reading, indented. The bundle holds the file that was read.
#[must_use]
pub fn json(reading: &Reading, bundle: &Bundle) -> String {
    let mut lines = Lines::new(bundle);
    let commitments: Vec<Value> = reading
        .commitments
        .iter()
        .map(|commitment| placed(commitment, &commitment.at, &mut lines))
        .collect();
    let durations: Vec<Value> = reading
        .durations
        .iter()
        .map(|duration| placed(duration, &duration.at, &mut lines))
        .collect();
    let recipients: Vec<Value> = reading
        .recipients
        .iter()
        .map(|recipient| {
            let at: Vec<Value> = recipient
                .at
                .iter()
                .map(|at| place(at, &mut lines))
                .collect();
            json!({ "name": recipient.name, "known": recipient.known, "at": at })
        })
        .collect();
    let report = json!({
        "path": reading.path,
        "title": reading.title,
        "words": reading.words,
        "sentences": reading.sentences,
        "effective": reading.effective.map(|date| date.to_string()),
        "own_names": reading.own_names,
        "commitments": commitments,
        "durations": durations,
        "recipients": recipients,
        "findings": values(&reading.findings, bundle),
    });
    // Texts and numbers only: serialising them can't fail.
    serde_json::to_string_pretty(&report).unwrap_or_default()
}

/// What was found, with lines and columns instead of bytes.
fn placed(found: &impl Serialize, at: &Location, lines: &mut Lines<'_>) -> Value {
    let mut fields = match serde_json::to_value(found) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    fields.insert("at".to_owned(), place(at, lines));
    Value::Object(fields)
}

fn place(at: &Location, lines: &mut Lines<'_>) -> Value {
    let start = lines.position(&at.path, at.span.start);
    let end = lines.position(&at.path, at.span.end);
    json!({
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    })
}
