//! CND0734: a term with a capital letter that nobody defines.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::page::Sentence;

pub(crate) const CODE: Code = Code {
    id: "CND0734",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0734.md"),
};

/// Words that contracts define and policies then copy.
const TERMS: [&str; 24] = [
    "Server",
    "Servers",
    "Platform",
    "Software",
    "Agreement",
    "Client",
    "Licensee",
    "Materials",
    "Subscriber",
    "Provider",
    "Company",
    "Affiliates",
    "Portal",
    "Application",
    "Network",
    "System",
    "Member",
    "Products",
    "Partner",
    "Partners",
    "Data",
    "Contract",
    "Users",
    "Solution",
];
/// How often a term must stand in the text.
const TIMES_MIN: usize = 2;

/// Looks for "the Server" in a text that defines no "Server".
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for term in TERMS {
        let wanted = term.to_lowercase();
        let mut places = facts
            .page
            .body()
            .filter_map(|sentence| mention(facts, sentence, &wanted));
        let Some(first) = places.next() else {
            continue;
        };
        let more = places.take(TIMES_MIN - 1).count();
        if more + 1 >= TIMES_MIN && !is_defined(facts, term) {
            diagnostics.push(
                CODE.at(
                    first,
                    "which one?",
                    format!("`{term}` is written as a defined term, and nothing defines it"),
                )
                .with_help(format!(
                    "define it where it first stands (… the \"{term}\"), or write it small"
                )),
            );
        }
    }
}

/// "the Server", inside a sentence, and not part of a longer name.
fn mention(
    facts: &Facts<'_>,
    sentence: &Sentence,
    wanted: &str,
) -> Option<crate::diagnostic::Location> {
    let words = &sentence.tokens;
    let at = words.iter().enumerate().position(|(at, token)| {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let next = words.get(at + 1);
        token.capital
            && token.word == wanted
            && before.is_some_and(|before| matches!(before.word.as_str(), "the" | "our") && at > 1)
            && !next.is_some_and(|next| next.capital)
    })?;
    Some(facts.page.place_words(sentence, &(at..at + 1)))
}

/// In quotation marks, in bold type, as a heading, or with "means".
fn is_defined(facts: &Facts<'_>, term: &str) -> bool {
    let singular = term.trim_end_matches('s');
    facts.page.document.blocks.iter().any(|block| {
        let text = &block.plain;
        text.match_indices(singular).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + singular.len()..).unwrap_or_default();
            let after = after.trim_start_matches('s');
            let quoted = before
                .is_some_and(|letter| matches!(letter, '"' | '“' | '‘' | '\'' | '«'))
                || after.starts_with(['"', '”', '’', '»']);
            quoted
                || after.starts_with(" means")
                || after.starts_with(" is ") && before.is_none()
                || block.is_heading()
        })
    })
}
