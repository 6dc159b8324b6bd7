//! From byte positions to lines and columns.

use std::collections::BTreeMap;

use crate::bundle::Bundle;

/// Lines and columns from 1; a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Where the lines of a bundle's files begin, found once per file.
pub(crate) struct Lines<'a> {
    bundle: &'a Bundle,
    starts: BTreeMap<String, Vec<usize>>,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(bundle: &'a Bundle) -> Self {
        Self {
            bundle,
            starts: BTreeMap::new(),
        }
    }

    /// The position of a byte; the file's first for a file that isn't there.
    pub(crate) fn position(&mut self, path: &str, byte: usize) -> Position {
        let source = self.bundle.file(path).unwrap_or_default();
        let starts = self.starts.entry(path.to_owned()).or_insert_with(|| {
            let breaks = source.match_indices('\n').map(|(at, _)| at + 1);
            std::iter::once(0).chain(breaks).collect()
        });
        let line = starts.partition_point(|start| *start <= byte).max(1);
        let start = starts.get(line - 1).copied().unwrap_or_default();
        let before = source
            .get(start..byte.min(source.len()))
            .unwrap_or_default();
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }
}
