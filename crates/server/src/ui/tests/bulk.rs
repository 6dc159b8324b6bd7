//! A file of many people in the console: sent, looked at, confirmed, followed.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use candor_domain::bulk::{
    Accepted, BulkFile, CONFIRM_TIME, Fault, Found, JointDecision, Outcome, Stage, after,
};
use candor_domain::id::{BulkFileId, StaffId};
use candor_domain::plan::{Action, TableEffect};
use candor_policy::charter::Right;

use super::fixture::{Answer, Site};
use super::snapshots::check;
use crate::bulk::FileWaiting;
use crate::ui::console::bulk::{BulkFilePage, BulkPage, Desk};
use crate::ui::sample;

const PATH: &str = "/console/requests/bulk";
const BOUNDARY: &str = "7f3a-not-in-the-file";

impl Site {
    /// Sends a file as a browser does.
    async fn upload(&self, right: &str, file: &str) -> Answer {
        let part = |head: &str, value: &str| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n{value}\r\n")
        };
        let body = [
            part("name=\"file\"; filename=\"people.csv\"", file),
            part("name=\"right\"", right),
            format!("--{BOUNDARY}--\r\n"),
        ];
        let request = Request::builder()
            .method("POST")
            .uri(PATH)
            .header(HOST, "privacy.example")
            .header(ORIGIN, "https://privacy.example")
            .header(COOKIE, self.session.clone().unwrap())
            .header(
                CONTENT_TYPE,
                format!("multipart/form-data; boundary={BOUNDARY}"),
            );
        self.answer(request.body(Body::from(body.concat())).unwrap())
            .await
    }
}

#[tokio::test]
async fn staff_see_what_a_file_would_do_and_confirm_it() {
    let site = Site::signed_in().await;
    let text = "email,reference\nmireille@post.example,A1\nnobody,A2\n";
    let sent = site.upload("access", text).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let address = sent.location().to_owned();
    let preview = site.get(&address).await.body;
    assert!(preview.contains("Nothing is filed yet") && preview.contains("e-mail address"));
    assert!(!preview.contains("mireille") && !preview.contains("nobody"));
    assert!(site.get(PATH).await.body.contains(&address));

    let confirm = format!("{address}/confirm");
    let refused = site
        .post(&confirm, "reason=They+wrote+from+their+accounts.")
        .await;
    assert_eq!(refused.status, 422, "a row is bad");
    assert!(
        refused.body.contains("They wrote from their accounts."),
        "kept in the form"
    );
    let refused = site.post(&confirm, "reason=+&leave_out=yes").await;
    assert_eq!(refused.status, 422, "nobody says why");
    let form = "reason=They+wrote+from+their+accounts.&leave_out=yes";
    assert_eq!(site.post(&confirm, form).await.location(), address);
    let page = site.get(&format!("{address}?follow=1")).await;
    assert_eq!(page.header("refresh"), "2");
    assert_eq!(
        site.get(&address).await.header("refresh"),
        "",
        "only where it is asked for"
    );
    site.work().await;
    let page = site.get(&format!("{address}?follow=1")).await;
    assert_eq!(page.header("refresh"), "", "it is done");
    let report = site.get(&format!("{address}/report")).await;
    assert!(report.body.contains("2,A1,filed,") && report.body.contains("3,A2,bad,"));

    let again = site.upload("access", text).await.location().to_owned();
    assert!(site.get(&again).await.body.contains("was confirmed before"));
    assert_eq!(
        site.post(&format!("{again}/discard"), "").await.location(),
        PATH
    );
    assert_eq!(site.get(&again).await.status, 404);
}

#[tokio::test]
async fn staff_decide_all_of_a_file_that_wait() {
    let site = Site::signed_in().await;
    let text = "email\nmireille@post.example\nada@post.example\n";
    let address = site.upload("erasure", text).await.location().to_owned();
    let form = "reason=They+wrote+from+their+accounts.";
    site.post(&format!("{address}/confirm"), form).await;
    site.work().await;
    assert!(
        !site
            .get(&address)
            .await
            .body
            .contains("Decide them together")
    );
    let open = site.service.requests(&[], 0).await.unwrap();
    for request in &open {
        site.located(&request.id).await;
    }
    let page = site.get(&address).await.body;
    assert!(page.contains("Approve all that wait") && page.contains("accounts"));
    let decide = format!("{address}/decide");
    for (form, status, words) in [
        ("decision=approve&waiting=2", 422, "tick the confirmation"),
        (
            "decision=refuse&waiting=2&confirm=yes",
            422,
            "choose a reason",
        ),
        (
            "decision=approve&waiting=3&confirm=yes",
            422,
            "look at them again",
        ),
        ("decision=approve&waiting=2&confirm=yes", 303, ""),
        (
            "decision=approve&waiting=2&confirm=yes",
            422,
            "still being applied",
        ),
    ] {
        let answer = site.post(&decide, form).await;
        assert_eq!(answer.status, status, "{form}");
        assert!(answer.body.contains(words), "{form}: {}", answer.body);
    }
    let page = site.get(&format!("{address}?follow=1")).await;
    assert_eq!(page.header("refresh"), "2");
    site.work().await;
    let page = site.get(&format!("{address}?follow=1")).await;
    assert_eq!(page.header("refresh"), "", "it is done");
    assert!(page.body.contains("Approved: 2 requests."));
    for request in open {
        let now = site.service.required(&request.id).await.unwrap().value;
        assert_eq!(now.state_key(), "preparing");
    }
}

#[tokio::test]
async fn a_file_that_can_not_be_read_is_told_and_not_kept() {
    let site = Site::signed_in().await;
    let answer = site.upload("access", "mireille@post.example\n").await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("Column 1 of the header is none of"));
    assert!(!answer.body.contains("mireille"));
    assert_eq!(site.service.bulk_files().await.unwrap(), []);
}

fn file() -> BulkFile {
    let now = sample::now();
    BulkFile {
        id: BulkFileId::from_random([1; 16]),
        by: StaffId::from_random([2; 16]),
        tenant: None,
        stage: Stage::Checked,
        created_at: now,
        confirmed_at: None,
        ended_at: None,
        expires_at: after(now, CONFIRM_TIME),
        same_as: Some(BulkFileId::from_random([9; 16])),
        found: Found {
            rows: 1_250,
            rights: [(Right::Erasure, 1_200), (Right::Access, 49)].into(),
            bad: 1,
            repeated: 3,
            open: 12,
            faults: vec![Fault {
                line: 17,
                column: Some("email".to_owned()),
                why: "this is not an e-mail address".to_owned(),
            }],
        },
        outcome: Outcome::default(),
        parts_done: 0,
        decision: None,
    }
}

#[test]
fn pages_of_files() {
    let charter = sample::charter();
    let mut file = file();
    let page = BulkPage::new(&charter, Desk::Staff("ines"), &[], None);
    check("console_bulk_none", &page);
    let problem = Some("The file has no header.".to_owned());
    let page = BulkPage::new(
        &charter,
        Desk::Staff("ines"),
        std::slice::from_ref(&file),
        problem,
    );
    check("console_bulk", &page);
    check(
        "console_bulk_file",
        &BulkFilePage::new(
            &charter,
            Desk::Staff("ines"),
            &file,
            &FileWaiting::default(),
            false,
            None,
        ),
    );
    let accepted = Accepted {
        leave_out: true,
        again: true,
    };
    file.confirm(accepted, sample::now()).unwrap();
    let part = Outcome {
        filed: 88,
        attached: 11,
        left_out: 1,
        ..Outcome::default()
    };
    while file.filed_part(part, sample::now()).unwrap().is_some() {}
    let filed = file.clone();
    let _ = file.decide(JointDecision::Approve, sample::staff_id(), sample::now());
    file.add_decided(38, 0);
    let deleted = |table: &str, rows| TableEffect {
        table: table.to_owned(),
        action: Action::Delete,
        rows,
        because: None,
    };
    let waiting = FileWaiting {
        rights: [(Right::Erasure, 1_038), (Right::Access, 12)].into(),
        planned: [(
            "app".to_owned(),
            vec![deleted("accounts", 1_050), deleted("events", 81_002)],
        )]
        .into(),
        obstructed: 3,
        due_at: Some(sample::now()),
    };
    let page = |file: &BulkFile, waiting: &FileWaiting| {
        BulkFilePage::new(&charter, Desk::Staff("ines"), file, waiting, true, None)
    };
    check("console_bulk_waiting", &page(&filed, &waiting));
    check("console_bulk_deciding", &page(&file, &waiting));
    file.add_decided(1_000, 12);
    file.end_decision(sample::now());
    check(
        "console_bulk_decided",
        &page(&file, &FileWaiting::default()),
    );
}

#[test]
fn the_page_of_a_file_that_is_being_filed() {
    let charter = sample::charter();
    let mut file = file();
    let accepted = Accepted {
        leave_out: true,
        again: true,
    };
    file.confirm(accepted, sample::now()).unwrap();
    let part = Outcome {
        filed: 88,
        attached: 11,
        left_out: 1,
        ..Outcome::default()
    };
    file.filed_part(part, sample::now()).unwrap();
    check(
        "console_bulk_filing",
        &BulkFilePage::new(
            &charter,
            Desk::Staff("ines"),
            &file,
            &FileWaiting::default(),
            true,
            None,
        ),
    );
}
