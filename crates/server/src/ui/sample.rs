//! A small company for tests of pages and letters: one database, a handful of
//! promises with every verdict, and subject requests in every state. Nothing
//! here is compiled into the product.

mod by_hand;

use std::collections::BTreeMap;

use candor_domain::check::{Check, Finding, Observation, SubjectRequestFinding};
use candor_domain::clock::{Clock, Extension, ExtensionReason, Pause, Question, Rule, limits_of};
use candor_domain::id::{StaffId, SubjectId, SubjectRequestId};
use candor_domain::plan::{Action, SourcePreview, TableEffect};
use candor_domain::subject_request::{
    Channel, Moment, Outcome, Progress, RefusalReason, Stage, State, SubjectRequest, Waiting,
};
use candor_domain::verdict::{Judgement, Verdict};
use candor_policy::charter::{
    Approval, Basis, Charter, CharterId, Contact, Data, Keep, OnErasure, Organisation, Person,
    Purpose, Retention, Right, RightTerms, Role, Source, SourceKind, Statement, Text, Vendor,
};
use candor_policy::map::{SourceMap, TableMap};
use candor_policy::period::{Period, Unit};
use candor_policy::promise::{Family, Phrase, Promise, PromiseId};
use jiff::Timestamp;
use jiff::civil::date;

use crate::service::Conversation;

pub(crate) use by_hand::{
    complaint, granted_in_part, objection, restricted, restricting, texts, unstated,
};

pub(crate) const MARKDOWN: &str = include_str!("sample.md");

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-11-22T14:05:00Z")
}

pub(crate) fn effective_at() -> Timestamp {
    at("2026-11-01T00:00:00Z")
}

const PROMISES: [(Family, &str, &str); 11] = [
    (
        Family::Collect,
        "account_email",
        "Of customers, the e-mail address is collected.",
    ),
    (
        Family::Never,
        "special",
        "Health, religion and politics are never collected.",
    ),
    (
        Family::Purpose,
        "login",
        "Data is used for login, under a contract.",
    ),
    (
        Family::Share,
        "paylane",
        "Paylane receives billing data for payments, in Ireland.",
    ),
    (Family::NoSale, "", "Data is never sold."),
    (
        Family::Retain,
        "chat_transcripts",
        "Chat transcripts are kept for 180 days.",
    ),
    (
        Family::Retain,
        "invoices",
        "Invoices are kept for 10 years.",
    ),
    (
        Family::Right,
        "access",
        "Access is answered within 1 month.",
    ),
    (
        Family::Right,
        "erasure",
        "Erasure is carried out within 30 days.",
    ),
    (
        Family::Security,
        "passwords",
        "Passwords are stored as argon2.",
    ),
    (Family::Stated, "training", "Staff are trained every year."),
];

pub(crate) fn charter() -> Charter {
    Charter {
        id: CharterId("4f1c9b7e2d".repeat(6) + "a3c5"),
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
        texts: vec![
            text("en", "Privacy policy"),
            text("fr", "Politique de confidentialité"),
        ],
        people: BTreeMap::from([(
            "customer".to_owned(),
            Person {
                role: Role::Controller,
                of: None,
                known_by: vec!["email".to_owned()],
                agreement: None,
                tools: Vec::new(),
            },
        )]),
        purposes: purposes(),
        data: BTreeMap::from([(
            "account_email".to_owned(),
            Data {
                category: "contact.email".to_owned(),
                of: vec!["customer".to_owned()],
                purposes: vec!["login".to_owned()],
                only: true,
                ..Data::default()
            },
        )]),
        sources: BTreeMap::from([("app".to_owned(), source())]),
        vendors: BTreeMap::from([("paylane".to_owned(), vendor())]),
        no_sale: true,
        retention: retention(),
        rights: rights(),
        statements: BTreeMap::from([(
            "training".to_owned(),
            Statement {
                says: "Staff are trained every year.".to_owned(),
                owner: "the data protection officer".to_owned(),
                review: date(2027, 3, 1),
                credit: None,
            },
        )]),
        promises: promises(),
        ..Charter::default()
    }
}

fn purposes() -> BTreeMap<String, Purpose> {
    let purpose = |basis, category: Option<&str>, about: Option<&str>| Purpose {
        basis,
        category: category.map(str::to_owned),
        mail: None,
        opt_out: Vec::new(),
        often: None,
        interest: None,
        about: about.map(str::to_owned),
    };
    let newsletter = purpose(
        Basis::Consent,
        Some("marketing.email"),
        Some("our newsletter"),
    );
    let abuse = purpose(Basis::LegitimateInterests, Some("security"), None);
    BTreeMap::from([
        ("login".to_owned(), purpose(Basis::Contract, None, None)),
        ("newsletter".to_owned(), newsletter),
        ("abuse".to_owned(), abuse),
    ])
}

fn text(language: &str, title: &str) -> Text {
    Text {
        language: language.to_owned(),
        path: format!("policy.{language}.md"),
        markdown: MARKDOWN.to_owned(),
        title: title.to_owned(),
        effective: Some(date(2026, 11, 1)),
    }
}

fn source() -> Source {
    let labels = [
        ("accounts", "Your account"),
        ("tickets", "Support tickets"),
        ("invoices", "Invoices"),
    ];
    let tables = labels.map(|(table, label)| {
        let map = TableMap {
            label: Some(label.to_owned()),
            ..TableMap::default()
        };
        (table.to_owned(), map)
    });
    Source {
        kind: SourceKind::Sqlite.into(),
        url: "app.sqlite".to_owned(),
        replicas: Vec::new(),
        region: Some("eu-west".to_owned()),
        map: SourceMap {
            path: "maps/app.yaml".to_owned(),
            tables: tables.into(),
            ..SourceMap::default()
        },
        tenant: None,
    }
}

fn vendor() -> Vendor {
    Vendor {
        name: "Paylane".to_owned(),
        purposes: vec!["payment".to_owned()],
        receives: vec!["account_email".to_owned()],
        region: Some("IE".to_owned()),
        ..Vendor::default()
    }
}

fn retention() -> BTreeMap<String, Retention> {
    let rule = |amount, unit, law: Option<&str>, on_erasure| Retention {
        keep: Keep::For(Period { amount, unit }),
        covers: Vec::new(),
        from: vec!["app.x.created_at".to_owned()],
        from_end_of: None,
        law: law.map(str::to_owned),
        at_least: None,
        on_erasure,
        shorter_than: None,
        unless: None,
        on_request: false,
        notice: None,
        aggregate: None,
    };
    BTreeMap::from([
        (
            "chat_transcripts".to_owned(),
            rule(180, Unit::Days, None, OnErasure::Delete),
        ),
        (
            "invoices".to_owned(),
            rule(
                10,
                Unit::Years,
                Some("French accounting"),
                OnErasure::Pseudonymise,
            ),
        ),
    ])
}

fn rights() -> BTreeMap<Right, RightTerms> {
    BTreeMap::from([
        (
            Right::Access,
            RightTerms {
                complete: Some(Period::ONE_MONTH),
                ..RightTerms::default()
            },
        ),
        (
            Right::Rectification,
            RightTerms {
                through: vec!["account settings".to_owned()],
                ..RightTerms::default()
            },
        ),
        (Right::Restriction, RightTerms::default()),
        (Right::Objection, RightTerms::default()),
        (Right::Withdrawal, RightTerms::default()),
        (Right::Complaint, RightTerms::default()),
        (
            Right::Erasure,
            RightTerms {
                answer: Some(Period {
                    amount: 24,
                    unit: Unit::Hours,
                }),
                complete: Some(Period {
                    amount: 30,
                    unit: Unit::Days,
                }),
                except: vec!["invoices".to_owned()],
                approve: Approval::Staff,
                through: vec!["live chat".to_owned()],
                ..RightTerms::default()
            },
        ),
    ])
}

/// A promise's id from its family and name, as the compiler makes it.
pub(crate) fn promise_id(family: Family, name: &str) -> PromiseId {
    let separator = if name.is_empty() { "" } else { "." };
    PromiseId(format!("{}{separator}{name}", family.key()))
}

fn promises() -> Vec<Promise> {
    let promise = |(index, (family, name, summary)): (usize, (Family, &str, &str))| {
        let id = promise_id(family, name);
        Promise {
            phrases: vec![phrase(index, &id.0)],
            id,
            family,
            name: name.to_owned(),
            summary: summary.to_owned(),
        }
    };
    PROMISES.into_iter().enumerate().map(promise).collect()
}

/// The phrase of the sample text that links to this target.
fn phrase(index: usize, target: &str) -> Phrase {
    let link = format!("](promise:{target}");
    let close = MARKDOWN
        .find(&link)
        .unwrap_or_else(|| panic!("no phrase for {target}"));
    let open = MARKDOWN.get(..close).unwrap().rfind('[').unwrap();
    let end = close + MARKDOWN.get(close..).unwrap().find(')').unwrap() + 1;
    let words = MARKDOWN.get(open + 1..close).unwrap().to_owned();
    let line = MARKDOWN.lines().find(|line| line.contains(&link)).unwrap();
    Phrase {
        language: "en".to_owned(),
        anchor: format!("p{}", index + 1),
        target: target.to_owned(),
        sentence: plain(line),
        words,
        span: open..end,
    }
}

/// A line of the sample without its links.
fn plain(line: &str) -> String {
    let mut out = String::new();
    for (index, part) in line.split("](promise:").enumerate() {
        let part = if index == 0 {
            part
        } else {
            part.split_once(')').unwrap().1
        };
        out.push_str(&part.replace('[', ""));
    }
    out.trim_start_matches("- ").to_owned()
}

pub(crate) fn judgements() -> BTreeMap<PromiseId, Judgement> {
    let seen = Some(at("2026-11-22T12:00:00Z"));
    let judged = |verdict, reason: &str| Judgement {
        verdict,
        reasons: vec![reason.to_owned()],
        observed_at: seen,
    };
    let none = |verdict, reason: &str| Judgement {
        verdict,
        reasons: vec![reason.to_owned()],
        observed_at: None,
    };
    let verdict_of = |family, name: &str| match (family, name) {
        (Family::Collect, _) => judged(
            Verdict::Kept,
            "each of the 41 personal columns of app is declared",
        ),
        (Family::Never, _) => judged(Verdict::Kept, "none among 1,000 sampled rows of app"),
        (Family::Retain, "chat_transcripts") => judged(
            Verdict::Broken,
            "app.chat_messages has 12 rows older than promised",
        ),
        (Family::Retain, _) => judged(
            Verdict::AtRisk {
                by: at("2026-12-01T09:00:00Z"),
            },
            "the oldest row of app.invoices must go by 1 December 2026, 09:00 UTC",
        ),
        (Family::Right, _) => judged(Verdict::Kept, "3 answered, none late; 1 open"),
        (Family::Security, _) => judged(
            Verdict::Kept,
            "all 10000 passwords looked at in app are argon2 hashes",
        ),
        (Family::Stated, _) => none(
            Verdict::Stated,
            "no machine can tell; the data protection officer answers for it until 2027-03-01",
        ),
        _ => none(Verdict::Unproven, "no mechanism shows this family yet"),
    };
    PROMISES
        .into_iter()
        .map(|(family, name, _)| (promise_id(family, name), verdict_of(family, name)))
        .collect()
}

pub(crate) fn observations() -> Vec<(Check, Option<Observation>)> {
    let check = Check::SubjectRequests {
        right: Right::Erasure,
    };
    let observation = Observation {
        check: check.clone(),
        at: at("2026-11-22T12:00:00Z"),
        finding: Finding::SubjectRequests(SubjectRequestFinding {
            answered: 3,
            open: 1,
            next_due: Some(at("2026-12-22T22:59:59Z")),
            ..SubjectRequestFinding::default()
        }),
    };
    vec![(check, Some(observation)), (Check::Page, None)]
}

pub(crate) fn effects() -> Vec<TableEffect> {
    let effect = |table: &str, action, rows, because: Option<&str>| TableEffect {
        table: table.to_owned(),
        action,
        rows,
        because: because.map(str::to_owned),
    };
    vec![
        effect("accounts", Action::Delete, 1, None),
        effect("tickets", Action::Delete, 1204, None),
        effect("orders", Action::Unlink, 3, None),
        effect("invoices", Action::Pseudonymise, 18, Some("invoices")),
    ]
}

pub(crate) fn staff_id() -> StaffId {
    StaffId::from_random([3; 16])
}

pub(crate) fn moment(request: &mut SubjectRequest, kind: &str, time: &str) {
    request.history.push(Moment {
        at: at(time),
        kind: kind.to_owned(),
        by: None,
    });
}

/// An erasure in this state, with what a real one would have by then.
#[expect(clippy::too_many_lines, reason = "one value with all its fields")]
pub(crate) fn erasure(state: State) -> SubjectRequest {
    let mut request = SubjectRequest {
        id: SubjectRequestId::from_random([0xa1; 16]),
        right: Right::Erasure,
        about: "customer".to_owned(),
        subject: SubjectId::from_random([2; 16]),
        charter: charter().id,
        channel: Channel::Form,
        tenant: None,
        proof: None,
        filed_at: at("2026-11-20T09:30:00Z"),
        due_at: at("2026-12-21T22:59:59Z"),
        clock: Clock {
            verified_at: Some(at("2026-11-20T09:41:00Z")),
            ..Clock::new(
                limits_of(&charter(), Right::Erasure),
                at("2026-11-20T09:30:00Z"),
            )
        },
        approval: Approval::Staff,
        state,
        wish: None,
        declined: None,
        new_contact: None,
        tasks: BTreeMap::new(),
        restriction: None,
        sources: BTreeMap::new(),
        followers: Vec::new(),
        waiting: BTreeMap::new(),
        undo: None,
        settle: None,
        history: Vec::new(),
        first_answered_at: None,
    };
    let rank = match request.state_key() {
        "unverified" | "lapsed" => 1,
        "unstated" | "locating" | "cancelled" => 2,
        "undecided" | "refused" => 3,
        "preparing" => 4,
        "carrying" => 5,
        _ => 7,
    };
    let moments = [
        ("subject_request.filed", "2026-11-20T09:30:00Z"),
        ("subject_request.verified", "2026-11-20T09:41:00Z"),
        ("subject_request.located", "2026-11-20T09:41:03Z"),
        ("subject_request.approved", "2026-11-20T10:12:00Z"),
        ("subject_request.prepared", "2026-11-20T10:12:02Z"),
        ("subject_request.erased", "2026-11-20T10:12:04Z"),
        ("subject_request.verified_absent", "2026-11-20T10:12:05Z"),
    ];
    for (kind, time) in moments.into_iter().take(rank) {
        let by = (kind == "subject_request.approved").then(staff_id);
        request.history.push(Moment {
            at: at(time),
            kind: kind.to_owned(),
            by,
        });
    }
    if rank >= 3 {
        let done = rank > 5;
        let progress = Progress {
            preview: SourcePreview::of(effects()),
            stage: if done {
                Stage::Verified
            } else {
                Stage::Located
            },
            effects: if done { effects() } else { Vec::new() },
            attempts: u32::from(done),
            ..Progress::default()
        };
        request.sources.insert("app".to_owned(), progress);
    }
    request
}

pub(crate) fn completed_erasure() -> SubjectRequest {
    erasure(State::Completed {
        at: at("2026-11-20T10:12:06Z"),
        outcome: Outcome::Fulfilled,
    })
}

pub(crate) fn refused_erasure() -> SubjectRequest {
    erasure(State::Refused {
        at: at("2026-11-21T08:00:00Z"),
        by: staff_id(),
        reason: RefusalReason::LegalException,
    })
}

pub(crate) fn waiting_erasure() -> SubjectRequest {
    let mut request = erasure(State::Carrying);
    let waiting = Waiting {
        since: at("2026-11-20T10:15:00Z"),
        why: "it does not answer".to_owned(),
    };
    request.waiting.insert("app".to_owned(), waiting);
    request
}

/// An erasure about which staff asked something, and the person was told.
pub(crate) fn asked_erasure() -> SubjectRequest {
    let mut request = erasure(State::Undecided);
    request.clock.pause = Some(Pause {
        question: Question::Identity,
        decided_at: at("2026-11-20T10:00:00Z"),
        by: staff_id(),
        asked_at: Some(at("2026-11-20T10:00:02Z")),
        ended_at: None,
    });
    retimed(request)
}

/// One that takes longer, after the person had answered a question. The promise
/// has no longer time, so here only the law decides.
pub(crate) fn extended_erasure() -> SubjectRequest {
    let mut request = asked_erasure();
    request
        .clock
        .limits
        .retain(|limit| limit.rule != Rule::Promise);
    if let Some(pause) = &mut request.clock.pause {
        pause.ended_at = Some(at("2026-11-21T08:00:00Z"));
    }
    request.clock.extension = Some(Extension {
        decided_at: at("2026-11-21T08:05:00Z"),
        by: staff_id(),
        reason: ExtensionReason::Complexity,
        told_at: Some(at("2026-11-21T08:05:02Z")),
    });
    retimed(request)
}

fn retimed(mut request: SubjectRequest) -> SubjectRequest {
    if let Some(deadline) = request.clock.answer() {
        request.due_at = deadline.at;
    }
    request
}

/// What was asked and answered in these samples.
pub(crate) fn conversation(request: &SubjectRequest) -> Conversation {
    let pause = request.clock.pause.as_ref();
    let answered = pause.is_some_and(|pause| !pause.is_open());
    Conversation {
        question: pause.map(|_| "Which year did you open your account in?".to_owned()),
        reply: answered.then(|| "In 2019, <soon> after the launch.".to_owned()),
    }
}

pub(crate) fn nothing_held() -> SubjectRequest {
    let mut request = erasure(State::Completed {
        at: at("2026-11-20T09:41:05Z"),
        outcome: Outcome::NothingHeld,
    });
    request.history.truncate(3);
    request.sources = BTreeMap::from([("app".to_owned(), Progress::default())]);
    request
}

pub(crate) fn unverified_erasure() -> SubjectRequest {
    erasure(State::Unverified {
        expires_at: at("2026-11-23T09:30:00Z"),
    })
}

/// An access request whose package is ready.
pub(crate) fn completed_access() -> SubjectRequest {
    let mut request = completed_erasure();
    request.right = Right::Access;
    request.id = SubjectRequestId::from_random([0xb2; 16]);
    request.approval = Approval::Automatic;
    request.history.retain(|moment| {
        !matches!(
            moment.kind.as_str(),
            "subject_request.approved"
                | "subject_request.erased"
                | "subject_request.verified_absent"
        )
    });
    request.history.push(Moment {
        at: at("2026-11-20T10:12:05Z"),
        kind: "subject_request.packaged".to_owned(),
        by: None,
    });
    if let Some(progress) = request.sources.get_mut("app") {
        progress.stage = Stage::Packaged;
        for effect in &mut progress.effects {
            effect.action = Action::Keep;
            effect.because = None;
        }
    }
    request
}
