//! Places to keep state in: a SQLite file in a folder of its own, and a
//! PostgreSQL database of its own. Each is gone when its test ends.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use candor_store::Store;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};

const SERVER: &str = "CANDOR_TEST_POSTGRES_URL";

/// Where state is kept during one test.
#[derive(Clone)]
pub(crate) struct Place {
    /// What `candor_store::open` takes.
    pub(crate) address: String,
    /// The file, where it is SQLite.
    pub(crate) file: Option<PathBuf>,
}

impl Place {
    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        candor_store::open(&self.address).await.unwrap()
    }

    /// Waits until a killed process has left: PostgreSQL may still be at work on
    /// its last words, while SQLite's lock ended with it.
    pub(crate) async fn wait_until_alone(&self) {
        if self.file.is_some() {
            return;
        }
        let mut connection = PgConnection::connect(&self.address).await.unwrap();
        let others = "SELECT pid FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()
                 AND backend_type = 'client backend'";
        for _ in 0..500 {
            if connection.fetch_all(others).await.unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("somebody is still connected");
    }

    /// Runs SQL behind the store's back.
    pub(crate) async fn sabotage(&self, sql: &'static str) {
        if self.file.is_some() {
            let url = format!("sqlite:{}", self.address);
            let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = PgConnection::connect(&self.address).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

/// Tells a story on SQLite, then on PostgreSQL.
pub(crate) async fn on_both<F, Told>(story: F)
where
    F: Fn(Place) -> Told,
    Told: Future<Output = ()> + Send + 'static,
{
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state/candor.db");
    let sqlite = Place {
        address: file.to_str().unwrap().to_owned(),
        file: Some(file),
    };
    story(sqlite).await;

    let Some(server) = server() else { return };
    let name = database_name();
    let mut maintenance = PgConnection::connect(&server).await.unwrap();
    let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
    maintenance.execute(create).await.unwrap();
    let options: PgConnectOptions = server.parse().unwrap();
    let postgres = Place {
        address: options.database(&name).to_url_lossy().to_string(),
        file: None,
    };
    // A story that fails must not leave its database behind.
    let told = tokio::spawn(story(postgres)).await;
    let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
    maintenance.execute(drop).await.unwrap();
    if let Err(failure) = told {
        std::panic::resume_unwind(failure.into_panic());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test binary has no other configuration than its environment"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn server() -> Option<String> {
    let server = variable(SERVER);
    if server.is_none() {
        assert_ne!(
            variable("CI").as_deref(),
            Some("true"),
            "{SERVER} must be set in CI"
        );
        eprintln!("{SERVER} is not set: told on SQLite only");
    }
    server
}

fn database_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("candor_store_{}_{number}", std::process::id())
}
