//! What a plan does to a person's rows, as counts that say nothing about the
//! person, and the footprint by which its effect is verified afterwards.

use serde::{Deserialize, Serialize};

use crate::identity::Identity;

/// What happens to rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Rows go.
    Delete,
    /// Rows stay, the person in them goes.
    Pseudonymise,
    /// A reference to a row that goes becomes null.
    Unlink,
    /// Rows stay as they are.
    Keep,
    /// Rows stay, and hold another value: what was put right, or a mark that
    /// says what may be done with them.
    Rewrite,
    /// Rows of another table that went were counted here.
    Aggregate,
}

/// Rows of one table under one action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TableEffect {
    /// Table in the source.
    pub table: String,
    /// What happens to them.
    pub action: Action,
    /// How many.
    pub rows: u64,
    /// For rows that stay: the retention rule that demands it.
    pub because: Option<String>,
}

/// Adds what was done to what was done before.
pub fn add_effects(total: &mut Vec<TableEffect>, more: &[TableEffect]) {
    for effect in more {
        let same = total
            .iter_mut()
            .find(|known| known.table == effect.table && known.action == effect.action);
        match same {
            Some(known) => known.rows += effect.rows,
            None => total.push(effect.clone()),
        }
    }
}

/// What one source holds of a person, and what an erasure would do to it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePreview {
    /// Per table and action; tables without rows are left out.
    pub effects: Vec<TableEffect>,
    /// Why what is to be written there can't be, one sentence each, naming table
    /// and column and never a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obstacles: Vec<String>,
    /// Tables in which no text is searched after an erasure, because nothing says
    /// whose their rows are: what stands there may be another tenant's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsearched: Vec<String>,
}

impl SourcePreview {
    /// What was counted, with nothing in its way.
    #[must_use]
    pub const fn of(effects: Vec<TableEffect>) -> Self {
        Self {
            effects,
            obstacles: Vec::new(),
            unsearched: Vec::new(),
        }
    }

    /// `true` where the source holds nothing of the person.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.effects.iter().all(|effect| effect.rows == 0)
    }
}

/// What leads to a person's rows in one source, captured before an erasure so
/// that its absence can be looked for afterwards. Personal: only ever stored
/// sealed under the subject's key. The values of the keys are not in it: there
/// may be millions, so they stream past and are kept beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint {
    /// Every identity the closure found, in any source.
    pub identities: Vec<Identity>,
    /// The columns that child rows point at.
    pub keys: Vec<KeyColumns>,
}

/// A key of a person's rows: columns that children of those rows point at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyColumns {
    /// Table the rows were in.
    pub table: String,
    /// Key columns, in order.
    pub columns: Vec<String>,
    /// How many values it had.
    pub rows: u64,
}

/// Rows that should be gone and are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Residue {
    /// Table in the source.
    pub table: String,
    /// Column where it was found.
    pub column: String,
    /// How many rows.
    pub rows: u64,
}
