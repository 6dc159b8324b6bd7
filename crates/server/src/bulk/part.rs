//! Filing one part of a file: its subject requests, what became of each row, and how
//! far the file is, in one transaction. Killed before it, the part is filed again;
//! killed after it, the next one follows. What a row said is gone with its filing.

use candor_domain::bulk::{BulkRejection, Outcome, Stage};
use candor_domain::id::JobId;
use candor_seal::envelope::Sealed;
use candor_store::rows::{BulkRow, Versioned, bulk_blob};
use candor_store::{BulkWrite, Change, ChunkWrite};
use jiff::Timestamp;

use super::{Entry, What, place, sealed_part};
use crate::service::{FileError, Proved, Service, ServiceError, Whose};

impl Service {
    /// Files the next part of a file. The job stays until its turn is over: then it
    /// leaves the queue, and comes back for the part after. Says whether it left.
    /// That a part is filed once is sure without the job: by the file's version.
    pub(crate) async fn file_bulk_part(
        &self,
        mut row: Versioned<BulkRow>,
        (job, until): (&JobId, Timestamp),
    ) -> Result<bool, ServiceError> {
        let now = self.now();
        let part = row.value.file.parts_done;
        let id = row.value.file.id.clone();
        let key = self.bulk_key(&row.value)?;
        let mut entries = self.bulk_part(&row.value, part).await?;
        let proved = self.bulk_word(&row.value)?;
        let mut change = Change::default();
        let mut outcome = Outcome::default();
        for entry in &mut entries {
            self.file_bulk_row(&row.value, &proved, entry, &mut change)
                .await?;
            count(&entry.what, &mut outcome);
            // Tests stop the process at any row.
            self.world()
                .reach(&format!("bulk.row.{}", entry.line))
                .await;
        }
        let next = row.value.file.filed_part(outcome, now);
        let next = next.map_err(idle)?;
        let ends = next.is_none() || self.now() >= until;
        if ends {
            change.finish.push(job.clone());
            change.enqueue.extend(next);
        }
        if row.value.file.stage == Stage::Done {
            row.value.sealed = None;
        }
        change.chunks.push(ChunkWrite {
            blob: bulk_blob(&id),
            number: part,
            bytes: sealed_part(&key, &id, part, &entries, self)?,
        });
        change.bulk = Some(BulkWrite::Replace(row));
        self.commit(change).await?;
        self.world().reach(&format!("bulk.part.{part}")).await;
        Ok(ends)
    }

    /// Adds a row's subject request to the change; what became of it stands in its
    /// place.
    async fn file_bulk_row(
        &self,
        row: &BulkRow,
        proved: &Proved,
        entry: &mut Entry,
        change: &mut Change,
    ) -> Result<(), ServiceError> {
        let What::Waiting(wanted) = &entry.what else {
            return Ok(());
        };
        let filing = wanted.filing(row.file.tenant.as_ref(), Some(proved.clone()));
        let filed = match Whose::of(&self.charter(), &filing) {
            Ok(whose) => self.add_filing(&filing, &whose, change).await,
            Err(error) => Err(error),
        };
        entry.what = match filed {
            Ok(filed) if filed.attached => What::Attached(filed.id),
            Ok(filed) => What::Filed(filed.id),
            Err(FileError::Service(error)) => return Err(error),
            // The policy in force is another than when the file was looked at.
            Err(error) => What::Failed(error.to_string()),
        };
        Ok(())
    }

    /// The word of whoever sent the file.
    fn bulk_word(&self, row: &BulkRow) -> Result<Proved, ServiceError> {
        let corrupt = || ServiceError::Corrupt("reason of a file");
        let sealed = Sealed::from_bytes(row.sealed.clone().ok_or_else(corrupt)?);
        let place = place("reason", row.file.id.as_str());
        let reason = self.bulk_key(row)?.open(&place, &sealed)?;
        Ok(Proved::Vouched {
            who: row.file.by.clone(),
            reason: String::from_utf8(reason).map_err(|_| corrupt())?,
        })
    }
}

const fn count(what: &What, outcome: &mut Outcome) {
    match what {
        What::Filed(_) => outcome.filed += 1,
        What::Attached(_) => outcome.attached += 1,
        What::Failed(_) => outcome.failed += 1,
        What::Bad(_) | What::Waiting(_) => outcome.left_out += 1,
    }
}

const fn idle(_: BulkRejection) -> ServiceError {
    ServiceError::Corrupt("file")
}
