//! From Markdown to blocks. HTML inside is read as HTML; front matter and
//! fenced code are left out. Paragraphs that stand so far in that Markdown takes
//! them for code are read: in a policy they are text.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::builder::Builder;
use super::document::Document;
use super::html;

const OPTIONS: Options = Options::ENABLE_TABLES.union(Options::ENABLE_YAML_STYLE_METADATA_BLOCKS);

pub(super) fn read(source: &str) -> Document {
    let mut builder = Builder::default();
    let mut skipped = 0_usize;
    for (event, span) in Parser::new_ext(source, OPTIONS).into_offset_iter() {
        match &event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => builder.flush(),
            Event::Start(Tag::CodeBlock(_) | Tag::MetadataBlock(_)) => {
                builder.flush();
                skipped += 1;
            }
            Event::End(TagEnd::CodeBlock | TagEnd::MetadataBlock(_)) => {
                builder.flush();
                skipped = skipped.saturating_sub(1);
            }
            _ if skipped > 0 => {}
            Event::Start(tag) => start(&mut builder, tag, &span, source),
            Event::End(tag) => end(&mut builder, *tag, &span),
            _ => inline(&mut builder, &event, span, source),
        }
    }
    builder.finish()
}

fn start(builder: &mut Builder, tag: &Tag<'_>, span: &Range<usize>, source: &str) {
    match tag {
        Tag::Heading { level, id, .. } => {
            if let Some(id) = id {
                builder.anchor(id);
            }
            builder.open_heading(depth(*level));
        }
        Tag::List(_) => builder.open_list(),
        Tag::Table(_) => builder.open_table(),
        Tag::TableHead => builder.header_row(),
        Tag::Strong => builder.open_strong(),
        Tag::Link { dest_url, .. } => builder.open_link(dest_url, span.start),
        Tag::HtmlBlock => html::feed(builder, source, span.clone()),
        Tag::Paragraph | Tag::Item | Tag::BlockQuote(_) => builder.flush(),
        _ => {}
    }
}

fn end(builder: &mut Builder, tag: TagEnd, span: &Range<usize>) {
    match tag {
        TagEnd::Heading(_) => builder.close_heading(),
        TagEnd::List(_) => builder.close_list(),
        TagEnd::Table => builder.close_table(),
        TagEnd::TableHead | TagEnd::TableRow => builder.end_row(),
        TagEnd::TableCell => builder.end_cell(),
        TagEnd::Strong => builder.close_strong(),
        TagEnd::Link => builder.close_link(span.end),
        TagEnd::Paragraph | TagEnd::Item | TagEnd::BlockQuote(_) => builder.flush(),
        _ => {}
    }
}

fn inline(builder: &mut Builder, event: &Event<'_>, span: Range<usize>, source: &str) {
    match event {
        // An empty line inside what is indented.
        Event::Text(text) if text.trim().is_empty() && text.contains('\n') => builder.flush(),
        Event::Text(text) => builder.text(text, span),
        Event::Code(text) => {
            // The span takes in the backticks; the words lie inside them.
            let ticks = span.len().saturating_sub(text.len()) / 2;
            let inner = span.start + ticks..span.end.saturating_sub(ticks);
            let exact = source.get(inner.clone()) == Some(text.as_ref());
            builder.text(text, if exact { inner } else { span });
        }
        Event::SoftBreak | Event::HardBreak => builder.space(span.start),
        Event::InlineHtml(_) => html::feed(builder, source, span),
        _ => {}
    }
}

const fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
