//! Partitions of PostgreSQL: one that is wholly older than allowed is dropped,
//! its rows counted first. Only partitions by range of the anchor itself, and
//! only where nothing can hold a row of it back and none is counted.

use candor_domain::plan::TableEffect;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use super::unit::Unit;
use crate::engine::postgres::Postgres;
use crate::error::Fault;
use crate::plan::Decision;
use crate::sql::name;

const ALL: &str = "/* candor: partitions of a table */
SELECT c.oid::regclass::text AS name
  FROM pg_catalog.pg_partition_tree($1::regclass) AS p
  JOIN pg_catalog.pg_class AS c ON c.oid = p.relid
 WHERE p.isleaf AND c.relkind = 'r' ORDER BY 1";

// The upper bound of a range excludes itself; what has none is never overdue.
const BOUNDS: &str = "/* candor: where partitions end */
SELECT c.oid::regclass::text AS name,
       (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)$'))[1] AS bound,
       a.atttypid IN ('int4'::regtype, 'int8'::regtype) AS is_number
  FROM pg_catalog.pg_partitioned_table AS p
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
  JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.partrelid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
 WHERE p.partrelid = $1::regclass AND p.partstrat = 'r' AND p.partnatts = 1
   AND a.attname = $2 AND c.relkind = 'r' AND NOT i.inhdetachpending";

const IS_OVER: &str = "SELECT CASE WHEN $1 THEN
         CASE WHEN $2::text::numeric > 100000000000 THEN $2::text::numeric / 1000 ELSE $2::text::numeric END <= $3::int8
       ELSE $2::text::timestamptz <= to_timestamp($3::int8) END";

const WRITE: &str = "/* candor: a partition was dropped */
INSERT INTO candor_journal (step, effects) VALUES ($1, $2)";

/// Patience for the lock on the whole table, which others wait behind.
const LOCK: &str = "SET LOCAL lock_timeout = 250";

/// Names of a table's partitions, as the database writes them.
pub(super) async fn all(postgres: &Postgres, unit: &Unit) -> Result<Vec<String>, Fault> {
    let mut connection = postgres.connection().await?;
    let rows = sqlx::query(ALL)
        .bind(unit.table().map(|table| name(&table.name)))
        .fetch_all(&mut *connection)
        .await?;
    let names = rows.iter().map(|row| row.try_get("name"));
    Ok(names.collect::<Result<_, _>>()?)
}

/// Names of the partitions that hold only rows that are due.
pub(super) async fn overdue(
    postgres: &Postgres,
    unit: &Unit,
    moment: i64,
) -> Result<Vec<String>, Fault> {
    let (Some(table), Some(seed)) = (unit.table(), unit.seed()) else {
        return Ok(Vec::new());
    };
    if table.decision != Decision::Delete
        || !seed.holds.is_empty()
        || !seed.spared.is_empty()
        || seed.told.is_some()
        || unit.counting.is_some()
    {
        return Ok(Vec::new());
    }
    let mut connection = postgres.connection().await?;
    let rows = sqlx::query(BOUNDS)
        .bind(name(&table.name))
        .bind(&seed.anchor)
        .fetch_all(&mut *connection)
        .await?;
    let mut overdue = Vec::new();
    for row in rows {
        let bound: Option<String> = row.try_get("bound")?;
        let Some(bound) = bound else { continue };
        let is_number: bool = row.try_get("is_number")?;
        let is_over: bool = sqlx::query_scalar(IS_OVER)
            .bind(is_number)
            .bind(bound)
            .bind(moment)
            .fetch_one(&mut *connection)
            .await?;
        if is_over {
            overdue.push(row.try_get("name")?);
        }
    }
    Ok(overdue)
}

/// Drops a partition, and writes down how many rows it had.
pub(super) async fn drop(
    postgres: &Postgres,
    unit: &Unit,
    partition: &str,
    key: &str,
) -> Result<Vec<TableEffect>, Fault> {
    let Some(table) = unit.table().map(|table| name(&table.name)) else {
        return Ok(Vec::new());
    };
    let mut connection = postgres.connection().await?;
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(LOCK).execute(&mut *transaction).await?;
    // From here on nobody writes into it; only its end locks the whole table.
    let lock = format!("LOCK TABLE {partition} IN EXCLUSIVE MODE");
    sqlx::raw_sql(AssertSqlSafe(lock))
        .execute(&mut *transaction)
        .await?;
    let count = format!("/* candor: rows of a partition */ SELECT count(*) FROM {partition}");
    let rows: i64 = sqlx::query_scalar(AssertSqlSafe(count))
        .fetch_one(&mut *transaction)
        .await?;
    let effects: Vec<TableEffect> = unit
        .effect(u64::try_from(rows).unwrap_or_default())
        .into_iter()
        .collect();
    let effects_written = serde_json::to_string(&effects)
        .map_err(|_| Fault::Database("effects cannot be written".to_owned()))?;
    sqlx::query(WRITE)
        .bind(key)
        .bind(effects_written)
        .execute(&mut *transaction)
        .await?;
    let detach = format!(
        "/* candor: what may not be kept any longer */ ALTER TABLE {table} DETACH PARTITION {partition}; DROP TABLE {partition}"
    );
    sqlx::raw_sql(AssertSqlSafe(detach))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(effects)
}
