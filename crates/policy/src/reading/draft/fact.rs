//! A drafted fact: a part of `candor.yaml`, the phrases of the text that say
//! it, and how sure that is. A fact without a phrase doesn't exist.

use std::ops::Range;

use serde::Serialize;

use crate::reading::commitments::{Commitment, Modality};

/// How sure it is that the text says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sureness {
    /// The sentence says it itself, firmly.
    Sure,
    /// It follows from a lead-in, a column or a heading.
    Likely,
    /// The sentence says that it may be so, or that somebody tries; or it names
    /// something without saying what that does there.
    Unsure,
}

impl Sureness {
    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Likely => "likely",
            Self::Unsure => "unsure",
        }
    }

    pub(super) const fn of(commitment: Option<&Commitment>) -> Self {
        match commitment {
            Some(found) if !matches!(found.modality, Modality::Firm) => Self::Unsure,
            Some(found) if !found.inherited => Self::Sure,
            _ => Self::Likely,
        }
    }
}

/// A phrase: words of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) block: usize,
    pub(super) plain: Range<usize>,
}

/// Where an entry comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Line of the drafted text, from 1.
    pub line: usize,
    /// The words that say it, as they stand there.
    pub words: String,
    /// The sentence around them.
    pub sentence: String,
}

/// An entry of the drafted declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The promise it makes: `retain.ip`.
    pub promise: String,
    /// Its value, as YAML in one line.
    pub value: String,
    /// How sure it is.
    pub sureness: Sureness,
    /// The words it came from.
    #[serde(flatten)]
    pub origin: Origin,
}

/// One drafted fact.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// The section of the declaration.
    pub(super) section: &'static str,
    /// The entry's key; empty for a section that is one value.
    pub(super) name: String,
    /// The value, as YAML in one line.
    pub(super) value: String,
    /// The same with less in it, for where the compiler refuses the value.
    pub(super) weaker: Option<String>,
    /// The promise that the phrases link to.
    pub(super) promise: String,
    /// Phrases that can carry the link, the best first; one of them does.
    pub(super) phrases: Vec<Words>,
    pub(super) sureness: Sureness,
    /// Phrases that say something else about the same promise: they are linked
    /// as well, so that the compiler shows the contradiction.
    pub(super) contested: Vec<Words>,
}
