//! A person with more rows than are held in memory at once: what leads to them
//! is written down, sealed, before they go; afterwards every one is looked for;
//! and it goes with the person.

use std::sync::Arc;
use std::time::{Duration, Instant};

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::plan::Residue;
use candor_domain::subject_request::{Outcome, SETTLING_TIME, Stage, State, SubjectRequest};
use candor_policy::charter::Right;
use candor_server::Service;
use candor_server::worker::{LEASE, Worker};
use candor_server::world::World as Outside;
use jiff::SignedDuration;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use stackyard::{ALONE, Database};

use crate::kill::{filed, over, staff_act};
use crate::promises::Hand;
use crate::world::{PATIENCE, World};

/// More than two steps of a verification.
const ORDERS: i64 = 25_000;
/// Ids of theirs begin here.
const FIRST: i64 = 1_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_survives_is_found_among_many_and_no_key_outlives_its_person() {
    let world = World::new(20).await;
    let last = FIRST + ORDERS - 1;
    run(&world, &orders()).await;
    let service = world.service().await;
    let id = filed(&world, &service, Right::Erasure).await;
    assert_eq!(chunks(&world, &id).await, 0);

    let server = world.serve(&["--pause-at", "erase.after_source"]);
    let start = Instant::now();
    while count(&world, "accounts").await == 20 {
        assert!(start.elapsed() < PATIENCE, "nothing was erased");
        staff_act(&service, &id).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    server.kill();
    assert!(chunks(&world, &id).await > 1, "keys were written down");
    assert_eq!(in_state(&world, &last.to_string()), 0, "sealed");

    // Somebody writes one of their orders again, for nobody who is known: with a
    // living owner it would be that owner's, because SQLite gives numbers again.
    let again = format!("{} LIMIT 1", order("999999", &last.to_string()));
    run(&world, &format!("PRAGMA foreign_keys = OFF; {again}")).await;
    let server = world.serve(&[]);
    let request = stuck(&service, &id).await;
    assert_eq!(
        request.sources["app"].residue,
        [Residue {
            table: "orders".to_owned(),
            column: "id".to_owned(),
            rows: 1
        }]
    );
    run(&world, &format!("DELETE FROM orders WHERE id = {last}")).await;
    let staff = StaffId::from_random([9; 16]);
    service.retry(&id, &staff, "app".to_owned()).await.unwrap();
    let request = over(&service, &id).await;
    let State::Completed { outcome, .. } = request.state else {
        panic!("{:?}", request.state)
    };
    assert_eq!(outcome, Outcome::Fulfilled);
    drop(server);
    assert!(chunks(&world, &id).await > 1, "it has not settled");
    let clock = Hand::at(Outside::real().now());
    clock.forward(SETTLING_TIME);
    let service = world.service_with(Arc::new(clock.clone())).await;
    let worker = Worker::new(service, LEASE);
    for _ in 0..200 {
        if worker.round().await.unwrap() == 0 {
            clock.forward(SignedDuration::from_mins(10));
        }
        if chunks(&world, &id).await == 0 {
            return;
        }
    }
    panic!("keys outlive their person");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_writes_no_keys_down() {
    let world = World::new(20).await;
    let service = world.service().await;
    let id = filed(&world, &service, Right::Access).await;
    let server = world.serve(&["--pause-at", "package.before_commit"]);
    let start = Instant::now();
    while !server.has_logged("paused") {
        assert!(start.elapsed() < PATIENCE, "nothing was gathered");
        staff_act(&service, &id).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(chunks(&world, &id).await, 0);
}

/// Many orders of the person.
fn orders() -> String {
    let end = FIRST + ORDERS;
    let id = "n.id";
    format!(
        "WITH RECURSIVE n(id) AS (SELECT {FIRST} UNION ALL SELECT id + 1 FROM n WHERE id + 1 < {end})
         {} CROSS JOIN n WHERE a.email = '{}'",
        order("a.id", id),
        ALONE.email
    )
}

fn order(account: &str, id: &str) -> String {
    format!(
        "INSERT INTO orders (id, account_id, product, billing_cycle, host_name, template, status, placed_at)
         SELECT {id}, {account}, (SELECT min(sku) FROM products), 'monthly', 'h', 't', 'active', '2026-01-01T00:00:00Z'
           FROM accounts AS a"
    )
}

async fn stuck(service: &Service, id: &SubjectRequestId) -> SubjectRequest {
    let start = Instant::now();
    loop {
        let (request, _) = service.request(id).await.unwrap().unwrap();
        if request.sources["app"].stage == Stage::Stuck {
            return request;
        }
        assert!(start.elapsed() < PATIENCE, "{:?}", request.sources["app"]);
        staff_act(service, id).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Chunks of the keys that are kept of a subject request.
async fn chunks(world: &World, id: &SubjectRequestId) -> i64 {
    let state = format!("sqlite:{}", world.path("data/state.sqlite").display());
    let mut state = SqliteConnection::connect(&state).await.unwrap();
    let kept = "SELECT count(*) FROM blob_chunks WHERE blob = $1";
    let kept = sqlx::query_scalar(kept).bind(format!("keys/{id}"));
    kept.fetch_one(&mut state).await.unwrap()
}

/// How often a text stands in the state's files.
fn in_state(world: &World, text: &str) -> usize {
    let files = std::fs::read_dir(world.path("data")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let files = files.filter(|path| path.is_file());
    let found = files.map(|path| {
        let bytes = std::fs::read(path).unwrap();
        let windows = bytes.windows(text.len());
        windows.filter(|own| *own == text.as_bytes()).count()
    });
    found.sum()
}

async fn run(world: &World, sql: &str) {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    sql.execute(pool(world)).await.unwrap();
}

async fn count(world: &World, table: &str) -> i64 {
    let query = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    let query = sqlx::query_scalar(query);
    query.fetch_one(pool(world)).await.unwrap()
}

fn pool(world: &World) -> &sqlx::SqlitePool {
    let Database::Sqlite(pool) = &world.app else {
        unreachable!("made as SQLite")
    };
    pool
}
