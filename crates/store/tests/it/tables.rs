//! Every table has an owner and a retention, in the README's list, and is the
//! same in both databases.

use std::collections::BTreeSet;

use sqlx::{Connection, Row};

use crate::support::{Place, on_both};

const README: &str = include_str!("../../README.md");

/// A column: its table, its name, its kind, and whether it can be null.
type Column = (String, String, String, bool);

async fn columns(place: &Place) -> BTreeSet<Column> {
    drop(place.open().await);
    if place.file.is_some() {
        let url = format!("sqlite:{}", place.address);
        let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
        let sql = "SELECT m.name, c.name, c.type, c.\"notnull\" = 0 AND c.pk = 0
             FROM sqlite_master m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
        let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(column).collect()
    } else {
        let mut connection = sqlx::PgConnection::connect(&place.address).await.unwrap();
        let sql = "SELECT CAST(table_name AS text), CAST(column_name AS text),
                 CAST(data_type AS text), is_nullable = 'YES'
             FROM information_schema.columns WHERE table_schema = 'public'";
        let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
        rows.iter().map(column).collect()
    }
}

fn column<R: Row>(row: &R) -> Column
where
    for<'r> String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    for<'r> bool: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    usize: sqlx::ColumnIndex<R>,
{
    let kind: String = row.get(2);
    let kind = match kind.to_uppercase().as_str() {
        "BLOB" | "BYTEA" => "bytes",
        "BIGINT" | "INTEGER" => "integer",
        "TEXT" => "text",
        other => panic!("{other} is none of the three kinds"),
    };
    (row.get(0), row.get(1), kind.to_owned(), row.get(3))
}

/// Rows of the README's list: table, owner, kept until.
fn listed() -> Vec<[&'static str; 3]> {
    let rows = README.lines().filter_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        match cells.as_slice() {
            ["", table, owner, kept, ""] if table.starts_with('`') => {
                Some([table.trim_matches('`'), owner, kept])
            }
            _ => None,
        }
    });
    rows.collect()
}

#[tokio::test]
async fn every_table_is_listed_with_its_owner_and_retention() {
    let listed = listed();
    for [table, owner, kept] in &listed {
        let module = format!("src/{}.rs", owner.trim_matches('`'));
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        assert!(root.join(&module).exists(), "{table}: {module}");
        assert!(kept.len() > 10, "{table}: until when is it kept?");
    }
    let names: BTreeSet<_> = listed
        .iter()
        .map(|[table, ..]| (*table).to_owned())
        .collect();
    assert_eq!(names.len(), listed.len(), "a table is listed twice");
    on_both(move |place| {
        let names = names.clone();
        async move {
            let columns = columns(&place).await;
            let tables: BTreeSet<_> = columns.into_iter().map(|(table, ..)| table).collect();
            assert_eq!(tables, names);
        }
    })
    .await;
}

#[tokio::test]
async fn both_databases_have_the_same_columns() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let seeing = seen.clone();
    on_both(move |place| {
        let seeing = seeing.clone();
        async move {
            let columns = columns(&place).await;
            seeing.lock().unwrap().push(columns);
        }
    })
    .await;
    if let [sqlite, postgres] = seen.lock().unwrap().as_slice() {
        assert_eq!(sqlite, postgres);
    }
}
