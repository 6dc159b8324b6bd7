//! The main job on PostgreSQL: the company's databases and our own state in one
//! server, each in its schema.

use std::process::Command;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The server that `./test` starts. Without it the test says so; in CI that is
/// a failure.
fn server() -> Option<String> {
    let url = std::env::var("CANDOR_TEST_POSTGRES_URL").ok();
    if url.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "CANDOR_TEST_POSTGRES_URL is not set"
        );
        eprintln!("not run: CANDOR_TEST_POSTGRES_URL is not set; ./test sets it");
    }
    url
}

#[tokio::test]
async fn the_demo_shows_everything_on_postgresql() {
    let Some(url) = server() else { return };
    let name = format!("candor_demo_{}", std::process::id());
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    sqlx::raw_sql(create)
        .execute(&mut connection)
        .await
        .unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["demo", "--once", "--customers", "50"])
        .args(["--listen", "127.0.0.1:0", "--folder"])
        .arg(folder.path().join("demo"))
        .args(["--postgres", &format!("{server}/{name}")])
        .output()
        .unwrap();
    let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
    sqlx::raw_sql(drop).execute(&mut connection).await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{printed}");
    assert!(!printed.contains("NOT SHOWN"), "{printed}");
    let state = folder.path().join("demo/data/state.sqlite");
    assert!(!state.exists(), "the state is in PostgreSQL");
}

#[test]
fn a_folder_that_the_demo_did_not_make_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let precious = folder.path().join("precious.txt");
    std::fs::write(&precious, "mine").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["demo", "--once", "--customers", "10", "--folder"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--folder"), "{said}");
    assert_eq!(std::fs::read_to_string(precious).unwrap(), "mine");
}
