//! Turns the edges of a map into links between planned tables, and finds where
//! the map and the catalogue part. Everything that does not fit is collected,
//! so that a map is repaired in one go.

use std::collections::BTreeMap;

use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnPath, Edge, ReferenceAction, SourceMap, TableMap};

use super::Link;
use crate::catalogue::{Catalogue, Class, Column, Relation, Table};

/// The links of one mapped table.
#[derive(Clone, Debug, Default)]
pub(super) struct TableLinks {
    pub(super) owners: Vec<Link>,
    pub(super) counted: Vec<Link>,
    pub(super) references: Vec<(Link, ReferenceAction)>,
}

/// The links of every mapped table, in the map's order, which is also that of
/// the indexes in the links.
pub(super) fn resolve(
    catalogue: &Catalogue,
    map: &SourceMap,
    drift: &mut Vec<String>,
) -> Vec<TableLinks> {
    let index: BTreeMap<&str, usize> = map
        .tables
        .keys()
        .enumerate()
        .map(|(place, name)| (name.as_str(), place))
        .collect();
    let resolver = Resolver { catalogue, index };
    map.tables
        .iter()
        .map(|(name, table)| resolver.table(name, table, drift))
        .collect()
}

struct Resolver<'a> {
    catalogue: &'a Catalogue,
    index: BTreeMap<&'a str, usize>,
}

impl Resolver<'_> {
    fn table(&self, name: &str, table: &TableMap, drift: &mut Vec<String>) -> TableLinks {
        let mut links = TableLinks::default();
        for edge in &table.owned_by {
            match self.edge(name, edge) {
                Ok(Some(link)) => links.owners.push(link),
                Ok(None) => drift.push(format!(
                    "`{name}.{}` leads to a table that is not mapped, so nobody owns its rows",
                    written(&edge.from)
                )),
                Err(sentence) => drift.push(sentence),
            }
        }
        for incoming in &table.last_of {
            let edge = Edge {
                from: incoming
                    .columns
                    .iter()
                    .map(|column| column_path(column))
                    .collect(),
                to: None,
                when: None,
                is_list: incoming.is_list,
            };
            match self.counted(name, &incoming.table, edge) {
                Ok(link) => links.counted.push(link),
                Err(sentence) => drift.push(sentence),
            }
        }
        for reference in &table.references {
            match self.edge(name, &reference.edge) {
                // A table without personal data keeps its rows.
                Ok(None) => {}
                Ok(Some(link)) => links.references.push((link, reference.action)),
                Err(sentence) => drift.push(sentence),
            }
        }
        links
    }

    /// The other table's columns point here: by their foreign key, or by the
    /// primary key of this table.
    fn counted(&self, name: &str, pointing: &str, edge: Edge) -> Result<Link, String> {
        let Some(&table) = self.index.get(pointing) else {
            return Err(format!(
                "`{name}` goes with the last row of `{pointing}`, which is not mapped"
            ));
        };
        let target = self.index.get(name).copied().unwrap_or_default();
        let own = self.table_of(pointing)?;
        let columns: Vec<&str> = edge.from.iter().map(|path| path.column.as_str()).collect();
        check_columns(pointing, own, &columns)?;
        self.check_list(pointing, own, &edge)?;
        let to = match own.foreign_key(&columns) {
            Some(key) if key.target == name => aligned(&columns, key),
            _ => self.table_of(name)?.primary_key.clone(),
        };
        if to.len() != columns.len() {
            return Err(format!(
                "`{pointing}.{}` does not fit the key of `{name}`",
                written(&edge.from)
            ));
        }
        Ok(Link {
            table,
            from: edge.from,
            target,
            to,
            when: None,
            is_list: edge.is_list,
        })
    }

    /// `None` where the edge leads to a table that is not mapped.
    fn edge(&self, name: &str, edge: &Edge) -> Result<Option<Link>, String> {
        let own = self.table_of(name)?;
        let columns: Vec<&str> = edge.from.iter().map(|path| path.column.as_str()).collect();
        check_columns(name, own, &columns)?;
        if let Some(when) = &edge.when {
            check_columns(name, own, &[when.column.as_str()])?;
        }
        self.check_list(name, own, edge)?;
        let (target_name, to) = match &edge.to {
            Some(target) => {
                let table = self.table_of(&target.table)?;
                let to = if target.columns.is_empty() {
                    table.primary_key.clone()
                } else {
                    target.columns.clone()
                };
                let names: Vec<&str> = to.iter().map(String::as_str).collect();
                check_columns(&target.table, table, &names)?;
                (target.table.clone(), to)
            }
            None => match own.foreign_key(&columns) {
                Some(key) if edge.from.iter().all(|path| path.path.is_empty()) => {
                    (key.target.clone(), aligned(&columns, key))
                }
                _ => {
                    return Err(format!(
                        "`{name}.{}` has no foreign key: say which table it names",
                        written(&edge.from)
                    ));
                }
            },
        };
        if to.len() != edge.from.len() {
            return Err(format!(
                "`{name}.{}` does not fit the key of `{target_name}`",
                written(&edge.from)
            ));
        }
        let (Some(&table), Some(&target)) =
            (self.index.get(name), self.index.get(target_name.as_str()))
        else {
            return Ok(None);
        };
        Ok(Some(Link {
            table,
            from: edge.from.clone(),
            target,
            to,
            when: edge.when.clone(),
            is_list: edge.is_list,
        }))
    }

    /// A list is an array of PostgreSQL, or one in JSON.
    fn check_list(&self, name: &str, own: &Table, edge: &Edge) -> Result<(), String> {
        let is_array = |column: &Column| column.type_name.ends_with("[]");
        for path in &edge.from {
            let column = own.column(&path.column);
            let holds = column.is_none_or(|column| match self.catalogue.kind {
                _ if !edge.is_list => path.path.is_empty() || !is_array(column),
                SourceKind::Postgres if is_array(column) => path.path.is_empty(),
                SourceKind::Postgres => column.class == Class::Json,
                SourceKind::Mysql => matches!(column.class, Class::Json | Class::Text),
                SourceKind::Sqlite => true,
            });
            if !holds {
                return Err(format!(
                    "`{name}.{}` is read as {}, and its type is {}",
                    written(&edge.from),
                    if edge.is_list { "a list" } else { "JSON" },
                    column.map_or("", |column| column.type_name.as_str())
                ));
            }
        }
        Ok(())
    }

    fn table_of(&self, name: &str) -> Result<&Table, String> {
        self.catalogue
            .table(name)
            .filter(|table| table.relation != Relation::Outside)
            .ok_or_else(|| format!("table `{name}` is mapped and does not exist"))
    }
}

/// A column itself.
pub(super) fn column_path(column: &str) -> ColumnPath {
    ColumnPath {
        column: column.to_owned(),
        path: Vec::new(),
    }
}

/// As a person writes a link's columns.
pub(super) fn written(paths: &[ColumnPath]) -> String {
    let parts: Vec<String> = paths
        .iter()
        .map(|path| {
            let mut text = path.column.clone();
            for key in &path.path {
                text.push('.');
                text.push_str(key);
            }
            text
        })
        .collect();
    if parts.len() == 1 {
        parts.concat()
    } else {
        format!("({})", parts.join(", "))
    }
}

/// The key's target columns in the order of `columns`.
fn aligned(columns: &[&str], key: &crate::catalogue::ForeignKey) -> Vec<String> {
    columns
        .iter()
        .filter_map(|column| {
            let place = key.columns.iter().position(|own| own == column)?;
            key.target_columns.get(place).cloned()
        })
        .collect()
}

fn check_columns(name: &str, table: &Table, columns: &[&str]) -> Result<(), String> {
    if columns.is_empty() {
        return Err(format!("an edge of `{name}` names no column"));
    }
    match columns.iter().find(|column| table.column(column).is_none()) {
        Some(column) => Err(format!(
            "column `{name}.{column}` is mapped and does not exist"
        )),
        None => Ok(()),
    }
}
