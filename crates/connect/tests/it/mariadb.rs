//! What only MariaDB does: engines that can't undo, rows that remember, texts
//! that are equal though they differ, deadlocks, and a server that dies.

use std::time::Duration;

use candor_connect::{Limits, Source, SourceError};
use candor_domain::identity::Identity;
use candor_domain::plan::Action;
use candor_policy::charter::{OnErasure, SourceKind};
use candor_policy::map::{ReferenceAction, SourceMap};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use crate::support::{
    Mapping as _, World, capture, effect, email, erase, export, map, mariadb, residue, step, table,
};

/// A database, where there is a server.
async fn world(schema: &str) -> Option<World> {
    mariadb()?;
    Some(World::new(SourceKind::Mysql, schema).await)
}

fn accounts() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email").about("email", "email"),
        ),
        (
            "note",
            table("id:key account_id:key body:content.message")
                .owned_by("account_id", "account.id"),
        ),
    ])
}

fn schema(engine: &str) -> String {
    format!(
        "CREATE TABLE account (id bigint PRIMARY KEY, email varchar(190) NOT NULL, KEY (email)) ENGINE = InnoDB;
         CREATE TABLE note (id bigint PRIMARY KEY, account_id bigint, body text, KEY (account_id)) {engine};
         INSERT INTO account VALUES (1, 'a@post.example'), (2, 'b@post.example');
         INSERT INTO note VALUES (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'z');"
    )
}

#[tokio::test]
async fn what_cannot_be_undone_or_is_remembered_is_refused() {
    for (engine, why) in [
        (
            "ENGINE = MyISAM",
            "`note` is stored by an engine that cannot undo",
        ),
        (
            "ENGINE = Aria TRANSACTIONAL = 1",
            "`note` is stored by an engine that cannot undo",
        ),
        (
            "WITH SYSTEM VERSIONING",
            "`note` keeps every version its rows ever had",
        ),
    ] {
        let Some(world) = world(&schema(engine)).await else {
            return;
        };
        let source = world.source(accounts());
        let refused = source.erase(&[step("a", &[email("a@post.example")])]).await;
        let Err(SourceError::Refused { what, .. }) = refused else {
            panic!("{engine}: {refused:?}")
        };
        assert!(what[0].starts_with(why), "{engine}: {what:?}");
        assert_eq!(world.count("account").await, 2);
        // Where nothing is written, nothing has to be undone.
        let mut map = accounts();
        let note = map.tables.get_mut("note").unwrap();
        note.on_erasure = OnErasure::Keep;
        note.because = Some("invoices".to_owned());
        note.owned_by.clear();
        note.columns = table("id:key account_id:plain body:plain").columns;
        let report = erase(&world.source(map), "a", &[email("a@post.example")]).await;
        assert_eq!(report.effects, [effect("account", Action::Delete, 1)]);
    }
}

#[tokio::test]
async fn people_whose_names_a_collation_takes_for_equal_are_told_apart() {
    let Some(world) = world(
        "CREATE TABLE account (id bigint unsigned PRIMARY KEY, email varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL,
           code varchar(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci, KEY (email), KEY (code));
         INSERT INTO account VALUES (1, 'Jose@post.example', 'ABCDEF'), (2, 'josé@post.example', 'abcdef'), (3, 'JOSÈ@post.example', NULL),
           (18446744073709551615, 'max@post.example', 'abcdéf');",
    )
    .await
    else {
        return;
    };
    let own = || {
        map([(
            "account",
            table("id:key email:contact.email code:device.id")
                .about("email", "email")
                .about("customer_id", "id")
                .about("code", "code"),
        )])
    };
    let source = world.source(own());
    let left = async || {
        let rows = world
            .rows("SELECT CAST(id AS TEXT) FROM account ORDER BY id")
            .await;
        rows.concat().into_iter().flatten().collect::<Vec<_>>()
    };
    let person = [email("jose@post.example")];
    let captured = capture(&source, &person).await.unwrap();
    erase(&source, "jose", &person).await;
    assert_eq!(left().await, ["2", "3", "18446744073709551615"]);
    // Those who remain are nobody's residue.
    assert_eq!(captured.left(&source).await.unwrap(), []);
    let code = [Identity::new("code", "abcdef")];
    assert_eq!(export(&source, &code).await.rows("account").len(), 1);
    erase(&source, "code", &code).await;
    assert_eq!(left().await, ["3", "18446744073709551615"]);
    let largest = [Identity::new("customer_id", "18446744073709551615")];
    let captured = capture(&source, &largest).await.unwrap();
    erase(&source, "largest", &largest).await;
    assert_eq!(left().await, ["3"]);
    world
        .run("INSERT INTO account VALUES (18446744073709551615, 'new@post.example', NULL)")
        .await;
    assert_eq!(
        captured.left(&source).await.unwrap(),
        [residue("account", "id", 1)]
    );
}

#[tokio::test]
async fn types_that_only_it_has_lead_where_they_say() {
    let Some(world) = world(
        "CREATE TABLE account (id binary(16) PRIMARY KEY, token uuid NOT NULL, email varchar(100) NOT NULL, born date, score decimal(10,2), flags bit(3));
         CREATE TABLE note (account_id binary(16), token uuid, body text, INDEX (account_id)) PARTITION BY KEY (account_id) PARTITIONS 2;
         INSERT INTO account VALUES (unhex('00112233445566778899aabbccddeeff'), '123e4567-e89b-12d3-a456-426614174000', 'a@post.example', '0000-00-00', 1.50, 5),
           (unhex('ff112233445566778899aabbccddeeff'), '223e4567-e89b-12d3-a456-426614174000', 'b@post.example', NULL, NULL, NULL);
         INSERT INTO note VALUES (unhex('00112233445566778899aabbccddeeff'), NULL, 'same'), (unhex('00112233445566778899aabbccddeeff'), NULL, 'same'),
           (NULL, '123e4567-e89b-12d3-a456-426614174000', 'other'), (unhex('ff112233445566778899aabbccddeeff'), NULL, 'same');",
    )
    .await
    else {
        return;
    };
    let source = world.source(map([
        (
            "account",
            table("id:key token:key email:contact.email born:name score:plain flags:plain")
                .about("customer_id", "id")
                .about("email", "email"),
        ),
        (
            "note",
            table("account_id:key token:key body:content.message")
                .owned_by("account_id", "account.id")
                .owned_by("token", "account.token"),
        ),
    ]));
    let person = [Identity::new(
        "customer_id",
        "00112233-4455-6677-8899-aabbccddeeff",
    )];
    let exported = export(&source, &person).await;
    let account = &exported.rows("account")[0];
    assert_eq!(account["id"], "00112233445566778899AABBCCDDEEFF");
    assert_eq!(account["born"], "0000-00-00");
    assert_eq!(account["score"], 1.50);
    assert_eq!(account["flags"], 5);
    assert_eq!(exported.rows("note").len(), 3);
    let captured = capture(&source, &person).await.unwrap();
    // Two rows that nothing tells apart are two rows.
    let report = erase(&source, "a", &person).await;
    assert_eq!(
        report.effects,
        [
            effect("account", Action::Delete, 1),
            effect("note", Action::Delete, 3)
        ]
    );
    assert_eq!(world.count("note").await, 1);
    assert_eq!(captured.left(&source).await.unwrap(), []);
    world
        .run("INSERT INTO note VALUES (unhex('00112233445566778899aabbccddeeff'), NULL, 'again')")
        .await;
    assert_eq!(
        captured.left(&source).await.unwrap(),
        [residue("note", "account_id", 1)]
    );
}

#[tokio::test]
async fn rows_of_others_keep_the_time_of_their_last_change() {
    let Some(world) = world(
        "CREATE TABLE account (id bigint PRIMARY KEY, email varchar(100) NOT NULL, referred_by bigint REFERENCES account (id),
           changed_at timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp());
         INSERT INTO account VALUES (1, 'a@post.example', NULL, '2020-01-01 00:00:00'), (2, 'b@post.example', 1, '2020-01-01 00:00:00');",
    )
    .await
    else {
        return;
    };
    let source = world.source(map([(
        "account",
        table("id:key email:contact.email referred_by:key changed_at:plain")
            .about("email", "email")
            .references("referred_by", ReferenceAction::Unlink),
    )]));
    erase(&source, "a", &[email("a@post.example")]).await;
    assert_eq!(
        world
            .rows("SELECT CAST(changed_at AS TEXT), CAST(referred_by AS TEXT) FROM account")
            .await,
        [[Some("2020-01-01 00:00:00".to_owned()), None]]
    );
}

#[tokio::test]
async fn a_deadlock_is_tried_again() {
    let Some(world) = world(&schema("ENGINE = InnoDB")).await else {
        return;
    };
    // Somebody takes the note first and the account after, which an erasure
    // does the other way round: one of the two must give way.
    let other = world.hold("UPDATE note SET body = 'w' WHERE id = 1").await;
    let source = world.source(accounts());
    let erasing =
        tokio::spawn(async move { source.erase(&[step("a", &[email("a@post.example")])]).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Either may be chosen as the victim.
    let _ = other
        .also("SELECT 1 FROM account WHERE id = 1 FOR UPDATE")
        .await;
    let report = erasing.await.unwrap().unwrap();
    assert_eq!(
        report[0].effects,
        [
            effect("account", Action::Delete, 1),
            effect("note", Action::Delete, 2)
        ]
    );
    assert_eq!(world.count("note").await, 1);
}

#[tokio::test]
async fn an_account_from_whom_triggers_are_hidden_is_refused() {
    let Some(world) = world(&schema("ENGINE = InnoDB")).await else {
        return;
    };
    let (server, database) = world.url.rsplit_once('/').unwrap();
    let (_, address) = server.rsplit_once('@').unwrap();
    let account = format!("blind_{}", std::process::id());
    world
        .run(&format!(
            "CREATE OR REPLACE USER {account}@127.0.0.1 IDENTIFIED BY 'blind';
             GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, CREATE TEMPORARY TABLES ON {database}.* TO {account}@127.0.0.1"
        ))
        .await;
    let url = format!("mysql://{account}:blind@{address}/{database}");
    let open = || {
        Source::open(
            "app",
            SourceKind::Mysql,
            &url,
            accounts(),
            Limits::default(),
        )
    };
    let refused = open().unwrap().preview(&[email("a@post.example")]).await;
    let Err(SourceError::Refused { what, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert!(what[0].contains("TRIGGER"), "{what:?}");
    world
        .run(&format!(
            "GRANT TRIGGER ON {database}.* TO {account}@127.0.0.1"
        ))
        .await;
    // With just the rights that the guide names.
    erase(&open().unwrap(), "a", &[email("a@post.example")]).await;
    world.run(&format!("DROP USER {account}@127.0.0.1")).await;
}

#[tokio::test]
async fn a_session_that_is_killed_in_the_middle_leaves_nothing_half_done() {
    let Some(world) = world(&schema("ENGINE = InnoDB")).await else {
        return;
    };
    let other = world.hold("UPDATE note SET body = 'w' WHERE id = 2").await;
    let source = world.source(accounts());
    let person = [email("a@post.example")];
    let steps = [step("a", &person)];
    let killed = {
        let (source, steps) = (world.source(accounts()), steps.clone());
        tokio::spawn(async move { source.erase(&steps).await })
    };
    tokio::time::sleep(Duration::from_millis(300)).await;
    kill_waiting(&world).await;
    // It is gone with its connection, and what it had locked is free.
    assert!(killed.await.unwrap().is_err());
    assert_eq!(world.count("account").await, 2);
    assert_eq!(world.count("candor_journal").await, 0);
    other.release().await;
    let report = source.erase(&steps).await.unwrap();
    assert_eq!(
        report[0].effects,
        [
            effect("account", Action::Delete, 1),
            effect("note", Action::Delete, 2)
        ]
    );
}

/// Ends every connection to the world's database that waits for a lock.
async fn kill_waiting(world: &World) {
    let mut connection = sqlx::MySqlConnection::connect(&world.url).await.unwrap();
    let waiting = sqlx::query(
        "SELECT p.id FROM information_schema.processlist AS p
           JOIN information_schema.innodb_trx AS x ON x.trx_mysql_thread_id = p.id
          WHERE p.db = database() AND x.trx_state = 'LOCK WAIT'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert_eq!(waiting.len(), 1, "one erasure waits");
    for row in waiting {
        let id: i64 = row.get_unchecked(0);
        connection
            .execute(AssertSqlSafe(format!("KILL {id}")))
            .await
            .unwrap();
    }
}
