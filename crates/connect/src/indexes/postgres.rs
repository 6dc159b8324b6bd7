//! What PostgreSQL reads as a whole, by its own plan of the very statement, and
//! what the indexes there begin with.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::{WholeRead, is_free, whole_read};
use crate::error::Fault;
use crate::plan::Plan;
use crate::sql::name;

// A partition wants the index that its whole table wants.
const RELATION: &str = "/* candor: how large is it */
SELECT coalesce(pg_table_size(c.oid), 0) AS size,
       coalesce((SELECT r.relname FROM pg_catalog.pg_class AS r WHERE r.oid = pg_partition_root(c.oid)), c.relname)::text AS whole
  FROM pg_catalog.pg_class AS c WHERE c.oid = to_regclass($1)";
const INDEXES: &str = "/* candor: what indexes begin with */
SELECT pg_get_indexdef(i.indexrelid, 1, true) AS first FROM pg_catalog.pg_index AS i
 WHERE i.indrelid = to_regclass($1) AND i.indisvalid AND i.indpred IS NULL";

/// What of a plan's tables statements without parameters read as a whole,
/// though it is large.
pub(crate) async fn whole_reads(
    connection: &mut PgConnection,
    plan: &Plan,
    statements: &[String],
    scan_bytes_max: u64,
) -> Result<Vec<WholeRead>, Fault> {
    let mut relations = Vec::new();
    for sql in statements {
        let sql = format!("/* candor: is there an index */ EXPLAIN (FORMAT JSON) {sql}");
        let row = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_one(&mut *connection)
            .await?;
        // Its type is JSON, which travels as text.
        let text: String = row.try_get_unchecked(0)?;
        let explained: Value = serde_json::from_str(&text)
            .map_err(|_| Fault::Database("a plan is not JSON".to_owned()))?;
        read_whole(&explained, &mut relations);
    }
    large(connection, plan, &relations, scan_bytes_max).await
}

/// The same for statements whose parameters are lists of numbers and texts in
/// turn, as they are carried out: by a plan that fits any list.
pub(crate) async fn prepared_whole_reads(
    connection: &mut PgConnection,
    plan: &Plan,
    (statements, pairs): (&[&str], usize),
    scan_bytes_max: u64,
) -> Result<Vec<WholeRead>, Fault> {
    let types = vec!["int8[], text[]"; pairs].join(", ");
    let lists = vec!["'{}', '{}'"; pairs].join(", ");
    let in_parentheses = |list: &str| match list {
        "" => String::new(),
        list => format!(" ({list})"),
    };
    let mut reads: Vec<WholeRead> = Vec::new();
    for sql in statements {
        let prepare = format!("PREPARE candor_look{} AS {sql}", in_parentheses(&types));
        sqlx::raw_sql(AssertSqlSafe(prepare))
            .execute(&mut *connection)
            .await?;
        let execute = format!("EXECUTE candor_look{}", in_parentheses(&lists));
        let found = whole_reads(connection, plan, &[execute], scan_bytes_max).await;
        sqlx::raw_sql("DEALLOCATE candor_look")
            .execute(&mut *connection)
            .await?;
        reads.extend(found?);
    }
    Ok(super::each_once(reads))
}

async fn large(
    connection: &mut PgConnection,
    plan: &Plan,
    relations: &[String],
    scan_bytes_max: u64,
) -> Result<Vec<WholeRead>, Fault> {
    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    let mut parts: Vec<(String, &String)> = Vec::new();
    for relation in relations {
        // The stamp reads the database's own tables.
        if relation.starts_with("pg_") {
            continue;
        }
        let row = sqlx::query(RELATION)
            .bind(name(relation))
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = row {
            let (size, whole): (i64, String) = (row.try_get("size")?, row.try_get("whole")?);
            *sizes.entry(whole.clone()).or_default() += u64::try_from(size).unwrap_or_default();
            parts.push((whole, relation));
        }
    }
    let mut reads = Vec::new();
    for (whole, relation) in parts {
        if is_free(sizes.get(&whole).copied(), scan_bytes_max) {
            continue;
        }
        let rows = sqlx::query(INDEXES)
            .bind(name(relation))
            .fetch_all(&mut *connection)
            .await?;
        let known = rows.iter().map(|row| row.try_get("first"));
        let known: Vec<String> = known.collect::<Result<_, _>>()?;
        reads.extend(whole_read(plan, &whole, &known));
    }
    Ok(super::each_once(reads))
}

/// Relations that a plan reads without an index that bounds how much.
fn read_whole(plan: &Value, found: &mut Vec<String>) {
    match plan {
        Value::Array(parts) => {
            for part in parts {
                read_whole(part, found);
            }
        }
        Value::Object(node) => {
            let text = |key: &str| node.get(key).and_then(Value::as_str);
            let is_whole = match text("Node Type") {
                Some("Seq Scan") => true,
                Some("Index Scan" | "Index Only Scan") => !node.contains_key("Index Cond"),
                _ => false,
            };
            if let Some(relation) = text("Relation Name").filter(|_| is_whole)
                && !found.iter().any(|known| known == relation)
            {
                found.push(relation.to_owned());
            }
            for part in ["Plan", "Plans"].iter().filter_map(|key| node.get(*key)) {
                read_whole(part, found);
            }
        }
        _ => {}
    }
}
