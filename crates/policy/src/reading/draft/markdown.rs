//! Markdown from blocks of any format, so that every draft is linked and read
//! in one way.

use std::ops::Range;

use crate::reading::document::{Block, Document, Kind};

/// A document as Markdown that reads the same.
pub(super) fn of(document: &Document) -> String {
    let mut markdown = String::new();
    let mut before: Option<Kind> = None;
    for block in &document.blocks {
        let in_table = matches!(block.kind, Kind::Header | Kind::Row);
        let goes_on = matches!(
            (before, block.kind),
            (Some(Kind::Item(_)), Kind::Item(_)) | (Some(Kind::Header | Kind::Row), Kind::Row)
        );
        if before.is_some() && !goes_on {
            markdown.push('\n');
        }
        match block.kind {
            Kind::Heading(level) => {
                markdown.push_str(&"#".repeat(usize::from(level.clamp(1, 6))));
                markdown.push(' ');
            }
            Kind::Item(depth) => {
                markdown.push_str(&"  ".repeat(usize::from(depth.saturating_sub(1))));
                markdown.push_str("- ");
            }
            _ => {}
        }
        if in_table {
            row(&mut markdown, block, !goes_on);
        } else {
            markdown.push_str(&linked(block, 0..block.plain.len()));
        }
        markdown.push('\n');
        before = Some(block.kind);
    }
    markdown
}

/// A row; the first one of a table carries the line that makes it a table.
fn row(markdown: &mut String, block: &Block, first: bool) {
    for cell in &block.cells {
        markdown.push_str("| ");
        markdown.push_str(&linked(block, cell.clone()));
        markdown.push(' ');
    }
    markdown.push('|');
    if first {
        markdown.push('\n');
        markdown.push_str(&"|---".repeat(block.cells.len().max(1)));
        markdown.push('|');
    }
}

/// Words with the links to other pages that they carried.
fn linked(block: &Block, part: Range<usize>) -> String {
    let mut markdown = String::new();
    let mut at = part.start;
    for link in &block.links {
        let web = ["http://", "https://", "mailto:"]
            .iter()
            .any(|scheme| link.target.starts_with(scheme));
        let plain = link.plain.clone();
        let sound = !link
            .target
            .contains(|letter: char| "()<>".contains(letter) || letter.is_whitespace());
        if !web || !sound || plain.start < at || plain.end > part.end || plain.is_empty() {
            continue;
        }
        markdown.push_str(&escaped(
            block.plain.get(at..plain.start).unwrap_or_default(),
        ));
        let words = escaped(block.plain.get(plain.clone()).unwrap_or_default());
        markdown.push_str(&format!("[{}]({})", words.trim(), link.target));
        at = plain.end;
    }
    markdown.push_str(&escaped(block.plain.get(at..part.end).unwrap_or_default()));
    markdown
}

/// Words that Markdown would read as more than words.
fn escaped(words: &str) -> String {
    let mut markdown = String::with_capacity(words.len());
    for (at, letter) in words.char_indices() {
        let begins = at == 0 && matches!(letter, '#' | '-' | '+' | '>' | '=' | '~');
        if begins || matches!(letter, '\\' | '*' | '_' | '[' | ']' | '<' | '`' | '|' | '&') {
            markdown.push('\\');
        }
        markdown.push(letter);
    }
    // "1." begins a list.
    let digits = markdown.len()
        - markdown
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .len();
    if digits > 0
        && markdown
            .get(digits..)
            .is_some_and(|rest| rest.starts_with(['.', ')']))
    {
        markdown.insert(digits, '\\');
    }
    markdown
}
