//! A file of many subject requests: what is known of it while it is looked at, filed
//! part by part, and reported. INVARIANT: a part is filed once, in order, and only
//! after somebody confirmed the file. Holds counts, line numbers and names from the
//! declaration; whatever is personal lies sealed beside it.

mod deciding;

use std::collections::BTreeMap;

use candor_policy::charter::Right;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::{BulkFileId, StaffId};
use crate::subject_request::Tenant;
use crate::work::Job;

pub use deciding::{FileDecision, JointDecision, waits_since};

/// Rows of a file at most.
pub const ROWS_MAX: u32 = 10_000;
/// Rows of a part: what one transaction files.
pub const PART_ROWS: usize = 100;
/// How long a file waits to be confirmed.
pub const CONFIRM_TIME: SignedDuration = SignedDuration::from_hours(24);
/// How long the report is kept.
pub const REPORT_TIME: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Faults that are listed with the file; the report lists all.
pub const FAULTS_LISTED: usize = 100;

/// A file of many subject requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkFile {
    /// Its id.
    pub id: BulkFileId,
    /// Who sent it.
    pub by: StaffId,
    /// The business customer whose end users it is about.
    pub tenant: Option<Tenant>,
    /// Where it stands.
    pub stage: Stage,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When its last row was filed.
    pub ended_at: Option<Timestamp>,
    /// When it is forgotten, with its report.
    pub expires_at: Timestamp,
    /// An earlier file that says the same and was confirmed.
    pub same_as: Option<BulkFileId>,
    /// What its rows are.
    pub found: Found,
    /// What became of the rows filed so far.
    pub outcome: Outcome,
    /// The parts that are filed.
    pub parts_done: u32,
    /// What was decided last about all of its subject requests that waited for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<FileDecision>,
}

/// Where a file stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Looked at; nothing is filed.
    Checked,
    /// Confirmed; its rows are being filed.
    Filing,
    /// Every row has its outcome.
    Done,
}

impl Stage {
    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Filing => "filing",
            Self::Done => "done",
        }
    }
}

/// What the rows of a file are, before anything is filed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// All rows.
    pub rows: u32,
    /// Rows that can be filed, by right.
    pub rights: BTreeMap<Right, u32>,
    /// Rows that can't.
    pub bad: u32,
    /// Of those that can: the same person and right stand further up.
    pub repeated: u32,
    /// Of those that can: the person has such a subject request open.
    pub open: u32,
    /// The first faults.
    pub faults: Vec<Fault>,
}

impl Found {
    /// Rows that can be filed.
    #[must_use]
    pub fn good(&self) -> u32 {
        self.rows.saturating_sub(self.bad)
    }

    /// Parts of the file.
    #[must_use]
    pub const fn parts(&self) -> u32 {
        self.rows.div_ceil(PART_ROWS as u32)
    }
}

/// A row that can't be filed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Its line in the file.
    pub line: u64,
    /// Its column, by the name that the service knows.
    pub column: Option<String>,
    /// What is wrong and how to mend it; never the value.
    pub why: String,
}

/// What became of the rows of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// New subject requests.
    pub filed: u32,
    /// Taken in by one that was open.
    pub attached: u32,
    /// Not filed: what was right when the file was looked at no longer was.
    pub failed: u32,
    /// Left out, as was chosen.
    pub left_out: u32,
}

impl Outcome {
    /// Rows that have their outcome.
    #[must_use]
    pub const fn rows(&self) -> u32 {
        self.filed + self.attached + self.failed + self.left_out
    }

    fn add(&mut self, other: Self) {
        self.filed += other.filed;
        self.attached += other.attached;
        self.failed += other.failed;
        self.left_out += other.left_out;
    }
}

/// What whoever confirms a file accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// That rows which can't be filed are left out.
    pub leave_out: bool,
    /// That a file which was confirmed before is filed again.
    pub again: bool,
}

/// Why a file does not move on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BulkRejection {
    /// It was confirmed before.
    #[error("the file was confirmed before")]
    Confirmed,
    /// Its time is over.
    #[error("the file was not confirmed in time; send it again")]
    Lapsed,
    /// It has rows that can't be filed.
    #[error("some rows can not be filed; mend them and send the file again, or leave them out")]
    Bad,
    /// There is nothing to file.
    #[error("no row can be filed; mend them and send the file again")]
    Nothing,
    /// The same was confirmed before.
    #[error("a file that says the same was confirmed before; say so if it is meant again")]
    Same,
    /// Its rows are not filed yet.
    #[error("the rows of the file are not filed yet")]
    Unfiled,
    /// Another decision is being applied.
    #[error("what was decided before is still being applied")]
    Deciding,
    /// It isn't being filed.
    #[error("the file is not being filed")]
    Idle,
}

impl BulkFile {
    /// Confirms it: from now on its rows are filed.
    ///
    /// # Errors
    /// A [`BulkRejection`]; nothing has changed then.
    pub fn confirm(
        &mut self,
        accepted: Accepted,
        now: Timestamp,
    ) -> Result<(Job, Timestamp), BulkRejection> {
        if self.stage != Stage::Checked {
            return Err(BulkRejection::Confirmed);
        }
        if now >= self.expires_at {
            return Err(BulkRejection::Lapsed);
        }
        if self.found.good() == 0 {
            return Err(BulkRejection::Nothing);
        }
        if self.found.bad > 0 && !accepted.leave_out {
            return Err(BulkRejection::Bad);
        }
        if self.same_as.is_some() && !accepted.again {
            return Err(BulkRejection::Same);
        }
        self.stage = Stage::Filing;
        self.confirmed_at = Some(now);
        self.expires_at = after(now, REPORT_TIME);
        Ok(self.next_part(now))
    }

    /// Takes in what became of the next part; the job that goes on, if any.
    ///
    /// # Errors
    /// [`BulkRejection::Idle`] where it isn't being filed.
    pub fn filed_part(
        &mut self,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<Option<(Job, Timestamp)>, BulkRejection> {
        if self.stage != Stage::Filing {
            return Err(BulkRejection::Idle);
        }
        self.outcome.add(outcome);
        self.parts_done += 1;
        if self.parts_done < self.found.parts() {
            return Ok(Some(self.next_part(now)));
        }
        self.stage = Stage::Done;
        self.ended_at = Some(now);
        self.expires_at = after(now, REPORT_TIME);
        Ok(None)
    }

    /// Whether it may be forgotten.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.stage != Stage::Filing && now >= self.expires_at
    }

    /// Ahead of what its own rows bring: else ten thousand searches would wait
    /// between two parts.
    fn next_part(&self, now: Timestamp) -> (Job, Timestamp) {
        let file = self.id.clone();
        (Job::FileBulk { file }, self.confirmed_at.unwrap_or(now))
    }
}

/// A moment later, or the end of time.
#[must_use]
pub fn after(now: Timestamp, time: SignedDuration) -> Timestamp {
    now.checked_add(time).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::start;

    pub(super) fn checked(rows: u32, bad: u32) -> BulkFile {
        BulkFile {
            id: BulkFileId::from_random([1; 16]),
            by: StaffId::from_random([2; 16]),
            tenant: None,
            stage: Stage::Checked,
            created_at: start(),
            confirmed_at: None,
            ended_at: None,
            expires_at: after(start(), CONFIRM_TIME),
            same_as: None,
            found: Found {
                rows,
                bad,
                ..Found::default()
            },
            outcome: Outcome::default(),
            parts_done: 0,
            decision: None,
        }
    }

    pub(super) fn all() -> Accepted {
        Accepted {
            leave_out: true,
            again: true,
        }
    }

    #[test]
    fn nothing_is_filed_that_was_not_accepted() {
        let plain = Accepted::default();
        let confirm = |mut file: BulkFile, accepted| file.confirm(accepted, start()).err();
        assert_eq!(confirm(checked(2, 0), plain), None);
        assert_eq!(confirm(checked(2, 1), plain), Some(BulkRejection::Bad));
        assert_eq!(confirm(checked(2, 1), all()), None);
        assert_eq!(confirm(checked(2, 2), all()), Some(BulkRejection::Nothing));
        let mut again = checked(2, 0);
        again.same_as = Some(BulkFileId::from_random([9; 16]));
        assert_eq!(confirm(again.clone(), plain), Some(BulkRejection::Same));
        assert_eq!(confirm(again, all()), None);
        let late = after(start(), CONFIRM_TIME);
        let lapsed = checked(2, 0).confirm(plain, late).err();
        assert_eq!(lapsed, Some(BulkRejection::Lapsed));
    }

    #[test]
    fn parts_follow_one_another_until_all_are_filed() {
        let mut file = checked(250, 0);
        let part = Outcome {
            filed: 100,
            ..Outcome::default()
        };
        assert_eq!(file.filed_part(part, start()), Err(BulkRejection::Idle));
        let first = file.confirm(all(), start()).unwrap();
        assert_eq!(file.confirm(all(), start()), Err(BulkRejection::Confirmed));
        let later = after(start(), SignedDuration::from_hours(1));
        for _ in 0..2 {
            // Not behind the jobs of the rows filed so far.
            assert_eq!(file.filed_part(part, later), Ok(Some(first.clone())));
            assert!(!file.is_over(Timestamp::MAX), "while it is being filed");
        }
        let last = Outcome {
            filed: 49,
            failed: 1,
            ..Outcome::default()
        };
        assert_eq!(file.filed_part(last, later), Ok(None));
        assert_eq!((file.stage, file.outcome.rows()), (Stage::Done, 250));
        assert!(!file.is_over(later) && file.is_over(after(later, REPORT_TIME)));
    }
}
