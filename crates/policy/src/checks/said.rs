//! What a link says with the words around it: its sentence, the part of the
//! sentence it stands in, and what both stand under. A row of a table is read as
//! one sentence, its column names before its cells.

use std::ops::Range;

use super::Facts;
use crate::diagnostic::Location;
use crate::promise::Promise;
use crate::promises::Linked;
use crate::text::{Block, Document, Link};
use crate::words::cues::Cues;
use crate::words::tokens::{self, Word};

/// A link with the words around it.
pub(crate) struct Said<'a> {
    /// Index of the document.
    pub(super) document_at: usize,
    pub(super) promise: &'a Promise,
    /// The field the link names.
    pub(super) field: Option<&'a str>,
    pub(super) document: &'a Document,
    pub(super) block_at: usize,
    pub(super) block: &'a Block,
    pub(super) link: &'a Link,
    /// Its sentence within the block's plain text.
    pub(super) sentence: Range<usize>,
    /// The words of the sentence, their bytes within the block's plain text.
    pub(super) words: Vec<Word>,
    /// The small words of the text's language, if the comparisons know it.
    pub(super) cues: Option<&'static Cues>,
    /// Every link of the block that makes a promise, this one included.
    pub(super) links: Vec<(&'a Link, &'a Promise)>,
}

/// Every link that makes a promise, in order.
pub(super) fn all<'f, 'a>(facts: &'f Facts<'a>) -> impl Iterator<Item = &'f Said<'a>> {
    let read = || facts.linked.iter().filter_map(|one| said(facts, one));
    facts.said.get_or_init(|| read().collect()).iter()
}

fn said<'a>(facts: &Facts<'a>, linked: &'a Linked) -> Option<Said<'a>> {
    let document = facts.documents.get(linked.document)?;
    let link = document.links.get(linked.link)?;
    let block = document.blocks.get(link.block)?;
    let sentence = block.sentence_span(&link.plain);
    let cues = Cues::of(&document.text.language);
    let words = words_in(block, &sentence, cues);
    let links = facts.links_of(linked.document, link.block);
    Some(Said {
        document_at: linked.document,
        promise: facts.charter.promises.get(linked.promise)?,
        field: linked.field.as_deref(),
        document,
        block_at: link.block,
        block,
        link,
        sentence,
        words,
        cues,
        links,
    })
}

/// The words of a part of a block, their bytes within its plain text.
pub(super) fn words_in(block: &Block, part: &Range<usize>, cues: Option<&Cues>) -> Vec<Word> {
    let plain = block.plain.get(part.clone()).unwrap_or_default();
    let mut words = tokens::words(plain, cues.is_some_and(|cues| cues.elides));
    for word in &mut words {
        word.span = word.span.start + part.start..word.span.end + part.start;
    }
    words
}

impl<'a> Said<'a> {
    /// The place of a part of the block's plain text.
    pub(super) fn at(&self, part: &Range<usize>) -> Location {
        self.document.location(self.block_at, part)
    }

    /// The words of a part of the block's plain text.
    pub(super) fn text(&self, part: &Range<usize>) -> &'a str {
        self.block.plain.get(part.clone()).unwrap_or_default()
    }

    /// The linked words.
    pub(super) fn linked_words(&self) -> &[Word] {
        self.between(&self.link.plain)
    }

    /// The words of the sentence within a part of the block's plain text.
    pub(super) fn between(&self, part: &Range<usize>) -> &[Word] {
        let start = self
            .words
            .partition_point(|word| word.span.end <= part.start);
        let end = self
            .words
            .partition_point(|word| word.span.start < part.end);
        self.words.get(start..end.max(start)).unwrap_or_default()
    }

    /// The part of the sentence that belongs to this link alone: from the end
    /// of the link before it to the beginning of the link after it, within
    /// semicolons, dashes and brackets.
    pub(super) fn own_part(&self) -> Range<usize> {
        let own = &self.link.plain;
        let before = self
            .links
            .iter()
            .map(|(link, _)| link.plain.end)
            .filter(|end| *end <= own.start)
            .max();
        let after = self
            .links
            .iter()
            .map(|(link, _)| link.plain.start)
            .filter(|start| *start >= own.end)
            .min();
        let start = before.unwrap_or(0).max(self.sentence.start);
        let end = after.unwrap_or(usize::MAX).min(self.sentence.end);
        let hard = |character: char| matches!(character, ';' | '–' | '—' | '(' | ')');
        let from = self
            .text(&(start..own.start))
            .rfind(hard)
            .map_or(start, |at| start + at);
        let to = self
            .text(&(own.end..end))
            .find(hard)
            .map_or(end, |at| own.end + at);
        from..to
    }

    /// Whether this is the only link of its family in the sentence.
    pub(super) fn alone_of_family(&self) -> bool {
        self.links
            .iter()
            .filter(|(link, _)| {
                link.plain.start < self.sentence.end && link.plain.end > self.sentence.start
            })
            .all(|(link, promise)| {
                link.span == self.link.span || promise.family != self.promise.family
            })
    }
}
