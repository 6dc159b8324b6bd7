//! From HTML to blocks, through a tokenizer that follows the standard and so
//! reads what browsers read. Tags out of order are no error. Left out is what
//! isn't the text: scripts, styles, navigation, footers, forms' controls.

use std::collections::BTreeMap;
use std::ops::Range;

use html5gum::{DefaultEmitter, HtmlString, Spanned, Token, Tokenizer};

use super::builder::Builder;
use super::document::Document;

/// Elements whose content isn't the policy's text.
const LEFT_OUT: [&str; 11] = [
    "script", "style", "template", "svg", "head", "nav", "footer", "button", "select", "iframe",
    "noscript",
];
/// The longest a character's name is in HTML, with `&` and `;`.
const REFERENCE_BYTES_MAX: usize = 40;

pub(super) fn read(source: &str) -> Document {
    let mut builder = Builder::default();
    feed(&mut builder, source, 0..source.len());
    builder.finish()
}

/// Reads a part of a file as HTML, into what is being built.
pub(super) fn feed(builder: &mut Builder, source: &str, part: Range<usize>) {
    let Some(text) = source.get(part.clone()) else {
        return;
    };
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut left_out: Option<(String, usize)> = None;
    for token in Tokenizer::new_with_emitter(text, emitter) {
        // Reading from memory can't fail.
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = lossy(&tag.name);
                if let Some((out, depth)) = &mut left_out {
                    *depth += usize::from(*out == name && !tag.self_closing);
                } else if LEFT_OUT.contains(&name.as_str()) && !tag.self_closing {
                    left_out = Some((name, 1));
                } else {
                    start(builder, &name, &tag.attributes, part.start + tag.span.start);
                }
            }
            Token::EndTag(tag) => {
                let name = lossy(&tag.name);
                match &mut left_out {
                    Some((out, depth)) if *out == name => *depth -= 1,
                    Some(_) => {}
                    None => end(builder, &name, part.start + tag.span.end),
                }
                if left_out.as_ref().is_some_and(|(_, depth)| *depth == 0) {
                    left_out = None;
                }
            }
            Token::String(text) if left_out.is_none() => {
                let span = part.start + text.span.start..part.start + text.span.end;
                words(builder, &lossy(&text.value), source, span);
            }
            _ => {}
        }
    }
}

fn start(
    builder: &mut Builder,
    name: &str,
    attributes: &BTreeMap<HtmlString, Spanned<HtmlString, usize>>,
    at: usize,
) {
    let attribute = |key: &str| {
        let found = attributes
            .iter()
            .find(|(name, _)| ***name == *key.as_bytes());
        found.map(|(_, value)| lossy(&value.value))
    };
    for key in ["id", "name"] {
        if let Some(anchor) = attribute(key) {
            builder.anchor(&anchor);
        }
    }
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            let level = name.bytes().last().unwrap_or(b'1') - b'0';
            builder.open_heading(level);
        }
        "ul" | "ol" => builder.open_list(),
        "table" => builder.open_table(),
        "thead" => builder.header_row(),
        "tr" => builder.open_row(),
        "td" => builder.open_cell(),
        "th" => {
            builder.heading_cell();
            builder.open_cell();
        }
        "strong" | "b" => builder.open_strong(),
        "a" => {
            if let Some(target) = attribute("href") {
                builder.open_link(&target, at);
            }
        }
        "br" => builder.space(at),
        _ if is_block(name) => builder.flush(),
        _ => {}
    }
}

fn end(builder: &mut Builder, name: &str, at: usize) {
    match name {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => builder.close_heading(),
        "ul" | "ol" => builder.close_list(),
        "table" => builder.close_table(),
        "td" | "th" => builder.end_cell(),
        "tr" => builder.end_row(),
        "strong" | "b" => builder.close_strong(),
        "a" => builder.close_link(at),
        _ if is_block(name) => builder.flush(),
        _ => {}
    }
}

/// Elements that begin and end a block. Inside a table, its cells do.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "li"
            | "section"
            | "article"
            | "main"
            | "header"
            | "aside"
            | "blockquote"
            | "dl"
            | "dt"
            | "dd"
            | "details"
            | "summary"
            | "figure"
            | "figcaption"
            | "hr"
            | "body"
            | "form"
            | "fieldset"
            | "address"
            | "pre"
    )
}

/// Text whose characters may be written by name (`&amp;`): the runs between
/// those keep their bytes.
fn words(builder: &mut Builder, text: &str, source: &str, span: Range<usize>) {
    let raw = source.get(span.clone()).unwrap_or_default();
    if raw == text {
        return builder.text(text, span);
    }
    let (mut raw, mut text, mut at) = (raw, text, span.start);
    while !text.is_empty() {
        let same = raw
            .bytes()
            .zip(text.bytes())
            .take_while(|(raw, text)| raw == text && *raw != b'&')
            .count();
        let same = text.floor_char_boundary(same);
        if let (Some(run), Some(rest)) = (text.get(..same), raw.get(same..)) {
            builder.text(run, at..at + same);
            (text, raw, at) = (text.get(same..).unwrap_or_default(), rest, at + same);
        }
        let Some(character) = text.chars().next() else {
            return;
        };
        let Some(length) = reference(raw) else {
            // Line ends and such: the rest keeps its place as a whole.
            return builder.text(text, at..span.end);
        };
        let decoded = character.len_utf8();
        builder.written_otherwise(text.get(..decoded).unwrap_or_default(), at..at + length);
        text = text.get(decoded..).unwrap_or_default();
        raw = raw.get(length..).unwrap_or_default();
        at += length;
    }
}

/// The length of the character reference that stands here.
fn reference(raw: &str) -> Option<usize> {
    let window = raw.get(..raw.floor_char_boundary(REFERENCE_BYTES_MAX))?;
    let end = window.strip_prefix('&')?.find(';')? + 2;
    (end > 2).then_some(end)
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}
