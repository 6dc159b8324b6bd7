//! The tables in which a person is found: those the map names, those that look
//! like people and fit a declared kind, and those that hold nothing but an
//! address to find somebody by. Pure.

use std::collections::BTreeMap;

use candor_policy::catalogue::looks_personal;

use super::assemble::Evidence;
use super::candidates::is_own;
use super::columns::{self, Place};
use super::names::stems;
use super::people::Likely;
use super::{Grade, Reason};
use crate::catalogue::{Class, Table};

/// A table in which people are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Root {
    /// Their kind.
    pub(super) kind: String,
    pub(super) reason: Reason,
    /// Identity kinds and columns.
    pub(super) identities: Vec<(String, String)>,
    /// Found by an address alone: each row is an event of a person's, not the
    /// person.
    pub(super) is_event: bool,
}

/// Every such table, by name.
pub(super) fn roots<'a>(evidence: &Evidence<'a>) -> BTreeMap<&'a str, Root> {
    let mut roots = BTreeMap::new();
    for (name, table) in &evidence.known.tables {
        let Some((name, _)) = evidence.catalogue.tables.get_key_value(name) else {
            continue;
        };
        if table.about.is_some() || !table.identities.is_empty() {
            let root = Root {
                kind: table.about.clone().unwrap_or_default(),
                reason: Reason::proven("the map says so"),
                identities: Vec::new(),
                is_event: !table.owned_by.is_empty(),
            };
            roots.insert(name.as_str(), root);
        }
    }
    let is_open = |name: &str| {
        !evidence.known.tables.contains_key(name)
            && !evidence.known.ignored.iter().any(|own| own == name)
    };
    // Those called after a declared kind come before those that only look so.
    let (named, others): (Vec<&Likely>, Vec<&Likely>) = evidence
        .people
        .iter()
        .partition(|own| is_named(evidence, own));
    let likely = named.into_iter().chain(others);
    for likely in likely.filter(|own| is_open(&own.table)) {
        let first = roots.values().all(|root| root.is_event);
        let table = evidence.catalogue.tables.get_key_value(&likely.table);
        if let Some((name, table)) = table
            && let Some((kind, reason)) = kind(evidence, likely, first)
        {
            let identities = identities(evidence, &kind, &likely.table, table);
            let is_event = false;
            if !identities.is_empty() {
                roots.insert(
                    name.as_str(),
                    Root {
                        kind,
                        reason,
                        identities,
                        is_event,
                    },
                );
            }
        }
    }
    roots
}

/// Tables that lead to nobody and hold an address: found by it alone.
pub(super) fn by_address<'a>(
    evidence: &Evidence<'a>,
    is_other: impl Fn(&str) -> bool,
) -> Vec<(&'a str, Root)> {
    let mut kinds = evidence.terms.people.iter();
    let (Some((kind, known_by)), None) = (kinds.next(), kinds.next()) else {
        return Vec::new();
    };
    let Some(identity) = known_by.iter().find(|known| is_address(known)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (name, table) in evidence
        .catalogue
        .tables
        .iter()
        .filter(|(_, own)| is_own(own))
    {
        let known = evidence.known.tables.contains_key(name)
            || evidence.known.ignored.contains(name)
            || evidence
                .people
                .iter()
                .any(|own| own.table == *name && own.is_staff);
        if known || is_other(name) {
            continue;
        }
        if let Some(column) =
            address(table).filter(|column| is_settled(evidence, name, table, column))
        {
            found.push((
                name.as_str(),
                Root {
                    kind: kind.clone(),
                    reason: Reason::weak(format!("rows are found by `{column}` alone")),
                    identities: vec![(identity.clone(), column.to_owned())],
                    is_event: true,
                },
            ));
        }
    }
    found
}

/// Whether a column is an address beyond doubt, and may be written as one.
fn is_settled(evidence: &Evidence<'_>, name: &str, table: &Table, column: &str) -> bool {
    table.column(column).is_some_and(|column| {
        let place = Place {
            table: name,
            column,
            counts: evidence.samples.counts(name, &column.name),
            is_persons: false,
            is_owned: true,
            paths: &[],
        };
        columns::content(&place, evidence.terms).is_settled()
    })
}

/// The declared kind that a table is called after.
fn named<'a>(evidence: &Evidence<'a>, likely: &Likely) -> Option<&'a String> {
    let stems = stems(&likely.table);
    let last = stems.last().map_or("", String::as_str);
    let mut kinds = evidence.terms.people.keys();
    kinds.find(|kind| *kind == last || kind.as_str() == stems.join("_"))
}

fn is_named(evidence: &Evidence<'_>, likely: &Likely) -> bool {
    named(evidence, likely).is_some()
}

/// The kind of people a table holds.
fn kind(evidence: &Evidence<'_>, likely: &Likely, first: bool) -> Option<(String, Reason)> {
    let kinds = &evidence.terms.people;
    let named = named(evidence, likely);
    let columns = if likely.columns.is_empty() {
        "by its name".to_owned()
    } else {
        format!("has what only people have: {}", likely.columns.join(", "))
    };
    if let Some(kind) = named {
        return Some((kind.clone(), Reason::new(Grade::Weak, columns)));
    }
    let mut all = kinds.keys();
    match (all.next(), all.next()) {
        (Some(only), None) if first && likely.is_likely() && !likely.is_staff => {
            Some((only.clone(), Reason::weak(columns)))
        }
        _ => None,
    }
}

/// How a person of this kind is found in the table.
fn identities(
    evidence: &Evidence<'_>,
    kind: &str,
    table_name: &str,
    table: &Table,
) -> Vec<(String, String)> {
    let known_by = evidence.terms.people.get(kind);
    let mut found: Vec<(String, String)> = Vec::new();
    for identity in known_by.into_iter().flatten() {
        let own = table.columns.iter().find(|column| column.name == *identity);
        let column = match own {
            Some(column) => Some(column.name.as_str()),
            None if is_address(identity) => address(table),
            None => key(kind, identity, table_name, table),
        };
        if let Some(column) = column
            && found.iter().all(|(_, taken)| taken != column)
        {
            found.push((identity.clone(), column.to_owned()));
        }
    }
    found
}

fn is_address(identity: &str) -> bool {
    stems(identity)
        .iter()
        .any(|word| word == "email" || word == "mail")
}

/// The column with the row's own address.
fn address(table: &Table) -> Option<&str> {
    let mut addresses: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| {
            matches!(column.class, Class::Text | Class::Bytes)
                && looks_personal(&column.name, &column.type_name) == Some("contact.email")
        })
        .map(|column| column.name.as_str())
        .collect();
    addresses.sort_by_key(|name| name.len());
    addresses.first().copied()
}

/// `customer_id` is the key of a table of customers, or of the one table that
/// holds them under another name.
fn key<'a>(kind: &str, identity: &str, table_name: &str, table: &'a Table) -> Option<&'a str> {
    let mut about = stems(identity);
    let marked = about
        .pop()
        .is_some_and(|last| last == "id" || last == "uuid");
    let about = about.join("_");
    let own = stems(table_name);
    let fits = about == kind || own.last().is_some_and(|last| *last == about) || about.is_empty();
    match table.primary_key.as_slice() {
        [only] if marked && fits => Some(only),
        _ => None,
    }
}
