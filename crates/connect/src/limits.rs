//! How much, how long and how large anything may be that a source is asked for.

use std::time::Duration;

use crate::indexes::SCAN_BYTES_MAX;

/// Named bounds of everything a source is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest table, in bytes, that an access or an erasure may read as a
    /// whole for want of an index.
    pub scan_bytes_max: u64,
    /// Connections at once.
    pub connections_max: u32,
    /// Patience for a connection.
    pub connect: Duration,
    /// Patience for a lock that somebody else holds.
    pub lock: Duration,
    /// The longest that one statement may take.
    pub statement: Duration,
    /// The longest that one scan for values may take.
    pub scan: Duration,
    /// Subjects erased in one transaction.
    pub batch_subjects_max: usize,
    /// Keys captured for one footprint. They are not held in memory.
    pub footprint_rows_max: u64,
    /// Rows that one observation looks at in each table.
    pub sample_rows_max: u32,
    /// Sealed bytes that are kept of one erasure so that it can be taken back.
    /// They are held in memory until the erasure is written.
    pub undo_bytes_max: usize,
    /// How long replicas that are behind are waited for at once.
    pub replica: Duration,
    /// How long a service that has begun is waited for at once.
    pub pending: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            scan_bytes_max: SCAN_BYTES_MAX,
            connections_max: 4,
            connect: Duration::from_secs(5),
            lock: Duration::from_secs(5),
            statement: Duration::from_secs(60),
            scan: Duration::from_secs(600),
            batch_subjects_max: 1_000,
            footprint_rows_max: 100_000_000,
            sample_rows_max: 100_000,
            undo_bytes_max: 256 << 20,
            replica: Duration::from_secs(10),
            pending: Duration::from_secs(10),
        }
    }
}
