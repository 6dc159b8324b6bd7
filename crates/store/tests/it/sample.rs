//! Things to store, each told apart by a number.

use std::collections::{BTreeMap, BTreeSet};

use candor_domain::api_key::{Permission, Scope};
use candor_domain::check::{Check, Finding, Observation};
use candor_domain::id::{ApiKeyId, HoldId, StaffId, SubjectId, SubjectRequestId};
use candor_domain::plan::Residue;
use candor_domain::subject_request::{Channel, Progress, State, SubjectRequest};
use candor_domain::work::Job;
use candor_policy::charter::{Approval, Charter, CharterId, Contact, Organisation, Right};
use candor_seal::entry::Entry;
use candor_store::rows::{ApiKeyRow, HoldRow, OnceRow, StaffRow, SubjectRow, TombstoneRow};
use candor_store::{Change, NewApiKey, Publication, RequestWrite, Shred};
use jiff::{SignedDuration, Timestamp};

/// The start of every story.
pub(crate) fn start() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

/// So many hours after the start.
pub(crate) fn hour(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

pub(crate) fn subject_id(number: u8) -> SubjectId {
    SubjectId::from_random([number; 16])
}

pub(crate) fn request_id(number: u8) -> SubjectRequestId {
    SubjectRequestId::from_random([number; 16])
}

pub(crate) fn subject(number: u8) -> SubjectRow {
    SubjectRow {
        id: subject_id(number),
        about: "customer".to_owned(),
        tenant: None,
        wrapped_key: Some(format!("wrapped key of person {number:03}").into_bytes()),
        contact_index: Some([number; 32]),
        sealed: Some(format!("sealed contact of person {number:03}").into_bytes()),
        created_at: start(),
        shredded_at: None,
    }
}

/// A subject request of the person with the same number, due so many hours
/// after the start.
pub(crate) fn request(number: u8, right: Right, state: State, due: i64) -> SubjectRequest {
    SubjectRequest {
        id: request_id(number),
        right,
        about: "customer".to_owned(),
        subject: subject_id(number),
        charter: CharterId("c1".to_owned()),
        channel: Channel::Form,
        tenant: None,
        proof: None,
        filed_at: start(),
        due_at: hour(due),
        clock: candor_domain::clock::Clock::default(),
        approval: Approval::Automatic,
        state,
        wish: None,
        new_contact: None,
        declined: None,
        tasks: BTreeMap::new(),
        restriction: None,
        sources: BTreeMap::new(),
        waiting: BTreeMap::new(),
        undo: None,
        settle: None,
        followers: Vec::new(),
        history: Vec::new(),
        first_answered_at: None,
    }
}

/// Leaves something behind in one source.
pub(crate) fn with_residue(mut request: SubjectRequest) -> SubjectRequest {
    let residue = Residue {
        table: "accounts".to_owned(),
        column: "email".to_owned(),
        rows: 1,
    };
    let progress = Progress {
        residue: vec![residue],
        ..Progress::default()
    };
    request.sources.insert("app".to_owned(), progress);
    request
}

/// A change that files these subject requests, with their people.
pub(crate) fn filing(requests: Vec<SubjectRequest>) -> Change {
    let number = |request: &SubjectRequest| {
        (0..=u8::MAX)
            .find(|number| subject_id(*number) == request.subject)
            .unwrap()
    };
    Change {
        subjects: requests.iter().map(|one| subject(number(one))).collect(),
        requests: requests.into_iter().map(new).collect(),
        ..Change::default()
    }
}

pub(crate) fn new(request: SubjectRequest) -> RequestWrite {
    RequestWrite {
        request,
        expected: None,
    }
}

pub(crate) fn locate(number: u8) -> Job {
    Job::Locate {
        subject_request: request_id(number),
    }
}

pub(crate) fn entry(number: u64) -> Entry {
    let mut entry = Entry::new("2026-11-22T09:00:00Z", "subject_request.filed");
    entry.facts.insert("number".to_owned(), number.into());
    entry
}

pub(crate) fn appending(entries: impl IntoIterator<Item = Entry>) -> Change {
    Change {
        entries: entries.into_iter().collect(),
        ..Change::default()
    }
}

pub(crate) fn observation(source: &str, at: Timestamp, what: &str) -> Observation {
    Observation {
        check: Check::Schema {
            source: source.to_owned(),
        },
        at,
        finding: Finding::Unreachable {
            what: what.to_owned(),
        },
    }
}

pub(crate) fn staff(number: u8, login: &str) -> StaffRow {
    StaffRow {
        id: StaffId::from_random([number; 16]),
        login: login.to_owned(),
        password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned(),
        created_at: start(),
    }
}

/// A version that follows another one.
pub(crate) fn publication(id: &str, at: i64, follows: Option<u64>) -> Publication {
    Publication {
        charter: charter(id),
        effective_at: hour(at),
        follows,
        published_at: start(),
        published_by: Some("head of legal".to_owned()),
        acknowledged: Vec::new(),
        notices: Vec::new(),
    }
}

pub(crate) fn charter(id: &str) -> Charter {
    Charter {
        id: CharterId(id.to_owned()),
        organisation: Organisation {
            name: "Stackyard Hosting SAS".to_owned(),
            country: "FR".to_owned(),
            contact: Contact {
                email: "privacy@stackyard.example".to_owned(),
                form: true,
                ..Contact::default()
            },
            ..Organisation::default()
        },
        no_sale: true,
        ..Charter::default()
    }
}

/// Shreds a person who filed one subject request.
pub(crate) fn shred(number: u8, at: i64) -> Shred {
    Shred {
        subject: subject_id(number),
        at: hour(at),
        requests_seen: 1,
    }
}

pub(crate) fn key(number: u8) -> NewApiKey {
    NewApiKey {
        row: ApiKeyRow {
            id: ApiKeyId::from_random([number; 16]),
            name: format!("key {number}"),
            scope: Scope {
                may: BTreeSet::from([Permission::Read, Permission::File]),
                rights: BTreeSet::from([Right::Access]),
                tenant: Some("acme".parse().unwrap()),
            },
            created_at: hour(i64::from(number)),
            created_by: None,
            expires_at: Some(hour(100)),
            revoked_at: None,
        },
        token_hash: [number; 32],
    }
}

pub(crate) fn once(number: u8) -> OnceRow {
    OnceRow {
        scope: "login".to_owned(),
        name: [number; 32],
        fingerprint: [2; 32],
        outcome: request_id(1).to_string(),
        expires_at: hour(24),
    }
}

pub(crate) fn tombstone(number: u8, source: &str) -> TombstoneRow {
    TombstoneRow {
        source: source.to_owned(),
        subject_request: request_id(number),
        wrapped_key: vec![number; 4],
        sealed: vec![number; 8],
        expires_at: hour(i64::from(number)),
    }
}

pub(crate) fn hold(number: u8, on: u8) -> HoldRow {
    HoldRow {
        id: HoldId::from_random([number; 16]),
        hold: "claims".to_owned(),
        subject: subject(on).id,
        sealed: vec![number; 3],
        set_at: hour(i64::from(number)),
        set_by: None,
    }
}
