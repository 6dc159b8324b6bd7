//! What is stored, as read back. Sealed columns stay sealed.

use candor_domain::api_key::Scope;
use candor_domain::bulk::BulkFile;
use candor_domain::id::{
    ApiKeyId, BulkFileId, HoldId, JobId, StaffId, SubjectId, SubjectRequestId,
};
#[cfg(doc)]
use candor_domain::subject_request::SubjectRequest;
use candor_domain::subject_request::Tenant;
use candor_domain::work::{Job, Shard};
use candor_policy::charter::{CharterId, Right};
use candor_policy::diff::Acknowledgement;
use jiff::Timestamp;

/// A value with the version it was read at.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Rises by one with every write.
    pub version: u64,
}

/// Under which key the people of a shard are wrapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyShard {
    /// Whose; none for the organisation's own people.
    pub tenant: Option<Tenant>,
    /// Which.
    pub shard: Shard,
    /// The key's id.
    pub key_id: [u8; 8],
}

/// One of the people of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardMember {
    /// Who.
    pub id: SubjectId,
    /// Their key, as it is wrapped.
    pub wrapped_key: Vec<u8>,
}

/// Our own record of a person. After shredding only the id and the time
/// remain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectRow {
    /// Its id.
    pub id: SubjectId,
    /// Kind of person, as declared.
    pub about: String,
    /// Whose end user it is, if a tenant's.
    pub tenant: Option<Tenant>,
    /// The person's key, wrapped under their shard's; `None` once shredded.
    pub wrapped_key: Option<Vec<u8>>,
    /// Keyed blind index of the contact, for look-ups; `None` once shredded.
    pub contact_index: Option<[u8; 32]>,
    /// Contact and commitment salt, sealed under the person's key; `None` once
    /// shredded.
    pub sealed: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its key was destroyed.
    pub shredded_at: Option<Timestamp>,
}

/// A job this worker holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Names this claim: whoever claims the job after this lease gets another
    /// id, and this one finds nothing any more.
    pub id: JobId,
    /// Its number in the queue: the same for every claim, and no other job's.
    pub number: i64,
    /// What to do.
    pub job: Job,
    /// How often it was claimed before this time.
    pub attempts: u32,
    /// Until when nobody else takes it.
    pub leased_until: Timestamp,
}

/// The queue at a glance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueState {
    /// Ready to be claimed.
    pub ready: u64,
    /// Waiting for their time.
    pub scheduled: u64,
    /// Held by a worker.
    pub leased: u64,
    /// Of the ready and scheduled ones, those that failed at least once.
    pub failing: u64,
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffRow {
    /// Its id.
    pub id: StaffId,
    /// Name to sign in with.
    pub login: String,
    /// Argon2 PHC string.
    pub password_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A key with which a program calls the API. The key itself is nowhere: only its
/// hash finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// What staff call it.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; `None` from the command line.
    pub created_by: Option<StaffId>,
    /// After this it opens nothing.
    pub expires_at: Option<Timestamp>,
    /// Since when it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKeyRow {
    /// Whether it opens anything at this moment.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// A hold on one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    /// Its id.
    pub id: HoldId,
    /// Its kind, as declared.
    pub hold: String,
    /// On whom.
    pub subject: SubjectId,
    /// Why, and what led to the person, sealed under the person's key.
    pub sealed: Vec<u8>,
    /// Since when.
    pub set_at: Timestamp,
    /// Who set it; `None` from the command line.
    pub set_by: Option<StaffId>,
}

/// Something that happens at most once: an HTTP request under its idempotency
/// key, the use of a signed token. Holds hashes, nothing that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceRow {
    /// Whose names these are: the id of an API key, or `login`.
    pub scope: String,
    /// Keyed hash of the name that may come once.
    pub name: [u8; 32],
    /// Keyed hash of all that was asked under the name.
    pub fingerprint: [u8; 32],
    /// Id of what came of it: a subject request, a hold.
    pub outcome: String,
    /// Until when it is remembered.
    pub expires_at: Timestamp,
}

/// What rows of somebody who was erased are known by in one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TombstoneRow {
    /// The source.
    pub source: String,
    /// The erasure.
    pub subject_request: SubjectRequestId,
    /// The line's own key, wrapped under the root key.
    pub wrapped_key: Vec<u8>,
    /// The keys, sealed under it.
    pub sealed: Vec<u8>,
    /// When a backup can no longer bring the rows back.
    pub expires_at: Timestamp,
}

/// A file of many subject requests. Its rows lie in the blob [`bulk_blob`], sealed
/// under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRow {
    /// What is known of it.
    pub file: BulkFile,
    /// Keyed hash of the name under which its sender sends it once.
    pub name: Option<[u8; 32]>,
    /// Keyed hash of all it says.
    pub fingerprint: [u8; 32],
    /// The file's key, wrapped under the root key.
    pub wrapped_key: Vec<u8>,
    /// Why its sender vouches for the people, sealed under the file's key.
    pub sealed: Option<Vec<u8>>,
}

/// Name of the blob that holds a file's rows and what became of them.
#[must_use]
pub fn bulk_blob(id: &BulkFileId) -> String {
    format!("bulk/{id}")
}

/// Part of the list of subject requests, in the order of their deadlines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestPage {
    /// Only end users of this business customer.
    pub tenant: Option<Tenant>,
    /// Only in this state (see [`SubjectRequest::state_key`]).
    pub state: Option<String>,
    /// Only under one of these rights; none means all.
    pub rights: Vec<Right>,
    /// After this one: its deadline (see [`SubjectRequest::measured_by`]) and id.
    pub after: Option<(Timestamp, SubjectRequestId)>,
    /// At most so many, up to 500.
    pub limit: u32,
}

/// A ledger entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// Zero-based index.
    pub index: u64,
    /// Its canonical bytes: what the leaf hash covers.
    pub bytes: Vec<u8>,
}

/// The ledger's size and right edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerHead {
    /// Number of entries.
    pub size: u64,
    /// Root hash of the tree of that size.
    pub root: [u8; 32],
}

/// A charter that is or was in force.
#[derive(Clone, Debug, PartialEq)]
pub struct CharterRow {
    /// The charter.
    pub charter: candor_policy::charter::Charter,
    /// In force from this moment.
    pub effective_at: Timestamp,
}

/// A version of the policy: a charter that was, is or will be in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// Counts publications; the later of two that begin at once counts.
    pub number: u64,
    /// The charter.
    pub charter: CharterId,
    /// In force from this moment, until the next one begins.
    pub effective_at: Timestamp,
    /// The version it was compared with; `None` for the first.
    pub follows: Option<u64>,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who stands for it: a function, not a name.
    pub published_by: Option<String>,
    /// What got weaker, or may have, and was acknowledged.
    pub acknowledged: Vec<Acknowledgement>,
}

/// A notice that a version owes to a kind of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedNotice {
    /// Number of the version.
    pub version: u64,
    /// Kind of people, as declared.
    pub about: String,
    /// How it is to reach them, as promised: `email`.
    pub channel: String,
    /// Purposes for which they must be asked again.
    pub asks: Vec<String>,
}
