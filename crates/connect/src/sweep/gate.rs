//! The index gate: a sweep that would have to read a large table as a whole is
//! refused, and the index that is missing is named. PostgreSQL is asked for its
//! plan of the very statement; SQLite for that of the rows due, and for the
//! indexes by which it would follow the plan's edges; MariaDB, whose plan of a
//! statement changes with what is in its tables, for its indexes alone.

use candor_policy::charter::SourceKind;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row as _};

use super::SweepBounds;
use super::postgres::looking;
use super::unit::Unit;
use crate::engine::postgres::Postgres;
use crate::engine::sqlite::Sqlite;
use crate::engine::tables::Tables;
use crate::error::Fault;
use crate::plan::{Link, Plan};
use crate::source::Source;
use crate::sql::{literal, name};

/// Bytes that a row of SQLite is taken for.
const ROW_BYTES: u64 = 100;

const SIZE: &str = "SELECT coalesce(pg_table_size(to_regclass($1)), 0)";
const INDEXES: &str = "/* candor: what indexes begin with */
SELECT pg_get_indexdef(i.indexrelid, 1, true) AS first FROM pg_catalog.pg_index AS i
 WHERE i.indrelid = to_regclass($1) AND i.indisvalid";

/// Refuses a statement that reads a large table as a whole.
pub(super) async fn postgres(
    postgres: &Postgres,
    unit: &Unit,
    moment: i64,
    bounds: &SweepBounds,
) -> Result<(), Fault> {
    let statements = if unit.is_leaf {
        let due = unit.due(&format!("{moment}::int8"));
        due.iter()
            .map(|(table, due)| {
                let own = name(&table.name);
                format!(
                    "SELECT 1 FROM {own} AS t WHERE {due} LIMIT {}",
                    bounds.batch_first
                )
            })
            .collect()
    } else {
        vec![looking(unit, &bounds.batch_first.to_string(), moment)]
    };
    let mut connection = postgres.connection().await?;
    let mut read_whole = Vec::new();
    for sql in statements {
        let sql = format!("/* candor: is there an index */ EXPLAIN (FORMAT JSON) {sql}");
        let row = sqlx::query(AssertSqlSafe(sql))
            .fetch_one(&mut *connection)
            .await?;
        // Its type is JSON, which travels as text.
        let text: String = row.try_get_unchecked(0)?;
        let plan: Value = serde_json::from_str(&text)
            .map_err(|_| Fault::Database("a plan is not JSON".to_owned()))?;
        whole_reads(&plan, &mut read_whole);
    }
    let mut reasons = Vec::new();
    for relation in read_whole {
        // The stamp reads the database's own tables.
        if relation.starts_with("pg_") {
            continue;
        }
        let own = name(&relation);
        let size: i64 = sqlx::query_scalar(SIZE)
            .bind(&own)
            .fetch_one(&mut *connection)
            .await?;
        if u64::try_from(size).unwrap_or_default() <= bounds.scan_bytes_max {
            continue;
        }
        let rows = sqlx::query(INDEXES)
            .bind(&own)
            .fetch_all(&mut *connection)
            .await?;
        let known = rows.iter().map(|row| row.try_get("first"));
        let known: Vec<String> = known.collect::<Result<_, _>>()?;
        reasons.extend(reason(unit.plan(), &relation, &known));
    }
    refuse(reasons)
}

/// As [`postgres`], for SQLite.
pub(super) async fn sqlite(
    source: &Source,
    engine: &Tables<Sqlite>,
    unit: &Unit,
    moment: i64,
    bounds: &SweepBounds,
) -> Result<(), Fault> {
    let mut reasons = Vec::new();
    for (table, due) in unit.due(&moment.to_string()) {
        let own = name(&table.name);
        let explain = format!("EXPLAIN QUERY PLAN SELECT 1 FROM {own} AS t WHERE {due} LIMIT 1");
        let steps = explained(engine, explain).await?;
        let is_whole = steps.iter().any(|step| step.starts_with("SCAN"));
        if is_whole && is_large(source, &table.name, bounds).await? {
            let known = first_columns(source, unit.plan().kind, &table.name).await?;
            reasons.extend(reason(unit.plan(), &table.name, &known));
        }
    }
    edges(source, unit, bounds, &mut reasons).await?;
    refuse(reasons)
}

/// As [`postgres`], for MariaDB.
pub(super) async fn mysql(source: &Source, unit: &Unit, bounds: &SweepBounds) -> Result<(), Fault> {
    let mut reasons = Vec::new();
    for seed in &unit.plan().seeds {
        let Some(table) = unit.plan().tables.get(seed.table) else {
            continue;
        };
        let known = first_columns(source, unit.plan().kind, &table.name).await?;
        if !is_known(&known, &seed.anchor) && is_large(source, &table.name, bounds).await? {
            reasons.extend(reason(unit.plan(), &table.name, &known));
        }
    }
    edges(source, unit, bounds, &mut reasons).await?;
    refuse(reasons)
}

/// Indexes that are missing where the plan's edges are followed.
async fn edges(
    source: &Source,
    unit: &Unit,
    bounds: &SweepBounds,
    reasons: &mut Vec<String>,
) -> Result<(), Fault> {
    let plan = unit.plan();
    for table in plan.tables.iter().filter(|_| !unit.is_leaf) {
        let known = first_columns(source, plan.kind, &table.name).await?;
        let wanted = wanted(plan, &table.name);
        let missing = wanted.iter().any(|wanted| !is_known(&known, wanted));
        if missing && is_large(source, &table.name, bounds).await? {
            reasons.extend(reason(plan, &table.name, &known));
        }
    }
    reasons.sort();
    reasons.dedup();
    Ok(())
}

/// The steps in which SQLite would carry a statement out.
async fn explained(engine: &Tables<Sqlite>, sql: String) -> Result<Vec<String>, Fault> {
    let mut steps = Vec::new();
    engine
        .each(&sql, &[], &mut |row| {
            steps.extend(row.text(3)?);
            Ok(())
        })
        .await?;
    Ok(steps)
}

fn refuse(reasons: Vec<String>) -> Result<(), Fault> {
    if reasons.is_empty() {
        Ok(())
    } else {
        Err(Fault::Refused(reasons))
    }
}

/// Relations that a plan reads without an index that bounds how much.
fn whole_reads(plan: &Value, found: &mut Vec<String>) {
    match plan {
        Value::Array(parts) => {
            for part in parts {
                whole_reads(part, found);
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
                whole_reads(part, found);
            }
        }
        _ => {}
    }
}

/// Where every index is there, the database knows why it doesn't use it.
fn reason(plan: &Plan, relation: &str, known: &[String]) -> Option<String> {
    // A partition wants the index that its whole table wants.
    let is_planned = plan.tables.iter().any(|table| table.name == relation);
    let seed = plan
        .seeds
        .first()
        .and_then(|seed| plan.tables.get(seed.table));
    let table = match seed {
        Some(seed) if !is_planned => seed.name.as_str(),
        _ => relation,
    };
    let missing: Vec<String> = wanted(plan, table)
        .into_iter()
        .filter(|wanted| !is_known(known, wanted))
        .map(|wanted| index(plan.kind, table, &wanted))
        .collect();
    (!missing.is_empty()).then(|| {
        format!(
            "`{relation}` is large and would be read as a whole; make an index: {}",
            missing.join("; ")
        )
    })
}

/// The statement that makes an index.
fn index(kind: SourceKind, table: &str, on: &str) -> String {
    let own = name(table);
    match kind {
        SourceKind::Postgres => format!("CREATE INDEX CONCURRENTLY ON {own} ({on})"),
        SourceKind::Mysql | SourceKind::Sqlite => {
            let called: String = on
                .chars()
                .filter(|own| own.is_alphanumeric() || *own == '_')
                .collect();
            let called = name(&format!("{table}_{called}"));
            let index = format!("CREATE INDEX {called} ON {own} ({on})");
            match kind {
                // As MariaDB reads names unless it is told otherwise.
                SourceKind::Mysql => index.replace('"', "`"),
                _ => index,
            }
        }
    }
}

/// What the indexes of a table should begin with: its anchors, and the columns
/// by which its rows are found from others.
fn wanted(plan: &Plan, table: &str) -> Vec<String> {
    let mut wanted = Vec::new();
    let place = plan.tables.iter().position(|own| own.name == table);
    let anchors = plan.seeds.iter().filter(|seed| Some(seed.table) == place);
    wanted.extend(anchors.map(|seed| name(&seed.anchor)));
    let is_reached = |target: usize| plan.tables.get(target).is_some_and(|own| own.reached);
    let links = plan.tables.iter().flat_map(|own| {
        let cuts = own.cuts.iter().map(|cut| &cut.link);
        own.owners.iter().chain(&own.counted).chain(cuts)
    });
    for link in links.filter(|link| Some(link.table) == place && is_reached(link.target)) {
        wanted.extend(first_of(link));
    }
    wanted.dedup();
    wanted
}

fn first_of(link: &Link) -> Option<String> {
    let path = link.from.first()?;
    let column = name(&path.column);
    let Some((last, outer)) = path.path.split_last() else {
        return Some(column);
    };
    let outer: String = outer
        .iter()
        .map(|key| format!(" -> {}", literal(key)))
        .collect();
    Some(format!("({column}{outer} ->> {})", literal(last)))
}

/// Whether an index begins with it: names may be quoted or not, and casts
/// stand between in expressions.
fn is_known(known: &[String], wanted: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|own: char| !(own.is_alphanumeric() || own == '_'));
        let parts = parts.filter(|part| !part.is_empty() && *part != "text");
        parts.map(str::to_lowercase).collect()
    };
    let wanted = words(wanted);
    known.iter().any(|known| words(known) == wanted)
}

async fn is_large(source: &Source, table: &str, bounds: &SweepBounds) -> Result<bool, Fault> {
    let most = bounds.scan_bytes_max / ROW_BYTES;
    let counted = source
        .number(&format!(
            "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {}) AS d",
            name(table),
            most + 1
        ))
        .await?;
    Ok(u64::try_from(counted).unwrap_or_default() > most)
}

/// What the indexes of a table of MariaDB or SQLite begin with, the primary key
/// included.
async fn first_columns(
    source: &Source,
    kind: SourceKind,
    table: &str,
) -> Result<Vec<String>, Fault> {
    let mut known = Vec::new();
    let table = literal(table);
    let sql = match kind {
        SourceKind::Mysql => format!(
            "SELECT column_name FROM information_schema.statistics
              WHERE table_schema = database() AND table_name = {table} AND seq_in_index = 1"
        ),
        _ => format!(
        "SELECT coalesce(x.name, substr(s.sql, instr(s.sql, '(') + 1, length(s.sql) - instr(s.sql, '(') - 1))
           FROM pragma_index_list({table}) AS l, pragma_index_info(l.name) AS x
           LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name
          WHERE x.seqno = 0
         UNION ALL SELECT name FROM pragma_table_info({table}) WHERE pk = 1"
        ),
    };
    source
        .texts(&sql, &mut |mut line| known.extend(line.pop().flatten()))
        .await?;
    Ok(known)
}
