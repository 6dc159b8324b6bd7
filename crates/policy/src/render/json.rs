//! Diagnostics for machines: an array of objects with code, severity, message,
//! path, line, column, end, help and fix. Lines and columns count from 1, columns
//! in characters; the end is exclusive. A fix counts bytes.

use serde::Serialize;

use super::position::Lines;
use crate::bundle::Bundle;
use crate::diagnostic::{Diagnostic, Label, Severity};

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    help: Option<&'a str>,
    fix: Option<Change<'a>>,
    secondary: Vec<Place<'a>>,
}

/// A change that mends a finding: bytes from `start` to before `end`.
#[derive(Serialize)]
struct Change<'a> {
    path: &'a str,
    start: usize,
    end: usize,
    replacement: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    label: &'a str,
    path: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// Every diagnostic as JSON, indented.
///
/// ```
/// use candor_policy::render::json::render;
/// use candor_policy::{Bundle, compile};
///
/// let bundle = Bundle::new([("candor.yaml".to_owned(), "candr: 1\n".to_owned())]);
/// let json = render(&compile(&bundle).diagnostics, &bundle);
/// assert!(json.contains(r#""code": "CND0201""#));
/// ```
#[must_use]
pub fn render(diagnostics: &[Diagnostic], bundle: &Bundle) -> String {
    // Texts and numbers only: serialising them can't fail.
    serde_json::to_string_pretty(&values(diagnostics, bundle)).unwrap_or_default()
}

/// Every diagnostic as a value, to stand in a larger one.
pub(crate) fn values(diagnostics: &[Diagnostic], bundle: &Bundle) -> serde_json::Value {
    let mut lines = Lines::new(bundle);
    let findings: Vec<Finding<'_>> = diagnostics
        .iter()
        .map(|diagnostic| Finding {
            code: diagnostic.code,
            severity: diagnostic.severity,
            message: &diagnostic.message,
            place: place(&diagnostic.primary, &mut lines),
            help: diagnostic.help.as_deref(),
            fix: diagnostic.fix.as_ref().map(|fix| Change {
                path: &fix.at.path,
                start: fix.at.span.start,
                end: fix.at.span.end,
                replacement: &fix.replacement,
            }),
            secondary: diagnostic
                .secondary
                .iter()
                .map(|label| place(label, &mut lines))
                .collect(),
        })
        .collect();
    serde_json::to_value(&findings).unwrap_or_default()
}

fn place<'a>(label: &'a Label, lines: &mut Lines<'_>) -> Place<'a> {
    let path = label.at.path.as_str();
    let start = lines.position(path, label.at.span.start);
    let end = lines.position(path, label.at.span.end);
    Place {
        label: &label.text,
        path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
    }
}
