//! What the ledger is told: that something happened, under which charter and
//! promises, with counts. Personal data has no place here; a person appears
//! only as a commitment, which the store adds.

use std::collections::BTreeMap;

use candor_policy::charter::CharterId;
use serde::{Deserialize, Serialize};

use crate::id::{SubjectId, SubjectRequestId};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Dotted kind, such as `subject_request.completed`.
    pub kind: String,
    /// Charter it happened under.
    pub charter: CharterId,
    /// Ids of the promises it concerns.
    pub promises: Vec<String>,
    /// The subject request it belongs to.
    pub subject_request: Option<SubjectRequestId>,
    /// The person it is about: becomes a salted commitment.
    pub subject: Option<SubjectId>,
    /// Counts and names from the declaration; never personal data.
    pub facts: BTreeMap<String, serde_json::Value>,
}
