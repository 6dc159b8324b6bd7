//! Reads a text of the policy: its blocks as plain text that still knows its
//! bytes, and the phrases that promise something. A phrase is an ordinary
//! link, `[seven working days](promise:right.erasure)`.

mod dates;
mod reader;
mod sentences;

pub(crate) use dates::stated as stated_date;
pub(crate) use sentences::split as split_sentences;

pub(crate) use reader::MARKDOWN;

use std::ops::Range;

use crate::charter::Text;
use crate::diagnostic::Location;
use crate::promise::Phrase;

/// What a link to a promise begins with.
pub(crate) const SCHEME: &str = "promise:";

/// A text and what was found in it.
pub(crate) struct Document {
    pub(crate) text: Text,
    pub(crate) blocks: Vec<Block>,
    pub(crate) links: Vec<Link>,
}

/// A heading, paragraph, list item or table cell as plain text. It knows what
/// it stands under, because an item or a cell read without its heading, lead-in
/// or column names says something else.
///
/// INVARIANT: `section`, `lead` and `header` are indexes of earlier blocks.
pub(crate) struct Block {
    pub(crate) kind: Kind,
    pub(crate) plain: String,
    /// The heading it stands under; for a heading, the one above it.
    pub(crate) section: Option<usize>,
    /// What introduces its list or table.
    pub(crate) lead: Option<usize>,
    /// The cell that names its column.
    pub(crate) header: Option<usize>,
    /// The row of a table it stands in, counted over the whole text.
    pub(crate) row: Option<usize>,
    /// Byte ranges of the sentences within `plain`, in order.
    pub(crate) sentences: Vec<Range<usize>>,
    pieces: Vec<Piece>,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A heading and its level, from 1.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list.
    Item,
    /// A cell that names a column.
    Header,
    /// Another cell of a table.
    Cell,
}

/// A run of plain text and the bytes of the file it came from.
struct Piece {
    plain: usize,
    source: Range<usize>,
}

/// A link to a promise.
pub(crate) struct Link {
    pub(crate) target: String,
    /// Index of the block it stands in.
    pub(crate) block: usize,
    /// The linked words within the block's plain text.
    pub(crate) plain: Range<usize>,
    /// The whole link in the file.
    pub(crate) span: Range<usize>,
}

impl Document {
    /// Reads Markdown; nothing in it is an error.
    pub(crate) fn read(language: &str, path: &str, markdown: &str) -> Self {
        let (blocks, links) = reader::read(markdown);
        let title = blocks
            .iter()
            .find(|block| block.is_heading())
            .map_or_else(|| path.to_owned(), |block| block.plain.clone());
        Self {
            text: Text {
                language: language.to_owned(),
                path: path.to_owned(),
                markdown: markdown.to_owned(),
                title,
                effective: dates::effective(&blocks),
            },
            blocks,
            links,
        }
    }

    /// The linked words.
    pub(crate) fn words(&self, link: &Link) -> &str {
        self.blocks
            .get(link.block)
            .and_then(|block| block.plain.get(link.plain.clone()))
            .unwrap_or_default()
    }

    /// Whether a link to a promise stands in a part of a block.
    pub(crate) fn has_link(&self, block: usize, part: &Range<usize>) -> bool {
        // Links are in the order of their blocks.
        let start = self.links.partition_point(|link| link.block < block);
        let links = self.links.get(start..).unwrap_or_default();
        links
            .iter()
            .take_while(|link| link.block == block)
            .any(|link| link.plain.start < part.end && link.plain.end > part.start)
    }

    /// The other cells of a block's row.
    pub(crate) fn row(&self, block: usize) -> impl Iterator<Item = (usize, &Block)> {
        let row = self.blocks.get(block).and_then(|block| block.row);
        let same = move |(_, other): &(usize, &Block)| row.is_some() && other.row == row;
        // The cells of a row are neighbours.
        let before = self.blocks.get(..block).unwrap_or_default();
        let before = before.iter().enumerate().rev().take_while(same);
        let after = self.blocks.iter().enumerate().skip(block + 1);
        before.chain(after.take_while(same))
    }

    /// The name of the column a cell stands in.
    pub(crate) fn column(&self, block: &Block) -> Option<&str> {
        let header = self.blocks.get(block.header?)?;
        Some(header.plain.as_str())
    }

    /// What a block stands under: its lead-in, then its headings, the nearest
    /// first.
    pub(crate) fn context(&self, block: &Block) -> impl Iterator<Item = &Block> {
        let lead = block.lead.and_then(|at| self.blocks.get(at));
        let mut next = block.section;
        let headings = std::iter::from_fn(move || {
            let heading = self.blocks.get(next?)?;
            next = heading.section;
            Some(heading)
        });
        lead.into_iter().chain(headings)
    }

    /// The place of a part of a block's plain text.
    pub(crate) fn location(&self, block: usize, plain: &Range<usize>) -> Location {
        let span = self
            .blocks
            .get(block)
            .map(|block| block.source(plain))
            .unwrap_or_default();
        // Words that the file writes otherwise (`&amp;`) have no bytes of their
        // own, and counting into them may end inside a character.
        let markdown = &self.text.markdown;
        let start = markdown.floor_char_boundary(span.start);
        let end = markdown.ceil_char_boundary(span.end.max(start));
        Location::new(self.text.path.clone(), start..end)
    }

    /// The place of what a link names.
    pub(crate) fn target(&self, link: &Link) -> Location {
        let whole = self.text.markdown.get(link.span.clone());
        let at = whole
            .and_then(|whole| whole.rfind(&link.target))
            .map_or(link.span.end, |at| link.span.start + at);
        let end = (at + link.target.len()).min(link.span.end.max(at));
        Location::new(self.text.path.clone(), at..end)
    }

    /// The link as the charter keeps it.
    pub(crate) fn phrase(&self, index: usize, link: &Link) -> Phrase {
        let sentence = self
            .blocks
            .get(link.block)
            .map(|block| block.sentence(&link.plain))
            .unwrap_or_default();
        Phrase {
            language: self.text.language.clone(),
            anchor: format!("p{}", index + 1),
            target: link.target.clone(),
            words: self.words(link).to_owned(),
            sentence: sentence.to_owned(),
            span: link.span.clone(),
        }
    }
}

impl Block {
    pub(crate) const fn is_heading(&self) -> bool {
        matches!(self.kind, Kind::Heading(_))
    }

    /// The bytes of the file that a part of the plain text came from.
    fn source(&self, plain: &Range<usize>) -> Range<usize> {
        let start = self.offset(plain.start);
        let end = self.offset(plain.end.saturating_sub(1)) + 1;
        start..end.max(start)
    }

    fn offset(&self, plain: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.plain <= plain);
        let piece = after.checked_sub(1).and_then(|at| self.pieces.get(at));
        piece.map_or(0, |piece| {
            let end = piece.source.end.saturating_sub(1).max(piece.source.start);
            (piece.source.start + (plain - piece.plain)).min(end)
        })
    }

    /// The sentence, or sentences, that hold a part of the plain text.
    fn sentence(&self, part: &Range<usize>) -> &str {
        let span = self.sentence_span(part);
        self.plain.get(span).unwrap_or_default().trim()
    }

    /// Its bytes within the plain text.
    pub(crate) fn sentence_span(&self, part: &Range<usize>) -> Range<usize> {
        let first = self
            .sentences
            .partition_point(|sentence| sentence.end <= part.start);
        let held = self.sentences.get(first..).unwrap_or_default();
        let start = held.first().map_or(0, |sentence| sentence.start);
        let end = held
            .iter()
            .take_while(|sentence| sentence.start < part.end)
            .last()
            .map_or(self.plain.len(), |sentence| sentence.end);
        start..end
    }
}

#[cfg(test)]
mod tests;
