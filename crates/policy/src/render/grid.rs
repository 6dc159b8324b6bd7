//! The summary on one screen: what is held, what for, who receives it, how long
//! it is kept.

use std::collections::BTreeSet;

use super::said;
use super::table::Table;
use crate::charter::{Charter, Data, Retention, covers};
use crate::map::Content;
use crate::words::{first_upper, list, plain};

/// One row per kind of data, in the order of their names.
///
/// ```
/// # use candor_policy::charter::Charter;
/// # fn print(charter: &Charter) {
/// println!("{}", candor_policy::render::grid::grid(charter).markdown());
/// # }
/// ```
#[must_use]
pub fn grid(charter: &Charter) -> Table {
    let mut table = Table::new(&["Data", "About", "What for", "Who receives it", "Kept"]);
    for (name, data) in &charter.data {
        let receivers = charter
            .vendors
            .values()
            .filter(|vendor| vendor.receives.contains(name) || vendor.collects.contains(name))
            .map(|vendor| vendor.name.clone());
        let receivers: Vec<String> = receivers.collect();
        let nobody = || "nobody else".to_owned();
        table.rows.push(vec![
            first_upper(&said::data(charter, name)),
            said::each(&data.of, plain),
            said::each(&data.purposes, |purpose| said::purpose(charter, purpose)),
            Some(list(&receivers))
                .filter(|receivers| !receivers.is_empty())
                .unwrap_or_else(nobody),
            kept(charter, name, data),
        ]);
    }
    table
}

/// How long data is kept: by the rules that name it, and by those for tables
/// that hold such data.
pub(super) fn kept(charter: &Charter, name: &str, data: &Data) -> String {
    let mut seen = BTreeSet::new();
    let rules: Vec<String> = charter
        .retention
        .iter()
        .filter(|(rule, retention)| governs(charter, rule, retention, name, data))
        .map(|(rule, retention)| match rule == name {
            true => said::keep(&retention.keep),
            false => format!("{} ({})", said::keep(&retention.keep), plain(rule)),
        })
        .filter(|words| seen.insert(words.clone()))
        .collect();
    match rules.is_empty() {
        true => "not declared".to_owned(),
        false => rules.join("; "),
    }
}

fn governs(charter: &Charter, rule: &str, retention: &Retention, name: &str, data: &Data) -> bool {
    if retention.covers.is_empty() {
        return rule == name;
    }
    retention
        .covers
        .iter()
        .any(|covered| covered == name || holds(charter, covered, data))
}

/// Whether a `source.table` has a column of the data's category.
fn holds(charter: &Charter, covered: &str, data: &Data) -> bool {
    let table = covered.split_once('.').and_then(|(source, table)| {
        let source = charter.sources.get(source)?;
        source.map.tables.get(table)
    });
    table.is_some_and(|table| {
        table.columns.values().any(|column| match &column.content {
            Content::Personal(category) => covers(&data.category, category),
            Content::Key | Content::Plain => false,
        })
    })
}
