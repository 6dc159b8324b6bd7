//! Where sentences end. A full stop ends one unless it belongs to an
//! abbreviation or a number, or a lower-case letter follows.

use std::ops::Range;

/// Abbreviations after which a capital letter doesn't begin a sentence.
const ABBREVIATIONS: [&str; 14] = [
    "e.g", "i.e", "inc", "ltd", "no", "art", "arts", "mr", "mrs", "ms", "dr", "st", "vs", "cf",
];

/// Byte ranges of the sentences of a block, which together cover it.
pub(crate) fn split(plain: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut word = 0;
    let mut characters = plain.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character.is_whitespace() || character == '(' {
            word = at + character.len_utf8();
        }
        if !matches!(character, '.' | '!' | '?') {
            continue;
        }
        while characters
            .next_if(|(_, next)| matches!(next, '.' | '!' | '?' | '"' | '”' | '’' | ')' | '»'))
            .is_some()
        {}
        let Some((end, next)) = characters.peek().copied() else {
            break;
        };
        let rest = plain.get(end..).unwrap_or_default().trim_start();
        let lower = rest.starts_with(char::is_lowercase);
        let last = plain.get(word..at).unwrap_or_default();
        if next.is_whitespace() && !lower && !(character == '.' && is_abbreviation(last)) {
            let next_start = plain.len() - rest.len();
            sentences.push(start..next_start);
            start = next_start;
        }
    }
    if start < plain.len() {
        sentences.push(start..plain.len());
    }
    sentences
}

fn is_abbreviation(word: &str) -> bool {
    let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic) && word != "I";
    single || ABBREVIATIONS.contains(&word.to_ascii_lowercase().as_str())
}
