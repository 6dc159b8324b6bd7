//! CND0721: a claim that time has overtaken.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::lexicon;

pub(crate) const CODE: Code = Code {
    id: "CND0721",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0721.md"),
};

/// Looks every sentence up in `data/reading/stale.txt`.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let rules = &*lexicon::STALE;
    let mut reported: Vec<usize> = Vec::new();
    for sentence in &facts.page.sentences {
        let hits = rules.patterns.find(&sentence.tokens);
        let past = hits.iter().any(|hit| rules.name(*hit.rule) == "past");
        for hit in hits {
            let rule = *hit.rule;
            let says = rules.name(rule);
            if past || says == "past" || reported.contains(&rule) {
                continue;
            }
            reported.push(rule);
            diagnostics.push(
                CODE.at(
                    facts.page.place_words(sentence, &hit.words),
                    "overtaken",
                    says,
                )
                .with_help("say what holds today"),
            );
        }
    }
}
