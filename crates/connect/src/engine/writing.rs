//! The writes of an erasure in MariaDB and SQLite, for work sets that are
//! filled. Holds nothing in memory that grows with the rows.

use std::sync::Arc;

use candor_domain::plan::TableEffect;

use super::effects;
use super::session::Session;
use super::tables::{count, texts};
use crate::compiled::Compiled;
use crate::error::Fault;
use crate::sql::erase::Write;

/// Lines of a work set that are written at once where the database remembers
/// them in memory.
const PART: u64 = 50_000;

/// Writes what the filled works say, and tells what it was, step by step.
pub(crate) async fn write_out<S: Session>(
    session: &mut S,
    compiled: &Arc<Compiled>,
    steps: usize,
) -> Result<Vec<Vec<TableEffect>>, Fault> {
    let mut counts = count(session, compiled.tables.counts.as_deref()).await?;
    for write in &compiled.tables.writes {
        carry_out(session, write).await?;
    }
    counts.extend(count(session, compiled.tables.missing.as_deref()).await?);
    effects(compiled, steps, &counts)
}

async fn carry_out<S: Session>(session: &mut S, write: &Write) -> Result<(), Fault> {
    let Some(set) = &write.part_of else {
        session.execute(&write.sql, &[]).await?;
        return Ok(());
    };
    let last = texts(
        session,
        &format!("SELECT CAST(max(rowid) AS TEXT) FROM {set}"),
        &[],
    )
    .await?;
    let last: u64 = last.first().and_then(|last| last.parse().ok()).unwrap_or(0);
    let mut done = 0;
    while done < last {
        let part = [done, done + PART].map(|line| line.to_string());
        session.execute(&write.sql, &part).await?;
        done += PART;
    }
    Ok(())
}
