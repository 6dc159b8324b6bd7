//! A sentence as words to match: lower case, contractions opened ("won't" is
//! `will not`), possessives cut, hyphens dividing, "e-mail" and "email" one
//! word. Every word knows its bytes in the block's plain text.

use std::ops::Range;

/// A word of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// In lower case.
    pub(crate) word: String,
    /// Stands for the word where words are compared by the million.
    pub(crate) hash: u64,
    /// Its bytes in the plain text.
    pub(crate) span: Range<usize>,
    /// Whether it began with a capital letter.
    pub(crate) capital: bool,
    /// Whether a comma, colon, semicolon, bracket or dash stands before it.
    pub(crate) after_break: bool,
}

/// A number that stands for a word.
pub(crate) fn hash(word: &str) -> u64 {
    hash_of(word.bytes().map(u64::from))
}

/// FNV-1a over whole numbers, which is quick for words and runs of them.
pub(crate) fn hash_of(numbers: impl Iterator<Item = u64>) -> u64 {
    numbers.fold(0xcbf2_9ce4_8422_2325, |hash, number| {
        (hash ^ number).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Token {
    fn new(word: String, span: Range<usize>, capital: bool, after_break: bool) -> Self {
        Self {
            hash: hash(&word),
            word,
            span,
            capital,
            after_break,
        }
    }

    /// Reads the word as another one.
    pub(crate) fn rename(&mut self, word: &str) {
        word.clone_into(&mut self.word);
        self.hash = hash(word);
    }
}

/// The words of a part of a plain text.
pub(crate) fn tokens(plain: &str, part: Range<usize>) -> Vec<Token> {
    let text = plain.get(part.clone()).unwrap_or_default();
    let mut tokens = Vec::new();
    let mut open: Option<usize> = None;
    let mut break_before = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let inside = open.is_some()
            && matches!(character, '\'' | '’' | '.' | ',')
            && characters.peek().is_some_and(|(_, next)| match character {
                '\'' | '’' => next.is_alphabetic(),
                _ => next.is_ascii_digit(),
            });
        if character.is_alphanumeric() || inside {
            open.get_or_insert(at);
            continue;
        }
        if let Some(start) = open.take() {
            push(&mut tokens, text, start..at, part.start, break_before);
            break_before = false;
        }
        break_before |= matches!(character, ',' | ';' | ':' | '(' | ')' | '–' | '—');
    }
    if let Some(start) = open {
        push(
            &mut tokens,
            text,
            start..text.len(),
            part.start,
            break_before,
        );
    }
    tokens
}

fn push(tokens: &mut Vec<Token>, text: &str, span: Range<usize>, offset: usize, after_break: bool) {
    let raw = text.get(span.clone()).unwrap_or_default();
    let lower = match raw.is_ascii() {
        true => raw.to_ascii_lowercase(),
        false => raw.to_lowercase().replace('’', "'"),
    };
    let span = span.start + offset..span.end + offset;
    let capital = raw.starts_with(char::is_uppercase);
    let joined_to_e = lower == "mail" || lower == "mails" || lower == "mailed";
    if joined_to_e
        && let Some(last) = tokens.last_mut()
        && last.word == "e"
        && last.span.end + 1 == span.start
    {
        let joined = format!("e{lower}");
        last.rename(&joined);
        last.span.end = span.end;
        return;
    }
    let (first, second) = match lower.contains('\'') || lower == "cannot" {
        true => {
            let (first, second) = opened(&lower);
            (first.to_owned(), second)
        }
        false => (lower, None),
    };
    tokens.push(Token::new(first, span.clone(), capital, after_break));
    if let Some(second) = second {
        tokens.push(Token::new(second.to_owned(), span, false, false));
    }
}

/// A word, and what a contraction hides.
fn opened(word: &str) -> (&str, Option<&str>) {
    match word {
        "won't" => return ("will", Some("not")),
        "can't" | "cannot" => return ("can", Some("not")),
        "let's" => return ("let", Some("us")),
        _ => {}
    }
    for (ending, second) in [
        ("n't", Some("not")),
        ("'ll", Some("will")),
        ("'ve", Some("have")),
        ("'re", Some("are")),
        ("'m", Some("am")),
        ("'d", Some("would")),
        ("'s", None),
    ] {
        if let Some(stem) = word.strip_suffix(ending)
            && !stem.is_empty()
        {
            return (stem, second);
        }
    }
    (word, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text, 0..text.len())
            .into_iter()
            .map(|token| token.word)
            .collect()
    }

    #[test]
    fn words_are_opened_and_joined() {
        assert_eq!(
            words("We won't sell your E-Mail; it isn’t ours."),
            [
                "we", "will", "not", "sell", "your", "email", "it", "is", "not", "ours"
            ]
        );
        assert_eq!(
            words("third-party company's 1,000 v1.2"),
            ["third", "party", "company", "1,000", "v1.2"]
        );
    }

    #[test]
    fn spans_lie_in_the_whole_text() {
        let text = "One. We can't.";
        let found = tokens(text, 5..text.len());
        assert_eq!(text.get(found[1].span.clone()), Some("can't"));
        assert_eq!(found[1].span, found[2].span);
    }
}
