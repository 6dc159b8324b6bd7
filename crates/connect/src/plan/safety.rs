//! Looks in the catalogue for what the database would do by itself: cascades,
//! triggers, and references that forbid a deletion. Whatever is not in the
//! plan is a reason not to have one.

use candor_policy::charter::SourceKind;
use candor_policy::map::{ReferenceAction, SourceMap};

use super::links::TableLinks;
use super::{Link, PlannedTable, RowKey, order};
use crate::catalogue::{Catalogue, ForeignKey, KeyAction, Relation};

/// Collects the effects that are outside the plan.
pub(super) fn check(
    catalogue: &Catalogue,
    map: &SourceMap,
    links: &[TableLinks],
    tables: &[PlannedTable],
    reasons: &mut Vec<String>,
) {
    for (name, table) in &catalogue.tables {
        let place = map.tables.keys().position(|mapped| mapped == name);
        for key in &table.foreign_keys {
            let Some(target) = tables.iter().find(|table| table.name == key.target) else {
                continue;
            };
            if target.goes() {
                let own = place.and_then(|place| links.get(place));
                check_key(name, key, own, links, place, reasons);
            }
            if key
                .target_columns
                .iter()
                .any(|column| changes(target, column))
            {
                reasons.push(format!(
                    "`{name}.{}` names a column of `{}` that an erasure changes",
                    key.columns.join(", "),
                    key.target
                ));
            }
        }
    }
    for table in tables {
        let Some(own) = catalogue.table(&table.name) else {
            continue;
        };
        if own.relation == Relation::Copy && table.reached {
            reasons.push(format!(
                "`{}` is kept by something else: map what it is made from, and ignore it",
                table.name
            ));
        }
        let updated = !table.cuts.is_empty() || !table.decision.replacements().is_empty();
        if table.goes() || updated {
            reasons.extend(storage(&table.name, own.relation));
        }
        for trigger in own.triggers.iter().filter(|trigger| trigger.writes) {
            if (table.goes() && trigger.on_delete) || (updated && trigger.on_update) {
                reasons.push(format!(
                    "trigger `{}` of `{}` may write what the map does not say",
                    trigger.name, table.name
                ));
            }
        }
    }
}

/// Why nothing may be written where the table is stored.
fn storage(name: &str, relation: Relation) -> Option<String> {
    match relation {
        Relation::Untransacted => Some(format!(
            "`{name}` is stored by an engine that cannot undo a write, so an erasure could stop \
             half-way: convert it (`ALTER TABLE {name} ENGINE = InnoDB`)"
        )),
        Relation::Versioned => Some(format!(
            "`{name}` keeps every version its rows ever had, so nothing in it can be erased: \
             `ALTER TABLE {name} DROP SYSTEM VERSIONING`"
        )),
        _ => None,
    }
}

/// A foreign key onto rows that go must be an edge of the map, and one that
/// the plan resolves.
fn check_key(
    name: &str,
    key: &ForeignKey,
    own: Option<&TableLinks>,
    links: &[TableLinks],
    place: Option<usize>,
    reasons: &mut Vec<String>,
) {
    let written = key.columns.join(", ");
    let Some(own) = own else {
        reasons.push(format!(
            "`{name}.{written}` points at `{}`, whose rows an erasure deletes, and is not mapped",
            key.target
        ));
        return;
    };
    let is_it = |link: &Link| {
        !link.is_list
            && link.from.len() == key.columns.len()
            && link
                .from
                .iter()
                .all(|path| path.path.is_empty() && key.columns.contains(&path.column))
    };
    let owned = own.owners.iter().any(is_it);
    let counted = links
        .iter()
        .flat_map(|links| &links.counted)
        .any(|link| Some(link.table) == place && is_it(link));
    let reference = own.references.iter().find(|(link, _)| is_it(link));
    match reference {
        Some((_, ReferenceAction::Keep)) if !owned && !counted => reasons.push(format!(
            "`{name}.{written}` is to be kept, but the database does not allow it to name a row \
             of `{}` that is gone",
            key.target
        )),
        None if !owned && !counted => reasons.push(format!(
            "foreign key `{name}.{written}` onto `{}` is in no edge of the map",
            key.target
        )),
        _ => {}
    }
}

fn changes(table: &PlannedTable, column: &str) -> bool {
    let cuts = table.cuts.iter().flat_map(|cut| &cut.replacements);
    table.reached
        && table
            .decision
            .replacements()
            .iter()
            .chain(cuts)
            .any(|replacement| replacement.path.column == column)
}

/// Why a table's rows cannot be changed before they are deleted.
fn loosening(catalogue: &Catalogue, table: &PlannedTable) -> Option<String> {
    if matches!(table.row, RowKey::Content(_)) {
        return Some(format!(
            "`{}` is in a circle of references and has no key that tells its rows apart",
            table.name
        ));
    }
    let own = catalogue.table(&table.name)?;
    let trigger = own
        .triggers
        .iter()
        .find(|trigger| trigger.writes && trigger.on_update)?;
    Some(format!(
        "trigger `{}` of `{}` may write what the map does not say",
        trigger.name, table.name
    ))
}

/// Tables to delete from, in order, and what must be loosened before: a
/// reference in a circle that the database checks at once.
pub(super) fn deletions(
    catalogue: &Catalogue,
    tables: &[PlannedTable],
    reasons: &mut Vec<String>,
) -> (Vec<usize>, Vec<(usize, Vec<String>)>) {
    let mut edges = vec![Vec::new(); tables.len()];
    let mut keys: Vec<(usize, usize, &ForeignKey)> = Vec::new();
    for (place, table) in tables.iter().enumerate().filter(|(_, table)| table.goes()) {
        let own = catalogue.table(&table.name);
        for key in own.into_iter().flat_map(|own| &own.foreign_keys) {
            let target = tables
                .iter()
                .position(|table| table.name == key.target && table.goes());
            if let Some(target) = target
                && let Some(pointing) = edges.get_mut(target)
            {
                pointing.push(place);
                keys.push((place, target, key));
            }
        }
    }
    let components = order::components(&edges);
    let mut loosened = Vec::new();
    for (place, target, key) in keys {
        let circular = components
            .iter()
            .any(|component| component.contains(&place) && component.contains(&target));
        let Some(table) = tables.get(place) else {
            continue;
        };
        // The database itself takes, or lets go of, rows that point.
        let yields = matches!(key.on_delete, KeyAction::Cascade | KeyAction::SetNull);
        let loosens = match catalogue.kind {
            // It checks even these once the whole statement is done.
            SourceKind::Postgres => false,
            SourceKind::Sqlite => key.on_delete == KeyAction::Restrict,
            // It checks row by row, and follows a cascade for 15 steps.
            SourceKind::Mysql => true,
        };
        if !circular || !loosens {
            continue;
        }
        let nullable: Vec<String> = key
            .columns
            .iter()
            .filter(|column| table.column(column).is_some_and(|column| column.nullable))
            .cloned()
            .collect();
        let written = key.columns.join(", ");
        if nullable.is_empty() && yields {
            continue;
        }
        if nullable.is_empty() {
            reasons.push(format!(
                "`{}.{}` and the rows it names forbid each other's deletion",
                table.name, written
            ));
        } else if let Some(reason) = loosening(catalogue, table) {
            reasons.push(reason);
        } else {
            loosened.push((place, nullable));
        }
    }
    let order = components
        .into_iter()
        .flatten()
        .filter(|place| tables.get(*place).is_some_and(PlannedTable::goes))
        .collect();
    (order, loosened)
}
