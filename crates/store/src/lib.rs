#![doc = include_str!("../README.md")]

pub mod change;
pub mod copy;
pub mod error;
pub mod rows;

mod api_keys;
mod backend;
mod blobs;
mod bulk;
mod charters;
mod commit;
mod holds;
mod jobs;
mod ledger;
mod migrate;
mod observations;
mod once;
mod requests;
mod sealed;
mod settings;
mod shards;
mod sql_store;
mod staff;
mod subjects;
mod tombstones;
mod traits;

use std::path::Path;
use std::sync::Arc;

pub use change::{
    BulkWrite, Change, ChunkWrite, Committed, HoldWrite, NewApiKey, Notice, Publication, Recontact,
    RequestWrite, SealedValue, Shred,
};
pub use error::StoreError;
pub use once::ONCE;
pub use sql_store::SqlStore;
pub use traits::{Store, Stored};

/// Opens the state at an address: `postgres://…` (or `postgresql://…`) for a
/// database that exists, a path or `sqlite:PATH` for a file that is created
/// where it is missing.
///
/// # Errors
/// [`StoreError::Newer`] for a database that a newer program wrote,
/// [`StoreError::LedgerCorrupt`] where the ledger's right edge doesn't hold, or
/// what the database or the file system refused.
pub async fn open(address: &str) -> Stored<Arc<dyn Store>> {
    let store = if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        SqlStore::connect_postgres(address).await?
    } else {
        let path = ["sqlite://", "sqlite:"]
            .iter()
            .find_map(|scheme| address.strip_prefix(scheme))
            .unwrap_or(address);
        if path.is_empty() || path.contains("://") {
            return Err(StoreError::Address);
        }
        SqlStore::open_sqlite(Path::new(path)).await?
    };
    Ok(Arc::new(store))
}
