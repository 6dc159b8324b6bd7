//! Diagnostics as SARIF 2.1.0 (OASIS), which code hosts show beside the lines
//! they are about. Columns count characters, from 1; the end is exclusive.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::position::Lines;
use crate::bundle::Bundle;
use crate::checks::explain;
use crate::diagnostic::{Diagnostic, Label, Severity};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Every diagnostic, with the pages of the codes it needs, as a SARIF log.
///
/// ```
/// use candor_policy::render::sarif::render;
/// use candor_policy::{Bundle, compile};
///
/// let bundle = Bundle::new([("candor.yaml".to_owned(), "candr: 1\n".to_owned())]);
/// let log = render(&compile(&bundle).diagnostics, &bundle);
/// assert!(log.contains(r#""ruleId": "CND0201""#));
/// ```
#[must_use]
pub fn render(diagnostics: &[Diagnostic], bundle: &Bundle) -> String {
    let mut lines = Lines::new(bundle);
    let mut codes: BTreeMap<&str, usize> = diagnostics
        .iter()
        .map(|diagnostic| (diagnostic.code, 0))
        .collect();
    for (index, place) in codes.values_mut().enumerate() {
        *place = index;
    }
    let rules: Vec<Value> = codes.keys().map(|code| rule(code)).collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| result(diagnostic, &codes, &mut lines))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "candor",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    // Texts and numbers only: serialising them can't fail.
    serde_json::to_string_pretty(&log).unwrap_or_default()
}

fn rule(code: &str) -> Value {
    let page = explain(code).unwrap_or_default();
    let title = page.lines().next().unwrap_or_default();
    let title = title.split_once(": ").map_or(title, |(_, title)| title);
    json!({
        "id": code,
        "shortDescription": { "text": title },
        "help": { "text": page, "markdown": page },
    })
}

fn result(diagnostic: &Diagnostic, codes: &BTreeMap<&str, usize>, lines: &mut Lines<'_>) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let text = match &diagnostic.help {
        None => diagnostic.message.clone(),
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
    };
    let related: Vec<Value> = diagnostic
        .secondary
        .iter()
        .map(|label| location(label, lines))
        .collect();
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": codes.get(diagnostic.code),
        "level": level,
        "message": { "text": text },
        "locations": [location(&diagnostic.primary, lines)],
        "relatedLocations": related,
    })
}

fn location(label: &Label, lines: &mut Lines<'_>) -> Value {
    let path = label.at.path.as_str();
    let start = lines.position(path, label.at.span.start);
    let end = lines.position(path, label.at.span.end);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(path) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
                "byteOffset": label.at.span.start,
                "byteLength": label.at.span.len(),
            },
        },
        "message": { "text": label.text },
    })
}

/// A path as a relative reference (RFC 3986): what isn't unreserved or a slash
/// is written in percent.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Location;

    #[test]
    fn a_result_names_its_rule_and_place() {
        let bundle = Bundle::new([("my policy.md".to_owned(), "é ab\ncd\n".to_owned())]);
        let at = |span| Location::new("my policy.md", span);
        let found = Diagnostic {
            code: "CND0713",
            severity: Severity::Warning,
            message: "m".to_owned(),
            primary: Label {
                at: at(3..5),
                text: "p".to_owned(),
            },
            secondary: vec![Label {
                at: at(6..8),
                text: "s".to_owned(),
            }],
            help: Some("h".to_owned()),
            fix: None,
        };
        let log: Value = serde_json::from_str(&render(&[found], &bundle)).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "CND0713");
        let result = &run["results"][0];
        assert_eq!(result["level"], "warning");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20policy.md");
        assert_eq!(place["region"]["startColumn"], 3);
        let related = &result["relatedLocations"][0]["physicalLocation"]["region"];
        assert_eq!(related["startLine"], 2);
    }
}
