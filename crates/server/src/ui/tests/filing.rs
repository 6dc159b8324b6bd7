//! Staff file for one person, and see what is to be done by hand.

use std::sync::Arc;

use candor_domain::id::SubjectRequestId;
use candor_domain::personal::Personal;
use candor_domain::subject_request::{Channel, Proof, State, SubjectRequest};
use candor_policy::charter::{Person, Right, Role};

use super::fixture::{Answer, Hand, Site, at};
use super::snapshots::check;
use crate::service::OpenTasks;
use crate::ui::console::TasksPage;
use crate::ui::console::filing::FilePage;
use crate::ui::sample;
use crate::world::World;

const PATH: &str = "/console/requests/new";

/// People of a business customer.
fn end_user() -> Person {
    Person {
        role: Role::Processor,
        of: Some("customer".to_owned()),
        known_by: vec!["external_id".to_owned(), "email".to_owned()],
        agreement: None,
        tools: Vec::new(),
    }
}

async fn site() -> Site {
    let mut charter = sample::charter();
    for person in charter.people.values_mut() {
        person.known_by.push("customer_id".to_owned());
    }
    charter.people.insert("end_user".to_owned(), end_user());
    let world = World {
        clock: Arc::new(Hand::new()),
        ..World::real()
    };
    Site::at(charter, world).await.sign_in().await
}

async fn filed(site: &Site, answer: &Answer) -> SubjectRequest {
    let id = answer.location().strip_prefix("/console/requests/");
    let id = id.unwrap_or_else(|| panic!("{} {}", answer.status, answer.body));
    let id: SubjectRequestId = id.parse().unwrap();
    site.service.required(&id).await.unwrap().value
}

const LETTER: &str = "right=erasure&about=&identity-email=mireille%40post.example\
    &identity-customer_id=&channel=letter&received=2026-11-02";

#[tokio::test]
async fn a_letter_counts_from_the_day_on_which_it_came() {
    let site = site().await;
    let form = format!("{LETTER}&reason=She+signed+it,+and+the+signature+is+hers.");
    let request = filed(&site, &site.post(PATH, &form).await).await;
    assert_eq!(request.channel, Channel::Letter);
    assert!(matches!(request.proof, Some(Proof::Vouched { .. })));
    assert_eq!(request.state, State::Locating);
    // Midnight in Paris; what is due is due from then.
    assert_eq!(request.clock.received_at, at("2026-11-01T23:00:00Z"));
    assert!(
        request.due_at < at("2026-12-03T00:00:00Z"),
        "{}",
        request.due_at
    );
    let page = site.get(&format!("/console/requests/{}", request.id)).await;
    assert!(page.body.contains("by letter"));
    // The same again is the same.
    let again = filed(&site, &site.post(PATH, &form).await).await;
    assert_eq!(again.id, request.id);
}

#[tokio::test]
async fn without_a_word_on_how_they_are_known_a_mail_asks_the_person() {
    let site = site().await;
    let request = filed(&site, &site.post(PATH, &format!("{LETTER}&reason=")).await).await;
    assert!(matches!(request.state, State::Unverified { .. }));
    site.work().await;
    assert_eq!(site.subjects().len(), 1);
}

#[tokio::test]
async fn what_does_not_fit_comes_back_with_its_place_and_what_was_written() {
    let site = site().await;
    let reason = format!("{LETTER}&reason=Known");
    for (form, field) in [
        (reason.replace("right=erasure", "right="), "right"),
        (
            reason.replace("channel=letter", "channel=pigeon"),
            "channel",
        ),
        (reason.replace("2026-11-02", "2026-11-21"), "received"),
        (reason.replace("2026-11-02", "2024-11-02"), "received"),
        (reason.replace("2026-11-02", "soon"), "received"),
        (reason.replace("%40post.example", ""), "identity-email"),
        (reason.replace("about=", "about=nobody"), "about"),
        (format!("{reason}&tenant=a+b"), "tenant"),
        (
            reason.replace("reason=Known", &format!("reason={}", "m".repeat(2_001))),
            "reason",
        ),
        (
            LETTER.replace("identity-customer_id=", "identity-customer_id=7"),
            "reason",
        ),
    ] {
        let answer = site.post(PATH, &form).await;
        assert_eq!(answer.status, 422, "{form}");
        let place = format!("href=\"#{field}\"");
        assert!(answer.body.contains(&place), "{field}: {form}");
        assert!(answer.body.contains(&format!("id=\"{field}\"")), "{field}");
        assert!(answer.body.contains("mireille"), "{form}");
    }
    let none = site.service.request_counts().await.unwrap();
    assert_eq!(none, [], "nothing was filed");
}

#[tokio::test]
async fn what_is_to_be_done_by_hand_is_listed_with_whom_it_is_for() {
    let site = site().await;
    let page = site.get("/console/requests/tasks").await;
    assert!(page.body.contains("Nothing is to be done by hand"));
    let id = site.filed(Right::Restriction).await;
    site.with_tasks(&id).await;
    let page = site.get("/console/requests/tasks").await;
    assert!(page.body.contains(id.as_str()) && page.body.contains("mireille@post.example"));
    let request = site.service.required(&id).await.unwrap().value;
    for system in request.tasks.into_keys() {
        let by = sample::staff_id();
        site.service
            .task_done(&id, &by, system, None)
            .await
            .unwrap();
    }
    let page = site.get("/console/requests/tasks").await;
    assert!(!page.body.contains("mireille"));
    let later = site.get("/console/requests/tasks?offset=100").await;
    assert_eq!(later.status, 200);
}

#[test]
fn filing_for_one_person() {
    let mut charter = sample::charter();
    let page = FilePage::new(&charter, "ines", &[], None, sample::now());
    check("console_file", &page);
    charter.people.insert("end_user".to_owned(), end_user());
    let sent = [
        ("right", "erasure"),
        ("identity-email", "mireille@post.example"),
        ("channel", "letter"),
        ("received", "2027-11-02"),
        ("reason", "She <signed> it."),
    ];
    let sent = sent.map(|(field, value)| (field.to_owned(), value.to_owned()));
    let problem = ("received".to_owned(), "That day is ahead of us.".to_owned());
    let page = FilePage::new(&charter, "ines", &sent, Some(problem), sample::now());
    check("console_file_problem", &page);
}

#[test]
fn open_tasks() {
    let charter = sample::charter();
    let counts = [("carrying".to_owned(), 1)];
    let page = TasksPage::new(&charter, "ines", (&[], 0), &counts, sample::now());
    check("console_tasks_none", &page);
    let open = OpenTasks {
        request: sample::restricting(),
        contact: Some(Personal::new("mireille@post.example".to_owned())),
    };
    let page = TasksPage::new(&charter, "ines", (&[open], 0), &counts, sample::now());
    check("console_tasks", &page);
}
