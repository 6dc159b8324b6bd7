//! What SQLite and MariaDB would read as a whole. SQLite tells the steps of
//! each work; MariaDB, whose plan of a statement changes with what is in its
//! tables, is asked for its indexes alone.

use candor_policy::charter::SourceKind;

use super::wanted::first_part;
use super::{ROW_BYTES, WholeRead, whole_read};
use crate::compiled::Compiled;
use crate::engine::session::Session as _;
use crate::engine::sqlite::Sqlite;
use crate::engine::tables::{Tables, number};
use crate::error::Fault;
use crate::plan::Plan;
use crate::source::{Engine, Source};
use crate::sql::{literal, name};

/// What of a table is wanted and missing, if it is large.
pub(crate) async fn missing(
    source: &Source,
    plan: &Plan,
    table: &str,
    scan_bytes_max: u64,
) -> Result<Option<WholeRead>, Fault> {
    let known = first_columns(source, plan.kind, table).await?;
    let read = whole_read(plan, table, &known);
    if read.is_none() || !is_large(source, table, scan_bytes_max).await? {
        return Ok(None);
    }
    Ok(read)
}

/// Indexes that are missing where the plan finds people and follows its edges.
pub(crate) async fn all_missing(
    source: &Source,
    plan: &Plan,
    scan_bytes_max: u64,
) -> Result<Vec<WholeRead>, Fault> {
    let mut reads = Vec::new();
    for table in &plan.tables {
        reads.extend(missing(source, plan, &table.name, scan_bytes_max).await?);
    }
    Ok(reads)
}

/// Whether SQLite would read all of something that is no work of ours for any
/// of a plan's works.
pub(crate) async fn reads_all(engine: &Tables<Sqlite>, compiled: &Compiled) -> Result<bool, Fault> {
    engine
        .reading(Some(compiled), async |session| {
            let works = compiled.tables.works();
            let selects = works.map(|work| match work.recursive {
                true => {
                    let columns = work.columns.join(", ");
                    let select = &work.select;
                    let own = &work.name;
                    format!(
                        "WITH RECURSIVE {own}({columns}) AS ({select}) SELECT {columns} FROM {own}"
                    )
                }
                false => work.select.clone(),
            });
            let selects = selects.chain(compiled.identities.iter().map(ToString::to_string));
            let mut is_whole = false;
            for select in selects {
                let explain = format!("EXPLAIN QUERY PLAN {select}");
                session
                    .fetch(&explain, &[], &mut |row| {
                        let step = row.text(3)?.unwrap_or_default();
                        is_whole |= is_whole_step(&step);
                        Ok(())
                    })
                    .await?;
            }
            Ok(is_whole)
        })
        .await
}

/// Whether the rows that a condition picks are found by reading all of a table.
pub(crate) async fn scans(
    engine: &Tables<Sqlite>,
    table: &str,
    condition: &str,
) -> Result<bool, Fault> {
    let own = name(table);
    let sql = format!("EXPLAIN QUERY PLAN SELECT 1 FROM {own} AS t WHERE {condition} LIMIT 1");
    let mut is_whole = false;
    engine
        .each(&sql, &[], &mut |row| {
            is_whole |= is_whole_step(&row.text(3)?.unwrap_or_default());
            Ok(())
        })
        .await?;
    Ok(is_whole)
}

/// Whether a step reads all of a table of the company: those stand under `t`
/// and `q` in every statement of ours. An index that is made for the statement
/// is made by reading all of it.
fn is_whole_step(step: &str) -> bool {
    let mut words = step.split_whitespace();
    let verb = words.next();
    let is_theirs = matches!(words.next(), Some("t" | "q"));
    let is_whole = verb == Some("SCAN") || step.contains(" AUTOMATIC ");
    is_theirs && is_whole
}

async fn is_large(source: &Source, table: &str, scan_bytes_max: u64) -> Result<bool, Fault> {
    let most = scan_bytes_max / ROW_BYTES;
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} LIMIT {}) AS d",
        name(table),
        most + 1
    );
    let counted = match source.engine() {
        // Not with the patience of a scan.
        Engine::Sqlite(engine) => {
            let work = engine.reading(None, async |session| number(session, &sql).await);
            work.await?
        }
        _ => source.number(&sql).await?,
    };
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
              WHERE x.seqno = 0 AND NOT l.partial
             UNION ALL SELECT name FROM pragma_table_info({table}) WHERE pk = 1"
        ),
    };
    source
        .texts(&sql, &mut |mut line| {
            known.extend(line.pop().flatten().map(|first| first_part(&first)));
        })
        .await?;
    Ok(known)
}
