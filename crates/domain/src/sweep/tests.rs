//! Cut-offs beside a search through every hour, and orders of a small policy.

mod differential;

use candor_policy::charter::{Approval, Data, Keep, OnErasure, Source, SourceKind};
use candor_policy::map::{ColumnMap, SourceMap};

use super::*;
use crate::calendar;
use crate::testing::charter;

fn period(amount: u32, unit: Unit) -> Period {
    Period { amount, unit }
}

/// Every hour of some years around leap days and month ends.
fn hours(from: &str, days: i64) -> impl Iterator<Item = Timestamp> {
    let from: Timestamp = from.parse().unwrap();
    (0..days * 24).map(move |hour| from + SignedDuration::from_hours(hour))
}

#[test]
fn what_is_due_is_before_the_cutoff() {
    let periods = [
        period(36, Unit::Hours),
        period(30, Unit::Days),
        period(2, Unit::Weeks),
        period(1, Unit::Months),
        period(3, Unit::Months),
        period(1, Unit::Years),
    ];
    for ceiling in periods {
        for then in hours("2027-12-20T00:30:00Z", 120) {
            // Due at this very moment.
            let now = calendar::after(then, ceiling);
            let cutoff = Term::from(ceiling).cutoff(now);
            assert!(then < cutoff, "{ceiling}: {then} is due at {now}, {cutoff}");
            // And not long before: at most the lead, and the days that a
            // month's last day stands for.
            let early = now - SignedDuration::from_hours(24 * 5);
            assert!(
                then >= Term::from(ceiling).cutoff(early),
                "{ceiling}: {then}"
            );
        }
    }
}

#[test]
fn nothing_goes_before_its_floor() {
    for floor in [
        period(36, Unit::Hours),
        period(30, Unit::Days),
        period(1, Unit::Months),
        period(1, Unit::Years),
    ] {
        for now in hours("2028-02-20T00:30:00Z", 60) {
            let term = Term {
                floor: Some(floor),
                ..Term::from(floor)
            };
            let cutoff = term.cutoff(now);
            for ago in 1..72 {
                let then = cutoff - SignedDuration::from_hours(ago);
                assert!(
                    calendar::after(then, floor) <= now,
                    "{floor}: {then} at {now}"
                );
            }
        }
    }
}

/// A source `app` with accounts, orders and invoices.
fn declared(rules: &[(&str, Retention)]) -> Charter {
    let column = |content: Content| ColumnMap {
        content,
        erased: None,
        rectify: None,
    };
    let table = |columns: &[(&str, Content)]| TableMap {
        columns: columns
            .iter()
            .map(|(name, content)| ((*name).to_owned(), column(content.clone())))
            .collect(),
        ..TableMap::default()
    };
    let accounts = table(&[
        ("id", Content::Key),
        ("ip", Content::Personal("device.ip".to_owned())),
        ("seen_at", Content::Plain),
    ]);
    let other = table(&[("id", Content::Key)]);
    let mut charter = charter(Approval::Automatic);
    let source = Source {
        kind: SourceKind::Sqlite.into(),
        url: "sqlite:app.db".to_owned(),
        region: None,
        replicas: Vec::new(),
        tenant: None,
        map: SourceMap {
            tables: [
                ("accounts".to_owned(), accounts),
                ("orders".to_owned(), other.clone()),
                ("invoices".to_owned(), other),
            ]
            .into(),
            ..SourceMap::default()
        },
    };
    charter.sources.insert("desk".to_owned(), source.clone());
    charter.sources.insert("app".to_owned(), source);
    let address = Data {
        category: "device".to_owned(),
        ..Data::default()
    };
    charter.data.insert("addresses".to_owned(), address);
    let rules = rules.iter().cloned();
    charter.retention = rules.map(|(name, rule)| (name.to_owned(), rule)).collect();
    charter
}

fn rule(from: &[&str], covers: &[&str]) -> Retention {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Retention {
        keep: Keep::For(period(30, Unit::Days)),
        covers: owned(covers),
        from: owned(from),
        from_end_of: None,
        law: None,
        at_least: None,
        on_erasure: OnErasure::Delete,
        shorter_than: None,
        unless: None,
        on_request: false,
        notice: None,
        aggregate: None,
    }
}

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

#[test]
fn a_rule_becomes_an_order_for_each_source_of_its_anchors() {
    let accounts = rule(
        &["app.accounts.seen_at"],
        &["app.accounts", "app.orders", "desk.accounts"],
    );
    let invoices = Retention {
        at_least: Some(period(10, Unit::Years)),
        ..rule(&["app.invoices.id"], &["app.invoices"])
    };
    let charter = declared(&[("accounts", accounts), ("invoices", invoices)]);
    let rule = super::rule(&charter, "accounts", now()).unwrap();
    assert_eq!(rule.orders.len(), 1);
    assert_eq!(rule.elsewhere, ["desk"]);
    let order = &rule.orders[0];
    assert_eq!(order.source, "app");
    assert_eq!(order.covers, ["accounts", "orders"]);
    assert_eq!(order.floors, ["invoices"]);
    assert_eq!(order.anchors[0].only, [""; 0]);
    assert_eq!(
        order.before,
        "2026-10-23T13:00:00Z".parse::<Timestamp>().unwrap()
    );
}

#[test]
fn a_row_goes_only_under_a_rule_that_names_its_table() {
    let by_data = rule(&["app.accounts.seen_at"], &["addresses"]);
    let by_name = rule(&["app.accounts.seen_at"], &[]);
    let charter = declared(&[
        ("ips", by_data),
        ("addresses", by_name.clone()),
        ("else", by_name),
    ]);
    for name in ["ips", "addresses"] {
        let rule = super::rule(&charter, name, now()).unwrap();
        assert_eq!(rule.orders[0].anchors[0].only, ["ip"], "{name}");
    }
    let refused = super::rule(&charter, "else", now()).unwrap_err();
    assert!(refused.contains("covers neither"), "{refused}");
}

#[test]
fn what_is_kept_until_an_event_goes_within_a_day_of_it() {
    let until = |at_least| Retention {
        keep: Keep::Until("account_closed".to_owned()),
        at_least,
        ..rule(&["app.accounts.seen_at"], &["app.accounts"])
    };
    let year = period(1, Unit::Years);
    let charter = declared(&[("until", until(None)), ("law", until(Some(year)))]);
    let before = |name: &str| super::rule(&charter, name, now()).unwrap().orders[0].before;
    let yesterday = now() - SignedDuration::from_hours(24);
    assert_eq!(before("until"), yesterday + LEAD);
    // Past its purpose, and under a floor: it stays for as long as the law says.
    assert_eq!(before("law"), calendar::before(now(), year));
}

#[test]
fn what_no_column_measures_is_not_swept() {
    let until = Retention {
        keep: Keep::Until("account_closed".to_owned()),
        ..rule(&[], &["app.accounts"])
    };
    let working = Retention {
        keep: Keep::For(period(7, Unit::WorkingDays)),
        ..rule(&["app.accounts.seen_at"], &["app.accounts"])
    };
    let unmapped = rule(&["app.nowhere.at"], &["app.nowhere"]);
    let charter = declared(&[
        ("until", until),
        ("working", working),
        ("unmapped", unmapped),
    ]);
    assert_eq!(
        super::rule(&charter, "until", now()),
        Ok(SweepRule::default())
    );
    for name in ["working", "unmapped", "undeclared"] {
        assert!(super::rule(&charter, name, now()).is_err(), "{name}");
    }
}
