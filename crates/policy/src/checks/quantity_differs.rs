//! CND0302: a number in a linked phrase that is not the declared one.

use std::ops::Range;

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{Charter, Keep, Right};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::period::{Period, find_periods};
use crate::promise::{Family, Promise};

pub(crate) const CODE: Code = Code {
    id: "CND0302",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0302.md"),
};

/// Compares the words of every link with what they promise.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for linked in facts.linked {
        let (Some(promise), Some(document)) = (
            facts.charter.promises.get(linked.promise),
            facts.documents.get(linked.document),
        ) else {
            continue;
        };
        let Some(link) = document.links.get(linked.link) else {
            continue;
        };
        let words = document.words(link);
        let at = |part: Range<usize>| {
            let part = link.plain.start + part.start..link.plain.start + part.end;
            document.location(link.block, &part)
        };
        if let Some(declared) = held_to(facts.charter, promise, linked.field.as_deref()) {
            for (part, period) in find_periods(words) {
                if !declared.iter().any(|(_, held)| held.same_length(period)) {
                    let text = words.get(part.clone()).unwrap_or_default();
                    let found = wrong_period(facts, promise, &declared, at(part), text, period);
                    diagnostics.push(found);
                }
            }
        }
        if let Some((part, declared)) = wrong_number(facts.charter, promise, words) {
            let text = words.get(part.clone()).unwrap_or_default();
            let found = differs(at(part), text, &declared);
            let path = facts.declared_at(promise);
            diagnostics
                .push(found.with_secondary(facts.places.value(ROOT, &path), "declared here"));
        }
    }
}

fn differs(at: Location, text: &str, declared: &str) -> Diagnostic {
    CODE.at(
        at,
        format!("declared: {declared}"),
        format!("the text says `{text}`, the declaration `{declared}`"),
    )
    .with_help("change one of them: people read the text, and the declaration is carried out")
}

fn wrong_period(
    facts: &Facts<'_>,
    promise: &Promise,
    declared: &[(&str, Period)],
    at: Location,
    text: &str,
    period: Period,
) -> Diagnostic {
    let mut path = facts.declared_at(promise);
    // Show the key with the same unit, or else the first.
    let nearest = declared
        .iter()
        .find(|(_, declared)| declared.unit == period.unit)
        .or(declared.first());
    match nearest {
        Some((key, declared)) => {
            path.push(key);
            differs(at, text, &declared.to_string())
                .with_secondary(facts.places.value(ROOT, &path), "declared here")
        }
        None => {
            let id = &promise.id;
            CODE.at(
                at,
                "no period is declared",
                format!("the text says `{text}`, but `{id}` declares no period"),
            )
            .with_secondary(facts.places.key(ROOT, &path), "declared here")
            .with_help("declare the period, or take it out of the linked words")
        }
    }
}

/// The periods the words are held to: those of the key that the link names, or
/// else all of the promise's. `None` for families that have no periods.
fn held_to(
    charter: &Charter,
    promise: &Promise,
    field: Option<&str>,
) -> Option<Vec<(&'static str, Period)>> {
    let mut declared = periods(charter, promise)?;
    let field = field.map(|field| if field == "within" { "complete" } else { field });
    if declared.iter().any(|(key, _)| Some(*key) == field) {
        declared.retain(|(key, _)| Some(*key) == field);
    }
    Some(declared)
}

/// The periods a promise declares, by key; `None` for families that have none,
/// so that "we keep your e-mail for 90 days" may link to the e-mail.
fn periods(charter: &Charter, promise: &Promise) -> Option<Vec<(&'static str, Period)>> {
    let name = promise.name.as_str();
    let declared: Vec<(&'static str, Option<Period>)> = match promise.family {
        Family::Right => {
            let terms = charter.rights.get(&Right::from_key(name)?)?;
            vec![("answer", terms.answer), ("complete", terms.complete)]
        }
        Family::Retain => {
            let retention = charter.retention.get(name)?;
            let ceiling = match retention.keep {
                Keep::For(period) => Some(period),
                _ => None,
            };
            vec![("for", ceiling), ("at_least", retention.at_least)]
        }
        Family::Cookies => vec![("lifetime", charter.cookies.get(name)?.lifetime)],
        Family::Security => {
            let measure = charter.security.get(name)?;
            vec![("every", measure.every), ("keep", measure.keep)]
        }
        _ => return None,
    };
    Some(
        declared
            .into_iter()
            .filter_map(|(key, period)| Some((key, period?)))
            .collect(),
    )
}

/// "AES-128" where `aes-256` is declared, "TLS 1.1" where `1.2` is: the number
/// after the measure's name, and what is declared.
fn wrong_number(
    charter: &Charter,
    promise: &Promise,
    words: &str,
) -> Option<(Range<usize>, String)> {
    if promise.family != Family::Security {
        return None;
    }
    let value = &charter.security.get(&promise.name)?.value;
    let digits = value.find(|character: char| character.is_ascii_digit())?;
    let (letters, number) = value.split_at_checked(digits)?;
    if number.contains(char::is_whitespace) {
        return None;
    }
    let name = match letters.trim_end_matches('-') {
        "" => promise.name.as_str(),
        letters => letters,
    };
    let lower = words.to_ascii_lowercase();
    let start = lower.find(&name.to_ascii_lowercase())?;
    let after = lower.get(start + name.len()..)?;
    let stripped = after.trim_start_matches([' ', '-', 'v']);
    let found: &str = stripped
        .split(|character: char| !character.is_ascii_digit() && character != '.')
        .next()?
        .trim_end_matches('.');
    let end = start + name.len() + (after.len() - stripped.len()) + found.len();
    (!found.is_empty() && found != number).then(|| (start..end, value.to_uppercase()))
}
