//! CND0741: a part that a policy must have, and this one lacks.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::lexicon;

pub(crate) const CODE: Code = Code {
    id: "CND0741",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0741.md"),
};

/// A shorter text is part of a policy, not the whole.
const WORDS_MIN: usize = 150;

/// Each part, and why it must be there.
const PARTS: [(&str, &str, &str); 12] = [
    ("controller", "who is responsible", "GDPR Article 13(1)(a)"),
    ("contact", "how to reach them", "GDPR Article 13(1)(a)"),
    (
        "bases",
        "the legal basis of each purpose",
        "GDPR Article 13(1)(c)",
    ),
    (
        "transfers",
        "where data go, and on what ground",
        "GDPR Article 13(1)(f)",
    ),
    (
        "retention",
        "how long data are kept",
        "GDPR Article 13(2)(a)",
    ),
    ("rights", "what people can ask", "GDPR Article 13(2)(b)"),
    (
        "authority",
        "the right to complain to an authority",
        "GDPR Article 13(2)(d)",
    ),
    ("children", "children", "GDPR Article 8"),
    ("security", "how data are protected", "GDPR Article 32"),
    (
        "breach",
        "what happens after a breach",
        "GDPR Articles 33 and 34",
    ),
    (
        "cookies",
        "cookies and the like, or that there are none",
        "ePrivacy Directive Article 5(3)",
    ),
    (
        "changes",
        "how people learn of changes",
        "GDPR Article 5(1)(a)",
    ),
];

/// Looks for each part anywhere in the text.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let words: usize = facts
        .page
        .sentences
        .iter()
        .map(|sentence| sentence.tokens.len())
        .sum();
    if words < WORDS_MIN {
        return;
    }
    let rules = &*lexicon::PARTS;
    let mut found: Vec<&str> = Vec::new();
    for sentence in &facts.page.sentences {
        for hit in rules.patterns.find(&sentence.tokens) {
            let name = rules.name(*hit.rule);
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    let top = facts.top();
    for (part, what, law) in PARTS {
        if !found.contains(&part) {
            diagnostics.push(missing(top.clone(), what, law));
        }
    }
    let deadline = facts
        .durations
        .iter()
        .any(|duration| duration.role == crate::reading::Role::Deadline);
    if found.contains(&"rights") && !deadline {
        diagnostics.push(missing(
            top.clone(),
            "by when requests are answered",
            "GDPR Article 12(3)",
        ));
    }
    if facts.version.is_none() {
        diagnostics.push(missing(
            top,
            "the date from which the text holds",
            "GDPR Article 5(2)",
        ));
    }
}

fn missing(at: crate::diagnostic::Location, what: &str, law: &str) -> Diagnostic {
    CODE.at(
        at,
        "not in this text",
        format!("the text doesn't say: {what}"),
    )
    .with_help(format!("add it ({law})"))
}
