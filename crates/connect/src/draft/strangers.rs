//! Rows of people whom nobody declared: a birth date or a first name says that
//! a row is somebody, whatever its table is called. What hangs on such rows is
//! about them, too, and its texts are asked about rather than passed over. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::Evidence;
use super::candidates::is_own;
use super::lead::Leads;
use super::{DraftColumn, Grade};

/// Categories that only people's rows have; companies have addresses, too.
const ONLY_PEOPLE: [&str; 5] = [
    "name.first",
    "name.last",
    "demographic",
    "government_id",
    "health",
];

/// Tables with rows of such people, and those that hang on them.
pub(super) fn strangers<'a>(
    evidence: &Evidence<'a>,
    leads: &Leads<'_>,
    columns: &BTreeMap<&'a str, Vec<DraftColumn>>,
) -> BTreeSet<&'a str> {
    let tables = evidence.catalogue.tables.iter();
    let open: Vec<&str> = tables
        .filter(|(name, table)| {
            is_own(table) && !leads.is_reached(name) && !evidence.known.ignored.contains(*name)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    // Tables that look like people are asked about as such.
    let is_asked = |name: &str| evidence.people.iter().any(|own| own.table == name);
    let holds = |name: &str| {
        let own = columns.get(name).into_iter().flatten();
        own.filter_map(|column| column.content.as_deref())
            .any(|own| {
                ONLY_PEOPLE
                    .iter()
                    .any(|only| candor_policy::charter::covers(only, own))
            })
    };
    let mut found: BTreeSet<&str> = open
        .iter()
        .copied()
        .filter(|name| !is_asked(name) && holds(name))
        .collect();
    // Each round finds another table or is the last.
    for _ in 0..open.len() {
        let hangs = |name: &&str| {
            let mut own = leads.of(name).iter();
            own.any(|lead| lead.hangs() && found.contains(lead.target))
        };
        let next: Vec<&str> = open
            .iter()
            .copied()
            .filter(|name| !found.contains(name) && !is_asked(name))
            .filter(hangs)
            .collect();
        if next.is_empty() {
            break;
        }
        found.extend(next);
    }
    found
}

impl super::lead::Lead<'_> {
    /// Whether a row is about the row it names.
    fn hangs(&self) -> bool {
        self.reason.grade != Grade::Undetermined && !self.is_aside() && !self.is_list
    }
}
