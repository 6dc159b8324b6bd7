//! Sources as they are run: others write at the same time, steps come twice,
//! servers go away, and what the schema says is not always what it does.

use std::time::Duration;

use candor_connect::{Limits, Source, SourceError, WITHHELD};
use candor_domain::plan::Action;
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::SourceMap;

use crate::support::{
    Mapping as _, World, capture, effect, email, erase, export, kinds, map, residue, step, table,
};

const PORTAL: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL, secret text, parent bigint REFERENCES account (id));
CREATE TABLE audit (at bigint, kind text NOT NULL, actor bigint, detail JSON_TYPE);
CREATE TABLE invoice (series bigint, number bigint, account_id bigint, name text, PRIMARY KEY (series, number));
CREATE TABLE line (series bigint NOT NULL, number bigint NOT NULL, text text, FOREIGN KEY (series, number) REFERENCES invoice (series, number));
INSERT INTO account VALUES (1, 'a@post.example', 's3cret', NULL), (2, 'b@post.example', NULL, 1);
INSERT INTO audit VALUES (1, 'account', 1, '{}'), (2, 'job', 1, '{}'), (3, 'system', NULL, '{\"account\": {\"id\": 1}}'),
                         (4, 'system', NULL, '{\"account\": {\"id\": \"1\"}}'), (5, 'account', 2, NULL);
INSERT INTO invoice VALUES (7, 1, 1, 'A'), (7, 2, 2, 'B');
INSERT INTO line VALUES (7, 1, 'one'), (7, 1, 'two'), (7, 2, 'three');";

fn schema(kind: SourceKind) -> String {
    PORTAL.replace(
        "JSON_TYPE",
        match kind {
            SourceKind::Postgres => "jsonb",
            SourceKind::Mysql => "json",
            SourceKind::Sqlite => "TEXT",
        },
    )
}

fn portal() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email secret:credential.password parent:key")
                .about("email", "email")
                .references("parent", candor_policy::map::ReferenceAction::Unlink),
        ),
        (
            "audit",
            table("at:plain kind:plain actor:key detail:account.history")
                .owned_when("actor", "account.id", "kind", "account")
                .owned_by("detail.account.id", "account.id"),
        ),
        (
            "invoice",
            table("series:key number:key account_id:key name:name")
                .owned_by("account_id", "account.id")
                .on_erasure(OnErasure::Pseudonymise),
        ),
        (
            "line",
            table("series:key number:key text:plain")
                .owned("series+number")
                .on_erasure(OnErasure::Keep),
        ),
    ])
}

#[tokio::test]
async fn json_discriminators_and_composite_keys_lead_where_they_say() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let source = world.source(portal());
        let person = [email("A@post.example")];
        let captured = capture(&source, &person).await.unwrap();
        let report = erase(&source, "a", &person).await;
        assert_eq!(
            report.effects,
            [
                effect("account", Action::Delete, 1),
                effect("account", Action::Unlink, 1),
                effect("audit", Action::Delete, 3),
                effect("invoice", Action::Pseudonymise, 1),
                effect("line", Action::Keep, 2),
            ],
            "{kind:?}"
        );
        assert_eq!(
            world
                .rows("SELECT CAST(at AS text) FROM audit ORDER BY at")
                .await,
            [[Some("2".to_owned())], [Some("5".to_owned())]]
        );
        assert_eq!(
            world
                .rows("SELECT name FROM invoice WHERE account_id IS NULL")
                .await,
            [[None]]
        );
        assert_eq!(captured.left(&source).await.unwrap(), []);
        // Inside JSON it is found again.
        world
            .run("INSERT INTO audit VALUES (9, 'x', NULL, '{\"account\": {\"id\": 1}}')")
            .await;
        assert_eq!(
            captured.left(&source).await.unwrap(),
            [residue("audit", "detail", 1)]
        );
    }
}

#[tokio::test]
async fn credentials_and_other_peoples_keys_stay_in_the_database() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let exported = export(&world.source(portal()), &[email("a@post.example")]).await;
        let account = &exported.rows("account")[0];
        assert_eq!(account["secret"], WITHHELD, "{kind:?}");
        assert_eq!(account["id"], 1);
        assert!(!account.contains_key("parent"));
        assert_eq!(exported.rows("line").len(), 2);
        let other = export(&world.source(portal()), &[email("b@post.example")]).await;
        assert!(
            other.rows("account")[0]["secret"].is_null(),
            "nothing is held there"
        );
    }
}

#[tokio::test]
async fn a_step_is_done_once_however_often_and_by_how_many_it_is_asked_for() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let steps = [step("one", &[email("a@post.example")])];
        let sources: Vec<Source> = (0..4).map(|_| world.source(portal())).collect();
        let (first, second, third, fourth) = tokio::join!(
            sources[0].erase(&steps),
            sources[1].erase(&steps),
            sources[2].erase(&steps),
            sources[3].erase(&steps),
        );
        let first = first.unwrap();
        assert_eq!(first[0].effects.len(), 5, "{kind:?}");
        for other in [second, third, fourth] {
            assert_eq!(other.unwrap(), first, "{kind:?}");
        }
        assert_eq!(world.count("candor_journal").await, 1);
        // The journal says nothing about anybody.
        let journal = format!(
            "{:?}",
            world.rows("SELECT step, effects FROM candor_journal").await
        );
        assert!(!journal.contains("post.example"), "{journal}");
    }
}

#[tokio::test]
async fn erasures_of_overlapping_people_at_once_all_end() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let many: Vec<String> = (10..90)
            .map(|id| {
                format!(
                    "({id}, 'p{id}@post.example', NULL, {})",
                    if id % 10 == 0 { 1 } else { id - 1 }
                )
            })
            .collect();
        world
            .run(&format!("INSERT INTO account VALUES {}", many.join(", ")))
            .await;
        let sources: Vec<Source> = (0..4).map(|_| world.source(portal())).collect();
        let work = sources
            .iter()
            .enumerate()
            .map(|(place, source)| async move {
                for id in (10..90).filter(|id| id % 4 == place) {
                    let people = [
                        step(&format!("{id}"), &[email(&format!("p{id}@post.example"))]),
                        step(
                            &format!("{id} and next"),
                            &[email(&format!("p{}@post.example", id + 1))],
                        ),
                    ];
                    source.erase(&people).await.unwrap();
                }
            });
        futures_util::future::join_all(work).await;
        assert_eq!(world.count("account").await, 2, "{kind:?}");
    }
}

#[tokio::test]
async fn what_a_trigger_writes_is_refused_and_what_it_keeps_is_noticed() {
    let world = World::new(SourceKind::Sqlite, &schema(SourceKind::Sqlite)).await;
    world.run("CREATE TRIGGER copy AFTER DELETE ON account BEGIN INSERT INTO audit VALUES (old.id, old.email, NULL, NULL); END").await;
    let source = world.source(portal());
    let refused = source.preview(&[email("a@post.example")]).await;
    assert_eq!(
        refused,
        Err(SourceError::Refused {
            source_name: "app".to_owned(),
            what: vec![
                "trigger `copy` of `account` may write what the map does not say".to_owned()
            ],
        })
    );
    for kind in kinds()
        .into_iter()
        .filter(|kind| *kind == SourceKind::Postgres)
    {
        let world = World::new(kind, &schema(kind)).await;
        world
            .run("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                  CREATE TRIGGER hold BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION hold()")
            .await;
        let kept = world
            .source(portal())
            .erase(&[step("a", &[email("a@post.example")])])
            .await;
        assert!(matches!(kept, Err(SourceError::Busy { .. })), "{kept:?}");
        assert_eq!(world.count("invoice").await, 2);
        assert_eq!(
            world
                .rows("SELECT name FROM invoice WHERE name IS NULL")
                .await
                .len(),
            0,
            "all of it was undone"
        );
    }
}

#[tokio::test]
async fn a_source_that_is_not_there_says_so_without_its_password() {
    let limits = Limits {
        connect: Duration::from_millis(300),
        ..Limits::default()
    };
    for (kind, url) in [
        (
            SourceKind::Postgres,
            "postgres://app:hunter2@127.0.0.1:1/app",
        ),
        (SourceKind::Sqlite, "sqlite:/nowhere/at/all.db"),
    ] {
        let source = Source::open("app", kind, url, portal(), limits).unwrap();
        let error = source
            .preview(&[email("a@post.example")])
            .await
            .unwrap_err();
        assert!(
            matches!(error, SourceError::Unreachable { .. }),
            "{error:?}"
        );
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
    let unreadable = Source::open("app", SourceKind::Postgres, "hunter2", portal(), limits);
    assert!(!format!("{:?}", unreadable.unwrap_err()).contains("hunter2"));
}

#[tokio::test]
async fn a_lock_that_somebody_holds_is_not_waited_for_forever() {
    for kind in kinds() {
        let world = World::new(kind, &schema(kind)).await;
        let limits = Limits {
            lock: Duration::from_millis(50),
            connect: Duration::from_secs(2),
            ..Limits::default()
        };
        let source = Source::open("app", kind, &world.url, portal(), limits).unwrap();
        let holder = world
            .hold("UPDATE account SET secret = 'x' WHERE id = 1")
            .await;
        let person = [email("a@post.example")];
        let waited = source.erase(&[step("a", &person)]).await;
        assert!(
            matches!(waited, Err(SourceError::Busy { .. })),
            "{kind:?} {waited:?}"
        );
        holder.release().await;
        let done = source.erase(&[step("a", &person)]).await.unwrap();
        assert_eq!(done[0].effects[0], effect("account", Action::Delete, 1));
    }
}

#[tokio::test]
async fn connections_that_died_while_idle_are_replaced() {
    for kind in kinds()
        .into_iter()
        .filter(|kind| *kind == SourceKind::Postgres)
    {
        let world = World::database(&schema(kind)).await;
        let source = world.source(portal());
        let person = [email("a@post.example")];
        let before = source.preview(&person).await.unwrap();
        world
            .run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            .await;
        assert_eq!(source.preview(&person).await.unwrap(), before);
        erase(&source, "a", &person).await;
    }
}

#[tokio::test]
async fn a_scan_that_takes_too_long_is_ended() {
    let world = World::new(SourceKind::Sqlite, &schema(SourceKind::Sqlite)).await;
    world
        .run("WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
              INSERT INTO audit SELECT i, 'a text that is long enough to be looked at for a while', NULL, NULL FROM n")
        .await;
    let limits = Limits {
        scan: Duration::from_millis(1),
        scan_bytes_max: u64::MAX,
        ..Limits::default()
    };
    let source = Source::open("app", SourceKind::Sqlite, &world.url, portal(), limits).unwrap();
    let person = [email("a@post.example")];
    let captured = capture(&source, &person).await.unwrap();
    let ended = source.verify_values(&[&captured.footprint]).await;
    assert!(
        matches!(&ended, Err(SourceError::Busy { reason, .. }) if reason == "a statement took too long"),
        "{ended:?}"
    );
    assert!(
        !source.preview(&person).await.unwrap().is_empty(),
        "the connection still serves"
    );
}
