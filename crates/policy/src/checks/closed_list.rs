//! CND0313: a list that is said to be complete and isn't the declared one.

use std::collections::BTreeSet;

use super::Facts;
use super::said::{self, Said};
use crate::bundle::ROOT;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::promise::{Family, Promise};
use crate::reader::CLOSED;
use crate::words;

pub(crate) const CODE: Code = Code {
    id: "CND0313",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0313.md"),
};

/// Lists within lists that are looked into.
const DEPTH_MAX: usize = 4;

/// Compares what a sentence that promises completeness links, with what it
/// introduces, to every entry of its section.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for said in said::all(facts) {
        if said.promise.name != CLOSED {
            continue;
        }
        let family = said.promise.family;
        let listed = listed(facts, said, family);
        // A list that stands elsewhere, or in words: each entry of it is still
        // disclosed somewhere (CND0304).
        if listed.is_empty() {
            continue;
        }
        let missing: Vec<&Promise> = entries(facts, family)
            .filter(|promise| !listed.contains(promise.id.0.as_str()))
            .collect();
        let [first, ..] = missing.as_slice() else {
            continue;
        };
        let names: Vec<String> = missing
            .iter()
            .map(|promise| format!("`{}`", promise.name))
            .collect();
        diagnostics.push(
            CODE.at(
                said.at(&said.link.plain),
                "said to be complete",
                format!(
                    "the list is said to be complete, and lacks {}",
                    words::list(&names)
                ),
            )
            .with_secondary(
                facts.places.key(ROOT, &facts.declared_at(first)),
                "declared here",
            )
            .with_help("add it to the list, with its link; or take it out of the declaration"),
        );
    }
}

/// What a family declares, but for the promise that this is all.
fn entries<'a>(facts: &Facts<'a>, family: Family) -> impl Iterator<Item = &'a Promise> {
    let promises = facts.charter.promises.iter();
    promises.filter(move |promise| promise.family == family && promise.name != CLOSED)
}

/// Ids of the entries that the sentence's paragraph links to, and of those in
/// the list or table that it introduces.
fn listed<'a>(facts: &Facts<'a>, said: &Said<'a>, family: Family) -> BTreeSet<&'a str> {
    let mut listed: BTreeSet<&str> = said
        .links
        .iter()
        .filter(|(_, promise)| promise.family == family && promise.name != CLOSED)
        .map(|(_, promise)| promise.id.0.as_str())
        .collect();
    let introduces = said.block.sentences.last() == Some(&said.sentence)
        || said.sentence.end >= said.block.plain.len();
    if !introduces {
        return listed;
    }
    let below = said.document.blocks.iter().enumerate();
    for (at, _) in below
        .skip(said.block_at + 1)
        .filter(|(at, _)| stands_under(said, *at))
    {
        let links = facts.links_of(said.document_at, at);
        let own = links
            .into_iter()
            .filter(|(_, promise)| promise.family == family && promise.name != CLOSED);
        listed.extend(own.map(|(_, promise)| promise.id.0.as_str()));
    }
    listed
}

/// Whether a block is part of the list or table that the sentence introduces.
fn stands_under(said: &Said<'_>, at: usize) -> bool {
    let mut next = Some(at);
    for _ in 0..DEPTH_MAX {
        let block = next.and_then(|at| said.document.blocks.get(at));
        next = block.and_then(|block| block.lead);
        if next == Some(said.block_at) {
            return true;
        }
    }
    false
}
