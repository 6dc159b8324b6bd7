//! What is decided about all subject requests of a file at once. INVARIANT: it is
//! about those that waited for a decision when it was taken; one whose plan is found
//! later, or anew, waits for a decision of its own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BulkFile, BulkRejection, Stage};
use crate::id::StaffId;
use crate::subject_request::{Event, RefusalReason, State, SubjectRequest};
use crate::work::Job;

/// After which a subject request begins to wait for a decision.
const BEGINNINGS: [&str; 3] = [
    "subject_request.verified",
    "subject_request.stated",
    "subject_request.located",
];

/// What is decided about all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JointDecision {
    /// Their plans are carried out.
    Approve,
    /// They are refused, for this reason.
    Refuse(RefusalReason),
}

/// A decision about all subject requests of a file that waited for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDecision {
    /// What.
    pub what: JointDecision,
    /// By whom.
    pub by: StaffId,
    /// When: what waits since later waits on.
    pub at: Timestamp,
    /// When the last of them had it.
    pub ended_at: Option<Timestamp>,
    /// To how many it was applied.
    pub decided: u32,
    /// To how many it does not apply: staff look at each.
    pub left: u32,
}

impl FileDecision {
    /// Whether it is about a subject request of the file.
    #[must_use]
    pub fn concerns(&self, request: &SubjectRequest) -> bool {
        waits_since(request).is_some_and(|since| since <= self.at)
    }

    /// What happens to each of them.
    #[must_use]
    pub fn event(&self) -> Event {
        let by = self.by.clone();
        match self.what {
            JointDecision::Approve => Event::Approved { by },
            JointDecision::Refuse(reason) => Event::Refused { by, reason },
        }
    }
}

impl BulkFile {
    /// Takes in what is decided about all that wait.
    ///
    /// # Errors
    /// [`BulkRejection::Unfiled`] before all rows are filed, and
    /// [`BulkRejection::Deciding`] while another decision is under way.
    pub fn decide(
        &mut self,
        what: JointDecision,
        by: StaffId,
        now: Timestamp,
    ) -> Result<(Job, Timestamp), BulkRejection> {
        if self.stage != Stage::Done {
            return Err(BulkRejection::Unfiled);
        }
        if self.decision_under_way().is_some() {
            return Err(BulkRejection::Deciding);
        }
        self.decision = Some(FileDecision {
            what,
            by,
            at: now,
            ended_at: None,
            decided: 0,
            left: 0,
        });
        Ok(self.decide_next(now))
    }

    /// The decision that is being applied.
    #[must_use]
    pub fn decision_under_way(&self) -> Option<&FileDecision> {
        let decision = self.decision.as_ref();
        decision.filter(|decision| decision.ended_at.is_none())
    }

    /// Counts those to which it was applied, and those to which it does not apply.
    pub fn add_decided(&mut self, decided: u32, left: u32) {
        if let Some(decision) = &mut self.decision {
            decision.decided += decided;
            decision.left += left;
        }
    }

    /// Every one of them had it.
    pub fn end_decision(&mut self, now: Timestamp) {
        if let Some(decision) = &mut self.decision {
            decision.ended_at = Some(now);
        }
    }

    /// The job that applies it.
    #[must_use]
    pub fn decide_next(&self, now: Timestamp) -> (Job, Timestamp) {
        let file = self.id.clone();
        (Job::DecideBulk { file }, now)
    }
}

/// Since when a subject request waits for a decision; `None` where it doesn't.
#[must_use]
pub fn waits_since(request: &SubjectRequest) -> Option<Timestamp> {
    if request.state != State::Undecided {
        return None;
    }
    let mut latest = request.history.iter().rev();
    let began = latest.find(|moment| BEGINNINGS.contains(&moment.kind.as_str()));
    began.map(|moment| moment.at)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all, checked};
    use super::*;
    use crate::testing::start;

    #[test]
    fn a_file_is_decided_once_it_is_filed_and_one_decision_after_the_other() {
        let by = StaffId::from_random([3; 16]);
        let mut file = checked(2, 0);
        let decide = |file: &mut BulkFile| file.decide(JointDecision::Approve, by.clone(), start());
        assert_eq!(decide(&mut file), Err(BulkRejection::Unfiled));
        file.confirm(all(), start()).unwrap();
        assert_eq!(decide(&mut file), Err(BulkRejection::Unfiled));
        file.filed_part(super::super::Outcome::default(), start())
            .unwrap();
        let job = decide(&mut file).unwrap();
        assert_eq!(job, file.decide_next(start()));
        assert_eq!(decide(&mut file), Err(BulkRejection::Deciding));
        file.add_decided(1, 1);
        file.end_decision(start());
        assert_eq!(file.decision_under_way(), None);
        assert!(
            decide(&mut file).is_ok(),
            "what waits later is decided later"
        );
    }
}
