//! Which identities lead to which. Pure: from the rows that identities were
//! found in to what may be followed.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::identity::Identity;

use crate::compiled::Compiled;

/// What one step of the closure found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Identities of the subjects found, the known ones included, without the
    /// ambiguous ones.
    pub identities: Vec<Identity>,
    /// Known identities that lead to several subjects here: a shared device, a
    /// family's telephone. Whatever they lead to is not this person's by that.
    pub ambiguous: Vec<Identity>,
}

/// `lines` are slot, number of the known identity, and the identities of one
/// row, in the order of the slot's table.
pub(crate) fn resolution(
    compiled: &Compiled,
    known: &[Identity],
    proved: &Identity,
    lines: &[(usize, usize, Vec<Option<String>>)],
) -> Resolution {
    // Of each known identity: per table, the other identities of each row.
    let mut subjects: BTreeMap<usize, BTreeMap<usize, BTreeSet<Vec<Identity>>>> = BTreeMap::new();
    for (slot, number, values) in lines {
        let (Some(slot), Some(from)) = (compiled.slots.get(*slot), known.get(*number)) else {
            continue;
        };
        let Some(table) = compiled.plan.tables.get(slot.table) else {
            continue;
        };
        let others: Vec<Identity> = table
            .roots
            .iter()
            .zip(values)
            .filter_map(|(root, value)| Some(Identity::new(&root.kind, value.as_deref()?)))
            .filter(|identity| {
                identity != from && !identity.value.expose("empty ones lead nowhere").is_empty()
            })
            .collect();
        if !others.is_empty() {
            subjects
                .entry(*number)
                .or_default()
                .entry(slot.table)
                .or_default()
                .insert(others);
        }
    }
    let mut found: BTreeSet<Identity> = known.iter().cloned().collect();
    let mut ambiguous = BTreeSet::new();
    for (number, tables) in subjects {
        let Some(from) = known.get(number) else {
            continue;
        };
        if from != proved && tables.values().any(|rows| rows.len() > 1) {
            ambiguous.insert(from.clone());
            continue;
        }
        found.extend(tables.into_values().flatten().flatten());
    }
    Resolution {
        identities: found.difference(&ambiguous).cloned().collect(),
        ambiguous: ambiguous.into_iter().collect(),
    }
}
