//! The API as programs see it, and as those see it who may not.

mod decisions;
mod fields;
mod holds;
mod tasks;

use candor_domain::api_key::Permission;
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::{Event, Proof, State};
use candor_domain::undo::{Conflict, TableReturn};
use candor_policy::charter::{Person, Right, Role};
use candor_policy::period::Period;
use candor_store::Change;
use serde_json::{Value, json};

use crate::service::Service;
use crate::ui::routes::{Audience, all};
use crate::ui::sample;
use crate::ui::tests::fixture::{Answer, Site};

const PATH: &str = "/v1/subject-requests";
const ERASURE: &str = r#"{"right":"erasure","identities":{"email":"mireille@post.example"}}"#;

fn json(answer: &Answer) -> Value {
    assert_eq!(
        answer.header("content-type"),
        "application/json",
        "{}",
        answer.body
    );
    serde_json::from_str(&answer.body).unwrap()
}

/// The code of a problem and the places it names.
fn problem(answer: &Answer) -> (u16, String, Vec<String>) {
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json",
        "{}",
        answer.body
    );
    assert!(
        !answer.body.contains("mireille"),
        "repeats what was sent: {}",
        answer.body
    );
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], answer.status.as_u16());
    let code = problem["code"].as_str().unwrap().to_owned();
    assert_eq!(problem["type"], format!("/v1/problems#{code}"));
    let places = problem["errors"].as_array().cloned().unwrap_or_default();
    let places = places
        .iter()
        .map(|one| one["pointer"].as_str().unwrap().to_owned());
    (answer.status.as_u16(), code, places.collect())
}

/// A charter under which the company is also processor for its customers.
async fn with_tenants() -> Site {
    let mut charter = sample::charter();
    let end_user = Person {
        role: Role::Processor,
        of: Some("customer".to_owned()),
        known_by: vec!["external_id".to_owned(), EMAIL.to_owned()],
        agreement: None,
        tools: Vec::new(),
    };
    charter.people.insert("end_user".to_owned(), end_user);
    Site::under(charter).await
}

async fn state(service: &Service, id: &str) -> State {
    let id: SubjectRequestId = id.parse().unwrap();
    service.required(&id).await.unwrap().value.state
}

#[tokio::test]
async fn a_subject_request_is_filed_looked_at_vouched_for_and_decided() {
    let site = Site::new().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    let answer = site.call("POST", PATH, &key, ERASURE).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let filed = json(&answer);
    assert_eq!(filed["state"], "unverified");
    assert_eq!(filed["channel"], "api");
    assert_eq!(filed["attached"], false);
    assert!(!answer.body.contains("mireille"), "nobody is named");
    let path = answer.location().to_owned();
    let id = filed["id"].as_str().unwrap();
    assert_eq!(path, format!("{PATH}/{id}"));

    let again = site.call("POST", PATH, &key, ERASURE).await;
    assert_eq!(
        (again.status.as_u16(), json(&again)["id"].as_str()),
        (200, Some(id))
    );
    assert_eq!(json(&again)["attached"], true);

    let vouch = format!("{path}/vouch");
    for body in [
        "",
        "{}",
        r#"{"reason":" "}"#,
        r#"{"reason":"known","by":"me"}"#,
    ] {
        let answer = site.call("POST", &vouch, &key, body).await;
        assert_eq!(problem(&answer).0, 422, "{body}");
    }
    let reason = r#"{"reason":"She signed in to her account on the telephone."}"#;
    let answer = site.call("POST", &vouch, &key, reason).await;
    assert_eq!(json(&answer)["state"], "locating");
    assert_eq!(json(&answer)["proved_by"], "vouched");
    let parsed: SubjectRequestId = id.parse().unwrap();
    let request = site.service.required(&parsed).await.unwrap().value;
    let because = site.service.vouched_because(&request).await.unwrap();
    assert!(because.unwrap().contains("on the telephone"));
    let again = site.call("POST", &vouch, &key, reason).await;
    assert_eq!(problem(&again).1, "conflict");

    for what in ["approve", "refuse"] {
        let body = if what == "refuse" {
            r#"{"reason":"excessive"}"#
        } else {
            ""
        };
        let early = site
            .call("POST", &format!("{path}/{what}"), &key, body)
            .await;
        assert_eq!(
            problem(&early).1,
            "conflict",
            "{what}: there is no plan yet"
        );
    }
    let answer = site.call("POST", &format!("{path}/cancel"), &key, "").await;
    assert_eq!(json(&answer)["state"], "cancelled");
    let listed = json(&site.call("GET", PATH, &key, "").await);
    assert_eq!(listed["subject_requests"][0]["id"], id);
    assert_eq!(listed["next"], Value::Null);
}

#[tokio::test]
async fn decisions_name_the_key_that_made_them() {
    let site = Site::signed_in().await;
    let made = site.key(&Permission::ALL, &[], None).await;
    let id = site.undecided().await;
    let path = format!("{PATH}/{id}/refuse");
    for body in ["", r#"{"reason":"whim"}"#, r#"{"reason":1}"#] {
        let answer = site.call("POST", &path, &made.secret, body).await;
        assert_eq!(problem(&answer).2, ["/reason"], "{body}");
    }
    let body = r#"{"reason":"excessive"}"#;
    let answer = site.call("POST", &path, &made.secret, body).await;
    let shown = json(&answer);
    assert_eq!(shown["refused_because"], "excessive");
    let last = shown["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["by"], made.row.id.as_str());

    let other = site.key(&Permission::ALL, &[], None).await;
    let id = site.undecided_for("else@post.example").await;
    let path = format!("{PATH}/{id}/approve");
    let answer = site.call("POST", &path, &other.secret, "").await;
    assert_eq!(json(&answer)["state"], "preparing");
}

#[tokio::test]
async fn who_is_vouched_for_needs_no_mail_and_no_address() {
    let mut charter = sample::charter();
    let customer = charter.people.get_mut("customer").unwrap();
    customer.known_by = vec!["customer_id".to_owned(), EMAIL.to_owned()];
    let site = Site::under(charter).await;
    let key = site
        .key(&[Permission::File, Permission::Vouch], &[], None)
        .await
        .secret;
    let body = json!({
        "right": "access", "about": "customer",
        "identities": { "customer_id": "4711", "email": "Mireille@Post.example" },
        "vouched": { "reason": "Signed in to the shop." },
    });
    let answer = site.call("POST", PATH, &key, &body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let shown = json(&answer);
    let keys: Vec<&String> = shown.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "attached"], "it may not read");
    let id = shown["id"].as_str().unwrap();
    assert_eq!(state(&site.service, id).await, State::Locating);
    let id: SubjectRequestId = id.parse().unwrap();
    let request = site.service.required(&id).await.unwrap().value;
    assert!(matches!(request.proof, Some(Proof::Vouched { .. })));
    let person = site
        .service
        .person(&request.subject)
        .await
        .unwrap()
        .unwrap();
    let proved = site.service.proved_identities(&id, &person).await.unwrap();
    let email = Identity::new(EMAIL, "mireille@post.example");
    assert_eq!(proved, [email, Identity::new("customer_id", "4711")]);

    // Without a mail's address nobody is written to, and nothing is unproved.
    let unproved = json!({ "right": "access", "identities": { "customer_id": "4711" } });
    let answer = site.call("POST", PATH, &key, &unproved.to_string()).await;
    assert_eq!(problem(&answer).2, ["/identities"]);
}

#[tokio::test]
async fn what_came_by_letter_counts_from_that_day() {
    let site = Site::new().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    let day = site.service.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let before = day.checked_sub(jiff::Span::new().days(9)).unwrap();
    let letter = |day: &str, channel: &str| {
        let mut body: Value = serde_json::from_str(ERASURE).unwrap();
        body["received"] = day.into();
        body["channel"] = channel.into();
        body.to_string()
    };
    let ahead = day.checked_add(jiff::Span::new().days(2)).unwrap();
    for (body, place) in [
        (letter(&ahead.to_string(), "letter"), "/received"),
        (letter("soon", "letter"), "/received"),
        (letter(&before.to_string(), "form"), "/channel"),
    ] {
        let answer = site.call("POST", PATH, &key, &body).await;
        assert_eq!(problem(&answer).2, [place], "{body}");
    }
    let body = letter(&before.to_string(), "letter");
    let shown = json(&site.call("POST", PATH, &key, &body).await);
    assert_eq!(shown["channel"], "letter");
    let id: SubjectRequestId = shown["id"].as_str().unwrap().parse().unwrap();
    let request = site.service.required(&id).await.unwrap().value;
    let waited = request.filed_at.duration_since(request.clock.received_at);
    assert!(
        waited > jiff::SignedDuration::from_hours(9 * 24),
        "{waited}"
    );
}

#[tokio::test]
async fn the_same_call_under_one_name_happens_once() {
    let site = Site::new().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    let named = [("idempotency-key", "order-7")];
    let first = site.call_with("POST", PATH, &key, ERASURE, &named).await;
    let id = json(&first)["id"].clone();
    let path = format!("{PATH}/{}", id.as_str().unwrap());
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = site.call_with("POST", PATH, &key, ERASURE, &named).await;
    assert_eq!((again.status.as_u16(), &json(&again)["id"]), (201, &id));
    assert_eq!(again.header("idempotency-replayed"), "true");

    let other = ERASURE.replace("erasure", "access");
    let answer = site.call_with("POST", PATH, &key, &other, &named).await;
    assert_eq!(problem(&answer).1, "idempotency_key_reused");
    let cancel = format!("{path}/cancel");
    let answer = site.call_with("POST", &cancel, &key, "", &named).await;
    assert_eq!(problem(&answer).1, "idempotency_key_reused");
    let answer = site
        .call_with("POST", PATH, &key, ERASURE, &[("idempotency-key", "")])
        .await;
    assert_eq!(problem(&answer).2, ["Idempotency-Key"]);

    let named = [("idempotency-key", "order-8")];
    for replayed in ["", "true", "true"] {
        let answer = site.call_with("POST", &cancel, &key, "", &named).await;
        assert_eq!(json(&answer)["state"], "cancelled");
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    // Names are each key's own.
    let other = site.key(&Permission::ALL, &[], None).await.secret;
    let named = [("idempotency-key", "order-7")];
    let answer = site.call_with("POST", PATH, &other, ERASURE, &named).await;
    assert_ne!(json(&answer)["id"], id);
}

#[tokio::test]
async fn an_erasure_is_undone_within_its_window_and_says_what_came_back() {
    let mut charter = sample::charter();
    let erasure = charter.rights.get_mut(&Right::Erasure).unwrap();
    erasure.undo = Some(Period::parse("7 days").unwrap());
    let site = Site::under(charter).await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    let reader = site.key(&[Permission::Read], &[], None).await.secret;
    let id = site.undecided().await;
    let path = format!("{PATH}/{id}");
    let undo = format!("{path}/undo");
    let shown = json(&site.call("GET", &path, &key, "").await);
    assert_eq!(shown["undo"]["until"], Value::Null, "nothing is erased yet");
    let early = site.call("POST", &undo, &key, "").await;
    assert_eq!(problem(&early).1, "conflict");

    site.erased(&id).await;
    let shown = json(&site.call("GET", &path, &key, "").await);
    assert!(shown["undo"]["until"].is_string(), "{shown}");
    assert_eq!(problem(&site.call("POST", &undo, &reader, "").await).0, 403);
    assert_eq!(
        problem(&site.call("POST", &undo, &key, r#"{"now":1}"#).await).0,
        422
    );
    let named = [("idempotency-key", "undo-7")];
    for replayed in ["", "true"] {
        let answer = site.call_with("POST", &undo, &key, "", &named).await;
        assert!(json(&answer)["undo"]["asked_at"].is_string());
        assert_eq!(json(&answer)["undo"]["undone"], false);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    let again = site.call("POST", &undo, &key, "").await;
    assert_eq!(problem(&again).1, "conflict", "once");

    let event = Event::Returned {
        source: "app".to_owned(),
        returns: vec![TableReturn {
            table: "accounts".to_owned(),
            returned: 1,
            set_back: 0,
            conflicts: [(Conflict::Changed, 2)].into(),
        }],
    };
    let nothing = Change::default();
    let taken = site.service.take_in(&id, &event, &nothing).await;
    taken.unwrap().unwrap();
    let shown = json(&site.call("GET", &path, &key, "").await);
    assert_eq!(shown["undo"]["undone"], true);
    let returned = &shown["undo"]["returned"]["app"][0];
    assert_eq!(
        (&returned["returned"], &returned["conflicts"]["changed"]),
        (&json!(1), &json!(2))
    );
}

/// Bodies to file with, and the places that don't fit.
const BAD_BODIES: [(&str, &[&str]); 14] = [
    ("[]", &[""]),
    ("{}", &["/right", "/identities"]),
    (r#"{"right":"erasure"}"#, &["/identities"]),
    (
        r#"{"right":"eraze","identities":{"email":"mireille"}}"#,
        &["/right"],
    ),
    (
        r#"{"right":"erasure","identities":{"email":"mireille"}}"#,
        &["/identities/email"],
    ),
    (
        r#"{"right":"erasure","identities":{"phone":"mireille"}}"#,
        &["/identities/phone"],
    ),
    (
        r#"{"right":"erasure","identities":{"email":7}}"#,
        &["/identities/email", "/identities"],
    ),
    (
        r#"{"right":"erasure","about":"mireille","identities":{"email":"a@b.example"}}"#,
        &["/about"],
    ),
    (
        r#"{"right":"erasure","tenant":"mireille x","identities":{"email":"a@b.example"}}"#,
        &["/tenant"],
    ),
    (
        r#"{"right":"erasure","about":"end_user","identities":{"email":"a@b.example"}}"#,
        &["/tenant"],
    ),
    (
        r#"{"right":"erasure","about":"customer","tenant":"a","identities":{"email":"a@b.example"}}"#,
        &["/tenant"],
    ),
    (
        r#"{"right":"erasure","tenant":"acme","identities":{"external_id":"mireille"}}"#,
        &["/identities"],
    ),
    (
        r#"{"right":"erasure","tenent":"acme","identities":{"email":"a@b.example"}}"#,
        &["/tenent"],
    ),
    (
        r#"{"right":"erasure","vouched":{},"identities":{"email":"a@b.example"}}"#,
        &["/vouched/reason"],
    ),
];

#[tokio::test]
async fn bad_bodies_are_named_place_by_place() {
    let site = with_tenants().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    for (body, places) in BAD_BODIES {
        let answer = site.call("POST", PATH, &key, body).await;
        assert_eq!(problem(&answer).2, places, "{body}");
    }
    let long = "m".repeat(400);
    for value in ["", " ", "a\u{1}b", &long] {
        let body = json!({
            "right": "erasure", "tenant": "acme", "vouched": { "reason": "known" },
            "identities": { "external_id": value },
        });
        let answer = site.call("POST", PATH, &key, &body.to_string()).await;
        assert_eq!(problem(&answer).2, ["/identities/external_id"], "{value}");
    }
}

#[tokio::test]
async fn bad_calls_have_a_problem_of_their_own() {
    let site = with_tenants().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    let charter = site.service.charter();
    let unoffered = |right: &&Right| !charter.rights.contains_key(*right);
    let unoffered = Right::ALL.iter().find(unoffered).unwrap();
    let unoffered = ERASURE.replace("erasure", unoffered.key());
    let large = "m".repeat(70_000);
    for (method, path, body, status, code) in [
        ("POST", PATH, "{\"right\":mireille", 400, "malformed"),
        ("POST", PATH, &unoffered, 422, "not_offered"),
        ("POST", PATH, &large, 413, "too_large"),
        ("PUT", PATH, "", 405, "method_not_allowed"),
        ("GET", "/v1/nothing", "", 404, "not_found"),
        ("GET", "/v1/subject-requests/mireille", "", 404, "not_found"),
        (
            "GET",
            "/v1/subject-requests?order=mireille",
            "",
            400,
            "malformed",
        ),
        ("GET", "/v1/subject-requests?limit=x", "", 400, "malformed"),
    ] {
        let problem = problem(&site.call(method, path, &key, body).await);
        assert_eq!((problem.0, problem.1.as_str()), (status, code), "{path}");
    }
    for (part, place) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("after=mireille", "after"),
        ("right=mireille", "right"),
        ("tenant=a%20b", "tenant"),
    ] {
        let answer = site.call("GET", &format!("{PATH}?{part}"), &key, "").await;
        assert_eq!(problem(&answer).2, [place], "{part}");
    }
    let text = [("content-type", "text/plain")];
    let answer = site.call_with("POST", PATH, &key, "", &text).await;
    assert_eq!(problem(&answer).0, 422, "an empty body is an empty object");
}

#[tokio::test]
async fn whoever_shows_no_open_key_gets_one_and_the_same_answer() {
    let site = Site::signed_in().await;
    let revoked = site.key(&Permission::ALL, &[], None).await;
    let staff = candor_domain::id::StaffId::from_random([9; 16]);
    site.service
        .revoke_api_key(&revoked.row.id, &staff)
        .await
        .unwrap();
    let unknown = format!("candor_{}", "x".repeat(43));
    let mut seen = Vec::new();
    for key in ["", &unknown, &revoked.secret, revoked.row.id.as_str(), "é"] {
        let answer = site.call("GET", PATH, key, "").await;
        assert_eq!(
            problem(&answer),
            (401, "unauthorized".to_owned(), Vec::new())
        );
        seen.push((answer.headers.clone(), answer.body.clone()));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1);
    let session = site.session.clone().unwrap();
    let cookie = [("cookie", session.as_str())];
    let answer = site.call_with("GET", PATH, "", "", &cookie).await;
    assert_eq!(answer.status, 401, "the console's session is none");
}

/// A path of a route with this subject request in it.
fn path_of(route: &str, id: &SubjectRequestId) -> String {
    route.replace("{id}", id.as_str())
}

#[tokio::test]
async fn no_endpoint_does_anything_without_its_permission() {
    let site = Site::signed_in().await;
    let id = site.undecided().await;
    for route in all()
        .into_iter()
        .filter(|route| route.audience == Audience::Program)
    {
        for method in route.methods {
            let mut allowed = Vec::new();
            for permission in Permission::ALL {
                let key = site.key(&[permission], &[], None).await.secret;
                let path = path_of(route.path, &id);
                // Nothing a handler could act on: only the permission is asked for.
                let answer = site.call(method, &path, &key, r#"{"no such key":1}"#).await;
                if answer.status != 403 {
                    allowed.push(permission.key());
                }
            }
            assert_eq!(allowed.len(), 1, "{method} {}: {allowed:?}", route.path);
        }
    }
    let state = site.service.required(&id).await.unwrap().value.state;
    assert_eq!(state, State::Undecided);
}

/// Files an erasure of an end user as whoever has this key.
async fn file_end_user(site: &Site, key: &str, tenant: Option<&str>) -> Answer {
    let body = json!({
        "right": "erasure", "tenant": tenant, "vouched": { "reason": "Asked us." },
        "identities": { "external_id": "user-7" },
    });
    site.call("POST", PATH, key, &body.to_string()).await
}

#[tokio::test]
async fn another_tenants_key_finds_nothing_at_any_endpoint() {
    let site = with_tenants().await;
    let own = site.key(&Permission::ALL, &[], Some("acme")).await.secret;
    let other = site.key(&Permission::ALL, &[], Some("other")).await.secret;
    let narrow = site.key(&Permission::ALL, &[Right::Access], Some("acme"));
    let narrow = narrow.await.secret;
    let filed = json(&file_end_user(&site, &own, None).await);
    assert_eq!(
        (&filed["tenant"], &filed["about"]),
        (&json!("acme"), &json!("end_user"))
    );
    let id: SubjectRequestId = filed["id"].as_str().unwrap().parse().unwrap();
    let nobody = SubjectRequestId::from_random([0; 16]);
    let mut walked = 0;
    for route in all() {
        if route.audience != Audience::Program || !route.path.contains("{id}") {
            continue;
        }
        for method in route.methods {
            for stranger in [&other, &narrow] {
                let body = r#"{"reason":"excessive"}"#;
                let path = path_of(route.path, &id);
                let theirs = site.call(method, &path, stranger, body).await;
                let path = path_of(route.path, &nobody);
                let none = site.call(method, &path, stranger, body).await;
                assert_eq!(problem(&theirs).0, 404, "{method} {}", route.path);
                assert_eq!(theirs.headers, none.headers);
                assert_eq!(theirs.body, none.body);
                walked += 1;
            }
        }
    }
    assert!(walked >= 12, "{walked}");
    assert_eq!(state(&site.service, id.as_str()).await, State::Locating);
}

#[tokio::test]
async fn a_tenants_key_files_and_lists_for_its_own_end_users_only() {
    let site = with_tenants().await;
    let own = site.key(&Permission::ALL, &[], Some("acme")).await.secret;
    let other = site.key(&Permission::ALL, &[], Some("other")).await.secret;
    let narrow = site.key(&Permission::ALL, &[Right::Access], Some("acme"));
    let narrow = narrow.await.secret;
    let all = site.key(&Permission::ALL, &[], None).await.secret;
    let filed = json(&file_end_user(&site, &own, None).await);
    let same = json(&file_end_user(&site, &other, None).await);
    assert_ne!(
        same["id"], filed["id"],
        "two customers' end users are two people"
    );
    let for_other = file_end_user(&site, &own, Some("other")).await;
    assert_eq!(problem(&for_other).1, "forbidden");
    let tenants = async |key: &str, part: &str| {
        let listed = json(&site.call("GET", &format!("{PATH}{part}"), key, "").await);
        let lines = listed["subject_requests"].as_array().unwrap().clone();
        let tenants = lines.iter().map(|one| one["tenant"].clone());
        tenants.collect::<Vec<_>>()
    };
    assert_eq!(tenants(&own, "").await, ["acme"]);
    assert_eq!(tenants(&other, "").await, ["other"]);
    assert_eq!(tenants(&narrow, "").await, [""; 0]);
    assert_eq!(tenants(&all, "").await.len(), 2);
    assert_eq!(tenants(&all, "?tenant=other").await, ["other"]);
    let path = format!("{PATH}?tenant=acme");
    let answer = site.call("GET", &path, &other, "").await;
    assert_eq!(problem(&answer).1, "forbidden");
}

#[tokio::test]
async fn the_list_is_read_page_by_page() {
    let site = Site::new().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    for number in 0..5 {
        let body = ERASURE.replace("mireille", &format!("person{number}"));
        let answer = site.call("POST", PATH, &key, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let mut path = format!("{PATH}?limit=2");
    let mut seen = std::collections::BTreeSet::new();
    let mut pages = 0;
    loop {
        let page = json(&site.call("GET", &path, &key, "").await);
        pages += 1;
        for line in page["subject_requests"].as_array().unwrap() {
            assert!(seen.insert(line["id"].to_string()), "once");
        }
        match page["next"].as_str() {
            Some(next) => path = format!("{PATH}?limit=2&after={next}"),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (5, 3));
}

#[tokio::test]
async fn keys_leave_only_a_hash_and_their_making_is_in_the_ledger() {
    let site = Site::signed_in().await;
    let made = site
        .key(&[Permission::Read], &[Right::Access], Some("acme"))
        .await;
    let staff = candor_domain::id::StaffId::from_random([9; 16]);
    for _ in 0..2 {
        site.service
            .revoke_api_key(&made.row.id, &staff)
            .await
            .unwrap();
    }
    let rows = site.service.store().ledger_entries(0, 100).await.unwrap();
    let text: Vec<String> = rows
        .iter()
        .map(|row| String::from_utf8_lossy(&row.bytes).into_owned())
        .collect();
    let text = text.join("\n");
    for (kind, times) in [("api_key.made", 1), ("api_key.revoked", 1)] {
        assert_eq!(text.matches(kind).count(), times, "{text}");
    }
    let random = made.secret.strip_prefix("candor_").unwrap();
    assert!(
        text.contains(made.row.id.as_str()) && !text.contains(random) && !text.contains("acme")
    );
    let state = std::fs::read(site.state_file()).unwrap();
    assert!(
        !state
            .windows(random.len())
            .any(|window| window == random.as_bytes())
    );
}
