//! The policy: it compiles, its maps name every table and column there is, and
//! its numbers are those the generator obeys.

use candor_policy::charter::{Charter, Keep, SourceKind};
use candor_policy::period::{Period, Unit};
use candor_policy::{Bundle, compile};

use crate::retention::*;
use crate::{Addresses, FILES, Kind, Part, files_for};

fn compiled<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Charter {
    let policy = files.filter_map(|(path, text)| {
        Some((path.strip_prefix("policy/")?.to_owned(), text.to_owned()))
    });
    let compiled = compile(&Bundle::new(policy));
    assert_eq!(compiled.diagnostics, [], "{:#?}", compiled.diagnostics);
    compiled.charter.unwrap()
}

fn charter() -> Charter {
    compiled(FILES.iter().copied())
}

#[test]
fn the_policy_compiles_without_a_word() {
    let charter = charter();
    assert_eq!(charter.organisation.name, "Stackyard Hosting SAS");
}

#[test]
fn every_promise_is_made_by_a_phrase() {
    let silent: Vec<_> = charter()
        .promises
        .into_iter()
        .filter(|promise| promise.phrases.is_empty())
        .collect();
    assert_eq!(silent, []);
}

#[test]
fn the_maps_name_every_table_and_column() {
    let charter = charter();
    for part in [Part::App, Part::Support] {
        let map = &charter.sources[part.name()].map;
        for table in part.tables() {
            let Some(mapped) = map.tables.get(table.name()) else {
                assert!(
                    map.ignored.iter().any(|name| name == table.name()),
                    "{}",
                    table.name()
                );
                continue;
            };
            let mut columns = table.columns().to_vec();
            columns.sort_unstable();
            let mapped: Vec<&str> = mapped.columns.keys().map(String::as_str).collect();
            assert_eq!(mapped, columns, "{}", table.name());
        }
        assert_eq!(map.tables.len() + map.ignored.len(), part.tables().len());
    }
}

#[test]
fn every_mapped_category_is_declared() {
    let charter = charter();
    for source in charter.sources.values() {
        for (table, map) in &source.map.tables {
            for (column, map) in &map.columns {
                if let candor_policy::map::Content::Personal(category) = &map.content {
                    let declared = charter.data_covering(category, Some("customer")).count();
                    assert!(declared > 0, "{table}.{column}: {category}");
                }
            }
        }
    }
}

/// Days of a period, with the shortest month and year.
fn days(period: Period) -> i64 {
    let unit = match period.unit {
        Unit::Days => 1,
        Unit::Weeks => 7,
        Unit::Years => 365,
        unit => panic!("{unit:?} is not used here"),
    };
    i64::from(period.amount) * unit
}

#[test]
fn the_generator_obeys_the_declared_periods() {
    let charter = charter();
    let expected = [
        ("accounts", CLOSED_ACCOUNTS_DAYS),
        ("article_views", ARTICLE_VIEWS_DAYS),
        ("audit_log", AUDIT_LOG_DAYS),
        ("chats", CHATS_DAYS),
        ("console_sessions", CONSOLE_SESSIONS_DAYS),
        ("invitations", INVITATIONS_DAYS),
        ("invoices", 3650),
        ("machine_events", MACHINE_EVENTS_DAYS),
        ("sign_ins", SESSIONS_DAYS),
        ("tickets", TICKETS_DAYS),
        ("usage_events", USAGE_EVENTS_DAYS),
    ];
    let declared: Vec<(&str, i64)> = charter
        .retention
        .iter()
        .map(|(name, rule)| match rule.keep {
            Keep::For(period) => (name.as_str(), days(period)),
            ref keep => panic!("`{name}` is kept {keep:?}"),
        })
        .collect();
    assert_eq!(declared, expected);
    const { assert!(COMPANY_DAYS < 3650) };
}

#[test]
fn every_mapped_table_has_a_period() {
    let charter = charter();
    let covered: Vec<&String> = charter
        .retention
        .values()
        .flat_map(|rule| &rule.covers)
        .collect();
    for (source, declared) in &charter.sources {
        for table in declared.map.tables.keys() {
            assert!(
                covered.contains(&&format!("{source}.{table}")),
                "{source}.{table}"
            );
        }
    }
}

#[test]
fn an_installation_gets_its_own_addresses() {
    let addresses = Addresses {
        kind: Kind::Postgres,
        app: "${PORTAL}",
        support: "postgres://desk@db/stackyard?options=-c%20search_path%3Dsupport",
        privacy: "http://127.0.0.1:7070/",
    };
    let files = files_for(&addresses);
    let charter = compiled(files.iter().map(|(path, text)| (*path, text.as_str())));
    assert_eq!(charter.sources["app"].kind, SourceKind::Postgres.into());
    assert_eq!(charter.sources["app"].url, "${PORTAL}");
    assert_eq!(charter.sources["support"].url, addresses.support);
    let pages = files.iter().filter(|(path, _)| path.ends_with(".html"));
    for (path, text) in pages {
        assert!(text.contains("http://127.0.0.1:7070/"), "{path}");
        assert!(!text.contains("https://"), "{path}");
    }
}
