//! Killed between any two steps, nothing is lost and nothing is done twice.
//! The binary stops at a named point and is killed there with SIGKILL; another
//! one goes on.

use std::time::Instant;

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::plan::TableEffect;
use candor_domain::subject_request::{Ground, Outcome, Stage, State, SubjectRequest};
use candor_policy::charter::Right;
use candor_server::Service;
use candor_server::service::{Decision, Said};
use candor_server::world::World as Outside;
use stackyard::{ALONE, Database};

use crate::rectify::{MARK, add_mark, correct, number, one};
use crate::undo::contents;
use crate::world::{PATIENCE, Server, World};

/// Every point between two steps of an erasure.
const ERASURE_POINTS: [&str; 7] = [
    "locate.before_commit",
    "prepare.before_commit",
    "erase.before_source",
    "erase.after_source",
    "verify.before_commit",
    "receipt.before_commit",
    "mail.after_send",
];

/// Every point between two steps of an answer to an access request.
const ACCESS_POINTS: [&str; 3] = [
    "package.before_commit",
    "receipt.before_commit",
    "mail.after_send",
];

/// Every point between two steps of writing into a source.
const REWRITE_POINTS: [&str; 3] = [
    "rewrite.before_source",
    "rewrite.after_source",
    "verify.before_commit",
];

/// Every point between two steps of taking a mark back.
const UNMARK_POINTS: [&str; 2] = ["unmark.before_source", "unmark.after_source"];

/// Every point between two steps of taking an erasure back.
const UNDO_POINTS: [&str; 2] = ["undo.before_source", "undo.after_source"];

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_survives_a_kill_at_every_point() {
    let undisturbed = erased_through(&[]).await;
    assert!(undisturbed.iter().any(|effect| effect.rows > 0));
    let disturbed = erased_through(&ERASURE_POINTS).await;
    assert_eq!(disturbed, undisturbed, "the same rows went, counted once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_survives_a_kill_at_every_point() {
    let world = World::new(20).await;
    let service = world.service().await;
    let request = carried_out(&world, &service, Right::Access, &ACCESS_POINTS).await;
    assert!(
        request
            .sources
            .values()
            .all(|source| source.stage == Stage::Packaged)
    );
    assert_eq!(count(&world.app, "accounts").await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_survives_a_kill_at_every_point() {
    let world = World::new(20).await;
    let declaration = world.path("policy/candor.yaml");
    let text = std::fs::read_to_string(&declaration).unwrap();
    let text = text.replace("  erasure:\n", "  erasure:\n    undo: 7 days\n");
    std::fs::write(&declaration, text).unwrap();
    let clock = Outside::real().clock;
    let service = world.service_of(world.policy_on_disk(), clock).await;
    let before = (contents(&world.app).await, contents(&world.support).await);
    let request = carried_out(&world, &service, Right::Erasure, &[]).await;
    assert_ne!(contents(&world.app).await, before.0, "something went");
    let staff = StaffId::from_random([9; 16]);
    service.undo(&request.id, &staff).await.unwrap();
    for point in UNDO_POINTS {
        paused(&world, point, async || {}).await.kill();
    }
    let _server = world.serve(&[]);
    let start = Instant::now();
    loop {
        let (request, _) = service.request(&request.id).await.unwrap().unwrap();
        if request.is_undone() {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "not undone: {:?}", request.undo);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let after = (contents(&world.app).await, contents(&world.support).await);
    assert_eq!(after, before, "everything came back, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_survives_a_kill_at_every_point() {
    let world = World::new(20).await;
    let service = world.service().await;
    let id = filed(&world, &service, Right::Rectification).await;
    let said = correct("name", None, "Camille Moreau-Petit");
    let staff = StaffId::from_random([9; 16]);
    service.say_for(&id, &staff, &said, None).await.unwrap();
    for point in REWRITE_POINTS {
        let acts = async || staff_act(&service, &id).await;
        paused(&world, point, acts).await.kill();
    }
    let _server = world.serve(&[]);
    let request = over(&service, &id).await;
    for (source, progress) in &request.sources {
        assert_eq!(progress.stage, Stage::Verified, "{source}");
        assert_eq!(progress.attempts, 1, "{source} was written once");
        assert_eq!(progress.effects, progress.preview.effects, "{source}");
    }
    let name = "SELECT name FROM accounts WHERE id = 1";
    assert_eq!(one(&world.app, name).await, "Camille Moreau-Petit");
    assert_eq!(count(&world.app, "candor_journal").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_is_taken_back_survives_a_kill_at_every_point() {
    let world = World::new(20).await;
    add_mark(&world).await;
    let clock = Outside::real().clock;
    let service = world.service_of(world.policy_on_disk(), clock).await;
    let id = filed(&world, &service, Right::Restriction).await;
    let said = Said {
        ground: Some(Ground::Claims),
        ..Said::default()
    };
    let staff = StaffId::from_random([9; 16]);
    service.say_for(&id, &staff, &said, None).await.unwrap();
    for point in REWRITE_POINTS {
        let acts = async || staff_act(&service, &id).await;
        paused(&world, point, acts).await.kill();
    }
    let server = world.serve(&[]);
    over(&service, &id).await;
    server.kill();
    assert_eq!(number(&world.app, MARK).await, 1);
    service.decide(&id, Decision::Lift, &staff).await.unwrap();
    for point in UNMARK_POINTS {
        paused(&world, point, async || {}).await.kill();
    }
    let _server = world.serve(&[]);
    let start = Instant::now();
    let request = loop {
        let (request, _) = service.request(&id).await.unwrap().unwrap();
        if !request.restricts() {
            break request;
        }
        assert!(start.elapsed() < PATIENCE, "{:?}", request.waiting);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(number(&world.app, MARK).await, 0);
    assert_eq!(count(&world.app, "candor_journal").await, 2, "each once");
    let lifted = request.history.iter();
    let lifted = lifted.filter(|moment| moment.kind == "restriction.lifted");
    assert_eq!(lifted.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_survives_kills_at_random_moments() {
    let world = World::new(20).await;
    let service = world.service().await;
    let id = filed(&world, &service, Right::Erasure).await;
    // Moments spread over the whole run by a fixed stride: no two runs meet
    // the same instructions, but each meets many.
    for round in 0..12_u64 {
        let server = world.serve(&[]);
        tokio::time::sleep(std::time::Duration::from_millis(40 + round * 37)).await;
        server.kill();
    }
    let _server = world.serve(&[]);
    let request = over(&service, &id).await;
    whole(&world, &service, &request).await;
}

async fn erased_through(points: &[&str]) -> Vec<TableEffect> {
    let world = World::new(20).await;
    let service = world.service().await;
    let request = carried_out(&world, &service, Right::Erasure, points).await;
    whole(&world, &service, &request).await;
    let sources = request.sources.into_values();
    sources.flat_map(|source| source.effects).collect()
}

async fn carried_out(
    world: &World,
    service: &Service,
    right: Right,
    points: &[&str],
) -> SubjectRequest {
    let id = filed(world, service, right).await;
    for point in points {
        let acts = async || staff_act(service, &id).await;
        paused(world, point, acts).await.kill();
    }
    let server = world.serve(&[]);
    let request = over(service, &id).await;
    drop(server);
    request
}

/// A server that has stopped at a point; meanwhile somebody acts.
pub(crate) async fn paused(world: &World, point: &str, acts: impl AsyncFn()) -> Server {
    let server = world.serve(&["--pause-at", point]);
    let start = Instant::now();
    while !server.has_logged("paused") {
        assert!(start.elapsed() < PATIENCE, "{point} was not reached");
        acts().await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    server
}

/// Files and confirms a subject request, as the person.
pub(crate) async fn filed(world: &World, service: &Service, right: Right) -> SubjectRequestId {
    service.file(right, ALONE.email).await.unwrap();
    let server = world.serve(&[]);
    let start = Instant::now();
    let link = loop {
        assert!(start.elapsed() < PATIENCE, "no mail came");
        if let Some(link) = mailed_link(world) {
            break link;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    server.kill();
    let page = service.confirm(&link).await.unwrap();
    service.person_page(&page).await.unwrap().request.id
}

fn mailed_link(world: &World) -> Option<String> {
    for entry in std::fs::read_dir(world.path("data/mail")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "eml") {
            let raw = std::fs::read(path).unwrap();
            let text = mailparse::parse_mail(&raw).ok()?.get_body().ok()?;
            let mut words = text.split_whitespace();
            let link = words.find(|word| word.contains("/requests/confirm/"))?;
            return Some(link.rsplit('/').next()?.to_owned());
        }
    }
    None
}

/// Waits for the end, doing as staff what waits for them.
pub(crate) async fn over(service: &Service, id: &SubjectRequestId) -> SubjectRequest {
    let start = Instant::now();
    loop {
        let (request, _) = service.request(id).await.unwrap().unwrap();
        if request.is_over() {
            return request;
        }
        staff_act(service, id).await;
        assert!(
            start.elapsed() < PATIENCE,
            "not over: {:?} {:?}",
            request.state,
            request.waiting
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Does what waits for staff: approves the plan, tells who received the data.
pub(crate) async fn staff_act(service: &Service, id: &SubjectRequestId) {
    let (request, _) = service.request(id).await.unwrap().unwrap();
    let staff = StaffId::from_random([9; 16]);
    if request.state == State::Undecided {
        service.approve(id, &staff).await.unwrap();
    }
    if request.state == State::Carrying {
        let open = request.tasks.iter().filter(|(_, task)| task.done.is_none());
        for (system, _) in open {
            let told = service.task_done(id, &staff, system.clone(), None).await;
            told.unwrap();
        }
    }
}

/// Everything was done, once.
async fn whole(world: &World, service: &Service, request: &SubjectRequest) {
    let fulfilled = matches!(
        request.state,
        State::Completed {
            outcome: Outcome::Fulfilled,
            ..
        }
    );
    assert!(fulfilled, "{:?}", request.state);
    for (source, progress) in &request.sources {
        assert_eq!(progress.stage, Stage::Verified, "{source}");
        assert_eq!(progress.attempts, 1, "{source} was erased once");
        assert_eq!(
            rows(&progress.effects),
            rows(&progress.preview.effects),
            "{source}"
        );
    }
    assert_eq!(count(&world.app, "accounts").await, 19, "one account went");
    let once = ["filed", "verified", "located", "prepared", "completed"];
    for kind in once {
        let kind = format!("subject_request.{kind}");
        let times = request
            .history
            .iter()
            .filter(|moment| moment.kind == kind)
            .count();
        assert_eq!(times, 1, "{kind}");
    }
    assert!(service.ledger().await.unwrap().size > 0);
}

fn rows(effects: &[TableEffect]) -> Vec<(String, u64)> {
    let mut rows: Vec<_> = effects
        .iter()
        .filter(|effect| effect.rows > 0)
        .map(|effect| (format!("{} {:?}", effect.table, effect.action), effect.rows))
        .collect();
    rows.sort();
    rows
}

async fn count(database: &Database, table: &str) -> i64 {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}
