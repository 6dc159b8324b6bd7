//! Proofs made from stored nodes.
//!
//! A proof's hashes are roots of leaf ranges; each range falls into perfect
//! subtrees, which are stored nodes. So every function here has a twin that
//! lists the nodes it will ask for, and an asynchronous store can fetch them
//! first. Refuses sizes and indexes outside the tree, and reports a node that
//! is not there instead of proving something else.

use std::collections::{BTreeMap, HashMap};

use super::{SIZE_MAX, empty_root, fold_right};
use crate::hash::Hash;

/// Stored nodes, by level and index.
pub trait NodeSource {
    /// The node, if it is stored.
    fn node(&self, level: u8, index: u64) -> Option<Hash>;
}

impl NodeSource for BTreeMap<(u8, u64), Hash> {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        self.get(&(level, index)).copied()
    }
}

impl<S: std::hash::BuildHasher> NodeSource for HashMap<(u8, u64), Hash, S> {
    fn node(&self, level: u8, index: u64) -> Option<Hash> {
        self.get(&(level, index)).copied()
    }
}

/// Why a proof could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is no such entry.
    #[error("entry `{index}` is not in a ledger of size `{size}`")]
    Index {
        /// The entry asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// A ledger only grows.
    #[error("a ledger of size `{old}` can't become one of size `{new}`")]
    Sizes {
        /// The earlier size.
        old: u64,
        /// The later size.
        new: u64,
    },
    /// The store lacks a node that the tree has.
    #[error("node `{index}` of level `{level}` is missing")]
    Missing {
        /// Its level.
        level: u8,
        /// Its index.
        index: u64,
    },
}

/// The nodes that [`inclusion_proof`] asks for.
///
/// # Errors
/// When the entry is not in the tree.
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<(u8, u64)>, ProofError> {
    Ok(inclusion_ranges(index, size)?
        .iter()
        .flat_map(Range::nodes)
        .collect())
}

/// The proof that entry `index` is in the tree of `size` entries: the hashes
/// from the leaf's sibling up (RFC 6962, section 2.1.1).
///
/// ```
/// use std::collections::BTreeMap;
/// use candor_seal::ledger::{Frontier, inclusion_proof, leaf_hash, verify_inclusion};
///
/// let mut frontier = Frontier::new();
/// let mut nodes = BTreeMap::new();
/// for entry in ["a", "b", "c"] {
///     for node in frontier.append(leaf_hash(entry.as_bytes())) {
///         nodes.insert((node.level, node.index), node.hash);
///     }
/// }
/// let proof = inclusion_proof(1, 3, &nodes)?;
/// assert!(verify_inclusion(&leaf_hash(b"b"), 1, 3, &proof, &frontier.root()).is_ok());
/// assert!(verify_inclusion(&leaf_hash(b"B"), 1, 3, &proof, &frontier.root()).is_err());
/// # Ok::<(), candor_seal::ledger::ProofError>(())
/// ```
///
/// # Errors
/// When the entry is not in the tree, or a node is missing.
pub fn inclusion_proof(
    index: u64,
    size: u64,
    nodes: &dyn NodeSource,
) -> Result<Vec<Hash>, ProofError> {
    inclusion_ranges(index, size)?
        .iter()
        .map(|range| range.hash(nodes))
        .collect()
}

/// The nodes that [`consistency_proof`] asks for.
///
/// # Errors
/// When the tree would shrink.
pub fn consistency_nodes(old: u64, new: u64) -> Result<Vec<(u8, u64)>, ProofError> {
    Ok(consistency_ranges(old, new)?
        .iter()
        .flat_map(Range::nodes)
        .collect())
}

/// The proof that the tree of `old` entries is the beginning of the tree of
/// `new` entries (RFC 6962, section 2.1.2). It is empty when the sizes are
/// equal or `old` is 0.
///
/// # Errors
/// When the tree would shrink, or a node is missing.
pub fn consistency_proof(
    old: u64,
    new: u64,
    nodes: &dyn NodeSource,
) -> Result<Vec<Hash>, ProofError> {
    consistency_ranges(old, new)?
        .iter()
        .map(|range| range.hash(nodes))
        .collect()
}

/// The nodes that [`root_at`] asks for.
#[must_use]
pub fn root_nodes(size: u64) -> Vec<(u8, u64)> {
    Range {
        start: 0,
        end: size.min(SIZE_MAX),
    }
    .nodes()
    .collect()
}

/// The root that the tree had when it was of this size.
///
/// # Errors
/// When a node is missing.
pub fn root_at(size: u64, nodes: &dyn NodeSource) -> Result<Hash, ProofError> {
    Range {
        start: 0,
        end: size.min(SIZE_MAX),
    }
    .hash(nodes)
}

/// Leaves `start..end`, where `start` is a multiple of the largest power of two
/// that the length holds; so it falls into perfect subtrees, largest first.
#[derive(Clone, Copy)]
struct Range {
    start: u64,
    end: u64,
}

impl Range {
    fn nodes(&self) -> impl Iterator<Item = (u8, u64)> + use<> {
        let Self { mut start, end } = *self;
        std::iter::from_fn(move || {
            let level = end.checked_sub(start)?.checked_ilog2()?;
            let node = (u8::try_from(level).ok()?, start >> level);
            start += 1 << level;
            Some(node)
        })
    }

    fn hash(&self, nodes: &dyn NodeSource) -> Result<Hash, ProofError> {
        let hashes = self
            .nodes()
            .map(|(level, index)| {
                nodes
                    .node(level, index)
                    .ok_or(ProofError::Missing { level, index })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(fold_right(&hashes).unwrap_or_else(empty_root))
    }

    /// Where RFC 6962 splits: the largest power of two below the length, which
    /// is at least 2.
    const fn split(&self) -> u64 {
        self.start + (1 << (self.end - self.start - 1).ilog2())
    }

    const fn is_leaf(&self) -> bool {
        self.end - self.start == 1
    }
}

fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range>, ProofError> {
    if index >= size || size > SIZE_MAX {
        return Err(ProofError::Index { index, size });
    }
    let mut at = Range {
        start: 0,
        end: size,
    };
    let mut siblings = Vec::new();
    while !at.is_leaf() {
        let split = at.split();
        let (left, right) = (Range { end: split, ..at }, Range { start: split, ..at });
        let (next, sibling) = if index < split {
            (left, right)
        } else {
            (right, left)
        };
        siblings.push(sibling);
        at = next;
    }
    siblings.reverse();
    Ok(siblings)
}

fn consistency_ranges(old: u64, new: u64) -> Result<Vec<Range>, ProofError> {
    if old > new || new > SIZE_MAX {
        return Err(ProofError::Sizes { old, new });
    }
    if old == 0 {
        return Ok(Vec::new());
    }
    let mut at = Range { start: 0, end: new };
    let mut ranges = Vec::new();
    while at.end != old {
        let split = at.split();
        let (left, right) = (Range { end: split, ..at }, Range { start: split, ..at });
        let (next, sibling) = if old <= split {
            (left, right)
        } else {
            (right, left)
        };
        ranges.push(sibling);
        at = next;
    }
    // The old root is known to the verifier; any other subtree is not.
    if at.start != 0 {
        ranges.push(at);
    }
    ranges.reverse();
    Ok(ranges)
}
