//! From records to ledger entries and signed checkpoints. The domain says what
//! happened; here the person becomes a commitment, and the tree a checkpoint.

use candor_domain::id::SubjectRequestId;
use candor_domain::record::Record;
use candor_seal::commitment::Commitment;
use candor_seal::entry::Entry;
use jiff::{Timestamp, Unit};

/// The entry that records something.
pub(crate) fn entry(record: Record, commitment: Option<Commitment>, at: Timestamp) -> Entry {
    let at = at.round(Unit::Millisecond).unwrap_or(at);
    let mut entry = Entry::new(at.to_string(), record.kind);
    entry.charter = Some(record.charter.0);
    entry.promises = record.promises;
    entry.subject_request = record
        .subject_request
        .as_ref()
        .map(SubjectRequestId::to_string);
    entry.commitment = commitment;
    entry.facts = record.facts;
    entry
}
