//! What the tests of this crate share: a calendar without holidays, ids,
//! moments, rows.

use std::collections::BTreeMap;

use candor_policy::charter::Right;
use jiff::{SignedDuration, Timestamp};

use crate::id::{StaffId, SubjectId, SubjectRequestId};
use crate::plan::{Action, Residue, SourcePreview, TableEffect};
use crate::subject_request::{Channel, Terms};

/// 10:00 on a Tuesday.
pub(crate) fn start() -> Timestamp {
    "2026-03-10T09:00:00Z".parse().unwrap()
}

pub(crate) fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

pub(crate) fn staff() -> StaffId {
    StaffId::from_random([7; 16])
}

pub(crate) fn terms(right: Right) -> Terms {
    Terms {
        id: SubjectRequestId::from_random([1; 16]),
        right,
        about: "customer".to_owned(),
        subject: SubjectId::from_random([2; 16]),
        channel: Channel::Form,
        tenant: None,
        received_at: None,
        proof: None,
    }
}

pub(crate) fn deleted(rows: u64) -> Vec<TableEffect> {
    vec![TableEffect {
        table: "accounts".to_owned(),
        action: Action::Delete,
        rows,
        because: None,
    }]
}

pub(crate) fn residue(rows: u64) -> Vec<Residue> {
    let residue = Residue {
        table: "accounts".to_owned(),
        column: "email".to_owned(),
        rows,
    };
    if rows == 0 { Vec::new() } else { vec![residue] }
}

/// What the sources `app` and `billing` hold.
pub(crate) fn previews(app: u64, billing: u64) -> BTreeMap<String, SourcePreview> {
    let preview = |rows| SourcePreview::of(deleted(rows));
    BTreeMap::from([
        ("app".to_owned(), preview(app)),
        ("billing".to_owned(), preview(billing)),
    ])
}
