//! Retention carried out on the real example: verdicts that turn with the
//! world, the command, and a server that is killed in between.

use std::process::Command;
use std::time::Instant;

use candor_seal::entry::Entry;
use jiff::SignedDuration;
use serde_json::Value;
use stackyard::Database;

use crate::promises::{Watched, run};
use crate::world::{PATIENCE, World, policy_files};

const RULES: [&str; 11] = [
    "accounts",
    "article_views",
    "audit_log",
    "chats",
    "console_sessions",
    "invitations",
    "invoices",
    "machine_events",
    "sign_ins",
    "tickets",
    "usage_events",
];

async fn count(database: &Database, what: &'static str) -> i64 {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {what}"));
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_is_kept_where_it_is_carried_out() {
    let watched = Watched::swept().await;
    for rule in RULES {
        let (verdict, why) = watched.verdict(&format!("retain.{rule}")).await;
        assert_eq!(verdict, "kept", "{rule}: {why}");
    }
    // Days later as well: what comes of age has gone before.
    for _ in 0..72 {
        watched.clock.forward(SignedDuration::from_hours(1));
        watched.work().await;
    }
    for rule in RULES {
        let (verdict, why) = watched.verdict(&format!("retain.{rule}")).await;
        assert_eq!(verdict, "kept", "{rule}: {why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_where_it_is_not_carried_out() {
    let watched = Watched::new().await;
    let before = count(&watched.world.app, "usage_events").await;
    watched.clock.forward(SignedDuration::from_hours(24 * 40));
    watched.work().await;
    assert_eq!(count(&watched.world.app, "usage_events").await, before);
    let (verdict, why) = watched.verdict("retain.usage_events").await;
    assert_eq!(verdict, "broken", "{why}");
    let view = watched.service.retention().await.unwrap();
    assert!(!view.carried_out);
    let rule = view
        .rules
        .iter()
        .find(|rule| rule.promise.name == "usage_events");
    let (_, found) = rule.unwrap().last.clone().unwrap();
    assert!(!found.effects["app"].is_empty(), "what would go is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdue_row_goes_with_the_next_sweep() {
    let watched = Watched::swept().await;
    watched
        .app("UPDATE usage_events SET occurred_at = '2020-01-01T00:00:00Z' WHERE id = (SELECT min(id) FROM usage_events)")
        .await;
    let (verdict, why) = watched.verdict("retain.usage_events").await;
    assert_eq!(verdict, "kept", "{why}");
    assert_eq!(
        count(
            &watched.world.app,
            "usage_events WHERE occurred_at < '2021'"
        )
        .await,
        0
    );
    let size = watched.service.ledger().await.unwrap().size;
    assert!(size > 0, "the run is in the ledger");
}

/// The example, whose usage is counted by month before it goes.
async fn counting() -> Watched {
    let mut world = World::new(30).await;
    world.sweep = true;
    let table =
        "CREATE TABLE usage_monthly (month TEXT NOT NULL, name TEXT, counted INTEGER NOT NULL)";
    run(&world.app, table).await;
    let mut files = policy_files();
    for (path, text) in &mut files {
        let changes: &[[&str; 2]] = match path.as_str() {
            "candor.yaml" => &[[
                "covers: [app.usage_events] }",
                "covers: [app.usage_events], aggregate: { into: app.usage_monthly, per: month, by: name } }",
            ]],
            "maps/app.yaml" => &[
                [
                    "  usage_events:\n",
                    "  usage_monthly: { columns: { month: plain, name: plain, counted: plain } }\n  usage_events:\n",
                ],
                [
                    "      name: telemetry\n      payload",
                    "      name: plain\n      payload",
                ],
            ],
            _ => &[],
        };
        for [from, to] in changes {
            assert!(text.contains(from), "{path}: {from}");
            *text = text.replace(from, to);
        }
    }
    Watched::under(world, files).await
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_counted_before_they_go_and_a_line_of_few_breaks_the_promise() {
    let watched = counting().await;
    let promise = "retain.usage_events";
    let before = count(&watched.world.app, "usage_events").await;
    watched
        .app("UPDATE usage_events SET name = 'seen', occurred_at = '2026-05-07T10:00:00Z'")
        .await;
    watched.clock.forward(SignedDuration::from_hours(1));
    watched.work().await;
    assert_eq!(count(&watched.world.app, "usage_events").await, 0);
    let lines = "usage_monthly WHERE month = '2026-05-01' AND name = 'seen'";
    assert_eq!(count(&watched.world.app, lines).await, 1);
    let all = format!("usage_monthly WHERE counted = {before}");
    let all: &'static str = all.leak();
    assert_eq!(count(&watched.world.app, all).await, 1, "all of them");
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "kept", "{why}");
    // Somebody writes a line of their own, which tells of three.
    for (sql, expected) in [
        (
            "INSERT INTO usage_monthly VALUES ('2026-05-01', 'rare', 3)",
            "broken",
        ),
        ("DELETE FROM usage_monthly WHERE counted = 3", "kept"),
    ] {
        watched.app(sql).await;
        watched.clock.forward(SignedDuration::from_hours(1));
        watched.work().await;
        let (verdict, why) = watched.verdict(promise).await;
        assert_eq!(verdict, expected, "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweeper_that_stops_puts_its_promises_at_risk_and_then_breaks_them() {
    let mut watched = Watched::swept().await;
    let promise = "retain.usage_events";
    assert_eq!(watched.verdict(promise).await.0, "kept");
    // Another process, which only looks.
    watched.world.sweep = false;
    watched.restart().await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "at_risk", "{why}");
    watched.clock.forward(SignedDuration::from_hours(24 * 40));
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "{why}");
    watched.world.sweep = true;
    watched.restart().await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "kept", "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_without_its_index_is_refused_and_says_which() {
    let watched = Watched::swept().await;
    let promise = "retain.article_views";
    assert_eq!(watched.verdict(promise).await.0, "kept");
    // Large enough for the gate.
    run(
        &watched.world.support,
        "DROP INDEX article_views_viewed_at;
         INSERT INTO article_views (email, slug, viewed_at)
           WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 200000)
           SELECT NULL, 'x', '2026-11-10T00:00:00Z' FROM n;
         UPDATE article_views SET viewed_at = '2026-06-01T00:00:00Z' WHERE rowid = 1;",
    )
    .await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "at_risk", "{why}");
    assert!(why.contains("CREATE INDEX"), "{why}");
    run(
        &watched.world.support,
        "CREATE INDEX article_views_viewed_at ON article_views (viewed_at)",
    )
    .await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "kept", "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_goes_from_every_database() {
    let watched = Watched::swept().await;
    let app = |what| count(&watched.world.app, what);
    let support = |what| count(&watched.world.support, what);
    let Database::Sqlite(pool) = &watched.world.support else {
        unreachable!("made as SQLite")
    };
    let customer: i64 = sqlx::query_scalar("SELECT min(customer_id) FROM contacts")
        .fetch_one(pool)
        .await
        .unwrap();
    let Database::Sqlite(own) = &watched.world.app else {
        unreachable!("made as SQLite")
    };
    sqlx::query("UPDATE accounts SET closed_at = '2026-10-01T00:00:00Z' WHERE id = ?1")
        .bind(customer)
        .execute(own)
        .await
        .unwrap();
    let contacts = |customer: i64| {
        let query = "SELECT count(*) FROM contacts WHERE customer_id = ?1";
        let query = sqlx::query_scalar::<_, i64>(query).bind(customer);
        query.fetch_one(pool)
    };
    let before = (app("accounts").await, support("contacts").await);
    let own_contacts = contacts(customer).await.unwrap();
    assert!(own_contacts > 0);
    let invoices = app("invoices").await;
    let (verdict, why) = watched.verdict("retain.accounts").await;
    assert_eq!(verdict, "kept", "{why}");
    assert_eq!(app("accounts").await, before.0 - 1);
    assert_eq!(contacts(customer).await.unwrap(), 0);
    assert_eq!(support("contacts").await, before.1 - own_contacts);
    assert_eq!(app("invoices").await, invoices, "the law keeps them");
}

const ONLY_THE_LAW: &str = "accounts:
    until: account_closed
    at_least: 1 year
    law: an Accounts Act
    on_erasure: pseudonymise
";

/// The example, in which a law keeps closed accounts for a year.
async fn under_a_law() -> Watched {
    let mut world = World::new(30).await;
    world.sweep = true;
    let mut files = policy_files();
    for (path, text) in &mut files {
        *text = match path.as_str() {
            "candor.yaml" => text
                .replace("accounts:\n    for: 30 days\n", ONLY_THE_LAW)
                .replace("except: [invoices]", "except: [invoices, accounts]"),
            "policy.md" => text.replace(
                "[within 30 days](promise:retain.accounts)",
                "[as soon as the law lets us](promise:retain.accounts)",
            ),
            _ => continue,
        };
    }
    Watched::under(world, files).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_law_keeps_is_told_and_goes_when_the_law_lets_it() {
    let watched = under_a_law().await;
    let promise = "retain.accounts";
    watched.app("UPDATE accounts SET closed_at = NULL").await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "kept", "{why}");
    watched
        .app("UPDATE accounts SET closed_at = '2026-10-01T00:00:00Z' WHERE id = 1")
        .await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "stated", "{why}");
    let said = "1 rows of app.accounts have outlived their purpose";
    assert!(
        why.contains(said) && why.contains("an Accounts Act"),
        "{why}"
    );
    assert!(why.contains("1 October 2027"), "until when: {why}");
    // A year later the law lets it go, and the next sweep takes it.
    watched.clock.forward(SignedDuration::from_hours(24 * 330));
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "kept", "{why}");
    assert_eq!(count(&watched.world.app, "accounts WHERE id = 1").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_survives_a_kill_at_every_point() {
    let mut world = World::new(20).await;
    world.sweep = true;
    run(
        &world.app,
        "UPDATE usage_events SET occurred_at = '2020-01-01T00:00:00Z' WHERE id % 3 = 0",
    )
    .await;
    let overdue = "usage_events WHERE occurred_at < '2021'";
    assert!(count(&world.app, overdue).await > 0);
    let before = count(&world.app, "usage_events").await;
    let service = world.service().await;
    for point in [
        "sweep.before_source",
        "sweep.after_source",
        "sweep.before_commit",
    ] {
        let server = world.serve(&["--pause-at", point]);
        let start = Instant::now();
        while !server.has_logged("paused") {
            assert!(start.elapsed() < PATIENCE, "{point} was not reached");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        server.kill();
    }
    let _server = world.serve(&[]);
    let start = Instant::now();
    while !service.is_observed().await.unwrap() {
        assert!(start.elapsed() < PATIENCE, "the sweeps never ended");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(count(&world.app, overdue).await, 0);
    let view = service.retention().await.unwrap();
    for rule in &view.rules {
        let (_, found) = rule.last.clone().unwrap();
        assert!(found.carried_out && found.complete, "{}", rule.promise.name);
    }
    // Each row is told of once, whoever took it.
    assert_eq!(
        told(&world).await,
        before - count(&world.app, "usage_events").await
    );
}

/// Rows of usage events that the ledger says were deleted.
async fn told(world: &World) -> i64 {
    let state = world.path("data/state.sqlite").display().to_string();
    let store = candor_store::open(&state).await.unwrap();
    let rows = store.ledger_entries(0, 1_000).await.unwrap();
    let entries = rows.iter().map(|row| Entry::decode(&row.bytes).unwrap());
    let swept = entries.filter(|entry| entry.kind == "retention.swept");
    swept
        .filter_map(|entry| entry.facts.get("app.usage_events.delete")?.as_i64())
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_what_would_go_and_then_takes_it() {
    let world = World::new(20).await;
    run(
        &world.app,
        "UPDATE usage_events SET occurred_at = '2020-01-01T00:00:00Z' WHERE id % 3 = 0",
    )
    .await;
    let overdue = count(&world.app, "usage_events WHERE occurred_at < '2021'").await;
    // Only the state knows whom a hold keeps.
    let bare = by_hand(&world, &["--rule", "usage_events"]);
    assert!(!bare.status.success());
    let said = String::from_utf8_lossy(&bare.stderr).into_owned();
    assert!(said.contains("holds and restrictions"), "{said}");
    let left = count(&world.app, "usage_events WHERE occurred_at < '2021'").await;
    assert_eq!(left, overdue, "nothing went");
    let outcome = |extra: &[&str]| -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_candor"))
            .arg("retention")
            .arg(world.path("policy"))
            .args(["--rule", "usage_events", "--format", "json", "--no-state"])
            .args(extra)
            .env("STACKYARD_APP_URL", world.source("app.sqlite"))
            .env("STACKYARD_SUPPORT_URL", world.source("support.sqlite"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let dry = outcome(&["--dry-run"]);
    let left = count(&world.app, "usage_events WHERE occurred_at < '2021'").await;
    assert_eq!(left, overdue, "a dry run takes nothing");
    let done = outcome(&[]);
    assert_eq!(dry[0]["effects"], done[0]["effects"]);
    assert!(done[0]["effects"]["app"][0]["rows"].as_i64().unwrap() >= overdue);
    assert_eq!(done[0]["complete"], true);
    assert_eq!(
        count(&world.app, "usage_events WHERE occurred_at < '2021'").await,
        0
    );
    assert_eq!(
        outcome(&["--dry-run"])[0]["effects"]["app"],
        serde_json::json!([])
    );
}

/// The command, as somebody runs it in a shell.
fn by_hand(world: &World, extra: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_candor"))
        .arg("retention")
        .arg(world.path("policy"))
        .args(extra)
        .current_dir(world.path(""))
        .env("STACKYARD_APP_URL", world.source("app.sqlite"))
        .env("STACKYARD_SUPPORT_URL", world.source("support.sqlite"))
        .output()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_leaves_whom_a_hold_or_a_restriction_keeps() {
    let world = World::new(20).await;
    let policy = world.path("policy/candor.yaml");
    let mut text = std::fs::read_to_string(&policy).unwrap();
    text.push_str(COURT);
    std::fs::write(&policy, text).unwrap();
    let clock = candor_server::world::World::real().clock;
    let service = world.service_of(world.policy_on_disk(), clock).await;
    let hold = service.set_hold("court", stackyard::ALONE.email, "file 7", None);
    let hold = hold.await.unwrap();
    run(
        &world.app,
        "UPDATE accounts SET closed_at = '2026-01-01T00:00:00Z'",
    )
    .await;
    let data = world.path("data").display().to_string();
    let rule = ["--data", &data, "--rule", "accounts", "--format", "json"];
    let carried_out = by_hand(&world, &rule);
    let said = String::from_utf8_lossy(&carried_out.stderr).into_owned();
    assert!(carried_out.status.success(), "{said}");
    assert_eq!(count(&world.app, "accounts WHERE id = 1").await, 1);
    // Others may stay because a held row names them, but not everybody.
    assert!(count(&world.app, "accounts").await < 10);
    service.lift_hold(&hold, None).await.unwrap();
    assert!(by_hand(&world, &rule).status.success());
    assert_eq!(count(&world.app, "accounts WHERE id = 1").await, 0);
}

const COURT: &str = "
holds:
  court:
    because: an order of a court
    decided_by: the general counsel
    review: 2027-06-30
";

#[tokio::test(flavor = "multi_thread")]
async fn the_command_foretells_a_year() {
    let world = World::new(20).await;
    let rule = ["--rule", "usage_events", "--forecast"];
    let told = by_hand(&world, &[&rule[..], &["--format", "json"]].concat());
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let ahead = told[0]["forecast"]["ahead"].as_array().unwrap();
    assert_eq!(ahead.len(), 22, "days, weeks and months");
    let rows: i64 = ahead
        .iter()
        .map(|span| span["rows"].as_i64().unwrap())
        .sum();
    assert_eq!(rows, count(&world.app, "usage_events").await);
    let words = by_hand(&world, &rule);
    let words = String::from_utf8_lossy(&words.stdout).into_owned();
    assert!(words.contains("  by 20") && words.contains('#'), "{words}");
}
