//! Reads the catalogue of the MariaDB database that the address names. Foreign
//! keys that come in from other databases are kept, because a deletion here
//! would meet them. Refuses servers it was not tried with, and accounts from
//! whom the server hides triggers.

use std::collections::BTreeMap;

use candor_policy::charter::SourceKind;
use sqlx::mysql::MySqlRow;
use sqlx::{MySqlConnection, Row as _};

use super::{
    Catalogue, Class, Column, ForeignKey, KeyAction, Relation, Table, Trigger, digest, is_ours,
    respell, spelled, writes,
};
use crate::error::Fault;

/// The oldest MariaDB that has all that is used (`JSON_TABLE`).
const VERSION_MIN: (u32, u32) = (10, 6);

/// Changes whenever a table, a column, a foreign key or a trigger does.
pub(crate) const STAMP: &str = "/* candor: has the schema changed */
SELECT concat_ws('/',
  (SELECT concat_ws(',', count(*), bit_xor(conv(left(sha2(concat_ws('|', table_name, table_type, engine), 256), 15), 16, 10)))
     FROM information_schema.tables WHERE table_schema = database() AND table_name NOT IN ('candor_journal', 'candor_undo', 'candor_notice')),
  (SELECT concat_ws(',', count(*), bit_xor(conv(left(sha2(concat_ws('|', table_name, ordinal_position, column_name,
            column_type, is_nullable, collation_name, extra, column_key), 256), 15), 16, 10)))
     FROM information_schema.columns WHERE table_schema = database() AND table_name NOT IN ('candor_journal', 'candor_undo', 'candor_notice')),
  (SELECT concat_ws(',', count(*), bit_xor(conv(left(sha2(concat_ws('|', table_name, constraint_name,
            referenced_table_name, unique_constraint_name, delete_rule, update_rule), 256), 15), 16, 10)))
     FROM information_schema.referential_constraints WHERE constraint_schema = database()),
  (SELECT concat_ws(',', count(*), bit_xor(conv(left(sha2(concat_ws('|', event_object_table, trigger_name,
            event_manipulation, action_statement), 256), 15), 16, 10)))
     FROM information_schema.triggers WHERE trigger_schema = database()))";

const VERSION: &str = "/* candor: which server is this */ SELECT version()";

// A database may be granted by a pattern. Only global rights show triggers of
// databases the account has no right of its own to.
const SEES_TRIGGERS: &str = "/* candor: does the server show its triggers */
SELECT EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE privilege_type = 'TRIGGER')
    OR EXISTS (SELECT 1 FROM information_schema.schema_privileges
                WHERE privilege_type = 'TRIGGER' AND database() LIKE table_schema ESCAPE '\\')";

const TABLES: &str = "/* candor: catalogue, tables */
SELECT t.table_name AS name, t.table_type AS kind, e.transactions AS transactions
  FROM information_schema.tables AS t LEFT JOIN information_schema.engines AS e ON e.engine = t.engine
 WHERE t.table_schema = database() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')";

const COLUMNS: &str = "/* candor: catalogue, columns */
SELECT table_name, column_name AS name, column_type AS type_name, data_type AS base, collation_name AS collation,
       is_nullable, is_generated, extra
  FROM information_schema.columns WHERE table_schema = database()
 ORDER BY table_name, ordinal_position";

// A key with a prefix of a column does not tell every two values apart.
const KEYS: &str = "/* candor: catalogue, keys */
SELECT table_name, index_name, column_name AS name, sub_part IS NULL AS is_whole
  FROM information_schema.statistics WHERE table_schema = database() AND non_unique = 0
 ORDER BY table_name, index_name, seq_in_index";

const FOREIGN_KEYS: &str = "/* candor: catalogue, foreign keys */
SELECT k.table_schema = database() AS is_here, k.table_schema AS own_schema, k.table_name, k.constraint_name,
       k.referenced_table_schema = database() AS names_here, k.referenced_table_schema AS target_schema,
       k.referenced_table_name AS target, k.column_name AS own, k.referenced_column_name AS named,
       r.delete_rule AS on_delete, r.update_rule AS on_update
  FROM information_schema.key_column_usage AS k
  JOIN information_schema.referential_constraints AS r
    ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
 WHERE k.referenced_table_name IS NOT NULL
   AND (k.table_schema = database() OR k.referenced_table_schema = database())
 ORDER BY k.table_schema, k.table_name, k.constraint_name, k.ordinal_position";

// `json` is `longtext` with this check.
const JSON: &str = "/* candor: catalogue, JSON */
SELECT c.table_name, c.column_name AS name
  FROM information_schema.columns AS c
  JOIN information_schema.check_constraints AS k
    ON k.constraint_schema = c.table_schema AND k.table_name = c.table_name AND k.constraint_name = c.column_name
 WHERE c.table_schema = database() AND k.check_clause LIKE 'json\\_valid(%' ESCAPE '\\'";

const TRIGGERS: &str = "/* candor: catalogue, triggers */
SELECT event_object_table AS table_name, trigger_name AS name, event_manipulation AS event, action_statement AS body
  FROM information_schema.triggers WHERE trigger_schema = database()
 ORDER BY event_object_table, trigger_name";

/// Reads the catalogue.
pub(crate) async fn read(connection: &mut MySqlConnection) -> Result<Catalogue, Fault> {
    check_server(connection).await?;
    let mut tables = BTreeMap::new();
    for row in sqlx::query(TABLES).fetch_all(&mut *connection).await? {
        let name = text(&row, "name")?;
        let transactions = optional(&row, "transactions")?;
        let relation = match (text(&row, "kind")?.as_str(), transactions.as_deref()) {
            ("SYSTEM VERSIONED", _) => Relation::Versioned,
            (_, Some("YES")) => Relation::Table,
            _ => Relation::Untransacted,
        };
        if !is_ours(&name) {
            tables.insert(name, empty(relation));
        }
    }
    for row in sqlx::query(COLUMNS).fetch_all(&mut *connection).await? {
        if let Some(table) = tables.get_mut(&text(&row, "table_name")?) {
            table.columns.push(column(&row)?);
        }
    }
    for row in sqlx::query(JSON).fetch_all(&mut *connection).await? {
        let name = text(&row, "name")?;
        let table = tables.get_mut(&text(&row, "table_name")?);
        let columns = table.into_iter().flat_map(|table| &mut table.columns);
        for column in columns.filter(|column| column.name == name) {
            column.class = Class::Json;
        }
    }
    read_keys(connection, &mut tables).await?;
    read_foreign_keys(connection, &mut tables).await?;
    for row in sqlx::query(TRIGGERS).fetch_all(connection).await? {
        let body = text(&row, "body")?;
        let event = text(&row, "event")?;
        let name = spelled(tables.keys(), &text(&row, "table_name")?);
        if let Some(table) = name.and_then(|name| tables.get_mut(&name)) {
            table.triggers.push(Trigger {
                name: text(&row, "name")?,
                on_delete: event == "DELETE",
                on_update: event == "UPDATE",
                writes: writes::mysql(&body),
                definition: digest(&body),
            });
        }
    }
    Ok(Catalogue {
        kind: SourceKind::Mysql,
        tables,
    })
}

async fn check_server(connection: &mut MySqlConnection) -> Result<(), Fault> {
    let version: String = sqlx::query_scalar(VERSION)
        .fetch_one(&mut *connection)
        .await?;
    if !is_known(&version) {
        let (major, minor) = VERSION_MIN;
        return Err(Fault::Refused(vec![format!(
            "its server says it is `{version}`, and only MariaDB from {major}.{minor} on was tried"
        )]));
    }
    let sees: bool = sqlx::query_scalar(SEES_TRIGGERS)
        .fetch_one(connection)
        .await?;
    if !sees {
        return Err(Fault::Refused(vec![
            "its server hides triggers from this account: grant it `TRIGGER` on the database"
                .to_owned(),
        ]));
    }
    Ok(())
}

/// Whether a version such as `10.11.6-MariaDB-log` is one that serves.
fn is_known(version: &str) -> bool {
    // Old clients are told that every MariaDB is a MySQL 5.5.5.
    let own = version.strip_prefix("5.5.5-").unwrap_or(version);
    let mut numbers = own
        .split(|character: char| !character.is_ascii_digit())
        .map(|part| part.parse::<u32>().unwrap_or_default());
    let own = (
        numbers.next().unwrap_or_default(),
        numbers.next().unwrap_or_default(),
    );
    version.contains("MariaDB") && own >= VERSION_MIN
}

fn column(row: &MySqlRow) -> Result<Column, Fault> {
    let base = text(row, "base")?;
    let extra = text(row, "extra")?.to_lowercase();
    Ok(Column {
        name: text(row, "name")?,
        type_name: text(row, "type_name")?,
        class: class(&base),
        nullable: text(row, "is_nullable")? == "YES",
        generated: text(row, "is_generated")? == "ALWAYS" || extra.contains("generated"),
        touched: extra.contains("on update"),
        collation: optional(row, "collation")?,
    })
}

async fn read_keys(
    connection: &mut MySqlConnection,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), Fault> {
    let mut keys: BTreeMap<(String, String), Option<Vec<String>>> = BTreeMap::new();
    for row in sqlx::query(KEYS).fetch_all(connection).await? {
        let key = keys
            .entry((text(&row, "table_name")?, text(&row, "index_name")?))
            .or_insert(Some(Vec::new()));
        let is_whole: bool = row.try_get("is_whole")?;
        match key {
            Some(columns) if is_whole => columns.push(text(&row, "name")?),
            _ => *key = None,
        }
    }
    for ((table, name), columns) in keys {
        if let (Some(table), Some(columns)) = (tables.get_mut(&table), columns) {
            if name == "PRIMARY" {
                table.primary_key = columns;
            } else {
                table.unique_keys.push(columns);
            }
        }
    }
    Ok(())
}

async fn read_foreign_keys(
    connection: &mut MySqlConnection,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), Fault> {
    let mut keys: BTreeMap<(String, String), ForeignKey> = BTreeMap::new();
    for row in sqlx::query(FOREIGN_KEYS).fetch_all(connection).await? {
        let mut name = text(&row, "table_name")?;
        if !row.try_get::<bool, _>("is_here")? {
            name = format!("{}.{name}", text(&row, "own_schema")?);
            let outside = tables.entry(name.clone());
            outside.or_insert_with(|| empty(Relation::Outside));
        }
        let mut target = text(&row, "target")?;
        if row.try_get::<bool, _>("names_here")? {
            target = spelled(tables.keys(), &target).unwrap_or(target);
        } else {
            target = format!("{}.{target}", text(&row, "target_schema")?);
        }
        let key = keys
            .entry((name, text(&row, "constraint_name")?))
            .or_insert(ForeignKey {
                columns: Vec::new(),
                target,
                target_columns: Vec::new(),
                on_delete: key_action(&text(&row, "on_delete")?),
                on_update: key_action(&text(&row, "on_update")?),
                deferrable: false,
            });
        key.columns.push(text(&row, "own")?);
        key.target_columns.push(text(&row, "named")?);
    }
    for ((name, _), mut key) in keys {
        if let Some(target) = tables.get(&key.target) {
            respell(&mut key.target_columns, target);
        }
        if let Some(table) = tables.get_mut(&name) {
            respell(&mut key.columns, table);
            table.foreign_keys.push(key);
        }
    }
    Ok(())
}

fn empty(relation: Relation) -> Table {
    Table {
        relation,
        columns: Vec::new(),
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        foreign_keys: Vec::new(),
        triggers: Vec::new(),
        keys_come_again: false,
    }
}

/// The server calls some of its own texts binary, so that is not looked at.
fn text(row: &MySqlRow, column: &str) -> Result<String, Fault> {
    Ok(optional(row, column)?.unwrap_or_default())
}

fn optional(row: &MySqlRow, column: &str) -> Result<Option<String>, Fault> {
    Ok(row.try_get_unchecked(column)?)
}

fn class(base: &str) -> Class {
    match base {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Class::Integer,
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "json" => {
            Class::Text
        }
        "uuid" => Class::Uuid,
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => Class::Bytes,
        "date" | "datetime" | "timestamp" => Class::Time,
        "set" => Class::Textual,
        _ => Class::Other,
    }
}

fn key_action(rule: &str) -> KeyAction {
    match rule {
        "CASCADE" => KeyAction::Cascade,
        "RESTRICT" => KeyAction::Restrict,
        "SET NULL" => KeyAction::SetNull,
        "SET DEFAULT" => KeyAction::SetDefault,
        _ => KeyAction::NoAction,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_were_not_tried_are_told_from_those_that_were() {
        for (version, known) in [
            ("10.6.0-MariaDB", true),
            ("10.11.19-MariaDB-0+deb12u1", true),
            ("5.5.5-11.4.2-MariaDB-log", true),
            ("10.5.29-MariaDB", false),
            ("8.4.3", false),
            ("8.0.36-0ubuntu0.22.04.1", false),
            ("", false),
        ] {
            assert_eq!(is_known(version), known, "{version}");
        }
    }
}
