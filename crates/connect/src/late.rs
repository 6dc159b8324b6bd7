//! What came late, or came back: a row that a running application wrote for
//! somebody after they were erased, or that a restored backup holds, is found
//! by the keys that their rows had ([`OldKeys`]). The plan for that is the plan
//! about people that also starts with those keys, compiled when it is first
//! needed. Refuses nothing by itself: keys of what the map no longer knows lead
//! nowhere.

use std::collections::BTreeSet;
use std::sync::Arc;

use candor_domain::identity::Identity;
use candor_domain::personal::Personal;
use candor_domain::plan::Footprint;
use candor_policy::map::Content;

use crate::compiled::Compiled;
use crate::engine::tables::json;
use crate::error::{Fault, SourceError};
use crate::footprint::Key;
use crate::plan::OldKey;
use crate::source::{EraseStep, Source};
use crate::sql::late;

/// Values that a key of somebody's rows had before they were erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldKeys {
    /// The table whose rows had it.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// As text, each in the order of the columns.
    pub values: Vec<Personal<Vec<String>>>,
}

impl OldKeys {
    /// Keys as they were written down with a footprint.
    #[must_use]
    pub fn of(footprint: &Footprint, keys: Vec<Key>) -> Vec<Self> {
        let columns = footprint.keys.iter();
        let mut old: Vec<Self> = columns
            .map(|key| Self {
                table: key.table.clone(),
                columns: key.columns.clone(),
                values: Vec::new(),
            })
            .collect();
        for key in keys {
            if let Some(own) = old.get_mut(key.place) {
                own.values.push(key.values);
            }
        }
        old.retain(|own| !own.values.is_empty());
        old
    }
}

/// What leads to somebody for as long as a backup may bring their rows back:
/// keys, and identities that are mere keys. An address doesn't: whoever comes
/// back with it is welcome. Nor does a key that the database gives again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lasting {
    kinds: BTreeSet<String>,
    /// Tables of people, and the keys by which their rows are told apart.
    keys: BTreeSet<(String, Vec<String>)>,
    /// Kinds of identity that a database gives again.
    again: BTreeSet<String>,
}

impl Lasting {
    /// Leaves out the identities that another source gives again.
    pub fn without_again(&mut self, other: &Self) {
        self.kinds.retain(|kind| !other.again.contains(kind));
    }

    /// Leaves out all identities: what other sources give again is not known.
    pub fn keys_alone(&mut self) {
        self.kinds.clear();
    }

    /// The identities of a footprint that last.
    #[must_use]
    pub fn identities(&self, footprint: &Footprint) -> Vec<Identity> {
        let identities = footprint.identities.iter();
        let lasting = identities.filter(|identity| self.kinds.contains(&identity.kind));
        lasting.cloned().collect()
    }

    /// Whether a key is one by which people's own rows are told apart. What
    /// belongs to such a row comes back with it.
    #[must_use]
    pub fn is_key_of_people(&self, footprint: &Footprint, key: &Key) -> bool {
        let columns = footprint.keys.get(key.place);
        columns.is_some_and(|own| {
            let mut keys = self.keys.iter();
            keys.any(|(table, columns)| *table == own.table && *columns == own.columns)
        })
    }
}

impl Source {
    /// What of this source's keys and identities lasts.
    ///
    /// # Errors
    ///
    /// [`SourceError`].
    pub async fn lasting(&self) -> Result<Lasting, SourceError> {
        let mut lasting = Lasting::default();
        if !self.is_service() {
            let compiled = self.compiled().await.map_err(|fault| self.named(fault))?;
            let tables = compiled.plan.tables.iter();
            for table in tables.filter(|table| !table.roots.is_empty()) {
                let roots = table.roots.iter();
                let mut keys = roots.filter(|root| table.primary_key == [root.column.clone()]);
                if table.keys_come_again {
                    lasting
                        .again
                        .extend(keys.next().map(|root| root.kind.clone()));
                    continue;
                }
                // An address may be what other tables name a row by.
                let is_key = |column: &String| {
                    let own = table.column(column);
                    own.is_some_and(|own| own.content == Content::Key)
                };
                let own = table.keys.iter().filter(|_| table.goes());
                let own = own.filter(|key| key.iter().all(is_key));
                lasting
                    .keys
                    .extend(own.map(|key| (table.name.clone(), key.clone())));
            }
        }
        for table in self.map().tables.values() {
            for (kind, column) in &table.identities {
                let mapped = table.columns.get(column);
                if mapped.is_some_and(|column| column.content == Content::Key) {
                    lasting.kinds.insert(kind.clone());
                }
            }
        }
        let own = lasting.clone();
        lasting.without_again(&own);
        Ok(lasting)
    }
}

impl Compiled {
    /// The plan for steps: with old keys where any of them has some.
    pub(crate) fn for_steps(self: &Arc<Self>, steps: &[EraseStep]) -> Arc<Self> {
        if steps.iter().all(|step| step.keys.is_empty()) {
            return Arc::clone(self);
        }
        Arc::clone(self.late.get_or_init(|| Arc::new(self.late())))
    }

    fn late(&self) -> Self {
        let mut plan = self.plan.clone();
        let captured = self.captured.iter();
        plan.old_keys = captured
            .map(|(table, columns)| OldKey {
                table: *table,
                columns: columns.clone(),
            })
            .collect();
        Self {
            slots: self.slots.clone(),
            ..Self::of_plan(self.stamp_beside("late"), self.catalogue.clone(), plan)
        }
    }

    /// For each old key of the plan the steps, and the values of each column.
    pub(crate) fn old_keys(&self, steps: &[&EraseStep]) -> Vec<(Vec<i64>, Vec<Vec<String>>)> {
        let keys = self.plan.old_keys.iter().map(|key| {
            let mut lists = (Vec::new(), vec![Vec::new(); key.columns.len()]);
            for (step, values) in self.values_of(key, steps) {
                lists.0.push(step);
                for (list, value) in lists.1.iter_mut().zip(values) {
                    list.push(value.clone());
                }
            }
            lists
        });
        keys.collect()
    }

    /// The same as lines of the identities' table: slot, step, and the values
    /// as a list.
    pub(crate) fn old_key_lines(
        &self,
        steps: &[&EraseStep],
    ) -> Result<Vec<(i64, i64, String)>, Fault> {
        let mut lines = Vec::new();
        for (place, key) in self.plan.old_keys.iter().enumerate() {
            let slot = i64::try_from(late::slot(&self.plan, place)).unwrap_or(i64::MAX);
            for (step, values) in self.values_of(key, steps) {
                lines.push((slot, step, json(values)?));
            }
        }
        Ok(lines)
    }

    fn values_of<'a>(
        &'a self,
        key: &'a OldKey,
        steps: &'a [&EraseStep],
    ) -> impl Iterator<Item = (i64, &'a Vec<String>)> {
        let table = self.plan.tables.get(key.table);
        let is_own = move |old: &&OldKeys| {
            old.columns == key.columns && table.is_some_and(|table| table.name == old.table)
        };
        steps.iter().zip(0_i64..).flat_map(move |(step, number)| {
            let old = step.keys.iter().filter(is_own);
            let values = old.flat_map(|old| &old.values);
            values
                .map(move |values| (number, values.expose("it is looked up in its own source")))
                .filter(|(_, values)| values.len() == key.columns.len())
        })
    }
}
