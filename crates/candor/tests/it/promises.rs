//! Break the world, see the verdict turn; mend it, see it turn back. Every
//! family that has a mechanism is broken here once, on the real example.

use std::sync::{Arc, Mutex};

use candor_domain::verdict::Verdict;
use candor_policy::charter::Right;
use candor_policy::promise::PromiseId;
use candor_server::Service;
use candor_server::worker::{LEASE, Worker};
use candor_server::world::Clock;
use jiff::{SignedDuration, Timestamp};
use stackyard::{ALONE, Database};

use crate::world::{World, policy_files};

/// A clock that is moved by hand.
#[derive(Clone)]
pub(crate) struct Hand(Arc<Mutex<Timestamp>>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Hand {
    /// Noon of the day on which the example is looked at.
    pub(crate) fn new() -> Self {
        Self::at("2026-11-22T12:00:00Z".parse().unwrap())
    }

    pub(crate) fn at(moment: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(moment)))
    }

    pub(crate) fn forward(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

/// The example with a moved clock.
pub(crate) struct Watched {
    pub(crate) world: World,
    pub(crate) service: Service,
    pub(crate) clock: Hand,
    worker: Worker,
}

impl Watched {
    pub(crate) async fn new() -> Self {
        Self::of(World::new(30).await).await
    }

    /// The example, whose retention is carried out.
    pub(crate) async fn swept() -> Self {
        let mut world = World::new(30).await;
        world.sweep = true;
        Self::of(world).await
    }

    /// The example, whose erasures can be taken back for a week.
    pub(crate) async fn undoable() -> Self {
        let world = World::new(30).await;
        let mut files = world.policy_on_disk();
        for (path, text) in &mut files {
            if path == "candor.yaml" {
                *text = text.replace("  erasure:\n", "  erasure:\n    undo: 7 days\n");
                assert!(text.contains("undo: 7 days"));
            }
        }
        Self::under(world, files).await
    }

    async fn of(world: World) -> Self {
        Self::under(world, policy_files()).await
    }

    /// A company under a policy of the test's own.
    pub(crate) async fn under(world: World, files: Vec<(String, String)>) -> Self {
        let clock = Hand::new();
        let service = world.service_of(files, Arc::new(clock.clone())).await;
        let worker = Worker::new(service.clone(), LEASE);
        worker.plan_observation().await;
        let watched = Self {
            world,
            service,
            clock,
            worker,
        };
        watched.work().await;
        watched
    }

    /// Another process takes over: no connection of the old one is used.
    pub(crate) async fn restart(&mut self) {
        self.service = self.world.service_with(Arc::new(self.clock.clone())).await;
        self.worker = Worker::new(self.service.clone(), LEASE);
    }

    /// Runs jobs until none is ready.
    pub(crate) async fn work(&self) {
        for _ in 0..200 {
            if self.worker.round().await.unwrap() == 0 {
                return;
            }
        }
        panic!("the queue never becomes empty");
    }

    /// One round of jobs, for whoever meddles between two.
    pub(crate) async fn round(&self) {
        self.worker.round().await.unwrap();
    }

    /// The verdict after the next round of observation.
    pub(crate) async fn verdict(&self, promise: &str) -> (&'static str, String) {
        self.clock.forward(SignedDuration::from_hours(2));
        self.work().await;
        let board = self.service.board().await.unwrap();
        let judgement = &board.judgements[&PromiseId(promise.to_owned())];
        (judgement.verdict.key(), judgement.reasons.join("; "))
    }

    pub(crate) async fn app(&self, sql: &'static str) {
        run(&self.world.app, sql).await;
    }
}

pub(crate) async fn run(database: &Database, sql: &'static str) {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undeclared_personal_column_breaks_what_is_collected() {
    let watched = Watched::new().await;
    let promise = "collect.account_email";
    assert_eq!(watched.verdict(promise).await.0, "kept");
    watched
        .app("ALTER TABLE accounts ADD COLUMN phone_number TEXT")
        .await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "{why}");
    assert!(why.contains("phone_number"), "{why}");
    watched
        .app("ALTER TABLE accounts DROP COLUMN phone_number")
        .await;
    assert_eq!(watched.verdict(promise).await.0, "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_number_in_a_text_breaks_never() {
    let watched = Watched::new().await;
    let promise = "never.card_numbers";
    assert_eq!(watched.verdict(promise).await.0, "kept");
    run(
        &watched.world.support,
        "UPDATE tickets SET subject = 'my card is 4111 1111 1111 1111' WHERE id = (SELECT min(id) FROM tickets)",
    )
    .await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "{why}");
    assert!(!why.contains("4111"), "the number itself is nowhere: {why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_kept_too_long_breaks_its_retention() {
    let watched = Watched::new().await;
    let promise = "retain.usage_events";
    let (verdict, why) = watched.verdict(promise).await;
    assert!(matches!(verdict, "kept" | "at_risk"), "{verdict}: {why}");
    watched
        .app("UPDATE usage_events SET occurred_at = '2020-01-01T00:00:00Z' WHERE id = (SELECT min(id) FROM usage_events)")
        .await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_in_clear_breaks_how_passwords_are_stored() {
    let watched = Watched::new().await;
    let promise = "security.passwords";
    assert_eq!(watched.verdict(promise).await.0, "kept");
    watched
        .app("UPDATE accounts SET password_hash = 'hunter2' WHERE password_hash IS NOT NULL AND id = (SELECT min(id) FROM accounts WHERE password_hash IS NOT NULL)")
        .await;
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "{why}");
    assert!(!why.contains("hunter2"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_that_passes_breaks_the_right() {
    let watched = Watched::new().await;
    let promise = "right.erasure";
    assert_eq!(
        watched.verdict(promise).await.0,
        "unproven",
        "nobody has asked yet"
    );
    let id = watched.file(Right::Erasure, ALONE.email).await;
    assert_eq!(
        watched.verdict(promise).await.0,
        "unproven",
        "an unanswered one shows nothing"
    );
    watched.clock.forward(SignedDuration::from_hours(24 * 13));
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "at_risk", "{why}");
    watched.clock.forward(SignedDuration::from_hours(24 * 10));
    let (verdict, why) = watched.verdict(promise).await;
    assert_eq!(verdict, "broken", "{why}");
    let (request, _) = watched.service.request(&id).await.unwrap().unwrap();
    assert!(!request.is_over(), "staff never decided");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_cannot_be_seen_proves_nothing() {
    let mut watched = Watched::new().await;
    let promise = "collect.account_email";
    assert_eq!(watched.verdict(promise).await.0, "kept");
    let here = watched.world.path("app.sqlite");
    let away = watched.world.path("away.sqlite");
    std::fs::rename(&here, &away).unwrap();
    watched.restart().await;
    assert_eq!(watched.verdict(promise).await.0, "unproven");
    std::fs::rename(&away, &here).unwrap();
    assert_eq!(watched.verdict(promise).await.0, "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_grows_old() {
    let watched = Watched::new().await;
    watched.clock.forward(SignedDuration::from_hours(48));
    let board = watched.service.board().await.unwrap();
    for (id, judgement) in &board.judgements {
        let kept = judgement.verdict == Verdict::Kept;
        assert!(!kept, "{id} is kept on evidence of two days ago");
    }
}
