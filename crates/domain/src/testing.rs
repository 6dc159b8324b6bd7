//! What the tests of this crate share: a small charter, a calendar without
//! holidays, ids and moments.

use std::collections::BTreeMap;

use candor_policy::charter::{
    Approval, Charter, CharterId, Contact, Organisation, Person, Right, RightTerms, Role,
};
use candor_policy::period::{Period, Unit};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::Calendar;
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

pub(crate) struct NoHolidays;

impl Calendar for NoHolidays {
    fn time_zone(&self) -> &TimeZone {
        static UTC: TimeZone = TimeZone::UTC;
        &UTC
    }

    fn is_holiday(&self, _day: Date) -> bool {
        false
    }
}

/// A charter that offers access and erasure to customers, and declares
/// nothing else.
pub(crate) fn charter(approve: Approval) -> Charter {
    let terms = RightTerms {
        complete: Some(Period {
            amount: 30,
            unit: Unit::Days,
        }),
        approve,
        ..RightTerms::default()
    };
    let rights = [Right::Access, Right::Erasure, Right::Objection];
    let customer = Person {
        role: Role::Controller,
        of: None,
        known_by: vec!["email".to_owned()],
    };
    Charter {
        id: CharterId("c0ffee".to_owned()),
        organisation: Organisation {
            name: "Stackyard".to_owned(),
            country: "FR".to_owned(),
            contact: Contact {
                email: "privacy@stackyard.example".to_owned(),
                form: true,
                officer: None,
            },
            authority: None,
        },
        texts: Vec::new(),
        people: BTreeMap::from([("customer".to_owned(), customer)]),
        purposes: BTreeMap::new(),
        data: BTreeMap::new(),
        never: BTreeMap::new(),
        sources: BTreeMap::new(),
        vendors: BTreeMap::new(),
        no_sale: false,
        retention: BTreeMap::new(),
        rights: rights.map(|right| (right, terms.clone())).into(),
        consent: BTreeMap::new(),
        cookies: BTreeMap::new(),
        security: BTreeMap::new(),
        staff: BTreeMap::new(),
        disclosure: BTreeMap::new(),
        changes: None,
        statements: BTreeMap::new(),
        promises: Vec::new(),
    }
}

pub(crate) fn terms(right: Right) -> Terms {
    Terms {
        id: SubjectRequestId::from_random([1; 16]),
        right,
        about: "customer".to_owned(),
        subject: SubjectId::from_random([2; 16]),
        channel: Channel::Form,
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
    let preview = |rows| SourcePreview {
        effects: deleted(rows),
    };
    BTreeMap::from([
        ("app".to_owned(), preview(app)),
        ("billing".to_owned(), preview(billing)),
    ])
}
