//! Where a map and its source differ.

use std::collections::{BTreeMap, BTreeSet};

use super::{CatalogueTable, looks_personal};
use crate::checks::{
    edge_without_key, not_in_schema, personal_column_ignored, unexplained_foreign_key,
    unmapped_column, unmapped_personal_column, unmapped_table,
};
use crate::diagnostic::{Diagnostic, Location};
use crate::map::{Edge, SourceMap, TableMap};
use crate::places::Places;

/// Compares a map with what its source holds. `places` comes with the compiled
/// policy and lets the findings point into the map's file.
#[must_use]
pub fn schema_findings(
    map: &SourceMap,
    catalogue: &[CatalogueTable],
    places: &Places,
) -> Vec<Diagnostic> {
    let comparison = Comparison {
        map,
        places,
        tables: catalogue
            .iter()
            .map(|table| (table.name.as_str(), table))
            .collect(),
    };
    let mut findings = Vec::new();
    for table in catalogue {
        comparison.table(table, &mut findings);
    }
    comparison.not_there(&mut findings);
    findings
}

struct Comparison<'a> {
    map: &'a SourceMap,
    places: &'a Places,
    tables: BTreeMap<&'a str, &'a CatalogueTable>,
}

impl Comparison<'_> {
    /// A table of the source: mapped, ignored or neither.
    fn table(&self, table: &CatalogueTable, findings: &mut Vec<Diagnostic>) {
        let name = table.name.as_str();
        let ignored = self.map.ignored.iter().position(|ignored| ignored == name);
        if let Some(mapped) = self.map.tables.get(name) {
            self.columns(table, mapped, findings);
            self.foreign_keys(table, mapped, findings);
            self.edges(table, mapped, findings);
        } else if let Some(index) = ignored {
            if self.places.has(&self.map.path, &["ignored", name]) {
                return;
            }
            let personal = table
                .columns
                .iter()
                .find_map(|(column, declared)| Some((column, looks_personal(column, declared)?)));
            if let Some((column, category)) = personal {
                let at = self.places.ignored(&self.map.path, index, name);
                findings.push(personal_column_ignored::ignored(at, name, column, category));
            }
        } else {
            findings.push(unmapped_table::unmapped(self.key(&["tables"]), name));
        }
    }

    fn columns(&self, table: &CatalogueTable, mapped: &TableMap, findings: &mut Vec<Diagnostic>) {
        let name = table.name.as_str();
        for (column, declared) in &table.columns {
            if mapped.columns.contains_key(column) {
                continue;
            }
            let at = self.key(&["tables", name, "columns"]);
            // In a table of people even a bare `name` is a person's.
            let persons_name = column.eq_ignore_ascii_case("name") && mapped.about.is_some();
            let category =
                looks_personal(column, declared).or_else(|| persons_name.then_some("name"));
            findings.push(match category {
                Some(category) => unmapped_personal_column::unmapped(at, name, column, category),
                None => unmapped_column::unmapped(at, name, column),
            });
        }
        let there: BTreeSet<&str> = table
            .columns
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        for column in mapped.columns.keys() {
            if !there.contains(column.as_str()) {
                let at = self.key(&["tables", name, "columns", column]);
                findings.push(not_in_schema::column(at, name, column, &there));
            }
        }
    }

    /// Foreign keys between mapped tables must be explained.
    fn foreign_keys(
        &self,
        table: &CatalogueTable,
        mapped: &TableMap,
        findings: &mut Vec<Diagnostic>,
    ) {
        for key in &table.foreign_keys {
            let Some(target) = self.map.tables.get(&key.to_table) else {
                continue;
            };
            let references = mapped.references.iter().map(|reference| &reference.edge);
            let explained = mapped
                .owned_by
                .iter()
                .chain(references)
                .any(|edge| key.has_columns(columns(edge)));
            let counted = target.last_of.iter().any(|incoming| {
                incoming.table == table.name
                    && !incoming.is_list
                    && key.has_columns(incoming.columns.iter().map(String::as_str))
            });
            if !explained && !counted {
                let at = self.key(&["tables", &table.name]);
                findings.push(unexplained_foreign_key::unexplained(at, &table.name, key));
            }
        }
    }

    /// Edges without a target need a foreign key to read it from.
    fn edges(&self, table: &CatalogueTable, mapped: &TableMap, findings: &mut Vec<Diagnostic>) {
        let owned = mapped.owned_by.iter().map(|edge| ("owned_by", edge));
        let references = mapped
            .references
            .iter()
            .map(|reference| ("references", &reference.edge));
        for (part, edge) in owned.chain(references) {
            let known = edge.to.is_some()
                || table
                    .foreign_keys
                    .iter()
                    .any(|key| key.has_columns(columns(edge)));
            if !known {
                let at = self.value(&["tables", &table.name, part]);
                let columns: Vec<&str> = columns(edge).collect();
                findings.push(edge_without_key::edge(at, &table.name, &columns));
            }
        }
    }

    /// Mapped and ignored tables that the source doesn't have.
    fn not_there(&self, findings: &mut Vec<Diagnostic>) {
        let known: Vec<&str> = self.tables.keys().copied().collect();
        for name in self.map.tables.keys() {
            if !self.tables.contains_key(name.as_str()) {
                let at = self.key(&["tables", name]);
                findings.push(not_in_schema::table(at, name, &known));
            }
        }
        for (index, name) in self.map.ignored.iter().enumerate() {
            if !self.tables.contains_key(name.as_str()) {
                let at = self.places.ignored(&self.map.path, index, name);
                findings.push(not_in_schema::table(at, name, &known));
            }
        }
    }

    fn key(&self, path: &[&str]) -> Location {
        self.places.key(&self.map.path, path)
    }

    fn value(&self, path: &[&str]) -> Location {
        self.places.value(&self.map.path, path)
    }
}

fn columns(edge: &Edge) -> impl Iterator<Item = &str> {
    edge.from.iter().map(|from| from.column.as_str())
}
