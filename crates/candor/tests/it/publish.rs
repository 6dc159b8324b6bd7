//! Versions: nothing comes into force without having been compared, what gets
//! weaker is acknowledged by name, and a running server follows.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use candor_domain::verdict::Verdict;
use candor_policy::diff::Direction;
use candor_policy::promise::PromiseId;
use candor_seal::entry::Entry;
use jiff::SignedDuration;

use crate::promises::Hand;
use crate::world::{PATIENCE, World};

/// Runs the binary on this company.
fn candor(world: &World, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(arguments)
        .arg("--data")
        .arg(world.path("data"))
        .env("STACKYARD_APP_URL", world.source("app.sqlite"))
        .env("STACKYARD_SUPPORT_URL", world.source("support.sqlite"))
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "`{from}`");
    std::fs::write(path, text.replace(from, to)).unwrap();
}

/// Keeps usage events twice as long, in the facts and in the text.
fn weaken(world: &World) {
    let events = "(promise:retain.usage_events)";
    let facts = world.path("policy/candor.yaml");
    edit(
        &facts,
        "usage_events: { for: 90 days",
        "usage_events: { for: 180 days",
    );
    let text = world.path("policy/policy.md");
    edit(
        &text,
        &format!("[90 days]{events}"),
        &format!("[180 days]{events}"),
    );
}

/// Waits until something holds.
async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let patience = std::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(std::time::Instant::now() < patience, "{what}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

const ACKNOWLEDGED: [&str; 4] = ["--acknowledge", "retain.usage_events", "--by", "counsel"];

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_weaker_is_refused_until_somebody_stands_for_it() {
    let world = World::new(5).await;
    let service = world.service().await;
    weaken(&world);
    let policy = world.path("policy");
    let policy = policy.to_str().unwrap();

    let served = candor(&world, &["serve", policy, "--listen", "127.0.0.1:0"]);
    assert!(!served.status.success());
    assert!(
        said(&served).contains("candor publish"),
        "{}",
        said(&served)
    );
    let refused = candor(&world, &["publish", policy]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("`retain.usage_events`"),
        "{}",
        said(&refused)
    );
    let nobody = ["publish", policy, "--acknowledge", "retain.usage_events"];
    assert!(!candor(&world, &nobody).status.success());
    let other = ["publish", policy, "--acknowledge", "no_sale", "--by", "us"];
    assert_eq!(candor(&world, &other).status.code(), Some(1));
    assert_eq!(service.versions().await.unwrap().len(), 1);
    assert!(!service.follow_versions().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_version_is_followed_and_everything_about_it_is_written_down() {
    let world = World::new(5).await;
    let service = world.service().await;
    let first = service.charter_row();
    let running = world.serve(&["-v"]);
    until("the server runs", async || {
        service.is_observed().await.unwrap()
    })
    .await;
    weaken(&world);
    let policy = world.path("policy");
    let publish = ["publish", policy.to_str().unwrap()];
    let published = candor(&world, &[publish.as_slice(), &ACKNOWLEDGED].concat());
    assert!(published.status.success(), "{}", said(&published));
    assert!(said(&published).contains("Owed by email to every customer."));

    assert!(service.follow_versions().await.unwrap());
    assert!(!service.follow_versions().await.unwrap());
    assert_ne!(service.charter().id, first.charter.id);
    until("the server follows", async || {
        running.has_logged("a version came into force")
    })
    .await;

    let versions = service.versions().await.unwrap();
    assert_eq!(versions.len(), 2);
    assert_eq!(versions[0].published_by.as_deref(), Some("counsel"));
    let acknowledged = &versions[0].acknowledged[0];
    assert_eq!(acknowledged.promise.0, "retain.usage_events");
    assert_eq!(acknowledged.direction, Direction::Weaker);
    assert_eq!(acknowledged.reasons, ["kept: 180 days instead of 90 days"]);
    let short: String = first.charter.id.0.chars().take(12).collect();
    let old = service.version(&short).await.unwrap();
    assert_eq!(old.unwrap().charter.id, first.charter.id);
    let again = candor(&world, &publish);
    assert!(said(&again).contains("nothing was changed"));

    let state = world.path("data/state.sqlite").display().to_string();
    let store = candor_store::open(&state).await.unwrap();
    let owed = store.owed_notices().await.unwrap();
    assert_eq!(
        (owed[0].about.as_str(), owed[0].channel.as_str()),
        ("customer", "email")
    );
    let entries = store.ledger_entries(0, 1_000).await.unwrap();
    let entries = entries.iter().map(|row| Entry::decode(&row.bytes).unwrap());
    let published: Vec<Entry> = entries
        .filter(|entry| entry.kind == "charter.published")
        .collect();
    assert_eq!(published.len(), 2);
    assert_eq!(published[1].promises, ["retain.usage_events"]);
    assert_eq!(published[1].facts["by"], "counsel");
    assert_eq!(published[1].facts["follows"], first.charter.id.0.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_begins_later_waits_for_its_day() {
    let world = World::new(5).await;
    let clock = Hand::new();
    let service = world.service_with(Arc::new(clock.clone())).await;
    let first = service.charter().id.clone();
    weaken(&world);
    let policy = world.path("policy");
    let policy = policy.to_str().unwrap();
    let past = ["publish", policy, "--effective", "2020-01-01"];
    let refused = candor(&world, &[past.as_slice(), &ACKNOWLEDGED].concat());
    assert!(said(&refused).contains("in the past"), "{}", said(&refused));
    // Years ahead of the clock of the machine that runs this.
    let later = ["publish", policy, "--effective", "2126-01-15"];
    let published = candor(&world, &[later.as_slice(), &ACKNOWLEDGED].concat());
    assert!(published.status.success(), "{}", said(&published));
    assert!(
        said(&published).contains("2126-01-14 23:00 UTC"),
        "{}",
        said(&published)
    );

    assert!(!service.follow_versions().await.unwrap());
    assert_eq!(service.charter().id, first);
    // The announced version's folder is served under the one in force.
    let files = world.policy_on_disk();
    let restarted = world.service_of(files, Arc::new(clock.clone())).await;
    assert_eq!(restarted.charter().id, first);
    let at_once = ["publish", policy, "--dry-run"];
    assert!(candor(&world, &at_once).status.success());

    clock.forward(SignedDuration::from_hours(24 * 366 * 100));
    assert!(service.follow_versions().await.unwrap());
    assert_ne!(service.charter().id, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_cannot_be_opened_leaves_the_former_in_force() {
    let world = World::new(5).await;
    let service = world.service().await;
    let first = service.charter().id.clone();
    let facts = world.path("policy/candor.yaml");
    // Known where it is published, unknown where it is served.
    edit(&facts, "${STACKYARD_APP_URL}", "${OTHER_URL}");
    let published = Command::new(env!("CARGO_BIN_EXE_candor"))
        .arg("publish")
        .arg(world.path("policy"))
        .arg("--data")
        .arg(world.path("data"))
        .env("OTHER_URL", world.source("app.sqlite"))
        .env("STACKYARD_SUPPORT_URL", world.source("support.sqlite"))
        .output()
        .unwrap();
    assert!(published.status.success(), "{}", said(&published));

    assert!(service.follow_versions().await.is_err());
    assert_eq!(service.charter().id, first);
    let held_back = service.held_back().unwrap();
    let versions = service.versions().await.unwrap();
    assert_eq!(held_back.version, versions[0].number);
    assert_eq!(held_back.charter, versions[0].charter);
    assert!(held_back.why.contains("OTHER_URL"), "{}", held_back.why);

    // Once a version can be opened again, nothing is held back any more.
    edit(&facts, "${OTHER_URL}", "${STACKYARD_APP_URL}");
    let policy = world.path("policy");
    let mended = candor(&world, &["publish", policy.to_str().unwrap()]);
    assert!(mended.status.success(), "{}", said(&mended));
    service.follow_versions().await.unwrap();
    assert_eq!(service.held_back(), None);
    assert_eq!(service.charter().id, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_version_owes_waits_where_staff_see_it() {
    let world = World::new(5).await;
    let service = world.service().await;
    let first = service.charter().id.clone();
    assert!(service.owed().await.unwrap().is_empty());
    weaken(&world);
    let policy = world.path("policy");
    let publish = ["publish", policy.to_str().unwrap()];
    let published = candor(&world, &[publish.as_slice(), &ACKNOWLEDGED].concat());
    assert!(published.status.success(), "{}", said(&published));
    let owed = service.owed().await.unwrap();
    assert_eq!(owed.len(), 1);
    assert_eq!(owed[0].before.as_ref(), Some(&first));
    assert_eq!(owed[0].notices[0].about, "customer");
    let because = &owed[0].version.acknowledged[0];
    assert_eq!(because.promise.0, "retain.usage_events");
    // Nothing sends it, so nothing is shown as kept.
    service.follow_versions().await.unwrap();
    let board = service.board().await.unwrap();
    let notice = PromiseId("notice.changes".to_owned());
    assert_eq!(board.judgements[&notice].verdict, Verdict::Unproven);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_weakens_is_not_published_at_all() {
    let world = World::new(5).await;
    let facts = world.path("policy/candor.yaml");
    edit(
        &facts,
        "notify: [page, email]",
        "notify: [page, email], ratchet: never-weaken",
    );
    let policy = world.path("policy");
    let policy = policy.to_str().unwrap();
    let first = candor(&world, &["publish", policy]);
    assert!(first.status.success(), "{}", said(&first));
    weaken(&world);
    let acknowledged = [
        "publish",
        policy,
        "--acknowledge",
        "retain.usage_events",
        "--by",
        "counsel",
    ];
    let refused = candor(&world, &acknowledged);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused).contains("never lowered"),
        "{}",
        said(&refused)
    );
    // The promise itself can't be taken back first.
    edit(&facts, ", ratchet: never-weaken", "");
    let notice = [
        "publish",
        policy,
        "--acknowledge",
        "retain.usage_events,notice.changes",
        "--by",
        "counsel",
    ];
    assert_eq!(candor(&world, &notice).status.code(), Some(1));
}
