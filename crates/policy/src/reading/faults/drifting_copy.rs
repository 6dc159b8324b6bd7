//! CND0735: a block that appears twice, and not the same.

use std::collections::BTreeMap;

use super::Facts;
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::reading::document::Block;
use crate::reading::tokens::hash_of;

pub(crate) const CODE: Code = Code {
    id: "CND0735",
    severity: Severity::Warning,
    page: include_str!("../../../../../docs/diagnostics/cnd0735.md"),
};

/// Words in a row that two copies share.
const RUN: usize = 5;
/// Shorter blocks are alike by chance.
const WORDS_MIN: usize = 14;
/// Of a hundred runs of the shorter block, how many the other holds.
const SHARED_MIN: usize = 60;
/// Blocks that are remembered for one run of words.
const REMEMBERED_MAX: usize = 4;

/// Compares every block with the earlier ones that share runs of words.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let mut sizes: Vec<usize> = Vec::new();
    for (at, block) in facts.page.document.blocks.iter().enumerate() {
        let runs = runs(block);
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for run in &runs {
            for earlier in seen.get(run).into_iter().flatten() {
                *shared.entry(*earlier).or_default() += 1;
            }
        }
        let copy = shared.into_iter().find(|(earlier, shared)| {
            let size = sizes
                .get(*earlier)
                .copied()
                .unwrap_or_default()
                .max(runs.len());
            shared * 100 >= size * SHARED_MIN && drifted(facts, *earlier, block)
        });
        if let Some((earlier, _)) = copy {
            let place = |at: usize, block: &Block| facts.page.locate(at, &(0..block.plain.len()));
            let original = facts.page.document.blocks.get(earlier);
            let found = CODE
                .at(
                    place(at, block),
                    "a copy that differs",
                    "a block appears twice, and the copies differ",
                )
                .with_help("keep one, and point to it from the other place");
            diagnostics.push(match original {
                Some(original) => found.with_secondary(place(earlier, original), "the first"),
                None => found,
            });
        }
        sizes.push(runs.len());
        for run in runs {
            let blocks = seen.entry(run).or_default();
            if blocks.len() < REMEMBERED_MAX {
                blocks.push(at);
            }
        }
    }
}

fn drifted(facts: &Facts<'_>, earlier: usize, block: &Block) -> bool {
    let earlier = facts.page.document.blocks.get(earlier);
    earlier.is_some_and(|earlier| words(earlier) != words(block))
}

/// Every run of words, as a number that stands for it.
fn runs(block: &Block) -> Vec<u64> {
    let words = words(block);
    if block.is_heading() || block.is_tabular() || words.len() < WORDS_MIN {
        return Vec::new();
    }
    words
        .windows(RUN)
        .map(|run| hash_of(run.iter().copied()))
        .collect()
}

/// Every word in lower case, as a number that stands for it.
fn words(block: &Block) -> Vec<u64> {
    block
        .plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let letters = word.chars().flat_map(char::to_lowercase);
            hash_of(letters.map(u64::from))
        })
        .collect()
}
