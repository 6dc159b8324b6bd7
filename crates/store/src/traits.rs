//! The one door to our own state. Both back ends keep the same promises, and
//! one test story runs on both.

use async_trait::async_trait;
use candor_domain::bulk::BulkFile;
use candor_domain::check::{Observation, SubjectRequestFinding};
use candor_domain::id::{ApiKeyId, BulkFileId, JobId, StaffId, SubjectId, SubjectRequestId};
use candor_domain::subject_request::{SubjectRequest, Tenant};
use candor_domain::work::Shard;
use candor_policy::charter::{CharterId, Right};
use candor_policy::promise::PromiseId;
use jiff::{SignedDuration, Timestamp};

use crate::change::{Change, Committed};
use crate::copy::{CopyIn, CopyOut, Page};
use crate::error::StoreError;
use crate::rows::{
    ApiKeyRow, BulkRow, CharterRow, ClaimedJob, HoldRow, KeyShard, LedgerHead, LedgerRow, OnceRow,
    OwedNotice, QueueState, RequestPage, ShardMember, StaffRow, SubjectRow, TombstoneRow,
    VersionRow, Versioned,
};

/// Result of a store operation.
pub type Stored<T> = Result<T, StoreError>;

/// Candor's own state.
#[async_trait]
pub trait Store: Send + Sync {
    /// Makes everything in a change true, or nothing of it. After
    /// [`StoreError::Conflict`] read again; after [`StoreError::Uncertain`] try
    /// again: if it had happened, versions and leases will say so.
    async fn commit(&self, change: Change) -> Stored<Committed>;

    /// Everything that is stored at this moment but sessions, page by page.
    async fn copy_out(&self) -> Stored<Box<dyn CopyOut>>;
    /// Begins to take in what another state gave out. [`StoreError::NotEmpty`]
    /// where this one holds anything.
    async fn copy_in(&self) -> Stored<Box<dyn CopyIn>>;
    /// What is new since the ledger had so many entries, at a moment: to lay over
    /// a copy of then ([`crate::copy::Renewed`]). And the ledger's head now.
    async fn copy_since(&self, entries: u64, at: Timestamp) -> Stored<(LedgerHead, Vec<Page>)>;
    /// Ends all its connections. A SQLite file is whole by itself then.
    async fn close(&self);

    /// A subject request.
    async fn request(&self, id: &SubjectRequestId) -> Stored<Option<Versioned<SubjectRequest>>>;
    /// The same, if it is this tenant's: it takes as long for another tenant's as for
    /// one that never was.
    async fn request_of_tenant(
        &self,
        tenant: &Tenant,
        id: &SubjectRequestId,
    ) -> Stored<Option<Versioned<SubjectRequest>>>;
    /// Subject requests in any of these states (see
    /// [`SubjectRequest::state_key`]; none means all), the earliest deadline
    /// first, at most `limit` (up to 500) after skipping `offset`.
    async fn requests(
        &self,
        states: &[&str],
        limit: u32,
        offset: u32,
    ) -> Stored<Vec<Versioned<SubjectRequest>>>;
    /// Part of the list, the earliest deadline first.
    async fn requests_page(&self, page: &RequestPage) -> Stored<Vec<Versioned<SubjectRequest>>>;
    /// How many subject requests are in each state.
    async fn request_counts(&self) -> Stored<Vec<(String, u64)>>;
    /// Every subject request of a person, the earliest deadline first.
    async fn requests_of(&self, subject: &SubjectId) -> Stored<Vec<Versioned<SubjectRequest>>>;
    /// Which of these people, known by the blind index of their contact, have which
    /// subject requests that are not over.
    async fn open_of_contacts(&self, contacts: &[[u8; 32]]) -> Stored<Vec<([u8; 32], Right)>>;
    /// What our own record says of a right at a moment.
    async fn request_finding(&self, right: Right, now: Timestamp) -> Stored<SubjectRequestFinding>;

    /// Our own record of a person.
    async fn subject(&self, id: &SubjectId) -> Stored<Option<SubjectRow>>;
    /// The person with this blind index of a contact.
    async fn subject_by_contact(&self, index: &[u8; 32]) -> Stored<Option<SubjectRow>>;
    /// Under which key the people of each shard are wrapped.
    async fn key_shards(&self) -> Stored<Vec<KeyShard>>;
    /// Every shard in which somebody is. Reads all people.
    async fn peopled_shards(&self) -> Stored<Vec<(Option<Tenant>, Shard)>>;
    /// From now on nobody is added to a shard under another key than this.
    async fn move_shard(&self, shard: &KeyShard) -> Stored<()>;
    /// People of a shard by their ids, after one of them; a thousand at most.
    async fn shard_members(
        &self,
        tenant: Option<&Tenant>,
        shard: Shard,
        after: Option<&SubjectId>,
    ) -> Stored<Vec<ShardMember>>;
    /// Writes new wraps of people's keys over those that were read, together; how many
    /// were still as read.
    async fn rewrap(&self, wraps: &[(ShardMember, Vec<u8>)]) -> Stored<u64>;
    /// Every hold on a person that stands, the oldest first.
    async fn holds(&self) -> Stored<Vec<HoldRow>>;
    /// A sealed value kept beside a subject request.
    async fn sealed(&self, id: &SubjectRequestId, name: &str) -> Stored<Option<Vec<u8>>>;

    /// What erased rows are known by in a source, by the ids of their subject
    /// requests after `after`, at most `limit` (up to 500), without what has
    /// ended.
    async fn tombstones(
        &self,
        source: &str,
        after: Option<&SubjectRequestId>,
        now: Timestamp,
        limit: u32,
    ) -> Stored<Vec<TombstoneRow>>;
    /// Forgets what no backup brings back any more, and counts it.
    async fn expire_tombstones(&self, now: Timestamp) -> Stored<u64>;

    /// Writes chunk `number` of a blob (sealed bytes, at most 1 MiB each). A
    /// conflict where it belongs to a person who is shredded.
    async fn put_chunk(&self, blob: &str, number: u32, bytes: &[u8]) -> Stored<()>;
    /// Reads chunk `number` of a blob; `None` past the last.
    async fn chunk(&self, blob: &str, number: u32) -> Stored<Option<Vec<u8>>>;

    /// Claims up to `limit` jobs (1,000 at most) that are ready, until
    /// `now + lease`, the longest waiting first. A job whose lease ended is ready
    /// again.
    async fn claim(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<ClaimedJob>>;
    /// Extends a lease; `false` if it was lost.
    async fn renew(&self, id: &JobId, leased_until: Timestamp) -> Stored<bool>;
    /// Gives a job back, not to be claimed before a moment; `error` says why,
    /// without personal data, and is empty where nothing failed. A conflict
    /// where its lease was lost.
    async fn postpone(&self, id: &JobId, not_before: Timestamp, error: &str) -> Stored<()>;
    /// The queue at a glance.
    async fn queue(&self, now: Timestamp) -> Stored<QueueState>;
    /// When the next job becomes ready: its time comes, or its lease ends.
    async fn next_job_at(&self) -> Stored<Option<Timestamp>>;

    /// The charter in force at a moment.
    async fn charter_in_force(&self, now: Timestamp) -> Stored<Option<CharterRow>>;
    /// A charter by id, with the latest moment it was put in force from.
    async fn charter(&self, id: &CharterId) -> Stored<Option<CharterRow>>;

    /// Every version that was, is or will be in force, the latest published
    /// first, at most a thousand.
    async fn versions(&self) -> Stored<Vec<VersionRow>>;
    /// What versions owe to people, the latest version first, at most a
    /// thousand.
    async fn owed_notices(&self) -> Stored<Vec<OwedNotice>>;

    /// The latest observation of every check.
    async fn observations(&self) -> Stored<Vec<Observation>>;

    /// Size and root of the ledger.
    async fn ledger_head(&self) -> Stored<LedgerHead>;
    /// Entries from an index on, at most `limit` (up to 1,000).
    async fn ledger_entries(&self, from: u64, limit: u32) -> Stored<Vec<LedgerRow>>;
    /// Entries of a subject request, oldest first.
    async fn ledger_entries_of(&self, id: &SubjectRequestId) -> Stored<Vec<LedgerRow>>;
    /// The last entry under a promise, by its id.
    async fn ledger_entry_of_promise(&self, promise: &PromiseId) -> Stored<Option<LedgerRow>>;
    /// Tree nodes by (level, index), in the order asked; missing ones are
    /// [`StoreError::LedgerCorrupt`].
    async fn ledger_nodes(&self, nodes: &[(u8, u64)]) -> Stored<Vec<[u8; 32]>>;
    /// The signed checkpoint of the largest tree size.
    async fn checkpoint(&self) -> Stored<Option<(u64, String)>>;

    /// Adds a member of staff; the login must be new.
    async fn add_staff(&self, staff: &StaffRow) -> Stored<()>;
    /// A member of staff by login.
    async fn staff_by_login(&self, login: &str) -> Stored<Option<StaffRow>>;
    /// A member of staff by id.
    async fn staff(&self, id: &StaffId) -> Stored<Option<StaffRow>>;
    /// How many members of staff there are.
    async fn staff_count(&self) -> Stored<u64>;
    /// Opens a session, known by its token's hash.
    async fn open_session(
        &self,
        token_hash: &[u8; 32],
        staff: &StaffId,
        expires_at: Timestamp,
    ) -> Stored<()>;
    /// Who a session belongs to, if it has not ended.
    async fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Stored<Option<StaffRow>>;
    /// Ends a session.
    async fn end_session(&self, token_hash: &[u8; 32]) -> Stored<()>;
    /// Deletes sessions that have ended, and counts them.
    async fn expire_sessions(&self, now: Timestamp) -> Stored<u64>;

    /// The API key with this hash, revoked and expired ones included.
    async fn api_key(&self, token_hash: &[u8; 32]) -> Stored<Option<ApiKeyRow>>;
    /// The key with an id.
    async fn api_key_by_id(&self, id: &ApiKeyId) -> Stored<Option<ApiKeyRow>>;
    /// Every API key that was ever made, the newest first, at most a thousand.
    async fn api_keys(&self) -> Stored<Vec<ApiKeyRow>>;

    /// What came of something that may happen once.
    async fn once(&self, scope: &str, name: &[u8; 32]) -> Stored<Option<OnceRow>>;
    /// Forgets what is remembered no longer, and counts it.
    async fn expire_once(&self, now: Timestamp) -> Stored<u64>;

    /// A file of many subject requests.
    async fn bulk_file(&self, id: &BulkFileId) -> Stored<Option<Versioned<BulkRow>>>;
    /// The same, if this sender sent it: it takes as long for somebody else's as for
    /// one that never was.
    async fn bulk_file_of(
        &self,
        by: &StaffId,
        id: &BulkFileId,
    ) -> Stored<Option<Versioned<BulkRow>>>;
    /// The file that somebody sent under a name.
    async fn bulk_file_by_name(
        &self,
        by: &StaffId,
        name: &[u8; 32],
    ) -> Stored<Option<Versioned<BulkRow>>>;
    /// Files that say the same, the newest first.
    async fn bulk_files_same(&self, fingerprint: &[u8; 32]) -> Stored<Vec<BulkFile>>;
    /// The newest files, a hundred at most.
    async fn bulk_files(&self) -> Stored<Vec<BulkFile>>;

    /// A small named value of the installation, such as the ledger's origin.
    async fn setting(&self, name: &str) -> Stored<Option<String>>;
    /// Sets it.
    async fn set_setting(&self, name: &str, value: &str) -> Stored<()>;
}
