//! Candor's own state, behind one trait: SQLite by default, PostgreSQL by
//! address. Every change is one [`Change`], written in one transaction with
//! its ledger entries and jobs. Refuses to know HTTP, sources or keys: whatever
//! is personal arrives here sealed.

pub mod change;
pub mod error;
pub mod rows;
mod traits;

pub use change::{Change, Committed, RequestWrite, SealedValue};
pub use error::StoreError;
pub use traits::Store;
