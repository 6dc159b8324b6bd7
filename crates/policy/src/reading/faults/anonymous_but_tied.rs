//! CND0708: "anonymous" data that are tied to an account.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::page::Sentence;

pub(crate) const CODE: Code = Code {
    id: "CND0708",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0708.md"),
};

/// Words at a sentence's beginning that may point back.
const GOES_ON_WORDS: usize = 3;

/// Looks in the sentence that says "anonymous", and in the one after it.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut before: Option<&Sentence> = None;
    for sentence in facts.page.body() {
        let tied = sentence
            .faults
            .first("tied")
            .filter(|_| !sentence.faults.has("untied"));
        let anonymous = anonymous(sentence).then_some(sentence).or_else(|| {
            let goes_on = sentence.tokens.iter().take(GOES_ON_WORDS).any(|token| {
                matches!(
                    token.word.as_str(),
                    "this" | "these" | "they" | "it" | "the" | "such" | "them"
                )
            });
            before.filter(|before| goes_on && before.block == sentence.block && anonymous(before))
        });
        if let (Some(words), Some(anonymous)) = (tied, anonymous) {
            diagnostics.push(
                CODE.at(
                    facts.page.place_words(sentence, &words),
                    "tied to a person",
                    "data called anonymous are tied to a person",
                )
                .with_secondary(facts.page.place(anonymous), "anonymous")
                .with_help("call them pseudonymous, or cut the tie"),
            );
        }
        before = Some(sentence);
    }
}

fn anonymous(sentence: &Sentence) -> bool {
    sentence.faults.has("anonymous")
        && !sentence.question
        && !sentence.has_word(&["not", "never", "cannot"])
}
