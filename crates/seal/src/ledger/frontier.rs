//! The right edge of a tree: all that is needed to append to it.
//!
//! INVARIANT: one hash per set bit of the size, largest subtree first. Refuses
//! stored bytes that break it.

use serde::{Deserialize, Serialize};

use super::{NodeSource, ProofError, SIZE_MAX, empty_root, fold_right, node_hash, root_nodes};
use crate::hash::Hash;

/// A tree's size and the roots of its largest perfect subtrees: at most 62
/// hashes, whatever the size.
///
/// ```
/// use candor_seal::ledger::{Frontier, leaf_hash};
///
/// let mut frontier = Frontier::new();
/// frontier.append(leaf_hash(b"first"));
/// let nodes = frontier.append(leaf_hash(b"second"));
/// // The leaf itself, and the pair that it completes.
/// assert_eq!(nodes.iter().map(|n| (n.level, n.index)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
/// assert_eq!(frontier.root(), nodes[1].hash);
/// assert_eq!(Frontier::from_bytes(&frontier.to_bytes())?, frontier);
/// # Ok::<(), candor_seal::ledger::FrontierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

/// A node that an append completed, to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewNode {
    /// Its height: 0 for a leaf.
    pub level: u8,
    /// Its place within the level.
    pub index: u64,
    /// Its hash.
    pub hash: Hash,
}

impl Frontier {
    /// The edge of the empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of the tree of `size` entries, from stored nodes: those that
    /// [`root_nodes`] lists.
    ///
    /// # Errors
    /// When a node is missing.
    pub fn at(size: u64, nodes: &dyn NodeSource) -> Result<Self, ProofError> {
        let edge = root_nodes(size)
            .into_iter()
            .map(|(level, index)| {
                nodes
                    .node(level, index)
                    .ok_or(ProofError::Missing { level, index })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            size: size.min(SIZE_MAX),
            edge,
        })
    }

    /// How many entries the tree has, and so the index of the next one.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and returns each node this completes, the leaf first.
    pub fn append(&mut self, leaf_hash: Hash) -> Vec<NewNode> {
        let mut node = NewNode {
            level: 0,
            index: self.size,
            hash: leaf_hash,
        };
        let mut completed = vec![node];
        while node.index & 1 == 1 {
            let Some(left) = self.edge.pop() else { break };
            node = NewNode {
                level: node.level + 1,
                index: node.index >> 1,
                hash: node_hash(&left, &node.hash),
            };
            completed.push(node);
        }
        self.edge.push(node.hash);
        self.size += 1;
        completed
    }

    /// The root of the tree as it is now.
    #[must_use]
    pub fn root(&self) -> Hash {
        fold_right(&self.edge).unwrap_or_else(empty_root)
    }

    /// Its stored form: the size in eight big-endian bytes, then the hashes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.edge.iter().flat_map(Hash::as_bytes));
        bytes
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// When the hashes are not as many as the size asks for.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk().ok_or(FrontierError)?;
        let size = u64::from_be_bytes(*size);
        let (hashes, left_over) = rest.as_chunks::<32>();
        if size > SIZE_MAX || !left_over.is_empty() || hashes.len() != size.count_ones() as usize {
            return Err(FrontierError);
        }
        Ok(Self {
            size,
            edge: hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect(),
        })
    }
}

impl From<Frontier> for String {
    fn from(frontier: Frontier) -> Self {
        hex::encode(frontier.to_bytes())
    }
}

impl TryFrom<String> for Frontier {
    type Error = FrontierError;

    fn try_from(text: String) -> Result<Self, FrontierError> {
        Self::from_bytes(&hex::decode(text).map_err(|_| FrontierError)?)
    }
}

/// The bytes are no frontier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a stored frontier: its hashes do not match its size")]
pub struct FrontierError;
