//! Promise links to put into a text. Invariant: but for a link's brackets and
//! target, and for the target of a link that makes way, the text stays as it
//! is, byte for byte. Refuses links within links.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fact::Words;
use crate::reading::page::Page;

pub(super) struct Links<'p> {
    page: &'p Page<'p>,
    /// Links of the text itself: from their first byte to their last.
    taken: BTreeMap<usize, usize>,
    /// What comes in the place of some bytes: by the first of them.
    put: BTreeMap<usize, Put>,
    /// Links of the text that made way: their words and their target.
    replaced: Vec<(String, String)>,
}

struct Put {
    end: usize,
    text: String,
}

impl<'p> Links<'p> {
    pub(super) fn new(page: &'p Page<'p>) -> Self {
        let links = page.document.blocks.iter().flat_map(|block| &block.links);
        Self {
            page,
            taken: links.map(|link| (link.span.start, link.span.end)).collect(),
            put: BTreeMap::new(),
            replaced: Vec::new(),
        }
    }

    /// Puts a link on the words, where they stand in the file as they are read
    /// and no other link holds them.
    pub(super) fn put(&mut self, words: &Words, promise: &str) -> Option<Range<usize>> {
        let block = self.page.document.blocks.get(words.block)?;
        let plain = block.plain.get(words.plain.clone())?;
        let span = block.source(&words.plain);
        let same = self.page.source.get(span.clone()) == Some(plain);
        if !same || !is_linkable(plain) || self.holds(&span) {
            return None;
        }
        self.insert(&span, plain, promise);
        Some(span)
    }

    /// Lets a link of the text make way, whose words are these.
    pub(super) fn replace(&mut self, words: &Words, promise: &str) -> Option<Range<usize>> {
        let block = self.page.document.blocks.get(words.block)?;
        let link = block.links.iter().find(|link| {
            link.plain.start <= words.plain.start && words.plain.end <= link.plain.end
        })?;
        let plain = block.plain.get(link.plain.clone())?;
        let written = self.page.source.get(link.span.clone())?;
        let whole = written.contains(plain) && !written.contains('\n');
        if !whole || !is_linkable(plain) || self.put.contains_key(&link.span.start) {
            return None;
        }
        let (span, target) = (link.span.clone(), link.target.clone());
        self.insert(&span, plain, promise);
        if target.strip_prefix("mailto:") != Some(plain) {
            self.replaced.push((plain.to_owned(), target));
        }
        Some(span)
    }

    fn insert(&mut self, span: &Range<usize>, words: &str, promise: &str) {
        let put = Put {
            end: span.end,
            text: format!("[{words}](promise:{promise})"),
        };
        self.put.insert(span.start, put);
    }

    fn holds(&self, span: &Range<usize>) -> bool {
        let own = self.taken.range(..span.end).next_back();
        let put = self.put.range(..span.end).next_back();
        own.is_some_and(|(_, end)| *end > span.start)
            || put.is_some_and(|(_, put)| put.end > span.start)
    }

    /// The text with its links.
    pub(super) fn text(&self) -> String {
        let source = self.page.source;
        let mut text = String::with_capacity(source.len() * 2);
        let mut at = 0;
        for (start, put) in &self.put {
            text.push_str(source.get(at..*start).unwrap_or_default());
            text.push_str(&put.text);
            at = put.end;
        }
        text.push_str(source.get(at..).unwrap_or_default());
        text
    }

    /// Links of the text that made way: their words and their target.
    pub(super) fn replaced(&self) -> &[(String, String)] {
        &self.replaced
    }

    /// The bytes of the linked text that stand for bytes of the source between
    /// links, or for a whole link.
    pub(super) fn moved(&self, span: &Range<usize>) -> Range<usize> {
        let at = |byte: usize| {
            let before = self.put.range(..byte).filter(|(_, put)| put.end <= byte);
            let (gone, come) = before.fold((0, 0), |(gone, come), (start, put)| {
                (gone + (put.end - start), come + put.text.len())
            });
            byte - gone + come
        };
        at(span.start)..at(span.end)
    }
}

/// Whether Markdown reads these words in brackets as the words of a link.
fn is_linkable(words: &str) -> bool {
    !words.contains(['[', ']', '`', '*', '_', '\\', '\n', '<']) && !words.trim().is_empty()
}
