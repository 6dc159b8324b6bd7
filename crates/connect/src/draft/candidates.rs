//! Which columns may name rows of which table, by names and types alone. Pure.
//! Proposes more than holds: what values say is judged elsewhere. Foreign keys
//! that the database declares are left out, for they need no guess.

use std::collections::{BTreeMap, BTreeSet};

use candor_policy::catalogue::words;
use candor_policy::map::{ColumnPath, Target};

use super::keys;
use super::names::{self, Reference};
use super::{history, pairs};
use crate::catalogue::{Catalogue, Class, Column, Relation, Table};

/// The best tables kept for one column.
const TARGETS_MAX: usize = 3;

/// The least fit for a name to say anything.
const FIT_MIN: u8 = 60;
/// The fit of a name that only sounds like somebody.
const FIT_ASKED: u8 = 62;
/// The least fit of a table whose key's name a column ends with.
const FIT_TAIL: u8 = 80;
/// The fit of a table whose first word is the application's.
const FIT_PREFIXED: u8 = 78;
/// Tables that begin with a word by which it is the application's.
const PREFIXED_MIN: usize = 4;
/// The least fit of a column called after a table.
const FIT_NAMED: u8 = 90;
/// The most that a name says where the table named has a column of that name
/// which is not its key.
const FIT_DOUBTED: u8 = 70;

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

/// The tables of a catalogue, with their names read.
pub(super) struct Names<'a> {
    pub(super) catalogue: &'a Catalogue,
    stems: BTreeMap<&'a str, Vec<String>>,
    /// By each word and by their initials, so that a column is compared with
    /// few tables.
    by_word: BTreeMap<String, Vec<&'a str>>,
    /// Tables whose rows may be people, the likeliest first, and whether they
    /// seem to be the company's own.
    people: Vec<(&'a str, bool)>,
    /// First words of many tables that are no table's name: the application's.
    prefixes: BTreeSet<String>,
    /// Tables of people that some column is called after.
    called: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, people: Vec<(&'a str, bool)>) -> Self {
        let mut stems = BTreeMap::new();
        let mut by_word: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let own = catalogue.tables.iter();
        for (name, _) in own.filter(|(_, table)| is_own(table)) {
            let words = names::stems(name);
            let mut known: BTreeSet<String> = words.iter().cloned().collect();
            known.extend(names::initials(&words));
            for word in known {
                by_word.entry(word).or_default().push(name);
            }
            stems.insert(name.as_str(), words);
        }
        let prefixes = prefixes(&stems);
        let called = called(catalogue, &stems, &people);
        Self {
            catalogue,
            stems,
            by_word,
            people,
            prefixes,
            called,
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
            .by_word
            .get(last)
            .into_iter()
            .flatten()
            .map(|table| (self.fit(about, own, table), *table))
            .filter(|(fit, _)| *fit >= least)
            .collect();
        fitting.sort_by(|(left, a), (right, b)| right.cmp(left).then(a.cmp(b)));
        fitting
    }

    /// How well words fit a table's, from 0 to 100.
    fn fit(&self, about: &[String], own: &[String], table: &str) -> u8 {
        let target = self.stems(table);
        let fit = names::fit(about, own, target);
        // `draft_case_ids` means `x_cases`, where every other table is an `x`.
        match target.split_first() {
            Some((first, bare)) if fit == 0 && self.prefixes.contains(first) => {
                names::fit(about, own, bare).min(FIT_PREFIXED)
            }
            _ => fit,
        }
    }

    /// Tables of people that a role may mean. Where two are alike, nothing but
    /// somebody can tell which.
    fn having(&self, own: &str, reference: &Reference) -> Vec<(u8, &'a str)> {
        // `loan_officer_id` is one of the staff, whether or not they sign in.
        let staff = self.fitting(&["staff".to_owned()], own, 85);
        if reference.is_office() && !staff.is_empty() {
            return staff;
        }
        // Who deals with a row is one of the company's own, if it has any; and
        // who signs in has a part in most.
        let mut people: Vec<&(&str, bool)> = self.people.iter().collect();
        people.retain(|(table, _)| *table != own || !reference.is_kind());
        people.sort_by_key(|(table, is_staff)| {
            let signs_in = self.stems(table).last().is_some_and(|last| last == "user");
            let is_user = reference.is_technical() && signs_in;
            // Staff whom no column is called after only sign in.
            let is_staff = *is_staff && self.called.contains(table);
            (!is_user, is_staff != reference.is_handler(), !signs_in)
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
    fn targets(&self, own: &str, column: &str, reference: &Reference) -> Vec<(u8, &'a str)> {
        let mut found = self.fitting(&reference.about, own, FIT_MIN);
        // `invoice_id` in `invoices` is somebody else's number for it.
        found.retain(|(_, table)| *table != own || reference.is_self() || reference.is_superior());
        // `commenter_name` ends in a word of its own; a role is a person's, and
        // so it is where the table called so has that column itself.
        let names_it_too = |table: &str| {
            let other = self.catalogue.table(table);
            other.is_some_and(|other| {
                other.column(column).is_some() && !keys::keys(other).contains(&column)
            })
        };
        if reference.is_role() && found.iter().all(|(_, table)| names_it_too(table)) {
            found = self.having(own, reference);
        }
        // `redeemer_id` sounds like somebody, `banner_id` too: worth asking.
        if found.is_empty() && reference.is_agent() {
            found = self.having(own, reference);
            found
                .iter_mut()
                .for_each(|(fit, _)| *fit = FIT_ASKED.min(*fit));
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

    /// `account_record_id` names `accounts.record_id`: the first words are the
    /// table's, the others its key's.
    fn by_tail(&self, own: &str, column: &Column) -> Vec<(u8, &'a str, &'a str)> {
        let words = names::stems(&column.name);
        let mut found = Vec::new();
        for cut in 1..words.len() {
            let (about, tail) = words.split_at(cut);
            if matches!(tail, [last] if names::is_suffix(last)) {
                continue;
            }
            for (fit, table) in self.fitting(about, own, FIT_TAIL) {
                let other = self.catalogue.table(table).filter(|_| table != own);
                let keys = other.into_iter().flat_map(keys::keys);
                found.extend(keys.filter_map(|key| {
                    let fits =
                        names::stems(key) == tail && keys::compatible(column, other?.column(key)?);
                    fits.then_some((fit, table, key))
                }));
            }
        }
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
    let pairs = pairs::pairs(names.catalogue);
    let mut found = Vec::new();
    for (name, table) in names.catalogue.tables.iter().filter(|(_, own)| is_own(own)) {
        let typed: BTreeSet<&str> = pairs
            .iter()
            .filter(|pair| pair.table == *name)
            .map(|pair| pair.key.as_str())
            .collect();
        for column in &table.columns {
            if is_declared(table, &column.name) {
                continue;
            }
            let own = of_column(names, name, table, column);
            // What a type column decides, only a table's very name outweighs.
            let is_typed = typed.contains(column.name.as_str());
            found.extend(
                own.into_iter()
                    .filter(|own| !is_typed || own.fit >= FIT_NAMED),
            );
        }
        found.extend(composite(names.catalogue, name, table));
    }
    history::carry_over(names, &mut found);
    found
}

/// Whether a foreign key says what a column names.
pub(super) fn is_declared(table: &Table, column: &str) -> bool {
    let mut keys = table.foreign_keys.iter();
    keys.any(|key| key.columns.iter().any(|own| own == column))
}

/// The edges that a value inside a JSON column may be, by its key.
pub(super) fn inside(
    names: &Names<'_>,
    table: &str,
    column: &str,
    path: &[String],
) -> Vec<Candidate> {
    let name = path.last().map_or(column, String::as_str);
    let Some(mut reference) = names::reference(name) else {
        return Vec::new();
    };
    // `voters` may be a list of them; its values say whether it is one.
    let is_list = keys::is_named_list(name) || !reference.is_marked;
    reference.is_marked = true;
    let from = ColumnPath {
        column: column.to_owned(),
        path: path.to_vec(),
    };
    let ending = names::stems(name);
    names
        .targets(table, name, &reference)
        .into_iter()
        .filter_map(|(fit, target)| {
            let keys = keys::keys(names.catalogue.table(target)?);
            let ends = |key: &&&str| ending.ends_with(&names::stems(key));
            let key = keys.iter().find(ends).or(keys.first())?;
            Some(Candidate {
                table: table.to_owned(),
                from: vec![from.clone()],
                to: to(target, key),
                fit,
                is_list,
            })
        })
        .collect()
}

/// The edges that the elements of a column may be that holds lists in JSON,
/// which its name does not say.
pub(super) fn listed(names: &Names<'_>, table: &str, column: &Column) -> Vec<Candidate> {
    inside(names, table, &column.name, &[])
}

/// Tables of people that some column of another table is called after.
fn called<'a>(
    catalogue: &Catalogue,
    stems: &BTreeMap<&'a str, Vec<String>>,
    people: &[(&'a str, bool)],
) -> BTreeSet<&'a str> {
    let mut called = BTreeSet::new();
    for (name, table) in &catalogue.tables {
        let own = stems.get(name.as_str()).map_or(&[][..], Vec::as_slice);
        let columns = table.columns.iter();
        let references = columns.filter_map(|column| names::reference(&column.name));
        for reference in references.filter(|reference| reference.is_firm) {
            called.extend(people.iter().map(|(table, _)| *table).filter(|table| {
                let target = stems.get(table).map_or(&[][..], Vec::as_slice);
                *table != name && names::fit(&reference.about, own, target) >= FIT_NAMED
            }));
        }
    }
    called
}

/// First words that many tables share and none is called by.
fn prefixes(stems: &BTreeMap<&str, Vec<String>>) -> BTreeSet<String> {
    let mut shared: BTreeMap<&String, usize> = BTreeMap::new();
    for first in stems.values().filter_map(|words| words.first()) {
        *shared.entry(first).or_default() += 1;
    }
    let is_shared = |(first, count): (&String, usize)| {
        let is_named = stems
            .values()
            .any(|words| words == std::slice::from_ref(first));
        (count >= PREFIXED_MIN && !is_named).then(|| first.clone())
    };
    shared.into_iter().filter_map(is_shared).collect()
}

fn of_column(names: &Names<'_>, name: &str, table: &Table, column: &Column) -> Vec<Candidate> {
    let candidate = |(fit, target, key): (u8, &str, &str)| Candidate {
        table: name.to_owned(),
        from: vec![plain(&column.name)],
        to: to(target, key),
        fit,
        is_list: keys::is_list(column),
    };
    let by_tail = names.by_tail(name, column);
    if !by_tail.is_empty() {
        return by_tail.into_iter().map(candidate).collect();
    }
    // The table's own key names nothing, unless it is also somebody else's.
    let is_own_key = table.primary_key == [column.name.as_str()];
    let by_name = by_name(names, name, column).into_iter();
    let by_name: Vec<Candidate> = by_name
        .filter(|(_, target, _)| !(is_own_key && *target == name))
        .map(candidate)
        .collect();
    if by_name.is_empty() && !is_own_key {
        return same_key(names, name, column).into_iter().collect();
    }
    by_name
}

/// Tables and their keys that a column of this name and type may hold.
fn by_name<'a>(names: &Names<'a>, name: &str, column: &Column) -> Vec<(u8, &'a str, &'a str)> {
    let Some(reference) = names::reference(&column.name).filter(|own| !own.is_switch()) else {
        return Vec::new();
    };
    let is_list = keys::is_list(column);
    let is_number = matches!(column.class, Class::Integer | Class::Uuid);
    // `builds` in a table of counts is how many there are.
    let is_plural = reference.about != words(&column.name);
    let is_key_like = is_list
        || reference.is_firm
        || (is_number
            && (reference.is_marked || reference.is_role() || reference.is_pick() || !is_plural));
    // A mere word with the type of a key is less than `_id`.
    let is_bare = !(reference.is_marked || reference.is_role() || is_list);
    let found = names.targets(name, &column.name, &reference).into_iter();
    found
        .filter(|_| is_key_like)
        .filter_map(|(fit, target)| {
            let other = names.catalogue.table(target)?;
            let key = if is_list {
                let mut keys = keys::keys(other).into_iter();
                keys.find(|key| {
                    other
                        .column(key)
                        .is_some_and(|key| keys::lists(column, key))
                })?
            } else {
                keys::named(column, other)?
            };
            let is_other = other.column(&column.name).is_some() && key != column.name;
            let fit = match fit {
                100 if is_bare => 85,
                // `default_savings_account` picks one.
                80.. if is_bare && is_number && reference.is_pick() => 78,
                _ if is_bare => 0,
                fit if is_other && target != name => fit.min(FIT_DOUBTED),
                fit => fit,
            };
            let is_itself = target == name && key == column.name;
            (fit >= FIT_MIN && !is_itself).then_some((fit, target, key))
        })
        .collect()
}

/// A key that bears the same name where it is the key: `sku`, `iso_code`; or
/// where it is unique and says whose it is: `username`.
fn same_key(names: &Names<'_>, name: &str, column: &Column) -> Option<Candidate> {
    let stems = names::stems(&column.name);
    if matches!(stems.as_slice(), [only] if names::is_generic(only)) {
        return None;
    }
    let is_unique = |table: &Table| {
        table
            .unique_keys
            .iter()
            .any(|key| *key == [column.name.as_str()])
    };
    let own = names.catalogue.table(name);
    let is_key = |other: &str, table: &Table| {
        let is_primary = table.primary_key == [column.name.as_str()];
        let says = match (stems.as_slice(), names.stems(other).last()) {
            ([only], Some(subject)) => only.len() > subject.len() && only.starts_with(subject),
            _ => false,
        };
        is_primary || (says && is_unique(table) && own.is_some_and(|own| !is_unique(own)))
    };
    let mut holders = names.catalogue.tables.iter().filter(|(other, table)| {
        *other != name
            && is_own(table)
            && column.name != "id"
            && is_key(other, table)
            && table
                .column(&column.name)
                .is_some_and(|key| keys::compatible(column, key))
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
        let is_telling =
            |key: &&Vec<String>| key.len() > 1 && !key.iter().any(|own| names::is_generic(own));
        for key in keys.filter(|key| is_telling(key) && *target != name) {
            let fits = key.iter().all(|column| {
                let (own, named) = (table.column(column), other.column(column));
                own.zip(named)
                    .is_some_and(|(own, named)| keys::compatible(own, named))
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

pub(super) fn to(table: &str, column: &str) -> Target {
    Target {
        table: table.to_owned(),
        columns: vec![column.to_owned()],
    }
}

pub(super) fn plain(column: &str) -> ColumnPath {
    ColumnPath {
        column: column.to_owned(),
        path: Vec::new(),
    }
}
