//! Reads any privacy policy, with nothing but its text: commitments, durations
//! with their roles, recipients, and the faults that a text alone shows. Rules
//! and lexicons are data, in `data/reading/`; no model, no network, no clock.
//!
//! The way of a text: a format's reader (`markdown`, `html`, `plain`) gives a
//! `document` of blocks that know what they stand under; `page` cuts it into
//! sentences and looks each up in the rule files; `commitments`, `durations`,
//! `recipients` and `faults` only look at that.
//!
//! Invariant: time and memory grow with the text's length alone, whatever its
//! bytes. Refuses what is no text, or too large to be a policy.

mod ages;
mod builder;
mod commitments;
mod document;
pub mod draft;
mod durations;
mod faults;
mod html;
mod lexicon;
mod markdown;
mod ordinary;
mod own_name;
mod page;
mod patterns;
mod plain;
mod recipients;
pub mod report;
mod suggest;
mod tokens;

use jiff::civil::Date;

pub(crate) use faults::codes;
pub(crate) use recipients::is_aside;
pub(crate) use suggest::identifier;

pub use commitments::{Commitment, Modality, Polarity};
pub use durations::{Duration, DurationUnit, Role};
pub use recipients::Recipient;

use crate::diagnostic::{Diagnostic, Location};
use crate::limits;
use crate::render::position::Position;
use crate::text::stated_date;
use document::Document;
use faults::Facts;
use page::Page;

/// What a file's bytes mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// CommonMark with tables.
    Markdown,
    /// HTML of any age.
    Html,
    /// Paragraphs between empty lines.
    Plain,
}

impl Format {
    /// The format of a file, by its name and, where that says nothing, by how
    /// it begins.
    #[must_use]
    pub fn of(path: &str, source: &str) -> Self {
        let ending = path
            .rsplit_once('.')
            .map(|(_, ending)| ending.to_lowercase());
        match ending.as_deref() {
            Some("html" | "htm" | "xhtml") => Self::Html,
            Some("md" | "markdown" | "mdx") => Self::Markdown,
            Some("txt" | "text") => Self::Plain,
            _ if source.trim_start().starts_with('<') => Self::Html,
            _ if source
                .lines()
                .any(|line| line.starts_with('#') || line.contains("](")) =>
            {
                Self::Markdown
            }
            _ => Self::Plain,
        }
    }
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadingError {
    /// Beyond a limit that holds for every text: too large, nested too deep,
    /// with characters that no text has, or written from right to left.
    #[error("line {line}, column {column}: {message}; {help}")]
    Refused {
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is there.
        message: String,
        /// How to mend it.
        help: String,
    },
    /// No word in it.
    #[error("there is no text in it")]
    Empty,
}

/// A policy, read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The file.
    pub path: String,
    /// Its first heading.
    pub title: Option<String>,
    /// How many words it has.
    pub words: usize,
    /// How many sentences, headings left out.
    pub sentences: usize,
    /// The date from which it holds, where it says so.
    pub effective: Option<Date>,
    /// What the organisation calls itself, where the text shows it.
    pub own_names: Vec<String>,
    /// Sentences that commit the organisation, in order.
    pub commitments: Vec<Commitment>,
    /// Durations and ages, in order.
    pub durations: Vec<Duration>,
    /// Who is named as receiving data, in the order of first mention.
    pub recipients: Vec<Recipient>,
    /// Faults, by position.
    pub findings: Vec<Diagnostic>,
    document: Document,
}

/// Reads a policy. `today` is what old dates are compared with.
///
/// ```
/// use candor_policy::reading::{Format, read};
///
/// let text = "# Privacy\n\nWe delete chat transcripts after 90 days.\n";
/// let reading = read("privacy.md", text, Format::Markdown, None).unwrap();
/// assert_eq!(reading.commitments[0].family, "retain");
/// assert_eq!(reading.durations[0].amount, 90);
/// ```
///
/// # Errors
/// Where the file is too large, holds no text, or holds bytes that no text has.
pub fn read(
    path: &str,
    source: &str,
    format: Format,
    today: Option<Date>,
) -> Result<Reading, ReadingError> {
    let page = Page::new(path, source, document_within(source, format)?);
    if page.sentences.is_empty() {
        return Err(ReadingError::Empty);
    }
    let version = version(&page);
    let effective = version.as_ref().map(|(date, _)| *date);
    let (durations, recipients) = (durations::find(&page), recipients::find(&page));
    let findings = faults::find(&Facts {
        page: &page,
        durations: &durations,
        recipients: &recipients,
        version,
        today,
    });
    Ok(Reading {
        path: path.to_owned(),
        title: page
            .document
            .blocks
            .iter()
            .find(|block| block.is_heading())
            .map(|block| block.plain.clone()),
        words: page
            .sentences
            .iter()
            .map(|sentence| sentence.tokens.len())
            .sum(),
        sentences: page.body().count(),
        commitments: commitments::find(&page),
        own_names: page.own_names,
        effective,
        durations,
        recipients,
        findings,
        document: page.document,
    })
}

/// Does ahead of time what reading the first text would wait for.
pub(crate) fn prepare() {
    lexicon::read_all();
}

/// The faults of a text in Markdown that is within the limits.
pub(crate) fn faults_of(path: &str, markdown: &str) -> Vec<Diagnostic> {
    let page = Page::new(path, markdown, markdown::read(markdown));
    faults::find(&Facts {
        page: &page,
        durations: &durations::find(&page),
        recipients: &recipients::find(&page),
        version: version(&page),
        today: None,
    })
}

/// The text in blocks, if it is within the limits.
fn document_within(source: &str, format: Format) -> Result<Document, ReadingError> {
    let beyond = match format {
        Format::Markdown => limits::refuse_text("", source),
        Format::Html | Format::Plain => {
            limits::refuse("", source).or_else(|| limits::refuse_direction("", source))
        }
    };
    refusal(source, beyond)?;
    let document = document_of(source, format);
    let lengths = document.blocks.iter().map(|block| block.plain.len());
    refusal(source, limits::refuse_length("", lengths))?;
    Ok(document)
}

/// The date from which the text holds: at its top, or wherever it says so.
fn version(page: &Page<'_>) -> Option<(Date, Location)> {
    let blocks = page.document.blocks.iter().enumerate();
    blocks
        .filter(|(_, block)| !block.is_tabular())
        .find_map(|(at, block)| {
            let sentence = block
                .sentences
                .iter()
                .find(|sentence| {
                    let text = block.plain.get((*sentence).clone()).unwrap_or_default();
                    stated_date(text).is_some()
                })?
                .clone();
            let date = stated_date(block.plain.get(sentence.clone())?)?;
            Some((date, page.locate(at, &sentence)))
        })
}

fn document_of(source: &str, format: Format) -> Document {
    match format {
        Format::Markdown => markdown::read(source),
        Format::Html => html::read(source),
        Format::Plain => plain::read(source),
    }
}

/// What was found as an error with its place.
fn refusal(source: &str, found: Option<Diagnostic>) -> Result<(), ReadingError> {
    match found {
        None => Ok(()),
        Some(found) => {
            let start = found.primary.at.span.start;
            let Position { line, column } = Position::of(source, start);
            Err(ReadingError::Refused {
                line,
                column,
                message: found.message,
                help: found.help.unwrap_or_default(),
            })
        }
    }
}
