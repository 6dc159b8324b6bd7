//! What staff do about one subject request, done by a program: every decision, what it
//! refuses, and who sees what people wrote.

use candor_domain::api_key::Permission;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, Proof, choices_for};
use candor_policy::charter::Right;
use candor_store::Change;
use serde_json::Value;

use super::{PATH, json, problem};
use crate::ui::sample;
use crate::ui::tests::fixture::Site;

/// A site, and a key that may do everything.
async fn site() -> (Site, String) {
    let site = Site::under(sample::charter()).await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    (site, key)
}

async fn post(site: &Site, key: &str, id: &SubjectRequestId, what: &str, body: Value) -> Value {
    let path = format!("{PATH}/{id}/{what}");
    let answer = site.call("POST", &path, key, &body.to_string()).await;
    assert_eq!(answer.status, 200, "{what}: {}", answer.body);
    json(&answer)
}

async fn refused(
    site: &Site,
    key: &str,
    id: &SubjectRequestId,
    what: &str,
    body: Value,
) -> (String, Vec<String>) {
    let path = format!("{PATH}/{id}/{what}");
    let answer = site.call("POST", &path, key, &body.to_string()).await;
    let (_, code, places) = problem(&answer);
    (code, places)
}

async fn take_in(site: &Site, id: &SubjectRequestId, event: Event) {
    let nothing = Change::default();
    let taken = site.service.take_in(id, &event, &nothing).await;
    taken.unwrap().unwrap();
}

/// A subject request whose person proved their address.
async fn proved(site: &Site, right: Right) -> SubjectRequestId {
    let id = site.filed(right).await;
    let proof = Proof::Mail;
    take_in(site, &id, Event::Verified { proof }).await;
    id
}

#[tokio::test]
async fn an_objection_is_stated_weighed_and_done() {
    let (site, key) = site().await;
    let id = proved(&site, Right::Objection).await;
    for (body, places) in [
        (json!({}), ["/purposes"]),
        (json!({ "purposes": "all" }), ["/purposes"]),
        (json!({ "purposes": [7] }), ["/purposes/0"]),
        (json!({ "purposes": ["mireille"] }), ["/purposes"]),
        (
            json!({ "purposes": ["login"], "ground": "whim" }),
            ["/ground"],
        ),
    ] {
        assert_eq!(refused(&site, &key, &id, "wish", body).await.1, places);
    }
    let charter = site.service.charter();
    let purposes = choices_for(Right::Objection, &charter);
    let said = json!({ "purposes": purposes, "text": "Stop it, says Mireille." });
    let shown = post(&site, &key, &id, "wish", said).await;
    assert_eq!(shown["state"], "locating");
    assert_eq!(shown["words"]["wish"], "Stop it, says Mireille.");
    let stated = shown["wish"]["purposes"].as_array().unwrap();
    assert_eq!(stated.len(), purposes.len());
    assert_eq!(
        refused(&site, &key, &id, "wish", json!({ "purposes": purposes }))
            .await
            .0,
        "conflict"
    );

    site.located(&id).await;
    let asked = json!({ "question": "meaning", "text": "Which newsletter?" });
    let shown = post(&site, &key, &id, "ask", asked.clone()).await;
    assert_eq!(shown["question"]["about"], "meaning");
    assert_eq!(shown["words"]["question"], "Which newsletter?");
    assert_eq!(refused(&site, &key, &id, "ask", asked).await.0, "conflict");
    post(&site, &key, &id, "replied", json!({})).await;
    let shown = post(
        &site,
        &key,
        &id,
        "extend",
        json!({ "reason": "complexity" }),
    )
    .await;
    assert_eq!(shown["extension"]["reason"], "complexity");
    let shown = post(&site, &key, &id, "approve", json!({})).await;
    assert_eq!(shown["state"], "preparing");
}

#[tokio::test]
async fn tasks_are_done_with_a_note_and_name_whom_they_are_about_meanwhile() {
    let (site, key) = site().await;
    let id = carrying(&site).await;
    let reader = site.key(&[Permission::Read], &[], None).await.secret;
    let path = format!("{PATH}/{id}");
    let shown = json(&site.call("GET", &path, &key, "").await);
    assert_eq!(shown["words"]["contact"], "mireille@post.example");
    let answer = site.call("GET", &path, &reader, "").await;
    assert!(!answer.body.contains("mireille"), "{}", answer.body);
    assert_eq!(json(&answer)["words"], Value::Null);

    let open: Vec<String> = shown["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| task["system"].as_str().unwrap().to_owned())
        .collect();
    assert!(open.len() >= 2, "{open:?}");
    for (body, place) in [
        (json!({}), "/system"),
        (json!({ "system": "the app" }), "/system"),
        (json!({ "system": open[0], "note": " " }), "/note"),
    ] {
        assert_eq!(refused(&site, &key, &id, "task", body).await.1, [place]);
    }
    let unknown = json!({ "system": "vendor/nobody" });
    assert_eq!(
        refused(&site, &key, &id, "task", unknown).await.0,
        "conflict"
    );
    let done = json!({ "system": open[0], "note": "By letter." });
    let shown = post(&site, &key, &id, "task", done.clone()).await;
    assert_eq!(shown["words"]["notes"][&open[0]], "By letter.");
    assert!(shown["tasks"][0]["done_at"].is_string());
    assert_eq!(shown["tasks"][1]["done_at"], Value::Null);
    assert_eq!(refused(&site, &key, &id, "task", done).await.0, "conflict");
    let why = json!({ "system": open[0], "reason": "It was another customer." });
    let missing = json!({ "system": open[0] });
    let refusal = refused(&site, &key, &id, "reopen", missing).await;
    assert_eq!(refusal.1, ["/reason"]);
    let shown = post(&site, &key, &id, "reopen", why.clone()).await;
    assert_eq!(shown["tasks"][0]["done_at"], Value::Null);
    assert_eq!(
        shown["words"]["notes"][&open[0]],
        "It was another customer."
    );
    assert_eq!(
        refused(&site, &key, &id, "reopen", why.clone()).await.0,
        "conflict",
        "it is open"
    );
    for system in &open {
        post(&site, &key, &id, "task", json!({ "system": system })).await;
    }
    let answered = refused(&site, &key, &id, "reopen", why).await;
    assert_eq!(answered.0, "conflict", "it is answered");
    let shown = json(&site.call("GET", &path, &key, "").await);
    assert_eq!(shown["state"], "closing");
    assert_eq!(
        shown["words"]["contact"],
        Value::Null,
        "nothing is left to do"
    );
}

/// A restriction with tasks.
async fn carrying(site: &Site) -> SubjectRequestId {
    let id = site.filed(Right::Restriction).await;
    site.with_tasks(&id).await;
    id
}

#[tokio::test]
async fn a_complaint_is_answered_and_a_restriction_lifted() {
    let (site, key) = site().await;
    let id = proved(&site, Right::Complaint).await;
    post(
        &site,
        &key,
        &id,
        "wish",
        json!({ "text": "You never call back." }),
    )
    .await;
    assert_eq!(
        refused(&site, &key, &id, "answer", json!({})).await.1,
        ["/text"]
    );
    let shown = post(&site, &key, &id, "answer", json!({ "text": "We will." })).await;
    assert_eq!(shown["words"]["answer"], "We will.");
    assert_eq!(shown["state"], "closing");

    let id = carrying(&site).await;
    let held = json(&site.call("GET", &format!("{PATH}/{id}"), &key, "").await);
    assert!(held["restricted_since"].is_string());
    assert_eq!(
        refused(&site, &key, &id, "lift", json!({})).await.0,
        "conflict"
    );
}

#[tokio::test]
async fn a_correction_names_what_does_not_fit_and_is_sealed() {
    let (site, key) = site().await;
    let id = proved(&site, Right::Rectification).await;
    for (body, places) in [
        (json!({}), vec!["/text"]),
        (
            json!({ "corrections": ["mireille"] }),
            vec!["/corrections/0"],
        ),
        (
            json!({ "corrections": [{ "value": "mireille" }, { "what": "name", "is": 1 }] }),
            vec!["/corrections/0/what", "/corrections/1/is"],
        ),
        (
            json!({ "corrections": [{ "what": "mireille", "value": "x" }] }),
            vec!["/corrections"],
        ),
    ] {
        let said = body.to_string();
        assert_eq!(
            refused(&site, &key, &id, "wish", body).await.1,
            places,
            "{said}"
        );
    }
    let said = json!({ "corrections": [], "text": "My name is Mireille." });
    let shown = post(&site, &key, &id, "wish", said).await;
    assert_eq!(shown["wish"]["has_text"], true);
    let state = std::fs::read(site.state_file()).unwrap();
    let written = b"My name is Mireille";
    assert!(!state.windows(written.len()).any(|window| window == written));
}

#[tokio::test]
async fn a_stuck_source_is_tried_again_and_an_acknowledgement_goes_once() {
    let (site, key) = site().await;
    let id = site.undecided().await;
    for (what, body) in [
        ("retry", json!({ "source": "app" })),
        ("replied", json!({})),
        ("lift", json!({})),
    ] {
        let code = refused(&site, &key, &id, what, body).await.0;
        assert_eq!(code, "conflict", "{what}: nothing waits for it");
    }
    post(&site, &key, &id, "acknowledge", json!({})).await;
    let again = refused(&site, &key, &id, "acknowledge", json!({})).await;
    assert_eq!(again.0, "conflict");
    let named = [("idempotency-key", "a question")];
    let path = format!("{PATH}/{id}/ask");
    let body = r#"{"question":"identity","text":"Which year?"}"#;
    for replayed in ["", "true"] {
        let answer = site.call_with("POST", &path, &key, body, &named).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    let answer = site.call("POST", &path, &key, body).await;
    assert_eq!(problem(&answer).1, "conflict");
}

#[tokio::test]
async fn what_stands_out_about_who_asks_is_shown_to_who_decides() {
    let (site, key) = site().await;
    for _ in 0..4 {
        let id = site.filed(Right::Access).await;
        post(&site, &key, &id, "cancel", json!({})).await;
    }
    let id = site.filed(Right::Erasure).await;
    let path = format!("{PATH}/{id}");
    let shown = json(&site.call("GET", &path, &key, "").await);
    let expected = json!({ "answered_at": null, "many": 5, "unheard": 4 });
    assert_eq!(shown["repeats"], expected);
    let reader = site.key(&[Permission::Read], &[], None).await.secret;
    let shown = json(&site.call("GET", &path, &reader, "").await);
    assert_eq!(shown["repeats"], Value::Null);
}
