//! CND0308: a text that denies what is declared, or affirms what is denied.

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
    id: "CND0308",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0308.md"),
};

/// What a text may deny to do with data.
const DOING: [&str; 22] = [
    "collect",
    "gather",
    "record",
    "log",
    "store",
    "hold",
    "keep",
    "process",
    "use",
    "share",
    "pass",
    "send",
    "transfer",
    "disclose",
    "sell",
    "set",
    "place",
    "ask",
    "collectons",
    "utilisons",
    "conservons",
    "partageons",
];
/// Words after a denial that take it back for what follows.
const EXCEPTIONS: [&str; 16] = [
    "except", "unless", "other", "only", "beyond", "more", "without", "until", "than", "longer",
    "outside", "but", "just", "sauf", "que", "qu",
];

/// Compares the sense of every linked phrase with its promise's.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        let Some(cues) = said.cues else { continue };
        if denies(facts, said) {
            if !is_denied(said, cues) {
                diagnostics.push(differs(facts, said, "affirms", "denies"));
            }
        } else if affirms(facts, said) && is_refused(said) {
            diagnostics.push(differs(facts, said, "denies", "declares"));
        }
    }
}

fn differs(facts: &Facts<'_>, said: &Said<'_>, text: &str, declared: &str) -> Diagnostic {
    let id = &said.promise.id;
    let path = facts.declared_at(said.promise);
    CODE.at(
        said.at(&said.link.plain),
        format!("the sentence {text} it"),
        format!("the text {text} `{id}`, which the declaration {declared}"),
    )
    .with_secondary(facts.places.key(ROOT, &path), "declared here")
    .with_help("change the sentence or the declaration, or link other words")
}

/// Promises that something never happens.
fn denies(facts: &Facts<'_>, said: &Said<'_>) -> bool {
    match said.promise.family {
        Family::NoSale | Family::Never => true,
        Family::Decision => said.promise.name.is_empty(),
        Family::Location => facts
            .charter
            .locations
            .get(&said.promise.name)
            .is_some_and(|place| place.region.is_none()),
        _ => false,
    }
}

/// Promises that something is done, without a denial of their own.
fn affirms(facts: &Facts<'_>, said: &Said<'_>) -> bool {
    if said.promise.name == CLOSED {
        return false;
    }
    match said.promise.family {
        Family::Collect => facts
            .charter
            .data
            .get(&said.promise.name)
            .is_some_and(|data| data.never_for.is_empty() && !data.never_shared),
        Family::Share | Family::Purpose | Family::Cookies => true,
        _ => false,
    }
}

/// Whether the sentence, or what it stands under, denies anything.
fn is_denied(said: &Said<'_>, cues: &Cues) -> bool {
    let denies = |plain: &str| cues.denies(&tokens::words(plain, cues.elides));
    cues.denies(&said.words)
        || said
            .document
            .context(said.block)
            .any(|block| denies(&block.plain))
        || said
            .document
            .row(said.block_at)
            .any(|(_, cell)| denies(&cell.plain))
        || said.document.column(said.block).is_some_and(denies)
}

/// Whether the sentence says that this very thing is not done: a denial, a verb
/// of doing within a few words, and then the link, which ends the clause.
fn is_refused(said: &Said<'_>) -> bool {
    const WORDS_BETWEEN_MAX: usize = 6;
    let link = &said.link.plain;
    let until_link = said.between(&(said.sentence.start..link.end));
    let clause = until_link
        .iter()
        .rposition(|word| word.after_break && word.span.start <= link.start)
        .unwrap_or(0);
    let clause = until_link.get(clause..).unwrap_or_default();
    let Some(denial) = clause.iter().position(|word| is_strong(&word.text)) else {
        return false;
    };
    let after = clause.get(denial + 1..).unwrap_or_default();
    let verb = after
        .iter()
        .take(WORDS_BETWEEN_MAX)
        .position(|word| DOING.contains(&word.text.as_str()));
    let Some(verb) = verb else { return false };
    let rest = after.get(verb + 1..).unwrap_or_default();
    let excepted = |words: &[Word]| {
        words
            .iter()
            .any(|word| EXCEPTIONS.contains(&word.text.as_str()))
    };
    let following = said.between(&(link.end..said.sentence.end));
    let ends = following
        .first()
        .is_none_or(|next| next.after_break || matches!(next.text.as_str(), "or" | "and" | "nor"));
    let near = rest
        .iter()
        .take_while(|word| word.span.start < link.start)
        .count();
    near <= WORDS_BETWEEN_MAX && ends && !excepted(rest) && !excepted(following)
}

/// Denials of a verb, rather than of a thing.
fn is_strong(word: &str) -> bool {
    matches!(
        word,
        "not" | "never" | "cannot" | "ne" | "n" | "jamais" | "nor" | "neither"
    ) || word.ends_with("n't")
}
