//! People are told before their data goes, once, and nothing goes of anybody
//! who was not: with mail that works, mail that is down, addresses that are
//! none, and a server that is killed in between.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use stackyard::{ALONE, Database};

use crate::promises::{Watched, run};
use crate::smtp::Sink;
use crate::world::{PATIENCE, World, policy_files};

const PROMISE: &str = "retain.accounts";
const RULE: &str = "accounts:\n    for: 30 days\n";
const WITH_NOTICE: &str = "accounts:\n    for: 30 days\n    notice: 7 days\n";

/// The example, which tells people a week before a closed account goes.
async fn company() -> Watched {
    company_of(World::new(30).await).await
}

async fn company_of(mut world: World) -> Watched {
    world.sweep = true;
    run(&world.app, "UPDATE accounts SET closed_at = NULL").await;
    let mut files = policy_files();
    for (path, text) in &mut files {
        if path == "candor.yaml" {
            assert!(text.contains(RULE));
            *text = text.replace(RULE, WITH_NOTICE);
        }
    }
    Watched::under(world, files).await
}

/// Every mail that was sent, with its headers.
fn mails(world: &World) -> Vec<String> {
    let Ok(mails) = std::fs::read_dir(world.path("data/mail")) else {
        return Vec::new();
    };
    let paths = mails.map(|entry| entry.unwrap().path());
    let mails = paths.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    mails
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

async fn count(database: &Database, what: &'static str) -> i64 {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {what}"));
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

async fn days(watched: &Watched, days: i64) {
    watched.clock.forward(SignedDuration::from_hours(24 * days));
    watched.work().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_is_told_a_week_before_it_goes() {
    let watched = company().await;
    watched
        .app("UPDATE accounts SET closed_at = '2026-11-20T00:00:00Z' WHERE id = 1")
        .await;
    let accounts = count(&watched.world.app, "accounts").await;
    // It goes on 20 December; a day before the notice has to, it goes out.
    days(&watched, 10).await;
    assert_eq!(mails(&watched.world).len(), 0, "not yet");
    days(&watched, 10).await;
    let sent = mails(&watched.world);
    assert_eq!(sent.len(), 1);
    let mail = sent.first().unwrap();
    assert!(mail.contains(&format!("To: {}", ALONE.email)), "{mail}");
    let words = mail.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("19 December 2026"), "{mail}");
    assert!(words.contains("/requests/new"), "{mail}");
    days(&watched, 3).await;
    assert_eq!(count(&watched.world.app, "accounts").await, accounts);
    days(&watched, 6).await;
    assert_eq!(count(&watched.world.app, "accounts").await, accounts - 1);
    assert_eq!(mails(&watched.world).len(), 1, "told once");
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "kept", "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_it_again_keeps_it() {
    let watched = company().await;
    watched
        .app("UPDATE accounts SET closed_at = '2026-11-20T00:00:00Z' WHERE id = 1")
        .await;
    days(&watched, 22).await;
    assert_eq!(mails(&watched.world).len(), 1);
    watched
        .app("UPDATE accounts SET closed_at = NULL WHERE id = 1")
        .await;
    days(&watched, 60).await;
    assert_eq!(count(&watched.world.app, "accounts WHERE id = 1").await, 1);
    assert_eq!(mails(&watched.world).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_of_whom_mail_does_not_reach_and_staff_are_told() {
    let watched = company().await;
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "kept", "{why}");
    watched
        .app("UPDATE accounts SET closed_at = '2026-11-20T00:00:00Z', email = 'no address' WHERE id = 1")
        .await;
    days(&watched, 22).await;
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "at_risk", "{why}");
    assert!(why.contains("could not be told by mail"), "{why}");
    days(&watched, 20).await;
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "broken", "{why}");
    assert!(why.contains("could not be told by mail"), "{why}");
    assert_eq!(count(&watched.world.app, "accounts WHERE id = 1").await, 1);
    // Staff find an address: the notice goes out, and then the account.
    watched
        .app("UPDATE accounts SET email = 'reached@post.example' WHERE id = 1")
        .await;
    days(&watched, 2).await;
    assert_eq!(mails(&watched.world).len(), 1);
    days(&watched, 6).await;
    assert_eq!(count(&watched.world.app, "accounts WHERE id = 1").await, 1);
    days(&watched, 2).await;
    assert_eq!(count(&watched.world.app, "accounts WHERE id = 1").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_while_mail_is_down() {
    let watched = company().await;
    watched
        .app("UPDATE accounts SET closed_at = '2026-11-20T00:00:00Z' WHERE id = 1")
        .await;
    let (folder, away) = (watched.world.path("data/mail"), watched.world.path("away"));
    std::fs::rename(&folder, &away).unwrap();
    days(&watched, 26).await;
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "at_risk", "{why}");
    assert!(why.contains("nobody can be told"), "{why}");
    days(&watched, 20).await;
    assert_eq!(count(&watched.world.app, "accounts WHERE id = 1").await, 1);
    std::fs::rename(&away, &folder).unwrap();
    days(&watched, 1).await;
    assert_eq!(mails(&watched.world).len(), 1);
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "broken", "late, and told for a week first: {why}");
    days(&watched, 8).await;
    assert_eq!(count(&watched.world.app, "accounts WHERE id = 1").await, 0);
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "kept", "{why}");
}

/// What a mail server does not take is no notice, whatever it answers and when:
/// nothing goes of that person, others are told, and it is tried again.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_mail_server_does_not_take_is_no_notice() {
    let mut world = World::new(30).await;
    let inbox = world.path("inbox");
    let Some(sink) = Sink::start(&inbox, &[]) else {
        return;
    };
    world.mail = Some(sink.address());
    let watched = company_of(world).await;
    watched
        .app("UPDATE accounts SET closed_at = '2026-11-20T00:00:00Z', email = 'p' || id || '@post.example' WHERE id < 5")
        .await;
    let answers = inbox.with_extension("answers");
    let refusals = "RCPT p1@post.example 550 5.1.1 no such mailbox
RCPT p2@post.example 452 4.2.2 mailbox full
DATA p3@post.example 554 5.7.1 not wanted here";
    std::fs::write(&answers, refusals).unwrap();
    days(&watched, 22).await;
    let told = told(&inbox);
    assert_eq!(told, ["p4@post.example"], "whom it takes mail for");
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "at_risk", "{why}");
    assert!(
        why.contains("the people of 3 rows could not be told"),
        "{why}"
    );
    days(&watched, 20).await;
    let left = "accounts WHERE id < 5";
    assert_eq!(count(&watched.world.app, left).await, 3, "p4 went");
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "broken", "{why}");
    // The server closes: nobody is told anything, and staff see why.
    let closing = [1, 2, 3].map(|id| format!("RCPT p{id}@post.example 421 4.3.2 closing"));
    std::fs::write(&answers, closing.join("\n")).unwrap();
    days(&watched, 1).await;
    let (_, why) = watched.verdict(PROMISE).await;
    assert!(why.contains("nobody can be told"), "{why}");
    assert_eq!(self::told(&inbox).len(), 1);
    // It takes all again: whoever it did not is told, and goes a week later.
    std::fs::write(&answers, "").unwrap();
    days(&watched, 1).await;
    assert_eq!(self::told(&inbox).len(), 4);
    days(&watched, 6).await;
    assert_eq!(count(&watched.world.app, left).await, 3, "not yet");
    days(&watched, 2).await;
    assert_eq!(count(&watched.world.app, left).await, 0);
    assert_eq!(self::told(&inbox).len(), 4, "each is told once");
    let (verdict, why) = watched.verdict(PROMISE).await;
    assert_eq!(verdict, "kept", "{why}");
}

/// Whom mail went to, in order.
fn told(inbox: &Path) -> Vec<String> {
    let mails = std::fs::read_dir(inbox).unwrap();
    let mails = mails.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let mut told: Vec<String> = mails
        .map(|mail| {
            let to = mail
                .lines()
                .find_map(|line| line.strip_prefix("X-Envelope-To: "));
            to.unwrap().to_owned()
        })
        .collect();
    told.sort();
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_tells_nobody_anything_new() {
    let mut world = World::new(20).await;
    world.sweep = true;
    let policy = world.path("policy/candor.yaml");
    let text = std::fs::read_to_string(&policy).unwrap();
    std::fs::write(&policy, text.replace(RULE, WITH_NOTICE)).unwrap();
    run(
        &world.app,
        "UPDATE accounts SET closed_at = '2026-01-01T00:00:00Z'",
    )
    .await;
    let people = count(&world.app, "accounts WHERE email IS NOT NULL").await;
    // Between the mail and the note of it, the same mail goes out once more.
    for (point, twice) in [("notice.after_send", 1), ("notice.after_note", 0)] {
        let before = mails(&world).len();
        let server = world.serve(&["--pause-at", point]);
        let start = Instant::now();
        while !server.has_logged("paused") {
            assert!(start.elapsed() < PATIENCE, "{point} was not reached");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.kill();
        assert_eq!(
            mails(&world).len(),
            before + 1,
            "{point}, {twice} told twice"
        );
    }
    let _server = world.serve(&[]);
    let start = Instant::now();
    let wanted = usize::try_from(people).unwrap() + 1;
    while mails(&world).len() < wanted {
        assert!(
            start.elapsed() < PATIENCE,
            "{} were sent",
            mails(&world).len()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Nobody is told anything else for a while.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut sent: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in mails(&world) {
        let line = |name: &str| {
            let line = mail.lines().find(|line| line.starts_with(name));
            line.unwrap().to_owned()
        };
        sent.entry(line("To: "))
            .or_default()
            .push(line("Message-ID: "));
    }
    assert_eq!(sent.len(), usize::try_from(people).unwrap());
    let twice: Vec<_> = sent.values().filter(|ids| ids.len() > 1).collect();
    assert_eq!(twice.len(), 1, "who was killed between mail and note");
    for ids in sent.values() {
        assert!(ids.iter().all(|id| Some(id) == ids.first()), "{ids:?}");
    }
    assert_eq!(
        count(&world.app, "accounts WHERE closed_at IS NOT NULL").await,
        count(&world.app, "accounts").await
    );
}
