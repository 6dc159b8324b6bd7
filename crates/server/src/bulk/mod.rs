//! Many subject requests in one file: looked at when it is sent, filed in parts by a
//! job once somebody confirmed it, and reported line by line.
//! INVARIANT: nothing is filed before a confirmation; a part is filed in one
//! transaction with its outcomes; and a row's identities are kept only until then.
//! Refuses to say what a cell holds: lines and columns stand for it.

mod decide;
mod part;
mod report;
mod send;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use candor_domain::bulk::{BulkFile, BulkRejection, Fault};
use candor_domain::id::{BulkFileId, StaffId, SubjectRequestId};
use candor_domain::identity::Identity;
use candor_domain::subject_request::{Channel, Rejection, Tenant};
use candor_policy::charter::{Charter, Right, Role};
use candor_seal::envelope::{Place, Sealed};
use candor_seal::keys::{SubjectKey, WrappedKey};
use candor_store::StoreError;
use candor_store::rows::{BulkRow, bulk_blob};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::service::{Filing, Proved, Service, ServiceError};

pub(crate) use decide::FileWaiting;
pub(crate) use report::Report;
pub(crate) use sheet::FILE_BYTES_MAX;
pub use sheet::SheetError;

/// What goes for every row of a file.
#[derive(Clone, Debug)]
pub struct BulkTerms {
    /// Who sends it.
    pub by: StaffId,
    /// The business customer whose end users it is about.
    pub tenant: Option<Tenant>,
    /// The right of rows that name none.
    pub right: Option<Right>,
    /// The kind of people of rows that name none.
    pub about: Option<String>,
    /// The rights that may be filed; none means all.
    pub rights: BTreeSet<Right>,
    /// A name under which the file is taken in once.
    pub name: Option<String>,
}

/// A file that was not taken in, or did not move on.
#[derive(Debug, Error)]
pub enum BulkError {
    /// It can't be read.
    #[error("{0}")]
    Sheet(#[from] SheetError),
    /// The name stands for another file.
    #[error("the name stands for another file")]
    Reused,
    /// There is none of that id.
    #[error("there is no such file")]
    Unknown,
    /// Nobody said why the people are who the file says.
    #[error("say in 1 to 2,000 characters how these people were recognised")]
    Reason,
    /// Others wait than whoever decides has seen.
    #[error("{waiting} subject requests of the file wait for a decision now; look at them again")]
    Changed {
        /// How many.
        waiting: u32,
    },
    /// Nothing waits.
    #[error("no subject request of the file waits for a decision")]
    NothingWaits,
    /// It is about a tenant's end users, or about the organisation's own people.
    #[error("{0}")]
    NotTheirs(Rejection),
    /// It doesn't fit where the file stands.
    #[error("{0}")]
    Rejected(#[from] BulkRejection),
    /// Something inside.
    #[error("the file could not be taken in")]
    Service(#[from] ServiceError),
}

impl From<StoreError> for BulkError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// A row as it is kept, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    line: u64,
    reference: Option<String>,
    what: What,
}

/// Where a row stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum What {
    /// To be filed.
    Waiting(Wanted),
    /// It can't be filed.
    Bad(Vec<Fault>),
    /// It is a subject request.
    Filed(SubjectRequestId),
    /// It was taken in by one that was open.
    Attached(SubjectRequestId),
    /// It was not filed, for what was found only then.
    Failed(String),
}

/// What a row asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Wanted {
    right: Right,
    about: Option<String>,
    received_at: Option<Timestamp>,
    identities: Vec<Identity>,
    /// What is known already of what will come of it.
    note: Option<Note>,
}

/// Why a row will bring nothing new.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Note {
    /// The same person and right stand at this line.
    Repeats(u64),
    /// The person has one open.
    Open,
}

impl Wanted {
    fn filing(&self, tenant: Option<&Tenant>, proved: Option<Proved>) -> Filing {
        Filing {
            right: self.right,
            about: self.about.clone(),
            identities: self.identities.clone(),
            channel: Channel::Bulk,
            tenant: tenant.cloned(),
            received_at: self.received_at,
            proved,
            once: None,
        }
    }
}

impl Service {
    /// A file, if it is known still.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn bulk_file(&self, id: &BulkFileId) -> Result<Option<BulkFile>, ServiceError> {
        let row = self.store().bulk_file(id).await?;
        Ok(row.map(|row| row.value.file))
    }

    /// A file, if this sender sent it and it is known still.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub(crate) async fn bulk_file_of(
        &self,
        by: &StaffId,
        id: &BulkFileId,
    ) -> Result<Option<BulkFile>, ServiceError> {
        let row = self.store().bulk_file_of(by, id).await?;
        Ok(row.map(|row| row.value.file))
    }

    /// The newest files.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn bulk_files(&self) -> Result<Vec<BulkFile>, ServiceError> {
        Ok(self.store().bulk_files().await?)
    }

    /// What each row of a file is or became.
    ///
    /// # Errors
    /// [`BulkError::Unknown`] once it is forgotten.
    pub(crate) async fn bulk_report(&self, id: &BulkFileId) -> Result<Report, BulkError> {
        let row = self.store().bulk_file(id).await?;
        let row = row.ok_or(BulkError::Unknown)?.value;
        Ok(Report::new(self.clone(), row))
    }

    /// The key of a file.
    fn bulk_key(&self, row: &BulkRow) -> Result<SubjectKey, ServiceError> {
        let wrapped = WrappedKey::from_bytes(&row.wrapped_key)?;
        Ok(self.root().unwrap(&wrapped, row.file.id.as_str())?)
    }

    /// One part of a file's rows.
    async fn bulk_part(&self, row: &BulkRow, part: u32) -> Result<Vec<Entry>, ServiceError> {
        let chunk = self.store().chunk(&bulk_blob(&row.file.id), part).await?;
        let sealed = Sealed::from_bytes(chunk.ok_or(ServiceError::Corrupt("part of a file"))?);
        let at = part_place(&row.file.id, part);
        let plain = self.bulk_key(row)?.open(&place("part", &at), &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| ServiceError::Corrupt("part of a file"))
    }
}

/// The kinds of identity that lead to people a file may be about.
#[must_use]
pub fn bulk_kinds(charter: &Charter, tenant: Option<&Tenant>) -> Vec<String> {
    let role = match tenant {
        Some(_) => Role::Processor,
        None => Role::Controller,
    };
    let mut kinds = Vec::new();
    for person in charter.people.values().filter(|one| one.role == role) {
        for kind in &person.known_by {
            if !kinds.contains(kind) {
                kinds.push(kind.clone());
            }
        }
    }
    kinds
}

const fn place<'a>(column: &'a str, row: &'a str) -> Place<'a> {
    Place {
        table: "bulk_files",
        column,
        row,
    }
}

fn part_place(id: &BulkFileId, part: u32) -> String {
    format!("{id}/{part}")
}

fn sealed_part(
    key: &SubjectKey,
    id: &BulkFileId,
    part: u32,
    entries: &[Entry],
    service: &Service,
) -> Result<Vec<u8>, ServiceError> {
    let plain = serde_json::to_vec(entries).map_err(|_| ServiceError::Corrupt("part of a file"))?;
    let at = part_place(id, part);
    let entropy = service.world().entropy.as_ref();
    let sealed = key.seal(&place("part", &at), &plain, entropy)?;
    Ok(sealed.into_bytes())
}
