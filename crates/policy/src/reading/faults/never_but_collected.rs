//! CND0705: "never stored" beside collecting it.

use super::{Facts, PAIRS_MAX};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::page::Sentence;

pub(crate) const CODE: Code = Code {
    id: "CND0705",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0705.md"),
};

/// Categories definite enough that denying and collecting them is the same
/// thing said twice.
const DEFINITE: [&str; 19] = [
    "birth",
    "payment",
    "payment.bank",
    "demographic.gender",
    "name",
    "username",
    "contact.email",
    "contact.phone",
    "contact.address",
    "device.ip",
    "device.id",
    "payment.card",
    "location",
    "location.coarse",
    "health",
    "biometric",
    "government_id",
    "credential.password",
    "demographic.race",
];

/// A denial of the whole says nothing about a part.
const WHOLE: [&str; 4] = ["full", "complete", "entire", "whole"];

/// Compares what is never collected with every sentence that collects.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut reported: Vec<&str> = Vec::new();
    let denials = facts.page.body().filter(|sentence| {
        sentence.faults.has("never_collect")
            && !sentence.faults.has("knowing")
            && !sentence.question
            && facts.family(sentence).is_some()
    });
    for denial in denials.take(PAIRS_MAX) {
        for category in denied(denial) {
            let collected = facts.page.body().find(|sentence| {
                !std::ptr::eq(*sentence, denial)
                    && (!denial.has_word(&WHOLE) || sentence.has_word(&WHOLE))
                    && collects(facts, sentence, category)
            });
            if let Some(sentence) = collected.filter(|_| !reported.contains(&category)) {
                reported.push(category);
                diagnostics.push(
                    CODE.at(
                        facts.page.place(sentence),
                        "collected here",
                        format!(
                            "`{category}` is collected, although the text says that it never is"
                        ),
                    )
                    .with_secondary(facts.page.place(denial), "never collected")
                    .with_help("say where the denial ends: what, from whom, by whom"),
                );
            }
        }
    }
}

/// What a sentence denies: the definite data after the negation.
fn denied(sentence: &Sentence) -> Vec<&'static str> {
    let Some(negation) = sentence.faults.first("never_collect") else {
        return Vec::new();
    };
    let mut found: Vec<&'static str> = sentence
        .data
        .all()
        .filter(|(category, words)| DEFINITE.contains(category) && words.start >= negation.start)
        .map(|(category, _)| category)
        .collect();
    found.dedup();
    found
}

fn collects(facts: &Facts<'_>, sentence: &Sentence, category: &str) -> bool {
    sentence.data.has(category)
        && sentence.faults.has("collect")
        && !matches!(
            facts.family(sentence),
            None | Some("right" | "contact" | "no_sale" | "notice" | "never" | "consent")
        )
        && !sentence.has_word(&[
            "not",
            "never",
            "no",
            "nor",
            "without",
            "processor",
            "processors",
            "provider",
            "providers",
            "partner",
            "partners",
            "third",
            "hash",
            "if",
            "contact",
        ])
        && facts.recipients_in(sentence) == 0
}
