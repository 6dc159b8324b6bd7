//! CND0703: two deadlines for one right.

use super::{Facts, PAIRS_MAX};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::durations::{Duration, Role};
use crate::reading::page::Sentence;

pub(crate) const CODE: Code = Code {
    id: "CND0703",
    severity: Severity::Error,
    page: include_str!("../../../../../docs/diagnostics/cnd0703.md"),
};

/// A deadline, and what it is for.
struct Deadline<'f> {
    duration: &'f Duration,
    sentence: &'f Sentence,
    right: &'static str,
    acknowledges: bool,
    laws: Vec<&'static str>,
}

/// Laws and regions that may each have a deadline of their own.
const LAWS: [&str; 10] = [
    "california",
    "ccpa",
    "cpra",
    "gdpr",
    "eea",
    "virginia",
    "colorado",
    "brazil",
    "lgpd",
    "uk",
];

/// Compares the deadlines of one right with one another.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let deadlines: Vec<Deadline<'_>> = facts
        .durations
        .iter()
        .filter_map(|duration| deadline(facts, duration))
        .take(PAIRS_MAX * 4)
        .collect();
    let mut reported: Vec<(&str, bool)> = Vec::new();
    for (at, later) in deadlines.iter().enumerate() {
        let earlier = deadlines
            .iter()
            .take(at)
            .find(|earlier| differ(earlier, later));
        let what = (later.right, later.acknowledges);
        if let Some(earlier) = earlier.filter(|_| !reported.contains(&what)) {
            reported.push(what);
            diagnostics.push(
                CODE.at(
                    later.duration.at.clone(),
                    "and here another",
                    format!(
                        "two deadlines for {}: `{}` and `{}`",
                        later.right, earlier.duration.words, later.duration.words
                    ),
                )
                .with_secondary(earlier.duration.at.clone(), "one deadline here")
                .with_help("keep one, or say what each of them is for"),
            );
        }
    }
}

fn differ(earlier: &Deadline<'_>, later: &Deadline<'_>) -> bool {
    let same = match (earlier.duration.period(), later.duration.period()) {
        (Some(one), Some(other)) => one.same_length(other),
        _ => true,
    };
    !same
        && earlier.right == later.right
        && earlier.acknowledges == later.acknowledges
        && earlier.laws == later.laws
        && !std::ptr::eq(earlier.sentence, later.sentence)
}

fn deadline<'f>(facts: &'f Facts<'_>, duration: &'f Duration) -> Option<Deadline<'f>> {
    let sentence = facts.page.sentences.get(duration.place.sentence)?;
    let asked = sentence.has_word(&[
        "request",
        "requests",
        "ask",
        "asked",
        "write",
        "inquiry",
        "inquiries",
        "rights",
    ]);
    let takes = sentence.faults.has("erasure_takes");
    let closes = duration.role != Role::Notice && sentence.faults.has("account_erased");
    let about = duration.role == Role::Deadline
        || duration.role == Role::Retention && asked
        || takes
        || closes;
    let aside = sentence.faults.has("step_extend") || closes && sentence.faults.has("other_copy");
    if !about || aside {
        return None;
    }
    let rights = [
        ("right_erasure", "erasure"),
        ("right_access", "access"),
        ("right_rectification", "rectification"),
        ("right_objection", "objection"),
        ("right_any", "requests"),
    ];
    let right = match closes {
        true => "erasure",
        false => rights
            .into_iter()
            .find(|(rule, _)| sentence.faults.has(rule))
            .map(|(_, name)| name)?,
    };
    let before = sentence.tokens.get(..duration.place.words.start)?;
    let last_step = before
        .iter()
        .rev()
        .find_map(|token| match token.word.as_str() {
            "acknowledge" | "acknowledged" | "confirm" | "confirms" | "receipt" => Some(true),
            "delete" | "deleted" | "erase" | "complete" | "completed" | "answer" | "answered"
            | "respond" | "send" | "reply" => Some(false),
            _ => None,
        });
    let block = facts.page.block(sentence)?;
    let headings: Vec<String> = facts
        .page
        .document
        .headings(block)
        .map(|heading| heading.plain.to_lowercase())
        .collect();
    let laws = LAWS
        .into_iter()
        .filter(|law| {
            sentence.has_word(&[law]) || headings.iter().any(|heading| heading.contains(law))
        })
        .collect();
    Some(Deadline {
        duration,
        sentence,
        right,
        acknowledges: last_step.unwrap_or_default(),
        laws,
    })
}
