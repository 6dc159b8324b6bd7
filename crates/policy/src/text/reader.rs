//! From the Markdown parser's events to blocks and links, in one pass.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Block, Link, Piece, SCHEME, sentences};

/// CommonMark, with tables: policies list vendors and cookies in them.
pub(crate) const MARKDOWN: Options = Options::ENABLE_TABLES;

#[derive(Default)]
struct Blocks {
    done: Vec<Block>,
    links: Vec<Link>,
    heading: bool,
    plain: String,
    pieces: Vec<Piece>,
    /// A promise link that is still open: target, start in `plain`, bytes.
    open: Option<(String, usize, Range<usize>)>,
    code: bool,
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
            Event::Start(Tag::Heading { .. }) => {
                self.flush();
                self.heading = true;
            }
            Event::End(TagEnd::Heading(_)) => {
                self.flush();
                self.heading = false;
            }
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
        self.done.push(Block {
            heading: self.heading,
            sentences: sentences::split(&plain),
            plain,
            pieces: std::mem::take(&mut self.pieces),
        });
    }
}
