//! The language of the rule files, and its matcher. A pattern is a row of
//! words; `data/reading/README.md` says how to write one. Matching is bounded:
//! gaps have a largest size and a pattern a largest length, so that the time
//! for a text grows with its words alone.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tokens::{Token, hash};

/// Words that `..` and `...` may stand for.
const SHORT_GAP: usize = 5;
const LONG_GAP: usize = 14;
/// The shortest beginning of a word that a pattern may ask for.
const BEGINNING_BYTES_MIN: usize = 3;
/// Parts of one pattern.
const PARTS_MAX: usize = 12;

/// Named sets of phrases: `%we`.
pub(crate) type Classes = BTreeMap<String, Vec<Phrase>>;

/// Words in a row.
pub(crate) type Phrase = Vec<Word>;

/// One word of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    text: String,
    hash: u64,
    like: Like,
}

/// Which words a word of a pattern stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Like {
    /// Itself.
    Same,
    /// Written `retain*`: any word that begins so.
    Beginning,
    /// Written `#`: any number.
    Number,
}

/// A pattern, read.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    /// The sentence begins here.
    Start,
    /// One of these phrases.
    OneOf { phrases: Phrases, optional: bool },
    /// Up to so many words.
    Gap(usize),
}

/// Phrases, found by their first word.
#[derive(Clone, Debug)]
struct Phrases {
    /// By first word, then the longest first.
    exact: Vec<Phrase>,
    /// The hash of the first word of each: what is searched stands together.
    first: Vec<u64>,
    /// Those whose first word is a beginning or a number.
    loose: Vec<Phrase>,
}

/// Patterns, found by the words they can begin with.
#[derive(Debug)]
pub(crate) struct Patterns<T> {
    all: Vec<(T, Pattern)>,
    /// By the hash of a first word, or of the first letters of its beginning.
    by_word: BTreeMap<u64, Vec<usize>>,
    by_prefix: BTreeMap<u64, Vec<usize>>,
}

/// A pattern found in a sentence.
#[derive(Clone, Debug)]
pub(crate) struct Hit<'r, T> {
    pub(crate) rule: &'r T,
    /// Indexes of the first word and the one after the last.
    pub(crate) words: Range<usize>,
}

impl<T> Patterns<T> {
    /// Indexes patterns by their first words.
    pub(crate) fn new(all: Vec<(T, Pattern)>) -> Self {
        let mut by_word: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        let mut by_prefix: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for (index, (_, pattern)) in all.iter().enumerate() {
            for word in pattern.first_words() {
                let entry = match word.like {
                    Like::Beginning => by_prefix.entry(first_letters(&word.text)),
                    Like::Same | Like::Number => by_word.entry(word.hash),
                };
                let entry = entry.or_default();
                if entry.last() != Some(&index) {
                    entry.push(index);
                }
            }
        }
        Self {
            all,
            by_word,
            by_prefix,
        }
    }

    /// Every pattern's matches, by their first word.
    pub(crate) fn find<'r>(&'r self, tokens: &[Token]) -> Vec<Hit<'r, T>> {
        let mut hits = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let prefixes = self.by_prefix.get(&first_letters(&token.word));
            let candidates = self
                .by_word
                .get(&token.hash)
                .into_iter()
                .chain(prefixes)
                .flatten();
            for index in candidates {
                if let Some((rule, pattern)) = self.all.get(*index)
                    && let Some(end) = matches(&pattern.parts, tokens, at)
                {
                    hits.push(Hit {
                        rule,
                        words: at..end,
                    });
                }
            }
        }
        hits
    }
}

/// Stands for the first bytes of a word, as many as each beginning has.
fn first_letters(word: &str) -> u64 {
    let letters = word.bytes().take(BEGINNING_BYTES_MIN);
    letters.fold(0, |letters, byte| letters << 8 | u64::from(byte))
}

/// Where a pattern that begins at this word ends, if it stands there.
fn matches(parts: &[Part], tokens: &[Token], at: usize) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else {
        return Some(at);
    };
    match part {
        Part::Start => (at == 0).then(|| matches(rest, tokens, at)).flatten(),
        Part::Gap(most) => {
            let last = (at + most).min(tokens.len());
            (at..=last).find_map(|next| matches(rest, tokens, next))
        }
        Part::OneOf { phrases, optional } => {
            let here = tokens.get(at..).unwrap_or_default();
            phrases
                .standing(here)
                .find_map(|phrase| matches(rest, tokens, at + phrase.len()))
                .or_else(|| optional.then(|| matches(rest, tokens, at)).flatten())
        }
    }
}

impl Phrases {
    fn new(all: Vec<Phrase>) -> Self {
        let (loose, mut exact): (Vec<Phrase>, Vec<Phrase>) = all
            .into_iter()
            .partition(|phrase| phrase.first().is_none_or(|word| word.like != Like::Same));
        exact.sort_by(|one, other| {
            let key = |phrase: &Phrase| phrase.first().map(|word| word.hash);
            (key(one), other.len()).cmp(&(key(other), one.len()))
        });
        let first = exact.iter().filter_map(|phrase| phrase.first());
        let first = first.map(|word| word.hash).collect();
        Self {
            exact,
            first,
            loose,
        }
    }

    fn all(&self) -> impl Iterator<Item = &Phrase> {
        self.exact.iter().chain(&self.loose)
    }

    /// The phrases that stand at the beginning of these words.
    fn standing<'p>(&'p self, here: &'p [Token]) -> impl Iterator<Item = &'p Phrase> {
        let wanted = here.first().map_or(0, |token| token.hash);
        let from = self.first.partition_point(|hash| *hash < wanted);
        let same = self.first.get(from..).unwrap_or_default();
        let same = same.iter().take_while(|hash| **hash == wanted).count();
        self.exact
            .get(from..from + same)
            .unwrap_or_default()
            .iter()
            .chain(&self.loose)
            .filter(move |phrase| stands(phrase, here))
    }
}

fn stands(phrase: &[Word], tokens: &[Token]) -> bool {
    phrase.len() <= tokens.len()
        && phrase
            .iter()
            .zip(tokens)
            .all(|(word, token)| word.is(token))
}

impl Word {
    fn is(&self, token: &Token) -> bool {
        match self.like {
            Like::Same => self.hash == token.hash && token.word == self.text,
            Like::Beginning => token.word.starts_with(&self.text),
            Like::Number => super::durations::is_number(&token.word),
        }
    }
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub(crate) fn read(text: &str, classes: &Classes) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let end = if rest.starts_with('(') {
                rest.find(')').ok_or("a bracket is not closed")? + 1
            } else {
                rest.find(' ').unwrap_or(rest.len())
            };
            let (mut written, after) = rest.split_at(end);
            let (mark, after) = match after.strip_prefix('?') {
                Some(after) => (true, after),
                None => (false, after),
            };
            let optional = mark || written.ends_with('?');
            written = written.trim_end_matches('?');
            parts.push(part(written, optional, classes)?);
            rest = after.trim_start();
        }
        if parts.is_empty() || parts.len() > PARTS_MAX {
            return Err(format!("a pattern has 1 to {PARTS_MAX} parts"));
        }
        let pattern = Self { parts };
        if pattern.first_words().is_empty() {
            return Err("a pattern begins with a word".to_owned());
        }
        Ok(pattern)
    }

    /// The words it can begin with; none where that could be any word.
    fn first_words(&self) -> Vec<&Word> {
        let mut first = Vec::new();
        for part in &self.parts {
            match part {
                Part::Start => {}
                Part::Gap(_) => return Vec::new(),
                Part::OneOf { phrases, optional } => {
                    first.extend(phrases.all().filter_map(|phrase| phrase.first()));
                    if !optional {
                        return first;
                    }
                }
            }
        }
        Vec::new()
    }
}

fn part(written: &str, optional: bool, classes: &Classes) -> Result<Part, String> {
    let phrases = match written {
        "^" => return Ok(Part::Start),
        ".." => return Ok(Part::Gap(SHORT_GAP)),
        "..." => return Ok(Part::Gap(LONG_GAP)),
        _ => match written.strip_prefix('(') {
            Some(inner) => phrases(inner.trim_end_matches(')'), classes)?,
            None => phrases(written, classes)?,
        },
    };
    Ok(Part::OneOf {
        phrases: Phrases::new(phrases),
        optional,
    })
}

/// Reads `a | b c | %class`.
pub(crate) fn phrases(text: &str, classes: &Classes) -> Result<Vec<Phrase>, String> {
    let mut all = Vec::new();
    for alternative in text.split('|').map(str::trim) {
        match alternative.strip_prefix('%') {
            Some(name) => all.extend(
                classes
                    .get(name)
                    .ok_or_else(|| format!("no class `%{name}` before this line"))?
                    .iter()
                    .cloned(),
            ),
            None => all.push(phrase(alternative)?),
        }
    }
    // The longest first: "third party" before "third".
    all.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    Ok(all)
}

fn phrase(text: &str) -> Result<Phrase, String> {
    let words: Phrase = text
        .split_whitespace()
        .map(|word| Word {
            text: word.trim_end_matches('*').to_owned(),
            hash: hash(word.trim_end_matches('*')),
            like: match word {
                "#" => Like::Number,
                _ if word.ends_with('*') => Like::Beginning,
                _ => Like::Same,
            },
        })
        .collect();
    let sound = !words.is_empty()
        && words.iter().all(|word| {
            word.like == Like::Number
                || word.text.len()
                    >= if word.like == Like::Beginning {
                        BEGINNING_BYTES_MIN
                    } else {
                        1
                    }
                    && word
                        .text
                        .chars()
                        .all(|letter| letter.is_alphanumeric() && !letter.is_uppercase())
        });
    sound
        .then_some(words)
        .ok_or_else(|| format!("`{text}` is no word of a pattern"))
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn found(pattern: &str, text: &str) -> Option<String> {
        let mut classes = Classes::new();
        let we = phrases("we | our team", &classes).unwrap();
        classes.insert("we".to_owned(), we);
        let read = Pattern::read(pattern, &classes).unwrap();
        let patterns = Patterns::new(vec![((), read)]);
        let tokens = tokens(text, 0..text.len());
        let hit = patterns.find(&tokens).into_iter().next()?;
        let first = tokens[hit.words.start].span.start;
        let last = tokens[hit.words.end - 1].span.end;
        text.get(first..last).map(str::to_owned)
    }

    #[test]
    fn patterns_match_as_written() {
        let never = "%we (will)? never (sell|rent out) .. data";
        for (text, wanted) in [
            ("We never sell your data.", Some("We never sell your data")),
            (
                "Our team will never rent out any data",
                Some("Our team will never rent out any data"),
            ),
            ("We never buy data", None),
            ("we sell data", None),
        ] {
            assert_eq!(found(never, text).as_deref(), wanted, "{text}");
        }
        assert_eq!(
            found("^ retain*", "retaining it").as_deref(),
            Some("retaining")
        );
        assert_eq!(found("^ retain*", "not retaining it"), None);
        assert_eq!(found("under #", "under 13").as_deref(), Some("under 13"));
    }

    #[test]
    fn wrong_patterns_are_refused() {
        for pattern in ["", ".. data", "(a", "%nobody", "Data", "a* b"] {
            assert!(
                Pattern::read(pattern, &Classes::new()).is_err(),
                "{pattern}"
            );
        }
    }
}
