//! From the parser's character positions to byte positions. Positions past
//! the end of the file are its end.

/// Byte position of every character of a text.
pub(super) enum Offsets {
    /// Every character is one byte.
    Ascii {
        /// Length of the text.
        len: usize,
    },
    /// Byte position by character position, the end included.
    Table(Vec<usize>),
}

impl Offsets {
    pub(super) fn new(source: &str) -> Self {
        if source.is_ascii() {
            return Self::Ascii { len: source.len() };
        }
        let mut table: Vec<usize> = source.char_indices().map(|(byte, _)| byte).collect();
        table.push(source.len());
        Self::Table(table)
    }

    pub(super) fn byte(&self, character: usize) -> usize {
        match self {
            Self::Ascii { len } => character.min(*len),
            Self::Table(table) => table
                .get(character)
                .or(table.last())
                .copied()
                .unwrap_or_default(),
        }
    }
}
