//! Reads the catalogue of a SQLite database's main schema. Names in foreign
//! keys are brought to the spelling of the tables and columns they name,
//! because SQLite compares them without case and maps are compared exactly.

use std::collections::BTreeMap;

use candor_policy::charter::SourceKind;
use sqlx::{Row as _, SqliteConnection};

use super::{
    Catalogue, Class, Column, ForeignKey, KeyAction, Relation, Table, Trigger, digest, is_ours,
    respell, spelled, writes,
};
use crate::error::Fault;

/// Changes with every change of the schema.
pub(crate) const STAMP: &str = "SELECT CAST(schema_version AS TEXT) FROM pragma_schema_version";

const TABLES: &str = "/* candor: catalogue, tables */
SELECT name, type AS kind, wr FROM pragma_table_list
 WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

// `hidden`: 2 and 3 are generated columns.
const COLUMNS: &str = "/* candor: catalogue, columns */
SELECT l.name AS table_name, c.name, c.type AS type_name, c.\"notnull\" AS not_null, c.pk, c.hidden
  FROM pragma_table_list l JOIN pragma_table_xinfo(l.name) c
 WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND c.hidden <> 1
 ORDER BY l.name, c.cid";

const KEYS: &str = "/* candor: catalogue, keys */
SELECT l.name AS table_name, i.name AS index_name, c.name
  FROM pragma_table_list l JOIN pragma_index_list(l.name) i JOIN pragma_index_info(i.name) c
 WHERE l.schema = 'main' AND l.type = 'table' AND i.\"unique\" = 1 AND i.partial = 0 AND i.origin <> 'pk'
 ORDER BY l.name, i.seq, c.seqno";

const FOREIGN_KEYS: &str = "/* candor: catalogue, foreign keys */
SELECT l.name AS table_name, k.id, k.\"table\" AS target, k.\"from\" AS own, k.\"to\" AS named,
       k.on_delete, k.on_update
  FROM pragma_table_list l JOIN pragma_foreign_key_list(l.name) k
 WHERE l.schema = 'main' AND l.type = 'table'
 ORDER BY l.name, k.id, k.seq";

// A key of its own name for the row's place, which is the next after the
// largest: the place of what went last is given again.
const COMES_AGAIN: &str = "/* candor: catalogue, keys that are given again */
SELECT l.name FROM pragma_table_list l JOIN pragma_table_xinfo(l.name) c JOIN sqlite_schema s ON s.name = l.name
 WHERE l.schema = 'main' AND l.type = 'table' AND s.type = 'table' AND c.pk = 1 AND upper(c.type) = 'INTEGER'
   AND (SELECT count(*) FROM pragma_table_xinfo(l.name) o WHERE o.pk > 0) = 1
   AND upper(s.sql) NOT LIKE '%AUTOINCREMENT%'";

const TRIGGERS: &str = "/* candor: catalogue, triggers */
SELECT tbl_name AS table_name, name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY tbl_name, name";

/// Reads the catalogue.
pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Catalogue, Fault> {
    let mut tables = read_tables(connection).await?;
    let mut keys: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in sqlx::query(KEYS).fetch_all(&mut *connection).await? {
        // Null for an expression, which makes the index no key.
        let name = row
            .try_get::<Option<String>, _>("name")?
            .unwrap_or_default();
        keys.entry((row.try_get("table_name")?, row.try_get("index_name")?))
            .or_default()
            .push(name);
    }
    for ((table, _), columns) in keys {
        if let Some(table) = tables.get_mut(&table)
            && columns.iter().all(|column| !column.is_empty())
        {
            table.unique_keys.push(columns);
        }
    }
    read_foreign_keys(connection, &mut tables).await?;
    for row in sqlx::query(TRIGGERS).fetch_all(connection).await? {
        let name: String = row.try_get("table_name")?;
        let sql: String = row.try_get("sql")?;
        if let Some(name) = spelled(tables.keys(), &name)
            && let Some(table) = tables.get_mut(&name)
        {
            let event = sql.to_lowercase();
            let event = event.split("begin").next().unwrap_or_default();
            table.triggers.push(Trigger {
                name: row.try_get("name")?,
                on_delete: event.contains("delete"),
                on_update: event.contains("update"),
                writes: writes::sqlite(&sql),
                definition: digest(&sql),
            });
        }
    }
    Ok(Catalogue {
        kind: SourceKind::Sqlite,
        tables,
    })
}

async fn read_tables(connection: &mut SqliteConnection) -> Result<BTreeMap<String, Table>, Fault> {
    let mut tables = BTreeMap::new();
    for row in sqlx::query(TABLES).fetch_all(&mut *connection).await? {
        let name: String = row.try_get("name")?;
        let relation = match row.try_get::<String, _>("kind")?.as_str() {
            "virtual" => Relation::Copy,
            _ if row.try_get::<bool, _>("wr")? => Relation::WithoutRowid,
            _ => Relation::Table,
        };
        if !is_ours(&name) {
            tables.insert(
                name,
                Table {
                    relation,
                    columns: Vec::new(),
                    primary_key: Vec::new(),
                    unique_keys: Vec::new(),
                    foreign_keys: Vec::new(),
                    triggers: Vec::new(),
                    keys_come_again: false,
                },
            );
        }
    }
    let mut keys: BTreeMap<String, Vec<(i64, String)>> = BTreeMap::new();
    for row in sqlx::query(COLUMNS).fetch_all(&mut *connection).await? {
        let table_name: String = row.try_get("table_name")?;
        let Some(table) = tables.get_mut(&table_name) else {
            continue;
        };
        let name: String = row.try_get("name")?;
        let type_name: String = row.try_get("type_name")?;
        let place: i64 = row.try_get("pk")?;
        if place > 0 {
            keys.entry(table_name)
                .or_default()
                .push((place, name.clone()));
        }
        table.columns.push(Column {
            class: class(&type_name),
            name,
            type_name,
            nullable: !row.try_get::<bool, _>("not_null")? && place == 0,
            generated: row.try_get::<i64, _>("hidden")? >= 2,
            touched: false,
            collation: None,
        });
    }
    for (name, mut key) in keys {
        key.sort();
        if let Some(table) = tables.get_mut(&name) {
            table.primary_key = key.into_iter().map(|(_, column)| column).collect();
        }
    }
    for row in sqlx::query(COMES_AGAIN).fetch_all(connection).await? {
        if let Some(table) = tables.get_mut(&row.try_get::<String, _>("name")?) {
            table.keys_come_again = table.relation == Relation::Table;
        }
    }
    Ok(tables)
}

async fn read_foreign_keys(
    connection: &mut SqliteConnection,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), Fault> {
    let mut keys: BTreeMap<(String, i64), ForeignKey> = BTreeMap::new();
    for row in sqlx::query(FOREIGN_KEYS).fetch_all(connection).await? {
        let target: String = row.try_get("target")?;
        let target = spelled(tables.keys(), &target).unwrap_or(target);
        let key = keys
            .entry((row.try_get("table_name")?, row.try_get("id")?))
            .or_insert(ForeignKey {
                columns: Vec::new(),
                target: target.clone(),
                target_columns: Vec::new(),
                on_delete: key_action(&row.try_get::<String, _>("on_delete")?),
                on_update: key_action(&row.try_get::<String, _>("on_update")?),
                deferrable: false,
            });
        key.columns.push(row.try_get("own")?);
        // Null where the key names the primary key without saying so.
        if let Some(named) = row.try_get::<Option<String>, _>("named")? {
            key.target_columns.push(named);
        }
    }
    for ((name, _), mut key) in keys {
        if let Some(target) = tables.get(&key.target) {
            if key.target_columns.is_empty() {
                key.target_columns.clone_from(&target.primary_key);
            }
            respell(&mut key.target_columns, target);
        }
        if let Some(table) = tables.get_mut(&name) {
            respell(&mut key.columns, table);
            table.foreign_keys.push(key);
        }
    }
    Ok(())
}

/// By the affinity that SQLite derives from the declared type.
fn class(type_name: &str) -> Class {
    let upper = type_name.to_uppercase();
    let has = |part: &str| upper.contains(part);
    if has("INT") {
        Class::Integer
    } else if has("JSON") {
        Class::Json
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Class::Text
    } else if upper.is_empty() || has("BLOB") {
        Class::Bytes
    } else if has("DATE") || has("TIME") {
        Class::Time
    } else {
        Class::Other
    }
}

fn key_action(name: &str) -> KeyAction {
    match name {
        "CASCADE" => KeyAction::Cascade,
        "RESTRICT" => KeyAction::Restrict,
        "SET NULL" => KeyAction::SetNull,
        "SET DEFAULT" => KeyAction::SetDefault,
        _ => KeyAction::NoAction,
    }
}
