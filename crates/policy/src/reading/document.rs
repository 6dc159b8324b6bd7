//! A text of any format as blocks in order: headings, paragraphs, list items,
//! rows of tables. Each knows what it stands under, because a row or an item
//! read without its heading, lead-in or column names says something else.
//!
//! Invariant: `section`, `lead` and `header` point to earlier blocks.

use std::ops::Range;

/// A text, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
    /// Places of the text that links elsewhere in it can name: ids, anchors.
    pub(crate) anchors: Vec<String>,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A heading and its level, from 1.
    Heading(u8),
    /// Running text.
    Paragraph,
    /// An item of a list, and how many lists it is in.
    Item(u8),
    /// The row of a table that names the columns.
    Header,
    /// Another row of a table.
    Row,
}

/// A block of plain text.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    pub(crate) plain: String,
    /// Byte ranges of the sentences within `plain`; a row is one sentence.
    pub(crate) sentences: Vec<Range<usize>>,
    /// Byte ranges of the cells of a row.
    pub(crate) cells: Vec<Range<usize>>,
    /// The heading it stands under; for a heading, the one above it.
    pub(crate) section: Option<usize>,
    /// The paragraph or item that introduces its list or table.
    pub(crate) lead: Option<usize>,
    /// The row that names the columns of its table.
    pub(crate) header: Option<usize>,
    pub(crate) links: Vec<Link>,
    pub(super) pieces: Vec<Piece>,
}

/// A link.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) target: String,
    /// The linked words within the block's plain text.
    pub(crate) plain: Range<usize>,
    /// The link in the file.
    pub(crate) span: Range<usize>,
}

/// A run of plain text and the bytes of the file it came from. Where `exact`,
/// they are the same bytes; else the whole run came from the whole range.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) plain: usize,
    pub(super) source: Range<usize>,
    pub(super) exact: bool,
}

impl Document {
    /// The block's heading and those above it, the nearest first.
    pub(crate) fn headings(&self, block: &Block) -> impl Iterator<Item = &Block> {
        let mut next = block.section;
        std::iter::from_fn(move || {
            let heading = self.blocks.get(next?)?;
            next = heading.section;
            Some(heading)
        })
    }

    /// What introduces the block's list or table, and what introduces that.
    pub(crate) fn leads(&self, block: &Block) -> impl Iterator<Item = &Block> {
        let mut next = block.lead;
        std::iter::from_fn(move || {
            let lead = self.blocks.get(next?)?;
            next = lead.lead;
            Some(lead)
        })
    }

    /// The name of the column that holds a byte of a row's plain text.
    pub(crate) fn column(&self, block: &Block, byte: usize) -> Option<&str> {
        let at = block.cells.iter().position(|cell| byte < cell.end)?;
        let header = self.blocks.get(block.header?)?;
        header.plain.get(header.cells.get(at)?.clone())
    }
}

impl Block {
    pub(crate) const fn is_heading(&self) -> bool {
        matches!(self.kind, Kind::Heading(_))
    }

    /// Whether it is part of a table.
    pub(crate) const fn is_tabular(&self) -> bool {
        matches!(self.kind, Kind::Header | Kind::Row)
    }

    /// The bytes of the file that a part of the plain text came from.
    pub(crate) fn source(&self, plain: &Range<usize>) -> Range<usize> {
        let (start, _) = self.offset(plain.start);
        let (last, coarse_end) = self.offset(plain.end.saturating_sub(1).max(plain.start));
        start..coarse_end.unwrap_or(last + 1).max(start)
    }

    /// Whether the block begins at or before a byte of the file.
    pub(crate) fn begins_by(&self, byte: usize) -> bool {
        self.pieces
            .first()
            .is_none_or(|piece| piece.source.start <= byte)
    }

    /// The bytes of the plain text that come from a range of the file.
    pub(crate) fn plain_of(&self, source: &Range<usize>) -> Range<usize> {
        let at = |byte: usize| {
            let after = self
                .pieces
                .partition_point(|piece| piece.source.start <= byte);
            let piece = after.checked_sub(1).and_then(|at| self.pieces.get(at));
            piece.map_or(0, |piece| match piece.exact {
                true => piece.plain + (byte.min(piece.source.end) - piece.source.start),
                false => piece.plain,
            })
        };
        let start = at(source.start).min(self.plain.len());
        start..at(source.end).clamp(start, self.plain.len())
    }

    /// The file's byte for a byte of the plain text; for a run that the file
    /// writes otherwise (`&amp;`), the run's first byte, and its end.
    fn offset(&self, plain: usize) -> (usize, Option<usize>) {
        let after = self.pieces.partition_point(|piece| piece.plain <= plain);
        let piece = after.checked_sub(1).and_then(|at| self.pieces.get(at));
        match piece {
            None => (0, None),
            Some(piece) if piece.exact => {
                let last = piece.source.end.saturating_sub(1).max(piece.source.start);
                ((piece.source.start + (plain - piece.plain)).min(last), None)
            }
            Some(piece) => (piece.source.start, Some(piece.source.end)),
        }
    }
}
