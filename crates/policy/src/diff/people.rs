//! Whom a change concerns, who must be told, and whose consent is asked again.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Change;
use super::direction::Direction;
use crate::charter::{Basis, Charter, Vendor};
use crate::promise::{Family, Promise};
use crate::words::{list, plain};

/// A purpose on consent that became wider: whoever agreed agreed to less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskAgain {
    /// Name of the purpose.
    pub purpose: String,
    /// Why, in words, one per reason.
    pub because: Vec<String>,
    /// Kinds of people whose data is used for it.
    pub people: Vec<String>,
}

/// The kinds of people a promise concerns. Where it can't be told, everybody.
pub(super) fn concerned(charter: &Charter, promise: &Promise) -> BTreeSet<String> {
    let name = promise.name.as_str();
    let found = match promise.family {
        Family::Collect => about(charter, &[name.to_owned()]),
        Family::Purpose | Family::Mail | Family::Consent => used_for(charter, name),
        Family::Share => match charter.vendors.get(name) {
            Some(vendor) => about(charter, &vendor.receives),
            None => BTreeSet::new(),
        },
        Family::Retain => kept(charter, name),
        Family::Role => BTreeSet::from([name.to_owned()]),
        _ => BTreeSet::new(),
    };
    match found.is_empty() {
        true => charter.people.keys().cloned().collect(),
        false => found,
    }
}

fn about(charter: &Charter, data: &[String]) -> BTreeSet<String> {
    data.iter()
        .filter_map(|name| charter.data.get(name))
        .flat_map(|data| data.of.iter().cloned())
        .collect()
}

fn used_for(charter: &Charter, purpose: &str) -> BTreeSet<String> {
    charter
        .data
        .values()
        .filter(|data| data.purposes.iter().any(|known| known == purpose))
        .flat_map(|data| data.of.iter().cloned())
        .collect()
}

/// Whose data a retention rule governs: that of the declared data, or of
/// everybody a source has rows about.
fn kept(charter: &Charter, rule: &str) -> BTreeSet<String> {
    governed(charter, rule)
        .iter()
        .flat_map(|name| {
            let tables = name
                .split_once('.')
                .and_then(|(source, _)| charter.sources.get(source))
                .map(|source| source.map.tables.values());
            let kinds = tables.into_iter().flatten();
            let kinds = kinds.filter_map(|table| table.about.clone());
            kinds.chain(about(charter, std::slice::from_ref(name)))
        })
        .collect()
}

/// Names of the data, or `source.table`, that a retention rule governs.
pub(super) fn governed(charter: &Charter, rule: &str) -> Vec<String> {
    match charter.retention.get(rule) {
        Some(retention) if !retention.covers.is_empty() => retention.covers.clone(),
        _ => vec![rule.to_owned()],
    }
}

/// Purposes on consent that became wider.
pub(super) fn ask_again(before: &Charter, after: &Charter, changes: &[Change]) -> Vec<AskAgain> {
    after
        .purposes
        .iter()
        .filter(|(_, purpose)| purpose.basis == Basis::Consent)
        .filter_map(|(name, _)| {
            let because = wider(before, after, changes, name);
            (!because.is_empty()).then(|| AskAgain {
                purpose: name.clone(),
                because,
                people: used_for(after, name).into_iter().collect(),
            })
        })
        .collect()
}

/// What a person who agreed to a purpose has not agreed to.
fn wider(before: &Charter, after: &Charter, changes: &[Change], name: &str) -> Vec<String> {
    let Some(earlier) = before.purposes.get(name) else {
        return vec!["the purpose is new".to_owned()];
    };
    if earlier.basis != Basis::Consent {
        return vec!["nobody was asked before".to_owned()];
    }
    let itself = changes
        .iter()
        .filter(|change| change.family == Family::Purpose && change.name == name)
        .flat_map(|change| &change.fields)
        .filter(|field| matches!(field.direction, Direction::Weaker | Direction::Incomparable))
        .map(|field| field.reason.clone());
    let data = gained(&data_for(before, name), &data_for(after, name))
        .map(|data| format!("also uses {data}"));
    let recipients =
        new_recipients(before, after, name).map(|recipients| format!("also goes to {recipients}"));
    itself.chain(data).chain(recipients).collect()
}

fn data_for(charter: &Charter, purpose: &str) -> BTreeSet<String> {
    charter
        .data
        .iter()
        .filter(|(_, data)| data.purposes.iter().any(|known| known == purpose))
        .map(|(name, _)| plain(name))
        .collect()
}

/// Vendors that receive something for a purpose that they did not receive.
fn new_recipients(before: &Charter, after: &Charter, purpose: &str) -> Option<String> {
    let serves = |vendor: &&Vendor| vendor.purposes.iter().any(|known| known == purpose);
    let new: Vec<String> = after
        .vendors
        .iter()
        .filter(|(_, vendor)| serves(vendor))
        .filter_map(|(key, vendor)| {
            let Some(earlier) = before.vendors.get(key).filter(serves) else {
                return Some(vendor.name.clone());
            };
            let more = vendor.receives.iter();
            let more = more.filter(|data| !earlier.receives.contains(data));
            let more: Vec<String> = more.map(|data| plain(data)).collect();
            (!more.is_empty()).then(|| format!("{} ({})", vendor.name, list(&more)))
        })
        .collect();
    (!new.is_empty()).then(|| list(&new))
}

fn gained(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<String> {
    let gained: Vec<&String> = after.difference(before).collect();
    (!gained.is_empty()).then(|| list(&gained))
}
