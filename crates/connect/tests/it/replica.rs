//! A read replica of PostgreSQL, made and fed by the server itself: an erasure
//! counts as verified when it is gone there too, and not before.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use candor_connect::{Limits, Source, SourceError};
use candor_policy::charter::SourceKind;
use candor_policy::map::SourceMap;

use crate::support::{Mapping as _, World, capture, email, erase, kinds, map, residue, table};

const SCHEMA: &str = "
CREATE TABLE account (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES account (id), note text);
CREATE INDEX orders_account_id ON orders (account_id);
INSERT INTO account VALUES (1, 'mireille@post.example'), (2, 'otto@post.example');
INSERT INTO orders VALUES (10, 1, 'hers'), (20, 2, 'his')";

fn mapped() -> SourceMap {
    map([
        (
            "account",
            table("id:key email:contact.email").about("email", "email"),
        ),
        (
            "orders",
            table("id:key account_id:key note:content.message").owned("account_id"),
        ),
    ])
}

/// A server and its replica, which go with the test.
struct Pair {
    folder: PathBuf,
    primary: World,
    replica: World,
}

impl Pair {
    async fn start() -> Self {
        // Not below a temporary folder that only its owner enters.
        let folder = std::env::temp_dir().join(format!("candor-replica-{}", std::process::id()));
        let (primary, replica) = (folder.join("primary"), folder.join("replica"));
        std::fs::create_dir_all(&primary).unwrap();
        std::fs::create_dir_all(&replica).unwrap();
        let at = World::at(SourceKind::Postgres, tool(&["start"], &[&primary]));
        at.run(SCHEMA).await;
        let follows = tool(&["replica"], &[&primary, &replica]);
        Self {
            folder,
            primary: at,
            replica: World::at(SourceKind::Postgres, follows),
        }
    }

    fn source(&self, patience: Duration) -> Source {
        let limits = Limits {
            replica: patience,
            ..Limits::default()
        };
        let source = Source::open(
            "app",
            SourceKind::Postgres,
            &self.primary.url,
            mapped(),
            limits,
        );
        let replicas = [self.replica.url.clone()];
        source.unwrap().with_replicas(&replicas).unwrap()
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for place in ["replica", "primary"] {
            tool(&["stop"], &[&self.folder.join(place)]);
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What `tests/tools/postgres` prints.
fn tool(verb: &[&str], folders: &[&Path]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let done = Command::new(root.join("tests/tools/postgres"))
        .args(verb)
        .args(folders)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{verb:?}: {said}");
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn an_erasure_is_verified_when_its_replica_has_caught_up() {
    if !kinds().contains(&SourceKind::Postgres) {
        return;
    }
    let pair = Pair::start().await;
    let source = pair.source(Duration::from_secs(30));
    let mireille = [email("mireille@post.example")];
    let captured = capture(&source, &mireille).await.unwrap();
    let left = captured.left(&source).await.unwrap();
    assert!(left.contains(&residue("account", "email", 1)), "{left:?}");
    erase(&source, "one", &mireille).await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    assert_eq!(pair.replica.count("account").await, 1, "there, too");

    // While it is held up, nothing is said of it.
    pair.replica.run("SELECT pg_wal_replay_pause()").await;
    let otto = [email("otto@post.example")];
    let captured = capture(&source, &otto).await.unwrap();
    erase(&source, "two", &otto).await;
    assert_eq!(pair.replica.count("account").await, 1, "still there");
    let hasty = pair.source(Duration::from_millis(500));
    let behind = captured.left(&hasty).await.unwrap_err();
    assert!(matches!(behind, SourceError::Pending { .. }), "{behind:?}");
    assert!(
        behind.to_string().contains("replica 1 has not caught up"),
        "{behind}"
    );
    pair.replica.run("SELECT pg_wal_replay_resume()").await;
    assert_eq!(captured.left(&source).await.unwrap(), []);
    assert_eq!(pair.replica.count("account").await, 0);

    // What no longer follows says nothing either.
    pair.replica.run("SELECT pg_promote()").await;
    let alone = captured.left(&hasty).await.unwrap_err();
    assert!(alone.to_string().contains("follows nothing"), "{alone}");
    let elsewhere = World::database("SELECT 1").await;
    let other = Source::open(
        "app",
        SourceKind::Postgres,
        &pair.primary.url,
        mapped(),
        Limits::default(),
    );
    let other = other
        .unwrap()
        .with_replicas(std::slice::from_ref(&elsewhere.url));
    let other = captured.left(&other.unwrap()).await.unwrap_err();
    assert!(
        other.to_string().contains("follows another database"),
        "{other}"
    );
}

#[tokio::test]
async fn only_replicas_of_postgresql_are_taken() {
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
