//! YAML as the declaration and the maps use it: maps, lists and scalars, each
//! with the bytes it stands on. Refuses, with one finding each, what makes a
//! file mean something other than it seems to: duplicate keys, anchors and
//! aliases, tags, several documents, and files of unreasonable size or depth.

mod builder;
mod environment;
mod node;
mod offsets;
mod write;

pub(crate) use node::{Entry, Key, Node, Value};
pub(crate) use write::{flat, quoted};

use saphyr_parser::Parser;

use crate::checks::broken_yaml;
use crate::diagnostic::{Diagnostic, Location};
use crate::limits;
use builder::Builder;
use offsets::Offsets;

/// Deepest nesting of maps and lists. The deepest value of the language is
/// eight levels down.
pub(crate) const DEPTH_MAX: usize = 32;

/// Most values a file may hold.
pub(crate) const NODES_MAX: usize = 200_000;

/// Reads one file. `None` where the file can't be read as a whole; findings
/// that leave the rest readable (a duplicate key) come with the tree.
pub(crate) fn parse(path: &str, source: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    if let Some(found) = limits::refuse(path, source) {
        diagnostics.push(found);
        return None;
    }
    let masked = match environment::mask(source) {
        Ok(masked) => masked,
        Err(offset) => {
            diagnostics.push(broken_yaml::reserved_character(Location::new(
                path,
                offset..offset,
            )));
            return None;
        }
    };
    let offsets = Offsets::new(source);
    let mut builder = Builder::new(path, source, diagnostics);
    let mut parser = Parser::new_from_str(&masked);
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => {
                let span = offsets.byte(span.start.index())..offsets.byte(span.end.index());
                if builder.event(event, span).is_break() {
                    return None;
                }
            }
            Err(error) => {
                let at = offsets.byte(error.marker().index());
                builder.syntax_error(at, error.info());
                return None;
            }
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests;
