//! What the world promises, checked in both kinds of database.

mod catalogue;
mod policy;
mod world;

use jiff::civil::{Date, date};
use sqlx::{AssertSqlSafe, Row, SqlitePool};
use tempfile::TempDir;

use crate::{Database, Options, Part, Progress, Summary, create};

const TODAY: Date = date(2026, 11, 22);

/// Two SQLite files in a folder that goes with the value.
struct Files {
    _folder: TempDir,
    app: SqlitePool,
    support: SqlitePool,
    summary: Summary,
}

async fn files(options: Options) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let mut pools = Vec::new();
    for part in [Part::App, Part::Support] {
        let path = folder.path().join(format!("{part}.sqlite"));
        pools.push(Database::sqlite(&path, part).await.unwrap());
    }
    let summary = create(&pools[0], &pools[1], &options, &|_| ())
        .await
        .unwrap();
    let mut pools = pools.into_iter().map(|database| match database {
        Database::Sqlite(pool) => pool,
        Database::Postgres(_) => unreachable!("opened as a file"),
    });
    let (app, support) = (pools.next().unwrap(), pools.next().unwrap());
    Files {
        _folder: folder,
        app,
        support,
        summary,
    }
}

async fn count(pool: &SqlitePool, query: &str) -> i64 {
    sqlx::query(AssertSqlSafe(query))
        .fetch_one(pool)
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn progress_ends_with_everybody_and_the_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let app = Database::sqlite(&folder.path().join("app.sqlite"), Part::App)
        .await
        .unwrap();
    let support = Database::sqlite(&folder.path().join("support.sqlite"), Part::Support)
        .await
        .unwrap();
    let seen = std::sync::Mutex::new(Vec::new());
    let note = |progress| seen.lock().unwrap().push(progress);
    let options = Options::new(700, 1, TODAY);
    create(&app, &support, &options, &note).await.unwrap();
    let seen = seen.into_inner().unwrap();
    assert!(
        matches!(
            seen[0],
            Progress::Customers {
                done: 500..700,
                total: 700
            }
        ),
        "{seen:?}"
    );
    assert_eq!(
        seen[1..],
        [
            Progress::Customers {
                done: 700,
                total: 700
            },
            Progress::Indexes
        ]
    );

    let again = create(&app, &support, &options, &|_| ()).await;
    assert!(
        matches!(again, Err(crate::StackyardError::Schema { .. })),
        "{again:?}"
    );
}
