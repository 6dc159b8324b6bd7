//! Whether a database cleaned up behind an erasure is said only where it was
//! seen: a snapshot that is held open, a vacuum that did not come, a purge that
//! is held back and a log that keeps pages each keep the lower grade.

use std::time::Duration;

use candor_connect::Source;
use candor_domain::subject_request::Traces;
use candor_policy::charter::SourceKind;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::support::{Mapping as _, World, email, erase, kinds, map, table};

const SCHEMA: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email varchar(90) NOT NULL, note text);
INSERT INTO account VALUES (1, 'a@post.example', 'one'), (2, 'b@post.example', 'two');";

fn source(world: &World) -> Source {
    world.source(map([(
        "account",
        table("id:key email:contact.email note:content.message").about("email", "email"),
    )]))
}

async fn look(source: &Source, before: Option<&Traces>) -> Traces {
    let tables = ["account".to_owned()];
    let mark = before.and_then(|before| before.mark.as_deref());
    let traces = source.traces(&tables, Duration::ZERO, mark).await.unwrap();
    traces.unwrap()
}

#[tokio::test]
async fn postgres_cleans_up_after_the_last_old_snapshot() {
    if !kinds().contains(&SourceKind::Postgres) {
        return;
    }
    let world = World::database_named("traces", SCHEMA).await;
    let source = source(&world);
    let mut old = sqlx::PgConnection::connect(&world.url).await.unwrap();
    old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .await
        .unwrap();
    old.execute("SELECT id, email FROM account").await.unwrap();
    erase(&source, "a", &[email("a@post.example")]).await;

    // Sabotage: somebody still sees the row, and a vacuum can't take it.
    let held = look(&source, None).await;
    assert!(!held.gone && held.mark.is_none(), "{held:?}");
    world.run("VACUUM account").await;
    let held = look(&source, Some(&held)).await;
    assert!(!held.gone && held.seen.contains("snapshot"), "{held:?}");
    let rows = old
        .fetch_all("SELECT id, email FROM account")
        .await
        .unwrap();
    assert_eq!(rows.len(), 2, "it does see it");
    old.close().await.unwrap();

    // No vacuum came since.
    let mut free = look(&source, Some(&held)).await;
    for _ in 0..50 {
        if free.mark.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        free = look(&source, Some(&free)).await;
    }
    assert!(!free.gone && free.mark.is_some(), "{free:?}");
    let still = look(&source, Some(&free)).await;
    assert!(!still.gone && still.seen.contains("`account`"), "{still:?}");

    world.run("VACUUM account").await;
    let mut gone = look(&source, Some(&still)).await;
    for _ in 0..50 {
        if gone.gone {
            break;
        }
        // Statistics of the other session arrive a moment later.
        tokio::time::sleep(Duration::from_millis(100)).await;
        gone = look(&source, Some(&still)).await;
    }
    assert!(gone.gone, "{gone:?}");
}

#[tokio::test]
async fn what_an_account_may_not_see_is_not_gone() {
    if !kinds().contains(&SourceKind::Postgres) {
        return;
    }
    let world = World::database_named("traces_blind", SCHEMA).await;
    let mut admin = sqlx::PgConnection::connect(&world.url).await.unwrap();
    let create =
        "DROP ROLE IF EXISTS candor_blind; CREATE ROLE candor_blind LOGIN PASSWORD 'blind';
                  GRANT ALL ON SCHEMA public TO candor_blind; GRANT ALL ON account TO candor_blind";
    admin
        .execute(sqlx::raw_sql(AssertSqlSafe(create)))
        .await
        .unwrap();
    let (_, place) = world.url.rsplit_once('@').unwrap();
    let blind = World::at(
        SourceKind::Postgres,
        format!("postgres://candor_blind:blind@{place}"),
    );
    let traces = look(&source(&blind), None).await;
    assert!(!traces.gone && traces.mark.is_none(), "{traces:?}");
    assert!(traces.seen.contains("pg_read_all_stats"), "{traces:?}");
    drop(admin);
}

#[tokio::test]
async fn mariadb_cleans_up_by_purging() {
    if !kinds().contains(&SourceKind::Mysql) {
        return;
    }
    let world = World::new(SourceKind::Mysql, SCHEMA).await;
    let source = source(&world);
    // Sabotage: an old read view keeps the purge back.
    let hold = world.hold("SELECT id, email FROM account").await;
    erase(&source, "a", &[email("a@post.example")]).await;
    let held = look(&source, None).await;
    assert!(!held.gone && held.mark.is_some(), "{held:?}");
    let held = look(&source, Some(&held)).await;
    assert!(!held.gone, "{held:?}");
    hold.release().await;
    let mut freed = look(&source, Some(&held)).await;
    for _ in 0..200 {
        if freed.gone {
            break;
        }
        // Others write in between, so that the purge has a reason to go on.
        world
            .run("UPDATE account SET note = concat(note, '.')")
            .await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        freed = look(&source, Some(&freed)).await;
    }
    assert!(freed.gone, "{freed:?}");
}

#[tokio::test]
async fn sqlite_overwrites_what_it_deletes() {
    let world = World::new(SourceKind::Sqlite, SCHEMA).await;
    let path = world.url.trim_start_matches("sqlite:").to_owned();
    let holds = |path: &str| {
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(14).any(|part| part == b"a@post.example")
    };
    assert!(holds(&path));
    let source = source(&world);
    erase(&source, "a", &[email("a@post.example")]).await;
    let traces = look(&source, None).await;
    assert!(traces.gone, "{traces:?}");
    assert!(!holds(&path), "its bytes are really gone");

    // Sabotage: the write-ahead log keeps pages as they were.
    world.run("PRAGMA journal_mode = wal").await;
    let logged = self::source(&world);
    let traces = look(&logged, None).await;
    assert!(!traces.gone && traces.seen.contains("log"), "{traces:?}");
}
