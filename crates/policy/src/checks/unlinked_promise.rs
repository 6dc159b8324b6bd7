//! CND0312: a sentence that sounds like a promise and links to none. Says
//! little: a sentence counts only where it gives a number of its own, or speaks
//! of something that no link of the whole text promises.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Facts;
use super::said::words_in;
use crate::charter::{Charter, Keep, Right};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::period::{Period, find_periods_in, number};
use crate::promise::Family;
use crate::text::{Block, Document, Kind};
use crate::words::cues::Cues;
use crate::words::tokens::{self, Word};

pub(crate) const CODE: Code = Code {
    id: "CND0312",
    severity: Severity::Warning,
    page: include_str!("../../../../docs/diagnostics/cnd0312.md"),
};

const SELLING: [&str; 8] = [
    "sell",
    "sold",
    "rent",
    "rented",
    "vendons",
    "vendues",
    "verkaufen",
    "verkauft",
];
const DATA: [&str; 9] = [
    "data",
    "information",
    "details",
    "it",
    "them",
    "données",
    "informations",
    "daten",
    "vos",
];
/// Beginnings of verbs of letting go.
const DELETING: [&str; 8] = [
    "delet", "eras", "purg", "anonymi", "supprim", "effac", "lösch", "gelösch",
];
/// Beginnings of verbs of keeping, which keep other things too.
const KEEPING: [&str; 9] = [
    "keep",
    "kept",
    "retain",
    "store",
    "conserv",
    "gardons",
    "speicher",
    "aufbewahr",
    "gespeichert",
];
/// Beginnings of words for data that is kept.
const KEPT: [&str; 20] = [
    "data",
    "information",
    "log",
    "record",
    "backup",
    "transcript",
    "message",
    "account",
    "invoice",
    "address",
    "cookie",
    "file",
    "histor",
    "it",
    "them",
    "donnée",
    "journaux",
    "sauvegarde",
    "daten",
    "protokoll",
];
/// Beginnings of verbs of answering.
const ANSWERING: [&str; 10] = [
    "answer",
    "respond",
    "repl",
    "handle",
    "comply",
    "repon",
    "répon",
    "trait",
    "beantwort",
    "antwort",
];
const REQUEST: [&str; 5] = ["request", "demande", "anfrage", "question", "message"];
const ENCRYPTION: [&str; 6] = ["encrypt", "tls", "aes", "chiffr", "verschlüssel", "ssl"];
const CHILDREN: [&str; 6] = [
    "children", "child", "minors", "enfants", "mineurs", "kinder",
];
/// Verbs that carry out a right, after "you can".
const RIGHTS: [(&str, Right); 10] = [
    ("access", Right::Access),
    ("copy", Right::Access),
    ("correct", Right::Rectification),
    ("rectify", Right::Rectification),
    ("erase", Right::Erasure),
    ("restrict", Right::Restriction),
    ("object", Right::Objection),
    ("withdraw", Right::Withdrawal),
    ("complain", Right::Complaint),
    ("portability", Right::Portability),
];

/// What an unlinked sentence promises.
struct Sounds {
    family: Family,
    /// The right, where it is one.
    right: Option<Right>,
    /// The words that say it, within the block's plain text.
    part: Range<usize>,
    period: Option<Period>,
}

/// Looks at every sentence that no link stands in.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (document_at, document) in facts.documents.iter().enumerate() {
        let Some(cues) = Cues::of(&document.text.language) else {
            continue;
        };
        let linked = Linked::of(facts, document_at);
        for (at, block) in document.blocks.iter().enumerate() {
            if matches!(block.kind, Kind::Heading(_) | Kind::Header) {
                continue;
            }
            let in_row = document
                .row(at)
                .any(|(other, _)| linked.blocks.contains(&other));
            if in_row {
                continue;
            }
            for sentence in &block.sentences {
                if document.has_link(at, sentence) {
                    continue;
                }
                let words = words_in(block, sentence, Some(cues));
                if let Some(sounds) = sounds(document, block, sentence, &words, cues)
                    && !linked.covers(&sounds)
                {
                    let found = unlinked(facts.charter, document, at, &sounds);
                    diagnostics.push(found);
                }
            }
        }
    }
}

/// What a document's links promise already.
struct Linked {
    families: BTreeSet<Family>,
    rights: BTreeSet<Right>,
    /// Blocks with links.
    blocks: BTreeSet<usize>,
}

impl Linked {
    fn of(facts: &Facts<'_>, document: usize) -> Self {
        let mut linked = Self {
            families: BTreeSet::new(),
            rights: BTreeSet::new(),
            blocks: BTreeSet::new(),
        };
        for one in facts.linked.iter().filter(|one| one.document == document) {
            let link = facts
                .documents
                .get(document)
                .and_then(|document| document.links.get(one.link));
            linked.blocks.extend(link.map(|link| link.block));
            if let Some(promise) = facts.charter.promises.get(one.promise) {
                linked.families.insert(promise.family);
                linked.rights.extend(Right::from_key(&promise.name));
            }
        }
        linked
    }

    /// A promise that is made elsewhere may be repeated, but a number may not:
    /// the two would drift apart.
    fn covers(&self, sounds: &Sounds) -> bool {
        if sounds.period.is_some() {
            return false;
        }
        match sounds.right {
            Some(right) => self.rights.contains(&right),
            // A statement may say it as well.
            None => {
                self.families.contains(&sounds.family) || self.families.contains(&Family::Stated)
            }
        }
    }
}

fn sounds(
    document: &Document,
    block: &Block,
    sentence: &Range<usize>,
    words: &[Word],
    cues: &Cues,
) -> Option<Sounds> {
    let text = block.plain.get(sentence.clone())?;
    if text.trim_end().ends_with('?') {
        return None;
    }
    let is = |table: &[&str]| {
        words
            .iter()
            .find(|word| table.contains(&word.text.as_str()))
    };
    let begins = |table: &[&str]| {
        words
            .iter()
            .find(|word| table.iter().any(|stem| word.text.starts_with(stem)))
    };
    let made = |family, word: &Word| Sounds {
        family,
        right: None,
        part: word.span.clone(),
        period: None,
    };
    let periods = find_periods_in(text, &document.text.language)?;
    if let Some((part, period)) = periods.into_iter().next() {
        let part = part.start + sentence.start..part.end + sentence.start;
        let answers = begins(&ANSWERING).is_some() && begins(&REQUEST).is_some();
        let keeps = begins(&KEEPING).is_some() && begins(&KEPT).is_some();
        let family = if answers {
            Family::Right
        } else if keeps || begins(&DELETING).is_some() || stands_under_keeping(document, block) {
            Family::Retain
        } else {
            return None;
        };
        return Some(Sounds {
            family,
            right: None,
            part,
            period: Some(period),
        });
    }
    if let Some(word) = is(&SELLING).filter(|_| cues.denies(words) && is(&DATA).is_some()) {
        return Some(made(Family::NoSale, word));
    }
    if let Some(word) = begins(&ENCRYPTION) {
        return Some(made(Family::Security, word));
    }
    if let Some(word) = is(&CHILDREN).filter(|_| has_age(words)) {
        return Some(made(Family::Children, word));
    }
    if let Some(at) = tokens::find(words, "automated decision")
        .or_else(|| tokens::find(words, "automated decisions"))
    {
        return Some(made(Family::Decision, words.get(at.start)?));
    }
    let (word, right) = right(words)?;
    Some(Sounds {
        right: Some(right),
        ..made(Family::Right, word)
    })
}

/// Whether an item's lead-in or heading, or a cell's column, speaks of keeping
/// or deleting: "usage statistics, 90 days" says no more itself.
fn stands_under_keeping(document: &Document, block: &Block) -> bool {
    let speaks = |plain: &str| {
        let words = tokens::words(plain, true);
        words.iter().any(|word| {
            let mut stems = DELETING.iter().chain(&KEEPING);
            stems.any(|stem| word.text.starts_with(stem))
        })
    };
    match block.kind {
        Kind::Item => document
            .context(block)
            .take(2)
            .any(|block| speaks(&block.plain)),
        Kind::Cell => document.column(block).is_some_and(speaks),
        _ => false,
    }
}

fn has_age(words: &[Word]) -> bool {
    words
        .iter()
        .filter_map(|word| number(&word.text))
        .any(|number| (10..=21).contains(&number))
}

/// "You can …", "you may …", "you have the right to …", and a verb.
fn right(words: &[Word]) -> Option<(&Word, Right)> {
    const WORDS_BETWEEN_MAX: usize = 3;
    let starts = [
        "you can",
        "you may",
        "have the right to",
        "you are entitled to",
    ];
    let start = starts
        .iter()
        .filter_map(|start| tokens::find(words, start))
        .map(|found| found.end)
        .min()?;
    let following = words.get(start..)?;
    let near = following.iter().enumerate().take(WORDS_BETWEEN_MAX);
    near.take_while(|(_, word)| !word.after_break)
        .find_map(|(at, word)| {
            let right = RIGHTS.iter().find(|(verb, _)| *verb == word.text)?.1;
            // "You may object that …" is no right.
            let claims = following
                .get(at + 1)
                .is_some_and(|next| next.text == "that");
            (!claims).then_some((word, right))
        })
}

fn unlinked(charter: &Charter, document: &Document, at: usize, sounds: &Sounds) -> Diagnostic {
    let place = document.location(at, &sounds.part);
    let words = document
        .blocks
        .get(at)
        .and_then(|block| block.plain.get(sounds.part.clone()))
        .unwrap_or_default();
    let found = CODE.at(
        place,
        "promises something",
        format!("`{words}` sounds like a promise, and no link says which"),
    );
    let mut candidates = candidates(charter, sounds);
    if candidates.is_empty() && sounds.family == Family::Retain {
        // "Have it erased within 14 days" may be a right.
        candidates = self::candidates(
            charter,
            &Sounds {
                family: Family::Right,
                right: None,
                part: sounds.part.clone(),
                period: sounds.period,
            },
        );
    }
    match candidates.as_slice() {
        [] => {
            let section = sounds.family.section();
            found.with_help(format!(
                "declare it under `{section}` and link the words, or take them out"
            ))
        }
        [only] => {
            let link = format!("[{words}](promise:{only})");
            let found = found.with_help(format!("link it: `{link}`"));
            // Words that the file writes otherwise can't be put back.
            let plain = document.text.markdown.get(found.primary.at.span.clone()) == Some(words);
            if plain && sounds.period.is_some() {
                found.mended_by(link)
            } else {
                found
            }
        }
        several => {
            let list: Vec<String> = several.iter().take(3).map(|id| format!("`{id}`")).collect();
            found.with_help(format!("link it: {} fit, for example", list.join(", ")))
        }
    }
}

/// Promises that the sentence may be making.
fn candidates(charter: &Charter, sounds: &Sounds) -> Vec<String> {
    let fits = |name: &str| match (sounds.family, sounds.period) {
        (Family::Retain, Some(period)) => {
            let keep = charter.retention.get(name).map(|rule| &rule.keep);
            matches!(keep, Some(Keep::For(own)) if own.same_length(period))
        }
        (Family::Right, Some(period)) => {
            let terms = Right::from_key(name).and_then(|right| charter.rights.get(&right));
            let periods = terms.map(|terms| [terms.answer, terms.complete]);
            let mut periods = periods.into_iter().flatten().flatten();
            periods.any(|own| own.same_length(period))
        }
        (Family::Right, None) => sounds.right.is_some_and(|right| right.key() == name),
        _ => true,
    };
    charter
        .promises
        .iter()
        .filter(|promise| promise.family == sounds.family && fits(&promise.name))
        .map(|promise| promise.id.0.clone())
        .collect()
}
