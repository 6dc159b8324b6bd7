//! Read replicas of PostgreSQL and MariaDB, made and fed by the servers
//! themselves: an erasure counts as verified when it is gone there too, and not
//! before.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use candor_connect::{Limits, Source, SourceError};
use candor_domain::check::{Check, Finding};
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;
use candor_policy::period::{Period, Unit};

use crate::support::{
    Captured, Mapping as _, World, capture, email, erase, kinds, map, residue, table,
};

const SCHEMA: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email varchar(100) NOT NULL UNIQUE);
CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), note text, made date);
CREATE INDEX orders_account_id ON orders (account_id);
INSERT INTO account VALUES (1, 'mireille@post.example'), (2, 'otto@post.example');
INSERT INTO orders VALUES (10, 1, 'hers', '2020-02-01'), (20, 2, 'his', '2020-03-01')";

/// Longer than a replica here is ever behind.
const PATIENT: Duration = Duration::from_secs(30);
const HASTY: Duration = Duration::from_millis(500);

fn mapped() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email").about("email", "email"),
        ),
        (
            "orders",
            table("id:key account_id:key note:content.message made:plain").owned("account_id"),
        ),
    ])
}

/// A server and its replica, which go with the test.
struct Pair {
    kind: SourceKind,
    folder: tempfile::TempDir,
    primary: World,
    replica: World,
}

impl Pair {
    async fn start(kind: SourceKind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (primary, replica) = (folder.path().join("primary"), folder.path().join("replica"));
        let verb = match kind {
            SourceKind::Mysql => "primary",
            _ => "start",
        };
        enterable(folder.path());
        let own = tool(kind, verb, &[&primary]);
        let follows = match kind {
            SourceKind::Mysql => {
                let server = World::at(kind, own.clone());
                server.run("CREATE DATABASE app").await;
                let follows = tool(kind, "replica", &[&primary, &replica]);
                World::at(kind, own.replace("/mysql", "/app"))
                    .run(SCHEMA)
                    .await;
                follows
            }
            _ => {
                World::at(kind, own.clone()).run(SCHEMA).await;
                tool(kind, "replica", &[&primary, &replica])
            }
        };
        let at = |url: String| World::at(kind, url.replace("/mysql", "/app"));
        Self {
            kind,
            folder,
            primary: at(own),
            replica: at(follows),
        }
    }

    fn source(&self, patience: Duration) -> Source {
        source((self.kind, &self.primary.url), &self.replica.url, patience)
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for place in ["replica", "primary"] {
            tool(self.kind, "stop", &[&self.folder.path().join(place)]);
        }
    }
}

fn source((kind, url): (SourceKind, &str), replica: &str, patience: Duration) -> Source {
    let limits = Limits {
        replica: patience,
        ..Limits::default()
    };
    let source = Source::open("app", kind, url, mapped(), limits).unwrap();
    source.with_replicas(&[replica.to_owned()]).unwrap()
}

/// Servers run as another account, which has to get below a temporary folder.
fn enterable(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// What `tests/tools/postgres` or `mariadb` prints.
fn tool(kind: SourceKind, verb: &str, folders: &[&Path]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tool = match kind {
        SourceKind::Mysql => "tests/tools/mariadb",
        _ => "tests/tools/postgres",
    };
    let done = Command::new(root.join(tool))
        .arg(verb)
        .args(folders)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{verb}: {said}");
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

/// Orders of before 2026: how many the database has, and its replica serves, and
/// what that says of being behind.
async fn old_orders(source: &Source) -> (u64, u64, Option<String>) {
    let check = Check::Age {
        source: "app".to_owned(),
        table: "orders".to_owned(),
        column: "made".to_owned(),
        period: Period {
            amount: 1,
            unit: Unit::Years,
        },
        from_end_of: None,
    };
    let now = "2027-01-01T00:00:00Z".parse().unwrap();
    let found = source.observe(&check, now).await.unwrap();
    let Finding::Age {
        overdue_rows,
        replicas,
        ..
    } = found
    else {
        panic!("{found:?}");
    };
    let [replica] = replicas.try_into().unwrap();
    assert_eq!(replica.name, "replica 1");
    (overdue_rows, replica.overdue_rows, replica.behind)
}

/// What keeps a search from being through.
async fn why(captured: &Captured, source: &Source) -> String {
    let error = captured.left(source).await.unwrap_err();
    error.to_string()
}

#[tokio::test]
async fn an_erasure_is_verified_when_its_postgresql_replica_has_caught_up() {
    if !kinds().contains(&SourceKind::Postgres) {
        return;
    }
    let pair = Pair::start(SourceKind::Postgres).await;
    let source = pair.source(PATIENT);
    let mireille = [email("mireille@post.example")];
    let captured = capture(&source, &mireille).await.unwrap();
    let left = captured.left(&source).await.unwrap();
    assert!(left.contains(&residue("account", "email", 1)), "{left:?}");
    assert_eq!(old_orders(&source).await, (2, 2, None));
    erase(&source, "one", &mireille).await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    assert_eq!(pair.replica.count("account").await, 1, "there, too");
    let names = source.replica_names().concat();
    let (_, place) = pair.replica.url.rsplit_once('@').unwrap();
    let (place, _) = place.split_once('/').unwrap();
    assert_eq!(
        names,
        format!("replica 1 ({place})"),
        "and nobody's password"
    );

    // While it is held up, nothing is said of it.
    pair.replica.run("SELECT pg_wal_replay_pause()").await;
    let otto = [email("otto@post.example")];
    let captured = capture(&source, &otto).await.unwrap();
    erase(&source, "two", &otto).await;
    assert_eq!(pair.replica.count("account").await, 1, "still there");
    let hasty = pair.source(HASTY);
    let behind = captured.left(&hasty).await.unwrap_err();
    assert!(matches!(behind, SourceError::Pending { .. }), "{behind:?}");
    let behind = behind.to_string();
    assert!(behind.contains("replica 1 has not caught up"), "{behind}");
    // Its rows are served all the same.
    let (here, there, behind) = old_orders(&hasty).await;
    assert_eq!((here, there), (0, 1));
    assert_eq!(behind.unwrap(), "has not caught up");
    pair.replica.run("SELECT pg_wal_replay_resume()").await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    assert_eq!(pair.replica.count("account").await, 0);

    // What no longer follows says nothing either.
    pair.replica.run("SELECT pg_promote()").await;
    let alone = why(&captured, &hasty).await;
    assert!(alone.contains("follows nothing"), "{alone}");
    let elsewhere = World::database("SELECT 1").await;
    let other = self::source((pair.kind, &pair.primary.url), &elsewhere.url, HASTY);
    let other = why(&captured, &other).await;
    assert!(other.contains("follows another database"), "{other}");
}

#[tokio::test]
async fn an_erasure_is_verified_when_its_mariadb_replica_has_caught_up() {
    if !kinds().contains(&SourceKind::Mysql) {
        return;
    }
    let pair = Pair::start(SourceKind::Mysql).await;
    let (source, hasty) = (pair.source(PATIENT), pair.source(HASTY));
    let mireille = [email("mireille@post.example")];
    let captured = capture(&source, &mireille).await.unwrap();
    let left = captured.left(&source).await.unwrap();
    assert!(left.contains(&residue("account", "email", 1)), "{left:?}");
    assert_eq!(old_orders(&source).await, (2, 2, None));
    erase(&source, "one", &mireille).await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    assert_eq!(pair.replica.count("account").await, 1, "there, too");
    let names = source.replica_names().concat();
    let (_, place) = pair.replica.url.rsplit_once('@').unwrap();
    let (place, _) = place.split_once('/').unwrap();
    assert_eq!(
        names,
        format!("replica 1 ({place})"),
        "and nobody's password"
    );
    let own = pair.replica.rows("SELECT @@gtid_binlog_state").await;
    let searched = format!("{own:?}");
    assert!(
        searched.contains("0-1-") && !searched.contains("0-2-"),
        "{searched}"
    );

    // While it is held up, nothing is said of it.
    pair.replica.run("STOP SLAVE SQL_THREAD").await;
    let otto = [email("otto@post.example")];
    let captured = capture(&source, &otto).await.unwrap();
    erase(&source, "two", &otto).await;
    assert_eq!(pair.replica.count("account").await, 1, "still there");
    let behind = captured.left(&hasty).await.unwrap_err();
    assert!(matches!(behind, SourceError::Pending { .. }), "{behind:?}");
    let behind = behind.to_string();
    assert!(behind.contains("replica 1 has been stopped"), "{behind}");
    // Its rows are served all the same.
    let (here, there, behind) = old_orders(&hasty).await;
    assert_eq!((here, there), (0, 1));
    assert_eq!(behind.unwrap(), "has been stopped");
    pair.replica.run("START SLAVE").await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    assert_eq!(pair.replica.count("account").await, 0);

    // A row that is served there alone is found.
    let alone = "SET sql_log_bin = 0; INSERT INTO account VALUES (3, 'otto@post.example')";
    pair.replica.run(alone).await;
    let left = captured.left(&source).await.unwrap();
    assert_eq!(left, [residue("account", "email", 1)]);
    let alone = "SET sql_log_bin = 0; INSERT INTO orders VALUES (30, 3, '', '2020-01-01')";
    pair.replica.run(alone).await;
    assert_eq!(old_orders(&source).await, (0, 1, None));
    // And stops it, once the same comes from its database.
    pair.primary
        .run("INSERT INTO account VALUES (3, 'clara@post.example')")
        .await;
    let broken = why(&captured, &hasty).await;
    assert!(
        broken.contains("stopped by an error (number 1062)"),
        "{broken}"
    );
    pair.replica
        .run("SET sql_log_bin = 0; DELETE FROM orders; DELETE FROM account; START SLAVE")
        .await;
    assert_eq!(captured.left(&source).await.unwrap(), []);

    // What no longer follows says nothing either.
    pair.replica.run("STOP SLAVE; RESET SLAVE ALL").await;
    let promoted = why(&captured, &hasty).await;
    assert!(promoted.contains("follows nothing"), "{promoted}");
}

#[tokio::test]
async fn a_mariadb_replica_of_another_server_proves_nothing() {
    if !kinds().contains(&SourceKind::Mysql) {
        return;
    }
    let (pair, other) = (
        Pair::start(SourceKind::Mysql).await,
        Pair::start(SourceKind::Mysql).await,
    );
    let foreign = source((pair.kind, &pair.primary.url), &other.replica.url, HASTY);
    let source = pair.source(PATIENT);
    let otto = [email("otto@post.example")];
    let captured = capture(&source, &otto).await.unwrap();
    erase(&source, "one", &otto).await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    // It has the same number, the same tables, and is further: it even holds
    // nothing of theirs.
    other.primary.run("DELETE FROM orders; DELETE FROM account; CREATE TABLE candor_journal (step varchar(255) PRIMARY KEY)").await;
    for number in 0..20 {
        other
            .primary
            .run(&format!("INSERT INTO candor_journal VALUES ('s{number}')"))
            .await;
    }
    while other.replica.count("candor_journal").await < 20 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let same = why(&captured, &foreign).await;
    assert!(same.contains("does not hold the steps"), "{same}");
    other.primary.run("SET GLOBAL server_id = 7").await;
    other.replica.run("STOP SLAVE; START SLAVE").await;
    let elsewhere = why(&captured, &foreign).await;
    assert!(
        elsewhere.contains("follows another database"),
        "{elsewhere}"
    );

    // Nor is anything written into the log of one that may be written to.
    pair.replica.run("SET GLOBAL read_only = 0").await;
    let writable = why(&captured, &source).await;
    assert!(writable.contains("set `read_only`"), "{writable}");
    pair.replica.run("SET GLOBAL read_only = 1").await;
    // An account that may not see whom it follows.
    let limited = "GRANT ALL ON app.* TO limited@127.0.0.1 IDENTIFIED BY 'seldom'";
    pair.primary.run(limited).await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    let (_, place) = pair.replica.url.rsplit_once('@').unwrap();
    let limited = format!("mysql://limited:seldom@{place}");
    let limited = self::source((pair.kind, &pair.primary.url), &limited, HASTY);
    let limited = why(&captured, &limited).await;
    assert!(limited.contains("grant it `SLAVE MONITOR`"), "{limited}");
}

#[tokio::test]
async fn a_server_without_a_binary_log_can_have_no_replicas_looked_at() {
    if !kinds().contains(&SourceKind::Mysql) {
        return;
    }
    let world = World::new(SourceKind::Mysql, SCHEMA).await;
    let source = source((world.kind, &world.url), &world.url, HASTY);
    let captured = capture(&source, &[email("otto@post.example")])
        .await
        .unwrap();
    let silent = why(&captured, &source).await;
    assert!(silent.contains("writes no binary log"), "{silent}");
}

#[tokio::test]
async fn sqlite_has_no_replicas() {
    let world = World::new(
        SourceKind::Sqlite,
        "CREATE TABLE account (id bigint PRIMARY KEY, email text)",
    )
    .await;
    let refused = world
        .source(mapped())
        .with_replicas(std::slice::from_ref(&world.url));
    assert!(matches!(refused, Err(SourceError::Refused { .. })));
}
