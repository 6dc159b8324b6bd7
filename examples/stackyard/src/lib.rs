//! Stackyard Hosting, an invented company to show Candor on: the schemas of
//! its two databases, a generator that fills them, its privacy policy and a
//! small website.
//!
//! Invariant: the same (customers, seed, today) gives the same rows, in SQLite
//! and in PostgreSQL, on every machine. Refuses a database that already holds
//! its tables.
//!
#![doc = include_str!("../README.md")]

mod clock;
mod files;
mod generate;
mod known;
mod load;
mod names;
mod random;
mod retention;
mod rows;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

pub use files::{Addresses, FILES, Kind, files_for};
pub use known::{ALONE, ALONE_PRIVATE_EMAIL, CUSTOMERS_MIN, KnownPerson, SHARING};
pub use load::{Database, Part, create, postgres_url};

/// What world to make.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Accounts in the portal; at least [`CUSTOMERS_MIN`].
    pub customers: u32,
    /// Fixes every draw.
    pub seed: u64,
    /// The day on which the world is looked at. Everything happened before
    /// its midnight (UTC).
    pub today: Date,
    /// Whether some rows outlived what the policy promises, for tests that
    /// want to see a verdict turn.
    pub overdue: bool,
}

impl Options {
    /// A world in which every promise about retention is kept.
    #[must_use]
    pub const fn new(customers: u32, seed: u64, today: Date) -> Self {
        Self {
            customers,
            seed,
            today,
            overdue: false,
        }
    }
}

/// How far [`create`] has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many customers of so many have all their rows.
    Customers {
        /// Written so far.
        done: u32,
        /// In all.
        total: u32,
    },
    /// All rows are there; indexes and constraints are being built.
    Indexes,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Rows per table, as `app.accounts`, in the order of the schemas.
    pub rows: Vec<(String, u64)>,
}

impl Summary {
    /// Rows in all tables together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.rows.iter().map(|(_, count)| count).sum()
    }
}

/// Why a world could not be made.
#[derive(Debug, thiserror::Error)]
pub enum StackyardError {
    /// The known customers need room.
    #[error("`{customers}` customers are too few, at least {CUSTOMERS_MIN} are needed")]
    TooFew {
        /// As asked for.
        customers: u32,
    },
    /// The calendar has no such day.
    #[error("no midnight on `{today}`")]
    Today {
        /// As asked for.
        today: Date,
        /// What the calendar says.
        source: jiff::Error,
    },
    /// A database could not be opened.
    #[error("cannot open the {part} database")]
    Open {
        /// Which of the two.
        part: Part,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// Tables, indexes or constraints could not be made.
    #[error("cannot create the tables of the {part} database")]
    Schema {
        /// Which of the two.
        part: Part,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// Rows could not be written.
    #[error("cannot write rows to `{table}`")]
    Write {
        /// The table.
        table: &'static str,
        /// What the driver says.
        source: sqlx::Error,
    },
    /// The generator stopped before its end.
    #[error("the generator stopped early")]
    Stopped,
}
