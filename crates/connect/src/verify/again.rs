//! Keys that the database gives again (SQLite's, without `AUTOINCREMENT`): what
//! is found under one may be somebody else's by now, and is then no residue. A
//! row is somebody else's where it says so by an identity of its own, or where
//! a row that owns it lives: if that one is left of the person, it is found by
//! itself. Invariant: what nothing is known of counts as left behind.

use candor_domain::identity::EMAIL;
use candor_policy::charter::OnErasure;
use candor_policy::map::Edge;

use super::KeySearch;
use crate::sql::name;

impl KeySearch<'_> {
    /// That nobody else has the key `k0.value` of a table by now; `None` where
    /// keys are not given again.
    pub(super) fn is_free(&mut self, table_name: &str, key: &[String]) -> Option<String> {
        let table = self.catalogue.table(table_name)?;
        if !table.keys_come_again || table.primary_key != key {
            return None;
        }
        let mut signs = self.says_another(table_name, key);
        let owners = self.map.tables.get(table_name)?.owned_by.iter();
        signs.extend(owners.filter_map(|edge| self.has_owner(table_name, edge)));
        (!signs.is_empty()).then(|| {
            format!(
                "NOT EXISTS (SELECT 1 FROM {} AS n WHERE n.{} = k0.value AND ({}))",
                name(table_name),
                name(&key.concat()),
                signs.join(" OR ")
            )
        })
    }

    /// The table whose keys are identities of this kind, and are given again.
    pub(super) fn given_again(&self, kind: &str) -> Option<(String, Vec<String>)> {
        let mut tables = self.map.tables.iter();
        tables.find_map(|(name, mapped)| {
            let key = &self.catalogue.table(name)?.primary_key;
            let is_key = [mapped.identities.get(kind)?.clone()] == key[..];
            is_key.then(|| (name.clone(), key.clone()))
        })
    }

    /// For each identity column beside the key that it holds another's.
    fn says_another(&mut self, table: &str, key: &[String]) -> Vec<String> {
        let mapped = self.map.tables.get(table);
        let identities = mapped.into_iter().flat_map(|table| &table.identities);
        let mut signs = Vec::new();
        for (kind, column) in identities.filter(|(_, column)| key != [(*column).clone()]) {
            let values = self.values_of(kind);
            self.search.parameters.push(values);
            let own = format!("n.{}", name(column));
            let compared = match kind == EMAIL {
                true => format!("lower({own})"),
                false => format!("CAST({own} AS TEXT)"),
            };
            signs.push(format!(
                "({own} IS NOT NULL AND {compared} NOT IN (SELECT value FROM json_each(?{})))",
                self.search.parameters.len()
            ));
        }
        signs
    }

    /// That a row whose rows go when it goes owns row `n`.
    fn has_owner(&self, table: &str, edge: &Edge) -> Option<String> {
        if edge.is_list {
            return None;
        }
        let own: Vec<&str> = edge
            .from
            .iter()
            .map(|path| path.path.is_empty().then_some(path.column.as_str()))
            .collect::<Option<_>>()?;
        let (owner, columns) = match &edge.to {
            Some(to) if to.columns.is_empty() => {
                (&to.table, &self.catalogue.table(&to.table)?.primary_key)
            }
            Some(to) => (&to.table, &to.columns),
            None => {
                let foreign = self.catalogue.table(table)?.foreign_key(&own)?;
                (&foreign.target, &foreign.target_columns)
            }
        };
        let own: Vec<&str> = match &edge.to {
            Some(_) => own,
            // In the order of the foreign key, whichever the map has.
            None => {
                let foreign = self.catalogue.table(table)?.foreign_key(&own)?;
                foreign.columns.iter().map(String::as_str).collect()
            }
        };
        if self.map.tables.get(owner)?.on_erasure != OnErasure::Delete {
            return None;
        }
        let mut parts: Vec<String> = columns
            .iter()
            .zip(own)
            .map(|(column, own)| format!("p.{} = n.{}", name(column), name(own)))
            .collect();
        let when = edge.when.as_ref();
        parts.extend(when.map(|when| crate::sql::condition(self.catalogue.kind, "n", when)));
        let owner = name(owner);
        Some(format!(
            "EXISTS (SELECT 1 FROM {owner} AS p WHERE {})",
            parts.join(" AND ")
        ))
    }
}
