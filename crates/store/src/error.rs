//! Why the store did not do something. No message holds a value.

use thiserror::Error;

/// An operation of the store that did not happen.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database can't be reached; nothing was written.
    #[error("the state database cannot be reached")]
    Unreachable(#[source] sqlx::Error),
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
    /// The ledger's stored tree does not match its entries; the process must
    /// stop.
    #[error("the ledger contradicts itself at index {index}")]
    LedgerCorrupt {
        /// Where.
        index: u64,
    },
    /// Anything else the database refused.
    #[error("the state database refused `{operation}`")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// The driver's word.
        #[source]
        source: sqlx::Error,
    },
}
