//! The schemas: the same shape in both dialects, and the shape the generator
//! writes; and the same world in PostgreSQL as in SQLite.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Row};

use super::{TODAY, files};
use crate::rows::Table;
use crate::{Database, Options, Part, create, postgres_url};

/// Tables with their columns, foreign keys, and names of indexes.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    columns: Vec<(String, Vec<String>)>,
    foreign_keys: BTreeSet<String>,
    indexes: BTreeSet<String>,
}

fn names(part: Part) -> impl Iterator<Item = &'static str> {
    part.tables().iter().map(|table| table.name())
}

fn written_columns(part: Part) -> Vec<(String, Vec<String>)> {
    let columns = |table: Table| {
        table
            .columns()
            .iter()
            .map(|column| (*column).to_owned())
            .collect()
    };
    part.tables()
        .iter()
        .map(|table| (table.name().to_owned(), columns(*table)))
        .collect()
}

async fn sqlite_shape(pool: &sqlx::SqlitePool, part: Part) -> Shape {
    let mut shape = Shape::default();
    for table in names(part) {
        let columns = sqlx::query("SELECT name FROM pragma_table_info(?) ORDER BY cid").bind(table);
        let columns = columns.fetch_all(pool).await.unwrap();
        shape.columns.push((
            table.to_owned(),
            columns.iter().map(|row| row.get(0)).collect(),
        ));
        let keys = sqlx::query(
            "SELECT group_concat(\"from\", ',') || ' -> ' || \"table\" || ' ' || group_concat(\"to\", ',') || ' ' || on_delete \
             FROM pragma_foreign_key_list(?) GROUP BY id",
        );
        for row in keys.bind(table).fetch_all(pool).await.unwrap() {
            shape
                .foreign_keys
                .insert(format!("{table} {}", row.get::<String, _>(0)));
        }
    }
    let indexes =
        sqlx::query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL");
    shape.indexes = indexes
        .fetch_all(pool)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    shape
}

async fn postgres_shape(pool: &PgPool, part: Part) -> Shape {
    let mut shape = Shape::default();
    for table in names(part) {
        let columns = sqlx::query(
            "SELECT column_name::text FROM information_schema.columns \
             WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position",
        );
        let columns = columns
            .bind(part.name())
            .bind(table)
            .fetch_all(pool)
            .await
            .unwrap();
        shape.columns.push((
            table.to_owned(),
            columns.iter().map(|row| row.get(0)).collect(),
        ));
    }
    let keys = sqlx::query(
        "SELECT t.relname || ' ' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) \
         || ' -> ' || f.relname || ' ' || (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) \
         || CASE c.confdeltype WHEN 'c' THEN ' CASCADE' ELSE ' NO ACTION' END \
         FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid \
         JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.contype = 'f' AND c.convalidated AND n.nspname = $1",
    );
    let keys = keys.bind(part.name()).fetch_all(pool).await.unwrap();
    shape.foreign_keys = keys.iter().map(|row| row.get(0)).collect();
    let indexes = sqlx::query(
        "SELECT indexname::text FROM pg_indexes i WHERE schemaname = $1 \
         AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)",
    );
    let indexes = indexes.bind(part.name()).fetch_all(pool).await.unwrap();
    shape.indexes = indexes.iter().map(|row| row.get(0)).collect();
    shape
}

#[tokio::test]
async fn the_sqlite_schema_is_what_the_generator_writes() {
    let world = files(Options::new(4, 1, TODAY)).await;
    for (pool, part) in [(&world.app, Part::App), (&world.support, Part::Support)] {
        assert_eq!(
            sqlite_shape(pool, part).await.columns,
            written_columns(part)
        );
        let tables = sqlx::query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        );
        assert_eq!(
            tables.fetch_all(pool).await.unwrap().len(),
            part.tables().len()
        );
    }
}

/// The test server's address. In CI it must be there; elsewhere its absence
/// is said and the test passes without having looked.
fn test_server() -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are configured by the environment"
    )]
    let (url, ci) = (
        std::env::var("CANDOR_TEST_POSTGRES_URL"),
        std::env::var("CI"),
    );
    if url.is_err() {
        assert_ne!(
            ci.as_deref(),
            Ok("true"),
            "CANDOR_TEST_POSTGRES_URL is not set"
        );
        println!("not looked at: CANDOR_TEST_POSTGRES_URL is not set");
    }
    url.ok()
}

/// The address of another database on the same server.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = base.rsplit_once('/').unwrap();
    format!("{server}/{name}?{query}")
}

#[tokio::test]
async fn postgres_holds_the_same_world() {
    let Some(server) = test_server() else { return };
    let name = format!("stackyard_{}", std::process::id());
    let mut admin = PgConnection::connect(&server).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut admin)
        .await
        .unwrap();
    let outcome = tokio::spawn(compare(with_database(&server, &name))).await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(AssertSqlSafe(drop))
        .execute(&mut admin)
        .await
        .unwrap();
    outcome.unwrap();
}

async fn compare(url: String) {
    let options = Options::new(700, 42, TODAY);
    let app = Database::postgres(&url, Part::App).await.unwrap();
    let support = Database::postgres(&url, Part::Support).await.unwrap();
    let summary = create(&app, &support, &options, &|_| ()).await.unwrap();
    let world = files(options).await;
    assert_eq!(summary, world.summary);
    for (pool, part) in [(&world.app, Part::App), (&world.support, Part::Support)] {
        let database = PgPool::connect(&postgres_url(&url, part)).await.unwrap();
        assert_eq!(
            postgres_shape(&database, part).await,
            sqlite_shape(pool, part).await
        );
    }
    let texts = [
        (
            Part::App,
            "SELECT id, email || name || coalesce(password_hash, '-') FROM accounts ORDER BY id",
        ),
        (
            Part::App,
            "SELECT id, hostname || (settings ->> 'region') FROM machines ORDER BY id",
        ),
        (
            Part::Support,
            "SELECT id, body FROM ticket_messages ORDER BY id",
        ),
    ];
    for (part, query) in texts {
        let pool = if part == Part::App {
            &world.app
        } else {
            &world.support
        };
        let ours: Vec<(i64, String)> = sqlx::query_as(query).fetch_all(pool).await.unwrap();
        let database = PgPool::connect(&postgres_url(&url, part)).await.unwrap();
        let theirs: Vec<(i64, String)> = sqlx::query_as(query).fetch_all(&database).await.unwrap();
        assert_eq!(ours, theirs, "{query}");
    }
    let moments = "SELECT to_char(issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM invoices ORDER BY id";
    let database = PgPool::connect(&postgres_url(&url, Part::App))
        .await
        .unwrap();
    let theirs: Vec<String> = sqlx::query_scalar(moments)
        .fetch_all(&database)
        .await
        .unwrap();
    let ours: Vec<String> = sqlx::query_scalar("SELECT issued_at FROM invoices ORDER BY id")
        .fetch_all(&world.app)
        .await
        .unwrap();
    assert_eq!(ours, theirs);
}
