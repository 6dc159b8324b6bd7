//! Every table has an owner and a retention, in the README's list, and is the
//! same in both databases.

use std::collections::BTreeSet;

use sqlx::{Connection, Row};

use crate::support::{Place, on_both};

const README: &str = include_str!("../../README.md");

/// A column: its table, its name, its kind, and whether it can be null.
type Column = (String, String, String, bool);

pub(crate) async fn columns(place: &Place) -> BTreeSet<Column> {
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

/// What a column holds of people.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Holds {
    /// Bytes sealed under this key, which goes with whom they are about.
    Sealed(&'static str),
    /// A key, wrapped under this one.
    Wrapped(&'static str),
    /// A keyed hash, which tells nothing without the root key.
    Keyed,
    /// Nothing of people, and why.
    Nothing(&'static str),
}

use Holds::{Keyed, Nothing, Sealed, Wrapped};

const ID: Holds = Nothing("a random id");
const TIME: Holds = Nothing("a moment");
const COUNT: Holds = Nothing("a count, or a place in an order");
const DECLARED: Holds = Nothing("a name from the declaration, or of a state");
const LEDGER: Holds = Nothing("the ledger holds commitments in place of people");
const STAFF: Holds = Nothing("staff of the operator's, who are not the people it is about");

/// Every column, in order. A new one is classified here, or the test fails.
const COLUMNS: [(&str, &[(&str, Holds)]); 25] = [
    (
        "api_keys",
        &[
            ("id", ID),
            ("token_hash", Nothing("the hash of a random key")),
            ("name", Nothing("what the operator calls a program")),
            ("scope", DECLARED),
            ("created_at", TIME),
            ("created_by", STAFF),
            ("expires_at", TIME),
            ("revoked_at", TIME),
        ],
    ),
    (
        "blob_chunks",
        &[
            ("blob", ID),
            ("number", COUNT),
            (
                "bytes",
                Sealed("the subject's, or the file's of many people; a receipt is public"),
            ),
        ],
    ),
    (
        "bulk_files",
        &[
            ("id", ID),
            ("version", COUNT),
            ("sent_by", STAFF),
            ("name", Keyed),
            ("fingerprint", Keyed),
            ("wrapped_key", Wrapped("root")),
            ("sealed", Sealed("the file's")),
            ("created_at", TIME),
            ("body", Nothing("counts, states and moments of a file")),
        ],
    ),
    ("charters", &[("id", ID), ("body", DECLARED)]),
    (
        "charters_in_force",
        &[("number", COUNT), ("charter", ID), ("effective_at", TIME)],
    ),
    (
        "holds",
        &[
            ("id", ID),
            ("hold", DECLARED),
            ("subject", ID),
            ("sealed", Sealed("the subject's")),
            ("set_at", TIME),
            ("set_by", STAFF),
            ("lifted_at", TIME),
            ("lifted_by", STAFF),
        ],
    ),
    (
        "jobs",
        &[
            ("number", COUNT),
            ("key", ID),
            ("body", Nothing("ids and declared names only")),
            ("not_before", TIME),
            ("leased_until", TIME),
            ("claims", COUNT),
            ("again_at", TIME),
            (
                "error",
                Nothing("errors name tables and systems, never values"),
            ),
        ],
    ),
    (
        "key_shards",
        &[
            ("tenant", DECLARED),
            ("shard", COUNT),
            ("key_id", Nothing("the public name of a key")),
        ],
    ),
    ("ledger_checkpoints", &[("size", COUNT), ("note", LEDGER)]),
    (
        "ledger_entries",
        &[
            ("entry_index", COUNT),
            ("subject_request", ID),
            ("bytes", LEDGER),
        ],
    ),
    (
        "ledger_head",
        &[("id", COUNT), ("size", COUNT), ("frontier", LEDGER)],
    ),
    (
        "ledger_nodes",
        &[("level", COUNT), ("node_index", COUNT), ("hash", LEDGER)],
    ),
    (
        "ledger_promises",
        &[("promise", DECLARED), ("entry_index", COUNT)],
    ),
    (
        "observations",
        &[
            ("check_key", DECLARED),
            ("observed_at", TIME),
            (
                "body",
                Nothing("findings hold names of the schema, counts and moments"),
            ),
        ],
    ),
    (
        "once",
        &[
            ("scope", DECLARED),
            ("name", Keyed),
            ("fingerprint", Keyed),
            ("subject_request", ID),
            ("expires_at", TIME),
        ],
    ),
    (
        "owed_notices",
        &[
            ("version", COUNT),
            ("about", DECLARED),
            ("channel", DECLARED),
            ("asks", DECLARED),
        ],
    ),
    (
        "publications",
        &[
            ("version", COUNT),
            ("follows", COUNT),
            ("published_at", TIME),
            ("published_by", STAFF),
            ("acknowledged", DECLARED),
        ],
    ),
    (
        "schema_migrations",
        &[
            ("number", COUNT),
            ("name", DECLARED),
            ("checksum", Nothing("of a migration")),
        ],
    ),
    (
        "sealed_values",
        &[
            ("subject_request", ID),
            ("name", DECLARED),
            ("bytes", Sealed("the subject's")),
        ],
    ),
    (
        "sessions",
        &[
            ("token_hash", Nothing("the hash of a random token")),
            ("staff", STAFF),
            ("expires_at", TIME),
        ],
    ),
    (
        "settings",
        &[
            ("name", DECLARED),
            ("value", Nothing("public names of keys, and marks")),
        ],
    ),
    (
        "staff",
        &[
            ("id", STAFF),
            ("login", STAFF),
            ("password_hash", STAFF),
            ("created_at", TIME),
        ],
    ),
    (
        "subject_requests",
        &[
            ("id", ID),
            ("version", COUNT),
            ("subject", ID),
            ("right_key", DECLARED),
            ("state", DECLARED),
            ("is_open", COUNT),
            ("is_over", COUNT),
            ("due_at", TIME),
            ("answered_at", TIME),
            ("has_residue", COUNT),
            (
                "body",
                Nothing("states, counts, moments, declared names; texts lie in sealed_values"),
            ),
            ("tenant", DECLARED),
        ],
    ),
    (
        "subjects",
        &[
            ("id", ID),
            ("about", DECLARED),
            ("wrapped_key", Wrapped("shard")),
            ("contact_index", Keyed),
            ("sealed", Sealed("the subject's")),
            ("created_at", TIME),
            ("shredded_at", TIME),
            ("tenant", DECLARED),
        ],
    ),
    (
        "tombstones",
        &[
            ("source", DECLARED),
            ("subject_request", ID),
            ("wrapped_key", Wrapped("root")),
            ("sealed", Sealed("the erasure's own")),
            ("expires_at", TIME),
        ],
    ),
];

#[tokio::test]
async fn every_column_says_what_it_holds_of_people() {
    let mut classified = BTreeSet::new();
    for (table, columns) in COLUMNS {
        for (column, holds) in columns {
            classified.insert((table.to_owned(), (*column).to_owned()));
            let why = match holds {
                Sealed(why) | Wrapped(why) | Nothing(why) => why,
                Keyed => "keyed",
            };
            assert!(!why.is_empty(), "{table}.{column}");
        }
    }
    on_both(move |place| {
        let classified = classified.clone();
        async move {
            let columns = columns(&place).await;
            let mut sealed = Vec::new();
            for (table, column, kind, _) in &columns {
                let holds = COLUMNS.iter().find(|(name, _)| name == table);
                let holds = holds.and_then(|(_, own)| own.iter().find(|(name, _)| name == column));
                let holds = holds.map(|(_, holds)| *holds);
                if matches!(holds, Some(Sealed(_) | Wrapped(_) | Keyed)) {
                    assert_eq!(kind, "bytes", "{table}.{column}");
                    sealed.push((table, column));
                }
            }
            assert_eq!(sealed.len(), 14, "{sealed:?}");
            let stored = columns
                .into_iter()
                .map(|(table, column, ..)| (table, column));
            assert_eq!(stored.collect::<BTreeSet<_>>(), classified);
        }
    })
    .await;
}
