//! CND0704: "never sold" beside advertising audiences.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};

pub(crate) const CODE: Code = Code {
    id: "CND0704",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0704.md"),
};

/// Compares the promise not to sell with every sentence that hands data to
/// advertisers: several laws call that a sale.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let promise = facts
        .page
        .body()
        .find(|sentence| sentence.faults.has("no_sale") && !sentence.question);
    let Some(promise) = promise else {
        return;
    };
    let mut hits = facts.hits("ad_audience").filter(|(sentence, words)| {
        let family = facts.family(sentence);
        let before = sentence.tokens.get(..words.start).unwrap_or_default();
        let denied = before.iter().any(|token| {
            matches!(
                token.word.as_str(),
                "not" | "never" | "no" | "nor" | "without"
            )
        });
        family.is_some() && !matches!(family, Some("right" | "no_sale" | "contact")) && !denied
    });
    if let Some((sentence, words)) = hits.next() {
        let found = CODE
            .at(
                facts.page.place_words(sentence, &words),
                "advertising audiences",
                "data go into advertising audiences, although the text says that they are never sold",
            )
            .with_secondary(facts.page.place(promise), "never sold")
            .with_help("say what the advertiser gives in return, or stop; several laws call this a sale");
        let found = hits
            .take(super::SECONDARY_MAX)
            .fold(found, |found, (sentence, words)| {
                found.with_secondary(facts.page.place_words(sentence, &words), "here too")
            });
        diagnostics.push(found);
    }
}
