//! Checking proofs, by the algorithms of RFC 9162 (2.1.3.2 and 2.1.4.2).
//!
//! Refuses a proof that is too short or too long, and one that does not lead to
//! the root. The roots themselves must come from a verified checkpoint.

use super::{empty_root, node_hash};
use crate::hash::Hash;

/// Why a proof shows nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The index or the sizes are impossible.
    #[error("no tree has this index or these sizes")]
    OutOfRange,
    /// The proof has not the length it must have.
    #[error("the proof has not the length that its place and sizes ask for")]
    Length,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks that the leaf is entry `index` of the tree of `size` entries whose
/// root is `root`.
///
/// # Errors
/// When the proof does not show it.
pub fn verify_inclusion(
    leaf_hash: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), VerifyError> {
    if index >= size {
        return Err(VerifyError::OutOfRange);
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf_hash;
    for sibling in proof {
        if last == 0 {
            return Err(VerifyError::Length);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(VerifyError::Length);
    }
    if hash == *root {
        Ok(())
    } else {
        Err(VerifyError::Root)
    }
}

/// Checks that the tree of `old_size` entries and root `old_root` is the
/// beginning of the tree of `new_size` entries and root `new_root`.
///
/// # Errors
/// When the proof does not show it.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), VerifyError> {
    if old_size > new_size {
        return Err(VerifyError::OutOfRange);
    }
    if old_size == new_size || old_size == 0 {
        return verify_trivial(old_size, old_root, new_size, new_root, proof);
    }
    // Where the old tree is perfect its root is the first step of the way.
    let (first, rest) = if old_size.is_power_of_two() {
        (*old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(VerifyError::Length)?;
        (*first, rest)
    };
    let (mut at, mut last) = (old_size - 1, new_size - 1);
    let skip = at.trailing_ones();
    at >>= skip;
    last >>= skip;
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(VerifyError::Length);
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(VerifyError::Length);
    }
    if old_hash == *old_root && new_hash == *new_root {
        Ok(())
    } else {
        Err(VerifyError::Root)
    }
}

/// Equal trees have equal roots, and every tree begins with the empty one.
fn verify_trivial(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), VerifyError> {
    if !proof.is_empty() {
        return Err(VerifyError::Length);
    }
    let old_holds = old_size != 0 || *old_root == empty_root();
    let new_holds = old_size != new_size || old_root == new_root;
    if old_holds && new_holds {
        Ok(())
    } else {
        Err(VerifyError::Root)
    }
}
