//! Work sets of tables that own each other in a circle, a table that owns
//! itself included, for MariaDB: one relation `candor_g{n}_{m}` per table, each
//! of its own types, because the types of a recursive relation there are those
//! of its first rows. A round adds the rows that those of the round before own;
//! a row comes in once per step, so the rounds end.

use super::tenant::within;
use super::work::{Renderer, Work, points_at};
use super::{carried_names, join, name, row_names, same_row};
use crate::plan::{Group, Link, PlannedTable};

/// The relations of one circle; the last of them carries the rounds of all.
pub(super) fn works(renderer: &Renderer<'_>, place: usize, group: &Group) -> Vec<Work> {
    let mut works = Vec::new();
    let mut rounds = Vec::new();
    for &index in &group.tables {
        let Some(table) = renderer.plan.tables.get(index) else {
            continue;
        };
        let mut columns = columns(table);
        let outputs: Vec<String> = columns.iter().map(|column| format!("x.{column}")).collect();
        let branches = renderer.branches(index, table, &group.tables);
        let entries = if branches.is_empty() {
            // Nothing comes in from outside; only the types matter.
            let own = renderer.output(table, "0");
            format!("SELECT {own} FROM {} AS t WHERE false", name(&table.name))
        } else {
            branches.join("\n  UNION ALL ")
        };
        columns.push("round".to_owned());
        let outputs = outputs.join(", ");
        works.push(Work {
            name: relation(place, index),
            select: format!("SELECT DISTINCT {outputs}, 0 FROM (\n  {entries}) AS x"),
            columns,
            table: index,
            recursive: false,
            bounded: false,
            rounds: Vec::new(),
        });
        let inner = table.owners.iter();
        let inner = inner.filter(|link| group.tables.contains(&link.target));
        rounds.extend(inner.map(|link| round(renderer, place, (index, table), link)));
    }
    if let Some(last) = works.last_mut() {
        last.rounds = rounds;
    }
    works
}

/// What a circle found of one table: a branch of its work set.
pub(super) fn members(place: usize, index: usize, table: &PlannedTable) -> String {
    let columns = columns(table).join(", ");
    format!("SELECT {columns} FROM {}", relation(place, index))
}

fn relation(place: usize, index: usize) -> String {
    format!("candor_g{place}_{index}")
}

fn columns(table: &PlannedTable) -> Vec<String> {
    let mut columns = vec!["step".to_owned()];
    columns.extend(row_names(table));
    columns.extend(carried_names(table));
    columns
}

/// Adds the rows that one link leads to from those of the round before.
fn round(
    renderer: &Renderer<'_>,
    place: usize,
    (index, table): (usize, &PlannedTable),
    link: &Link,
) -> String {
    let own = relation(place, index);
    let select = format!(
        "SELECT DISTINCT {}, w.round + 1 AS round FROM {} AS w {} {} AS t ON {} \
         WHERE w.round = ?{} AND NOT EXISTS (SELECT 1 FROM {own} AS o WHERE o.step = w.step AND {})",
        renderer.output(table, "w.step"),
        relation(place, link.target),
        join(renderer.kind()),
        name(&table.name),
        points_at(renderer.plan, table, "t", link, "w"),
        within(renderer.kind(), table, "t"),
        same_row(table, "t", "o")
    );
    format!(
        "INSERT INTO {own} ({}, round) {}",
        columns(table).join(", "),
        renderer.read(select)
    )
}
