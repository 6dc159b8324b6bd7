//! Puts blocks together from whatever a format's reader meets, in one pass.
//! White space runs become one space. Refuses nothing.

use std::ops::Range;

use super::document::{Block, Document, Kind, Link, Piece};
use crate::text::split_sentences;

/// A longer row is read sentence by sentence: pages were once laid out in
/// tables.
const ROW_BYTES_MAX: usize = 500;
/// Lists within lists that are told apart.
const DEPTH_MAX: usize = 16;

/// Columns of a table whose first row can be taken for their names, and words
/// of such a name.
const COLUMNS_MIN: usize = 3;
const LABEL_WORDS_MAX: usize = 4;

/// A paragraph all in bold type that reads as a title stands below every
/// heading.
const TITLE_LEVEL: u8 = 7;
const TITLE_WORDS_MAX: usize = 12;

#[derive(Default)]
pub(super) struct Builder {
    document: Document,
    plain: String,
    pieces: Vec<Piece>,
    links: Vec<Link>,
    open_links: Vec<(String, usize, usize)>,
    /// Open headings by level.
    headings: Vec<(u8, usize)>,
    /// What introduces each open list or table.
    lists: Vec<Option<usize>>,
    heading: Option<u8>,
    table: Option<Table>,
    strong: usize,
    /// Bytes of the open block that are not in bold type.
    light: usize,
}

#[derive(Default)]
struct Table {
    lead: Option<usize>,
    header: Option<usize>,
    in_header: bool,
    /// Whether a cell of HTML is open.
    in_cell: bool,
    /// Every row, by its place in the document.
    rows: Vec<usize>,
    cells: Vec<Range<usize>>,
}

impl Builder {
    pub(super) fn finish(mut self) -> Document {
        self.end_row();
        self.document
    }

    /// Text as the file holds it, or as its format writes it otherwise.
    pub(super) fn text(&mut self, text: &str, source: Range<usize>) {
        let exact = text.len() == source.len();
        if !exact {
            return self.run(text, source, false);
        }
        // Runs without line breaks or doubled spaces keep their bytes.
        let mut start = 0;
        for part in text.split_inclusive(char::is_whitespace) {
            let from = source.start + start;
            self.run(part, from..from + part.len(), true);
            start += part.len();
        }
    }

    fn run(&mut self, text: &str, source: Range<usize>, exact: bool) {
        let words = text.trim_end();
        let spaced = words.len() < text.len();
        let text = words.trim_start();
        let leading = words.len() - text.len();
        if leading > 0 {
            self.space(source.start);
        }
        if !text.is_empty() {
            let (text, source) = match exact {
                true => (text, source.start + leading..source.start + words.len()),
                false => (text, source.clone()),
            };
            self.pieces.push(Piece {
                plain: self.plain.len(),
                source,
                exact,
            });
            if exact {
                self.plain.push_str(text);
            } else {
                let joined: Vec<&str> = text.split_whitespace().collect();
                self.plain.push_str(&joined.join(" "));
            }
            self.light += if self.strong == 0 { text.len() } else { 0 };
        }
        if spaced {
            self.space(source.end.saturating_sub(1));
        }
    }

    /// Text that the file writes otherwise, such as a character by its name.
    pub(super) fn written_otherwise(&mut self, text: &str, source: Range<usize>) {
        match text.trim().is_empty() {
            true => self.space(source.start),
            false => self.run(text, source, false),
        }
    }

    /// One space between words.
    pub(super) fn space(&mut self, source: usize) {
        if !self.plain.is_empty() && !self.plain.ends_with(' ') {
            self.pieces.push(Piece {
                plain: self.plain.len(),
                source: source..source + 1,
                exact: true,
            });
            self.plain.push(' ');
        }
    }

    pub(super) fn open_link(&mut self, target: &str, source: usize) {
        if self.open_links.len() < DEPTH_MAX {
            self.open_links
                .push((target.trim().to_owned(), self.plain.len(), source));
        }
    }

    pub(super) fn close_link(&mut self, source_end: usize) {
        if let Some((target, start, source)) = self.open_links.pop() {
            self.links.push(Link {
                target,
                plain: start.min(self.plain.len())..self.plain.len(),
                span: source..source_end.max(source),
            });
        }
    }

    pub(super) const fn open_strong(&mut self) {
        self.strong += 1;
    }

    pub(super) const fn close_strong(&mut self) {
        self.strong = self.strong.saturating_sub(1);
    }

    pub(super) fn anchor(&mut self, name: &str) {
        self.document.anchors.push(name.to_lowercase());
    }

    pub(super) fn open_heading(&mut self, level: u8) {
        self.flush();
        self.heading = Some(level);
    }

    pub(super) fn close_heading(&mut self) {
        self.flush();
        self.heading = None;
    }

    /// A list begins; what stands right before it introduces it.
    pub(super) fn open_list(&mut self) {
        self.flush();
        let lead = self.lead();
        if self.lists.len() < DEPTH_MAX {
            self.lists.push(lead);
        }
    }

    pub(super) fn close_list(&mut self) {
        self.flush();
        self.lists.pop();
    }

    pub(super) fn open_table(&mut self) {
        self.end_block();
        self.table = Some(Table {
            lead: self.lead(),
            ..Table::default()
        });
    }

    pub(super) fn close_table(&mut self) {
        self.end_row();
        if let Some(table) = self.table.take()
            && table.header.is_none()
        {
            self.name_columns(&table.rows);
        }
    }

    /// A first row of short cells above longer rows names the columns, where
    /// the file doesn't say which row does.
    fn name_columns(&mut self, rows: &[usize]) {
        let Some((first, rest)) = rows.split_first() else {
            return;
        };
        let blocks = &self.document.blocks;
        let Some(header) = blocks.get(*first) else {
            return;
        };
        let cell = |cell: &Range<usize>| header.plain.get(cell.clone()).unwrap_or_default();
        let labels = header.cells.len() >= COLUMNS_MIN
            && header.cells.iter().map(cell).all(|words| {
                (1..=LABEL_WORDS_MAX).contains(&words.split_whitespace().count())
                    && !words.contains(|letter: char| letter.is_ascii_digit())
            });
        let longer = rest
            .iter()
            .filter_map(|row| blocks.get(*row))
            .filter(|row| row.plain.len() > header.plain.len())
            .count();
        if !labels || longer * 2 < rest.len() || rest.is_empty() {
            return;
        }
        for (index, row) in rows.iter().enumerate() {
            if let Some(block) = self.document.blocks.get_mut(*row) {
                match index {
                    0 => block.kind = Kind::Header,
                    _ => block.header = Some(*first),
                }
            }
        }
    }

    /// A row begins, and with it the one before ends: HTML may leave that out.
    pub(super) fn open_row(&mut self) {
        if self.table.is_some() {
            self.end_row();
        }
    }

    /// A cell begins, and with it the one before ends.
    pub(super) fn open_cell(&mut self) {
        self.end_open_cell();
        if let Some(table) = &mut self.table {
            table.in_cell = true;
        }
    }

    fn end_open_cell(&mut self) {
        if self.table.as_ref().is_some_and(|table| table.in_cell) {
            self.end_cell();
        }
    }

    /// The next row names the columns.
    pub(super) const fn header_row(&mut self) {
        if let Some(table) = &mut self.table {
            table.in_header = table.header.is_none();
        }
    }

    /// A cell that names its column, where its row is the first.
    pub(super) fn heading_cell(&mut self) {
        self.flush_outside_table();
        if let Some(table) = &self.table
            && table.cells.is_empty()
        {
            self.header_row();
        }
    }

    pub(super) fn end_cell(&mut self) {
        let Some(table) = &mut self.table else {
            return self.flush();
        };
        table.in_cell = false;
        let end = self.plain.trim_end().len();
        let start = table.cells.last().map_or(0, |cell| cell.end);
        let separator = if table.cells.is_empty() { 0 } else { 2 };
        table.cells.push((start + separator).min(end)..end);
        self.plain.truncate(end);
        self.plain.push_str("; ");
    }

    pub(super) fn end_row(&mut self) {
        self.end_open_cell();
        self.end_block();
    }

    fn flush_outside_table(&mut self) {
        if self.table.is_none() {
            self.flush();
        }
    }

    /// The block before, where it can introduce what follows.
    fn lead(&self) -> Option<usize> {
        let at = self.document.blocks.len().checked_sub(1)?;
        let block = self.document.blocks.get(at)?;
        matches!(block.kind, Kind::Paragraph | Kind::Item(_)).then_some(at)
    }

    /// A paragraph or list item ends. Within a cell that is a space.
    pub(super) fn flush(&mut self) {
        match &self.table {
            Some(_) => {
                let end = self.pieces.last().map_or(0, |piece| piece.source.end);
                self.space(end.saturating_sub(1));
            }
            None => self.end_block(),
        }
    }

    fn end_block(&mut self) {
        let light = std::mem::take(&mut self.light);
        let cells = match &mut self.table {
            Some(table) => std::mem::take(&mut table.cells),
            None => Vec::new(),
        };
        let length = match cells.last() {
            Some(cell) => cell.end,
            None => self.plain.trim_end().len(),
        };
        self.plain.truncate(length);
        if self.plain.trim().is_empty() {
            self.plain.clear();
            self.pieces.clear();
            // A link without words belongs to the block before it.
            let links = std::mem::take(&mut self.links);
            if let Some(block) = self.document.blocks.last_mut() {
                let end = block.plain.len();
                block.links.extend(links.into_iter().map(|link| Link {
                    plain: end..end,
                    ..link
                }));
            }
            return;
        }
        let kind = self.kind(!cells.is_empty(), light);
        let section = self.section(kind);
        let plain = std::mem::take(&mut self.plain);
        let whole = 0..plain.len();
        let tabular = matches!(kind, Kind::Header | Kind::Row);
        let at = self.document.blocks.len();
        let (lead, header) = match (&mut self.table, tabular) {
            (Some(table), true) => {
                table.rows.push(at);
                if kind == Kind::Header {
                    table.header = Some(at);
                    table.in_header = false;
                }
                (table.lead, table.header.filter(|header| *header != at))
            }
            _ => (self.lists.last().copied().flatten(), None),
        };
        self.document.blocks.push(Block {
            kind,
            sentences: if (tabular && plain.len() <= ROW_BYTES_MAX)
                || matches!(kind, Kind::Heading(_))
            {
                std::iter::once(whole).collect()
            } else {
                split_sentences(&plain)
            },
            plain,
            cells,
            section,
            lead,
            header,
            links: std::mem::take(&mut self.links),
            pieces: std::mem::take(&mut self.pieces),
        });
    }

    fn kind(&self, row: bool, light: usize) -> Kind {
        match (self.heading, &self.table) {
            (Some(level), _) => Kind::Heading(level),
            (None, Some(table)) if row && table.in_header => Kind::Header,
            (None, Some(_)) if row => Kind::Row,
            _ => match u8::try_from(self.lists.len()) {
                Ok(0) | Err(_) if light == 0 && is_title(&self.plain) => Kind::Heading(TITLE_LEVEL),
                Ok(0) | Err(_) => Kind::Paragraph,
                Ok(depth) => Kind::Item(depth),
            },
        }
    }

    /// The heading a block stands under.
    fn section(&mut self, kind: Kind) -> Option<usize> {
        if let Kind::Heading(level) = kind {
            while self.headings.last().is_some_and(|(open, _)| *open >= level) {
                self.headings.pop();
            }
            let above = self.headings.last().map(|(_, at)| *at);
            self.headings.push((level, self.document.blocks.len()));
            return above;
        }
        self.headings.last().map(|(_, at)| *at)
    }
}

fn is_title(plain: &str) -> bool {
    plain.split_whitespace().count() <= TITLE_WORDS_MAX
        && !plain.trim_end().ends_with(['.', ':', ';', ','])
}
