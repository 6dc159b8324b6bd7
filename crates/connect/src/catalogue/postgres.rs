//! Reads the catalogue of a PostgreSQL schema: the one that `current_schema()`
//! names. Partitions are left to their parents; foreign keys that come in from
//! other schemas are kept, because a deletion here would meet them.

use std::collections::BTreeMap;

use candor_policy::charter::SourceKind;
use sqlx::{PgConnection, Row as _};

use super::{
    Catalogue, Class, Column, ForeignKey, KeyAction, Relation, Table, Trigger, digest, is_ours,
    writes,
};
use crate::error::Fault;

/// Changes whenever a column, a foreign key, a trigger or its function does:
/// each change writes a row with a younger transaction. Cheap enough to ask
/// before every operation: 0.1 ms for twenty tables, whose columns are found
/// table by table, since reading all of the server's own costs twice that. What
/// happens in other schemas is no change: it would undo erasures here.
pub(crate) const STAMP: &str = "/* candor: has the schema changed */
SELECT concat_ws('/',
  (SELECT concat_ws(',', count(*), sum(a.version), max(a.version))
     FROM pg_catalog.pg_class c CROSS JOIN LATERAL
          (SELECT a.xmin::text::int8 AS version FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 OFFSET 0) AS a
    WHERE c.relnamespace = (SELECT to_regnamespace(quote_ident(current_schema()))) AND c.relkind IN ('r', 'p', 'm', 'f')),
  (SELECT concat_ws(',', count(*), sum(k.xmin::text::int8), max(k.xmin::text::int8))
     FROM pg_catalog.pg_constraint k
    WHERE k.contype = 'f' AND (SELECT to_regnamespace(quote_ident(current_schema())))
          IN (k.connamespace, (SELECT c.relnamespace FROM pg_catalog.pg_class c WHERE c.oid = k.confrelid))),
  (SELECT concat_ws(',', count(*), sum(t.xmin::text::int8), sum(p.xmin::text::int8))
     FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = (SELECT to_regnamespace(quote_ident(current_schema())))),
  (SELECT concat_ws(',', count(*), sum(r.xmin::text::int8))
     FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
    WHERE r.rulename <> '_RETURN' AND c.relnamespace = (SELECT to_regnamespace(quote_ident(current_schema())))))";

const TABLES: &str = "/* candor: catalogue, tables */
SELECT c.relname::text AS name, c.relkind::text AS kind
  FROM pg_catalog.pg_class c
 WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
   AND c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition";

const COLUMNS: &str = "/* candor: catalogue, columns */
SELECT c.relname::text AS table_name, a.attname::text AS name,
       format_type(a.atttypid, a.atttypmod) AS type_name,
       base.typname::text AS base, base.typcategory::text AS category,
       NOT (a.attnotnull OR t.typnotnull) AS nullable, a.attgenerated <> '' AS generated
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_type base ON base.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
 WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
   AND c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition
 ORDER BY c.relname, a.attnum";

const KEYS: &str = "/* candor: catalogue, keys */
SELECT c.relname::text AS table_name, i.indisprimary AS is_primary,
       ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
              WHERE k.place <= i.indnkeyatts ORDER BY k.place) AS columns
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
 WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
   AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
 ORDER BY c.relname, i.indexrelid";

const FOREIGN_KEYS: &str = "/* candor: catalogue, foreign keys */
SELECT CASE WHEN own.relnamespace = here.oid THEN own.relname::text
            ELSE own.relnamespace::regnamespace::text || '.' || own.relname END AS table_name,
       own.relnamespace = here.oid AS is_here,
       CASE WHEN named.relnamespace = here.oid THEN named.relname::text
            ELSE named.relnamespace::regnamespace::text || '.' || named.relname END AS target,
       k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update, k.condeferrable AS deferrable,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n(number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.number ORDER BY n.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS n(number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.number ORDER BY n.place) AS target_columns
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class own ON own.oid = k.conrelid
  JOIN pg_catalog.pg_class named ON named.oid = k.confrelid
  JOIN pg_catalog.pg_namespace here ON here.nspname = current_schema()
 WHERE k.contype = 'f' AND k.conparentid = 0
   AND (own.relnamespace = here.oid OR named.relnamespace = here.oid)
 ORDER BY 1, k.conname";

// A rule is a trigger by another name, and always writes. `tgtype`: 1 for each
// row, 8 delete, 16 update.
const TRIGGERS: &str = "/* candor: catalogue, triggers */
SELECT c.relname::text AS table_name, t.tgname::text AS name,
       (t.tgtype & 8) > 0 AS on_delete, (t.tgtype & 16) > 0 AS on_update,
       l.lanname::text AS language, p.prosrc AS body
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D'
  JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
UNION ALL
SELECT c.relname::text, r.rulename::text, r.ev_type = '4', r.ev_type = '2', 'rule', pg_get_ruledef(r.oid)
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
 WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema()))
 ORDER BY 1, 2";

/// Reads the catalogue.
pub(crate) async fn read(connection: &mut PgConnection) -> Result<Catalogue, Fault> {
    let mut tables = BTreeMap::new();
    for row in sqlx::query(TABLES).fetch_all(&mut *connection).await? {
        let name: String = row.try_get("name")?;
        let relation = match row.try_get::<String, _>("kind")?.as_str() {
            "p" => Relation::Partitioned,
            "r" => Relation::Table,
            _ => Relation::Copy,
        };
        if !is_ours(&name) {
            tables.insert(name, empty(relation));
        }
    }
    for row in sqlx::query(COLUMNS).fetch_all(&mut *connection).await? {
        if let Some(table) = tables.get_mut(&row.try_get::<String, _>("table_name")?) {
            table.columns.push(Column {
                name: row.try_get("name")?,
                type_name: row.try_get("type_name")?,
                class: class(
                    &row.try_get::<String, _>("base")?,
                    &row.try_get::<String, _>("category")?,
                ),
                nullable: row.try_get("nullable")?,
                generated: row.try_get("generated")?,
                touched: false,
                collation: None,
            });
        }
    }
    for row in sqlx::query(KEYS).fetch_all(&mut *connection).await? {
        if let Some(table) = tables.get_mut(&row.try_get::<String, _>("table_name")?) {
            let columns = row.try_get("columns")?;
            if row.try_get("is_primary")? {
                table.primary_key = columns;
            } else {
                table.unique_keys.push(columns);
            }
        }
    }
    read_foreign_keys(connection, &mut tables).await?;
    read_triggers(connection, &mut tables).await?;
    Ok(Catalogue {
        kind: SourceKind::Postgres,
        tables,
    })
}

async fn read_foreign_keys(
    connection: &mut PgConnection,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), Fault> {
    for row in sqlx::query(FOREIGN_KEYS).fetch_all(connection).await? {
        let name: String = row.try_get("table_name")?;
        if !row.try_get::<bool, _>("is_here")? {
            tables
                .entry(name.clone())
                .or_insert_with(|| empty(Relation::Outside));
        }
        if let Some(table) = tables.get_mut(&name) {
            table.foreign_keys.push(ForeignKey {
                columns: row.try_get("columns")?,
                target: row.try_get("target")?,
                target_columns: row.try_get("target_columns")?,
                on_delete: key_action(&row.try_get::<String, _>("on_delete")?),
                on_update: key_action(&row.try_get::<String, _>("on_update")?),
                deferrable: row.try_get("deferrable")?,
            });
        }
    }
    Ok(())
}

async fn read_triggers(
    connection: &mut PgConnection,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), Fault> {
    for row in sqlx::query(TRIGGERS).fetch_all(connection).await? {
        if let Some(table) = tables.get_mut(&row.try_get::<String, _>("table_name")?) {
            let language: String = row.try_get("language")?;
            let body: String = row.try_get("body")?;
            table.triggers.push(Trigger {
                name: row.try_get("name")?,
                on_delete: row.try_get("on_delete")?,
                on_update: row.try_get("on_update")?,
                writes: language != "plpgsql" || writes::plpgsql(&body),
                definition: digest(&body),
            });
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

fn class(base: &str, category: &str) -> Class {
    match (base, category) {
        ("json" | "jsonb", _) => Class::Json,
        ("int2" | "int4" | "int8", _) => Class::Integer,
        ("uuid", _) => Class::Uuid,
        ("bytea", _) => Class::Bytes,
        ("xml" | "hstore" | "tsvector", _) | (_, "A" | "C") => Class::Textual,
        (_, "S") => Class::Text,
        (_, "D") => Class::Time,
        _ => Class::Other,
    }
}

fn key_action(code: &str) -> KeyAction {
    match code {
        "c" => KeyAction::Cascade,
        "r" => KeyAction::Restrict,
        "n" => KeyAction::SetNull,
        "d" => KeyAction::SetDefault,
        _ => KeyAction::NoAction,
    }
}
