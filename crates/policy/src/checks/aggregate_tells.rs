//! CND0414: an aggregate that would tell of people, or that nothing can be
//! counted into.

use super::Facts;
use crate::bundle::ROOT;
use crate::charter::{OnErasure, PEOPLE_MIN, Retention, Tally};
use crate::code::Code;
use crate::diagnostic::{Diagnostic, Severity};
use crate::map::{Content, SourceMap, TableMap};

pub(crate) const CODE: Code = Code {
    id: "CND0414",
    severity: Severity::Error,
    page: include_str!("../../../../docs/diagnostics/cnd0414.md"),
};

/// A key of `aggregate`, what is wrong there, and how to mend it.
type Fault = (&'static str, String, String);

/// Looks at every aggregate beside the map.
pub(crate) fn check(facts: &Facts<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let mut taken: Vec<&str> = Vec::new();
    for (name, retention) in &facts.charter.retention {
        let Some(aggregate) = &retention.aggregate else {
            continue;
        };
        let mut faults = faults(facts, name, retention, aggregate);
        if taken.contains(&aggregate.into.as_str()) {
            let what = format!("another rule counts into `{}` as well", aggregate.into);
            faults.push(("into", what, "give each rule a table of its own".to_owned()));
        }
        taken.push(&aggregate.into);
        for (key, what, help) in faults {
            let at = facts
                .places
                .value(ROOT, &["retention", name, "aggregate", key]);
            diagnostics.push(CODE.at(at, "tells of people", what).with_help(help));
        }
    }
}

fn faults(facts: &Facts<'_>, name: &str, retention: &Retention, aggregate: &Tally) -> Vec<Fault> {
    let mut faults = Vec::new();
    if aggregate.people_min < PEOPLE_MIN {
        faults.push((
            "at_least",
            format!(
                "a line for {} people may tell who they are",
                aggregate.people_min
            ),
            format!("leave `at_least` out, or write {PEOPLE_MIN} or more"),
        ));
    }
    let counted = counted(retention);
    let own = counted.and_then(|(source, table)| {
        let map = &facts.charter.sources.get(source)?.map;
        Some((source, map, map.tables.get(table)?))
    });
    let Some((source, map, table)) = own else {
        let what = format!("`retention.{name}` counts rows of one table, and deletes those alone");
        let help = "name one column under `from`, and only its table under `covers`";
        faults.push(("into", what, help.to_owned()));
        return faults;
    };
    faults.extend(of_rows(map, table, aggregate));
    faults.extend(of_table(source, map, aggregate));
    faults
}

/// Source and table whose rows are counted: the one that the rule is about.
fn counted(retention: &Retention) -> Option<(&str, &str)> {
    let ([from], [covered]) = (&retention.from[..], &retention.covers[..]) else {
        return None;
    };
    let (place, _) = from.rsplit_once('.')?;
    (place == covered).then_some(place)?.split_once('.')
}

/// What is wrong with the rows that are counted.
fn of_rows(map: &SourceMap, table: &TableMap, aggregate: &Tally) -> Vec<Fault> {
    let mut faults = Vec::new();
    for column in &aggregate.by {
        let what = match table.columns.get(column).map(|column| &column.content) {
            Some(Content::Plain) => continue,
            Some(Content::Personal(category)) => {
                format!("`{column}` is personal (`{category}`): a line would tell of somebody")
            }
            Some(Content::Key) => {
                format!("`{column}` is a key: it leads from a line to somebody's row")
            }
            None => format!("`{column}` is no column that the map declares"),
        };
        let help = "count by columns that the map calls `plain`";
        faults.push(("by", what, help.to_owned()));
    }
    for column in &aggregate.sum {
        let what = match table.columns.get(column).map(|column| &column.content) {
            Some(Content::Plain | Content::Personal(_)) => continue,
            Some(Content::Key) => format!("`{column}` is a key, of which a sum says nothing"),
            None => format!("`{column}` is no column that the map declares"),
        };
        let help = "add up columns of numbers that the map declares";
        faults.push(("sum", what, help.to_owned()));
    }
    if table.on_erasure != OnErasure::Delete {
        let what = "the map keeps those rows, so that they would be counted and stay";
        let help = "count rows that go: `on_erasure: delete` in the map";
        faults.push(("into", what.to_owned(), help.to_owned()));
    }
    if !tells_whose(map, table) {
        let what = "no column of those rows says whose they are: ten of them may be one person's";
        let help = "name an identity in the map, or own them by rows that have one";
        faults.push(("at_least", what.to_owned(), help.to_owned()));
    }
    faults
}

/// Whether a column says whose a row is. An edge without a target may: the
/// database knows.
fn tells_whose(map: &SourceMap, table: &TableMap) -> bool {
    let is_person = |name: &String| {
        let named = map.tables.get(name);
        named.is_some_and(|named| !named.identities.is_empty())
    };
    let mut edges = table
        .owned_by
        .iter()
        .filter(|edge| edge.when.is_none() && !edge.is_list && edge.from.len() == 1);
    !table.identities.is_empty()
        || edges.any(|edge| edge.to.as_ref().is_none_or(|to| is_person(&to.table)))
}

/// What is wrong with the table that they are counted into.
fn of_table(source: &str, map: &SourceMap, aggregate: &Tally) -> Vec<Fault> {
    let place = aggregate.into.split_once('.');
    let own = place.filter(|(own, _)| *own == source);
    let Some(table) = own.and_then(|(_, table)| map.tables.get(table)) else {
        let what = format!("`{}` is no table of `{source}` in its map", aggregate.into);
        let help = "declare it in the map of the source whose rows are counted";
        return vec![("into", what, help.to_owned())];
    };
    let wrong = aggregate.columns().filter(|column| {
        let own = table.columns.get(*column);
        own.is_none_or(|own| own.content != Content::Plain)
    });
    let faults = wrong.map(|column| {
        let what = format!("`{}` has no plain column `{column}`", aggregate.into);
        let help = format!("add it to the table, and to the map as `{column}: plain`");
        ("into", what, help)
    });
    faults.collect()
}
