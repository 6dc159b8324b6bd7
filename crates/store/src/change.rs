//! A change: everything that must become true together. Nothing of it is seen
//! before all of it is durable.

use candor_domain::check::Observation;
use candor_domain::id::{
    ApiKeyId, BulkFileId, HoldId, JobId, StaffId, SubjectId, SubjectRequestId,
};
use candor_domain::subject_request::SubjectRequest;
use candor_domain::work::Job;
use candor_policy::charter::Charter;
use candor_policy::diff::Acknowledgement;
use candor_seal::entry::Entry;
use jiff::Timestamp;

use crate::rows::{ApiKeyRow, BulkRow, HoldRow, OnceRow, SubjectRow, TombstoneRow, Versioned};

/// Everything one step changes.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// People to add, unless one with the same contact index exists: then
    /// nothing of the change happens ([`crate::StoreError::Conflict`]).
    pub subjects: Vec<SubjectRow>,
    /// People whose key, contact and sealed values are destroyed. Their blobs
    /// are found by name: `package/`, `sheets/` or `keys/` and the subject
    /// request's id. Repeating it keeps the first time.
    pub shred: Vec<Shred>,
    /// A person who is known by another contact now; a conflict where they are
    /// shredded.
    pub recontact: Option<Recontact>,
    /// Subject requests to add or replace.
    pub requests: Vec<RequestWrite>,
    /// Values sealed under a person's key, kept beside a subject request; a
    /// conflict where the person is shredded.
    pub sealed: Vec<SealedValue>,
    /// What erased rows are known by, replacing what was kept of the same
    /// erasure in the same source.
    pub tombstones: Vec<TombstoneRow>,
    /// Erasures, and sources, of which nothing is kept any longer.
    pub remove_tombstones: Vec<(SubjectRequestId, String)>,
    /// Blobs to remove, by name.
    pub remove_blobs: Vec<String>,
    /// Chunks of blobs to write, as [`crate::Store::put_chunk`] does.
    pub chunks: Vec<ChunkWrite>,
    /// What becomes of a file of many subject requests.
    pub bulk: Option<BulkWrite>,
    /// Ledger entries, in order.
    pub entries: Vec<Entry>,
    /// Jobs to add. One whose key already waits is left as it is: it will read
    /// the new state. One whose key is held by a worker, who may have read an
    /// older state, runs again when that worker is through.
    pub enqueue: Vec<(Job, Timestamp)>,
    /// The jobs that made this change: they leave the queue, before anything is
    /// added to it, so that a job can ask for itself again. If somebody else
    /// claimed one of them meanwhile, nothing of the change happens
    /// ([`crate::StoreError::Conflict`]).
    pub finish: Vec<JobId>,
    /// Holds to set, and to lift.
    pub holds: Vec<HoldWrite>,
    /// Latest observations, replacing older ones of the same check.
    pub observations: Vec<Observation>,
    /// A version to publish.
    pub publication: Option<Publication>,
    /// Something that may happen once. Where it did before, nothing of the change
    /// happens ([`crate::StoreError::Conflict`] of [`crate::ONCE`]).
    pub once: Option<OnceRow>,
    /// API keys to add.
    pub api_keys: Vec<NewApiKey>,
    /// API keys to revoke, and when. Repeating it keeps the first time.
    pub revoke: Vec<(ApiKeyId, Timestamp)>,
    /// A signed checkpoint for a tree size, at most the size after this change.
    pub checkpoint: Option<(u64, String)>,
}

/// A version of the policy to put in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    /// Its charter.
    pub charter: Charter,
    /// From when.
    pub effective_at: Timestamp,
    /// Number of the version it was compared with; `None` for the first. Where
    /// another version follows that one already, nothing of the change happens
    /// ([`crate::StoreError::Conflict`]).
    pub follows: Option<u64>,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who stands for it: a function, not a name.
    pub published_by: Option<String>,
    /// What was acknowledged.
    pub acknowledged: Vec<Acknowledgement>,
    /// Kind of people, channel, and purposes to ask again: what is owed.
    pub notices: Vec<Notice>,
}

/// Somebody to be told of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Kind of people, as declared.
    pub about: String,
    /// How it is to reach them: `email`.
    pub channel: String,
    /// Purposes for which they must be asked again.
    pub asks: Vec<String>,
}

/// An API key to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// What is known of it.
    pub row: ApiKeyRow,
    /// Hash of the key itself.
    pub token_hash: [u8; 32],
}

/// A hold that is set or lifted. Nothing of the change happens
/// ([`crate::StoreError::Conflict`]) where the person has that hold already, or
/// is shredded, or it was lifted before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldWrite {
    /// A new one.
    Set(HoldRow),
    /// Its end.
    Lift {
        /// Which.
        id: HoldId,
        /// When.
        at: Timestamp,
        /// By whom; `None` from the command line.
        by: Option<StaffId>,
    },
}

/// A person under another contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recontact {
    /// Who.
    pub subject: SubjectId,
    /// The blind index of the new contact.
    pub contact_index: [u8; 32],
    /// The record with it, sealed under the same key.
    pub sealed: Vec<u8>,
}

/// A person to shred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shred {
    /// Who.
    pub subject: SubjectId,
    /// When.
    pub at: Timestamp,
    /// How many subject requests of theirs were seen when it was decided. If
    /// another was filed since, nothing of the change happens.
    pub requests_seen: u64,
}

/// A subject request to write.
#[derive(Clone, Debug)]
pub struct RequestWrite {
    /// The new state.
    pub request: SubjectRequest,
    /// The version it was read at; `None` for a new one. Any other version in
    /// the database means a conflict.
    pub expected: Option<u64>,
}

/// Bytes sealed under a person's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedValue {
    /// The subject request they belong to.
    pub subject_request: SubjectRequestId,
    /// What they are, such as `footprint`; unique within the subject request.
    pub name: String,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
}

/// A chunk of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChunkWrite {
    /// The blob's name.
    pub blob: String,
    /// The chunk's number.
    pub number: u32,
    /// Sealed bytes.
    pub bytes: Vec<u8>,
}

/// What becomes of a file of many subject requests. Nothing of the change happens
/// ([`crate::StoreError::Conflict`]) where its sender has another file under its
/// name, or somebody else wrote it since it was read.
#[derive(Clone, Debug, PartialEq)]
pub enum BulkWrite {
    /// A new one.
    Add(BulkRow),
    /// It has moved on since it was read.
    Replace(Versioned<BulkRow>),
    /// It is forgotten, with its key and its blob.
    Remove {
        /// Which.
        id: BulkFileId,
        /// The version it was read at.
        expected: u64,
    },
}

/// What a committed change was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// Ledger index of each entry of the change, in order.
    pub entry_indexes: Vec<u64>,
}
