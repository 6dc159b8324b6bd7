//! What came back when an erasure was taken back, as counts that say nothing
//! about the person. Invariant: what changed after the erasure is never
//! overwritten; where the two meet, the row stays away and is counted with the
//! reason.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::plan::{Action, TableEffect};

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
    /// Nothing of it was kept: a service that erased it can't take that back.
    Unkept,
}

impl Conflict {
    /// All of them, in the order of their importance.
    pub const ALL: [Self; 5] = [
        Self::Taken,
        Self::Parentless,
        Self::Changed,
        Self::Gone,
        Self::Unkept,
    ];
}

/// What came back of an erasure of which nothing was kept.
#[must_use]
pub fn unkept(effects: &[TableEffect]) -> Vec<TableReturn> {
    let taken = effects.iter();
    let taken = taken.filter(|effect| effect.action != Action::Keep && effect.rows > 0);
    let mut returns: BTreeMap<&str, u64> = BTreeMap::new();
    for effect in taken {
        *returns.entry(&effect.table).or_default() += effect.rows;
    }
    let returns = returns.into_iter();
    returns
        .map(|(table, rows)| TableReturn {
            table: table.to_owned(),
            conflicts: [(Conflict::Unkept, rows)].into(),
            ..TableReturn::default()
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_kept_is_counted_and_what_stayed_is_not() {
        let effect = |table: &str, action, rows| TableEffect {
            table: table.to_owned(),
            action,
            rows,
            because: None,
        };
        let effects = [
            effect("members", Action::Delete, 1),
            effect("receipts", Action::Keep, 4),
            effect("receipts", Action::Unlink, 2),
            effect("receipts", Action::Pseudonymise, 3),
        ];
        let counted: Vec<(String, u64, u64)> = unkept(&effects)
            .into_iter()
            .map(|own| (own.table, own.returned, own.conflicts[&Conflict::Unkept]))
            .collect();
        let expected = [("members", 0, 1), ("receipts", 0, 5)];
        assert_eq!(
            counted,
            expected.map(|(table, back, left)| (table.to_owned(), back, left))
        );
    }
}
