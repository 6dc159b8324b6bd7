//! Staff in the console.

use candor_domain::id::SubjectRequestId;
use candor_domain::plan::SourcePreview;
use candor_domain::subject_request::{Event, Proof, RefusalReason, State, System, Task};
use candor_domain::work::Message;
use candor_policy::charter::Right;
use candor_policy::period::{Period, Unit};
use candor_store::Change;
use jiff::Timestamp;

use super::fixture::Site;
use crate::ui::sample;

#[tokio::test]
async fn the_setup_link_works_once() {
    let site = Site::new().await;
    let link = site.service.setup_link().await.unwrap().unwrap();
    let path = link.strip_prefix("https://privacy.example").unwrap();
    assert_eq!(site.get(path).await.status, 200);
    assert_eq!(site.get("/console/setup/another").await.status, 404);
    for (form, words) in [
        (
            "login=ines&password=four+unrelated+words&again=others",
            "not the same",
        ),
        (
            "login=ines&password=short&again=short",
            "at least 12 characters",
        ),
        (
            "login=i+n&password=four+unrelated+words&again=four+unrelated+words",
            "2 to 64 letters",
        ),
    ] {
        let answer = site.post(path, form).await;
        assert_eq!(answer.status, 422, "{form}");
        assert!(answer.body.contains(words), "{form}");
        assert!(
            !answer.body.contains("unrelated words\""),
            "no password comes back"
        );
    }
    let form = "login=ines&password=four+unrelated+words&again=four+unrelated+words";
    let answer = site.post(path, form).await;
    assert_eq!(answer.location(), "/console");
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.ends_with("; Path=/console; HttpOnly; SameSite=Strict; Secure"),
        "{cookie}"
    );
    assert_eq!(site.get(path).await.status, 404);
    assert_eq!(site.post(path, form).await.status, 404);
}

#[tokio::test]
async fn signing_in_and_out() {
    let mut site = Site::signed_in().await;
    for path in [
        "/console",
        "/console/requests",
        "/console/requests?show=over&offset=100",
    ] {
        assert_eq!(site.get(path).await.status, 200, "{path}");
    }
    let answer = site.post("/console/sign-out", "").await;
    assert_eq!(answer.location(), "/console/sign-in");
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        site.get("/console").await.location(),
        "/console/sign-in",
        "the session is over"
    );

    site.session = None;
    let wrong = site
        .post(
            "/console/sign-in",
            "login=ines&password=another+set+of+words",
        )
        .await;
    let nobody = site
        .post(
            "/console/sign-in",
            "login=inet&password=another+set+of+words",
        )
        .await;
    assert_eq!((wrong.status.as_u16(), nobody.status.as_u16()), (422, 422));
    assert_eq!(wrong.body, nobody.body.replace("inet", "ines"));
    let right = site
        .post(
            "/console/sign-in",
            "login=ines&password=four+unrelated+words",
        )
        .await;
    assert_eq!(right.location(), "/console");
}

#[tokio::test]
async fn approving_asks_for_a_confirmation() {
    let site = Site::signed_in().await;
    let id = site.undecided().await;
    let path = format!("/console/requests/{id}");
    let page = site.get(&path).await;
    assert!(page.body.contains("Approve and carry out"));
    assert!(
        !page.body.contains("mireille"),
        "staff see nobody's address"
    );

    let answer = site.post(&format!("{path}/approve"), "").await;
    assert_eq!(answer.status, 422);
    let state = site.service.required(&id).await.unwrap().value.state;
    assert_eq!(state, State::Undecided);

    let answer = site.post(&format!("{path}/approve"), "confirm=yes").await;
    assert_eq!(answer.location(), path);
    let state = site.service.required(&id).await.unwrap().value.state;
    assert_eq!(state, State::Preparing);

    let answer = site.post(&format!("{path}/approve"), "confirm=yes").await;
    assert_eq!(answer.status, 409);
    let answer = site.post(&format!("{path}/retry"), "source=app").await;
    assert_eq!(answer.status, 409, "nothing is stuck");
}

#[tokio::test]
async fn refusing_needs_a_reason_and_a_confirmation() {
    let site = Site::signed_in().await;
    let id = site.undecided().await;
    let path = format!("/console/requests/{id}/refuse");
    for form in ["confirm=yes", "confirm=yes&reason=whim", "reason=excessive"] {
        assert_eq!(site.post(&path, form).await.status, 422, "{form}");
    }
    let answer = site.post(&path, "confirm=yes&reason=legal_exception").await;
    assert_eq!(answer.status, 303);
    let state = site.service.required(&id).await.unwrap().value.state;
    let refused = matches!(
        state,
        State::Refused {
            reason: RefusalReason::LegalException,
            ..
        }
    );
    assert!(refused, "{state:?}");
    let person = site.service.page_address(&id);
    let page = site
        .get(&format!("/requests/{}", Site::link(&person)))
        .await;
    assert!(page.body.contains("Article 17(3)"));
    assert!(page.body.contains("Articles 77 and 79"));
}

/// Lets the mail of a message be sent, as a job would report it.
async fn mailed(site: &Site, id: &SubjectRequestId, message: Message) {
    let event = Event::MailSent { message };
    let taken = site.service.take_in(id, &event, &Change::default()).await;
    taken.unwrap().unwrap();
}

async fn due_at(site: &Site, id: &SubjectRequestId) -> Timestamp {
    site.service.required(id).await.unwrap().value.due_at
}

fn person_path(site: &Site, id: &SubjectRequestId) -> String {
    let page = site.service.page_address(id);
    format!("/requests/{}", Site::link(&page))
}

#[tokio::test]
async fn more_time_needs_a_reason_and_counts_once_the_person_was_told() {
    let mut charter = sample::charter();
    let terms = charter.rights.get_mut(&Right::Erasure).unwrap();
    terms.extension = Some(Period {
        amount: 2,
        unit: Unit::Months,
    });
    let site = Site::signed_in_under(charter).await;
    let id = site.undecided().await;
    let path = format!("/console/requests/{id}");
    let first = due_at(&site, &id).await;
    let page = site.get(&path).await.body;
    assert!(page.contains("Take more time") && page.contains("30 days from when the request"));

    let extend = format!("{path}/extend");
    for form in ["", "reason=holidays"] {
        assert_eq!(site.post(&extend, form).await.status, 422, "{form}");
    }
    assert_eq!(site.post(&extend, "reason=complexity").await.status, 303);
    assert_eq!(due_at(&site, &id).await, first, "nobody was told yet");
    mailed(&site, &id, Message::Extended).await;
    assert!(due_at(&site, &id).await > first);
    let page = site.get(&person_path(&site, &id)).await.body;
    assert!(
        page.contains("2 months longer: What was asked is complex"),
        "{page}"
    );

    let again = site.post(&extend, "reason=number").await;
    assert_eq!(again.status, 409);
    assert!(!site.get(&path).await.body.contains("Take more time"));
}

#[tokio::test]
async fn a_promise_that_is_never_extended_offers_no_more_time() {
    let site = Site::signed_in().await;
    let id = site.undecided().await;
    let path = format!("/console/requests/{id}");
    assert!(!site.get(&path).await.body.contains("Take more time"));
    let answer = site
        .post(&format!("{path}/extend"), "reason=complexity")
        .await;
    assert_eq!(answer.status, 409);
    assert!(
        answer
            .body
            .contains("Neither the promise nor the law gives more time")
    );
}

#[tokio::test]
async fn a_question_is_asked_on_the_persons_page_and_answered_there() {
    let site = Site::signed_in().await;
    let id = site.undecided().await;
    let path = format!("/console/requests/{id}");
    let ask = format!("{path}/ask");
    let long = format!("question=identity&text={}", "a".repeat(2_001));
    for form in ["", "text=Who%3F", "question=identity&text=++", &long] {
        assert_eq!(site.post(&ask, form).await.status, 422);
    }
    let form = "question=identity&text=Which+year+%3Cdid%3E+you+join%3F";
    assert_eq!(site.post(&ask, form).await.status, 303);
    let person = person_path(&site, &id);
    assert!(
        !site.get(&person).await.body.contains("Our question"),
        "not before the mail"
    );
    let first = due_at(&site, &id).await;
    mailed(&site, &id, Message::Asked).await;
    assert!(due_at(&site, &id).await > first, "the clock stands still");

    let page = site.get(&person).await.body;
    assert!(page.contains("We have a question"));
    assert!(
        page.contains("Which year &#60;did&#62; you join?"),
        "{page}"
    );
    assert!(page.contains("the clock stands still while we wait"));
    assert!(site.get(&path).await.body.contains("waits for the person"));
    assert_eq!(site.post(&ask, form).await.status, 409, "once");

    let reply = format!("{person}/reply");
    assert_eq!(site.post(&reply, "text=+").await.status, 400);
    assert_eq!(site.post(&reply, "text=In+2019").await.location(), person);
    assert_eq!(due_at(&site, &id).await, first, "answered the same day");
    assert!(site.get(&path).await.body.contains("In 2019"));
    assert!(site.get(&person).await.body.contains("In 2019"));
    assert_eq!(site.post(&reply, "text=In+2020").await.status, 410);
    assert!(!site.get(&path).await.body.contains("In 2020"), "not kept");
    assert_eq!(site.post(&format!("{path}/replied"), "").await.status, 409);
}

#[tokio::test]
async fn staff_take_in_an_answer_and_acknowledge() {
    let site = Site::signed_in().await;
    let id = site.undecided().await;
    let path = format!("/console/requests/{id}");
    assert!(site.get(&path).await.body.contains("Tell the person now"));
    let acknowledge = format!("{path}/acknowledge");
    assert_eq!(site.post(&acknowledge, "").await.status, 303);
    assert_eq!(site.post(&acknowledge, "").await.status, 409);
    assert!(!site.get(&path).await.body.contains("Tell the person now"));

    let form = "question=meaning&text=All+of+it%3F";
    assert_eq!(site.post(&format!("{path}/ask"), form).await.status, 303);
    mailed(&site, &id, Message::Asked).await;
    assert_eq!(site.post(&format!("{path}/replied"), "").await.status, 303);
    let request = site.service.required(&id).await.unwrap().value;
    assert!(!request.clock.pause.unwrap().is_open());
}

/// A subject request of a right whose person proved their address.
async fn proved(site: &Site, right: Right) -> SubjectRequestId {
    let id = site.filed(right).await;
    let event = Event::Verified { proof: Proof::Mail };
    let taken = site.service.take_in(&id, &event, &Change::default()).await;
    taken.unwrap().unwrap();
    id
}

#[tokio::test]
async fn what_is_wished_is_said_on_the_persons_page_or_taken_in_by_staff() {
    let site = Site::signed_in().await;
    let id = proved(&site, Right::Objection).await;
    let person = person_path(&site, &id);
    let page = site.get(&person).await.body;
    assert!(page.contains("What do you object to?") && page.contains("our newsletter"));
    let wish = format!("{person}/wish");
    for form in ["", "text=+", "purpose=login"] {
        assert_eq!(site.post(&wish, form).await.status, 422, "{form}");
    }
    let long = format!("purpose=abuse&text={}", "a".repeat(2_001));
    assert_eq!(site.post(&wish, &long).await.status, 422);
    let form = "purpose=newsletter&purpose=abuse&text=I+am+%3Cfamous%3E";
    assert_eq!(site.post(&wish, form).await.location(), person);
    assert_eq!(site.post(&wish, form).await.status, 410, "once");
    let console = site.get(&format!("/console/requests/{id}")).await.body;
    assert!(console.contains("I am &#60;famous&#62;") && console.contains("our newsletter"));
    assert!(
        !console.contains("mireille@post.example"),
        "nothing to do yet"
    );

    let id = proved(&site, Right::Complaint).await;
    let path = format!("/console/requests/{id}");
    assert!(site.get(&path).await.body.contains("not said yet"));
    let wish = format!("{path}/wish");
    assert_eq!(site.post(&wish, "text=").await.status, 422);
    assert_eq!(site.post(&wish, "text=They+called").await.status, 303);
    assert_eq!(site.post(&wish, "text=Again").await.status, 409);
    let page = site.get(&path).await.body;
    assert!(page.contains("They called") && !page.contains("Approve and carry out"));
    let approve = site.post(&format!("{path}/approve"), "confirm=yes").await;
    assert_eq!(approve.status, 409, "a complaint is answered");
    let answer = format!("{path}/answer");
    assert_eq!(site.post(&answer, "text=++").await.status, 422);
    assert_eq!(site.post(&answer, "text=Mended").await.status, 303);
    assert_eq!(site.post(&answer, "text=Twice").await.status, 409);
    assert!(site.get(&path).await.body.contains("Mended"));
}

/// A restriction that two have to carry out by hand, and the person's page.
async fn restriction_by_hand(site: &Site) -> (SubjectRequestId, String) {
    let id = proved(site, Right::Restriction).await;
    let person = person_path(site, &id);
    let wish = site.post(&format!("{person}/wish"), "ground=claims").await;
    assert_eq!(wish.status, 303);
    let preview = SourcePreview::of(sample::effects());
    let previews = [("app".to_owned(), preview)].into();
    let request = site.service.required(&id).await.unwrap().value;
    let tasks = [
        (System::Source("app".to_owned()), Task::default()),
        (System::Vendor("paylane".to_owned()), Task::default()),
    ];
    let tasks = tasks.into();
    assert_eq!(request.state_key(), "locating");
    for event in [
        Event::Located { previews },
        Event::Prepared {
            tasks,
            writes: std::collections::BTreeSet::new(),
        },
    ] {
        let taken = site.service.take_in(&id, &event, &Change::default()).await;
        taken.unwrap().unwrap();
    }
    (id, person)
}

#[tokio::test]
async fn tasks_are_done_one_by_one_and_show_whom_they_are_for_until_then() {
    let site = Site::signed_in().await;
    let (id, person) = restriction_by_hand(&site).await;
    let path = format!("/console/requests/{id}");
    let page = site.get(&path).await.body;
    assert!(page.contains("mireille@post.example") && page.contains("Paylane"));
    assert!(site.get(&person).await.body.contains("still to be done"));
    let task = format!("{path}/task");
    for (form, status) in [
        ("", 400),
        ("system=elsewhere", 400),
        ("system=source%2Fother", 409),
        ("system=vendor%2Fpaylane", 303),
        ("system=vendor%2Fpaylane", 409),
    ] {
        assert_eq!(site.post(&task, form).await.status, status, "{form}");
    }
    let reopen = format!("{path}/reopen");
    assert!(site.get(&path).await.body.contains(&reopen));
    for (form, status) in [
        ("", 400),
        ("system=vendor%2Fpaylane&text=+", 422),
        ("system=source%2Fapp&text=Not+done.", 409),
        ("system=vendor%2Fpaylane&text=Another+customer.", 303),
        ("system=vendor%2Fpaylane&text=Another+customer.", 409),
    ] {
        assert_eq!(site.post(&reopen, form).await.status, status, "{form}");
    }
    let page = site.get(&path).await.body;
    assert!(page.contains("Another customer.") && page.contains("A task open again"));
    assert!(!page.contains(&reopen), "both are open");
    for form in [
        "system=source%2Fapp&text=+Flag+set+",
        "system=vendor%2Fpaylane",
    ] {
        assert_eq!(site.post(&task, form).await.status, 303, "{form}");
    }
    let late = "system=vendor%2Fpaylane&text=Late.";
    assert_eq!(site.post(&reopen, late).await.status, 409, "it is answered");
    let page = site.get(&path).await.body;
    assert!(
        page.contains("Flag set")
            && !page.contains(&reopen)
            && !page.contains("mireille@post.example")
    );
    let lift = format!("{path}/lift");
    assert_eq!(
        site.post(&lift, "confirm=yes").await.status,
        409,
        "not answered"
    );
    let taken = site
        .service
        .take_in(&id, &Event::ReceiptIssued, &Change::default())
        .await;
    taken.unwrap().unwrap();
    assert_eq!(site.post(&lift, "").await.status, 422);
    assert_eq!(site.post(&lift, "confirm=yes").await.status, 303);
    assert_eq!(site.post(&lift, "confirm=yes").await.status, 409);
    mailed(&site, &id, Message::Lifting).await;
    assert!(!site.service.required(&id).await.unwrap().value.restricts());
}

#[tokio::test]
async fn staff_vouch_with_a_reason_and_take_back() {
    let site = Site::signed_in().await;
    let id = site.filed(Right::Erasure).await;
    let path = format!("/console/requests/{id}");
    let vouch = format!("{path}/vouch");
    for form in ["", "confirm=yes", "confirm=yes&text=+", "text=Known"] {
        assert_eq!(site.post(&vouch, form).await.status, 422, "{form}");
    }
    let form = "confirm=yes&text=Known+on+the+telephone+%3Csince%3E+years";
    assert_eq!(site.post(&vouch, form).await.status, 303);
    let page = site.get(&path).await.body;
    assert!(page.contains("Known on the telephone &#60;since&#62; years"));
    assert!(page.contains("Vouched for, with a reason"));
    assert_eq!(site.post(&vouch, form).await.status, 409);

    let cancel = format!("{path}/cancel");
    assert_eq!(site.post(&cancel, "").await.status, 422);
    assert_eq!(site.post(&cancel, "confirm=yes").await.status, 303);
    assert!(site.get(&path).await.body.contains("Taken back"));
    assert_eq!(site.post(&cancel, "confirm=yes").await.status, 409);
    let rows = site.service.store().ledger_entries(0, 100).await.unwrap();
    for row in rows {
        let text = String::from_utf8_lossy(&row.bytes).into_owned();
        assert!(!text.contains("telephone"), "{text}");
    }
}

#[tokio::test]
async fn a_key_is_made_shown_once_and_revoked() {
    let site = Site::signed_in().await;
    for (form, words) in [
        ("name=shop", "A key needs at least one permission."),
        ("name=&may-read=yes", "A key's name has"),
        ("name=shop&may-read=yes&tenant=a+b", "A tenant has"),
    ] {
        let answer = site.post("/console/keys", form).await;
        assert_eq!(answer.status, 422, "{form}");
        assert!(answer.body.replace("&#39;", "'").contains(words), "{form}");
    }
    let form = "name=shop&may-read=yes&right-access=yes&tenant=acme";
    let answer = site.post("/console/keys", form).await;
    let secret = answer.body.split("candor_").nth(1).unwrap();
    let secret: String = secret.chars().take(43).collect();
    let secret = format!("candor_{secret}");
    let path = "/v1/subject-requests";
    assert_eq!(site.call("GET", path, &secret, "").await.status, 200);
    let page = site.get("/console/keys").await.body;
    assert!(!page.contains(&secret) && page.contains("end users of acme"));

    let id = site.service.api_keys().await.unwrap()[0].id.clone();
    let revoke = format!("/console/keys/{id}/revoke");
    assert_eq!(site.post(&revoke, "").await.location(), "/console/keys");
    assert_eq!(site.call("GET", path, &secret, "").await.status, 401);
    assert!(site.get("/console/keys").await.body.contains("revoked"));
    let unknown = format!("/console/keys/{}/revoke", "0".repeat(32));
    assert_eq!(site.post(&unknown, "").await.status, 404);
}
