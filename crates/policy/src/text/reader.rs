//! From the Markdown parser's events to blocks and links, in one pass.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Block, Kind, Link, Piece, SCHEME, sentences};

/// CommonMark, with tables: policies list vendors and cookies in them.
pub(crate) const MARKDOWN: Options = Options::ENABLE_TABLES;

#[derive(Default)]
struct Blocks {
    done: Vec<Block>,
    links: Vec<Link>,
    /// Level of the open heading.
    heading: Option<u8>,
    /// Open headings by level.
    headings: Vec<(u8, usize)>,
    /// The lead-ins of the open lists.
    lists: Vec<Option<usize>>,
    table: Option<Table>,
    /// Rows of every table so far.
    rows: usize,
    plain: String,
    pieces: Vec<Piece>,
    /// A promise link that is still open: target, start in `plain`, bytes.
    open: Option<(String, usize, Range<usize>)>,
    code: bool,
}

/// An open table.
#[derive(Default)]
struct Table {
    lead: Option<usize>,
    /// The cells that name its columns, by place.
    header: Vec<Option<usize>>,
    in_header: bool,
    column: usize,
}

pub(super) fn read(markdown: &str) -> (Vec<Block>, Vec<Link>) {
    let mut blocks = Blocks::default();
    for (event, span) in Parser::new_ext(markdown, MARKDOWN).into_offset_iter() {
        blocks.event(event, span, markdown);
    }
    blocks.flush();
    (blocks.done, blocks.links)
}

impl Blocks {
    fn event(&mut self, event: Event<'_>, span: Range<usize>, markdown: &str) {
        match event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                if let Some(target) = dest_url.strip_prefix(SCHEME) {
                    self.open = Some((target.trim().to_owned(), self.plain.len(), span));
                }
            }
            Event::End(TagEnd::Link) => self.close_link(),
            Event::Start(Tag::Heading { level, .. }) => {
                self.flush();
                self.heading = Some(level as u8);
            }
            Event::End(TagEnd::Heading(_)) => {
                self.flush();
                self.heading = None;
            }
            Event::Start(
                Tag::List(_) | Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell,
            )
            | Event::End(
                TagEnd::List(_)
                | TagEnd::Table
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::TableCell,
            ) => self.group(&event),
            Event::Start(Tag::CodeBlock(_)) => {
                self.flush();
                self.code = true;
            }
            Event::End(TagEnd::CodeBlock) => self.code = false,
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Image { .. })
            | Event::End(
                TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Image,
            ) => {}
            Event::Start(_) | Event::End(_) => self.flush(),
            Event::Text(text) => self.push(&text, span),
            Event::Code(text) => {
                // The span takes in the backticks; the words lie inside them.
                let ticks = span.len().saturating_sub(text.len()) / 2;
                let inner = span.start + ticks..span.end - ticks;
                let exact = markdown.get(inner.clone()) == Some(&*text);
                self.push(&text, if exact { inner } else { span });
            }
            Event::SoftBreak | Event::HardBreak => self.push(" ", span),
            _ => {}
        }
    }

    /// The beginning or the end of a list, a table or a part of one.
    fn group(&mut self, event: &Event<'_>) {
        self.flush();
        match event {
            Event::Start(Tag::List(_)) => {
                let lead = self.lead_in();
                self.lists.push(lead);
            }
            Event::End(TagEnd::List(_)) => drop(self.lists.pop()),
            Event::Start(Tag::Table(_)) => {
                self.table = Some(Table {
                    lead: self.lead_in(),
                    ..Table::default()
                });
            }
            Event::End(TagEnd::Table) => self.table = None,
            _ => {
                if let Some(table) = &mut self.table {
                    match event {
                        Event::Start(Tag::TableHead) => table.in_header = true,
                        Event::End(TagEnd::TableHead) => table.in_header = false,
                        Event::End(TagEnd::TableCell) => table.column += 1,
                        _ => {}
                    }
                    if matches!(event, Event::Start(Tag::TableHead | Tag::TableRow)) {
                        table.column = 0;
                        self.rows += 1;
                    }
                }
            }
        }
    }

    /// The block before, unless it is a heading or a part of a table: those
    /// introduce nothing.
    fn lead_in(&self) -> Option<usize> {
        let at = self.done.len().checked_sub(1)?;
        let last = self.done.get(at)?;
        matches!(last.kind, Kind::Paragraph | Kind::Item).then_some(at)
    }

    fn push(&mut self, text: &str, source: Range<usize>) {
        if self.code {
            return;
        }
        self.pieces.push(Piece {
            plain: self.plain.len(),
            source,
        });
        self.plain.push_str(text);
    }

    fn close_link(&mut self) {
        if let Some((target, start, span)) = self.open.take() {
            self.links.push(Link {
                target,
                block: self.done.len(),
                plain: start..self.plain.len(),
                span,
            });
        }
    }

    /// Ends the block. A link belongs to the block that is open when it ends,
    /// and CommonMark ends every link within its block.
    fn flush(&mut self) {
        if self.plain.is_empty() {
            return;
        }
        let plain = std::mem::take(&mut self.plain);
        let at = self.done.len();
        let (kind, lead, header, row) = self.place(at);
        if let Some(level) = self.heading {
            self.headings.retain(|(other, _)| *other < level);
        }
        self.done.push(Block {
            kind,
            sentences: sentences::split(&plain),
            plain,
            section: self.headings.last().map(|(_, at)| *at),
            lead,
            header,
            row,
            pieces: std::mem::take(&mut self.pieces),
        });
        if let Some(level) = self.heading {
            self.headings.push((level, at));
        }
    }

    /// What the block that ends is, and what it stands under.
    fn place(&mut self, at: usize) -> (Kind, Option<usize>, Option<usize>, Option<usize>) {
        if let Some(level) = self.heading {
            return (Kind::Heading(level), None, None, None);
        }
        let Some(table) = &mut self.table else {
            return match self.lists.last() {
                Some(lead) => (Kind::Item, *lead, None, None),
                None => (Kind::Paragraph, None, None, None),
            };
        };
        let row = Some(self.rows);
        if !table.in_header {
            let header = table.header.get(table.column).copied().flatten();
            return (Kind::Cell, table.lead, header, row);
        }
        // An empty cell names no column, and makes no block.
        table.header.resize(table.column, None);
        table.header.push(Some(at));
        (Kind::Header, table.lead, None, row)
    }
}
