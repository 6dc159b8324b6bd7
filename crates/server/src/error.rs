//! Why an operation of the server did not happen. `Display` never includes its
//! source; the boundary prints the chain once.

use candor_connect::mail::MailError;
use candor_seal::entropy::EntropyError;
use candor_seal::envelope::SealError;
use candor_seal::keys::KeyError;
use candor_store::StoreError;
use thiserror::Error;

use crate::keyring::KeyringError;

/// An operation that failed inside; nothing of it was recorded as done.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// Our own state.
    #[error("the state could not be read or written")]
    Store(#[from] StoreError),
    /// A key or a sealed value.
    #[error("a key could not be used")]
    Key(#[from] KeyError),
    /// A key above people's own.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// A sealed value.
    #[error("a sealed value could not be opened or made")]
    Seal(#[from] SealError),
    /// Randomness.
    #[error("no random bytes")]
    Entropy(#[from] EntropyError),
    /// Mail.
    #[error("mail could not be sent")]
    Mail(#[from] MailError),
    /// Something stored does not have the form it was written in.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    /// The ledger.
    #[error("the ledger could not be written or read: {0}")]
    Ledger(String),
    /// A source.
    #[error("source `{source_name}` did not do it: {why}")]
    Source {
        /// Its declared name.
        source_name: String,
        /// What is wrong, without personal data.
        why: String,
    },
    /// Files of the package.
    #[error("the package could not be written")]
    Package(#[source] std::io::Error),
}

/// An error with its causes, on one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(next) = source {
        chain.push_str(": ");
        chain.push_str(&next.to_string());
        source = next.source();
    }
    chain
}
