//! CND0701: "only for these purposes", while the text names another one.

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::page::Sentence;

pub(crate) const CODE: Code = Code {
    id: "CND0701",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0701.md"),
};

/// What a closed sentence names: data, and the purposes it allows.
struct Closed<'s> {
    sentence: &'s Sentence,
    data: Vec<String>,
    purposes: Vec<&'static str>,
}

/// Compares every closed set of purposes with every other use of the same data.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for closed in closed(facts) {
        let other = facts.page.body().find_map(|sentence| {
            let beyond = beyond(facts, &closed, sentence)?;
            Some((sentence, beyond))
        });
        if let Some((sentence, purpose)) = other {
            let data = closed.data.first().map_or("", String::as_str);
            diagnostics.push(
                CODE.at(
                    facts.page.place(sentence),
                    format!("`{purpose}`"),
                    format!("`{data}` is also used for `{purpose}`, which a closed set of purposes leaves out"),
                )
                .with_secondary(facts.page.place(closed.sentence), "only these purposes")
                .with_help("name the purpose where the set is closed, or take \"only\" away"),
            );
        }
    }
}

fn closed<'f>(facts: &'f Facts<'_>) -> Vec<Closed<'f>> {
    let mut found: Vec<Closed<'f>> = Vec::new();
    let mut before: Option<&Sentence> = None;
    for sentence in facts.page.body() {
        let closes = sentence.faults.has("closed_purpose") && !sentence.faults.has("conditional");
        if closes && found.len() < super::PAIRS_MAX {
            let mut data = named_data(sentence);
            let mut purposes = sentence.purposes.names();
            // "We use it for nothing else" closes what the sentence before says.
            if let Some(before) = before.filter(|before| {
                before.block == sentence.block
                    && (data.is_empty() || sentence.faults.has("back_reference"))
            }) {
                data.extend(named_data(before));
                purposes.extend(before.purposes.names());
            }
            if !data.is_empty() {
                found.push(Closed {
                    sentence,
                    data,
                    purposes,
                });
            }
        }
        before = Some(sentence);
    }
    found
}

/// The purpose for which another sentence uses the same data, where the closed
/// set doesn't hold it.
fn beyond(facts: &Facts<'_>, closed: &Closed<'_>, sentence: &Sentence) -> Option<&'static str> {
    let family = facts.family(sentence)?;
    let uses = matches!(
        family,
        "purpose" | "mail" | "share" | "collect" | "cookies" | "stated" | "retain" | "aggregate"
    ) && (!closed.purposes.is_empty() || sentence.faults.has("puts_to_use"));
    let beneath = facts
        .page
        .block(sentence)
        .is_some_and(|block| block.lead == Some(closed.sentence.block));
    if !uses
        || beneath
        || std::ptr::eq(sentence, closed.sentence)
        || sentence.has_word(&["not", "never", "no"])
        || !named_data(sentence)
            .iter()
            .any(|data| closed.data.contains(data))
    {
        return None;
    }
    let allowed = |purpose: &str| {
        let root = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
        closed.purposes.iter().any(|known| {
            *known == purpose || root(known) == root(purpose) && root(purpose) != "service"
        })
    };
    let names = sentence.purposes.names();
    names.into_iter().find(|purpose| {
        // What a set allows in words of its own is not marketing by accident.
        let plain = !closed.purposes.is_empty()
            || matches!(
                *purpose,
                "marketing" | "marketing.email" | "ads" | "ads.targeted" | "profiling"
            );
        plain && !allowed(purpose)
    })
}

/// The data a sentence names. Cookies and logs come in kinds, which the word
/// before tells apart.
fn named_data(sentence: &Sentence) -> Vec<String> {
    sentence
        .data
        .all()
        .filter(|(key, _)| !matches!(*key, "account" | "content" | "child" | "social"))
        .map(|(key, words)| {
            let before = words
                .start
                .checked_sub(1)
                .and_then(|at| sentence.tokens.get(at));
            match (key, before) {
                ("device.cookie", Some(kind)) => format!("{} cookies", kind.word),
                _ => key.to_owned(),
            }
        })
        .collect()
}
