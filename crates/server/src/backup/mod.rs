//! Backups of our own state: encrypted as they are made, read back before they
//! count, and restored whole or not at all, into either kind of database.
//! INVARIANT: no plain file exists at any time, and memory stays flat. Refuses
//! what is not, in full, a backup that these keys made of this ledger, and to
//! put an older state in the place of a newer one.

mod folder;
mod form;
mod header;
mod keep;
mod restore;
mod since;
mod stream;
mod write;

use std::io;
use std::path::PathBuf;

use candor_seal::checkpoint::CheckpointError;
use candor_seal::keys::RootKey;
use candor_seal::note::LogKey;
use candor_store::StoreError;
use thiserror::Error;

use crate::service::Keys;

pub use folder::{Folder, Kept};
pub use form::FormError;
pub use header::Header;
pub(crate) use keep::found;
pub use keep::{drill, keep, turn};
pub use restore::{Restored, restore};
pub use since::note;
pub use write::{Written, verify, write};

/// The keys that a backup is made under.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// Root of the backup's own key.
    pub root: &'a RootKey,
    /// Signs the ledger's head.
    pub ledger: &'a LogKey,
}

impl<'a> From<&'a Keys> for Holder<'a> {
    fn from(keys: &'a Keys) -> Self {
        Self {
            root: keys.keyring.root(),
            ledger: &keys.ledger,
        }
    }
}

/// A backup that was not made, not read, or not restored.
#[derive(Debug, Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("`{path}` could not be {done}")]
    File {
        /// Which.
        path: PathBuf,
        /// `read`, `written` or `removed`.
        done: &'static str,
        /// Why: the disk is full, or may only be read.
        #[source]
        source: io::Error,
    },
    /// There is none in the folder.
    #[error("`{path}` holds no backup")]
    None {
        /// The folder.
        path: PathBuf,
    },
    /// The folder has none of that name.
    #[error("`{path}` holds no backup `{name}`")]
    Unknown {
        /// The folder.
        path: PathBuf,
        /// What was asked for.
        name: String,
    },
    /// Not a backup, or one of a newer release.
    #[error("`{path}` is no backup that this release can read: {why}")]
    NotABackup {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// Made under other keys.
    #[error(
        "`{path}` was made under the {which} key `{found}`, and the key here is `{expected}`: put back the right key file"
    )]
    OtherKey {
        /// The file.
        path: PathBuf,
        /// Which key.
        which: &'static str,
        /// As the backup names it.
        found: String,
        /// The one that is here.
        expected: String,
    },
    /// The ledger's state in it is not what it was signed as.
    #[error("the checkpoint in `{path}` is not one of this ledger")]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: CheckpointError,
    },
    /// It has another name than it was made under.
    #[error("`{path}` is the backup `{made}` under another name: give it its name back")]
    Renamed {
        /// The file.
        path: PathBuf,
        /// Its own name.
        made: String,
    },
    /// Cut, extended, or changed.
    #[error("`{path}` is damaged: {why}; take another backup")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where.
        why: String,
    },
    /// What was read back is not what was written.
    #[error("`{path}` was written and reads otherwise: {why}; look at the disk")]
    Unlike {
        /// The file.
        path: PathBuf,
        /// What differs.
        why: String,
    },
    /// The state there has more entries.
    #[error(
        "the state at `{address}` is newer than `{backup}`: its ledger has {found} entries and the \
         backup's {entries}; nothing was changed. Move it away if it is really to be given up"
    )]
    Newer {
        /// The state.
        address: String,
        /// The backup.
        backup: String,
        /// Its entries.
        found: u64,
        /// The backup's.
        entries: u64,
    },
    /// A backup after this one is there.
    #[error(
        "`{newest}` is newer than `{backup}`; name it, or say `--older` if it is really to be \
         passed over"
    )]
    Older {
        /// The one that was asked for.
        backup: String,
        /// The newest.
        newest: String,
    },
    /// There is a state already.
    #[error("there is a state at `{address}` already; nothing was changed. Move it away first")]
    Occupied {
        /// Where.
        address: String,
    },
    /// Our own state.
    #[error("the state at `{address}`")]
    State {
        /// Its address, without a password.
        address: String,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// Random bytes, or the cryptography library.
    #[error("a backup could not be sealed")]
    Seal,
    /// A thread of ours ended early.
    #[error("the backup was broken off")]
    BrokenOff,
}

#[cfg(test)]
mod tests;
