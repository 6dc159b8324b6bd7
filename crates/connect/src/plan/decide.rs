//! Decides what becomes of a person's rows in each table, and of the links of
//! rows that stay to rows that go.

use candor_policy::charter::OnErasure;
use candor_policy::map::{ColumnPath, Content, ReferenceAction, SourceMap, TableMap};

use super::links::{TableLinks, column_path, written};
use super::{Cut, Decision, Link, PlannedTable, Replacement};
use crate::catalogue::{Catalogue, Table};

/// Collects tables with personal data to which nothing leads.
pub(super) fn all_reached(map: &SourceMap, tables: &[PlannedTable], reasons: &mut Vec<String>) {
    for (table, mapped) in tables.iter().zip(map.tables.values()) {
        let personal = mapped
            .columns
            .values()
            .any(|column| matches!(column.content, Content::Personal(_)));
        if personal && !table.reached {
            reasons.push(format!(
                "`{}` holds personal data, and no identity or edge leads to it",
                table.name
            ));
        }
    }
}

/// Fills in decisions and cuts.
pub(super) fn decide(
    catalogue: &Catalogue,
    map: &SourceMap,
    links: &[TableLinks],
    tables: &mut [PlannedTable],
    reasons: &mut Vec<String>,
) {
    for (table, mapped) in tables.iter_mut().zip(map.tables.values()) {
        if let Some(own) = catalogue.table(&table.name) {
            table.decision = decision(own, &table.name, mapped, reasons);
        }
    }
    let goes: Vec<bool> = tables.iter().map(PlannedTable::goes).collect();
    let goes = |table: usize| goes.get(table).copied().unwrap_or(false);
    let keeps: Vec<bool> = tables
        .iter()
        .map(|table| matches!(table.decision, Decision::Keep(_)))
        .collect();
    let keeps = |table: usize| keeps.get(table).copied().unwrap_or(false);
    let has_owner: Vec<bool> = tables
        .iter()
        .map(|table| !(table.owners.is_empty() && table.roots.is_empty()))
        .collect();
    let all_counted: Vec<&Link> = links.iter().flat_map(|links| &links.counted).collect();
    for (place, ((name, mapped), links)) in map.tables.iter().zip(links).enumerate() {
        let Some(own) = catalogue.table(name) else {
            continue;
        };
        let mut cuts = Vec::new();
        let owners = links.owners.iter().filter(|_| !goes(place));
        // A counted row that also has an owner goes with it, whoever else
        // points at it.
        let counted = all_counted.iter().filter(|link| {
            link.table == place && has_owner.get(link.target).copied().unwrap_or(false)
        });
        let unlinked = links
            .references
            .iter()
            .filter(|(_, action)| *action == ReferenceAction::Unlink)
            .map(|(link, _)| link);
        for (link, is_owner) in owners
            .map(|link| (link, true))
            .chain(unlinked.chain(counted.copied()).map(|link| (link, false)))
            .filter(|(link, _)| goes(link.target))
        {
            let replacements = loosen(own, mapped, link);
            let enforced = !link.is_list && own.foreign_key(&columns(link)).is_some();
            if !replacements.is_empty() {
                cuts.push(Cut {
                    link: link.clone(),
                    replacements,
                });
            } else if enforced || !is_owner {
                reasons.push(format!(
                    "`{name}.{}` names rows that go, and must not be null: declare what it \
                     becomes, or let its rows go too",
                    written(&link.from)
                ));
            }
        }
        if let Some(table) = tables.get_mut(place) {
            table.cuts = cuts;
        }
    }
    count_out(catalogue, map, links, tables, &keeps, reasons);
}

fn decision(own: &Table, name: &str, mapped: &TableMap, reasons: &mut Vec<String>) -> Decision {
    match mapped.on_erasure {
        OnErasure::Delete => Decision::Delete,
        OnErasure::Keep => Decision::Keep(Vec::new()),
        OnErasure::Pseudonymise => {
            let mut replacements = Vec::new();
            for (column, mapped) in &mapped.columns {
                let (Content::Personal(_), Some(column)) = (&mapped.content, own.column(column))
                else {
                    continue;
                };
                if column.generated {
                    continue;
                }
                if mapped.erased.is_none() && !column.nullable {
                    reasons.push(format!(
                        "`{name}.{}` is personal, must not be null, and has no erased value",
                        column.name
                    ));
                }
                replacements.push(Replacement {
                    path: column_path(&column.name),
                    value: mapped.erased.clone(),
                });
            }
            Decision::Pseudonymise(replacements)
        }
    }
}

/// A row that stays lets go of a row that is counted at the same time as its
/// person goes, so that the counted row goes with whoever points at it last.
fn count_out(
    catalogue: &Catalogue,
    map: &SourceMap,
    links: &[TableLinks],
    tables: &mut [PlannedTable],
    keeps: &dyn Fn(usize) -> bool,
    reasons: &mut Vec<String>,
) {
    for link in links.iter().flat_map(|links| &links.counted) {
        let mapped = map.tables.iter().nth(link.table);
        let (Some((name, mapped)), Some(table)) = (mapped, tables.get_mut(link.table)) else {
            continue;
        };
        if table.decision == Decision::Delete || keeps(link.target) {
            continue;
        }
        let Some(own) = catalogue.table(name) else {
            continue;
        };
        if link.is_list {
            reasons.push(format!(
                "rows of `{name}` stay, and would hold on to the rows that `{}` lists: let them \
                 go, or name that list under `references` instead of `last_of`",
                written(&link.from)
            ));
            continue;
        }
        let replacements = loosen(own, mapped, link);
        if replacements.is_empty() {
            reasons.push(format!(
                "`{name}.{}` must not be null, so its rows, which stay, hold on to the rows they \
                 name",
                written(&link.from)
            ));
        }
        if let Decision::Pseudonymise(own) | Decision::Keep(own) = &mut table.decision {
            for replacement in replacements {
                if !own.iter().any(|known| known.path == replacement.path) {
                    own.push(replacement);
                }
            }
        }
    }
}

/// What can be replaced in a link so that it names nobody.
fn loosen(own: &Table, mapped: &TableMap, link: &Link) -> Vec<Replacement> {
    link.from
        .iter()
        .filter_map(|path| {
            let value = mapped
                .columns
                .get(&path.column)
                .and_then(|column| column.erased.clone());
            let column = own.column(&path.column)?;
            let is_inside = link.is_list || !path.path.is_empty();
            let replaceable = is_inside || column.nullable || value.is_some();
            (replaceable && !column.generated).then(|| Replacement {
                value: if is_inside { None } else { value },
                path: ColumnPath::clone(path),
            })
        })
        .collect()
}

fn columns(link: &Link) -> Vec<&str> {
    link.from.iter().map(|path| path.column.as_str()).collect()
}
