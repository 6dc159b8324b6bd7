//! Sabotage: for each promise a world in which it is kept, and each way of
//! breaking that world, with the verdict it must turn to.

mod families;
mod security;
mod sweeping;
mod worlds;

use std::collections::BTreeMap;

use candor_policy::charter::{
    Approval, Changes, Charter, Data, Keep, Measure, Never, OnErasure, Retention, Service, Source,
    SourceKind, SourceSystem, Statement,
};
use candor_policy::map::{ColumnMap, Content, SourceMap, TableMap};
use candor_policy::period::{Period, Unit};
use candor_policy::promise::PromiseId;
use jiff::civil::date;

use super::*;
use crate::check::{
    AtRestFinding, Finding, IsolationFinding, MappedCategory, Observation, ReplicaAge,
    SchemaFinding, SubjectRequestFinding, TransportFinding,
};
use crate::testing::{charter, hours, start};

/// Observations by check.
type World = BTreeMap<Check, Observation>;

fn promise(family: Family, name: &str) -> Promise {
    Promise {
        id: PromiseId(format!("{}.{name}", family.key())),
        family,
        name: name.to_owned(),
        summary: String::new(),
        phrases: Vec::new(),
    }
}

/// A charter with something for every family that has a mechanism: two sources,
/// one of which holds addresses and passwords.
fn declared() -> Charter {
    let personal = |category: &str| ColumnMap {
        content: Content::Personal(category.to_owned()),
        erased: None,
        rectify: None,
    };
    let columns = [
        ("email", personal("contact.email")),
        ("password", personal("credential.password")),
    ];
    let accounts = TableMap {
        columns: columns
            .map(|(name, column)| (name.to_owned(), column))
            .into(),
        ..TableMap::default()
    };
    let source = |table: TableMap| Source {
        kind: SourceKind::Sqlite.into(),
        url: "sqlite:app.db".to_owned(),
        region: None,
        replicas: Vec::new(),
        tenant: None,
        map: SourceMap {
            tables: BTreeMap::from([("accounts".to_owned(), table)]),
            ..SourceMap::default()
        },
    };
    let data = |category: &str| Data {
        category: category.to_owned(),
        of: vec!["customer".to_owned()],
        ..Data::default()
    };
    let mut charter = charter(Approval::Automatic);
    charter.sources = BTreeMap::from([
        ("app".to_owned(), source(accounts)),
        ("billing".to_owned(), source(TableMap::default())),
    ]);
    charter.data = BTreeMap::from([
        ("account_email".to_owned(), data("contact")),
        ("password".to_owned(), data("credential.password")),
        ("location".to_owned(), data("location")),
    ]);
    let never = Never {
        categories: vec!["payment.card".to_owned()],
        ..Never::default()
    };
    charter.never.insert("protected".to_owned(), never);
    promise_security(&mut charter);
    charter.changes = Some(Changes {
        notify: vec!["page".to_owned()],
        never_weaken: true,
        ..Changes::default()
    });
    let keep = Keep::For(NINETY_DAYS);
    let from = ["app.events.at", "app.sessions.at", "billing.logs.at"];
    charter
        .retention
        .insert("usage".to_owned(), retention(keep, &from));
    charter
}

fn promise_security(charter: &mut Charter) {
    let passwords = Measure {
        value: "argon2".to_owned(),
        ..Measure::default()
    };
    charter.security.insert("passwords".to_owned(), passwords);
    let tls = Measure {
        value: "1.2".to_owned(),
        of: vec!["app.company.example".to_owned()],
        ..Measure::default()
    };
    charter.security.insert("tls".to_owned(), tls);
    let at_rest = Measure {
        value: "aes-128".to_owned(),
        ..Measure::default()
    };
    charter.security.insert("at_rest".to_owned(), at_rest);
    let rotation = Measure {
        every: Some(NINETY_DAYS),
        ..Measure::default()
    };
    charter.security.insert("rotate_keys".to_owned(), rotation);
}

const NINETY_DAYS: Period = Period {
    amount: 90,
    unit: Unit::Days,
};

fn retention(keep: Keep, from: &[&str]) -> Retention {
    Retention {
        keep,
        covers: Vec::new(),
        from: from.iter().map(|anchor| (*anchor).to_owned()).collect(),
        from_end_of: None,
        law: None,
        at_least: None,
        on_erasure: OnErasure::Delete,
        shorter_than: None,
        unless: None,
        on_request: false,
        notice: None,
        aggregate: None,
    }
}

/// One promise of each family that has a mechanism.
fn provable() -> Vec<Promise> {
    vec![
        promise(Family::Collect, "account_email"),
        promise(Family::Never, "protected"),
        promise(Family::Retain, "usage"),
        promise(Family::Right, "access"),
        promise(Family::Right, "erasure"),
        promise(Family::Security, "passwords"),
        promise(Family::Security, "tls"),
        promise(Family::Security, "at_rest"),
        promise(Family::Security, "rotate_keys"),
        promise(Family::Notice, "changes"),
    ]
}

/// What a check finds where all is well.
fn fine(check: &Check) -> Finding {
    match check {
        Check::Schema { .. } => Finding::Schema(SchemaFinding {
            mapped: vec![mapped("contact.email"), mapped("credential.password")],
            ..SchemaFinding::default()
        }),
        Check::ForbiddenValues { .. } => Finding::ForbiddenValues {
            columns: Vec::new(),
            sampled_rows: 1_000,
        },
        Check::Age { .. } => aged(0, -20),
        Check::Restricted { .. } => Finding::Restricted {
            rows: 0,
            oldest: None,
        },
        Check::Sweep { .. } => unreachable!("no verdict rests on it alone"),
        Check::PasswordHashes { .. } => Finding::PasswordHashes {
            matching_rows: 10,
            other_rows: 0,
        },
        Check::Transport { .. } => Finding::Transport(safe()),
        Check::AtRest { .. } => Finding::AtRest(AtRestFinding::All),
        Check::Isolation { .. } => Finding::Isolation(IsolationFinding { asked: 4, rows: 0 }),
        Check::KeyAges { .. } => keys(Some(-20), 0),
        Check::SubjectRequests { .. } => Finding::SubjectRequests(answered()),
        Check::Page => Finding::Page {
            names_its_date: true,
        },
        Check::Backups => unreachable!("no policy here has any"),
    }
}

/// Keys of which the oldest is of this day.
fn keys(oldest_days: Option<i64>, without: u64) -> Finding {
    Finding::KeyAges {
        keys: 4_096,
        oldest: oldest_days.map(after_days),
        without,
    }
}

/// What a visitor meets where all is well.
fn safe() -> TransportFinding {
    TransportFinding {
        version: Some("1.3".to_owned()),
        expires: Some(after_days(60)),
        hsts: Some(31_536_000),
        ..TransportFinding::default()
    }
}

fn mapped(category: &str) -> MappedCategory {
    MappedCategory {
        category: category.to_owned(),
        columns: 1,
    }
}

fn answered() -> SubjectRequestFinding {
    SubjectRequestFinding {
        answered: 12,
        open: 1,
        next_due: Some(after_days(20)),
        ..SubjectRequestFinding::default()
    }
}

/// Rows beside a period; the oldest is this many days from now.
fn aged(overdue_rows: u64, oldest_days: i64) -> Finding {
    Finding::Age {
        overdue_rows,
        oldest: Some(after_days(oldest_days)),
        replicas: Vec::new(),
    }
}

fn after_days(days: i64) -> Timestamp {
    start().checked_add(hours(days * 24)).unwrap()
}

/// Each check with what it finds where all is well.
fn world(promise: &Promise, charter: &Charter) -> World {
    let checks = checks_for(promise, charter).into_iter();
    let observed = checks.map(|check| {
        let finding = fine(&check);
        (check.clone(), observation(check, finding))
    });
    observed.collect()
}

fn observation(check: Check, finding: Finding) -> Observation {
    Observation {
        check,
        at: start(),
        finding,
    }
}

fn verdict(promise: &Promise, charter: &Charter, world: &World) -> Verdict {
    judged(promise, charter, world).verdict
}

fn judged(promise: &Promise, charter: &Charter, world: &World) -> Judgement {
    judge(promise, charter, &|check| world.get(check), start())
}
