//! Gives every promise the phrases that make it.

use std::collections::BTreeMap;

use super::declared_at;
use crate::checks::link_nowhere;
use crate::diagnostic::{Diagnostic, Location};
use crate::promise::Promise;
use crate::text::Document;
use crate::yaml::Node;

/// A phrase that was given to its promise.
pub(crate) struct Linked {
    /// Index of the document.
    pub(crate) document: usize,
    /// Index of the link in its document.
    pub(crate) link: usize,
    /// Index of the promise.
    pub(crate) promise: usize,
    /// The field of the promise that the link names.
    pub(crate) field: Option<String>,
}

/// Adds phrases to promises, and reports links that lead nowhere. A link to an
/// entry that was declared, but couldn't be read, is not reported again.
pub(crate) fn link(
    promises: &mut [Promise],
    documents: &[Document],
    root: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Linked> {
    let index: BTreeMap<String, usize> = promises
        .iter()
        .enumerate()
        .map(|(at, promise)| (promise.id.0.clone(), at))
        .collect();
    let known: Vec<&str> = index.keys().map(String::as_str).collect();
    let mut linked = Vec::new();
    for (document_at, document) in documents.iter().enumerate() {
        for (link_at, link) in document.links.iter().enumerate() {
            let at = Location::new(document.text.path.clone(), link.span.clone());
            if document.words(link).trim().is_empty() {
                diagnostics.push(link_nowhere::empty(at, &link.target));
                continue;
            }
            let Some((promise_at, field)) = resolve(&index, &link.target) else {
                if !declared_but_unread(root, &link.target) {
                    let target_at = document.target(link);
                    diagnostics.push(link_nowhere::nowhere(at, target_at, &link.target, &known));
                }
                continue;
            };
            let Some(promise) = promises.get_mut(promise_at) else {
                continue;
            };
            if let Some(field) = field {
                let fields = fields(root, promise);
                if !fields.contains(&field) {
                    let id = promise.id.0.as_str();
                    diagnostics.push(link_nowhere::no_field(at, id, field, &fields));
                    continue;
                }
            }
            promise.phrases.push(document.phrase(link_at, link));
            linked.push(Linked {
                document: document_at,
                link: link_at,
                promise: promise_at,
                field: field.map(str::to_owned),
            });
        }
    }
    linked
}

/// The promise a target names, and the field after it.
fn resolve<'t>(
    index: &BTreeMap<String, usize>,
    target: &'t str,
) -> Option<(usize, Option<&'t str>)> {
    if let Some(at) = index.get(target) {
        return Some((*at, None));
    }
    let (id, field) = target.rsplit_once('.')?;
    index.get(id).map(|at| (*at, Some(field)))
}

/// The keys written in a promise's entry.
fn fields<'n>(root: &'n Node, promise: &Promise) -> Vec<&'n str> {
    let find = |path: &[&str]| path.iter().try_fold(root, |node, key| node.get(key));
    find(&declared_at(promise, |path| find(path).is_some()))
        .map(|node| node.entries())
        .unwrap_or_default()
        .iter()
        .map(|entry| entry.key.text.as_str())
        .collect()
}

fn declared_but_unread(root: &Node, target: &str) -> bool {
    let mut parts = target.split('.');
    let (Some(family), Some(name)) = (parts.next(), parts.next()) else {
        return false;
    };
    crate::promise::Family::ALL
        .iter()
        .find(|known| known.key() == family)
        .and_then(|family| root.get(family.section()))
        .is_some_and(|section| section.get(name).is_some())
}
