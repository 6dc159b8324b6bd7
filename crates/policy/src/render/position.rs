//! From byte positions to lines and columns.

use std::collections::BTreeMap;

use crate::bundle::Bundle;

/// Lines and columns from 1; a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// The position of a byte in a text.
    pub(crate) fn of(source: &str, byte: usize) -> Self {
        let before = source.get(..byte).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

/// Bytes between two places up to which a file's characters are counted.
const STEP: usize = 4_096;

/// Where the lines of a bundle's files begin, found once per file.
pub(crate) struct Lines<'a> {
    bundle: &'a Bundle,
    files: BTreeMap<String, File>,
}

/// What is found once per file: a text in one long line would be counted from
/// its beginning for every place in it.
struct File {
    /// Bytes at which lines begin.
    lines: Vec<usize>,
    /// Characters before each [`STEP`]th byte.
    characters: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(bundle: &'a Bundle) -> Self {
        Self {
            bundle,
            files: BTreeMap::new(),
        }
    }

    /// The position of a byte; the file's first for a file that isn't there.
    pub(crate) fn position(&mut self, path: &str, byte: usize) -> Position {
        let source = self.bundle.file(path).unwrap_or_default();
        let file = self
            .files
            .entry(path.to_owned())
            .or_insert_with(|| File::new(source));
        let line = file.lines.partition_point(|start| *start <= byte).max(1);
        let start = file.lines.get(line - 1).copied().unwrap_or_default();
        let before = |byte: usize| file.characters_before(source, byte);
        Position {
            line,
            column: before(byte.min(source.len())).saturating_sub(before(start)) + 1,
        }
    }
}

impl File {
    fn new(source: &str) -> Self {
        let breaks = source.match_indices('\n').map(|(at, _)| at + 1);
        let steps = source.as_bytes().chunks(STEP).scan(0, |before, chunk| {
            let here = *before;
            *before += characters(chunk);
            Some(here)
        });
        Self {
            lines: std::iter::once(0).chain(breaks).collect(),
            characters: steps.collect(),
        }
    }

    /// How many characters begin before a byte.
    fn characters_before(&self, source: &str, byte: usize) -> usize {
        let step = byte / STEP;
        let since = source.as_bytes().get(step * STEP..byte).unwrap_or_default();
        // A file may end where a step does.
        let (step, since) = match self.characters.get(step) {
            Some(counted) => (*counted, since),
            None => {
                let from = step.saturating_sub(1) * STEP;
                let last = self.characters.last().copied().unwrap_or_default();
                (last, source.as_bytes().get(from..byte).unwrap_or_default())
            }
        };
        step + characters(since)
    }
}

/// How many characters begin in some bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_in_lines_of_any_length() {
        let line = "é€a".repeat(STEP);
        let source = format!("ab\n{line}\n{line}");
        let bundle = Bundle::new([("policy.md".to_owned(), source.clone())]);
        let mut lines = Lines::new(&bundle);
        let bytes = source.char_indices().map(|(at, _)| at);
        for byte in bytes.step_by(997).chain([0, 2, 3, source.len()]) {
            let position = lines.position("policy.md", byte);
            assert_eq!(position, Position::of(&source, byte), "byte {byte}");
        }
        let empty = Lines::new(&bundle).position("nowhere.md", 0);
        assert_eq!((empty.line, empty.column), (1, 1));
    }
}
