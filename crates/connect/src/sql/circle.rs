//! Work sets of tables that own each other in a circle, a table that owns
//! itself included, for PostgreSQL and SQLite: one recursive relation `candor_g{n}` for all of them. `tab`
//! says of which table a row is, `v0`… are the values that links inside the
//! circle compare with, as text where the database insists on one type. A row
//! comes in once per step, so circles of rows end.

use candor_policy::charter::SourceKind;

use super::tenant::within;
use super::work::{Renderer, Work};
use super::{link_matches, name, row, row_names, same_row, text};
use crate::plan::{Group, Link, PlannedTable};

/// The relation of one circle.
pub(super) struct Circle<'a> {
    renderer: &'a Renderer<'a>,
    place: usize,
    group: &'a Group,
    /// Most row columns that any of its tables has.
    rows: usize,
    /// Most values that any of its tables carries.
    values: usize,
}

impl<'a> Circle<'a> {
    pub(super) fn new(renderer: &'a Renderer<'a>, place: usize, group: &'a Group) -> Self {
        let mut circle = Self {
            renderer,
            place,
            group,
            rows: 0,
            values: 0,
        };
        let rows = circle.members().map(|(_, table)| row_names(table).len());
        circle.rows = rows.max().unwrap_or_default();
        let values = circle
            .members()
            .map(|(index, _)| circle.carried(index).len());
        circle.values = values.max().unwrap_or_default();
        circle
    }

    pub(super) fn work(&self) -> Work {
        let columns = self.columns();
        Work {
            name: self.name(),
            select: format!(
                "SELECT {} FROM (\n  {}) AS b\n  UNION {}",
                columns.join(", "),
                self.entries().join("\n  UNION ALL "),
                self.steps()
            ),
            columns,
            table: self.group.tables.first().copied().unwrap_or_default(),
            recursive: true,
            bounded: false,
            rounds: Vec::new(),
        }
    }

    fn columns(&self) -> Vec<String> {
        let mut columns = vec!["tab".to_owned(), "step".to_owned()];
        columns.extend((0..self.rows).map(|place| format!("r{place}")));
        columns.extend((0..self.values).map(|place| format!("v{place}")));
        columns
    }

    fn name(&self) -> String {
        format!("candor_g{}", self.place)
    }

    fn kind(&self) -> SourceKind {
        self.renderer.plan.kind
    }

    fn members(&self) -> impl Iterator<Item = (usize, &'a PlannedTable)> {
        let tables = &self.renderer.plan.tables;
        self.group
            .tables
            .iter()
            .filter_map(|&index| Some((index, tables.get(index)?)))
    }

    /// The ways into the circle.
    fn entries(&self) -> Vec<String> {
        self.members()
            .filter_map(|(index, table)| {
                let branches = self.renderer.branches(index, table, &self.group.tables);
                (!branches.is_empty()).then(|| {
                    format!(
                        "SELECT {} FROM ({}) AS x JOIN {} AS t ON {}",
                        self.output(index, table, "x.step"),
                        branches.join("\n  UNION ALL "),
                        name(&table.name),
                        same_row(table, "t", "x")
                    )
                })
            })
            .collect()
    }

    /// From rows that are in the circle to rows they own.
    fn steps(&self) -> String {
        let circle = self.name();
        let mut steps = Vec::new();
        for (index, table) in self.members() {
            for link in &table.owners {
                let owner = self.members().find(|(owner, _)| *owner == link.target);
                let Some((_, owner)) = owner else {
                    continue;
                };
                let matches = link_matches(self.kind(), (table, owner), "t", link, |place| {
                    self.key(owner, link, place)
                });
                let output = self.output(index, table, "g.step");
                let own = name(&table.name);
                let within = within(self.kind(), table, "t");
                let on = format!("g.tab = {} AND {matches}{within}", link.target);
                steps.push(match self.kind() {
                    SourceKind::Postgres => format!("SELECT {output} FROM {own} AS t WHERE {on}"),
                    SourceKind::Mysql | SourceKind::Sqlite => {
                        format!("SELECT {output} FROM {circle} AS g JOIN {own} AS t ON {on}")
                    }
                });
            }
        }
        match self.kind() {
            // Its recursive side may name the circle only once.
            SourceKind::Postgres => format!(
                "SELECT {} FROM {circle} AS g CROSS JOIN LATERAL (\n  {}) AS x",
                self.columns()
                    .iter()
                    .map(|column| format!("x.{column}"))
                    .collect::<Vec<_>>()
                    .join(", "),
                steps.join("\n  UNION ALL ")
            ),
            SourceKind::Mysql | SourceKind::Sqlite => steps.join("\n  UNION "),
        }
    }

    /// Columns of a member that links inside the circle compare with.
    fn carried(&self, index: usize) -> Vec<&'a String> {
        let mut carried = Vec::new();
        for column in self
            .members()
            .flat_map(|(_, table)| &table.owners)
            .filter(|link| link.target == index)
            .flat_map(|link| &link.to)
        {
            if !carried.contains(&column) {
                carried.push(column);
            }
        }
        carried
    }

    /// The value of the circle that the `place`-th column of a link names.
    fn key(&self, owner: &PlannedTable, link: &Link, place: usize) -> String {
        let column = link.to.get(place).map(String::as_str).unwrap_or_default();
        let carried = self.carried(link.target);
        let place = carried.iter().position(|own| *own == column);
        let place = place.unwrap_or_default();
        match (self.kind(), owner.column(column)) {
            (SourceKind::Postgres, Some(column)) => format!("g.v{place}::{}", column.type_name),
            _ => format!("g.v{place}"),
        }
    }

    fn output(&self, index: usize, table: &PlannedTable, step: &str) -> String {
        let kind = self.kind();
        let nothing = |type_name: &str| match kind {
            SourceKind::Postgres => format!("NULL::{type_name}"),
            SourceKind::Mysql | SourceKind::Sqlite => "NULL".to_owned(),
        };
        let mut parts = vec![index.to_string(), step.to_owned()];
        let own = row(table, "t");
        let rows = (0..self.rows).map(|place| own.get(place).cloned());
        parts.extend(rows.map(|own| own.unwrap_or_else(|| nothing("oid"))));
        let carried = self.carried(index);
        let values = (0..self.values).map(|place| {
            let own = carried
                .get(place)
                .map(|column| format!("t.{}", name(column)));
            match (own, kind) {
                (Some(own), SourceKind::Postgres) => text(kind, &own),
                (Some(own), _) => own,
                (None, _) => nothing("text"),
            }
        });
        parts.extend(values);
        let named = parts.iter().zip(self.columns());
        let named: Vec<String> = named
            .map(|(part, column)| format!("{part} AS {column}"))
            .collect();
        named.join(", ")
    }
}
