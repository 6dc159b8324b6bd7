//! The faults that a text shows by itself (CND0701 to CND0752), in the texts of
//! a policy that the rules can read. Left out is what a comparison with the
//! declaration said of the same words, and what is about linked words: they
//! were compared with what is declared, which knows more than the text.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Location};
use crate::reading;
use crate::text::Document;

/// The language that the rules read.
const LANGUAGE: &str = "en";

/// The faults of each document.
pub(crate) fn find(documents: &[Document]) -> Vec<Vec<Diagnostic>> {
    let found = documents.iter().map(|document| {
        let text = &document.text;
        match text.language.split('-').next() {
            Some(LANGUAGE) => reading::faults_of(&text.path, &text.markdown),
            _ => Vec::new(),
        }
    });
    found.collect()
}

/// Adds what no comparison found.
pub(crate) fn add(
    documents: &[Document],
    faults: Vec<Vec<Diagnostic>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let compared = diagnostics.len();
    for (document, faults) in documents.iter().zip(faults) {
        for found in faults {
            let at = &found.primary.at;
            let mut compared = diagnostics.iter().take(compared);
            let told = compared.any(|other| overlap(&other.primary.at, at));
            let linked = document.links.iter().any(|link| meet(&link.span, &at.span));
            if !told && !linked {
                diagnostics.push(found);
            }
        }
    }
}

fn overlap(one: &Location, other: &Location) -> bool {
    one.path == other.path && meet(&one.span, &other.span)
}

const fn meet(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}
