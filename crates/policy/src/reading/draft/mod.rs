//! Drafts a policy's folder from its text: `policy.md` with links, and
//! `candor.yaml` whose every entry tells the phrase it came from and how sure
//! that is. Invariant: nothing is declared that no phrase says. What the
//! compiler would refuse is taken out again and listed, except where the text
//! contradicts itself: then both phrases stay linked, and compiling shows it.

mod data;
mod fact;
mod gather;
mod links;
mod markdown;
mod organisation;
mod proposal;
mod sentences;
mod settle;
mod write;

pub use fact::{Entry, Origin, Sureness};
pub use proposal::{Dropped, Outcome, Proposal, Says};
pub use write::Left;

use pulldown_cmark::{Event, Parser, Tag};

use super::document::Document;
use super::page::Page;
use super::{Format, ReadingError, document_of, document_within};
use crate::bundle::Bundle;
use crate::diagnostic::Diagnostic;

/// The text's name in a drafted folder.
const TEXT: &str = "policy.md";

/// What the declaration needs and a text may not say; used only then.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The organisation's legal name.
    pub name: Option<String>,
    /// Its country, by its ISO 3166-1 code.
    pub country: Option<String>,
    /// Its mailbox for questions about personal data.
    pub email: Option<String>,
}

/// A drafted folder.
#[derive(Clone, Debug)]
pub struct Draft {
    /// `policy.md` and `candor.yaml`.
    pub files: Bundle,
    /// What compiling them gives, and what the text says against itself.
    pub diagnostics: Vec<Diagnostic>,
    /// The entries, with the words each came from.
    pub entries: Vec<Entry>,
    /// Sentences that commit the organisation and are in no entry.
    pub left: Vec<Left>,
    /// What the declaration needs and the text doesn't say, in words.
    pub missing: Vec<&'static str>,
    /// What became of proposals.
    pub proposed: Outcome,
}

/// Drafts a folder from a text.
///
/// ```
/// use candor_policy::reading::Format;
/// use candor_policy::reading::draft::{Given, draft};
///
/// let text = "# Privacy\n\nExample SAS, 1 rue X, Paris, France, is the controller. Write to \
///     privacy@example.test.\n\nWe log your IP address and keep it for 90 days.\n";
/// let draft = draft(text, Format::Markdown, &Given::default()).unwrap();
/// let declaration = draft.files.file("candor.yaml").unwrap();
/// assert!(declaration.contains("ip: { for: 90 days }"));
/// ```
///
/// # Errors
/// Where the text can't be read.
pub fn draft(source: &str, format: Format, given: &Given) -> Result<Draft, ReadingError> {
    draft_with(source, format, given, &[])
}

/// Drafts a folder from a text and from proposals for sentences of it, as far
/// as the rules read the same in the words that a proposal names.
///
/// # Errors
/// Where the text can't be read.
pub fn draft_with(
    source: &str,
    format: Format,
    given: &Given,
    proposals: &[Proposal],
) -> Result<Draft, ReadingError> {
    let document = document_within(source, format)?;
    let source = match format {
        Format::Markdown if !is_partly_html(source, &document) => {
            without_front_matter(source).to_owned()
        }
        Format::Markdown | Format::Html | Format::Plain => markdown::of(&document),
    };
    let page = Page::new(TEXT, &source, document_of(&source, Format::Markdown));
    if page.sentences.is_empty() {
        return Err(ReadingError::Empty);
    }
    let mut gathered = gather::gather(&page, proposals);
    gathered.organisation.complete(given);
    Ok(settle::settle(&page, gathered))
}

/// A text without the lines for a site's generator that may stand above it.
fn without_front_matter(source: &str) -> &str {
    let body = source.strip_prefix("---\n").and_then(|rest| {
        let (_, body) = rest.split_once("\n---\n")?;
        Some(body.trim_start_matches('\n'))
    });
    body.unwrap_or(source)
}

/// Whether words of a Markdown text stand in blocks of HTML, in which Markdown
/// reads no links.
fn is_partly_html(source: &str, document: &Document) -> bool {
    let html: Vec<_> = Parser::new(source)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::Start(Tag::HtmlBlock)))
        .map(|(_, span)| span)
        .collect();
    document.blocks.iter().any(|block| {
        let at = block.source(&(0..block.plain.len())).start;
        html.iter().any(|span| span.contains(&at))
    })
}
