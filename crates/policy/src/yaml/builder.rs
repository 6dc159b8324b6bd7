//! From the parser's events to the tree, without recursion: nesting costs
//! memory only up to [`DEPTH_MAX`].

use std::collections::BTreeMap;
use std::ops::{ControlFlow, Range};

use saphyr_parser::{Event, ScalarStyle};

use super::environment::unmask;
use super::{DEPTH_MAX, Entry, Key, NODES_MAX, Node, Value};
use crate::checks::{broken_yaml, duplicate_key, refused_yaml, too_large};
use crate::diagnostic::{Diagnostic, Location};

/// A map or list that is still open.
enum Frame {
    List {
        start: usize,
        items: Vec<Node>,
    },
    Map {
        start: usize,
        entries: Vec<Entry>,
        seen: BTreeMap<String, Range<usize>>,
        key: Option<Key>,
    },
}

/// The tree under construction.
pub(super) struct Builder<'a> {
    path: &'a str,
    source: &'a str,
    diagnostics: &'a mut Vec<Diagnostic>,
    stack: Vec<Frame>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        path: &'a str,
        source: &'a str,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            path,
            source,
            diagnostics,
            stack: Vec::new(),
            root: None,
            nodes: 0,
            documents: 0,
        }
    }

    /// Takes one event; breaks where the rest of the file isn't worth reading.
    pub(super) fn event(&mut self, event: Event<'_>, span: Range<usize>) -> ControlFlow<()> {
        match event {
            Event::DocumentStart(_) => self.document(span),
            Event::Alias(_) => self.refuse(span, "alias"),
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => self.refuse(span, "tag"),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                self.refuse(span, "anchor")
            }
            Event::Scalar(text, style, ..) => self.scalar(&text, style, span),
            Event::SequenceStart(..) => self.open(Frame::List {
                start: span.start,
                items: Vec::new(),
            }),
            Event::MappingStart(..) => self.open(Frame::Map {
                start: span.start,
                entries: Vec::new(),
                seen: BTreeMap::new(),
                key: None,
            }),
            Event::SequenceEnd | Event::MappingEnd => self.close(&span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {
                ControlFlow::Continue(())
            }
        }
    }

    /// Reports what the parser could not read.
    pub(super) fn syntax_error(&mut self, at: usize, info: &str) {
        let at = self.location(at..at);
        // The parser has a limit of its own, beyond ours, and looks ahead.
        self.diagnostics
            .push(match info.contains("recursion limit") {
                true => too_large::depth(at),
                false => broken_yaml::syntax(at, info),
            });
    }

    /// The tree; `None` for an empty file.
    pub(super) fn finish(self) -> Option<Node> {
        if self.root.is_none() {
            self.diagnostics
                .push(broken_yaml::empty(Location::new(self.path, 0..0)));
        }
        self.root
    }

    fn document(&mut self, span: Range<usize>) -> ControlFlow<()> {
        self.documents += 1;
        if self.documents > 1 {
            return self.refuse(span, "second document");
        }
        ControlFlow::Continue(())
    }

    fn refuse(&mut self, span: Range<usize>, what: &str) -> ControlFlow<()> {
        let at = self.location(span);
        self.diagnostics.push(refused_yaml::refused(at, what));
        ControlFlow::Break(())
    }

    fn open(&mut self, frame: Frame) -> ControlFlow<()> {
        if self.stack.len() >= DEPTH_MAX {
            let (Frame::List { start, .. } | Frame::Map { start, .. }) = frame;
            let at = self.location(start..start);
            self.diagnostics.push(too_large::depth(at));
            return ControlFlow::Break(());
        }
        self.stack.push(frame);
        ControlFlow::Continue(())
    }

    fn close(&mut self, end: &Range<usize>) -> ControlFlow<()> {
        let Some(frame) = self.stack.pop() else {
            return ControlFlow::Continue(());
        };
        let (start, last, value) = match frame {
            Frame::List { start, items } => {
                let last = items.last().map(|item| item.span.end);
                (start, last, Value::List(items))
            }
            Frame::Map { start, entries, .. } => {
                let last = entries.last().map(|entry| entry.node.span.end);
                (start, last, Value::Map(entries))
            }
        };
        // A short map or list ends with its bracket; a block one has no end
        // of its own, and the parser's lies beyond the blank lines after it.
        let short = self
            .source
            .as_bytes()
            .get(start)
            .is_some_and(|byte| matches!(byte, b'{' | b'['));
        let end = if short {
            end.end
        } else {
            last.unwrap_or(start)
        };
        self.add(Node {
            span: start..end.max(start),
            value,
        })
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Range<usize>) -> ControlFlow<()> {
        let null = style == ScalarStyle::Plain && matches!(text, "" | "~" | "null");
        let value = if null {
            Value::Null
        } else {
            Value::Scalar(unmask(text))
        };
        let written = self.source.get(span.clone()).unwrap_or_default();
        let end = span.start + written.trim_end().len();
        self.add(Node {
            span: span.start..end,
            value,
        })
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, mut node: Node) -> ControlFlow<()> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            let at = self.location(node.span);
            self.diagnostics.push(too_large::nodes(at));
            return ControlFlow::Break(());
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame::List { items, .. }) => items.push(node),
            Some(Frame::Map {
                entries, seen, key, ..
            }) => match key.take() {
                Some(taken) => {
                    if node.span.is_empty() {
                        node.span = taken.span.clone();
                    }
                    if let Some(first) = seen.insert(taken.text.clone(), taken.span.clone()) {
                        self.diagnostics.push(duplicate_key::duplicate_key(
                            Location::new(self.path, taken.span),
                            &taken.text,
                            Location::new(self.path, first),
                        ));
                    } else {
                        entries.push(Entry { key: taken, node });
                    }
                }
                None => return self.key(node),
            },
        }
        ControlFlow::Continue(())
    }

    fn key(&mut self, node: Node) -> ControlFlow<()> {
        let text = match node.value {
            Value::Scalar(text) => text,
            Value::Null => String::new(),
            Value::List(_) | Value::Map(_) => {
                let at = self.location(node.span);
                self.diagnostics.push(broken_yaml::complex_key(at));
                return ControlFlow::Break(());
            }
        };
        if let Some(Frame::Map { key, .. }) = self.stack.last_mut() {
            *key = Some(Key {
                text,
                span: node.span,
            });
        }
        ControlFlow::Continue(())
    }

    fn location(&self, span: Range<usize>) -> Location {
        Location::new(self.path, span)
    }
}
