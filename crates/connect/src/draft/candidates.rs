//! Which columns may name rows of which table, by names and types alone. Pure.
//! Proposes more than holds: what values say is judged elsewhere. Foreign keys
//! that the database declares are left out, for they need no guess.

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::catalogue::words;
use candor_policy::map::{ColumnPath, Target};

use super::names::{self, Reference};
use crate::catalogue::{Catalogue, Class, Column, Relation, Table};

/// The best tables kept for one column.
const TARGETS_MAX: usize = 3;

/// The least fit for a name to say anything.
const FIT_MIN: u8 = 60;

/// An edge that may be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The table that has the columns.
    pub(super) table: String,
    /// Its columns, or a value inside a JSON column.
    pub(super) from: Vec<ColumnPath>,
    /// What they may name.
    pub(super) to: Target,
    /// How well the names fit, from 0 to 100.
    pub(super) fit: u8,
    /// Whether the column holds a list of keys.
    pub(super) is_list: bool,
}

/// A pair of columns, the first of which says which table the second names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) table: String,
    pub(super) kind: String,
    pub(super) key: String,
}

/// The tables of a catalogue, with their names read.
pub(super) struct Names<'a> {
    pub(super) catalogue: &'a Catalogue,
    stems: BTreeMap<&'a str, Vec<String>>,
    /// By last word, so that a column is compared with few tables.
    by_last: BTreeMap<String, Vec<&'a str>>,
    /// Tables whose rows may be people, the likeliest first, and whether they
    /// seem to be the company's own.
    people: Vec<(&'a str, bool)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, people: Vec<(&'a str, bool)>) -> Self {
        let mut stems = BTreeMap::new();
        let mut by_last: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let own = catalogue.tables.iter();
        for (name, _) in own.filter(|(_, table)| is_own(table)) {
            let words = names::stems(name);
            if let Some(last) = words.last() {
                by_last.entry(last.clone()).or_default().push(name);
            }
            stems.insert(name.as_str(), words);
        }
        Self {
            catalogue,
            stems,
            by_last,
            people,
        }
    }

    pub(super) fn stems(&self, table: &str) -> &[String] {
        self.stems.get(table).map_or(&[], Vec::as_slice)
    }

    /// The tables that a value of a type column may mean.
    pub(super) fn meant(&self, value: &str, own: &str) -> Option<&'a str> {
        let about = names::type_stems(value);
        self.fitting(&about, own, 85)
            .first()
            .map(|(_, table)| *table)
    }

    /// Tables whose names fit, the best first.
    fn fitting(&self, about: &[String], own: &str, least: u8) -> Vec<(u8, &'a str)> {
        let own = self.stems(own);
        let last = about.last().map_or("", String::as_str);
        let mut fitting: Vec<(u8, &str)> = self
            .by_last
            .get(last)
            .into_iter()
            .flatten()
            .map(|table| (names::fit(about, own, self.stems(table)), *table))
            .filter(|(fit, _)| *fit >= least)
            .collect();
        fitting.sort_by(|(left, a), (right, b)| right.cmp(left).then(a.cmp(b)));
        fitting
    }

    /// Tables of people that a role may mean. Where two are alike, nothing but
    /// somebody can tell which.
    fn having(&self, own: &str, reference: &Reference) -> Vec<(u8, &'a str)> {
        // Who deals with a row is one of the company's own, if it has any; and
        // who signs in has a part in most.
        let mut people: Vec<&(&str, bool)> = self.people.iter().collect();
        people.retain(|(table, _)| *table != own || !reference.is_kind());
        people.sort_by_key(|(table, is_staff)| {
            let signs_in = self.stems(table).last().is_some_and(|last| last == "user");
            let is_user = reference.is_technical() && signs_in;
            (!is_user, *is_staff != reference.is_handler(), !signs_in)
        });
        let above = people.iter().find(|(table, _)| *table == own);
        if let Some((own, _)) = above.filter(|_| reference.is_superior()) {
            return vec![(80, own)];
        }
        let Some((first, staff)) = people.first() else {
            return Vec::new();
        };
        let alike = people.get(1).is_some_and(|(_, other)| other == staff);
        let fit = if alike && !reference.is_technical() {
            62
        } else {
            75
        };
        vec![(fit, first)]
    }

    /// Tables that a column may name, the best first.
    fn targets(&self, own: &str, reference: &Reference) -> Vec<(u8, &'a str)> {
        let mut found = self.fitting(&reference.about, own, FIT_MIN);
        // `invoice_id` in `invoices` is somebody else's number for it.
        found.retain(|(_, table)| *table != own || reference.is_self() || reference.is_superior());
        // `commenter_name` ends in a word of its own; a role is a person's.
        if found.is_empty() && reference.is_role() {
            found = self.having(own, reference);
        }
        if reference.is_self()
            && found.iter().all(|(fit, _)| *fit < 90)
            && let Some((name, _)) = self.catalogue.tables.get_key_value(own)
        {
            found.retain(|(_, table)| *table != own);
            found.insert(0, (if found.is_empty() { 85 } else { 70 }, name));
        }
        found.sort_by(|(left, _), (right, _)| right.cmp(left));
        found.truncate(TARGETS_MAX);
        found
    }
}

/// Whether a table is one of this database that a map can name.
pub(super) fn is_own(table: &Table) -> bool {
    !matches!(table.relation, Relation::Outside | Relation::Copy)
}

/// Every edge that may be there and is not declared.
pub(super) fn candidates(names: &Names<'_>) -> Vec<Candidate> {
    let pairs = pairs(names.catalogue);
    let mut found = Vec::new();
    for (name, table) in names.catalogue.tables.iter().filter(|(_, own)| is_own(own)) {
        let typed: BTreeSet<&str> = pairs
            .iter()
            .filter(|pair| pair.table == *name)
            .map(|pair| pair.key.as_str())
            .collect();
        for column in &table.columns {
            let declared = table
                .foreign_keys
                .iter()
                .any(|key| key.columns.contains(&column.name));
            if !declared && !typed.contains(column.name.as_str()) {
                found.extend(of_column(names, name, table, column));
            }
        }
        found.extend(composite(names.catalogue, name, table));
    }
    found
}

/// The edges that a value inside a JSON column may be, by its key.
pub(super) fn inside(
    names: &Names<'_>,
    table: &str,
    column: &str,
    path: &[String],
) -> Vec<Candidate> {
    let key = path.last().map_or("", String::as_str);
    let Some(reference) = names::reference(key).filter(|own| own.is_marked) else {
        return Vec::new();
    };
    let from = ColumnPath {
        column: column.to_owned(),
        path: path.to_vec(),
    };
    names
        .targets(table, &reference)
        .into_iter()
        .filter_map(|(fit, target)| {
            let key = single_key(names.catalogue.table(target)?)?;
            Some(Candidate {
                table: table.to_owned(),
                from: vec![from.clone()],
                to: to(target, key),
                fit,
                is_list: false,
            })
        })
        .collect()
}

/// Columns that say together which row they name: `commentable_type` and
/// `commentable_id`.
pub(super) fn pairs(catalogue: &Catalogue) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (name, table) in catalogue.tables.iter().filter(|(_, own)| is_own(own)) {
        for kind in table
            .columns
            .iter()
            .filter(|column| matches!(column.class, Class::Text | Class::Other))
        {
            let Some(stem) = ["_type", "Type", "_kind", "_class", "_model"]
                .iter()
                .find_map(|ending| kind.name.strip_suffix(ending))
            else {
                continue;
            };
            let key = ["_id", "Id", "_uuid", "_key", "_pk"]
                .iter()
                .find_map(|end| {
                    let wanted = format!("{stem}{end}");
                    table.column(&wanted)
                });
            let declared = |column: &Column| {
                let keys = table.foreign_keys.iter();
                keys.clone().any(|key| key.columns.contains(&column.name))
            };
            if let Some(key) = key.filter(|key| !declared(key)) {
                pairs.push(Pair {
                    table: name.clone(),
                    kind: kind.name.clone(),
                    key: key.name.clone(),
                });
            }
        }
    }
    pairs
}

fn of_column(names: &Names<'_>, name: &str, table: &Table, column: &Column) -> Vec<Candidate> {
    let Some(reference) = names::reference(&column.name) else {
        return Vec::new();
    };
    let is_list = column.class == Class::Textual && column.type_name.ends_with("[]");
    // The table's own key names nothing, unless it is also somebody else's.
    let is_own_key = table.primary_key == [column.name.as_str()];
    let is_number = matches!(column.class, Class::Integer | Class::Uuid);
    // `builds` in a table of counts is how many there are.
    let is_plural = reference.about != words(&column.name);
    let is_key_like = is_list
        || reference.is_firm
        || (is_number && (reference.is_marked || reference.is_role() || !is_plural));
    let by_name = names.targets(name, &reference);
    let mut found: Vec<Candidate> = by_name
        .into_iter()
        .filter(|(_, target)| is_key_like && !(is_own_key && *target == name))
        .filter_map(|(fit, target)| {
            let other = names.catalogue.table(target)?;
            let key = single_key(other)?;
            let fits = is_list || compatible(column, other.column(key)?);
            // A mere word with the type of a key is less than `_id`.
            let is_bare = !(reference.is_marked || reference.is_role() || is_list);
            let fit = match fit {
                100 if is_bare => 85,
                _ if is_bare => 0,
                fit => fit,
            };
            (fits && fit >= FIT_MIN && !(target == name && key == column.name)).then(|| Candidate {
                table: name.to_owned(),
                from: vec![plain(&column.name)],
                to: to(target, key),
                fit,
                is_list,
            })
        })
        .collect();
    if found.is_empty() && !is_own_key {
        found.extend(same_key(names, name, column));
    }
    found
}

/// A key that bears the same name where it is the key: `sku`, `iso_code`.
fn same_key(names: &Names<'_>, name: &str, column: &Column) -> Option<Candidate> {
    let mut holders = names.catalogue.tables.iter().filter(|(other, table)| {
        *other != name
            && is_own(table)
            && column.name != "id"
            && table.primary_key == [column.name.as_str()]
            && table
                .column(&column.name)
                .is_some_and(|key| compatible(column, key))
    });
    let (target, _) = holders.next()?;
    let is_only = holders.next().is_none();
    is_only.then(|| Candidate {
        table: name.to_owned(),
        from: vec![plain(&column.name)],
        to: to(target, &column.name),
        fit: 85,
        is_list: false,
    })
}

/// All columns of another table's composite key, under the same names.
fn composite(catalogue: &Catalogue, name: &str, table: &Table) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (target, other) in catalogue.tables.iter().filter(|(_, own)| is_own(own)) {
        let keys = std::iter::once(&other.primary_key).chain(&other.unique_keys);
        for key in keys.filter(|key| key.len() > 1 && *target != name) {
            let fits = key.iter().all(|column| {
                let (own, named) = (table.column(column), other.column(column));
                own.zip(named)
                    .is_some_and(|(own, named)| compatible(own, named))
            });
            let same_key = table.primary_key == *key || table.unique_keys.contains(key);
            let declared = table.foreign_keys.iter().any(|own| own.columns == *key);
            if fits && !same_key && !declared {
                found.push(Candidate {
                    table: name.to_owned(),
                    from: key.iter().map(|column| plain(column)).collect(),
                    to: Target {
                        table: target.clone(),
                        columns: key.clone(),
                    },
                    fit: 80,
                    is_list: false,
                });
                break;
            }
        }
    }
    found.truncate(TARGETS_MAX);
    found
}

/// The one column that other tables name a table's rows by: its primary key,
/// or `id` in a table that declares none.
pub(super) fn single_key(table: &Table) -> Option<&str> {
    match table.primary_key.as_slice() {
        [only] => Some(only),
        [] => table
            .column("id")
            .filter(|_| table.relation != Relation::Copy)
            .map(|column| column.name.as_str()),
        _ => table
            .unique_keys
            .iter()
            .find(|key| *key == &["id"])
            .and_then(|key| key.first())
            .map(String::as_str),
    }
}

fn compatible(column: &Column, key: &Column) -> bool {
    match (column.class, key.class) {
        (Class::Integer, Class::Integer)
        | (Class::Uuid, Class::Uuid)
        | (Class::Text, Class::Text | Class::Uuid | Class::Integer) => true,
        (Class::Bytes | Class::Other, _) => column.type_name == key.type_name,
        _ => false,
    }
}

fn to(table: &str, column: &str) -> Target {
    Target {
        table: table.to_owned(),
        columns: vec![column.to_owned()],
    }
}

fn plain(column: &str) -> ColumnPath {
    ColumnPath {
        column: column.to_owned(),
        path: Vec::new(),
    }
}
