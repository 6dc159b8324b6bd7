//! A text ready to be judged: its document, every sentence in words, and what
//! the rule files find in each. Built once; everything after only looks.

use std::ops::Range;

use super::document::{Block, Document};
use super::lexicon::{self, Rules};
use super::own_name;
use super::patterns::Hit;
use super::recipients::{self, Named};
use super::tokens::{Token, tokens};
use crate::diagnostic::Location;
use crate::threads::both;

/// A text and what was found in its sentences.
pub(crate) struct Page<'a> {
    pub(crate) path: &'a str,
    pub(crate) source: &'a str,
    pub(crate) document: Document,
    pub(crate) sentences: Vec<Sentence>,
    /// Names the organisation calls itself by, in lower case.
    pub(crate) own_names: Vec<String>,
    /// The recipients each block names.
    pub(crate) named: Vec<Vec<Named>>,
}

/// The longest sentence that is read as one, in bytes; what is longer is cut,
/// so that the time for a text grows with its length alone.
const SENTENCE_BYTES_MAX: usize = 2_000;

/// One sentence; a heading or a table's row is one too.
pub(crate) struct Sentence {
    /// Its block.
    pub(crate) block: usize,
    /// Its bytes in the block's plain text.
    pub(crate) plain: Range<usize>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) question: bool,
    pub(crate) commitments: Found,
    pub(crate) exclusions: Found,
    pub(crate) faults: Found,
    pub(crate) data: Found,
    pub(crate) purposes: Found,
}

/// What a rule file found in a sentence.
pub(crate) struct Found {
    rules: &'static Rules,
    hits: Vec<Hit<'static, usize>>,
}

impl Found {
    fn new(rules: &'static Rules, tokens: &[Token]) -> Self {
        Self {
            rules,
            hits: rules.patterns.find(tokens),
        }
    }

    /// Every hit: the rule's name, and the words it covers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, Range<usize>)> {
        self.hits
            .iter()
            .map(|hit| (self.rules.name(*hit.rule), hit.words.clone()))
    }

    /// The names of the rules that hit, each once, in the file's order.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        let mut rules: Vec<usize> = self.hits.iter().map(|hit| *hit.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
            .into_iter()
            .map(|rule| self.rules.name(rule))
            .collect()
    }

    /// The first hit of a rule: the words it covers.
    pub(crate) fn first(&self, name: &str) -> Option<Range<usize>> {
        self.all()
            .find(|(rule, _)| *rule == name)
            .map(|(_, words)| words)
    }

    /// Whether a rule hit.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }
}

impl<'a> Page<'a> {
    /// Cuts a document into sentences and looks each up in the rule files.
    pub(crate) fn new(path: &'a str, source: &'a str, document: Document) -> Self {
        let own_names = own_name::find(&document);
        // Most of the time of reading goes here, and every block is read by
        // itself: two threads share the work, of which names are a quarter.
        let (first, second) = document.blocks.split_at(document.blocks.len() * 2 / 3);
        let (mut sentences, (rest, named)) = both(
            || sentences(0, first, &own_names),
            || {
                let rest = sentences(first.len(), second, &own_names);
                (rest, recipients::named(&document, &own_names))
            },
        );
        sentences.extend(rest);
        Self {
            path,
            source,
            document,
            sentences,
            own_names,
            named,
        }
    }

    /// The block of a sentence.
    pub(crate) fn block(&self, sentence: &Sentence) -> Option<&Block> {
        self.document.blocks.get(sentence.block)
    }

    /// Sentences of running text, items and rows: all but headings and the
    /// names of columns.
    pub(crate) fn body(&self) -> impl Iterator<Item = &Sentence> {
        self.sentences.iter().filter(|sentence| {
            self.block(sentence).is_some_and(|block| {
                !block.is_heading() && block.kind != super::document::Kind::Header
            })
        })
    }

    /// The first sentence of a block.
    pub(crate) fn first_of(&self, block: usize) -> Option<&Sentence> {
        self.sentences_of(block).next()
    }

    /// The sentences of a block.
    pub(crate) fn sentences_of(&self, block: usize) -> impl Iterator<Item = &Sentence> {
        let first = self
            .sentences
            .partition_point(|sentence| sentence.block < block);
        self.sentences
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(move |sentence| sentence.block == block)
    }

    /// The sentence's text.
    pub(crate) fn text(&self, sentence: &Sentence) -> &str {
        self.block(sentence)
            .and_then(|block| block.plain.get(sentence.plain.clone()))
            .unwrap_or_default()
            .trim()
    }

    /// Where a part of a block's plain text stands in the file.
    pub(crate) fn locate(&self, block: usize, plain: &Range<usize>) -> Location {
        let span = self
            .document
            .blocks
            .get(block)
            .map(|block| block.source(plain))
            .unwrap_or_default();
        let start = self.source.floor_char_boundary(span.start);
        let end = self.source.ceil_char_boundary(span.end).max(start);
        Location::new(self.path, start..end)
    }

    /// Where a sentence stands, its white space left out.
    pub(crate) fn place(&self, sentence: &Sentence) -> Location {
        let text = self
            .block(sentence)
            .and_then(|block| block.plain.get(sentence.plain.clone()))
            .unwrap_or_default();
        let start = sentence.plain.start + (text.len() - text.trim_start().len());
        let end = sentence.plain.start + text.trim_end().len();
        self.locate(sentence.block, &(start..end.max(start)))
    }

    /// Where some words of a sentence stand.
    pub(crate) fn place_words(&self, sentence: &Sentence, words: &Range<usize>) -> Location {
        self.locate(sentence.block, &sentence.bytes(words))
    }
}

/// The sentences of some blocks, the first of which has this index.
fn sentences(from: usize, blocks: &[Block], own_names: &[String]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for (at, block) in (from..).zip(blocks) {
        let parts = block.sentences.iter().flat_map(|plain| {
            let named = own_name::split(block, plain, own_names);
            named.into_iter().flat_map(|part| cut(block, &part))
        });
        for plain in parts {
            let sentence = Sentence::new(at, block, plain, own_names);
            if !sentence.tokens.is_empty() {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// A sentence in parts of at most [`SENTENCE_BYTES_MAX`] or so.
fn cut(block: &Block, sentence: &Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = sentence.start;
    while sentence.end - start > SENTENCE_BYTES_MAX {
        let most = block.plain.floor_char_boundary(start + SENTENCE_BYTES_MAX);
        let window = block.plain.get(start..most).unwrap_or_default();
        let end = window.rfind(' ').map_or(most, |space| start + space + 1);
        parts.push(start..end);
        start = end;
    }
    parts.push(start..sentence.end);
    parts
}

impl Sentence {
    fn new(at: usize, block: &Block, plain: Range<usize>, own_names: &[String]) -> Self {
        let words = own_name::as_we(tokens(&block.plain, plain.clone()), own_names);
        let text = block.plain.get(plain.clone()).unwrap_or_default();
        Self {
            block: at,
            question: text.trim_end().ends_with('?'),
            plain,
            commitments: Found::new(&lexicon::COMMITMENTS, &words),
            exclusions: Found::new(&lexicon::EXCLUSIONS, &words),
            faults: Found::new(&lexicon::FAULTS, &words),
            data: Found::new(&lexicon::DATA, &words),
            purposes: Found::new(&lexicon::PURPOSES, &words),
            tokens: words,
        }
    }

    /// Whether one of these words stands in it.
    pub(crate) fn has_word(&self, words: &[&str]) -> bool {
        self.tokens
            .iter()
            .any(|token| words.contains(&token.word.as_str()))
    }

    /// The bytes of some of its words in the block's plain text.
    pub(crate) fn bytes(&self, words: &Range<usize>) -> Range<usize> {
        let held = self.tokens.get(words.clone()).unwrap_or_default();
        let start = held
            .first()
            .map_or(self.plain.start, |token| token.span.start);
        let end = held.last().map_or(self.plain.end, |token| token.span.end);
        start..end.max(start)
    }

    /// The index of the first word that begins at or after a byte of the
    /// block's plain text.
    pub(crate) fn word_at(&self, byte: usize) -> usize {
        self.tokens.partition_point(|token| token.span.start < byte)
    }
}
