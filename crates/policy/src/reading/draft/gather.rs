//! From a text to facts. Each kind of sentence has its reader, in `sentences`
//! and `data`; what a sentence says less firmly than a fact needs drafts
//! nothing. Invariant: a fact has a phrase.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::fact::{Fact, Origin, Sureness, Words};
use super::organisation::{self, Organisation};
use super::proposal::{self, Dropped, Proposal};
use crate::period::Period;
use crate::reading::commitments::{self, Commitment, Polarity};
use crate::reading::durations::{self, Duration, Role};
use crate::reading::lexicon;
use crate::reading::page::{Page, Sentence};

/// Everything read from a text.
pub(super) struct Gathered {
    pub(super) organisation: Organisation,
    pub(super) facts: Vec<Fact>,
    pub(super) commitments: Vec<Commitment>,
    durations: Vec<Duration>,
    /// The promise that each proposal made, or why it made none.
    pub(super) proposed: Vec<Result<String, Dropped>>,
    lines: Lines,
}

impl Gathered {
    /// The line a commitment stands in, from 1.
    pub(super) fn line(&self, commitment: &Commitment) -> usize {
        self.lines.of(commitment.at.span.start)
    }

    /// Where some words come from.
    pub(super) fn origin(&self, page: &Page<'_>, words: &Words) -> Origin {
        self.lines.origin(page, words)
    }

    /// A promised period of a commitment's sentence that none of these phrases
    /// holds.
    pub(super) fn open_period(
        &self,
        page: &Page<'_>,
        commitment: &Commitment,
        phrases: &[&Words],
    ) -> Option<String> {
        let promised = self.durations.iter().filter(|found| {
            matches!(
                found.role,
                Role::Retention | Role::Deadline | Role::Notice | Role::Age
            )
        });
        promised
            .filter_map(|found| {
                let sentence = page.sentences.get(found.place.sentence)?;
                let here = page.place(sentence).span == commitment.at.span;
                let bytes = sentence.bytes(&found.place.words);
                let held = phrases.iter().any(|words| {
                    words.block == sentence.block
                        && words.plain.start <= bytes.start
                        && bytes.end <= words.plain.end
                });
                let words = page.block(sentence)?.plain.get(bytes)?;
                (here && !held).then(|| words.to_owned())
            })
            .next()
    }
}

/// First bytes of the file's lines.
#[derive(Clone)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    fn new(source: &str) -> Self {
        let breaks = source.match_indices('\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(breaks).collect())
    }

    fn of(&self, byte: usize) -> usize {
        self.0.partition_point(|start| *start <= byte)
    }

    /// Where some words come from.
    pub(super) fn origin(&self, page: &Page<'_>, words: &Words) -> Origin {
        let block = page.document.blocks.get(words.block);
        let plain = block.map_or("", |block| block.plain.as_str());
        let sentence = page
            .sentences_of(words.block)
            .find(|sentence| sentence.plain.contains(&words.plain.start));
        let start = page.locate(words.block, &words.plain).span.start;
        Origin {
            line: self.of(start),
            words: plain
                .get(words.plain.clone())
                .unwrap_or_default()
                .to_owned(),
            sentence: sentence
                .map_or(plain, |sentence| page.text(sentence))
                .to_owned(),
        }
    }
}

pub(super) struct Gatherer<'p> {
    pub(super) page: &'p Page<'p>,
    pub(super) durations: Vec<Duration>,
    pub(super) facts: Vec<Fact>,
    /// Promises drafted already.
    pub(super) taken: BTreeSet<String>,
    /// The promises of vendors, by the names of the vendor list.
    pub(super) vendors: BTreeMap<String, String>,
}

/// A sentence with what it commits to.
#[derive(Clone, Copy)]
pub(super) struct Said<'p> {
    pub(super) sentence: &'p Sentence,
    pub(super) commitment: &'p Commitment,
    /// Its index in the page.
    pub(super) index: usize,
}

pub(super) fn gather(page: &Page<'_>, proposals: &[Proposal]) -> Gathered {
    let commitments = commitments::find(page);
    let by_place: BTreeMap<(usize, usize), &Commitment> = commitments
        .iter()
        .map(|found| ((found.at.span.start, found.at.span.end), found))
        .collect();
    let lines = Lines::new(page.source);
    let (organisation, facts) = organisation::read(page, &lines);
    let mut gatherer = Gatherer {
        page,
        durations: durations::find(page),
        facts,
        taken: BTreeSet::new(),
        vendors: BTreeMap::new(),
    };
    for (index, sentence) in page.sentences.iter().enumerate() {
        let span = page.place(sentence).span;
        if let Some(commitment) = by_place.get(&(span.start, span.end)) {
            gatherer.sentence(Said {
                sentence,
                commitment,
                index,
            });
        }
    }
    gatherer.named_in_passing();
    let proposed = proposals
        .iter()
        .map(|proposal| proposal::take(&mut gatherer, proposal))
        .collect();
    Gathered {
        organisation,
        facts: gatherer.facts,
        commitments,
        durations: gatherer.durations,
        proposed,
        lines,
    }
}

impl Gatherer<'_> {
    fn sentence(&mut self, said: Said<'_>) {
        let never = said.commitment.polarity == Polarity::Never;
        match said.commitment.family {
            "no_sale" if never => self.no_sale(said),
            "right" | "decision" if !never => self.right(said),
            "decision" => self.no_decision(said),
            "children" => self.children(said),
            "notice" if !never => self.changes(said),
            "security" if !never => self.security(said),
            "disclosure" if !never => self.in_words(said, "disclosure", "disclosure", "when"),
            "staff_access" if !never => self.in_words(said, "staff", "staff_access", "when"),
            "aggregate" if !never => self.in_words(said, "aggregates", "aggregate", "figures"),
            "location" if !never => self.location(said),
            _ => {}
        }
        if !never {
            self.purpose(said);
            self.data(said);
            self.retention(said);
            self.vendors(said);
        }
    }

    pub(super) fn words(said: Said<'_>, words: &Range<usize>) -> Words {
        Words {
            block: said.sentence.block,
            plain: said.sentence.bytes(words),
        }
    }

    /// Drafts an entry, once.
    pub(super) fn draft(&mut self, said: Said<'_>, sketch: Sketch, phrases: Vec<Words>) {
        self.draft_as(Sureness::of(Some(said.commitment)), sketch, phrases);
    }

    /// The same, where no commitment says how sure it is.
    pub(super) fn draft_as(&mut self, sureness: Sureness, sketch: Sketch, phrases: Vec<Words>) {
        if phrases.is_empty() || !self.taken.insert(sketch.promise.clone()) {
            return;
        }
        self.facts.push(Fact {
            section: sketch.section,
            name: sketch.name,
            value: sketch.value,
            weaker: None,
            promise: sketch.promise,
            phrases,
            sureness,
            contested: Vec::new(),
        });
    }

    /// The fact that makes a promise, if one was drafted.
    pub(super) fn drafted(&mut self, promise: &str) -> Option<&mut Fact> {
        self.facts.iter_mut().find(|fact| fact.promise == promise)
    }

    /// The sentence's durations of a role, as periods of the declaration.
    pub(super) fn periods(&self, said: Said<'_>, role: Role) -> Vec<(String, Words)> {
        let first = self
            .durations
            .partition_point(|found| found.place.sentence < said.index);
        self.durations
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(|found| found.place.sentence == said.index)
            .filter(|found| found.role == role)
            .filter_map(|found| {
                let period: Period = found.period()?;
                Some((period.to_string(), Self::words(said, &found.place.words)))
            })
            .collect()
    }
}

/// An entry of the declaration before it has its phrases.
pub(super) struct Sketch {
    section: &'static str,
    name: String,
    value: String,
    promise: String,
}

impl Sketch {
    pub(super) fn promise(&self) -> &str {
        &self.promise
    }

    pub(super) fn new(section: &'static str, family: &str, name: &str, value: &str) -> Self {
        let promise = match name.is_empty() {
            true => family.to_owned(),
            false => format!("{family}.{name}"),
        };
        Self {
            section,
            name: name.to_owned(),
            value: value.to_owned(),
            promise,
        }
    }
}

/// The words of a sentence that a rule of `draft.txt` asks for.
pub(super) fn hit(sentence: &Sentence, rule: &str) -> Option<Range<usize>> {
    let rules = &*lexicon::DRAFT;
    let hits = rules.patterns.find(&sentence.tokens);
    hits.into_iter()
        .find(|hit| rules.name(*hit.rule) == rule)
        .map(|hit| hit.words)
}
