//! `candor.yaml` as people read it: one entry a line, above it where it comes
//! from and how sure that is; at the end, what is in no entry.

use std::fmt::Write;
use std::ops::Range;

use serde::Serialize;

use super::fact::{Entry, Fact, Origin};
use super::organisation::{Organisation, Told};
use crate::diagnostic::Diagnostic;
use crate::yaml::{flat, quoted};

/// Sections in the order in which a declaration is read.
const SECTIONS: [&str; 14] = [
    "purposes",
    "data",
    "vendors",
    "sale",
    "retention",
    "rights",
    "security",
    "staff",
    "disclosure",
    "locations",
    "aggregates",
    "children",
    "decisions",
    "changes",
];
/// Sections that are one value.
const SINGLE: [&str; 4] = ["sale", "children", "decisions", "changes"];
/// Characters of a sentence that a comment shows.
const SHOWN: usize = 160;

/// A declaration, and each fact's entry: the fact's index and the entry's
/// bytes.
pub(super) struct Written {
    pub(super) yaml: String,
    pub(super) entries: Vec<(usize, Range<usize>, Entry)>,
}

/// A sentence that the draft leaves to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Its line in the drafted text, from 1.
    pub line: usize,
    /// The sentence.
    pub sentence: String,
    /// What it would be, or what was not drafted from it and why.
    pub why: String,
}

/// What a declaration says in comments at its end.
pub(super) struct Aside<'d> {
    pub(super) against_itself: &'d [Diagnostic],
    pub(super) left: &'d [Left],
    pub(super) replaced: &'d [(String, String)],
}

/// Writes the declaration.
pub(super) fn declaration(
    organisation: &Organisation,
    facts: &[(usize, &Fact, Origin)],
    aside: &Aside<'_>,
) -> Written {
    let mut yaml = String::from(
        "# Drafted from the words of policy.md. Above every entry stands the line it came\n\
         # from, how sure that is, the words and their sentence; check each. Nothing is\n\
         # declared that the text doesn't say: whose data it is (`of`) and what for (`for`)\n\
         # are yours to add.\n\ncandor: 1\n",
    );
    organisation_section(&mut yaml, organisation);
    put(&mut yaml, format_args!("text: {{ en: policy.md }}"));
    let mut entries = Vec::new();
    for section in SECTIONS {
        let here = facts.iter().filter(|(_, fact, _)| fact.section == section);
        let single = SINGLE.contains(&section);
        let indent = if single { "" } else { "  " };
        for (nth, (index, fact, origin)) in here.enumerate() {
            if nth == 0 {
                yaml.push('\n');
            }
            if nth == 0 && !single {
                put(&mut yaml, format_args!("{section}:"));
            }
            from(&mut yaml, indent, fact.sureness.word(), origin);
            let start = yaml.len();
            let key = if single { section } else { fact.name.as_str() };
            put(&mut yaml, format_args!("{indent}{key}: {}", fact.value));
            let entry = Entry {
                promise: fact.promise.clone(),
                value: fact.value.clone(),
                sureness: fact.sureness,
                origin: origin.clone(),
            };
            entries.push((*index, start..yaml.len(), entry));
        }
    }
    at_the_end(&mut yaml, aside);
    Written { yaml, entries }
}

/// The comment above an entry.
fn from(yaml: &mut String, indent: &str, sureness: &str, origin: &Origin) {
    let (words, sentence) = (comment(&origin.words), comment(&origin.sentence));
    let line = origin.line;
    match origin.sentence.trim() == origin.words.trim() {
        true => put(
            yaml,
            format_args!("{indent}# line {line}, {sureness}: “{words}”"),
        ),
        false => put(
            yaml,
            format_args!("{indent}# line {line}, {sureness}: “{words}” in: {sentence}"),
        ),
    }
}

fn at_the_end(yaml: &mut String, aside: &Aside<'_>) {
    let against = aside
        .against_itself
        .iter()
        .map(|found| format!("{}: {}", found.code, comment(&found.message)));
    list(
        yaml,
        "What the text says against itself (`candor explain CODE`):",
        against,
    );
    let replaced = aside
        .replaced
        .iter()
        .map(|(words, target)| format!("“{}” led to {}", comment(words), comment(target)));
    list(
        yaml,
        "Links that made way for a promise, since a link can't hold another:",
        replaced,
    );
    let left = aside.left.iter().map(|left| {
        let (sentence, why) = (comment(&left.sentence), comment(&left.why));
        format!("line {}: {sentence} ({why})", left.line)
    });
    list(yaml, "Not understood, or not enough for an entry:", left);
}

fn organisation_section(yaml: &mut String, organisation: &Organisation) {
    yaml.push_str("organisation:\n");
    value(yaml, "  ", "name", organisation.name.as_ref(), true);
    value(yaml, "  ", "country", organisation.country.as_ref(), true);
    if organisation.email.is_none() && organisation.officer.is_none() {
        yaml.push_str("  # contact: { email: … } must be added: the text has no address\n");
        return;
    }
    yaml.push_str("  contact:\n");
    let officer = organisation.officer.as_ref();
    value(yaml, "    ", "email", organisation.email.as_ref(), true);
    value(yaml, "    ", "officer", officer, false);
}

fn value(yaml: &mut String, indent: &str, key: &str, told: Option<&Told>, needed: bool) {
    match told {
        Some(told) => {
            match &told.origin {
                Some(origin) => from(yaml, indent, "likely", origin),
                None => put(
                    yaml,
                    format_args!("{indent}# not from the text: given when it was drafted"),
                ),
            }
            put(yaml, format_args!("{indent}{key}: {}", quoted(&told.value)));
        }
        None if needed => put(
            yaml,
            format_args!("{indent}# {key}: … must be added: the text doesn't say it"),
        ),
        None => {}
    }
}

fn list(yaml: &mut String, title: &str, items: impl ExactSizeIterator<Item = String>) {
    if items.len() == 0 {
        return;
    }
    put(yaml, format_args!("\n# {title}"));
    for item in items {
        put(yaml, format_args!("# - {item}"));
    }
}

/// Words in a comment: one line, no control characters, of bounded length.
fn comment(words: &str) -> String {
    let flat = flat(words);
    match flat.char_indices().nth(SHOWN) {
        None => flat,
        Some((end, _)) => format!("{} …", flat.get(..end).unwrap_or_default().trim_end()),
    }
}

fn put(yaml: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to memory can't fail.
    let _ = writeln!(yaml, "{line}");
}
