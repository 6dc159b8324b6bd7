//! CND0309: a text that says "only" where the declaration doesn't.

use super::Facts;
use super::said::{self, Said};
use crate::bundle::ROOT;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::promise::Family;
use crate::reader::CLOSED;
use crate::words::cues::Cues;
use crate::words::tokens;

pub(crate) const CODE: Code = Code {
    id: "CND0309",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0309.md"),
};

/// Looks for exclusive words beside links to what isn't declared as exclusive.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        let (Some(cues), Some((key, false))) = (said.cues, exclusive(facts, said)) else {
            continue;
        };
        let Some(part) = cue(said, cues) else {
            continue;
        };
        let id = &said.promise.id;
        let path = facts.declared_at(said.promise);
        let words = said.text(&part);
        diagnostics.push(
            CODE.at(
                said.at(&part),
                "excludes everything else",
                format!("the text says `{words}`, but `{id}` doesn't exclude anything else"),
            )
            .with_secondary(facts.places.key(ROOT, &path), format!("no `{key}` here"))
            .with_help(format!("declare `{key}` there, or don't promise it")),
        );
    }
}

/// What makes a promise exclusive, and whether it is; `None` for promises that
/// "only" says nothing new about.
fn exclusive(facts: &Facts<'_>, said: &Said<'_>) -> Option<(&'static str, bool)> {
    let charter = facts.charter;
    let name = said.promise.name.as_str();
    if name == CLOSED {
        return None;
    }
    match said.promise.family {
        Family::Collect => Some(("only: true", charter.data.get(name)?.only)),
        Family::Occasion => Some(("only: true", charter.occasions.get(name)?.only)),
        _ => None,
    }
}

/// Where the link's part of the sentence says that there is nothing else. For
/// data, "only" counts before what it is used for ("used only to …"); for an
/// occasion, before what is collected.
fn cue(said: &Said<'_>, cues: &Cues) -> Option<std::ops::Range<usize>> {
    let part = said.own_part();
    let words = said.between(&part);
    let span = |range: std::ops::Range<usize>| {
        let first = words.get(range.start)?;
        let last = words.get(range.end.checked_sub(1)?)?;
        Some(first.span.start..last.span.end)
    };
    if let Some(found) = cues
        .nothing_else
        .iter()
        .find_map(|phrase| tokens::find(words, phrase))
    {
        return span(found);
    }
    let at = words.iter().enumerate().position(|(at, word)| {
        let next = words.get(at + 1).map_or("", |next| next.text.as_str());
        let before = at
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .map_or("", |before| before.text.as_str());
        let uses = PURPOSE_WORDS.contains(&next) || USES.contains(&before);
        let condition = cues.conditions.contains(&next);
        let fits = match said.promise.family {
            Family::Collect => uses,
            _ => word.span.start < said.link.plain.end,
        };
        // "Not only" excludes nothing.
        cues.only.contains(&word.text.as_str()) && fits && !condition && !cues.is_negation(before)
    })?;
    span(at..at + 1)
}

/// What a purpose begins with.
const PURPOSE_WORDS: [&str; 10] = [
    "for", "to", "so", "serve", "serves", "used", "pour", "afin", "à", "um",
];
/// Verbs after which "only" says what for.
const USES: [&str; 6] = ["used", "use", "serve", "serves", "utilisé", "utilisée"];
