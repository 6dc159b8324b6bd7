//! What no file of a policy may be, whatever it holds: too large, nested too
//! deep, of bytes that are no text, of characters that hide or reorder what is
//! read, written from right to left. Each is looked for in one pass before
//! anything is parsed, and is one finding: what is beyond a limit isn't read,
//! so nothing else is said of it.

use std::ops::Range;

use crate::bundle::FILE_BYTES_MAX;
use crate::checks::{right_to_left, too_large, unseen_character};
use crate::diagnostic::{Diagnostic, Location};

/// Deepest nesting of brackets, or of quotes and lists, within a paragraph.
/// Sentences nest three.
pub(crate) const NESTING_MAX: usize = 64;

/// Most bytes of a text; of HTML, most bytes of its words. The longest policies
/// that are known have 400 kB.
pub(crate) const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// Most headings, paragraphs, items and cells of a text.
pub(crate) const BLOCKS_MAX: usize = 50_000;

/// Bytes that are not UTF-8 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}, column {column}: the byte 0x{byte:02X} is not UTF-8 text; \
     save the file as text, in UTF-8"
)]
pub struct NotUtf8 {
    /// From 1.
    pub line: usize,
    /// From 1, in bytes.
    pub column: usize,
    /// The first byte that doesn't fit.
    pub byte: u8,
}

/// The text of a file's bytes, the mark at its beginning (U+FEFF) left out.
///
/// ```
/// use candor_policy::decode;
///
/// assert_eq!(decode(b"We keep it.".to_vec()).unwrap(), "We keep it.");
/// let error = decode(b"We\nkeep \xff".to_vec()).unwrap_err();
/// assert_eq!((error.line, error.column), (2, 6));
/// ```
///
/// # Errors
/// Where the bytes are not UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, NotUtf8> {
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = bytes.get(..at).unwrap_or_default();
        let line_start = before.iter().rposition(|byte| *byte == b'\n');
        NotUtf8 {
            line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
            column: at - line_start.map_or(0, |at| at + 1) + 1,
            byte: bytes.get(at).copied().unwrap_or_default(),
        }
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// Why a file of any kind isn't read.
pub(crate) fn refuse(path: &str, source: &str) -> Option<Diagnostic> {
    if source.len() > FILE_BYTES_MAX {
        return Some(too_large::bytes(Location::new(path, 0..0), source.len()));
    }
    unseen(path, source)
}

/// Why a text in Markdown isn't read.
pub(crate) fn refuse_text(path: &str, markdown: &str) -> Option<Diagnostic> {
    let len = markdown.len();
    if len > TEXT_BYTES_MAX {
        return Some(too_large::words(Location::new(path, 0..0), len));
    }
    refuse(path, markdown)
        .or_else(|| refuse_direction(path, markdown))
        .or_else(|| refuse_nesting(path, markdown))
}

/// Why a text isn't read, beyond what holds for every file.
pub(crate) fn refuse_direction(path: &str, source: &str) -> Option<Diagnostic> {
    let mut letters = (0_usize, 0_usize);
    let mut first = None;
    for (at, character) in source.char_indices() {
        if runs_left(character) {
            first.get_or_insert(at..at + character.len_utf8());
            letters.0 += 1;
        }
        letters.1 += usize::from(character.is_alphabetic());
    }
    let (leftward, all) = letters;
    // A menu of languages names some in their own letters.
    let at = first.filter(|_| leftward * 2 > all)?;
    Some(right_to_left::text(Location::new(path, at)))
}

/// Why Markdown isn't read, beyond what holds for every text.
pub(crate) fn refuse_nesting(path: &str, markdown: &str) -> Option<Diagnostic> {
    let at = too_deep(markdown)?;
    Some(too_large::nesting(Location::new(path, at)))
}

/// Why a text that was taken apart isn't read any further. `blocks` are the
/// lengths of its blocks in bytes.
pub(crate) fn refuse_length(
    path: &str,
    blocks: impl ExactSizeIterator<Item = usize>,
) -> Option<Diagnostic> {
    let at = Location::new(path, 0..0);
    let count = blocks.len();
    if count > BLOCKS_MAX {
        return Some(too_large::blocks(at, count));
    }
    let bytes = blocks.sum();
    (bytes > TEXT_BYTES_MAX).then(|| too_large::words(at, bytes))
}

/// The first character that can't be seen, and how many there are.
fn unseen(path: &str, source: &str) -> Option<Diagnostic> {
    let mut all = source
        .char_indices()
        .filter(|(_, character)| is_control(*character) || reorders(*character));
    let (at, character) = all.next()?;
    let count = all.count() + 1;
    let at = Location::new(path, at..at + character.len_utf8());
    Some(unseen_character::unseen(at, character, count))
}

/// Control characters, those that part lines and words left out.
fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{c}' | '\u{85}')
}

/// Characters that reorder those around them on the screen: embeddings,
/// overrides, isolates (Unicode's annex 9).
pub(crate) const fn reorders(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Letters of scripts that run from right to left: Hebrew, Arabic and their
/// neighbours, by Unicode's blocks.
const fn runs_left(character: char) -> bool {
    matches!(character,
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{fefe}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Where brackets, or quotes and lists, are nested beyond the limit. A bracket
/// that nobody closes counts to the end of its paragraph.
fn too_deep(markdown: &str) -> Option<Range<usize>> {
    let mut open = 0_usize;
    let mut start = 0;
    for line in markdown.split_inclusive('\n') {
        let words = line.trim_start_matches(|mark: char| is_container(mark));
        if words.trim().is_empty() {
            open = 0;
        }
        let marks = line.get(..line.len() - words.len()).unwrap_or_default();
        if containers(marks) > NESTING_MAX {
            return Some(start..start + marks.trim_end().len());
        }
        let offset = start + marks.len();
        for (at, byte) in words.bytes().enumerate() {
            match byte {
                b'[' | b'(' | b'{' => open += 1,
                b']' | b')' | b'}' => open = open.saturating_sub(1),
                _ => continue,
            }
            if open > NESTING_MAX {
                return Some(offset + at..offset + at + 1);
            }
        }
        start += line.len();
    }
    None
}

const fn is_container(mark: char) -> bool {
    matches!(mark, '>' | '-' | '*' | '+' | ' ' | '\t')
}

/// Quotes and lists that the marks at the beginning of a line open.
fn containers(marks: &str) -> usize {
    let bytes = marks.as_bytes();
    let spaced = bytes.windows(2).filter(|pair| {
        matches!(
            pair,
            [b'-' | b'*' | b'+', b' ' | b'\t'] // a rule (`-----`) has none between
        )
    });
    spaced.count() + bytes.iter().filter(|byte| **byte == b'>').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(source: &str) -> Vec<&'static str> {
        [
            refuse("policy.md", source),
            refuse_direction("policy.md", source),
            refuse_nesting("policy.md", source),
        ]
        .into_iter()
        .flatten()
        .map(|found| found.code)
        .collect()
    }

    #[test]
    fn what_people_write_is_read() {
        for source in [
            "# Privacy\r\n\r\n\tWe keep [it](promise:x) (for tax (see below)).\u{c}\u{85}\n",
            "[العربية](/ar) · [עברית](/he) · [English](/en)\n",
            "Sad :( ".repeat(NESTING_MAX).as_str(),
            &":(\n\n".repeat(1_000),
            &"-".repeat(500),
            "> > - * quoted\n",
            "family: \u{1f469}\u{200d}\u{1f467}, soft\u{ad}hyphen",
        ] {
            assert_eq!(codes(source), Vec::<&str>::new(), "{source}");
        }
    }

    #[test]
    fn what_nobody_writes_is_one_finding() {
        for (source, code) in [
            (" ".repeat(FILE_BYTES_MAX + 1), "CND0104"),
            ("[".repeat(10_000), "CND0104"),
            ("(".repeat(NESTING_MAX + 1), "CND0104"),
            (">".repeat(10_000), "CND0104"),
            ("- ".repeat(10_000), "CND0104"),
            ("> - ".repeat(40), "CND0104"),
            ("a\u{0}b\u{7}".to_owned(), "CND0106"),
            ("90\u{202e}syad".to_owned(), "CND0106"),
            ("\u{2067}90".to_owned(), "CND0106"),
            ("אנחנו שומרים 90 ימים".to_owned(), "CND0107"),
        ] {
            let start: String = source.chars().take(20).collect();
            assert_eq!(codes(&source), [code], "{start}");
        }
    }

    #[test]
    fn the_place_is_the_first_one() {
        let found = refuse("policy.md", "é\u{7}\u{202e}").unwrap();
        assert_eq!(found.primary.at.span, 2..3);
        assert!(found.message.contains("U+0007"), "{}", found.message);
        assert!(found.message.contains('2'), "{}", found.message);
        let deep = format!("a\n\n{}", "[".repeat(NESTING_MAX + 1));
        let at = too_deep(&deep).unwrap();
        assert_eq!(at, 3 + NESTING_MAX..4 + NESTING_MAX);
    }

    #[test]
    fn a_mark_at_the_beginning_is_no_text() {
        assert_eq!(
            decode(b"\xef\xbb\xbfcandor: 1".to_vec()).unwrap(),
            "candor: 1"
        );
    }
}
