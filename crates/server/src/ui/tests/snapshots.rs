//! Every page as HTML. Each is also written to `target/pages`, with the
//! stylesheet beside it, to be looked at in a browser.

use std::path::Path;

use askama::Template;
use axum::http::StatusCode;
use candor_domain::api_key::{Permission, Scope};
use candor_domain::check::SweepFinding;
use candor_domain::id::{ApiKeyId, HoldId};
use candor_domain::identity::Identity;
use candor_domain::subject_request::{Proof, State};
use candor_domain::sweep::{Expiring, Forecast, Noticed, spans};
use candor_domain::verdict::{Judgement, Verdict};
use candor_policy::charter::{CharterId, Hold, Keep, Right};
use candor_policy::diff::{Acknowledgement, Direction};
use candor_policy::period::{Period, Unit};
use candor_policy::promise::Family;
use candor_policy::render::page::policy_html;
use candor_store::rows::{ApiKeyRow, OwedNotice, QueueState, VersionRow};

use crate::service::{
    HeldBack, HoldError, HoldView, LedgerView, OwedBy, RetentionView, RuleView, SourceView,
    SystemView, Version,
};
use crate::ui::console::{
    AccountProblem, BoardPage, DecisionProblem, Filter, HoldSent as Sent, HoldsPage, Installation,
    KeysPage, QueuePage, RequestPage, RetentionPage, Seen, SetupPage, Shown, ShownKeys, SignInPage,
    SourcesPage, WantedTable,
};
use crate::ui::failure::FailurePage;
use crate::ui::ledger::LedgerPage;
use crate::ui::overview::OverviewPage;
use crate::ui::policy::{PolicyPage, phrase_html};
use crate::ui::promises::{PromisePage, PromisesPage};
use crate::ui::requests::{
    Beside, ChoicePage, ConfirmPage, FormPage, FormProblem, PersonView, SentPage,
};
use crate::ui::versions::difference::DifferencePage;
use crate::ui::versions::list::VersionsPage;
use crate::ui::versions::version::VersionPage;
use crate::ui::{assets, sample};

const LINK: &str = "a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a10123456789abcdef0123456789abcdef";
const KEY: &str =
    "privacy.stackyard.example/ledger+1a2b3c4d+AfGh7Qy0mXk2p9sT4uVwZbCdEfGhIjKlMnOpQrStUvWx";

/// Compares a page with its snapshot and writes it where it can be looked at.
#[track_caller]
pub(super) fn check(name: &str, page: &impl Template) {
    let html = page.render().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pages");
    std::fs::create_dir_all(folder.join("assets")).unwrap();
    std::fs::write(folder.join(format!("{name}.html")), &html).unwrap();
    for (path, content) in assets::all() {
        std::fs::write(folder.join(path.trim_start_matches('/')), content).unwrap();
    }
    assert!(
        !html.contains(" style=") && !html.contains("<style"),
        "inline style"
    );
    assert!(
        !html.contains("<script") && !html.contains(" onclick"),
        "script"
    );
    assert_eq!(html.matches("<h1").count(), 1, "one first heading");
    let html = html
        .replace(assets::stylesheet_path(), "/assets/STYLESHEET")
        .replace(assets::icon_path(), "/assets/ICON");
    insta::assert_snapshot!(name, html);
}

#[test]
fn policy() {
    let charter = sample::charter();
    let judgements = sample::judgements();
    let text = charter.texts.first().unwrap();
    let html = policy_html(text, &charter, &|phrase| {
        phrase_html(&charter, &judgements, phrase)
    });
    let page = PolicyPage::new(&charter, sample::effective_at(), &judgements, text, html);
    check("policy", &page);
}

/// The sample's charter as it will be: data is kept longer, and no longer
/// only for signing in.
fn next_version() -> Version {
    let mut charter = sample::charter();
    charter.id = CharterId("9b0e4c11d2".repeat(6) + "77aa");
    let id = sample::promise_id(Family::Retain, "chat_transcripts");
    if let Some(rule) = charter.retention.get_mut("chat_transcripts") {
        rule.keep = Keep::For(Period {
            amount: 1,
            unit: Unit::Years,
        });
    }
    charter.no_sale = false;
    charter
        .promises
        .retain(|promise| promise.family != Family::NoSale);
    for promise in &mut charter.promises {
        if promise.id == id {
            promise.summary = "Chat transcripts are kept for 1 year.".to_owned();
            for phrase in &mut promise.phrases {
                phrase.sentence = phrase.sentence.replace("180 days", "1 year");
            }
        }
    }
    Version {
        row: version_row(2, &charter.id, "2027-01-14T23:00:00Z", Some(1)),
        charter,
    }
}

fn first_version() -> Version {
    let charter = sample::charter();
    Version {
        row: version_row(1, &charter.id, "2026-11-01T00:00:00Z", None),
        charter,
    }
}

fn version_row(number: u64, id: &CharterId, from: &str, follows: Option<u64>) -> VersionRow {
    let acknowledged = Acknowledgement {
        promise: sample::promise_id(Family::Retain, "chat_transcripts"),
        direction: Direction::Weaker,
        reasons: vec!["kept: 1 year instead of 180 days".to_owned()],
    };
    VersionRow {
        number,
        charter: id.clone(),
        effective_at: sample::at(from),
        follows,
        published_at: sample::at("2026-11-01T00:00:00Z"),
        published_by: follows.map(|_| "head of legal".to_owned()),
        acknowledged: follows.map(|_| acknowledged).into_iter().collect(),
    }
}

/// The next version, which the sample service can't take over.
fn held_back() -> HeldBack {
    let next = next_version().row;
    HeldBack {
        version: next.number,
        charter: next.charter,
        effective_at: next.effective_at,
        why: "source `billing`: `BILLING_URL` is not set".to_owned(),
    }
}

#[test]
fn versions() {
    let (first, next) = (first_version(), next_version());
    let rows = [next.row.clone(), first.row.clone()];
    let (charter, now) = (sample::charter(), sample::now());
    check("versions", &VersionsPage::new(&charter, &rows, None, now));
    let after = sample::at("2027-12-01T00:00:00Z");
    let held_back = held_back();
    let page = VersionsPage::new(&charter, &rows, Some(&held_back), after);
    check("versions_held_back", &page);
    for (name, version) in [("version", &first), ("version_announced", &next)] {
        let text = version.charter.texts.first().unwrap();
        let page = VersionPage::new(&charter, &rows, version, text, now);
        check(name, &page);
    }
    let page = DifferencePage::new(&charter, &first, &next);
    check("versions_difference", &page);
    let page = DifferencePage::new(&charter, &first, &first);
    check("versions_same", &page);

    let judgements = sample::judgements();
    let text = charter.texts.first().unwrap();
    let page = PolicyPage::new(
        &charter,
        sample::effective_at(),
        &judgements,
        text,
        "<h1>Privacy policy</h1>".to_owned(),
    );
    check("policy_announcing", &page.announcing(&charter, &rows, now));
}

#[test]
fn a_version_that_followed_another_names_its_own_day() {
    let (first, next) = (first_version(), next_version());
    let rows = [next.row.clone(), first.row.clone()];
    let judgements = sample::judgements();
    let text = next.charter.texts.first().unwrap();
    let page = |charter, at| {
        let page = PolicyPage::new(
            charter,
            sample::effective_at(),
            &judgements,
            text,
            String::new(),
        );
        let page = page.announcing(charter, &rows, at);
        page.render().unwrap()
    };
    // Midnight in Paris is still the day before in Greenwich.
    let after = sample::at("2027-12-01T00:00:00Z");
    assert!(page(&next.charter, after).contains("In force since 15 January 2027"));
    assert!(page(&first.charter, sample::now()).contains("In force since 1 November 2026"));
}

#[test]
fn overviews() {
    let charter = sample::charter();
    check("summary", &OverviewPage::summary(&charter));
    check("vendors", &OverviewPage::vendors(&charter));
    check("cookies_none", &OverviewPage::cookies(&charter));
}

#[test]
fn promises() {
    let page = PromisesPage::new(&sample::charter(), &sample::judgements());
    check("promises", &page);
}

#[test]
fn promise() {
    let charter = sample::charter();
    let judgements = sample::judgements();
    for (name, family, promised) in [
        ("promise", Family::Right, "erasure"),
        ("promise_broken", Family::Retain, "chat_transcripts"),
        ("promise_at_risk", Family::Retain, "invoices"),
        ("promise_unproven", Family::NoSale, ""),
    ] {
        let id = sample::promise_id(family, promised);
        let promise = charter.promise(&id).unwrap();
        let observations = if family == Family::NoSale {
            Vec::new()
        } else {
            sample::observations()
        };
        let page = PromisePage::new(&charter, promise, &judgements[&id], &observations, None);
        check(name, &page);
    }
}

#[test]
fn asking() {
    let charter = sample::charter();
    check("request_choice", &ChoicePage::new(&charter));
    let form = |right, email, problem| FormPage::new(&charter, right, email, problem).unwrap();
    check("request_form", &form(Right::Erasure, "", None));
    check("request_form_access", &form(Right::Access, "", None));
    check(
        "request_form_problem",
        &form(Right::Access, "mireille", Some(FormProblem::Address)),
    );
    check("request_form_complaint", &form(Right::Complaint, "", None));
    check("request_sent", &SentPage::new(&charter, None));
    let begun = SentPage::new(&charter, Some(Right::OptOut));
    check("request_sent_begun", &begun);
    let request = sample::unverified_erasure();
    check(
        "request_confirm",
        &ConfirmPage::new(&charter, &request, LINK),
    );
    assert!(FormPage::new(&charter, Right::OptOut, "", None).is_none());
}

#[test]
fn person() {
    let charter = sample::charter();
    let lapsed = sample::erasure(State::Lapsed { at: sample::now() });
    let cancelled = sample::erasure(State::Cancelled {
        at: sample::now(),
        by: None,
    });
    for (name, request) in [
        ("person_unverified", sample::unverified_erasure()),
        ("person_undecided", sample::erasure(State::Undecided)),
        ("person_asked", sample::asked_erasure()),
        ("person_extended", sample::extended_erasure()),
        ("person_waiting", sample::waiting_erasure()),
        ("person_erased", sample::completed_erasure()),
        ("person_refused", sample::refused_erasure()),
        ("person_nothing_held", sample::nothing_held()),
        ("person_lapsed", lapsed),
        ("person_cancelled", cancelled),
        ("person_access", sample::completed_access()),
        ("person_unstated", sample::unstated(Right::Objection)),
        ("person_why", sample::unstated(Right::Restriction)),
        ("person_restricting", sample::restricting()),
        ("person_restricted", sample::restricted()),
        ("person_granted_in_part", sample::granted_in_part()),
        ("person_complaint", sample::complaint(true)),
    ] {
        let beside = Beside {
            link: LINK,
            package: name == "person_access",
            receipt: request.state_key() == "completed",
            verifier_key: KEY.to_owned(),
            conversation: sample::conversation(&request),
            texts: sample::texts(&request),
            problem: None,
            now: sample::now(),
        };
        check(name, &PersonView::new(&charter, &request, beside));
    }
}

#[test]
fn ledger() {
    let charter = sample::charter();
    let note = "privacy.stackyard.example/ledger\n1204\nqL5wYz0Q3n8bVt1RkXf2hJm9cDs6aGpE7uWoIyTzKxM=\n\n— privacy.stackyard.example/ledger GisaTfGh7Qy0mXk2p9sT4uVwZbCdEfGhIjKlMnOpQrStUvWxYz0123456789\n";
    let page = |checkpoint| {
        let origin = "privacy.stackyard.example/ledger".to_owned();
        let ledger = LedgerView {
            size: 1204,
            root_hex: "a3f1".repeat(16),
            checkpoint,
            verifier_key: KEY.to_owned(),
            origin,
        };
        LedgerPage::new(&charter, ledger)
    };
    check("ledger", &page(Some(note.to_owned())));
    check("ledger_empty", &page(None));
}

#[test]
fn accounts() {
    let charter = sample::charter();
    check(
        "console_setup",
        &SetupPage::new(&charter, "TOKEN", "", None),
    );
    let different = Some(AccountProblem::Different);
    check(
        "console_setup_problem",
        &SetupPage::new(&charter, "TOKEN", "ines", different),
    );
    check("console_sign_in", &SignInPage::new(&charter, "", None));
    check(
        "console_sign_in_problem",
        &SignInPage::new(&charter, "ines", Some(AccountProblem::Wrong)),
    );
}

/// A year in which rows come due in every kind of span, and in some not.
fn sample_year() -> Vec<Expiring> {
    let period = Period {
        amount: 180,
        unit: Unit::Days,
    };
    let spans = spans(sample::now(), &period.into()).into_iter().enumerate();
    let expiring = spans.map(|(place, span)| Expiring {
        unit: span.unit,
        until: span.until,
        rows: [0, 3, 1_204, 37][place % 4],
    });
    expiring.collect()
}

#[test]
fn retention() {
    let charter = sample::charter();
    let id = sample::promise_id(Family::Retain, "chat_transcripts");
    let promise = charter.promise(&id).unwrap().clone();
    let mut rule = RuleView {
        retention: charter.retention["chat_transcripts"].clone(),
        judgement: sample::judgements().get(&id).cloned(),
        last: None,
        promise,
    };
    let effects = [("app".to_owned(), sample::effects())];
    let found = SweepFinding {
        carried_out: true,
        complete: true,
        refused: None,
        effects: effects.clone().into(),
        held: std::collections::BTreeMap::new(),
        forecast: Forecast {
            within: [3, 40, 171, 1_204],
            oldest: Some(sample::at("2026-08-24T15:00:00Z")),
            ahead: sample_year(),
        },
        noticed: Some(Noticed {
            told: 41,
            waiting: 2,
            unreached: 1,
            stopped: None,
        }),
        tallied: None,
    };
    let refused = SweepFinding {
        refused: Some("`chats` is large and would be read as a whole".to_owned()),
        ..SweepFinding::default()
    };
    rule.retention.at_least = rule.retention.at_least.or(Some(Period {
        amount: 30,
        unit: Unit::Days,
    }));
    let mut rules = Vec::new();
    for (name, last) in [
        ("swept", Some(found)),
        ("refused", Some(refused)),
        ("new", None),
    ] {
        let mut rule = rule.clone();
        rule.promise.name = name.to_owned();
        rule.last = last.map(|found| (sample::now(), found));
        rules.push(rule);
    }
    let view = RetentionView {
        carried_out: true,
        rules,
    };
    let preview = Ok(effects.into());
    let page = RetentionPage::new(&charter, "ines", &view, Some(("swept", &preview)));
    check("console_retention", &page);
    let nothing = RetentionView {
        carried_out: false,
        rules: Vec::new(),
    };
    let page = RetentionPage::new(&charter, "ines", &nothing, None);
    check("console_retention_none", &page);
}

#[test]
fn holds() {
    let mut charter = sample::charter();
    let page = HoldsPage::new(&charter, "ines", &[], None, sample::now());
    check("console_holds_none", &page);
    let hold = |review: &str| Hold {
        covers: vec!["app.orders".to_owned(), "app.invoices".to_owned()],
        flags: vec!["app.orders.disputed".to_owned()],
        because: "legal claims".to_owned(),
        decided_by: "the general counsel".to_owned(),
        review: review.parse().unwrap(),
    };
    charter
        .holds
        .insert("claims".to_owned(), hold("2027-06-30"));
    charter
        .holds
        .insert("court_order".to_owned(), hold("2026-06-30"));
    let standing = |number: u8, hold: &str| HoldView {
        id: HoldId::from_random([number; 16]),
        hold: hold.to_owned(),
        contact: Identity::new("email", "mireille@post.example"),
        note: "file <7>".to_owned(),
        set_at: sample::at("2026-11-20T09:00:00Z"),
        set_by: (number == 1).then(|| "ines".to_owned()),
    };
    let standing = [standing(1, "claims"), standing(2, "gone")];
    let sent = Sent {
        hold: "claims".to_owned(),
        email: "nobody".to_owned(),
        note: "file 8".to_owned(),
    };
    let problem = Some((&sent, &HoldError::Address));
    let page = HoldsPage::new(&charter, "ines", &standing, problem, sample::now());
    check("console_holds", &page);
}

#[test]
fn board() {
    let charter = sample::charter();
    let source = |name: &str, up, detail: Option<&str>| SourceView {
        name: name.to_owned(),
        up,
        detail: detail.map(str::to_owned),
        since: up.map(|_| sample::now()),
    };
    let installation = Installation {
        open: 2,
        system: SystemView {
            queue: QueueState {
                ready: 1,
                scheduled: 14,
                leased: 2,
                failing: 1,
            },
            sources: vec![
                source("app", Some(true), None),
                source("support", Some(false), Some("it does not answer")),
                source("billing", None, None),
            ],
            ledger_size: 1204,
        },
        held_back: Some(held_back()),
        owed: vec![OwedBy {
            version: next_version().row,
            before: Some(first_version().row.charter),
            notices: vec![OwedNotice {
                version: 2,
                about: "customer".to_owned(),
                channel: "email".to_owned(),
                asks: vec!["usage_statistics".to_owned()],
            }],
        }],
    };
    let open = [sample::erasure(State::Undecided), sample::waiting_erasure()];
    let page = BoardPage::new(
        &charter,
        "ines",
        &sample::judgements(),
        &open,
        installation,
        sample::now(),
    );
    check("console_board", &page);
}

#[test]
fn board_on_a_calm_day() {
    let charter = sample::charter();
    let calm: crate::ui::policy::Judgements = sample::judgements()
        .into_keys()
        .map(|id| {
            (
                id,
                Judgement {
                    verdict: Verdict::Kept,
                    reasons: Vec::new(),
                    observed_at: None,
                },
            )
        })
        .collect();
    let system = SystemView {
        queue: QueueState::default(),
        sources: Vec::new(),
        ledger_size: 0,
    };
    let installation = Installation {
        open: 0,
        system,
        held_back: None,
        owed: Vec::new(),
    };
    let page = BoardPage::new(&charter, "ines", &calm, &[], installation, sample::now());
    check("console_board_calm", &page);
}

#[test]
fn the_console_shows_whose_rows_are_whose() {
    const MAP: &str = "
tables:
  accounts:
    about: customer
    identities: { email: email }
    columns: { id: key, email: contact.email }
  orders:
    owned_by: account_id -> accounts.id
    columns: { account_id: key, note: content }
  old:
    columns: { id: key }
ignored: [products]
";
    let (map, _) = candor_policy::read_map("app.yaml", MAP).unwrap();
    let catalogue = candor_connect::catalogue::Catalogue {
        kind: candor_policy::charter::SourceKind::Sqlite,
        tables: std::collections::BTreeMap::new(),
    };
    let mut atlas = candor_connect::atlas::Atlas::new(&catalogue, &map);
    atlas.refused = vec!["`visits` is large and would be read as a whole; make an index: CREATE INDEX \"visits_account_id\" ON \"visits\" (\"account_id\")".to_owned()];
    let down = candor_connect::SourceError::Unreachable {
        source_name: "support".to_owned(),
        reason: "its file cannot be opened".to_owned(),
    };
    let atlases = [
        ("app".to_owned(), Ok(atlas)),
        ("support".to_owned(), Err(down)),
    ];
    let services = [
        (
            "loyalty".to_owned(),
            Ok(vec!["members".to_owned(), "points".to_owned()]),
        ),
        (
            "letters".to_owned(),
            Err(candor_connect::SourceError::Pending {
                source_name: "letters".to_owned(),
                reason: "it is still describing itself".to_owned(),
            }),
        ),
    ];
    let whole = WantedTable::default();
    let page = SourcesPage::new(&sample::charter(), "ines", &atlases, &services, &whole);
    check("console_sources", &page);
    let one = WantedTable::around("app", "orders");
    let page = SourcesPage::new(&sample::charter(), "ines", &atlases, &services, &one);
    check("console_sources_around", &page);
}

#[test]
fn queue() {
    let charter = sample::charter();
    let mut overdue = sample::erasure(State::Undecided);
    overdue.due_at = sample::at("2026-11-21T22:59:59Z");
    let mut soon = sample::completed_access();
    soon.state = State::Carrying;
    soon.due_at = sample::at("2026-11-24T22:59:59Z");
    let open = [
        overdue,
        soon,
        sample::erasure(State::Undecided),
        sample::waiting_erasure(),
    ];
    let over = [sample::completed_erasure(), sample::refused_erasure()];
    let counts = [
        ("undecided".to_owned(), 2),
        ("carrying".to_owned(), 2),
        ("completed".to_owned(), 1204),
    ];
    let page = |filter, requests: &[_], offset| {
        let shown = Shown {
            filter,
            counts: &counts,
            requests,
            offset,
            page: 2,
        };
        QueuePage::new(&charter, "ines", &shown, sample::now())
    };
    check("console_queue", &page(Filter::Open, &open, 0));
    check("console_queue_over", &page(Filter::Over, &over, 2));
    check("console_queue_empty", &page(Filter::Unconfirmed, &[], 0));
}

#[test]
fn request() {
    let charter = sample::charter();
    let own = sample::staff_id();
    let mut stuck = sample::waiting_erasure();
    stuck
        .sources
        .get_mut("app")
        .unwrap()
        .residue
        .push(candor_domain::plan::Residue {
            table: "notes".to_owned(),
            column: "body".to_owned(),
            rows: 2,
        });
    for (name, request, problem) in [
        (
            "console_request_undecided",
            sample::erasure(State::Undecided),
            None,
        ),
        (
            "console_request_problem",
            sample::erasure(State::Undecided),
            Some(DecisionProblem::Reason),
        ),
        ("console_request_asked", sample::asked_erasure(), None),
        ("console_request_extended", sample::extended_erasure(), None),
        ("console_request_waiting", stuck, None),
        (
            "console_request_completed",
            sample::completed_erasure(),
            None,
        ),
        ("console_request_refused", sample::refused_erasure(), None),
        ("console_request_access", sample::completed_access(), None),
        (
            "console_request_unstated",
            sample::unstated(Right::Withdrawal),
            None,
        ),
        ("console_request_tasks", sample::restricting(), None),
        ("console_request_restricted", sample::restricted(), None),
        ("console_request_objection", sample::objection(), None),
        ("console_request_complaint", sample::complaint(false), None),
    ] {
        let seen = Seen {
            login: "ines",
            own: &own,
            problem,
            conversation: sample::conversation(&request),
            texts: sample::texts(&request),
            wish_problem: None,
            is_unreachable: false,
            vouched: None,
            earlier: Vec::new(),
            now: sample::now(),
        };
        let page = RequestPage::new(&charter, &request, seen);
        check(name, &page);
    }
}

#[test]
fn failures() {
    let charter = sample::charter();
    for (name, status) in [
        ("failure_404", StatusCode::NOT_FOUND),
        ("failure_400", StatusCode::BAD_REQUEST),
        ("failure_403", StatusCode::FORBIDDEN),
        ("failure_410", StatusCode::GONE),
        ("failure_500", StatusCode::INTERNAL_SERVER_ERROR),
    ] {
        check(name, &FailurePage::new(&charter, status));
    }
}

#[test]
fn a_request_that_waits_for_its_proof_and_one_that_was_vouched_for() {
    let charter = sample::charter();
    let own = sample::staff_id();
    let mut vouched = sample::erasure(State::Undecided);
    vouched.proof = Some(Proof::Vouched { who: own.clone() });
    vouched.tenant = Some("acme".parse().unwrap());
    let mut answered = sample::completed_erasure();
    answered.id = candor_domain::id::SubjectRequestId::from_random([0xb2; 16]);
    answered.filed_at = vouched.filed_at;
    let reason = "They signed in with their passkey while we spoke.".to_owned();
    let mut unverified = sample::unverified_erasure();
    unverified.state = State::Unverified {
        expires_at: sample::now(),
    };
    for (name, request, vouched, earlier) in [
        (
            "console_request_vouched",
            vouched,
            Some(reason),
            vec![answered],
        ),
        ("console_request_unverified", unverified, None, Vec::new()),
    ] {
        let seen = Seen {
            login: "ines",
            own: &own,
            problem: None,
            conversation: sample::conversation(&request),
            texts: sample::texts(&request),
            wish_problem: None,
            is_unreachable: request.awaited_tenant().is_some(),
            vouched,
            earlier,
            now: sample::now(),
        };
        check(name, &RequestPage::new(&charter, &request, seen));
    }
}

#[test]
fn keys() {
    let charter = sample::charter();
    let key = |number: u8, name: &str, revoked_at| ApiKeyRow {
        id: ApiKeyId::from_random([number; 16]),
        name: name.to_owned(),
        scope: Scope {
            may: [Permission::Read, Permission::File].into(),
            rights: [Right::Access].into(),
            tenant: (number == 1).then(|| "acme".parse().unwrap()),
        },
        created_at: sample::now(),
        created_by: None,
        expires_at: None,
        revoked_at,
    };
    let keys = [
        key(1, "acme", None),
        key(2, "old script", Some(sample::now())),
    ];
    let made = ShownKeys {
        secret: Some("candor_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG".to_owned()),
        ..ShownKeys::default()
    };
    let page = KeysPage::new(&charter, "ines", &keys, made, sample::now());
    check("console_keys", &page);
    let empty = KeysPage::new(&charter, "ines", &[], ShownKeys::default(), sample::now());
    check("console_keys_none", &empty);
}

#[test]
fn tenants() {
    use crate::service::Seat;
    use crate::ui::tenant::{Beside, FilePage, ListPage, Problem, RequestPage, SignInPage};
    use candor_policy::charter::{Person, Role};

    let mut charter = sample::charter();
    let end_user = Person {
        role: Role::Processor,
        of: Some("customer".to_owned()),
        known_by: vec!["email".to_owned(), "external_id".to_owned()],
        agreement: None,
        tools: Vec::new(),
    };
    charter.people.insert("end_user".to_owned(), end_user);
    let seat = Seat {
        key: ApiKeyId::from_random([1; 16]),
        name: "acme, support".to_owned(),
        tenant: "acme".parse().unwrap(),
        scope: Scope {
            may: Permission::ALL.into(),
            rights: [].into(),
            tenant: "acme".parse().ok(),
        },
    };
    check("tenant_sign_in", &SignInPage::new(&charter, false));
    check("tenant_sign_in_problem", &SignInPage::new(&charter, true));
    let of_tenant = |state| {
        let mut request = sample::erasure(state);
        request.tenant = Some(seat.tenant.clone());
        request.about = "end_user".to_owned();
        request
    };
    let waiting = of_tenant(State::Undecided);
    let now = sample::now();
    let shown = std::slice::from_ref(&waiting);
    let list = ListPage::new(&charter, &seat, true, shown, now);
    check("tenant_list", &list);
    check(
        "tenant_list_empty",
        &ListPage::new(&charter, &seat, false, &[], now),
    );
    check("tenant_file", &FilePage::new(&charter, &seat, None));
    let beside = Beside::default();
    let page = RequestPage::new(
        &charter,
        &seat,
        &waiting,
        beside,
        Some(Problem::Reason),
        now,
    );
    check("tenant_request", &page);
    let mut done = sample::completed_erasure();
    done.tenant = Some(seat.tenant.clone());
    let beside = Beside {
        package: true,
        receipt: true,
        ..Beside::default()
    };
    let page = RequestPage::new(&charter, &seat, &done, beside, None, now);
    check("tenant_request_completed", &page);
}
