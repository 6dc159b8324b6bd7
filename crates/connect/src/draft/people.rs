//! Which tables hold people: by their names, by columns that only people have,
//! and by how many other tables point at them. Pure.

use std::collections::BTreeSet;

use candor_policy::catalogue::looks_personal;

use super::candidates::is_own;
use super::names;
use crate::catalogue::{Catalogue, Table};

/// The least weight at which a table's rows are people.
const WEIGHT_MIN: u32 = 5;
/// Tables taken as possible targets of roles.
const TABLES_MAX: usize = 12;

/// A table whose rows may be people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Likely {
    pub(super) table: String,
    /// What makes it likely; the larger, the likelier.
    pub(super) weight: u32,
    /// Whether they seem to be the company's own people.
    pub(super) is_staff: bool,
    /// Whether they sign in here.
    signs_in: bool,
    /// Whether rows have an address or a name of their own, in a table called
    /// after people and not after their part in something.
    is_somebody: bool,
    /// Columns that only people have.
    pub(super) columns: Vec<String>,
}

impl Likely {
    /// Whether it is likely enough to be written down.
    pub(super) fn is_likely(&self) -> bool {
        self.weight >= WEIGHT_MIN
    }
}

/// Tables whose rows may be people, the likeliest first.
pub(super) fn likely(catalogue: &Catalogue) -> Vec<Likely> {
    let mut found: Vec<Likely> = catalogue
        .tables
        .iter()
        .filter(|(_, table)| is_own(table))
        .filter_map(|(name, table)| weigh(name, table))
        .collect();
    found.sort_by(|left, right| {
        let by_weight = right.weight.cmp(&left.weight);
        by_weight.then_with(|| left.table.len().cmp(&right.table.len()))
    });
    let rank: Vec<Vec<String>> = found.iter().map(|own| names::stems(&own.table)).collect();
    let mut place = 0;
    found.retain(|own| {
        place += 1;
        let before = rank.get(..place - 1).unwrap_or_default();
        own.signs_in || own.is_somebody || !names_one_of(catalogue, own, before)
    });
    found.truncate(TABLES_MAX);
    found
}

/// Whether rows say which of the likelier people they are about: a membership
/// or a profile, not a person.
fn names_one_of(catalogue: &Catalogue, likely: &Likely, others: &[Vec<String>]) -> bool {
    let columns = catalogue.table(&likely.table).map(|table| &table.columns);
    let mut columns = columns.into_iter().flatten();
    columns.any(|column| {
        names::reference(&column.name).is_some_and(|reference| {
            let about = reference.about.as_slice();
            reference.is_firm && others.iter().any(|other| other.ends_with(about))
        })
    })
}

/// Their tables, and whether they seem to be the company's own.
pub(super) fn named(people: &[Likely]) -> Vec<(&str, bool)> {
    // A table that is hardly one of people draws no role to it.
    let named = people.iter().filter(|found| found.is_likely());
    named
        .map(|found| (found.table.as_str(), found.is_staff))
        .collect()
}

fn weigh(name: &str, table: &Table) -> Option<Likely> {
    // A bare `users` is people more likely than `report_users`.
    let by_name = names::people(name);
    let bare = names::stems(name).len() == 1;
    let mut weight = match by_name {
        Some(_) if bare => 3,
        Some(_) => 2,
        None => 0,
    };
    let mut columns = Vec::new();
    let (mut address, mut secret, mut called) = (0, 0, 0);
    let mut full = BTreeSet::new();
    for column in &table.columns {
        let category = looks_personal(&column.name, &column.type_name);
        let worth = match category {
            Some("contact.email") if !is_others(&column.name) => &mut address,
            Some("credential.password") => &mut secret,
            Some("name" | "name.first" | "name.last" | "username" | "demographic.birth_date") => {
                &mut called
            }
            Some("contact.phone") if by_name.is_some() => &mut called,
            None if by_name.is_some() && column.name == "name" => &mut called,
            _ => continue,
        };
        *worth = 2;
        full.extend(category.filter(|own| matches!(*own, "name.first" | "name.last")));
        columns.push(column.name.clone());
    }
    // A password belongs to somebody who signs in.
    weight += address
        + secret
        + called.min(1)
        + u32::from(full.len() > 1)
        + u32::from(secret > 0 && (address > 0 || by_name.is_some()));
    if by_name.is_none() && (secret == 0 || address == 0) {
        return None;
    }
    (weight > 2 && !table.columns.is_empty()).then(|| Likely {
        table: name.to_owned(),
        weight,
        is_staff: by_name == Some(true) || (secret > 0 && names::is_staff(name)),
        signs_in: secret > 0,
        is_somebody: (address > 0 || called > 0) && names::is_person(name),
        columns,
    })
}

/// `recipient_email` is somebody else's address than the row's.
fn is_others(column: &str) -> bool {
    names::stems(column).len() > 2
        || names::reference(column).is_some_and(|reference| {
            let before = reference
                .about
                .split_last()
                .map_or(&[][..], |(_, rest)| rest);
            before
                .iter()
                .any(|word| names::reference(word).is_some_and(|own| own.is_role()))
        })
}
