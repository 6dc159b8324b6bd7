//! CND0309: a text that says "only" where the declaration doesn't.

use super::Facts;
use super::said::{self, Said};
use crate::bundle::ROOT;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::promise::Family;
use crate::reader::CLOSED;
use crate::words::cues::Cues;
use crate::words::tokens::{self, Word};

pub(crate) const CODE: Code = Code {
    id: "CND0309",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0309.md"),
};

/// Looks for exclusive words beside links to what isn't declared as exclusive.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        let (Some(cues), Some(open)) = (said.cues, open(facts, said)) else {
            continue;
        };
        let Some(part) = cue(said, cues) else {
            continue;
        };
        let words = said.text(&part);
        diagnostics.push(
            CODE.at(
                said.at(&part),
                "excludes everything else",
                format!("the text says `{words}`, but {}", open.what),
            )
            .with_secondary(facts.places.key(ROOT, &open.declared_at), open.there)
            .with_help(open.help),
        );
    }
}

/// What the declaration leaves open that "only" would shut.
struct Open<'a> {
    what: String,
    declared_at: Vec<&'a str>,
    there: String,
    help: &'static str,
}

/// `None` for promises that are exclusive, and for those that "only" says
/// nothing new about.
fn open<'a>(facts: &Facts<'a>, said: &Said<'a>) -> Option<Open<'a>> {
    let charter = facts.charter;
    let name = said.promise.name.as_str();
    let only = match said.promise.family {
        _ if name == CLOSED => return None,
        Family::Collect => charter.data.get(name)?.only,
        Family::Occasion => charter.occasions.get(name)?.only,
        Family::Share => {
            let data = data_before(said);
            if !data.is_empty() {
                return another_receives(facts, said, &data);
            }
            charter.closed.contains(&Family::Share)
        }
        _ => return None,
    };
    (!only).then(|| Open {
        what: format!("`{}` doesn't exclude anything else", said.promise.id),
        declared_at: facts.declared_at(said.promise),
        there: "no `only: true` here".to_owned(),
        help: "declare `only: true` there, or don't promise it",
    })
}

/// Data that the sentence links before a recipient: "your card goes only to …".
fn data_before<'a>(said: &Said<'a>) -> Vec<&'a str> {
    let before = said.links.iter().filter(|(link, promise)| {
        promise.family == Family::Collect
            && link.plain.start >= said.sentence.start
            && link.plain.end <= said.link.plain.start
    });
    before.map(|(_, promise)| promise.name.as_str()).collect()
}

/// A vendor beside those of the sentence that receives some of the data.
fn another_receives<'a>(facts: &Facts<'a>, said: &Said<'a>, data: &[&str]) -> Option<Open<'a>> {
    let named = |vendor: &str| {
        let links = said.links.iter().filter(|(link, _)| {
            link.plain.start < said.sentence.end && link.plain.end > said.sentence.start
        });
        let mut vendors = links.filter(|(_, promise)| promise.family == Family::Share);
        vendors.any(|(_, promise)| promise.name == vendor)
    };
    let mut others = facts.charter.vendors.iter();
    others.find_map(|(vendor, other)| {
        let mut received = other.receives.iter().map(String::as_str);
        let shared = received.find(|name| data.contains(name) && !named(vendor))?;
        Some(Open {
            what: format!("`{vendor}` receives `{shared}` too"),
            declared_at: vec!["vendors", vendor, "receives"],
            there: "declared here".to_owned(),
            help: "name it in the sentence, or don't say `only`",
        })
    })
}

/// Where the link's part of the sentence says that there is nothing else. For
/// data, "only" counts before what it is used for ("used only to …"); for an
/// occasion, before what is collected; for a recipient, in "only with" or "to
/// nobody but" before its name.
fn cue(said: &Said<'_>, cues: &Cues) -> Option<std::ops::Range<usize>> {
    let part = said.own_part();
    let words = said.between(&part);
    let span = |range: std::ops::Range<usize>| {
        let first = words.get(range.start)?;
        let last = words.get(range.end.checked_sub(1)?)?;
        Some(first.span.start..last.span.end)
    };
    if said.promise.family == Family::Share {
        return recipients(said, words).and_then(span);
    }
    if let Some(found) = cues
        .nothing_else
        .iter()
        .find_map(|phrase| tokens::find(words, phrase))
    {
        return span(found);
    }
    // "Goes only to" somebody: the recipient's link says that.
    let to_whom = |word: &Word| {
        let mut links = said.links.iter();
        let next = links.find(|(link, _)| link.plain.start >= word.span.end);
        let words = next.map(|(link, _)| said.between(&(word.span.end..link.plain.start)));
        next.is_some_and(|(_, promise)| promise.family == Family::Share)
            && words.is_some_and(|words| words.len() == 1)
    };
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
        let only = cues.only.contains(&word.text.as_str()) && !cues.is_negation(before);
        only && fits && !condition && !to_whom(word)
    })?;
    span(at..at + 1)
}

/// "Only with" before a recipient's name.
fn recipients(said: &Said<'_>, words: &[Word]) -> Option<std::ops::Range<usize>> {
    let before = words.partition_point(|word| word.span.end <= said.link.plain.start);
    let from = before.saturating_sub(RECIPIENT_WORDS_MAX);
    (from..before).find_map(|at| {
        RECIPIENTS
            .iter()
            .find(|phrase| {
                let here = words.get(at..).unwrap_or_default().iter();
                here.map(|word| word.text.as_str())
                    .zip(phrase.iter())
                    .filter(|(word, wanted)| word == *wanted)
                    .count()
                    == phrase.len()
            })
            .map(|phrase| at..at + phrase.len())
            .filter(|found| found.end <= before)
    })
}

/// Words between "only with" and a recipient's name.
const RECIPIENT_WORDS_MAX: usize = 6;
/// What shuts everybody else out.
const RECIPIENTS: [&[&str]; 9] = [
    &["only", "with"],
    &["only", "to"],
    &["nobody", "but"],
    &["nobody", "except"],
    &["no", "one", "but"],
    &["no", "one", "except"],
    &["uniquement", "avec"],
    &["seulement", "avec"],
    &["nur", "mit"],
];

/// What a purpose begins with.
const PURPOSE_WORDS: [&str; 10] = [
    "for", "to", "so", "serve", "serves", "used", "pour", "afin", "à", "um",
];
/// Verbs after which "only" says what for.
const USES: [&str; 6] = ["used", "use", "serve", "serves", "utilisé", "utilisée"];
