//! Why the store did not do something. No message holds a value.

use candor_policy::charter::stored::StoredCharterError;
use candor_seal::entry::EntryError;
use thiserror::Error;

/// An operation of the store that did not happen.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database can't be reached, or is held by somebody else for too
    /// long; nothing was written.
    #[error("the state database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
    /// The connection broke while a change was committed: it happened or it
    /// did not. Trying again is safe: versions and leases tell.
    #[error("the state database broke off while it committed")]
    Uncertain(#[source] sqlx::Error),
    /// Somebody else wrote the same row first; read it again.
    #[error("`{what}` was changed by another writer")]
    Conflict {
        /// What was changed.
        what: &'static str,
    },
    /// A stored value does not have the form it was written in.
    #[error("a stored `{what}` cannot be read")]
    Corrupt {
        /// What it should be.
        what: &'static str,
    },
    /// A version's charter is there and can't be opened.
    #[error("the stored charter `{id}` cannot be opened")]
    Charter {
        /// Its id.
        id: String,
        /// Why, and what to do.
        #[source]
        source: StoredCharterError,
    },
    /// The ledger's stored tree does not match its entries; the process must
    /// stop.
    #[error("the ledger contradicts itself at index {index}")]
    LedgerCorrupt {
        /// Where.
        index: u64,
    },
    /// An entry breaks a rule of the ledger; nothing of its change happened.
    #[error("the ledger refuses an entry")]
    Entry(#[source] EntryError),
    /// More than one operation may hold.
    #[error("`{what}` is larger than {max}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The limit, in its own unit.
        max: usize,
    },
    /// A newer program wrote this database.
    #[error(
        "the state database has {found} migrations and this program knows {known}: \
         a newer version of candor wrote it, so run that version or restore a backup"
    )]
    Newer {
        /// Migrations applied to the database.
        found: usize,
        /// Migrations of this program.
        known: usize,
    },
    /// A migration was applied in another form than this program's.
    #[error("migration `{name}` was applied in a form this program does not know")]
    Migration {
        /// Its name.
        name: &'static str,
    },
    /// Neither a path nor a PostgreSQL address.
    #[error("the state database's address is neither a path nor a `postgres://` address")]
    Address,
    /// A copy may only become a state that holds nothing yet.
    #[error("the state database holds something already: name a new one")]
    NotEmpty,
    /// The state file can't be made or opened.
    #[error("the state file cannot be opened")]
    File(#[source] std::io::Error),
    /// Anything else the database refused.
    #[error("the state database refused to {operation}")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// The driver's word.
        #[source]
        source: sqlx::Error,
    },
}

impl StoreError {
    /// Sorts a driver's error by what a caller can do about it.
    pub(crate) fn from_driver(operation: &'static str, source: sqlx::Error) -> Self {
        match &source {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unreachable(source),
            sqlx::Error::Database(refusal) => match refusal.code().as_deref() {
                Some(code) if is_out_of_reach(code) => Self::Unreachable(source),
                // Two transactions waited for each other and this one was
                // chosen to give way, which is what a conflict is.
                Some("40001" | "40P01") => Self::Conflict { what: "row" },
                _ => Self::Database { operation, source },
            },
            _ => Self::Database { operation, source },
        }
    }

    /// An error of `COMMIT` itself: unless the database answered, nobody knows.
    pub(crate) fn from_commit(source: sqlx::Error) -> Self {
        match source {
            sqlx::Error::Database(_) => Self::from_driver("commit", source),
            _ => Self::Uncertain(source),
        }
    }
}

/// SQLite's `BUSY` and its extended forms; PostgreSQL's lock timeout and its
/// classes for connections, resources and shutdown.
fn is_out_of_reach(code: &str) -> bool {
    matches!(code, "5" | "261" | "517" | "773" | "55P03")
        || (code.len() == 5
            && ["08", "53", "57P"]
                .iter()
                .any(|class| code.starts_with(class)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        for code in ["5", "517", "55P03", "57P01", "57P03", "08006", "53300"] {
            assert!(is_out_of_reach(code), "{code}");
        }
        // A constraint of SQLite, a wrong password, a syntax error, and
        // SQLite's `IOERR_READ`, whose digits resemble a class.
        for code in ["787", "28P01", "42601", "266", "08"] {
            assert!(!is_out_of_reach(code), "{code}");
        }
        let timeout = StoreError::from_driver("read", sqlx::Error::PoolTimedOut);
        assert!(matches!(timeout, StoreError::Unreachable(_)));
        let broken = StoreError::from_commit(sqlx::Error::WorkerCrashed);
        assert!(matches!(broken, StoreError::Uncertain(_)));
    }
}
