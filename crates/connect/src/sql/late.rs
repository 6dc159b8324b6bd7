//! What leads to rows that came late, or came back: the keys that a person's
//! rows had before they were erased. One relation `candor_o{n}` per key: the
//! step, and the values `k0`…. A row under such a key is theirs again, and so
//! is a row that names one, as long as nobody else has the key by now.
//! Invariant: a row that a living owner has is that owner's, whatever key it is
//! under; where the database gives keys again, a key alone says nothing.

use candor_policy::charter::SourceKind;

use super::tenant::within;
use super::work::{Renderer, Slot, Work, slots};
use super::{join, link_matches, literal, name, typed};
use crate::catalogue::Class;
use crate::plan::{Link, OldKey, Plan, PlannedTable};

/// Name of the relation of a key's old values.
fn relation(place: usize) -> String {
    format!("candor_o{place}")
}

/// The slot of a key's lines in MariaDB and SQLite: behind the identities.
pub(crate) fn slot(plan: &Plan, place: usize) -> usize {
    slots(plan).len() + place
}

/// How many parameters the old keys of a plan take in PostgreSQL.
pub(crate) fn parameters(plan: &Plan) -> usize {
    plan.old_keys.iter().map(|key| 1 + key.columns.len()).sum()
}

/// The relations of a plan's old keys.
pub(super) fn works(plan: &Plan) -> Vec<Work> {
    let mut parameter = 2 * slots(plan).len() + 1;
    let mut works = Vec::new();
    for (place, key) in plan.old_keys.iter().enumerate() {
        let Some(table) = plan.tables.get(key.table) else {
            continue;
        };
        let select = match plan.kind {
            SourceKind::Postgres => postgres(table, key, parameter),
            SourceKind::Mysql | SourceKind::Sqlite => lines(plan, table, place, key),
        };
        parameter += 1 + key.columns.len();
        let mut columns = vec!["step".to_owned()];
        columns.extend((0..key.columns.len()).map(|place| format!("k{place}")));
        works.push(Work {
            name: relation(place),
            columns,
            select,
            table: key.table,
            recursive: false,
            bounded: false,
            rounds: Vec::new(),
        });
    }
    works
}

fn postgres(table: &PlannedTable, key: &OldKey, parameter: usize) -> String {
    let mut lists = vec![format!("${parameter}::int8[]")];
    let mut columns = vec!["step".to_owned()];
    for (place, column) in key.columns.iter().enumerate() {
        let type_name = table.column(column).map(|column| column.type_name.as_str());
        lists.push(format!(
            "${}::text[]::{}[]",
            parameter + 1 + place,
            type_name.unwrap_or("text")
        ));
        columns.push(format!("k{place}"));
    }
    let columns = columns.join(", ");
    format!(
        "SELECT {columns} FROM unnest({}) AS u({columns})",
        lists.join(", ")
    )
}

fn lines(plan: &Plan, table: &PlannedTable, place: usize, key: &OldKey) -> String {
    let values = key.columns.iter().enumerate().map(|(place, column)| {
        let value = format!("json_extract(i.value, {})", literal(&format!("$[{place}]")));
        let own = table.column(column);
        let class = own.map_or(Class::Other, |own| own.class);
        match (plan.kind, own) {
            (SourceKind::Mysql, Some(own)) => {
                let about = (class, own.type_name.as_str(), own.collation.as_deref());
                typed(&format!("json_unquote({value})"), about)
            }
            _ => kept_as_it_is(&value, class),
        }
    });
    let values: Vec<String> = values
        .enumerate()
        .map(|(place, value)| format!("{value} AS k{place}"))
        .collect();
    format!(
        "SELECT i.step AS step, {} FROM candor_identity AS i WHERE i.slot = {}",
        values.join(", "),
        slot(plan, place)
    )
}

/// Text that stands for a key in SQLite, as the column would hold it.
fn kept_as_it_is(value: &str, class: Class) -> String {
    match class {
        Class::Integer => format!(
            "CASE WHEN CAST(CAST({value} AS INTEGER) AS TEXT) = {value} THEN CAST({value} AS INTEGER) ELSE {value} END"
        ),
        Class::Bytes => format!(
            "CASE WHEN substr({value}, 1, 2) = 'x:' THEN unhex(substr({value}, 3)) ELSE {value} END"
        ),
        _ => value.to_owned(),
    }
}

/// That row `alias` of a table has an old key.
fn has_key(key: &OldKey, alias: &str) -> String {
    let parts = key.columns.iter().enumerate();
    let parts: Vec<String> = parts
        .map(|(place, column)| format!("{alias}.{} = o.k{place}", name(column)))
        .collect();
    parts.join(" AND ")
}

/// The old keys that a link names.
fn named<'a>(plan: &'a Plan, link: &'a Link) -> impl Iterator<Item = (usize, &'a OldKey)> {
    let keys = plan.old_keys.iter().enumerate();
    keys.filter(|(_, key)| key.table == link.target && key.columns == link.to)
}

/// The old keys `k` that a link names and that nobody has any more: relations
/// of one column.
pub(super) fn gone(plan: &Plan, link: &Link) -> Vec<String> {
    let Some(target) = plan.tables.get(link.target) else {
        return Vec::new();
    };
    let sources = named(plan, link).map(|(place, key)| {
        format!(
            "(SELECT o.k0 AS k FROM {} AS o WHERE NOT EXISTS (SELECT 1 FROM {} AS p WHERE {}))",
            relation(place),
            name(&target.name),
            has_key(key, "p")
        )
    });
    sources.collect()
}

/// Rows `t` of a link's table that name an old key that nobody has any more:
/// what follows `FROM`, with the step in `o.step`.
pub(super) fn naming(plan: &Plan, table: &PlannedTable, link: &Link) -> Vec<String> {
    let Some(target) = plan.tables.get(link.target) else {
        return Vec::new();
    };
    let sources = named(plan, link).map(|(place, key)| {
        let points = link_matches(plan.kind, (table, target), "t", link, |place| {
            format!("o.k{place}")
        });
        format!(
            "{} AS o {} {} AS t ON {points}{} WHERE NOT EXISTS (SELECT 1 FROM {} AS p WHERE {}{})",
            relation(place),
            join(plan.kind),
            name(&table.name),
            within(plan.kind, table, "t"),
            name(&target.name),
            has_key(key, "p"),
            within(plan.kind, target, "p")
        )
    });
    sources.collect()
}

/// What is to be added to the search by an identity, so that it finds nobody
/// else to whom the database gave the same key since; `None` where nothing of a
/// row would tell whose it is.
pub(super) fn is_still_theirs(plan: &Plan, slot: &Slot) -> Option<String> {
    if plan.old_keys.is_empty() {
        return Some(String::new());
    }
    let again = plan.tables.iter().enumerate().find(|(_, table)| {
        let mut roots = table.roots.iter();
        let is_key = roots
            .any(|root| root.kind == slot.root.kind && table.primary_key == [root.column.clone()]);
        table.keys_come_again && is_key
    });
    let Some((index, table)) = again else {
        return Some(String::new());
    };
    if index == slot.table {
        return None;
    }
    let key = table.primary_key.first()?;
    Some(format!(
        " WHERE NOT EXISTS (SELECT 1 FROM {} AS p WHERE p.{} = t.{})",
        name(&table.name),
        name(key),
        name(&slot.root.column)
    ))
}

impl Renderer<'_> {
    /// Rows of a table that came back under an old key, or that name one.
    pub(super) fn late(&self, index: usize, table: &PlannedTable) -> Vec<String> {
        let output = self.output(table, "o.step");
        let keys = self.plan.old_keys.iter().enumerate();
        let own = keys.filter(|(_, key)| key.table == index && !table.keys_come_again);
        let own = own.map(|(place, key)| {
            let unowned: String = self
                .unowned(table)
                .iter()
                .enumerate()
                .map(|(place, part)| match place {
                    0 => format!(" WHERE {part}"),
                    _ => format!(" AND {part}"),
                })
                .collect();
            format!(
                "{} AS o {} {} AS t ON {}{}{unowned}",
                relation(place),
                join(self.kind()),
                name(&table.name),
                has_key(key, "t"),
                within(self.kind(), table, "t")
            )
        });
        let owners = table.owners.iter();
        let naming = owners.flat_map(|link| naming(self.plan, table, link));
        own.chain(naming)
            .map(|from| self.read(format!("SELECT {output} FROM {from}")))
            .collect()
    }

    /// That no row owns row `t` now. An owner who is the same person's leads to
    /// it anyway; one that stays may be the very person.
    fn unowned(&self, table: &PlannedTable) -> Vec<String> {
        let owners = table.owners.iter().filter_map(|link| {
            let target = self.plan.tables.get(link.target)?;
            let points = link_matches(self.kind(), (table, target), "t", link, |place| {
                let column = link.to.get(place).map(String::as_str).unwrap_or_default();
                format!("p.{}", name(column))
            });
            target.goes().then(|| {
                let owner = name(&target.name);
                let within = within(self.kind(), target, "p");
                format!("NOT EXISTS (SELECT 1 FROM {owner} AS p WHERE {points}{within})")
            })
        });
        owners.collect()
    }
}
