//! Compiles a catalogue and a map into a plan. Refuses, with every reason at
//! once, a map that does not fit the schema and a plan that would do more or
//! less than the map says.

use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnPath, Content, Reach, SourceMap, TableMap};
use thiserror::Error;

use super::links::{self, TableLinks, column_path};
use super::{
    Decision, Group, Link, Plan, PlannedColumn, PlannedTable, Root, RowKey, Seed, decide, order,
    safety,
};
use crate::catalogue::{Catalogue, Relation, Table};

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// The map does not fit the schema; one sentence for each place.
    #[error("{}", .0.join("; "))]
    Drift(Vec<String>),
    /// The map fits, but the database would do more or less than it says; one
    /// sentence for each reason.
    #[error("{}", .0.join("; "))]
    Unsafe(Vec<String>),
}

impl Plan {
    /// Compiles a plan about people.
    ///
    /// # Errors
    ///
    /// [`PlanError`] with every reason found.
    pub fn compile(catalogue: &Catalogue, map: &SourceMap) -> Result<Self, PlanError> {
        Self::compile_from(catalogue, map, Vec::new())
    }

    /// Compiles a plan that starts with these rows, or with people where there
    /// are none.
    pub(crate) fn compile_from(
        catalogue: &Catalogue,
        map: &SourceMap,
        seeds: Vec<Seed>,
    ) -> Result<Self, PlanError> {
        let mut drift = unmapped(catalogue, map);
        let links = links::resolve(catalogue, map, &mut drift);
        if !drift.is_empty() {
            return Err(PlanError::Drift(drift));
        }
        let mut reasons = Vec::new();
        let mut tables = Vec::new();
        for ((name, mapped), links) in map.tables.iter().zip(&links) {
            if let Some(table) = catalogue.table(name) {
                let about = (mapped, map.reach(name));
                tables.push(planned(catalogue.kind, name, table, about, links));
            }
        }
        reach(&mut tables, &seeds);
        if seeds.is_empty() {
            decide::all_reached(map, &tables, &mut reasons);
        }
        decide::decide(catalogue, map, &links, &mut tables, &mut reasons);
        safety::check(catalogue, map, &links, &tables, &mut reasons);
        carry(&mut tables);
        let groups = groups(&tables, &mut reasons);
        let (deletions, loosened) = safety::deletions(catalogue, &tables, &mut reasons);
        if !reasons.is_empty() {
            reasons.sort();
            reasons.dedup();
            return Err(PlanError::Unsafe(reasons));
        }
        let batches = groups.iter().all(|group| {
            !group.recursive
                || all_equal(
                    group
                        .tables
                        .iter()
                        .filter_map(|table| tables.get(*table))
                        .map(PlannedTable::goes),
                )
        });
        Ok(Self {
            kind: catalogue.kind,
            tables,
            groups,
            deletions,
            loosened,
            batches,
            seeds,
            old_keys: Vec::new(),
        })
    }
}

/// Tables and columns on one side only.
fn unmapped(catalogue: &Catalogue, map: &SourceMap) -> Vec<String> {
    let mut drift = Vec::new();
    for (name, table) in &catalogue.tables {
        if table.relation == Relation::Outside || map.ignored.contains(name) {
            continue;
        }
        let Some(mapped) = map.tables.get(name) else {
            drift.push(format!("table `{name}` is neither mapped nor ignored"));
            continue;
        };
        for column in &table.columns {
            if !mapped.columns.contains_key(&column.name) {
                drift.push(format!("column `{name}.{}` is not mapped", column.name));
            }
        }
    }
    for (name, mapped) in &map.tables {
        let Some(table) = catalogue.table(name) else {
            drift.push(format!("table `{name}` is mapped and does not exist"));
            continue;
        };
        let named = mapped.identities.values().chain(&mapped.tenant);
        for column in mapped.columns.keys().chain(named) {
            if table.column(column).is_none() {
                drift.push(format!(
                    "column `{name}.{column}` is mapped and does not exist"
                ));
            }
        }
    }
    for name in &map.ignored {
        if catalogue.table(name).is_none() {
            drift.push(format!("table `{name}` is ignored and does not exist"));
        }
    }
    drift
}

fn planned(
    kind: SourceKind,
    name: &str,
    table: &Table,
    (mapped, reach): (&TableMap, Reach),
    links: &TableLinks,
) -> PlannedTable {
    PlannedTable {
        name: name.to_owned(),
        label: mapped.label.clone(),
        row: row_key(kind, table),
        columns: table
            .columns
            .iter()
            .map(|column| PlannedColumn {
                name: column.name.clone(),
                type_name: column.type_name.clone(),
                class: column.class,
                nullable: column.nullable,
                generated: column.generated,
                touched: column.touched,
                collation: column.collation.clone(),
                content: mapped
                    .columns
                    .get(&column.name)
                    .map_or(Content::Plain, |column| column.content.clone()),
            })
            .collect(),
        primary_key: table.primary_key.clone(),
        keys_come_again: table.keys_come_again,
        reached: false,
        roots: mapped
            .identities
            .iter()
            .map(|(kind, column)| Root {
                kind: kind.clone(),
                column: column.clone(),
            })
            .collect(),
        tenant: mapped.tenant.clone(),
        reach,
        owners: links.owners.clone(),
        counted: links.counted.clone(),
        decision: Decision::Delete,
        because: mapped.because.clone(),
        cuts: Vec::new(),
        carried: Vec::new(),
        keys: Vec::new(),
    }
}

/// Follows the edges from the tables in which the work starts.
fn reach(tables: &mut [PlannedTable], seeds: &[Seed]) {
    let leads: Vec<Vec<usize>> = tables
        .iter()
        .map(|table| {
            let owners = table.owners.iter().map(|link| link.target);
            let counted = table.counted.iter().map(|link| link.table);
            owners.chain(counted).collect()
        })
        .collect();
    let mut reached: Vec<bool> = tables.iter().map(|table| !table.roots.is_empty()).collect();
    for seed in seeds {
        if let Some(own) = reached.get_mut(seed.table) {
            *own = true;
        }
    }
    // Each round reaches another table or is the last.
    for _ in 0..tables.len() {
        let before = reached.clone();
        for (own, leads) in reached.iter_mut().zip(&leads) {
            *own |= leads
                .iter()
                .any(|from| before.get(*from).copied().unwrap_or(false));
        }
        if reached == before {
            break;
        }
    }
    for (table, reached) in tables.iter_mut().zip(reached) {
        table.reached = reached;
    }
}

/// A place is the same for every table and the fastest way to a row.
fn row_key(kind: SourceKind, table: &Table) -> RowKey {
    match (kind, table.relation) {
        (SourceKind::Postgres, Relation::Partitioned) => RowKey::PartitionedPlace,
        (_, Relation::WithoutRowid) => RowKey::Columns(table.primary_key.clone()),
        (SourceKind::Mysql, _) => {
            key_without_nulls(table).map_or_else(|| RowKey::Content(Vec::new()), RowKey::Columns)
        }
        (SourceKind::Postgres, _) => RowKey::Place("ctid".to_owned()),
        (SourceKind::Sqlite, _) => {
            // A column may hide one of the names SQLite has for the place.
            let hidden = |name: &str| {
                table
                    .columns
                    .iter()
                    .any(|column| column.name.eq_ignore_ascii_case(name))
            };
            let name = ["rowid", "_rowid_", "oid"]
                .into_iter()
                .find(|name| !hidden(name))
                .unwrap_or("rowid");
            RowKey::Place(name.to_owned())
        }
    }
}

fn key_without_nulls(table: &Table) -> Option<Vec<String>> {
    let known = |column: &String| table.column(column).is_some_and(|column| !column.nullable);
    let keys = std::iter::once(&table.primary_key).chain(&table.unique_keys);
    keys.filter(|key| !key.is_empty() && key.iter().all(known))
        .min_by_key(|key| (**key != table.primary_key, key.len()))
        .cloned()
}

/// Which values each work set carries, and which keys children point at.
fn carry(tables: &mut [PlannedTable]) {
    let mut carried: Vec<Vec<ColumnPath>> = vec![Vec::new(); tables.len()];
    let mut keys: Vec<Vec<Vec<String>>> = vec![Vec::new(); tables.len()];
    let mut add = |table: usize, path: ColumnPath| {
        if let Some(own) = carried.get_mut(table)
            && !own.contains(&path)
        {
            own.push(path);
        }
    };
    let links: Vec<(Link, bool)> = tables
        .iter()
        .flat_map(|table| {
            let owners = table.owners.iter().map(|link| (link.clone(), false));
            let counted = table.counted.iter().map(|link| (link.clone(), true));
            let cuts = table.cuts.iter().map(|cut| (cut.link.clone(), false));
            owners.chain(counted).chain(cuts).collect::<Vec<_>>()
        })
        .collect();
    for (link, counted) in links {
        for column in &link.to {
            add(link.target, column_path(column));
        }
        // A list is read in its row, not carried.
        if counted && !link.is_list {
            for path in &link.from {
                add(link.table, path.clone());
            }
        }
        if let Some(own) = keys.get_mut(link.target)
            && !own.contains(&link.to)
        {
            own.push(link.to);
        }
    }
    compare_by_links(tables);
    for ((table, carried), keys) in tables.iter_mut().zip(carried).zip(keys) {
        table.carried = carried;
        table.keys = keys;
    }
}

/// Rows that only their content tells apart are found again by the columns
/// that led to them.
fn compare_by_links(tables: &mut [PlannedTable]) {
    let counted: Vec<Link> = tables
        .iter()
        .flat_map(|table| table.counted.clone())
        .collect();
    for (place, table) in tables.iter_mut().enumerate() {
        let RowKey::Content(columns) = &mut table.row else {
            continue;
        };
        let links = table
            .owners
            .iter()
            .chain(table.cuts.iter().map(|cut| &cut.link));
        let links = links.chain(counted.iter().filter(|link| link.table == place));
        let linked = links
            .filter(|link| !link.is_list)
            .flat_map(|link| &link.from)
            .filter(|path| path.path.is_empty());
        let linked = linked.map(|path| &path.column);
        columns.extend(
            linked
                .chain(table.roots.iter().map(|root| &root.column))
                .cloned(),
        );
        columns.sort();
        columns.dedup();
    }
}

/// The order in which rows are found.
fn groups(tables: &[PlannedTable], reasons: &mut Vec<String>) -> Vec<Group> {
    let mut edges = vec![Vec::new(); tables.len()];
    let mut lead = |from: usize, to: usize| {
        if let Some(edges) = edges.get_mut(from) {
            edges.push(to);
        }
    };
    for table in tables {
        for link in &table.owners {
            lead(link.target, link.table);
        }
        for link in &table.counted {
            lead(link.table, link.target);
        }
    }
    let mut groups = Vec::new();
    for component in order::components(&edges).into_iter().rev() {
        let recursive = order::is_circular(&edges, &component);
        let members = component.iter().filter_map(|member| tables.get(*member));
        for table in members.filter(|_| recursive) {
            for link in &table.counted {
                if component.contains(&link.table) {
                    reasons.push(format!(
                        "`{}` goes with the last row of a table that it owns itself",
                        table.name
                    ));
                }
            }
        }
        let reached: Vec<usize> = component
            .into_iter()
            .filter(|member| tables.get(*member).is_some_and(|table| table.reached))
            .collect();
        if !reached.is_empty() {
            groups.push(Group {
                tables: reached,
                recursive,
            });
        }
    }
    groups
}

fn all_equal(mut values: impl Iterator<Item = bool>) -> bool {
    let first = values.next();
    values.all(|value| Some(value) == first)
}
