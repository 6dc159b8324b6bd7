//! What came back when an erasure was taken back, as counts that say nothing
//! about the person. Invariant: what changed after the erasure is never
//! overwritten; where the two meet, the row stays away and is counted with the
//! reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a row, or a value of one, did not come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// Another row has its key now.
    Taken,
    /// A row that it names is not there, or does not come back itself.
    Parentless,
    /// A value that the erasure wrote was changed since.
    Changed,
    /// The row that the erasure changed is gone, or nothing tells it from others.
    Gone,
}

impl Conflict {
    /// All of them, in the order of their importance.
    pub const ALL: [Self; 4] = [Self::Taken, Self::Parentless, Self::Changed, Self::Gone];
}

/// What came back in one table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReturn {
    /// Table in the source.
    pub table: String,
    /// Rows that were gone and are there again.
    pub returned: u64,
    /// Rows that had stayed and say again what they said.
    pub set_back: u64,
    /// Rows left as they are now, by reason.
    pub conflicts: BTreeMap<Conflict, u64>,
}
