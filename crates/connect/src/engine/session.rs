//! How databases that keep work sets in temporary tables are reached: what a
//! connection to MariaDB or SQLite can do, and the texts in which the two differ.
//! What is done with it stands in [`super::tables`].

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::catalogue::Catalogue;
use crate::compiled::Compiled;
use crate::error::Fault;

/// Where sessions come from.
pub(crate) trait Driver: Send + Sync {
    /// What it gives.
    type Session: Session;

    /// A connection, ready for work.
    fn session(&self) -> impl Future<Output = Result<Self::Session, Fault>> + Send;
}

/// A connection. Whoever drops it inside a transaction undoes that.
pub(crate) trait Session: Send {
    /// The texts in which the databases differ.
    const DIALECT: Dialect;

    /// Whether a sweep finds rows in one statement and writes in another.
    const FINDS_FIRST: bool;

    /// Sets the longest that statements may take from now on. Where the
    /// database cannot be told, the answer stops them.
    fn limit(
        &mut self,
        limit: Duration,
    ) -> impl Future<Output = Result<Option<Arc<AtomicBool>>, Fault>> + Send;

    /// Says of the next transaction that it looks itself whether what it writes
    /// names rows that are there.
    fn looks_itself(&mut self) {}

    /// Begins a transaction.
    fn begin(&mut self, writing: bool) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Ends it.
    fn commit(&mut self) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Undoes it.
    fn rollback(&mut self) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Runs several statements without parameters.
    fn run(&mut self, sql: String) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Runs one statement; the number of rows it changed.
    fn execute(
        &mut self,
        sql: &str,
        parameters: &[String],
    ) -> impl Future<Output = Result<u64, Fault>> + Send;

    /// Hands over each row of one statement.
    fn fetch(
        &mut self,
        sql: &str,
        parameters: &[String],
        take: Take<'_>,
    ) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Makes the temporary tables of this plan, and drops those of another.
    fn set_up(&mut self, compiled: &Compiled) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Makes lists of values known to the searches of a statement; what is
    /// bound to it.
    fn lists(
        &mut self,
        lists: &[Vec<String>],
    ) -> impl Future<Output = Result<Vec<String>, Fault>> + Send;

    /// What a scan of that many columns for needles is bound to.
    fn patterns(needles: &[String], columns: usize) -> Result<Vec<String>, Fault>;

    /// The schema as it is now.
    fn catalogue(&mut self) -> impl Future<Output = Result<Catalogue, Fault>> + Send;
}

/// Takes the rows of a statement.
pub(crate) type Take<'a> = &'a mut (dyn FnMut(&dyn Cells) -> Result<(), Fault> + Send);

/// One row.
pub(crate) trait Cells {
    /// A whole number.
    fn number(&self, place: usize) -> Result<i64, Fault>;
    /// A text.
    fn text(&self, place: usize) -> Result<Option<String>, Fault>;
    /// How many there are.
    fn width(&self) -> usize;
}

/// Statements that every plan needs. Lists are JSON.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// What the schema's version is.
    pub(crate) stamp: &'static str,
    /// Whether there is a journal.
    pub(crate) has_journal: &'static str,
    pub(crate) create_journal: &'static str,
    /// `step, effects` of the steps in a list.
    pub(crate) read_journal: &'static str,
    /// Enters the steps of a list, without effects yet: whoever does so second
    /// waits for the first, and then fails.
    pub(crate) claim: &'static str,
    /// Effects, step.
    pub(crate) record: &'static str,
    /// Slot, step and value of each identity in a list.
    pub(crate) fill_identities: &'static str,
}
