//! Deciding all subject requests of a file that wait for it: what their plans do, summed
//! up, and one decision for all of them, applied by a job. Each has its own record, as
//! if it were decided alone. Refuses a decision about others than were looked at, and
//! one that is somebody else's to take.

use std::collections::{BTreeMap, HashSet};

use candor_domain::bulk::{BulkFile, BulkRejection, FileDecision, JointDecision, Stage, after};
use candor_domain::id::{BulkFileId, SubjectRequestId};
use candor_domain::plan::{TableEffect, add_effects};
use candor_domain::subject_request::{Event, Rejection, SubjectRequest};
use candor_policy::charter::Right;
use candor_store::rows::{BulkRow, ClaimedJob, RequestPage, Versioned};
use candor_store::{BulkWrite, Change, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{BulkError, What};
use crate::service::{Decider, OnceName, Service, ServiceError};

/// Subject requests that are read at once, and how often at most.
const READ_AT_ONCE: u32 = 500;
const READS_MAX: u32 = 2_000;
/// Subject requests that are decided in one transaction.
const TOGETHER: usize = 100;
/// How long the job goes on before others have their turn.
const TURN: SignedDuration = SignedDuration::from_secs(2);

/// The subject requests of a file that wait for a decision, and what their plans do.
#[derive(Clone, Debug, Default)]
pub(crate) struct FileWaiting {
    /// How many there are of each right.
    pub(crate) rights: BTreeMap<Right, u32>,
    /// What is planned in each source, over all of them.
    pub(crate) planned: BTreeMap<String, Vec<TableEffect>>,
    /// How many can't be approved as they are: a source doesn't take what is to be
    /// written, or an answer has to be written.
    pub(crate) obstructed: u32,
    /// When the first of them is due.
    pub(crate) due_at: Option<Timestamp>,
}

impl FileWaiting {
    /// How many wait.
    pub(crate) fn count(&self) -> u32 {
        self.rights.values().sum()
    }

    fn add(&mut self, request: &SubjectRequest) {
        *self.rights.entry(request.right).or_default() += 1;
        let mut obstructed = request.right == Right::Complaint;
        for (source, progress) in &request.sources {
            let planned = self.planned.entry(source.clone()).or_default();
            add_effects(planned, &progress.preview.effects);
            obstructed |= !progress.preview.obstacles.is_empty();
        }
        self.obstructed += u32::from(obstructed);
        let due_at = self
            .due_at
            .map_or(request.due_at, |due| due.min(request.due_at));
        self.due_at = Some(due_at);
    }
}

impl Service {
    /// The subject requests of a file that wait for a decision.
    ///
    /// # Errors
    /// [`BulkError::Unknown`] once the file is forgotten.
    pub(crate) async fn bulk_waiting(&self, id: &BulkFileId) -> Result<FileWaiting, BulkError> {
        let row = self.store().bulk_file(id).await?;
        let row = row.ok_or(BulkError::Unknown)?.value;
        let mut waiting = FileWaiting::default();
        for request in self.undecided_of(&row).await? {
            waiting.add(&request);
        }
        Ok(waiting)
    }

    /// The same for whoever looks at the file; none before all of it is filed.
    pub(crate) async fn file_waiting(&self, file: &BulkFile) -> Result<FileWaiting, ServiceError> {
        if file.stage != Stage::Done {
            return Ok(FileWaiting::default());
        }
        match self.bulk_waiting(&file.id).await {
            Ok(waiting) => Ok(waiting),
            Err(BulkError::Service(error)) => Err(error),
            Err(_) => Ok(FileWaiting::default()),
        }
    }

    /// Decides all of a file that wait; `seen` is how many whoever decides was shown.
    ///
    /// # Errors
    /// A [`BulkError`]; nothing is decided then.
    pub(crate) async fn decide_bulk(
        &self,
        id: &BulkFileId,
        (what, seen): (JointDecision, u32),
        decider: &Decider,
        once: Option<&OnceName>,
    ) -> Result<(), BulkError> {
        let row = self.store().bulk_file(id).await?;
        let mut row = row.ok_or(BulkError::Unknown)?;
        if row.value.file.tenant != decider.tenant {
            return Err(BulkError::NotTheirs(Rejection::TenantDecides));
        }
        let job = row
            .value
            .file
            .decide(what, decider.by.clone(), self.now())?;
        let waiting = self.concerned(&row.value).await?.len();
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        if waiting != seen {
            return Err(BulkError::Changed { waiting });
        }
        if waiting == 0 {
            return Err(BulkError::NothingWaits);
        }
        let change = Change {
            once: once.map(|once| once.row(id.as_str())),
            ..Change::default()
        };
        match self.move_bulk(row, job, change).await {
            Err(ServiceError::Store(StoreError::Conflict { .. })) => {
                Err(BulkRejection::Deciding.into())
            }
            moved => Ok(moved?),
        }
    }

    /// Applies what was decided, for a turn. Killed in between, it goes on with those
    /// that still wait.
    pub(crate) async fn apply_to_bulk(
        &self,
        row: Versioned<BulkRow>,
        claimed: &ClaimedJob,
    ) -> Result<(), ServiceError> {
        let until = after(self.now(), TURN);
        let concerned = self.concerned(&row.value).await?;
        let id = row.value.file.id.clone();
        let Some(event) = row.value.file.decision_under_way().map(FileDecision::event) else {
            return Err(ServiceError::Corrupt("file"));
        };
        let (mut left, mut decided) = (0, false);
        let mut parts = concerned.chunks(TOGETHER);
        let mut next = parts.next();
        while let Some(part) = next {
            let untouched = self.apply_to_part(&id, part, &event).await?;
            left += untouched;
            decided |= u64::from(untouched) < part.len() as u64;
            next = parts.next();
            // Those it doesn't apply to are met again in the next turn: one in which
            // nobody was decided is the last.
            if decided && self.now() >= until {
                break;
            }
        }
        let row = self.store().bulk_file(&id).await?;
        let mut row = row.ok_or(ServiceError::Corrupt("file"))?;
        let mut change = Change {
            finish: vec![claimed.id.clone()],
            ..Change::default()
        };
        match next {
            Some(_) => change.enqueue.push(row.value.file.decide_next(self.now())),
            None => {
                row.value.file.add_decided(0, left);
                row.value.file.end_decision(self.now());
                change.bulk = Some(BulkWrite::Replace(row));
            }
        }
        self.commit(change).await?;
        Ok(())
    }

    /// Applies it to some, and counts them with it; how many it does not apply to.
    async fn apply_to_part(
        &self,
        file: &BulkFileId,
        part: &[SubjectRequestId],
        event: &Event,
    ) -> Result<u32, ServiceError> {
        let events: Vec<_> = part.iter().map(|id| (id, event)).collect();
        let all = self.counting(file, part.len()).await?;
        if self.take_in_all(&events, &all).await? {
            return Ok(0);
        }
        let mut left = 0;
        for id in part {
            let one = self.counting(file, 1).await?;
            if let Err(rejection) = self.take_in(id, event, &one).await? {
                tracing::debug!(%id, %rejection, "the decision about all does not apply");
                left += 1;
            }
        }
        Ok(left)
    }

    /// A change that counts those who are decided in it.
    async fn counting(&self, file: &BulkFileId, decided: usize) -> Result<Change, ServiceError> {
        let row = self.store().bulk_file(file).await?;
        let mut row = row.ok_or(ServiceError::Corrupt("file"))?;
        let decided = u32::try_from(decided).unwrap_or(u32::MAX);
        row.value.file.add_decided(decided, 0);
        Ok(Change {
            bulk: Some(BulkWrite::Replace(row)),
            ..Change::default()
        })
    }

    /// Those that the decision under way is about.
    async fn concerned(&self, row: &BulkRow) -> Result<Vec<SubjectRequestId>, ServiceError> {
        let decision = row.file.decision_under_way();
        let mut concerned = self.undecided_of(row).await?;
        concerned.retain(|request| decision.is_some_and(|one| one.concerns(request)));
        Ok(concerned.into_iter().map(|request| request.id).collect())
    }

    /// The subject requests that the file brought and that wait for a decision. One
    /// that took a row in was open before, and is not the file's to decide.
    async fn undecided_of(&self, row: &BulkRow) -> Result<Vec<SubjectRequest>, ServiceError> {
        let mut filed = HashSet::new();
        for part in 0..row.file.parts_done {
            let entries = self.bulk_part(row, part).await?.into_iter();
            filed.extend(entries.filter_map(|entry| match entry.what {
                What::Filed(id) => Some(id),
                _ => None,
            }));
        }
        let mut undecided = Vec::new();
        let mut page = RequestPage {
            tenant: row.file.tenant.clone(),
            state: Some("undecided".to_owned()),
            limit: READ_AT_ONCE,
            ..RequestPage::default()
        };
        for _ in 0..READS_MAX {
            let requests = self.requests_page(&page).await?;
            let full = requests.len() as u64 >= u64::from(READ_AT_ONCE);
            let last = requests.last();
            page.after = last.map(|last| (last.measured_by(), last.id.clone()));
            let own = |request: &SubjectRequest| filed.contains(&request.id);
            undecided.extend(requests.into_iter().filter(own));
            if !full {
                break;
            }
        }
        Ok(undecided)
    }
}
