//! CND0752: a text that the rules cannot read.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0752",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0752.md"),
};

/// English words that make up a third of any English text.
const COMMON: [&str; 20] = [
    "the", "of", "and", "to", "a", "in", "we", "you", "your", "or", "is", "for", "that", "our",
    "with", "be", "are", "not", "it", "this",
];
/// Fewer words don't show a language.
const WORDS_MIN: usize = 20;
/// Of a hundred words, how many are common ones in English.
const COMMON_MIN: usize = 10;

/// Whether the rules, which are for English, can read the text.
pub(crate) fn is_read(facts: &Facts<'_>) -> bool {
    let words = facts
        .page
        .sentences
        .iter()
        .flat_map(|sentence| &sentence.tokens);
    let (all, common) = words.fold((0, 0), |(all, common), token| {
        (
            all + 1,
            common + usize::from(COMMON.contains(&token.word.as_str())),
        )
    });
    all < WORDS_MIN || common * 100 >= all * COMMON_MIN
}

/// One finding, instead of a wrong one for everything.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.push(
        CODE.at(
            facts.top(),
            "not English",
            "the text isn't in English, and was not read",
        )
        .with_help(
            "the rules are for English; compile a translation against its declaration instead",
        ),
    );
}
