//! The Merkle tree of RFC 6962: hashes, the growing edge, and proofs.
//!
//! A node is named `(level, index)`: it is the root of the perfect subtree over
//! the leaves `index · 2^level .. (index + 1) · 2^level`. Such a node never
//! changes once its leaves are there, so a store writes each one once.
//! [`Frontier::append`] says which nodes an entry completes; proofs and roots
//! of every earlier size follow from stored nodes alone.

mod frontier;
mod proof;
mod verify;

pub use frontier::{Frontier, FrontierError, NewNode};
pub use proof::{
    NodeSource, ProofError, consistency_nodes, consistency_proof, inclusion_nodes, inclusion_proof,
    root_at, root_nodes,
};
pub use verify::{VerifyError, verify_consistency, verify_inclusion};

use crate::hash::{Hash, sha256_of};

/// Entries one ledger may hold. Every length below this bound can be doubled
/// without overflow.
pub const SIZE_MAX: u64 = 1 << 62;

/// The hash of an entry: `SHA-256(0x00 ‖ entry)` (RFC 6962, section 2.1).
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash::from_bytes(sha256_of(&[&[0], entry]))
}

/// The hash of two nodes: `SHA-256(0x01 ‖ left ‖ right)` (RFC 6962, section 2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash::from_bytes(sha256_of(&[&[1], left.as_bytes(), right.as_bytes()]))
}

/// The root of a tree without entries: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Hash::from_bytes(sha256_of(&[]))
}

/// The root over these leaf hashes.
///
/// ```
/// use candor_seal::ledger::{leaf_hash, node_hash, root_of};
///
/// let [a, b] = [leaf_hash(b"a"), leaf_hash(b"b")];
/// assert_eq!(root_of([a, b]), node_hash(&a, &b));
/// ```
pub fn root_of(leaf_hashes: impl IntoIterator<Item = Hash>) -> Hash {
    let mut frontier = Frontier::new();
    for leaf in leaf_hashes {
        frontier.append(leaf);
    }
    frontier.root()
}

/// Joins subtree roots, left to right and each smaller than the one before,
/// into the root of the tree over all of them.
fn fold_right(hashes: &[Hash]) -> Option<Hash> {
    let (last, rest) = hashes.split_last()?;
    Some(
        rest.iter()
            .rev()
            .fold(*last, |right, left| node_hash(left, &right)),
    )
}

#[cfg(test)]
mod tests;
