//! CND0305: a number that is the declared one, with words that make it another
//! promise: "at least 90 days" where 90 days are the most; or without the words
//! that say that it is counted from the end of a year.

use std::ops::Range;

use super::Facts;
use super::quantity_differs::{given, held_to};
use super::said::{self, Said};
use crate::bundle::ROOT;
use crate::charter::CalendarSpan;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::promise::Family;
use crate::words::cues::Cues;
use crate::words::tokens::{self, Word};

pub(crate) const CODE: Code = Code {
    id: "CND0305",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0305.md"),
};

/// Families whose periods are the longest that is promised.
const CEILINGS: [Family; 3] = [Family::Retain, Family::Right, Family::Cookies];

/// Looks at the words before every period that is promised.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        let Some(cues) = said.cues else { continue };
        if !CEILINGS.contains(&said.promise.family) || said.field == Some("at_least") {
            continue;
        }
        let declared = held_to(facts.charter, said.promise, said.field).unwrap_or_default();
        for given in given(said) {
            let key = declared
                .iter()
                .find(|(_, held)| held.same_length(given.period));
            let Some((key, _)) = key.filter(|_| given.block == said.block_at) else {
                continue;
            };
            let start = given.span.start;
            let before = said.between(&(start.saturating_sub(BYTES_MAX)..start));
            let bounds = [
                (cues.at_least, Severity::Error),
                (cues.about, Severity::Warning),
            ];
            for (phrases, severity) in bounds {
                if let Some(phrase) = ends_with(before, phrases) {
                    let found = differs(facts, said, key, phrase, severity);
                    diagnostics.push(found);
                }
            }
            if *key == "for"
                && let Some(span) = hidden_start(facts, said, cues)
            {
                diagnostics.push(starts_later(facts, said, &given.span, span));
            }
        }
    }
}

/// No phrase before a period is longer.
const BYTES_MAX: usize = 40;

/// The words that the phrase these end with is made of.
fn ends_with<'w>(words: &'w [Word], phrases: &[&str]) -> Option<&'w [Word]> {
    phrases.iter().find_map(|phrase| {
        let length = phrase.split(' ').count();
        let last = words.get(words.len().checked_sub(length)?..)?;
        tokens::find(last, phrase).is_some().then_some(last)
    })
}

/// The span at whose end the period starts, where the sentence is silent about
/// it.
fn hidden_start(facts: &Facts<'_>, said: &Said<'_>, cues: &Cues) -> Option<CalendarSpan> {
    if said.promise.family != Family::Retain {
        return None;
    }
    let rule = facts.charter.retention.get(&said.promise.name)?;
    let span = rule.from_end_of?;
    let [month, quarter, year] = cues.end_of;
    let phrases = match span {
        CalendarSpan::Month => month,
        CalendarSpan::Quarter => quarter,
        CalendarSpan::Year => year,
    };
    let is_said = phrases
        .iter()
        .any(|phrase| tokens::find(&said.words, phrase).is_some());
    (!is_said).then_some(span)
}

fn starts_later(
    facts: &Facts<'_>,
    said: &Said<'_>,
    given: &Range<usize>,
    span: CalendarSpan,
) -> Diagnostic {
    let (id, end) = (&said.promise.id, span.end());
    let mut path = facts.declared_at(said.promise);
    path.push("from_end_of");
    CODE.at(
        said.at(given),
        "is shorter than what is carried out",
        format!("`{id}` is counted from {end}, and the text does not say so"),
    )
    .with_secondary(facts.places.value(ROOT, &path), "declared here")
    .with_help(format!(
        "say `from {end}`, or declare the period without `from_end_of`"
    ))
}

fn differs(
    facts: &Facts<'_>,
    said: &Said<'_>,
    key: &str,
    phrase: &[Word],
    severity: Severity,
) -> Diagnostic {
    let start = phrase.first().map_or(0, |word| word.span.start);
    let end = phrase.last().map_or(start, |word| word.span.end);
    let words = said.text(&(start..end));
    let id = &said.promise.id;
    let what = match severity {
        Severity::Error => "the most that is promised, not the least",
        Severity::Warning => "exact",
    };
    let mut path = facts.declared_at(said.promise);
    path.push(key);
    let found = CODE
        .at(
            said.at(&(start..end)),
            "turns the number into another promise",
            format!("the text says `{words}`, but the period of `{id}` is {what}"),
        )
        .with_secondary(facts.places.value(ROOT, &path), "declared here")
        .with_help("say `within`, `up to` or `no longer than`, or nothing at all");
    Diagnostic { severity, ..found }
}
