//! Taking a file in: every row is looked at, nothing is filed. What a row would meet
//! (the same person further up, a subject request that is open) is found here, so
//! that it can be said before anybody confirms.

use std::collections::HashMap;

use candor_domain::bulk::{
    Accepted, BulkFile, BulkRejection, CONFIRM_TIME, FAULTS_LISTED, Found, Outcome, PART_ROWS,
    Stage, after,
};
use candor_domain::id::BulkFileId;
use candor_domain::work::Job;
use candor_policy::charter::{Charter, Right};
use candor_seal::keys::SubjectKey;
use candor_store::rows::{BulkRow, Versioned, bulk_blob};
use candor_store::{BulkWrite, Change, ChunkWrite, StoreError};
use jiff::Timestamp;

use super::sheet::{Row, Sheet};
use super::{BulkError, BulkTerms, Entry, Note, Wanted, What, bulk_kinds, place, sealed_part};
use crate::service::{FileError, Proved, Service, ServiceError, Whose, kept_text, received};

/// The people of a file, by what leads to them: at which line, and with which other
/// identities.
type Seen = HashMap<([u8; 32], Right), (u64, [u8; 32])>;

/// A file that was taken in.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The file.
    pub file: BulkFile,
    /// Whether it was taken in before.
    pub replayed: bool,
}

impl Service {
    /// Takes a file in and says what it would do.
    ///
    /// # Errors
    /// A [`BulkError`]; then nothing was kept.
    pub async fn send_bulk(&self, terms: &BulkTerms, bytes: &[u8]) -> Result<Sent, BulkError> {
        let name = terms.name.as_deref().map(|name| {
            let scoped = format!("{}/{name}", terms.by);
            self.root().blind_index("bulk/name", scoped.as_bytes())
        });
        let fingerprint = self.bulk_fingerprint(terms, bytes);
        if let Some(name) = &name
            && let Some(sent) = self.store().bulk_file_by_name(&terms.by, name).await?
        {
            return match sent.value.fingerprint == fingerprint {
                true => Ok(replayed(sent.value.file)),
                false => Err(BulkError::Reused),
            };
        }
        let same = self.store().bulk_files_same(&fingerprint).await?;
        let now = self.now();
        let waiting = |file: &&BulkFile| {
            file.stage == Stage::Checked && file.by == terms.by && !file.is_over(now)
        };
        if name.is_none()
            && let Some(file) = same.iter().find(waiting)
        {
            return Ok(replayed(file.clone()));
        }
        let confirmed = same.into_iter().find(|file| file.confirmed_at.is_some());
        let (entries, found) = self.looked_at(terms, bytes).await?;
        let file = BulkFile {
            id: self.new_bulk_id()?,
            by: terms.by.clone(),
            tenant: terms.tenant.clone(),
            stage: Stage::Checked,
            created_at: now,
            confirmed_at: None,
            ended_at: None,
            expires_at: after(now, CONFIRM_TIME),
            same_as: confirmed.map(|file| file.id),
            found,
            outcome: Outcome::default(),
            parts_done: 0,
            decision: None,
        };
        let change = self.keeping(&file, name, fingerprint, &entries)?;
        match self.commit(change).await {
            Ok(_) => Ok(Sent {
                file,
                replayed: false,
            }),
            // The same, sent twice at once: this one is second.
            Err(ServiceError::Store(StoreError::Conflict { .. })) if name.is_some() => {
                let name = name.unwrap_or_default();
                let first = self.store().bulk_file_by_name(&terms.by, &name).await?;
                Ok(replayed(first.ok_or(BulkError::Reused)?.value.file))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Confirms a file: its rows are filed, under the word of whoever confirms that
    /// these people were recognised. A file that was confirmed before stays as it is.
    ///
    /// # Errors
    /// A [`BulkError`].
    pub async fn confirm_bulk(
        &self,
        id: &BulkFileId,
        accepted: Accepted,
        reason: &str,
    ) -> Result<BulkFile, BulkError> {
        let reason = kept_text(reason).ok_or(BulkError::Reason)?;
        let row = self.store().bulk_file(id).await?;
        let mut row = row.ok_or(BulkError::Unknown)?;
        let key = self.bulk_key(&row.value)?;
        let job = match row.value.file.confirm(accepted, self.now()) {
            Err(BulkRejection::Confirmed) => return Ok(row.value.file),
            moved => moved?,
        };
        let entropy = self.world().entropy.as_ref();
        let place = place("reason", id.as_str());
        let sealed = key.seal(&place, reason.as_bytes(), entropy);
        row.value.sealed = Some(sealed.map_err(ServiceError::from)?.into_bytes());
        let file = row.value.file.clone();
        match self.move_bulk(row, job, Change::default()).await {
            // Somebody else confirmed it.
            Err(ServiceError::Store(StoreError::Conflict { .. })) => {
                Err(BulkRejection::Confirmed.into())
            }
            Err(error) => Err(error.into()),
            Ok(()) => Ok(file),
        }
    }

    /// Forgets a file that was not confirmed.
    ///
    /// # Errors
    /// A [`BulkError`].
    pub async fn drop_bulk(&self, id: &BulkFileId) -> Result<(), BulkError> {
        let row = self
            .store()
            .bulk_file(id)
            .await?
            .ok_or(BulkError::Unknown)?;
        if row.value.file.stage != Stage::Checked {
            return Err(BulkRejection::Confirmed.into());
        }
        let remove = BulkWrite::Remove {
            id: id.clone(),
            expected: row.version,
        };
        let change = Change {
            bulk: Some(remove),
            ..Change::default()
        };
        self.commit(change).await?;
        Ok(())
    }

    /// Writes a file down that moved on, with the job that follows. A conflict where
    /// somebody else moved it.
    pub(super) async fn move_bulk(
        &self,
        row: Versioned<BulkRow>,
        job: (Job, Timestamp),
        mut change: Change,
    ) -> Result<(), ServiceError> {
        change.bulk = Some(BulkWrite::Replace(row));
        change.enqueue.push(job);
        self.commit(change).await?;
        Ok(())
    }

    fn bulk_fingerprint(&self, terms: &BulkTerms, bytes: &[u8]) -> [u8; 32] {
        let tenant = terms.tenant.as_ref().map(ToString::to_string);
        let right = terms.right.map(Right::key).unwrap_or_default();
        let about = terms.about.as_deref().unwrap_or_default();
        let words = format!("{}\0{right}\0{about}\0", tenant.unwrap_or_default());
        let all = [words.as_bytes(), bytes].concat();
        self.root().blind_index("bulk/file", &all)
    }

    fn new_bulk_id(&self) -> Result<BulkFileId, ServiceError> {
        let mut bytes = [0; 16];
        self.world().entropy.fill(&mut bytes)?;
        Ok(BulkFileId::from_random(bytes))
    }

    /// The change that keeps a file, sealed, for as long as it may be confirmed.
    fn keeping(
        &self,
        file: &BulkFile,
        name: Option<[u8; 32]>,
        fingerprint: [u8; 32],
        entries: &[Entry],
    ) -> Result<Change, ServiceError> {
        let entropy = self.world().entropy.as_ref();
        let key = SubjectKey::generate(entropy)?;
        let wrapped = self.root().wrap(&key, file.id.as_str(), entropy)?;
        let mut chunks = Vec::new();
        for (part, rows) in (0..).zip(entries.chunks(PART_ROWS)) {
            chunks.push(ChunkWrite {
                blob: bulk_blob(&file.id),
                number: part,
                bytes: sealed_part(&key, &file.id, part, rows, self)?,
            });
        }
        let forget = Job::ForgetBulk {
            file: file.id.clone(),
        };
        Ok(Change {
            chunks,
            enqueue: vec![(forget, file.expires_at)],
            bulk: Some(BulkWrite::Add(BulkRow {
                file: file.clone(),
                name,
                fingerprint,
                wrapped_key: wrapped.to_bytes(),
                sealed: None,
            })),
            ..Change::default()
        })
    }

    /// Looks at every row.
    async fn looked_at(
        &self,
        terms: &BulkTerms,
        bytes: &[u8],
    ) -> Result<(Vec<Entry>, Found), BulkError> {
        let charter = self.charter();
        let kinds = bulk_kinds(&charter, terms.tenant.as_ref());
        let mut sheet = Sheet::new(bytes, &kinds)?;
        let (mut entries, mut indexes, mut seen) = (Vec::new(), Vec::new(), Seen::new());
        while let Some(row) = sheet.next()? {
            let (entry, index) = self.looked_at_one(terms, &charter, row, &mut seen);
            entries.push(entry);
            indexes.push(index);
        }
        for (entries, indexes) in entries.chunks_mut(PART_ROWS).zip(indexes.chunks(PART_ROWS)) {
            self.note_open(entries, indexes).await?;
        }
        let found = found(&entries);
        Ok((entries, found))
    }

    fn looked_at_one(
        &self,
        terms: &BulkTerms,
        charter: &Charter,
        mut row: Row,
        seen: &mut Seen,
    ) -> (Entry, Option<[u8; 32]>) {
        let wanted = wanted(terms, charter, self.now(), &mut row);
        let index = wanted.and_then(|mut wanted| {
            let index = self.recognised(terms, charter, &mut wanted, &mut row, seen)?;
            Some((wanted, index))
        });
        let (what, index) = match index.filter(|_| row.faults.is_empty()) {
            Some((wanted, index)) => (What::Waiting(wanted), Some(index)),
            None => (What::Bad(row.faults), None),
        };
        let entry = Entry {
            line: row.line,
            reference: row.reference,
            what,
        };
        (entry, index)
    }

    /// Whom a row is about, by the index of their contact; and whether the file named
    /// them before.
    fn recognised(
        &self,
        terms: &BulkTerms,
        charter: &Charter,
        wanted: &mut Wanted,
        row: &mut Row,
        seen: &mut Seen,
    ) -> Option<[u8; 32]> {
        let who = terms.by.clone();
        let reason = String::new();
        let filing = wanted.filing(terms.tenant.as_ref(), Some(Proved::Vouched { who, reason }));
        let whose = match Whose::of(charter, &filing) {
            Ok(whose) => whose,
            Err(error) => {
                let column = match &error {
                    FileError::Address => Some("email"),
                    FileError::Identity { kind } => Some(kind.as_str()),
                    FileError::About => Some("about"),
                    _ => None,
                };
                row.wrong(column, &error);
                return None;
            }
        };
        let index = whose.index(self);
        let mut others: Vec<String> = Vec::new();
        for other in &whose.others {
            let value = other.value.expose("two rows of one person are compared");
            others.push(format!("{}\0{value}", other.kind));
        }
        others.sort();
        let others = self
            .root()
            .blind_index("bulk/others", others.join("\0\0").as_bytes());
        match seen.get(&(index, wanted.right)) {
            None => {
                seen.insert((index, wanted.right), (row.line, others));
            }
            Some((line, same)) if *same == others => wanted.note = Some(Note::Repeats(*line)),
            Some((line, _)) => {
                let why = format!(
                    "it names the person of line {line} with other identities; leave one of the \
                     two rows out"
                );
                row.wrong(None, why);
            }
        }
        Some(index)
    }

    /// Notes which people have the same open already.
    async fn note_open(
        &self,
        entries: &mut [Entry],
        indexes: &[Option<[u8; 32]>],
    ) -> Result<(), BulkError> {
        let people: Vec<[u8; 32]> = indexes.iter().copied().flatten().collect();
        let open = self.store().open_of_contacts(&people).await?;
        for (entry, index) in entries.iter_mut().zip(indexes) {
            let (What::Waiting(wanted), Some(index)) = (&mut entry.what, index) else {
                continue;
            };
            if wanted.note.is_none() && open.contains(&(*index, wanted.right)) {
                wanted.note = Some(Note::Open);
            }
        }
        Ok(())
    }
}

/// What a row asks for, as far as it is complete.
fn wanted(terms: &BulkTerms, charter: &Charter, now: Timestamp, row: &mut Row) -> Option<Wanted> {
    let right = row.right.or(terms.right);
    let received_at = row.received.map(|day| received(charter, day, now));
    if let Some(Err(why)) = received_at {
        row.wrong(Some("received"), why);
    }
    let received_at = received_at.and_then(Result::ok);
    let Some(right) = right else {
        if !row
            .faults
            .iter()
            .any(|fault| fault.column.as_deref() == Some("right"))
        {
            row.wrong(
                Some("right"),
                "it is missing, and the file is for no right in all",
            );
        }
        return None;
    };
    if !charter.rights.contains_key(&right) {
        row.wrong(Some("right"), FileError::NotOffered);
    }
    if !terms.rights.is_empty() && !terms.rights.contains(&right) {
        row.wrong(Some("right"), "the API key is not for this right");
    }
    // What could not be read can't be recognised either.
    if row.identities.is_empty() || row.faults.iter().any(|fault| names_person(fault, row)) {
        return None;
    }
    Some(Wanted {
        right,
        about: row.about.clone().or_else(|| terms.about.clone()),
        received_at,
        identities: row.identities.clone(),
        note: None,
    })
}

fn names_person(fault: &candor_domain::bulk::Fault, row: &Row) -> bool {
    let column = fault.column.as_deref();
    column.is_none()
        || row
            .identities
            .iter()
            .any(|one| Some(one.kind.as_str()) == column)
}

fn found(entries: &[Entry]) -> Found {
    let mut found = Found::default();
    for entry in entries {
        found.rows += 1;
        match &entry.what {
            What::Waiting(wanted) => {
                *found.rights.entry(wanted.right).or_default() += 1;
                match wanted.note {
                    Some(Note::Repeats(_)) => found.repeated += 1,
                    Some(Note::Open) => found.open += 1,
                    None => {}
                }
            }
            What::Bad(faults) => {
                found.bad += 1;
                let room = FAULTS_LISTED.saturating_sub(found.faults.len());
                found.faults.extend(faults.iter().take(room).cloned());
            }
            What::Filed(_) | What::Attached(_) | What::Failed(_) => {}
        }
    }
    found
}

const fn replayed(file: BulkFile) -> Sent {
    Sent {
        file,
        replayed: true,
    }
}
