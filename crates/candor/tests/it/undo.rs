//! An erasure that is undone, and one that no longer can be: through the real
//! service, on the example with a window declared.

use candor_domain::id::StaffId;
use candor_domain::subject_request::SubjectRequest;
use candor_policy::charter::Right;
use jiff::SignedDuration;
use stackyard::{ALONE, Database};

use crate::holds::HOLDS;
use crate::promises::Watched;
use crate::world::World;

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn erased() -> (Watched, SubjectRequest) {
    let watched = Watched::undoable().await;
    let id = watched.file(Right::Erasure, ALONE.email).await;
    watched.approve(&id).await;
    watched.tell(&id).await;
    let (request, _) = watched.service.request(&id).await.unwrap().unwrap();
    assert!(request.is_kept(), "{:?} {:?}", request.state, request.undo);
    (watched, request)
}

/// Every row of every table of a database, as text.
pub(crate) async fn contents(database: &Database) -> Vec<String> {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'candor%' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let mut all = Vec::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1)")
            .bind(&table)
            .fetch_all(pool)
            .await
            .unwrap();
        let columns: Vec<String> = columns
            .iter()
            .map(|own| format!("quote(\"{own}\")"))
            .collect();
        let sql = format!(
            "SELECT {} FROM \"{table}\" ORDER BY 1",
            columns.join(" || ',' || ")
        );
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_all(pool)
            .await
            .unwrap();
        all.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
    }
    all
}

async fn kept(database: &Database) -> i64 {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    let count = sqlx::query_scalar("SELECT count(*) FROM candor_undo");
    count.fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_was_a_mistake_is_undone_and_the_person_is_told() {
    let watched = Watched::undoable().await;
    let (app, support) = (&watched.world.app, &watched.world.support);
    let before = (contents(app).await, contents(support).await);
    let id = watched.file(Right::Erasure, ALONE.email).await;
    watched.approve(&id).await;
    watched.tell(&id).await;
    assert_ne!(contents(app).await, before.0, "something was erased");
    assert!(
        watched.world.last_mail().contains("Until "),
        "the mail says so"
    );
    watched.clock.forward(DAY);
    watched.work().await;
    let staff = StaffId::from_random([9; 16]);
    watched.service.undo(&id, &staff).await.unwrap();
    watched.work().await;
    assert_eq!((contents(app).await, contents(support).await), before);
    assert!(
        watched.world.last_mail().contains("undone"),
        "{}",
        watched.world.last_mail()
    );
    let (request, _) = watched.service.request(&id).await.unwrap().unwrap();
    assert!(request.is_undone());
    assert!(watched.service.undo(&id, &staff).await.is_err(), "once");
    // The key dies with the window all the same.
    watched.clock.forward(DAY * 7);
    watched.work().await;
    watched.clock.forward(DAY);
    watched.work().await;
    let (request, _) = watched.service.request(&id).await.unwrap().unwrap();
    assert!(!request.is_kept());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_under_a_hold_is_undone_and_what_was_held_stays_for_good() {
    let world = World::new(30).await;
    let mut files = world.policy_on_disk();
    for (path, text) in &mut files {
        if path == "candor.yaml" {
            *text = text.replace("  erasure:\n", "  erasure:\n    undo: 7 days\n") + HOLDS;
        }
    }
    let watched = Watched::under(world, files).await;
    let (app, support) = (&watched.world.app, &watched.world.support);
    let before = (contents(app).await, contents(support).await);
    let hold = watched
        .service
        .set_hold("claims", ALONE.email, "file 7", None);
    let hold = hold.await.unwrap();
    let id = watched.file(Right::Erasure, ALONE.email).await;
    watched.approve(&id).await;
    watched.tell(&id).await;
    let held = watched.service.request(&id).await.unwrap().unwrap().0;
    assert_eq!(held.state_key(), "held", "{:?}", held.state);
    assert_ne!(contents(app).await, before.0, "the rest was erased");
    let staff = StaffId::from_random([9; 16]);
    watched.service.undo(&id, &staff).await.unwrap();
    watched.work().await;
    assert_eq!((contents(app).await, contents(support).await), before);
    watched.service.lift_hold(&hold, None).await.unwrap();
    watched.clock.forward(DAY * 8);
    watched.work().await;
    let after = (contents(app).await, contents(support).await);
    assert_eq!(after, before, "a mistake is not carried out later");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_window_an_erasure_is_final() {
    let (watched, request) = erased().await;
    assert!(kept(&watched.world.app).await > 0);
    watched.clock.forward(DAY * 7);
    let staff = StaffId::from_random([9; 16]);
    assert!(watched.service.undo(&request.id, &staff).await.is_err());
    watched.work().await;
    assert_eq!(kept(&watched.world.app).await, 0, "nothing is left of it");
    let (request, _) = watched.service.request(&request.id).await.unwrap().unwrap();
    assert!(!request.is_kept());
    let ended = request
        .history
        .iter()
        .any(|own| own.kind == "subject_request.undo_ended");
    assert!(ended);
    // And then our own record of the person goes, and with it their page.
    watched.clock.forward(DAY);
    watched.work().await;
    assert!(watched.service.undo(&request.id, &staff).await.is_err());
}
