//! A text as words to compare: lower case, with their bytes. A word may hold an
//! apostrophe or a hyphen between letters ("don't", "e-mail"); in French the
//! part before an apostrophe is a word of its own ("n'utilisons").

use std::ops::Range;

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case, with straight apostrophes.
    pub(crate) text: String,
    /// Its bytes.
    pub(crate) span: Range<usize>,
    /// What stands between it and the word before holds a full stop, comma,
    /// semicolon, colon, dash or bracket.
    pub(crate) after_break: bool,
}

/// The words of a text.
pub(crate) fn words(text: &str, french: bool) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open: Option<usize> = None;
    let mut broken = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let letter_follows = characters
            .peek()
            .is_some_and(|(_, next)| next.is_alphanumeric());
        let apostrophe = matches!(character, '\'' | '’');
        let inside = open.is_some()
            && letter_follows
            && (apostrophe && !french || matches!(character, '-' | '‑'));
        if character.is_alphanumeric() || inside {
            open.get_or_insert(at);
            continue;
        }
        if let Some(start) = open.take() {
            push(&mut words, text, start..at, std::mem::take(&mut broken));
        }
        broken |= matches!(
            character,
            '.' | ',' | ';' | ':' | '(' | ')' | '–' | '—' | '!' | '?' | '|'
        );
    }
    if let Some(start) = open {
        push(&mut words, text, start..text.len(), broken);
    }
    words
}

fn push(words: &mut Vec<Word>, text: &str, span: Range<usize>, after_break: bool) {
    let raw = text.get(span.clone()).unwrap_or_default();
    words.push(Word {
        text: raw.to_lowercase().replace('’', "'").replace('‑', "-"),
        span,
        after_break,
    });
}

/// Where a row of words stands in a text, word by word: the indexes of its
/// first word and of the one after its last.
pub(crate) fn find(words: &[Word], phrase: &str) -> Option<Range<usize>> {
    let wanted: Vec<&str> = phrase.split(' ').collect();
    let places = words.windows(wanted.len());
    let matches = |window: &[Word]| {
        window
            .iter()
            .zip(&wanted)
            .all(|(word, wanted)| word.text == *wanted)
    };
    places
        .enumerate()
        .find(|(_, window)| matches(window))
        .map(|(at, _)| at..at + wanted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_what_belongs_to_them() {
        let read = |text: &str, french| -> Vec<String> {
            let words = words(text, french).into_iter();
            words.map(|word| word.text).collect()
        };
        assert_eq!(
            read("We don’t sell, e-mail!", false),
            ["we", "don't", "sell", "e-mail"]
        );
        assert_eq!(read("Nous n’utilisons", true), ["nous", "n", "utilisons"]);
        let found = words("a, b (c)", false);
        let breaks: Vec<bool> = found.iter().map(|word| word.after_break).collect();
        assert_eq!(breaks, [false, true, true]);
        assert_eq!(find(&found, "b c"), Some(1..3));
        assert_eq!(find(&found, "c b"), None);
    }
}
