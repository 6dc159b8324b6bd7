//! Proposals for sentences that the rules found no entry in; a model's, or
//! anybody's. Invariant: a proposal counts only with words of the text, letter
//! for letter, in which the rules themselves read the same data, right and
//! period. Refuses everything else; the compiler then judges what is left.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::data::{DOUBTFUL, data_name};
use super::fact::{Sureness, Words};
use super::gather::{Gatherer, Sketch};
use crate::period::Period;
use crate::reading::page::{Page, Sentence};
use crate::reading::suggest;

/// What a sentence is said to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The sentence, as the draft lists it.
    pub sentence: String,
    /// The words of it that say so, letter for letter.
    pub span: String,
    /// What they say.
    #[serde(flatten)]
    pub says: Says,
}

/// What may be proposed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Says {
    /// Data of a category is collected.
    Collect {
        /// The category, such as `device.ip`.
        data: String,
    },
    /// Data of a category is kept so long.
    Retain {
        /// The category.
        data: String,
        /// The period, as people say it: `90 days`.
        period: String,
    },
    /// A right is granted, and perhaps by when it is answered.
    Right {
        /// The right, as the declaration calls it: `erasure`.
        right: String,
        /// The period.
        period: Option<String>,
    },
}

/// Why a proposal doesn't count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// The text has no such sentence.
    Sentence,
    /// The sentence has no such words.
    Span,
    /// The rules read another period in these words, or none.
    Period,
    /// The rules read other data in these words, or none.
    Data,
    /// The rules read another right in these words, or none.
    Right,
    /// An entry says so already, or says something else.
    Taken,
    /// The compiler refuses what would become of it.
    Refused,
}

impl Dropped {
    /// In words.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Sentence => "for a sentence that the text doesn't have",
            Self::Span => "with words that the sentence doesn't have",
            Self::Period => "with a period that the words don't say",
            Self::Data => "with data that the words don't name",
            Self::Right => "with a right that the words don't name",
            Self::Taken => "for what an entry says already",
            Self::Refused => "that the compiler refused",
        }
    }
}

/// What became of proposals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries that came of them.
    pub accepted: usize,
    /// How many were dropped, by the reason.
    pub dropped: BTreeMap<Dropped, usize>,
}

/// Drafts an entry from a proposal; the promise it makes, or why it doesn't.
pub(super) fn take(gatherer: &mut Gatherer<'_>, proposal: &Proposal) -> Result<String, Dropped> {
    let page = gatherer.page;
    let (index, sentence) = find(page, &proposal.sentence).ok_or(Dropped::Sentence)?;
    let bytes = span(page, sentence, &proposal.span).ok_or(Dropped::Span)?;
    let place = Words {
        block: sentence.block,
        plain: bytes.clone(),
    };
    let at = At {
        index,
        sentence,
        bytes,
    };
    let (sketch, place) = match &proposal.says {
        Says::Collect { data } => {
            let words = at.data(data).ok_or(Dropped::Data)?;
            (collected(data), words)
        }
        Says::Retain { data, period } => {
            at.data(data).ok_or(Dropped::Data)?;
            let (period, words) = at.period(gatherer, period).ok_or(Dropped::Period)?;
            let value = format!("{{ for: {period} }}");
            let sketch = Sketch::new("retention", "retain", &data_name(data), &value);
            (sketch, words)
        }
        Says::Right { right, period } => {
            let name = at.right(right).ok_or(Dropped::Right)?;
            let (value, words) = match period {
                None => ("{}".to_owned(), place),
                Some(period) => {
                    let (period, words) = at.period(gatherer, period).ok_or(Dropped::Period)?;
                    (format!("{{ within: {period} }}"), words)
                }
            };
            (Sketch::new("rights", "right", name, &value), words)
        }
    };
    let promise = sketch.promise().to_owned();
    if gatherer.taken.contains(&promise) {
        return Err(Dropped::Taken);
    }
    // A rule governs the data of its own name: that is declared too.
    if let Says::Retain { data, .. } = &proposal.says
        && let Some(words) = at.data(data)
    {
        gatherer.draft_as(Sureness::Unsure, collected(data), vec![words]);
    }
    gatherer.draft_as(Sureness::Unsure, sketch, vec![place]);
    Ok(promise)
}

fn collected(category: &str) -> Sketch {
    let value = format!("{{ category: {category}, of: [], for: [] }}");
    Sketch::new("data", "collect", &data_name(category), &value)
}

fn find<'p>(page: &'p Page<'_>, text: &str) -> Option<(usize, &'p Sentence)> {
    let mut sentences = page.sentences.iter().enumerate();
    sentences.find(|(_, sentence)| page.text(sentence) == text.trim())
}

/// The bytes of words in a sentence, letter for letter.
fn span(page: &Page<'_>, sentence: &Sentence, words: &str) -> Option<Range<usize>> {
    let words = words.trim();
    let text = page.block(sentence)?.plain.get(sentence.plain.clone())?;
    let at = text.find(words).filter(|_| !words.is_empty())?;
    let start = sentence.plain.start + at;
    Some(start..start + words.len())
}

/// Words of a sentence that are said to say something.
struct At<'p> {
    index: usize,
    sentence: &'p Sentence,
    bytes: Range<usize>,
}

impl At<'_> {
    fn holds(&self, words: &Range<usize>) -> bool {
        let bytes = self.sentence.bytes(words);
        self.bytes.start <= bytes.start && bytes.end <= self.bytes.end
    }

    fn place(&self, words: &Range<usize>) -> Words {
        Words {
            block: self.sentence.block,
            plain: self.sentence.bytes(words),
        }
    }

    /// The words by which the rules know data of this category.
    fn data(&self, category: &str) -> Option<Words> {
        let mut named = self.sentence.data.all();
        let (_, words) = named.find(|(known, words)| {
            *known == category && !DOUBTFUL.contains(known) && self.holds(words)
        })?;
        Some(self.place(&words))
    }

    /// The period, where the rules read it there too.
    fn period(&self, gatherer: &Gatherer<'_>, proposed: &str) -> Option<(Period, Words)> {
        let proposed = Period::parse(proposed).ok()?;
        let mut here = gatherer
            .durations
            .iter()
            .filter(|found| found.place.sentence == self.index && self.holds(&found.place.words));
        let (found, None) = (here.next()?, here.next()) else {
            return None;
        };
        let same = found.period().is_some_and(|read| read == proposed);
        same.then(|| (proposed, self.place(&found.place.words)))
    }

    /// The right, where the rules know one of its words there.
    fn right(&self, proposed: &str) -> Option<&'static str> {
        let (name, words) = suggest::RIGHTS.iter().find(|(name, _)| *name == proposed)?;
        let mut tokens = self.sentence.tokens.iter().enumerate();
        let named = tokens
            .any(|(at, token)| words.contains(&token.word.as_str()) && self.holds(&(at..at + 1)));
        named.then_some(*name)
    }
}
