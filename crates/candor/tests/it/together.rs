//! Many people at once: found together, erased in one transaction and searched
//! for in one go, each as if alone. Who fails, fails alone; killed anywhere, everybody is
//! erased once.

use std::time::Instant;

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::identity::Identity;
use candor_domain::plan::TableEffect;
use candor_domain::subject_request::{Channel, Stage, State, SubjectRequest};
use candor_policy::charter::Right;
use candor_server::Service;
use candor_server::service::{Filing, Proved};
use jiff::SignedDuration;
use stackyard::Database;

use crate::holds::HOLDS;
use crate::kill::{over, paused, staff_act};
use crate::promises::Watched;
use crate::undo::contents;
use crate::world::{PATIENCE, World};

/// Customers who are alone in their organisation: what one erasure does depends
/// on none of the others.
const PEOPLE: [u32; 9] = [12, 13, 14, 15, 16, 17, 18, 22, 23];
const ACCOUNTS: &str = "SELECT count(*) FROM accounts";
const CUSTOMERS: i64 = 30;
const OTHERS: i64 = 21;

/// Every point between two steps of erasures that are done together, once they
/// were approved.
const POINTS: [&str; 4] = [
    "prepare.before_commit",
    "erase.before_source",
    "erase.after_source",
    "verify.before_commit",
];

fn staff() -> StaffId {
    StaffId::from_random([9; 16])
}

/// Files erasures of everybody, as a file of many would.
async fn filed(service: &Service) -> Vec<SubjectRequestId> {
    let mut ids = Vec::new();
    for number in PEOPLE {
        let known = Identity::new("customer_id", &number.to_string());
        ids.push(filed_of(service, vec![known]).await);
    }
    ids
}

async fn filed_of(service: &Service, identities: Vec<Identity>) -> SubjectRequestId {
    let filing = Filing {
        right: Right::Erasure,
        about: None,
        identities,
        channel: Channel::Bulk,
        tenant: None,
        received_at: None,
        proved: Some(Proved::Vouched {
            who: staff(),
            reason: "They signed it.".to_owned(),
        }),
        once: None,
    };
    service.file_for(filing).await.unwrap().id
}

async fn read(service: &Service, id: &SubjectRequestId) -> SubjectRequest {
    service.request(id).await.unwrap().unwrap().0
}

async fn number(database: &Database, sql: &'static str) -> i64 {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Steps that were carried out.
async fn steps(database: &Database) -> i64 {
    let journal = "SELECT count(*) FROM sqlite_schema WHERE name = 'candor_journal'";
    match number(database, journal).await {
        0 => 0,
        _ => number(database, "SELECT count(*) FROM candor_journal").await,
    }
}

fn sorted(effects: &[TableEffect]) -> Vec<TableEffect> {
    let rows = effects.iter().filter(|effect| effect.rows > 0);
    let mut rows: Vec<TableEffect> = rows.cloned().collect();
    rows.sort();
    rows
}

/// Everything of somebody was done, once.
fn is_whole(request: &SubjectRequest) {
    assert!(
        matches!(request.state, State::Completed { .. }),
        "{:?} {:?}",
        request.state,
        request.waiting
    );
    for (source, progress) in &request.sources {
        assert_eq!(progress.stage, Stage::Verified, "{source}");
        assert_eq!(progress.attempts, 1, "{source} was erased once");
        assert_eq!(
            sorted(&progress.effects),
            sorted(&progress.preview.effects),
            "{source}"
        );
    }
}

impl Watched {
    /// Everybody's erasure, up to where it goes on by itself.
    async fn many_approved(&self) -> Vec<SubjectRequestId> {
        let ids = filed(&self.service).await;
        self.work().await;
        for id in &ids {
            self.service.approve(id, &staff()).await.unwrap();
        }
        ids
    }

    async fn finish(&self, ids: &[SubjectRequestId]) {
        self.work().await;
        for id in ids {
            staff_act(&self.service, id).await;
        }
        self.work().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_fails_fails_alone_and_goes_on_alone() {
    let watched = Watched::new().await;
    let ids = watched.many_approved().await;
    // What takes one person out of their invoices breaks a rule of the database.
    let twice = "SELECT account_id FROM invoices WHERE account_id IN (12, 13, 14, 15, 16, 17, 18, 22, 23) \
                 GROUP BY account_id HAVING count(*) > 1 ORDER BY 1 LIMIT 1";
    let whose = number(&watched.world.app, twice).await;
    let Database::Sqlite(pool) = &watched.world.app else {
        unreachable!("made as SQLite")
    };
    let invoices: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM invoices WHERE account_id = ?1 ORDER BY id LIMIT 2")
            .bind(whose)
            .fetch_all(pool)
            .await
            .unwrap();
    let rule = format!(
        "CREATE UNIQUE INDEX stubborn ON invoices (billing_name) \
         WHERE id IN ({}, {}) AND billing_name = 'erased customer'",
        invoices[0], invoices[1]
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(rule))
        .execute(pool)
        .await
        .unwrap();
    watched.finish(&ids).await;
    let place = PEOPLE.iter().position(|own| i64::from(*own) == whose);
    let stubborn = &ids[place.unwrap()];
    for id in ids.iter().filter(|id| *id != stubborn) {
        is_whole(&read(&watched.service, id).await);
    }
    let waits = read(&watched.service, stubborn).await;
    assert!(waits.waiting.contains_key("app"), "{:?}", waits.waiting);
    assert_eq!(waits.sources["support"].stage, Stage::Verified);
    assert_eq!(number(&watched.world.app, ACCOUNTS).await, OTHERS + 1);

    watched.app("DROP INDEX stubborn").await;
    watched.clock.forward(SignedDuration::from_mins(10));
    watched.finish(&ids).await;
    is_whole(&read(&watched.service, stubborn).await);
    assert_eq!(number(&watched.world.app, ACCOUNTS).await, OTHERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_identities_contradict_each_other_waits_alone() {
    let watched = Watched::new().await;
    let Database::Sqlite(pool) = &watched.world.app else {
        unreachable!("made as SQLite")
    };
    let email: String = sqlx::query_scalar("SELECT email FROM accounts WHERE id = 20")
        .fetch_one(pool)
        .await
        .unwrap();
    let mixed = vec![
        Identity::new("email", &email),
        Identity::new("customer_id", "21"),
    ];
    let mixed = filed_of(&watched.service, mixed).await;
    let ids = watched.many_approved().await;
    watched.finish(&ids).await;
    for id in &ids {
        is_whole(&read(&watched.service, id).await);
    }
    let waits = read(&watched.service, &mixed).await;
    assert_eq!(waits.state, State::Locating);
    assert!(waits.waiting.contains_key("identities"), "{waits:?}");
    assert_eq!(number(&watched.world.app, ACCOUNTS).await, OTHERS);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_many_rows_is_erased_with_the_others() {
    let watched = Watched::new().await;
    // More than are written down of several at once.
    watched
        .app(
            "INSERT INTO orders (id, account_id, product, billing_cycle, host_name, template, status, placed_at)
             WITH RECURSIVE n(id) AS (SELECT 1000000 UNION ALL SELECT id + 1 FROM n WHERE id < 1012000)
             SELECT n.id, 15, (SELECT min(sku) FROM products), 'monthly', 'h', 't', 'active', '2026-01-01T00:00:00Z' FROM n",
        )
        .await;
    let ids = watched.many_approved().await;
    watched.finish(&ids).await;
    for id in &ids {
        is_whole(&read(&watched.service, id).await);
    }
    let orders = "SELECT count(*) FROM orders WHERE id >= 1000000";
    assert_eq!(number(&watched.world.app, orders).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_one_is_found_for_that_one() {
    let watched = Watched::new().await;
    let ids = watched.many_approved().await;
    let Database::Sqlite(pool) = &watched.world.app else {
        unreachable!("made as SQLite")
    };
    let email: String = sqlx::query_scalar("SELECT email FROM accounts WHERE id = 17")
        .fetch_one(pool)
        .await
        .unwrap();
    while steps(&watched.world.app).await == 0 {
        watched.round().await;
    }
    // Somebody writes one address into a text, of products, before anyone looks.
    sqlx::query("UPDATE products SET name = ?1 WHERE sku = (SELECT min(sku) FROM products)")
        .bind(&email)
        .execute(pool)
        .await
        .unwrap();
    watched.work().await;
    let mut left = Vec::new();
    for id in &ids {
        let request = read(&watched.service, id).await;
        left.push(
            request.sources["app"]
                .residue
                .iter()
                .map(|left| left.rows)
                .sum::<u64>(),
        );
    }
    let others = left.iter().enumerate().filter(|(place, _)| *place != 5);
    assert!(others.into_iter().all(|(_, rows)| *rows == 0), "{left:?}");
    assert!(left[5] > 0, "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_hold_is_kept_while_the_others_go() {
    let world = World::new(30).await;
    let mut files = world.policy_on_disk();
    for (path, text) in &mut files {
        if path == "candor.yaml" {
            text.push_str(HOLDS);
        }
    }
    let watched = Watched::under(world, files).await;
    let Database::Sqlite(pool) = &watched.world.app else {
        unreachable!("made as SQLite")
    };
    let email: String = sqlx::query_scalar("SELECT email FROM accounts WHERE id = 13")
        .fetch_one(pool)
        .await
        .unwrap();
    let hold = watched.service.set_hold("court", &email, "file 7", None);
    hold.await.unwrap();
    let ids = watched.many_approved().await;
    watched.finish(&ids).await;
    for (place, id) in ids.iter().enumerate() {
        let request = read(&watched.service, id).await;
        assert_eq!(request.is_held(), place == 1, "{place}");
    }
    assert_eq!(number(&watched.world.app, ACCOUNTS).await, OTHERS + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_can_be_brought_back_alone() {
    let watched = Watched::undoable().await;
    let (app, support) = (&watched.world.app, &watched.world.support);
    let before = (contents(app).await, contents(support).await);
    let ids = watched.many_approved().await;
    watched.finish(&ids).await;
    let (mine, others) = ids.split_first().unwrap();
    watched.service.undo(mine, &staff()).await.unwrap();
    watched.work().await;
    assert_eq!(number(app, ACCOUNTS).await, OTHERS + 1);
    for id in others {
        assert!(!read(&watched.service, id).await.is_undone());
        watched.service.undo(id, &staff()).await.unwrap();
    }
    watched.work().await;
    assert_eq!(number(app, ACCOUNTS).await, CUSTOMERS);
    assert_eq!((contents(app).await, contents(support).await), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_erasures_survive_a_kill_at_every_point() {
    let world = World::new(30).await;
    let service = world.service().await;
    let ids = filed(&service).await;
    paused(&world, "locate.before_commit", async || {})
        .await
        .kill();
    for id in &ids {
        assert_eq!(read(&service, id).await.state, State::Locating);
    }
    let server = world.serve(&[]);
    let start = Instant::now();
    for id in &ids {
        while read(&service, id).await.state != State::Undecided {
            assert!(start.elapsed() < PATIENCE, "not located");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    server.kill();
    for id in &ids {
        service.approve(id, &staff()).await.unwrap();
    }
    for point in POINTS {
        let server = paused(&world, point, async || {}).await;
        if point == "erase.after_source" {
            // In one transaction: whoever did it stands still.
            while steps(&world.app).await != ids.len() as i64 {
                assert!(start.elapsed() < PATIENCE, "not together");
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        }
        server.kill();
    }
    let _server = world.serve(&[]);
    for id in &ids {
        is_whole(&over(&service, id).await);
    }
    assert_eq!(number(&world.app, ACCOUNTS).await, OTHERS);
}
