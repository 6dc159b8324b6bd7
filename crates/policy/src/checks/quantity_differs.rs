//! CND0302: a number that is not the declared one, in a linked phrase or beside
//! it.

use std::ops::Range;

use super::Facts;
use super::said::{self, Said};
use crate::bundle::ROOT;
use crate::charter::{Charter, Keep, Right};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::period::{Period, Unit, find_periods_in, number};
use crate::promise::{Family, Promise};
use crate::text::{Block, Kind};

pub(crate) const CODE: Code = Code {
    id: "CND0302",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0302.md"),
};

/// A period that a text gives.
pub(super) struct Given {
    /// Index of its block.
    pub(super) block: usize,
    /// Its bytes within the block's plain text.
    pub(super) span: Range<usize>,
    pub(super) period: Period,
}

/// Compares the words of every link, and the numbers beside it, with what they
/// promise.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        if let Some(declared) = held_to(facts.charter, said.promise, said.field) {
            let linked = periods_in(said, said.block_at, said.block, &said.link.plain);
            let wrong = |given: &Given| {
                let mut held = declared.iter();
                !held.any(|(_, held)| held.same_length(given.period))
            };
            if linked.is_empty() && !declared.is_empty() {
                // Beside the link other periods may stand too; one that agrees
                // is enough.
                let beside = beside(said);
                if let Some(given) = beside.first().filter(|_| beside.iter().all(wrong)) {
                    diagnostics.push(wrong_period(facts, said, &declared, given));
                }
            }
            for given in linked.iter().filter(|given| wrong(given)) {
                diagnostics.push(wrong_period(facts, said, &declared, given));
            }
        }
        let words = said.text(&said.link.plain);
        let wrong = wrong_number(facts.charter, said.promise, words)
            .or_else(|| wrong_count(facts.charter, said));
        if let Some((part, declared)) = wrong {
            let part = said.link.plain.start + part.start..said.link.plain.start + part.end;
            let found = differs(said.at(&part), said.text(&part), &declared);
            let path = facts.declared_at(said.promise);
            diagnostics
                .push(found.with_secondary(facts.places.value(ROOT, &path), "declared here"));
        }
    }
}

/// The periods the text gives for a promise: in the linked words, or else
/// beside them.
pub(super) fn given(said: &Said<'_>) -> Vec<Given> {
    let linked = periods_in(said, said.block_at, said.block, &said.link.plain);
    if linked.is_empty() {
        beside(said)
    } else {
        linked
    }
}

/// Periods beside the linked words: in the same part of the sentence, or in the
/// cell of the row that says how long.
fn beside(said: &Said<'_>) -> Vec<Given> {
    let mut found = periods_in(said, said.block_at, said.block, &said.own_part());
    for (at, cell) in said.document.row(said.block_at) {
        let column = said.document.column(cell).unwrap_or_default();
        let linked = said.document.links.iter().any(|link| link.block == at);
        if cell.kind == Kind::Cell && !linked && says_how_long(column) {
            found.extend(periods_in(said, at, cell, &(0..cell.plain.len())));
        }
    }
    found
}

/// Whether a column's name announces how long something lasts.
fn says_how_long(column: &str) -> bool {
    const STEMS: [&str; 16] = [
        "long",
        "kept",
        "keep",
        "stay",
        "last",
        "lifetime",
        "expir",
        "duration",
        "retention",
        "period",
        "durée",
        "conserv",
        "delet",
        "dauer",
        "frist",
        "lebens",
    ];
    let column = column.to_lowercase();
    STEMS.iter().any(|stem| column.contains(stem))
}

fn periods_in(said: &Said<'_>, at: usize, block: &Block, part: &Range<usize>) -> Vec<Given> {
    let plain = block.plain.get(part.clone()).unwrap_or_default();
    let found = find_periods_in(plain, &said.document.text.language).unwrap_or_default();
    // "Under 16 years" is an age.
    let ages = said.promise.family == Family::Children;
    found
        .into_iter()
        .filter(|(_, period)| !(ages && period.unit == Unit::Years))
        .map(|(span, period)| Given {
            block: at,
            span: span.start + part.start..span.end + part.start,
            period,
        })
        .collect()
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
    said: &Said<'_>,
    declared: &[(&str, Period)],
    given: &Given,
) -> Diagnostic {
    let at = said.document.location(given.block, &given.span);
    let block = said.document.blocks.get(given.block);
    let text = block
        .and_then(|block| block.plain.get(given.span.clone()))
        .unwrap_or_default();
    let mut path = facts.declared_at(said.promise);
    // Show the key with the same unit, or else the first.
    let nearest = declared
        .iter()
        .find(|(_, declared)| declared.unit == given.period.unit)
        .or(declared.first());
    match nearest {
        Some((key, declared)) => {
            path.push(key);
            let found = differs(at, text, &declared.to_string())
                .with_secondary(facts.places.value(ROOT, &path), "declared here");
            // Periods are written in English.
            if said.document.text.language.starts_with("en") {
                found.mended_by(declared.to_string())
            } else {
                found
            }
        }
        None => {
            let id = &said.promise.id;
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

/// "Under 13" where `under: 16` is declared, "at least ten people" where twenty
/// are.
fn wrong_count(charter: &Charter, said: &Said<'_>) -> Option<(Range<usize>, String)> {
    let declared = match said.promise.family {
        Family::Children => charter.children.as_ref()?.under,
        Family::Aggregate => charter.aggregates.get(&said.promise.name)?.at_least?,
        _ => return None,
    };
    let mut counts = said.linked_words().iter().filter_map(|word| {
        let count = number(&word.text)?;
        // A link may begin within a word.
        let start = word.span.start.checked_sub(said.link.plain.start)?;
        // "One of us" counts nobody.
        (count > 1).then_some((start..start + word.span.len(), count))
    });
    let (part, count) = counts.next()?;
    (count != u64::from(declared)).then(|| (part, declared.to_string()))
}

/// The periods the words are held to: those of the key that the link names, or
/// else all of the promise's. `None` for families that have no periods.
pub(super) fn held_to(
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
            vec![
                ("answer", terms.answer),
                ("complete", terms.complete),
                ("extension", terms.extension),
                ("undo", terms.undo),
                ("settle", terms.settle),
            ]
        }
        Family::Retain => {
            let retention = charter.retention.get(name)?;
            let ceiling = match retention.keep {
                Keep::For(period) => Some(period),
                _ => None,
            };
            vec![
                ("for", ceiling),
                ("at_least", retention.at_least),
                ("notice", retention.notice),
            ]
        }
        Family::Children => vec![("erase", charter.children.as_ref()?.erase)],
        Family::Notice => vec![("ahead", charter.changes.as_ref()?.ahead)],
        Family::StaffAccess => vec![("expires", charter.staff.get(name)?.expires)],
        Family::Cookies => vec![("lifetime", charter.cookies.get(name)?.lifetime)],
        Family::Security => {
            let measure = charter.security.get(name)?;
            vec![
                ("every", measure.every),
                ("keep", measure.keep),
                ("tested", measure.tested),
            ]
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
