//! From plain text to blocks: paragraphs between empty lines, items behind
//! their marks, and short lines that stand alone and end without a full stop
//! as headings.

use super::builder::Builder;
use super::document::Document;

/// Words of a heading at most.
const HEADING_WORDS_MAX: usize = 12;

pub(super) fn read(source: &str) -> Document {
    let mut builder = Builder::default();
    let mut at = 0;
    let mut in_list = false;
    let mut blank_before = true;
    let lines: Vec<&str> = source.split_inclusive('\n').collect();
    for (index, line) in lines.iter().enumerate() {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let text = line.trim();
        let next = lines.get(index + 1).map_or("", |next| next.trim());
        if text.is_empty() {
            builder.flush();
            blank_before = true;
            continue;
        }
        let mark = item_mark(text);
        if mark > 0 {
            if !in_list {
                builder.open_list();
                in_list = true;
            }
            builder.flush();
            let words = text.get(mark..).unwrap_or_default();
            builder.text(words, start + mark..start + text.len());
        } else if blank_before && is_heading(text, next) {
            close(&mut builder, &mut in_list);
            builder.open_heading(heading_level(text));
            builder.text(text, start..start + text.len());
            builder.close_heading();
        } else if !text
            .chars()
            .all(|letter| matches!(letter, '=' | '-' | '_' | '*'))
        {
            if blank_before {
                close(&mut builder, &mut in_list);
            }
            builder.text(text, start..start + text.len());
        }
        builder.space(at.saturating_sub(1));
        blank_before = false;
    }
    builder.finish()
}

fn close(builder: &mut Builder, in_list: &mut bool) {
    if *in_list {
        builder.close_list();
        *in_list = false;
    }
}

/// Bytes of the mark that makes a line an item; 0 where there is none.
fn item_mark(text: &str) -> usize {
    for mark in ["- ", "* ", "• ", "– ", "— ", "· ", "◦ ", "▪ ", "+ ", "o "] {
        if text.starts_with(mark) {
            return mark.len();
        }
    }
    let body = text.trim_start_matches('(');
    let label: usize = body
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .map(char::len_utf8)
        .sum();
    let after = body.get(label..).unwrap_or_default();
    let bracketed = body.len() < text.len() || after.starts_with(')');
    let is_mark = (1..=3).contains(&label)
        && bracketed
        && after.starts_with(") ")
        && body
            .get(..label)
            .is_some_and(|label| label.len() < 3 || label.parse::<u8>().is_ok());
    if is_mark {
        text.len() - after.len() + 2
    } else {
        0
    }
}

/// A line alone: short, begun as a heading begins, and not ended as a sentence.
fn is_heading(text: &str, next: &str) -> bool {
    let underlined = next.len() >= 3 && next.chars().all(|letter| matches!(letter, '=' | '-'));
    let begins = text.starts_with(|letter: char| letter.is_uppercase() || letter.is_ascii_digit());
    underlined
        || next.is_empty()
            && begins
            && text.split_whitespace().count() <= HEADING_WORDS_MAX
            && !text.ends_with(['.', ':', ';', ',', '!'])
}

/// `2.1 Title` stands below `2. Title`.
fn heading_level(text: &str) -> u8 {
    let number: &str = text.split(' ').next().unwrap_or_default();
    if !number.starts_with(|first: char| first.is_ascii_digit()) {
        return 2;
    }
    let dots = number.trim_end_matches('.').matches('.').count();
    u8::try_from(dots.min(3)).unwrap_or_default() + 2
}
