//! Drafts the map of a source nobody has mapped yet, or the missing parts of a
//! map. Invariant: nothing is invented. What the database declares, or what
//! names, types and sampled values agree on, is written with its reason; all
//! else becomes a question that blocks the source until somebody answers it.
//!
//! Only numbers and names of things come out of the database: samples are
//! counted where they are, in statements that are bounded in rows and time.

mod assemble;
mod candidates;
mod columns;
mod edit;
mod history;
mod judge;
mod keys;
mod lead;
mod merge;
pub(crate) mod missing;
mod names;
mod pairs;
mod people;
mod roots;
mod sample;
mod statements;
mod strangers;
mod words;
mod write;

use std::collections::BTreeMap;
use std::fmt;

use candor_policy::map::{Edge, ReferenceAction};

use crate::catalogue::Catalogue;
use crate::error::SourceError;
use crate::source::Source;

pub use judge::Inferred;
pub use merge::{Difference, Merged, merge};
pub(crate) use missing::missing;

/// What a draft may rest on beside the database itself: the declaration as far
/// as it is there.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Kinds of people, with the kinds of identity they are known by.
    pub people: BTreeMap<String, Vec<String>>,
    /// Categories that `data` declares; `None` without a declaration, where
    /// every category of the vocabulary may be written.
    pub declared: Option<Vec<String>>,
    /// Categories that are never collected.
    pub forbidden: Vec<String>,
}

/// How sure a draft is of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// The database declares it, or names, types and sampled values agree.
    Proven,
    /// Names and types say so; values say nothing, or not enough.
    Weak,
    /// Somebody has to say.
    Undetermined,
}

impl fmt::Display for Grade {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Proven => "proven",
            Self::Weak => "weak",
            Self::Undetermined => "undetermined",
        })
    }
}

/// What a database seems to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Tables with something to map.
    pub tables: BTreeMap<String, DraftTable>,
    /// Tables without personal data, and why that seems so.
    pub ignored: BTreeMap<String, String>,
    /// Statements that the source was sampled with.
    pub statements: usize,
}

/// What a table seems to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DraftTable {
    /// Each row is one person of this kind, and why.
    pub about: Option<(String, Reason)>,
    /// Identity kinds and the columns a person is found by.
    pub identities: Vec<(String, String)>,
    /// Edges to the rows that own this table's.
    pub owned_by: Vec<(Edge, Reason)>,
    /// Edges that do not own.
    pub references: Vec<(Edge, ReferenceAction, Reason)>,
    /// Every column, in the table's order.
    pub columns: Vec<DraftColumn>,
    /// What is worth knowing and asks nothing.
    pub notes: Vec<String>,
    /// What somebody has to say.
    pub questions: Vec<String>,
}

/// What a column seems to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftColumn {
    /// Its name.
    pub name: String,
    /// `key`, `plain` or a category. Where undetermined, what it may be;
    /// `None` where nothing says even that.
    pub content: Option<String>,
    /// How sure, and why.
    pub reason: Reason,
}

/// How sure, and why: a sentence without values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// How sure.
    pub grade: Grade,
    /// Why.
    pub why: String,
}

impl Reason {
    fn proven(why: impl Into<String>) -> Self {
        Self::new(Grade::Proven, why)
    }

    fn weak(why: impl Into<String>) -> Self {
        Self::new(Grade::Weak, why)
    }

    fn undetermined(why: impl Into<String>) -> Self {
        Self::new(Grade::Undetermined, why)
    }

    fn new(grade: Grade, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { grade, why }
    }
}

impl Source {
    /// Edges between tables that the database does not declare.
    ///
    /// # Errors
    ///
    /// [`SourceError`] where the catalogue can't be read.
    pub async fn inferred(&self) -> Result<Vec<Inferred>, SourceError> {
        let catalogue = self.catalogue().await?;
        Ok(self.inferred_in(&catalogue, None).await)
    }

    /// The same of one table.
    pub(crate) async fn inferred_of(&self, catalogue: &Catalogue, table: &str) -> Vec<Inferred> {
        self.inferred_in(catalogue, Some(table)).await
    }

    async fn inferred_in(&self, catalogue: &Catalogue, table: Option<&str>) -> Vec<Inferred> {
        let people = people::likely(catalogue);
        let names = candidates::Names::new(catalogue, people::named(&people));
        let samples = sample::take(self, &names, table).await;
        judge::edges(&names, &samples)
    }

    /// Drafts what the map of this source does not say yet.
    ///
    /// # Errors
    ///
    /// [`SourceError`] where the catalogue can't be read. A sample that takes
    /// too long is left out: its columns are judged by name and type alone.
    pub async fn draft(&self, terms: &Terms) -> Result<Draft, SourceError> {
        let catalogue = self.catalogue().await?;
        let people = people::likely(&catalogue);
        let names = candidates::Names::new(&catalogue, people::named(&people));
        let samples = sample::take(self, &names, None).await;
        let edges = judge::edges(&names, &samples);
        Ok(assemble::assemble(&assemble::Evidence {
            catalogue: &catalogue,
            known: self.map(),
            terms,
            people: &people,
            samples: &samples,
            edges: &edges,
        }))
    }
}
