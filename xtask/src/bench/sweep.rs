//! A retention sweep in PostgreSQL against hand-written SQL that takes the same
//! rows in batches of a fixed size, with no evidence: one narrow table of
//! events with three indexes, ten parts of which are past their time. Each
//! round gets its rows afresh, and the two take turns at going first.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use candor_connect::{Limits, Source, SweepBounds, SweepRun};
use candor_domain::sweep::{Anchor, SweepOrder};
use candor_policy::charter::SourceKind;
use candor_policy::map::{ColumnMap, Content, SourceMap, TableMap, Whose};
use candor_policy::period::{Period, Unit};
use jiff::{SignedDuration, Timestamp};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use super::erasure::{now, say};
use super::table::{Comparison, header, median};

pub(super) const USAGE: &str = "sweep --postgres URL [--rows N] [--rounds N]";

/// Name of the database that is made, and dropped at the end.
const DATABASE: &str = "candor_bench_sweep";
/// Rows of one batch of the hand-written SQL.
const RAW_BATCH: u64 = 20_000;
/// Share of the raw rate that sweeps must reach.
const GOAL_PERCENT: u32 = 70;
/// The longest that one transaction may take.
const LONGEST_MS: u64 = 200;

const SCHEMA: &str = "CREATE TABLE event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id  bigint NOT NULL,
    name        text NOT NULL,
    payload     jsonb NOT NULL,
    occurred_at timestamptz NOT NULL);
 CREATE INDEX event_account ON event (account_id);
 CREATE INDEX event_occurred_at ON event (occurred_at);";
/// `$1` rows, a tenth of which stay.
const FILL: &str = "INSERT INTO event (account_id, name, payload, occurred_at)
 SELECT n % 10000, 'page.viewed', jsonb_build_object('page', '/machines/' || n % 500, 'ms', n % 900),
        CASE WHEN n % 10 = 0 THEN now() ELSE now() - interval '100 days' - n % 400000 * interval '1 minute' END
   FROM generate_series(1, $1) AS n";
const RAW: &str = "DELETE FROM event WHERE ctid = ANY(ARRAY(
   SELECT ctid FROM event WHERE occurred_at < now() - interval '90 days' LIMIT $1 FOR UPDATE SKIP LOCKED))";

pub(super) fn run(words: &[&str]) -> Result<()> {
    let (mut postgres, mut rows, mut rounds) = (String::new(), 1_000_000_i64, 3_usize);
    let mut words = words.iter();
    while let (Some(option), Some(value)) = (words.next(), words.next()) {
        match *option {
            "--postgres" => postgres = (*value).to_owned(),
            "--rows" => rows = value.parse()?,
            "--rounds" => rounds = value.parse()?,
            other => bail!("unknown option `{other}`\nusage: cargo xtask bench {USAGE}"),
        }
    }
    ensure!(!postgres.is_empty(), "usage: cargo xtask bench {USAGE}");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(bench(&postgres, rows, rounds))
}

async fn bench(postgres: &str, rows: i64, rounds: usize) -> Result<()> {
    let mut server = PgConnection::connect(postgres).await?;
    let drop = format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)");
    server.execute(AssertSqlSafe(drop.clone())).await?;
    let create = format!("CREATE DATABASE {DATABASE}");
    server.execute(AssertSqlSafe(create)).await?;
    let outcome = measured(postgres, rows, rounds).await;
    server.execute(AssertSqlSafe(drop)).await?;
    let (comparison, longest_ms, raw_longest, taken) = outcome?;
    say(&header());
    say(&comparison.line());
    let rate = |times: &[Duration]| taken / median(times).as_secs_f64().max(1e-9);
    say(&format!(
        "{:.0} rows a second with evidence, {:.0} by raw SQL in batches of {RAW_BATCH}",
        rate(&comparison.ours),
        rate(&comparison.raw)
    ));
    say(&format!(
        "longest transaction {longest_ms} ms (goal: under {LONGEST_MS}), by raw SQL {raw_longest} ms"
    ));
    ensure!(comparison.reached(), "a goal was missed");
    ensure!(longest_ms < LONGEST_MS, "a transaction took too long");
    Ok(())
}

/// Times, the longest transactions in milliseconds, and rows of one round.
async fn measured(
    postgres: &str,
    rows: i64,
    rounds: usize,
) -> Result<(Comparison, u64, u128, f64)> {
    let (address, _) = postgres.rsplit_once('/').context("a URL with a database")?;
    let url = format!("{address}/{DATABASE}");
    let mut raw = PgConnection::connect(&url).await?;
    raw.execute(sqlx::raw_sql(AssertSqlSafe(SCHEMA))).await?;
    let source = Source::open("app", SourceKind::Postgres, &url, map(), Limits::default())?;
    let mut comparison = Comparison::new("sweep of one table, with evidence", Some(GOAL_PERCENT));
    let (mut longest_ms, mut raw_longest) = (0, 0);
    let mut taken = 0;
    for round in 0..rounds * 2 {
        let is_ours = (round % 2 == 0) == (round / 2 % 2 == 0);
        fill(&mut raw, rows).await?;
        let start = now();
        taken = if is_ours {
            let swept = source.sweep(&order(), &sweep(&round.to_string())).await?;
            ensure!(swept.complete, "the sweep left rows");
            longest_ms = swept.longest_ms.max(longest_ms);
            swept.rows()
        } else {
            by_hand(&mut raw, &mut raw_longest).await?
        };
        let times = if is_ours {
            &mut comparison.ours
        } else {
            &mut comparison.raw
        };
        times.push(start.elapsed());
    }
    ensure!(taken == u64::try_from(rows / 10 * 9)?, "{taken} rows went");
    let taken = f64::from(u32::try_from(taken)?);
    Ok((comparison, longest_ms, raw_longest, taken))
}

async fn fill(raw: &mut PgConnection, rows: i64) -> Result<()> {
    raw.execute("TRUNCATE event").await?;
    sqlx::query(FILL).bind(rows).execute(&mut *raw).await?;
    raw.execute("VACUUM ANALYZE event").await?;
    raw.execute("CHECKPOINT").await?;
    Ok(())
}

async fn by_hand(raw: &mut PgConnection, longest_ms: &mut u128) -> Result<u64> {
    let mut taken = 0;
    loop {
        let start = now();
        let done = sqlx::query(RAW)
            .bind(i64::try_from(RAW_BATCH)?)
            .execute(&mut *raw)
            .await?;
        *longest_ms = start.elapsed().as_millis().max(*longest_ms);
        taken += done.rows_affected();
        if done.rows_affected() == 0 {
            return Ok(taken);
        }
    }
}

fn map() -> SourceMap {
    let column = |content: Content| ColumnMap {
        content,
        erased: None,
        rectify: None,
    };
    let columns = [
        ("id", column(Content::Key)),
        ("account_id", column(Content::Key)),
        ("name", column(Content::Personal("telemetry".to_owned()))),
        ("payload", column(Content::Personal("telemetry".to_owned()))),
        ("occurred_at", column(Content::Plain)),
    ];
    let event = TableMap {
        about: Some("customer".to_owned()),
        identities: [("customer_id".to_owned(), "account_id".to_owned())].into(),
        columns: columns
            .map(|(name, column)| (name.to_owned(), column))
            .into(),
        ..TableMap::default()
    };
    SourceMap {
        path: "maps/app.yaml".to_owned(),
        tables: [("event".to_owned(), event)].into(),
        ignored: Vec::new(),
        whose: Whose::Everybody,
    }
}

fn order() -> SweepOrder {
    SweepOrder {
        rule: "events".to_owned(),
        source: "app".to_owned(),
        anchors: vec![Anchor {
            table: "event".to_owned(),
            column: "occurred_at".to_owned(),
            only: Vec::new(),
        }],
        covers: vec!["event".to_owned()],
        floors: Vec::new(),
        holds: Vec::new(),
        spared: std::collections::BTreeMap::new(),
        term: Period {
            amount: 90,
            unit: Unit::Days,
        }
        .into(),
        before: ninety_days_ago(),
        notice: None,
        aggregate: None,
    }
}

fn sweep(id: &str) -> SweepRun<'_> {
    SweepRun {
        id,
        bounds: SweepBounds::default(),
        is_stopped: &|| false,
    }
}

/// The moment before which rows are past their time, as the hand-written SQL
/// reads the clock.
#[expect(clippy::disallowed_methods, reason = "this measures")]
fn ninety_days_ago() -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(24 * 90)
}
