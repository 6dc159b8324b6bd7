//! The store over SQL, the same for both databases: each method opens a session
//! and hands it to the aggregate that knows the statements.

use std::path::Path;

use async_trait::async_trait;
use candor_domain::bulk::BulkFile;
use candor_domain::check::{Observation, SubjectRequestFinding};
use candor_domain::id::{ApiKeyId, BulkFileId, JobId, StaffId, SubjectId, SubjectRequestId};
use candor_domain::subject_request::{SubjectRequest, Tenant};
use candor_domain::work::Shard;
use candor_policy::charter::{CharterId, Right};
use candor_policy::promise::PromiseId;
use jiff::{SignedDuration, Timestamp};

use crate::backend::{self, Backend};
use crate::change::{Change, Committed};
use crate::copy::{CopyIn, CopyOut, Page};
use crate::rows::{
    ApiKeyRow, BulkRow, CharterRow, ClaimedJob, HoldRow, KeyShard, LedgerHead, LedgerRow, OnceRow,
    OwedNotice, QueueState, RequestPage, ShardMember, StaffRow, SubjectRow, TombstoneRow,
    VersionRow, Versioned,
};
use crate::traits::{Store, Stored};
use crate::{
    api_keys, blobs, bulk, charters, commit, copy, holds, jobs, ledger, migrate, observations,
    once, requests, sealed, settings, shards, staff, subjects, tombstones,
};

/// State in an SQL database.
pub struct SqlStore {
    backend: Box<dyn Backend>,
}

impl SqlStore {
    /// Opens a SQLite file, creating it (mode 0600) and its folder (0700) where
    /// they are missing.
    ///
    /// # Errors
    /// As [`crate::open`].
    pub async fn open_sqlite(path: &Path) -> Stored<Self> {
        Self::prepare(backend::open_sqlite(path).await?).await
    }

    /// Connects to a PostgreSQL database that exists.
    ///
    /// # Errors
    /// As [`crate::open`].
    pub async fn connect_postgres(url: &str) -> Stored<Self> {
        Self::prepare(backend::connect_postgres(url).await?).await
    }

    async fn prepare(backend: Box<dyn Backend>) -> Stored<Self> {
        migrate::run(&*backend).await?;
        // In a transaction, so that nobody appends between the looks.
        ledger::check_edge(&mut *backend.begin().await?).await?;
        Ok(Self { backend })
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn commit(&self, change: Change) -> Stored<Committed> {
        commit::commit(&*self.backend, change).await
    }

    async fn copy_out(&self) -> Stored<Box<dyn CopyOut>> {
        copy::out(&*self.backend).await
    }

    async fn copy_in(&self) -> Stored<Box<dyn CopyIn>> {
        copy::into(&*self.backend).await
    }

    async fn copy_since(&self, entries: u64, at: Timestamp) -> Stored<(LedgerHead, Vec<Page>)> {
        copy::since(&*self.backend, entries, at).await
    }

    async fn close(&self) {
        self.backend.close().await;
    }

    async fn request(&self, id: &SubjectRequestId) -> Stored<Option<Versioned<SubjectRequest>>> {
        let mut session = self.backend.read().await?;
        requests::read(&mut *session, id).await
    }

    async fn request_of_tenant(
        &self,
        tenant: &Tenant,
        id: &SubjectRequestId,
    ) -> Stored<Option<Versioned<SubjectRequest>>> {
        let mut session = self.backend.read().await?;
        requests::read_of_tenant(&mut *session, tenant, id).await
    }

    async fn requests(
        &self,
        states: &[&str],
        limit: u32,
        offset: u32,
    ) -> Stored<Vec<Versioned<SubjectRequest>>> {
        let mut session = self.backend.read().await?;
        requests::list(&mut *session, states, limit, offset).await
    }

    async fn requests_page(&self, page: &RequestPage) -> Stored<Vec<Versioned<SubjectRequest>>> {
        let mut session = self.backend.read().await?;
        requests::page(&mut *session, page).await
    }

    async fn request_counts(&self) -> Stored<Vec<(String, u64)>> {
        let mut session = self.backend.read().await?;
        requests::count_by_state(&mut *session).await
    }

    async fn requests_of(&self, subject: &SubjectId) -> Stored<Vec<Versioned<SubjectRequest>>> {
        let mut session = self.backend.read().await?;
        requests::of(&mut *session, subject).await
    }

    async fn open_of_contacts(&self, contacts: &[[u8; 32]]) -> Stored<Vec<([u8; 32], Right)>> {
        let mut session = self.backend.read().await?;
        requests::open_of_contacts(&mut *session, contacts).await
    }

    async fn request_finding(&self, right: Right, now: Timestamp) -> Stored<SubjectRequestFinding> {
        let mut session = self.backend.read().await?;
        requests::find(&mut *session, right, now).await
    }

    async fn subject(&self, id: &SubjectId) -> Stored<Option<SubjectRow>> {
        let mut session = self.backend.read().await?;
        subjects::by_id(&mut *session, id).await
    }

    async fn subject_by_contact(&self, index: &[u8; 32]) -> Stored<Option<SubjectRow>> {
        let mut session = self.backend.read().await?;
        subjects::by_contact(&mut *session, index).await
    }

    async fn holds(&self) -> Stored<Vec<HoldRow>> {
        let mut session = self.backend.read().await?;
        holds::standing(&mut *session).await
    }

    async fn sealed(&self, id: &SubjectRequestId, name: &str) -> Stored<Option<Vec<u8>>> {
        let mut session = self.backend.read().await?;
        sealed::read(&mut *session, id, name).await
    }

    async fn put_chunk(&self, blob: &str, number: u32, bytes: &[u8]) -> Stored<()> {
        let mut session = self.backend.begin().await?;
        let done = blobs::put_chunk(&mut *session, blob, number, bytes).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn chunk(&self, blob: &str, number: u32) -> Stored<Option<Vec<u8>>> {
        let mut session = self.backend.read().await?;
        blobs::chunk(&mut *session, blob, number).await
    }

    async fn claim(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<ClaimedJob>> {
        let mut session = self.backend.begin().await?;
        let done = jobs::claim(&mut *session, now, lease, limit).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn renew(&self, id: &JobId, leased_until: Timestamp) -> Stored<bool> {
        let mut session = self.backend.begin().await?;
        let done = jobs::renew(&mut *session, id, leased_until).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn postpone(&self, id: &JobId, not_before: Timestamp, error: &str) -> Stored<()> {
        let mut session = self.backend.begin().await?;
        let done = jobs::postpone(&mut *session, id, not_before, error).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn queue(&self, now: Timestamp) -> Stored<QueueState> {
        let mut session = self.backend.read().await?;
        jobs::state(&mut *session, now).await
    }

    async fn next_job_at(&self) -> Stored<Option<Timestamp>> {
        let mut session = self.backend.read().await?;
        jobs::next_at(&mut *session).await
    }

    async fn charter_in_force(&self, now: Timestamp) -> Stored<Option<CharterRow>> {
        let mut session = self.backend.read().await?;
        charters::in_force(&mut *session, now).await
    }

    async fn charter(&self, id: &CharterId) -> Stored<Option<CharterRow>> {
        let mut session = self.backend.read().await?;
        charters::by_id(&mut *session, id).await
    }

    async fn versions(&self) -> Stored<Vec<VersionRow>> {
        let mut session = self.backend.read().await?;
        charters::versions(&mut *session).await
    }

    async fn owed_notices(&self) -> Stored<Vec<OwedNotice>> {
        let mut session = self.backend.read().await?;
        charters::owed_notices(&mut *session).await
    }

    async fn observations(&self) -> Stored<Vec<Observation>> {
        let mut session = self.backend.read().await?;
        observations::all(&mut *session).await
    }

    async fn ledger_head(&self) -> Stored<LedgerHead> {
        let mut session = self.backend.read().await?;
        ledger::head(&mut *session).await
    }

    async fn ledger_entries(&self, from: u64, limit: u32) -> Stored<Vec<LedgerRow>> {
        let mut session = self.backend.read().await?;
        ledger::entries(&mut *session, from, limit).await
    }

    async fn ledger_entries_of(&self, id: &SubjectRequestId) -> Stored<Vec<LedgerRow>> {
        let mut session = self.backend.read().await?;
        ledger::entries_of(&mut *session, id).await
    }

    async fn ledger_entry_of_promise(&self, promise: &PromiseId) -> Stored<Option<LedgerRow>> {
        let mut session = self.backend.read().await?;
        ledger::entry_of_promise(&mut *session, &promise.0).await
    }

    async fn ledger_nodes(&self, nodes: &[(u8, u64)]) -> Stored<Vec<[u8; 32]>> {
        let mut session = self.backend.read().await?;
        let hashes = ledger::nodes(&mut *session, nodes).await?;
        Ok(hashes.iter().map(|hash| *hash.as_bytes()).collect())
    }

    async fn checkpoint(&self) -> Stored<Option<(u64, String)>> {
        let mut session = self.backend.read().await?;
        ledger::last_checkpoint(&mut *session).await
    }

    async fn add_staff(&self, staff: &StaffRow) -> Stored<()> {
        let mut session = self.backend.begin().await?;
        let done = staff::add(&mut *session, staff).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn staff_by_login(&self, login: &str) -> Stored<Option<StaffRow>> {
        let mut session = self.backend.read().await?;
        staff::by_login(&mut *session, login).await
    }

    async fn staff(&self, id: &StaffId) -> Stored<Option<StaffRow>> {
        let mut session = self.backend.read().await?;
        staff::by_id(&mut *session, id).await
    }

    async fn staff_count(&self) -> Stored<u64> {
        let mut session = self.backend.read().await?;
        staff::count(&mut *session).await
    }

    async fn open_session(
        &self,
        token_hash: &[u8; 32],
        staff: &StaffId,
        expires_at: Timestamp,
    ) -> Stored<()> {
        let mut session = self.backend.begin().await?;
        let done = staff::open_session(&mut *session, token_hash, staff, expires_at).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Stored<Option<StaffRow>> {
        let mut session = self.backend.read().await?;
        staff::by_session(&mut *session, token_hash, now).await
    }

    async fn end_session(&self, token_hash: &[u8; 32]) -> Stored<()> {
        let mut session = self.backend.begin().await?;
        let done = staff::end_session(&mut *session, token_hash).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn expire_sessions(&self, now: Timestamp) -> Stored<u64> {
        let mut session = self.backend.begin().await?;
        let done = staff::expire_sessions(&mut *session, now).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn api_key(&self, token_hash: &[u8; 32]) -> Stored<Option<ApiKeyRow>> {
        let mut session = self.backend.read().await?;
        api_keys::by_hash(&mut *session, token_hash).await
    }

    async fn api_key_by_id(&self, id: &ApiKeyId) -> Stored<Option<ApiKeyRow>> {
        let mut session = self.backend.read().await?;
        api_keys::by_id(&mut *session, id).await
    }

    async fn api_keys(&self) -> Stored<Vec<ApiKeyRow>> {
        let mut session = self.backend.read().await?;
        api_keys::all(&mut *session).await
    }

    async fn tombstones(
        &self,
        source: &str,
        after: Option<&SubjectRequestId>,
        now: Timestamp,
        limit: u32,
    ) -> Stored<Vec<TombstoneRow>> {
        let mut session = self.backend.read().await?;
        tombstones::read(&mut *session, source, (after, now), limit).await
    }

    async fn expire_tombstones(&self, now: Timestamp) -> Stored<u64> {
        let mut session = self.backend.begin().await?;
        let done = tombstones::expire(&mut *session, now).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn once(&self, scope: &str, name: &[u8; 32]) -> Stored<Option<OnceRow>> {
        let mut session = self.backend.read().await?;
        once::read(&mut *session, scope, name).await
    }

    async fn expire_once(&self, now: Timestamp) -> Stored<u64> {
        let mut session = self.backend.begin().await?;
        let done = once::expire(&mut *session, now).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn key_shards(&self) -> Stored<Vec<KeyShard>> {
        let mut session = self.backend.read().await?;
        shards::all(&mut *session).await
    }

    async fn peopled_shards(&self) -> Stored<Vec<(Option<Tenant>, Shard)>> {
        let mut session = self.backend.read().await?;
        shards::peopled(&mut *session).await
    }

    async fn move_shard(&self, shard: &KeyShard) -> Stored<()> {
        let mut session = self.backend.begin().await?;
        shards::move_to(&mut *session, shard).await?;
        session.commit().await
    }

    async fn shard_members(
        &self,
        tenant: Option<&Tenant>,
        shard: Shard,
        after: Option<&SubjectId>,
    ) -> Stored<Vec<ShardMember>> {
        let mut session = self.backend.read().await?;
        shards::members(&mut *session, tenant, shard, after).await
    }

    async fn rewrap(&self, wraps: &[(ShardMember, Vec<u8>)]) -> Stored<u64> {
        let mut session = self.backend.begin().await?;
        let done = shards::rewrap(&mut *session, wraps).await?;
        session.commit().await?;
        Ok(done)
    }

    async fn bulk_file(&self, id: &BulkFileId) -> Stored<Option<Versioned<BulkRow>>> {
        let mut session = self.backend.read().await?;
        bulk::read(&mut *session, id).await
    }

    async fn bulk_file_of(
        &self,
        by: &StaffId,
        id: &BulkFileId,
    ) -> Stored<Option<Versioned<BulkRow>>> {
        let mut session = self.backend.read().await?;
        bulk::read_of(&mut *session, by, id).await
    }

    async fn bulk_file_by_name(
        &self,
        by: &StaffId,
        name: &[u8; 32],
    ) -> Stored<Option<Versioned<BulkRow>>> {
        let mut session = self.backend.read().await?;
        bulk::by_name(&mut *session, by, name).await
    }

    async fn bulk_files_same(&self, fingerprint: &[u8; 32]) -> Stored<Vec<BulkFile>> {
        let mut session = self.backend.read().await?;
        bulk::same(&mut *session, fingerprint).await
    }

    async fn bulk_files(&self) -> Stored<Vec<BulkFile>> {
        let mut session = self.backend.read().await?;
        bulk::list(&mut *session).await
    }

    async fn setting(&self, name: &str) -> Stored<Option<String>> {
        let mut session = self.backend.read().await?;
        settings::read(&mut *session, name).await
    }

    async fn set_setting(&self, name: &str, value: &str) -> Stored<()> {
        let mut session = self.backend.begin().await?;
        let done = settings::write(&mut *session, name, value).await?;
        session.commit().await?;
        Ok(done)
    }
}
