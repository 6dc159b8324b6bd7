//! The summary on one screen: what is held, what for, who receives it, how long
//! it is kept.

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
    let mut periods: Vec<(String, Vec<String>)> = Vec::new();
    for (rule, retention) in rules(charter, name, data) {
        let words = said::keep(&retention.keep);
        let found = periods.iter().position(|(known, _)| *known == words);
        let known = found.and_then(|place| periods.get_mut(place));
        match known {
            Some((_, of)) => of.push(plain(rule)),
            None => periods.push((words, vec![plain(rule)])),
        }
    }
    let periods = periods.iter().map(|(period, of)| match of.as_slice() {
        [only] if *only == plain(name) => period.clone(),
        of => format!("{period} ({})", of.join(", ")),
    });
    let periods: Vec<String> = periods.collect();
    match periods.is_empty() {
        true => "not declared".to_owned(),
        false => periods.join("; "),
    }
}

/// The retention rules that govern data.
pub(super) fn rules<'c>(
    charter: &'c Charter,
    name: &'c str,
    data: &'c Data,
) -> impl Iterator<Item = (&'c String, &'c Retention)> {
    let rules = charter.retention.iter();
    rules.filter(move |(rule, retention)| governs(charter, rule, retention, name, data))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::tests::examples::{DECLARATION, charter};

    #[test]
    fn rules_of_one_period_are_named_together() {
        let declared = DECLARATION.replace(
            "  pages: { for: 1 year }\n",
            "  pages: { for: 1 year }\n  views: { for: 1 year, covers: [pages] }\n  \
             log: { for: 90 days, covers: [pages] }\n",
        );
        let table = grid(&charter(&declared));
        let kept = |data: &str| {
            let row = table.rows.iter().find(|row| row[0] == data);
            row.unwrap()[4].clone()
        };
        assert_eq!(kept("Email"), "90 days");
        assert_eq!(kept("Pages"), "90 days (log); 1 year (pages, views)");
        assert_eq!(kept("Language"), "not declared");
    }
}
