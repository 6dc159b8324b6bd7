//! A reading as a page of its own: the policy's text with the findings in the
//! margin, beside the sentence they are about. No script, no request, light or
//! dark as the reader's system is; every note is reached from its mark and
//! leads back to it.

use std::fmt::{Arguments, Write};
use std::ops::Range;

use super::text::{role, unit};
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::Reading;
use crate::reading::document::{Block, Kind};
use crate::render::page::escape;
use crate::render::text::tally;

const STYLE: &str = include_str!("style.css");

/// A mark in a block: its bytes in the plain text, and what it is for.
struct Mark {
    bytes: Range<usize>,
    finding: usize,
}

/// The whole page.
#[must_use]
pub fn html(reading: &Reading) -> String {
    let title = reading.title.as_deref().unwrap_or(&reading.path);
    let mut out = String::new();
    put(
        &mut out,
        format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{} — read by candor</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n<p class=\"file\">{}</p>\n<p>{}</p>\n</header>\n<main>",
            escape(title),
            escape(&reading.path),
            counts(reading),
        ),
    );
    let mut notes: Vec<Vec<Mark>> = reading.document.blocks.iter().map(|_| Vec::new()).collect();
    for (finding, found) in reading.findings.iter().enumerate() {
        let (block, bytes) = place(reading, found);
        if let Some(marks) = notes.get_mut(block) {
            marks.push(Mark { bytes, finding });
        }
    }
    for (block, mut marks) in reading.document.blocks.iter().zip(notes) {
        marks.sort_by_key(|mark| mark.bytes.start);
        draw(&mut out, reading, block, &marks);
    }
    out.push_str("</main>\n");
    tables(&mut out, reading);
    out.push_str("</body>\n</html>\n");
    out
}

fn counts(reading: &Reading) -> String {
    format!(
        "{} words, {} commitments, {} durations, {} recipients, {}.",
        reading.words,
        reading.commitments.len(),
        reading.durations.len(),
        reading.recipients.len(),
        tally(&reading.findings),
    )
}

/// The block a finding stands in, and its bytes there.
fn place(reading: &Reading, found: &Diagnostic) -> (usize, Range<usize>) {
    let span = &found.primary.at.span;
    let after = reading
        .document
        .blocks
        .partition_point(|block| block.begins_by(span.start));
    let at = after.saturating_sub(1);
    let bytes = reading
        .document
        .blocks
        .get(at)
        .map(|block| block.plain_of(span))
        .unwrap_or_default();
    (at, bytes)
}

fn draw(out: &mut String, reading: &Reading, block: &Block, marks: &[Mark]) {
    let tag = match block.kind {
        Kind::Heading(1) => "h1",
        Kind::Heading(2) => "h2",
        Kind::Heading(3) => "h3",
        Kind::Heading(_) => "h4",
        _ => "p",
    };
    let class = match block.kind {
        Kind::Heading(_) | Kind::Paragraph => String::new(),
        Kind::Item(depth) => format!(" class=\"item\" style=\"--depth: {}\"", depth.min(6)),
        Kind::Header => " class=\"header\"".to_owned(),
        Kind::Row => " class=\"row\"".to_owned(),
    };
    put(
        out,
        format_args!(
            "<section><{tag}{class}>{}</{tag}>",
            marked(reading, block, marks)
        ),
    );
    if !marks.is_empty() {
        out.push_str("<aside><ul>\n");
        for mark in marks {
            if let Some(found) = reading.findings.get(mark.finding) {
                note(out, mark.finding, found);
            }
        }
        out.push_str("</ul></aside>\n");
    }
    out.push_str("</section>\n");
}

/// The block's words, with a mark where each finding stands; one that would
/// overlap the one before stands at its end.
fn marked(reading: &Reading, block: &Block, marks: &[Mark]) -> String {
    let mut html = String::new();
    let mut done = 0;
    for mark in marks {
        let start = block.plain.floor_char_boundary(mark.bytes.start.max(done));
        let end = block.plain.ceil_char_boundary(mark.bytes.end.max(start));
        let severity = reading
            .findings
            .get(mark.finding)
            .map(|found| found.severity);
        let number = mark.finding + 1;
        html.push_str(&escape(block.plain.get(done..start).unwrap_or_default()));
        put_inline(
            &mut html,
            format_args!(
                "<mark id=\"mark-{number}\" class=\"{}\">{}</mark><a class=\"to\" href=\"#note-{number}\" aria-label=\"note {number}\"><sup>{number}</sup></a>",
                word(severity),
                escape(block.plain.get(start..end).unwrap_or_default()),
            ),
        );
        done = end.max(done);
    }
    html.push_str(&escape(block.plain.get(done..).unwrap_or_default()));
    html
}

fn note(out: &mut String, finding: usize, found: &Diagnostic) {
    let number = finding + 1;
    let severity = word(Some(found.severity));
    put_inline(
        out,
        format_args!(
            "<li id=\"note-{number}\" class=\"{severity}\"><a href=\"#mark-{number}\" aria-label=\"back to the text\">{number}</a> <strong>{severity}</strong> {}",
            code_spans(&found.message),
        ),
    );
    if let Some(help) = &found.help {
        put_inline(out, format_args!("<br>{}", code_spans(help)));
    }
    put(
        out,
        format_args!(" <span class=\"code\">{}</span></li>", found.code),
    );
}

const fn word(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Error) => "error",
        _ => "warning",
    }
}

/// A message's input, which stands in backticks, as code.
fn code_spans(text: &str) -> String {
    let mut html = String::new();
    for (at, part) in text.split('`').enumerate() {
        match at % 2 {
            0 => html.push_str(&escape(part)),
            _ => put_inline(&mut html, format_args!("<code>{}</code>", escape(part))),
        }
    }
    html
}

fn tables(out: &mut String, reading: &Reading) {
    out.push_str("<footer>\n<h2>What it promises</h2>\n<table>\n<thead><tr><th>Family</th><th>Promise</th><th>Sentence</th></tr></thead>\n<tbody>\n");
    for commitment in &reading.commitments {
        put(
            out,
            format_args!(
                "<tr><td>{}</td><td><code>{}</code></td><td>{}</td></tr>",
                commitment.family,
                escape(&commitment.suggests),
                escape(&commitment.text),
            ),
        );
    }
    out.push_str("</tbody>\n</table>\n<h2>Durations</h2>\n<table>\n<thead><tr><th>What for</th><th>Duration</th><th>Sentence</th></tr></thead>\n<tbody>\n");
    for duration in &reading.durations {
        put(
            out,
            format_args!(
                "<tr><td>{}</td><td>{} {}</td><td>{}</td></tr>",
                role(duration.role),
                duration.amount,
                unit(duration.unit, duration.amount),
                escape(&duration.sentence),
            ),
        );
    }
    out.push_str("</tbody>\n</table>\n<h2>Recipients</h2>\n<ul>\n");
    for recipient in &reading.recipients {
        put(out, format_args!("<li>{}</li>", escape(&recipient.name)));
    }
    out.push_str("</ul>\n</footer>\n");
}

fn put(out: &mut String, line: Arguments<'_>) {
    put_inline(out, line);
    out.push('\n');
}

fn put_inline(out: &mut String, text: Arguments<'_>) {
    // Writing to memory can't fail.
    let _ = out.write_fmt(text);
}
