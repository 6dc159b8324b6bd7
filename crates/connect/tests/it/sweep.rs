//! Retention carried out: what is due goes with all that belongs to it, and
//! nothing else does, however the run is cut into batches or interrupted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use candor_connect::{
    SourceError, Sources, SweepBounds, SweepRun, forecast_rule, preview_rule, sweep_rule,
};
use candor_domain::check::{Check, Finding};
use candor_domain::plan::Action;
use candor_domain::sweep::{Anchor, Expiring, SweepOrder, SweepRule, Swept, spans};
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{ReferenceAction, SourceMap};
use candor_policy::period::{Period, Unit};
use jiff::{SignedDuration, Timestamp};

use crate::support::{Mapping as _, World, effect, kinds, map, moment, table};

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

fn ago(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

fn days(amount: u32) -> Period {
    Period {
        amount,
        unit: Unit::Days,
    }
}

/// A rule of ninety days.
pub(crate) fn order(anchors: &[&str], covers: &[&str]) -> SweepOrder {
    SweepOrder {
        rule: "rule".to_owned(),
        source: "app".to_owned(),
        anchors: anchors
            .iter()
            .map(|anchor| {
                let (table, column) = anchor.split_once('.').unwrap();
                Anchor {
                    table: table.to_owned(),
                    column: column.to_owned(),
                    only: Vec::new(),
                }
            })
            .collect(),
        covers: covers.iter().map(|name| (*name).to_owned()).collect(),
        floors: Vec::new(),
        holds: Vec::new(),
        spared: std::collections::BTreeMap::new(),
        term: days(90).into(),
        before: ago(90),
        notice: None,
        aggregate: None,
    }
}

pub(crate) fn small() -> SweepBounds {
    SweepBounds {
        batch_first: 7,
        batch_min: 3,
        batch_max: 11,
        ..SweepBounds::default()
    }
}

pub(crate) fn run(id: &str, bounds: SweepBounds) -> SweepRun<'_> {
    SweepRun {
        id,
        bounds,
        is_stopped: &|| false,
    }
}

async fn swept(world: &World, map: SourceMap, order: &SweepOrder, bounds: SweepBounds) -> Swept {
    let source = world.source(map);
    source.sweep(order, &run("run", bounds)).await.unwrap()
}

/// `count` events, one for each day of the past.
pub(crate) fn events(kind: SourceKind, count: i64) -> String {
    let time = moment(kind);
    let rows: Vec<String> = (0..count)
        .map(|day| format!("({day}, 'p{day}@post.example', '{}')", ago(day)))
        .collect();
    format!(
        "CREATE TABLE event (id bigint PRIMARY KEY, email text NOT NULL, at {time});
         CREATE INDEX event_at ON event (at);
         INSERT INTO event VALUES {}, (-1, 'never@post.example', NULL);",
        rows.join(", ")
    )
}

pub(crate) fn event_map() -> SourceMap {
    map([(
        "event",
        table("id:key email:contact.email at:plain").about("email", "email"),
    )])
}

#[tokio::test]
async fn rows_past_their_time_go_in_batches_and_others_stay() {
    for kind in kinds() {
        let world = World::new(kind, &events(kind, 200)).await;
        let order = order(&["event.at"], &["event"]);
        let source = world.source(event_map());
        let preview = source.sweep_preview(&order).await.unwrap();
        assert_eq!(preview, [effect("event", Action::Delete, 109)], "{kind:?}");
        let swept = swept(&world, event_map(), &order, small()).await;
        assert_eq!(swept.effects, preview, "{kind:?}: preview equals effect");
        assert!(swept.complete && swept.batches > 9, "{kind:?}: {swept:?}");
        // The row without a time, and those whose time has not come.
        assert_eq!(world.count("event").await, 92, "{kind:?}");
        let age = Check::Age {
            source: "app".to_owned(),
            table: "event".to_owned(),
            column: "at".to_owned(),
            period: days(90),
            from_end_of: None,
        };
        assert_eq!(
            source.observe(&age, now()).await.unwrap(),
            Finding::Age {
                overdue_rows: 0,
                oldest: Some(ago(90)),
                replicas: Vec::new(),
            },
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn what_comes_due_within_a_year_is_counted_span_by_span() {
    for kind in kinds() {
        let world = World::new(kind, &events(kind, 200)).await;
        let source = world.source(event_map());
        let sources: Sources<'_> = [("app", &source)].into();
        let rule = SweepRule {
            orders: vec![order(&["event.at"], &["event"])],
            ahead: spans(now(), &days(90).into()),
            ..SweepRule::default()
        };
        let ahead = forecast_rule(&rule, &sources).await.unwrap().ahead;
        let mut from = Timestamp::MIN;
        let expected = rule.ahead.iter().map(|span| {
            let comes_due = |day: &i64| from <= ago(*day) && ago(*day) < span.before;
            let rows = (0..200).filter(comes_due).count();
            from = span.before;
            Expiring {
                unit: span.unit,
                until: span.until,
                rows: u64::try_from(rows).unwrap(),
            }
        });
        let expected: Vec<Expiring> = expected.collect();
        assert_eq!(ahead, expected, "{kind:?}");
        let rows: u64 = ahead.iter().map(|span| span.rows).sum();
        assert_eq!(rows, 200, "{kind:?}: all within a year, and none twice");
    }
}

#[tokio::test]
async fn what_expires_is_foretold() {
    for kind in kinds() {
        let world = World::new(kind, &events(kind, 200)).await;
        let source = world.source(event_map());
        let order = order(&["event.at"], &["event"]);
        let forecast = source.forecast(&order).await.unwrap();
        assert_eq!(forecast.within, [110, 116, 139, 199], "{kind:?}");
        assert_eq!(forecast.oldest, Some(ago(199)), "{kind:?}");
        swept(&world, event_map(), &order, small()).await;
        let forecast = source.forecast(&order).await.unwrap();
        assert_eq!(forecast.within, [1, 7, 30, 90], "{kind:?}");
    }
}

#[tokio::test]
async fn a_run_goes_on_where_it_stopped_and_reports_all_of_it() {
    for kind in kinds() {
        let world = World::new(kind, &events(kind, 200)).await;
        let source = world.source(event_map());
        let order = order(&["event.at"], &["event"]);
        let asked = AtomicUsize::new(0);
        let stopping = SweepRun {
            id: "run",
            bounds: small(),
            is_stopped: &|| asked.fetch_add(1, Ordering::Relaxed) >= 3,
        };
        let first = source.sweep(&order, &stopping).await.unwrap();
        assert!(!first.complete && first.rows() < 40, "{kind:?}: {first:?}");
        let second = source.sweep(&order, &run("run", small())).await.unwrap();
        assert!(second.complete, "{kind:?}");
        assert_eq!(second.rows(), 109, "{kind:?}");
        // The next run counts for itself.
        let third = source.sweep(&order, &run("next", small())).await.unwrap();
        assert_eq!((third.rows(), third.complete), (0, true), "{kind:?}");
        let bounds = SweepBounds {
            rows_max: 10,
            ..small()
        };
        world
            .run(&format!("UPDATE event SET at = '{}'", ago(100)))
            .await;
        let bounded = source.sweep(&order, &run("bounded", bounds)).await.unwrap();
        assert!(!bounded.complete, "{kind:?}");
        assert!((10..=21).contains(&bounded.rows()), "{kind:?}: {bounded:?}");
    }
}

#[tokio::test]
async fn rows_that_somebody_holds_are_left() {
    for kind in kinds() {
        let world = World::new(kind, &events(kind, 200)).await;
        world.run("ALTER TABLE event ADD COLUMN hold boolean").await;
        world
            .run("UPDATE event SET hold = (id = 150) WHERE id > 100")
            .await;
        let map = map([(
            "event",
            table("id:key email:contact.email at:plain hold:plain").about("email", "email"),
        )]);
        let mut order = order(&["event.at"], &["event"]);
        order.holds = vec![("event".to_owned(), "hold".to_owned())];
        let preview = world
            .source(map.clone())
            .sweep_preview(&order)
            .await
            .unwrap();
        let swept = swept(&world, map, &order, small()).await;
        assert_eq!(
            swept.effects,
            [effect("event", Action::Delete, 108)],
            "{kind:?}"
        );
        assert_eq!(swept.effects, preview, "{kind:?}");
        let held = world
            .rows("SELECT CAST(id AS TEXT) FROM event WHERE id = 150")
            .await;
        assert_eq!(held.len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn rows_that_are_locked_wait_for_the_next_run() {
    for kind in kinds() {
        if kind == SourceKind::Sqlite {
            continue;
        }
        let world = World::new(kind, &events(kind, 200)).await;
        let order = order(&["event.at"], &["event"]);
        let holder = world
            .hold("SELECT id FROM event WHERE id = 150 FOR UPDATE")
            .await;
        let swept = swept(&world, event_map(), &order, small()).await;
        assert!(!swept.complete, "{kind:?}");
        assert_eq!(swept.rows(), 108, "{kind:?}");
        holder.release().await;
        let rest = world.source(event_map());
        let rest = rest.sweep(&order, &run("next", small())).await.unwrap();
        assert_eq!((rest.rows(), rest.complete), (1, true), "{kind:?}");
    }
}

/// Accounts of tenants that go with their last account, with orders, invoices
/// that stay without the person, and invitations between accounts.
fn accounts(kind: SourceKind) -> String {
    let time = moment(kind);
    let (long_ago, recently) = (ago(100), ago(10));
    format!(
        "CREATE TABLE tenant (id bigint PRIMARY KEY, name text NOT NULL);
         CREATE TABLE account (id bigint PRIMARY KEY, tenant_id bigint NOT NULL REFERENCES tenant (id),
           email text NOT NULL, referred_by bigint REFERENCES account (id), closed_at {time});
         CREATE TABLE purchase (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES account (id), what text);
         CREATE TABLE invoice (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), name text NOT NULL, issued_at {time});
         CREATE INDEX account_tenant ON account (tenant_id);
         CREATE INDEX account_referred ON account (referred_by);
         CREATE INDEX account_closed ON account (closed_at);
         CREATE INDEX purchase_account ON purchase (account_id);
         CREATE INDEX invoice_account ON invoice (account_id);
         INSERT INTO tenant VALUES (1, 'one'), (2, 'two'), (3, 'three');
         INSERT INTO account VALUES (1, 1, 'a@post.example', NULL, '{long_ago}'), (2, 1, 'b@post.example', 1, NULL),
           (3, 2, 'c@post.example', NULL, '{long_ago}'), (4, 2, 'd@post.example', 3, '{long_ago}'),
           (5, 3, 'e@post.example', 4, '{recently}');
         INSERT INTO purchase VALUES (1, 1, 'x'), (2, 2, 'x'), (3, 3, 'x'), (4, 4, 'x'), (5, 4, 'x'), (6, 5, 'x');
         INSERT INTO invoice VALUES (1, 1, 'a', '{long_ago}'), (2, 2, 'b', '{recently}'), (3, 4, 'd', '{recently}'), (4, NULL, 'gone', '{long_ago}');"
    )
}

fn account_map() -> SourceMap {
    map([
        (
            "tenant",
            table("id:key name:contact.organization").last_of("account.tenant_id"),
        ),
        (
            "account",
            table("id:key tenant_id:key email:contact.email referred_by:key closed_at:plain")
                .about("email", "email")
                .references("referred_by", ReferenceAction::Unlink),
        ),
        (
            "purchase",
            table("id:key account_id:key what:behavior.purchase").owned("account_id"),
        ),
        (
            "invoice",
            table("id:key account_id:key name:name!gone issued_at:plain")
                .owned("account_id")
                .on_erasure(OnErasure::Pseudonymise),
        ),
    ])
}

#[tokio::test]
async fn a_closed_account_goes_with_all_that_is_its_own() {
    for kind in kinds() {
        let order = order(&["account.closed_at"], &["account", "tenant", "purchase"]);
        let world = World::new(kind, &accounts(kind)).await;
        let preview = world
            .source(account_map())
            .sweep_preview(&order)
            .await
            .unwrap();
        let all = swept(&world, account_map(), &order, SweepBounds::default()).await;
        assert_eq!(all.effects, preview, "{kind:?}: preview equals effect");
        assert!(all.complete, "{kind:?}");
        let expected = [
            effect("account", Action::Delete, 3),
            effect("account", Action::Unlink, 2),
            effect("invoice", Action::Pseudonymise, 2),
            effect("purchase", Action::Delete, 4),
            effect("tenant", Action::Delete, 1),
        ];
        assert_eq!(all.effects, expected, "{kind:?}");
        let whole = state(&world).await;
        assert_eq!(
            whole,
            [
                "account 2 1 b@post.example -",
                "account 5 3 e@post.example -",
                "invoice 1 - gone",
                "invoice 2 2 b",
                "invoice 3 - gone",
                "invoice 4 - gone",
                "purchase 2",
                "purchase 6",
                "tenant 1",
                "tenant 3",
            ],
            "{kind:?}"
        );
        // One row at a time ends the same.
        let world = World::new(kind, &accounts(kind)).await;
        let one = SweepBounds {
            batch_first: 1,
            batch_min: 1,
            batch_max: 1,
            ..SweepBounds::default()
        };
        let each = swept(&world, account_map(), &order, one).await;
        assert!(each.batches >= 3, "{kind:?}");
        assert_eq!(state(&world).await, whole, "{kind:?}");
    }
}

async fn state(world: &World) -> Vec<String> {
    let rows = world
        .rows(
            "SELECT 'account ' || id || ' ' || tenant_id || ' ' || email || ' ' || coalesce(CAST(referred_by AS TEXT), '-') FROM account
             UNION ALL SELECT 'tenant ' || id FROM tenant UNION ALL SELECT 'purchase ' || id FROM purchase
             UNION ALL SELECT 'invoice ' || id || ' ' || coalesce(CAST(account_id AS TEXT), '-') || ' ' || name FROM invoice
             ORDER BY 1",
        )
        .await;
    rows.concat().into_iter().flatten().collect()
}

#[tokio::test]
async fn rows_that_stay_lose_the_person_once() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind)).await;
        world
            .run("CREATE INDEX invoice_issued ON invoice (issued_at)")
            .await;
        let order = order(&["invoice.issued_at"], &["invoice"]);
        let source = world.source(account_map());
        let preview = source.sweep_preview(&order).await.unwrap();
        let swept = source.sweep(&order, &run("run", small())).await.unwrap();
        // The fourth is old and says nothing about anybody any more.
        let expected = effect("invoice", Action::Pseudonymise, 1).rows;
        assert_eq!(swept.rows(), expected, "{kind:?}: {swept:?}");
        assert_eq!(swept.effects, preview, "{kind:?}");
        assert!(swept.complete, "{kind:?}");
        let age = Check::Age {
            source: "app".to_owned(),
            table: "invoice".to_owned(),
            column: "issued_at".to_owned(),
            period: days(90),
            from_end_of: None,
        };
        let found = source.observe(&age, now()).await.unwrap();
        assert!(
            matches!(
                found,
                Finding::Age {
                    overdue_rows: 0,
                    ..
                }
            ),
            "{kind:?}: {found:?}"
        );
        let names = world.rows("SELECT name FROM invoice ORDER BY id").await;
        let names: Vec<String> = names.concat().into_iter().flatten().collect();
        assert_eq!(names, ["gone", "b", "d", "gone"], "{kind:?}");
    }
}

#[tokio::test]
async fn what_a_law_keeps_stays() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind)).await;
        let mut map = account_map();
        map.tables.get_mut("invoice").unwrap().on_erasure = OnErasure::Delete;
        let mut order = order(&["account.closed_at"], &["account"]);
        order.floors = vec!["invoice".to_owned()];
        swept(&world, map.clone(), &order, small()).await;
        let invoices = world.rows("SELECT name FROM invoice ORDER BY id").await;
        let invoices: Vec<String> = invoices.concat().into_iter().flatten().collect();
        assert_eq!(invoices, ["a", "b", "d", "gone"], "{kind:?}");
        // A rule that starts there could do nothing.
        let mut own = order.clone();
        own.anchors[0].table = "invoice".to_owned();
        own.anchors[0].column = "issued_at".to_owned();
        let refused = world.source(map).sweep(&own, &run("run", small())).await;
        assert!(
            matches!(refused, Err(SourceError::Refused { .. })),
            "{kind:?}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn mere_columns_are_emptied_and_their_rows_stay() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind)).await;
        let mut map = account_map();
        let email = map
            .tables
            .get_mut("account")
            .unwrap()
            .columns
            .get_mut("email");
        email.unwrap().erased = Some("erased".to_owned());
        let mut order = order(&["account.closed_at"], &[]);
        order.anchors[0].only = vec!["email".to_owned()];
        let preview = world
            .source(map.clone())
            .sweep_preview(&order)
            .await
            .unwrap();
        let swept = swept(&world, map, &order, small()).await;
        assert_eq!(swept.rows(), 3, "{kind:?}");
        assert_eq!(swept.effects, preview, "{kind:?}");
        assert_eq!(world.count("account").await, 5, "{kind:?}");
        assert_eq!(world.count("purchase").await, 6, "{kind:?}");
        assert_eq!(
            world.count("account WHERE email = 'erased'").await,
            3,
            "{kind:?}"
        );
    }
}

#[tokio::test]
async fn a_rule_that_covers_what_it_does_not_reach_is_refused() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind)).await;
        let order = order(&["purchase.what"], &["tenant"]);
        let source = world.source(account_map());
        let refused = source.sweep(&order, &run("run", small())).await;
        assert!(
            matches!(refused, Err(SourceError::Refused { .. })),
            "{kind:?}: {refused:?}"
        );
        let mut missing = order.clone();
        missing.anchors[0].column = "nowhere".to_owned();
        let drift = source.sweep(&missing, &run("run", small())).await;
        assert!(
            matches!(drift, Err(SourceError::Drift { .. })),
            "{kind:?}: {drift:?}"
        );
        assert_eq!(world.count("purchase").await, 6, "{kind:?}");
    }
}

#[tokio::test]
async fn a_missing_index_is_named_before_anything_is_done() {
    for kind in kinds() {
        let bounds = SweepBounds {
            scan_bytes_max: 0,
            ..small()
        };
        let world = World::new(kind, &events(kind, 200)).await;
        let source = world.source(event_map());
        let order = order(&["event.at"], &["event"]);
        let fine = source.sweep(&order, &run("run", bounds)).await;
        assert!(fine.is_ok(), "{kind:?}: {fine:?}");
        let world = World::new(kind, &events(kind, 200)).await;
        world.run("DROP INDEX event_at").await;
        let source = world.source(event_map());
        let refused = source
            .sweep(&order, &run("run", bounds))
            .await
            .unwrap_err()
            .to_string();
        let refused = refused.replace('`', "\"");
        assert!(refused.contains("CREATE INDEX"), "{kind:?}: {refused}");
        assert!(
            refused.contains("ON \"event\" (\"at\")"),
            "{kind:?}: {refused}"
        );
        assert_eq!(world.count("event").await, 201, "{kind:?}");

        // An edge without an index, in a rule that follows it. MariaDB keeps the
        // index of a foreign key.
        if kind == SourceKind::Mysql {
            continue;
        }
        let world = World::new(kind, &accounts(kind)).await;
        let source = world.source(account_map());
        let order = self::order(&["account.closed_at"], &["account"]);
        world.run("DROP INDEX purchase_account").await;
        let refused = source
            .sweep(&order, &run("run", bounds))
            .await
            .unwrap_err()
            .to_string()
            .replace('`', "\"");
        assert!(
            refused.contains("\"purchase\" (\"account_id\")"),
            "{kind:?}: {refused}"
        );
        assert_eq!(world.count("account").await, 5, "{kind:?}");
        world
            .run("CREATE INDEX purchase_account ON purchase (account_id)")
            .await;
        let fine = source.sweep(&order, &run("run", bounds)).await;
        assert!(fine.is_ok(), "{kind:?}: {fine:?}");
    }
}

#[tokio::test]
async fn partitions_that_are_over_are_dropped_whole() {
    for kind in kinds() {
        if kind != SourceKind::Postgres {
            continue;
        }
        let months = [
            "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2026-12",
        ];
        let partitions: Vec<String> = months
            .windows(2)
            .enumerate()
            .map(|(place, month)| {
                format!(
                    "CREATE TABLE event_{place} PARTITION OF event FOR VALUES FROM ('{}-01') TO ('{}-01');",
                    month[0], month[1]
                )
            })
            .collect();
        let rows: Vec<String> = (0..170)
            .map(|day| format!("({day}, 'p{day}@post.example', '{}')", ago(day)))
            .collect();
        let schema = format!(
            "CREATE TABLE event (id bigint NOT NULL, email text NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
             {} CREATE INDEX event_at ON event (at); INSERT INTO event VALUES {};",
            partitions.concat(),
            rows.join(", ")
        );
        let world = World::new(kind, &schema).await;
        let order = order(&["event.at"], &["event"]);
        let source = world.source(event_map());
        let preview = source.sweep_preview(&order).await.unwrap();
        assert_eq!(preview, [effect("event", Action::Delete, 79)]);
        let bounds = SweepBounds {
            scan_bytes_max: 0,
            ..small()
        };
        let swept = source.sweep(&order, &run("run", bounds)).await.unwrap();
        // June and July are over; of August some days are left.
        assert_eq!(swept.partitions, ["event_0", "event_1"]);
        assert_eq!(swept.effects, preview);
        assert!(swept.complete);
        assert_eq!(world.count("event").await, 91);
        assert_eq!(world.count("event_2").await, 8);
    }
}

#[tokio::test]
async fn a_schema_that_changes_meanwhile_is_read_again() {
    for kind in kinds() {
        let world = World::new(kind, &events(kind, 200)).await;
        let source = world.source(event_map());
        let order = order(&["event.at"], &["event"]);
        source.sweep_preview(&order).await.unwrap();
        world.run("ALTER TABLE event ADD COLUMN phone text").await;
        let drift = source.sweep(&order, &run("run", small())).await;
        assert!(
            matches!(drift, Err(SourceError::Drift { .. })),
            "{kind:?}: {drift:?}"
        );
        assert_eq!(world.count("event").await, 201, "{kind:?}");
    }
}

#[tokio::test]
async fn times_of_every_kind_are_understood() {
    for kind in kinds() {
        let types: &[(&str, bool)] = match kind {
            SourceKind::Mysql => &[
                ("timestamp NULL", false),
                ("datetime(3)", false),
                ("date", false),
                ("bigint", true),
                ("bigint unsigned", true),
            ],
            SourceKind::Postgres => &[
                ("timestamptz", false),
                ("timestamp", false),
                ("date", false),
                ("bigint", true),
            ],
            SourceKind::Sqlite => &[
                ("TEXT", false),
                ("TIMESTAMP", false),
                ("INTEGER", true),
                ("REAL", true),
            ],
        };
        for (type_name, is_number) in types {
            let value = |at: Timestamp, in_milliseconds: bool| match (is_number, in_milliseconds) {
                (true, true) => at.as_millisecond().to_string(),
                (true, false) => at.as_second().to_string(),
                (false, _) => format!("'{at}'"),
            };
            let world = World::new(
                kind,
                &format!(
                    "CREATE TABLE event (id bigint PRIMARY KEY, email text NOT NULL, at {type_name});
                     CREATE INDEX event_at ON event (at);
                     INSERT INTO event VALUES (1, 'a', {}), (2, 'b', {}), (3, 'c', {}), (4, 'd', NULL), (5, 'e', {});",
                    value(ago(92), false),
                    value(ago(92), true),
                    value(ago(88), false),
                    value(ago(88), true)
                ),
            )
            .await;
            let order = order(&["event.at"], &["event"]);
            let bounds = SweepBounds {
                scan_bytes_max: 0,
                ..small()
            };
            let swept = swept(&world, event_map(), &order, bounds).await;
            assert_eq!(swept.rows(), 2, "{kind:?} {type_name}");
            assert_eq!(
                world.count("event WHERE id IN (3, 4, 5)").await,
                3,
                "{kind:?} {type_name}"
            );
        }
    }
}

#[tokio::test]
async fn two_sweeps_at_once_take_each_row_once() {
    for kind in kinds() {
        let world = World::new(kind, &events(kind, 2_000)).await;
        let order = order(&["event.at"], &["event"]);
        let (one, other) = (world.source(event_map()), world.source(event_map()));
        let bounds = SweepBounds {
            transaction: Duration::from_millis(2),
            ..small()
        };
        let (run_one, run_other) = (run("same", bounds), run("same", bounds));
        let (left, right) =
            tokio::join!(one.sweep(&order, &run_one), other.sweep(&order, &run_other));
        let most = left.unwrap().rows().max(right.unwrap().rows());
        assert_eq!(most, 1_909, "{kind:?}");
        assert_eq!(world.count("event").await, 92, "{kind:?}");
    }
}

#[tokio::test]
async fn what_other_sources_hold_of_the_people_goes_first() {
    for kind in kinds() {
        let world = World::new(kind, &accounts(kind)).await;
        let desk = World::new(
            SourceKind::Sqlite,
            "CREATE TABLE contact (id integer PRIMARY KEY, email text NOT NULL, name text);
             INSERT INTO contact VALUES (1, 'a@post.example', 'a'), (2, 'b@post.example', 'b'), (3, 'D@post.example', 'd'), (4, 'z@post.example', 'z');",
        )
        .await;
        let contacts = map([(
            "contact",
            table("id:key email:contact.email name:name").about("email", "email"),
        )]);
        let limits = candor_connect::Limits::default();
        let other = candor_connect::Source::open("desk", desk.kind, &desk.url, contacts, limits);
        let (own, other) = (world.source(account_map()), other.unwrap());
        let sources: Sources<'_> = [("app", &own), ("desk", &other)].into();
        let rule = SweepRule {
            orders: vec![order(&["account.closed_at"], &["account"])],
            elsewhere: vec!["desk".to_owned()],
            holds: Vec::new(),
            ahead: Vec::new(),
        };
        let preview = preview_rule(&rule, &sources).await.unwrap();
        // Stopped before the accounts went: nothing is lost.
        let stopped = SweepRun {
            is_stopped: &|| true,
            ..run("run", small())
        };
        let swept = sweep_rule(&rule, &sources, &stopped).await.unwrap();
        assert!(
            swept["app"].stopped && swept["app"].rows() == 0,
            "{kind:?}: {swept:?}"
        );
        assert_eq!(desk.count("contact").await, 2, "{kind:?}");
        let swept = sweep_rule(&rule, &sources, &run("run", small()))
            .await
            .unwrap();
        for (source, effects) in preview {
            assert_eq!(swept[&source].effects, effects, "{kind:?} {source}");
            assert!(swept[&source].complete, "{kind:?} {source}");
        }
        assert_eq!(
            swept["desk"].effects,
            [effect("contact", Action::Delete, 2)]
        );
        let left = desk.rows("SELECT email FROM contact ORDER BY id").await;
        let left: Vec<String> = left.concat().into_iter().flatten().collect();
        assert_eq!(left, ["b@post.example", "z@post.example"], "{kind:?}");
        assert_eq!(world.count("account").await, 2, "{kind:?}");
    }
}
