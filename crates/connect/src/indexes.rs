//! The index gate: what would have to read a large table as a whole is refused,
//! and the index that is missing is named. Sweeps ask for each of their runs;
//! what finds, shows and erases people asks once for each version of the schema
//! and again after a while, since tables grow. Where every index is there, the
//! database knows why it doesn't use it. Refuses nothing that is small.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::compiled::Compiled;
use crate::error::{Fault, SourceError};
use crate::plan::Plan;
use crate::source::{Engine, Source};

pub(crate) mod postgres;
pub(crate) mod tables;
mod wanted;

use wanted::wanted;

/// The largest table, in bytes, that may be read as a whole for want of an
/// index.
pub const SCAN_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Bytes that a row of SQLite or MariaDB is taken for.
const ROW_BYTES: u64 = 100;

/// How long a plan that passed is not asked about again: tables grow, and
/// indexes go.
const PASSED: Duration = Duration::from_secs(600);

/// A large table that would be read as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeRead {
    /// The table.
    pub table: String,
    /// The columns by which rows are looked up and no index begins with.
    pub columns: Vec<String>,
    /// What to do for each: the statement that makes the index.
    pub advice: Vec<String>,
}

impl fmt::Display for WholeRead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "`{}` is large and would be read as a whole; make an index: {}",
            self.table,
            self.advice.join("; ")
        )
    }
}

impl Source {
    /// The large tables that an access or an erasure would read as a whole, for
    /// want of an index. Where there are any, neither is carried out.
    ///
    /// # Errors
    ///
    /// [`SourceError`]. A service has no tables to look at.
    pub async fn whole_reads(&self) -> Result<Vec<WholeRead>, SourceError> {
        if self.is_service() {
            return Ok(Vec::new());
        }
        let compiled = self.compiled().await.map_err(|fault| self.named(fault))?;
        let reads = self.people_reads(&compiled).await;
        reads.map_err(|fault| self.named(fault))
    }

    /// Refuses what finds, shows or erases people where it would read a large
    /// table as a whole. A schema that changes between this and the statement
    /// is noticed by the next.
    pub(crate) async fn gate_people(&self) -> Result<(), Fault> {
        let known = match self.engine() {
            Engine::Mysql(engine) => engine.known().await,
            Engine::Postgres(engine) => engine.known().await,
            Engine::Sqlite(engine) => engine.known().await,
            Engine::Service(_) => return Ok(()),
        };
        if known.is_some_and(|known| known.passed.is_fresh()) {
            return Ok(());
        }
        let compiled = self.compiled().await?;
        let reads = self.people_reads(&compiled).await?;
        refuse(&reads)?;
        compiled.passed.now();
        Ok(())
    }

    async fn people_reads(&self, compiled: &Arc<Compiled>) -> Result<Vec<WholeRead>, Fault> {
        let most = self.limits().scan_bytes_max;
        match self.engine() {
            Engine::Postgres(engine) => {
                let own = &compiled.postgres;
                let statements = [
                    compiled.identities.as_deref(),
                    Some(&*own.preview),
                    own.keys.as_deref(),
                    own.export.as_deref(),
                ];
                let statements: Vec<&str> = statements.into_iter().flatten().collect();
                let about = (statements.as_slice(), compiled.slots.len());
                let work = async {
                    let mut connection = engine.connection().await?;
                    let plan = &compiled.plan;
                    let found =
                        postgres::prepared_whole_reads(&mut connection, plan, about, most).await;
                    if found.is_err() {
                        connection.discard();
                    }
                    found
                };
                self.unless_silent(self.limits().statement, work).await
            }
            Engine::Mysql(_) => tables::all_missing(self, &compiled.plan, most).await,
            Engine::Sqlite(engine) if tables::reads_all(engine, compiled).await? => {
                tables::all_missing(self, &compiled.plan, most).await
            }
            Engine::Sqlite(_) | Engine::Service(_) => Ok(Vec::new()),
        }
    }
}

/// When a plan last passed.
#[derive(Debug, Default)]
pub(crate) struct Passed(std::sync::Mutex<Option<Instant>>);

impl Passed {
    fn is_fresh(&self) -> bool {
        let passed = *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        passed.is_some_and(|at| at.elapsed() < PASSED)
    }

    fn now(&self) {
        let mut passed = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *passed = Some(Instant::now());
    }
}

/// Refuses where there are any.
pub(crate) fn refuse(reads: &[WholeRead]) -> Result<(), Fault> {
    if reads.is_empty() {
        return Ok(());
    }
    Err(Fault::Refused(
        reads.iter().map(ToString::to_string).collect(),
    ))
}

/// What is missing of a table that is read as a whole, by what its indexes
/// begin with.
fn whole_read(plan: &Plan, table: &str, known: &[String]) -> Option<WholeRead> {
    let wanted = wanted(plan, table);
    let missing: Vec<_> = wanted.iter().filter(|one| !one.is_known(known)).collect();
    (!missing.is_empty()).then(|| WholeRead {
        table: table.to_owned(),
        columns: missing.iter().map(|one| one.column.clone()).collect(),
        advice: missing
            .iter()
            .map(|one| one.advice(plan.kind, table))
            .collect(),
    })
}

fn each_once(mut reads: Vec<WholeRead>) -> Vec<WholeRead> {
    reads.sort_by(|left, right| left.table.cmp(&right.table));
    reads.dedup();
    reads
}

/// Whether a table of that many bytes may be read as a whole.
fn is_free(bytes: Option<u64>, scan_bytes_max: u64) -> bool {
    bytes.unwrap_or_default() <= scan_bytes_max
}
