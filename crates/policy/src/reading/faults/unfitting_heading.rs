//! CND0736: a heading that says something else than what stands under it.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::lexicon;
use crate::reading::tokens::tokens;

pub(crate) const CODE: Code = Code {
    id: "CND0736",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0736.md"),
};

/// Words under a heading that are enough to tell what they are about.
const WORDS_MIN: usize = 12;

/// Compares each heading that announces a part with the text under it.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let blocks = &facts.page.document.blocks;
    for (at, heading) in blocks.iter().enumerate() {
        if !heading.is_heading() {
            continue;
        }
        let announced: Vec<&str> = hits(&heading.plain)
            .into_iter()
            .filter_map(|name| name.strip_suffix(" heading"))
            .collect();
        // A heading about two things is right when either stands under it.
        let Some(part) = announced.first() else {
            continue;
        };
        let beneath = blocks.get(at + 1..).unwrap_or_default();
        let level = heading.kind;
        let mut words = 0;
        let mut fits = false;
        for block in beneath {
            let ends = block.is_heading() && !facts.is_below(block, at, level);
            if ends {
                break;
            }
            words += block.plain.split_whitespace().count();
            let found = hits(&block.plain);
            fits |= announced.iter().any(|part| {
                found
                    .iter()
                    .any(|name| name.strip_suffix(" beneath") == Some(part))
            });
            if fits {
                break;
            }
        }
        if !fits && words >= WORDS_MIN {
            let place = facts.page.locate(at, &(0..heading.plain.len()));
            diagnostics.push(
                CODE.at(
                    place,
                    "announces something else",
                    format!("nothing under `{}` is about {part}", heading.plain.trim()),
                )
                .with_help("name the heading after what stands under it"),
            );
        }
    }
}

fn hits(text: &str) -> Vec<&'static str> {
    let rules = &*lexicon::PARTS;
    let words = tokens(text, 0..text.len());
    let found = rules.patterns.find(&words);
    found.into_iter().map(|hit| rules.name(*hit.rule)).collect()
}
