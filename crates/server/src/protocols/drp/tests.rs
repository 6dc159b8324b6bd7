//! Agents that behave, and agents that don't.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use candor_domain::id::StaffId;
use candor_domain::plan::{self, SourcePreview, TableEffect};
use candor_domain::subject_request::Event as Happened;
use candor_store::rows::RequestPage;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::protocols::tests::{golden, send, site};
use crate::ui::tests::fixture::{Answer, Site};

const TEXT: &str = "text/plain";
const EXERCISE: &str = "/v1/data-rights-request";

fn pair(agent: &str) -> Ed25519KeyPair {
    let seed = [agent.as_bytes()[0]; 32];
    Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
}

fn sign(agent: &str, message: &Value) -> String {
    let text = message.to_string();
    let signature = pair(agent).sign(text.as_bytes());
    STANDARD.encode([signature.as_ref(), text.as_bytes()].concat())
}

fn declared_agent(id: &str, trust: bool) -> Value {
    json!({
        "id": id,
        "name": format!("{id} for people"),
        "verify_key": STANDARD.encode(pair(id).public_key()),
        "web_url": "https://agent.example",
        "trust_verified_email": trust,
        "callbacks": ["https://agent.example"],
    })
}

async fn network() -> Site {
    site(&json!({ "data_rights": {
        "business_id": "STACKYARD",
        "technical_contact": "engineers@stackyard.example",
        "agents": [declared_agent("AGENT", true), declared_agent("OTHER", false)],
    } }))
    .await
}

/// The envelope of a message that is good for ten minutes.
fn envelope(site: &Site, agent: &str) -> Value {
    let now = site.service.now();
    json!({
        "agent-id": agent,
        "business-id": "STACKYARD",
        "issued-at": now - SignedDuration::from_secs(1),
        "expires-at": now + SignedDuration::from_mins(10),
        "drp.version": "1.0",
    })
}

fn with(mut message: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().unwrap() {
        message[key] = value.clone();
    }
    message
}

fn deletion(site: &Site, agent: &str, reference: &str) -> Value {
    let asks = json!({
        "agent-request-id": reference,
        "exercise": "deletion",
        "regime": "ccpa",
        "relationships": ["customer"],
        "name": "somebody",
        "email": "mireille@post.example",
        "email_verified": true,
    });
    with(envelope(site, agent), &asks)
}

async fn token_of(site: &Site, agent: &str) -> String {
    let body = sign(agent, &envelope(site, agent));
    let answer = send(
        site,
        "POST",
        &format!("/v1/agent/{agent}"),
        (TEXT, &body),
        "",
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    answer["token"].as_str().unwrap().to_owned()
}

async fn exercise_as(site: &Site, agent: &str, message: &Value, token: &str) -> Answer {
    let body = sign(agent, message);
    send(site, "POST", EXERCISE, (TEXT, &body), token).await
}

fn id_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let status: Value = serde_json::from_str(&answer.body).unwrap();
    status["request_id"].as_str().unwrap().to_owned()
}

async fn filed(site: &Site) -> usize {
    let page = RequestPage {
        tenant: None,
        state: None,
        rights: Vec::new(),
        after: None,
        limit: 100,
    };
    site.service.requests_page(&page).await.unwrap().len()
}

#[tokio::test]
async fn an_agent_sets_up_files_looks_and_revokes() {
    let site = network().await;
    let body = sign("AGENT", &envelope(&site, "AGENT"));
    let answer = send(&site, "POST", "/v1/agent/AGENT", (TEXT, &body), "").await;
    insta::assert_snapshot!(golden(&answer), @r#"
    200 {
      "agent-id": "AGENT",
      "token": "[token]"
    }
    "#);
    let token = token_of(&site, "AGENT").await;
    let same = send(&site, "GET", "/v1/agent/AGENT", ("", ""), &token).await;
    assert_eq!((same.status.as_u16(), same.body.as_str()), (200, "{}"));
    let answer = exercise_as(&site, "AGENT", &deletion(&site, "AGENT", "foo"), &token).await;
    insta::assert_snapshot!(golden(&answer), @r#"
    200 {
      "request_id": "[request_id]",
      "agent_request_id": "foo",
      "received_at": "[received_at]",
      "expected_by": "[expected_by]",
      "status": "in_progress"
    }
    "#);
    let path = format!("{EXERCISE}/{}", id_of(&answer));
    let looked = send(&site, "GET", &path, ("", ""), &token).await;
    assert_eq!(looked.body, answer.body);
    let body = sign("AGENT", &json!({ "reason": "I changed my mind" }));
    let revoked = send(&site, "DELETE", &path, (TEXT, &body), &token).await;
    insta::assert_snapshot!(golden(&revoked), @r#"
    200 {
      "request_id": "[request_id]",
      "agent_request_id": "foo",
      "received_at": "[received_at]",
      "expected_by": "[expected_by]",
      "status": "revoked",
      "expires_at": "[expires_at]"
    }
    "#);
    let again = send(&site, "DELETE", &path, (TEXT, &body), &token).await;
    assert_eq!(again.body, revoked.body, "revoking twice is revoking once");
}

#[tokio::test]
async fn what_the_directory_lists_says_what_is_offered() {
    let site = network().await;
    let answer = site.get("/.well-known/data-rights.json").await;
    insta::assert_snapshot!(golden(&answer), @r#"
    200 {
      "id": "STACKYARD",
      "name": "Stackyard Hosting SAS",
      "logo": null,
      "api_base": "https://privacy.example/v1/",
      "supported_actions": [
        "deletion",
        "access",
        "access:specific"
      ],
      "supported_verifications": [
        "email"
      ],
      "web_url": "https://privacy.example",
      "privacy_policy_url": "https://privacy.example/",
      "technical_contact": "engineers@stackyard.example",
      "business_contact": "privacy@stackyard.example"
    }
    "#);
}

#[tokio::test]
async fn an_address_that_nobody_trusted_verified_gets_a_mail() {
    let site = network().await;
    let token = token_of(&site, "OTHER").await;
    let answer = exercise_as(&site, "OTHER", &deletion(&site, "OTHER", "foo"), &token).await;
    assert!(
        answer.body.contains("\"status\":\"open\""),
        "{}",
        answer.body
    );
    let unverified = with(
        deletion(&site, "AGENT", "bar"),
        &json!({ "email_verified": false, "email": "other@post.example" }),
    );
    let token = token_of(&site, "AGENT").await;
    let answer = exercise_as(&site, "AGENT", &unverified, &token).await;
    assert!(
        answer.body.contains("\"status\":\"open\""),
        "{}",
        answer.body
    );
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of faults")]
async fn every_fault_is_refused_and_files_nothing() {
    let site = network().await;
    let token = token_of(&site, "AGENT").await;
    let now = site.service.now();
    let good = deletion(&site, "AGENT", "foo");
    let ago = |seconds: i64| now - SignedDuration::from_secs(seconds);
    let but = |more: Value| sign("AGENT", &with(good.clone(), &more));
    let without = |key: &str| {
        let mut message = good.clone();
        message.as_object_mut().unwrap().remove(key);
        sign("AGENT", &message)
    };
    let mut changed = STANDARD.decode(sign("AGENT", &good)).unwrap();
    *changed.last_mut().unwrap() ^= 1;
    for (body, status, says) in [
        (good.to_string(), 400, "base64"),
        (String::new(), 400, "base64"),
        (sign("OTHER", &good), 403, "signature"),
        (STANDARD.encode(changed), 403, "signature"),
        (sign("AGENT", &json!("text")), 400, "JSON object"),
        (but(json!({ "agent-id": "OTHER" })), 403, "`agent-id`"),
        (but(json!({ "business-id": "RIVAL" })), 403, "`business-id`"),
        (but(json!({ "issued-at": ago(-60) })), 400, "`issued-at`"),
        (
            but(json!({ "issued-at": ago(900), "expires-at": ago(300) })),
            400,
            "`expires-at` has passed",
        ),
        (
            but(json!({ "expires-at": ago(-90_000) })),
            400,
            "by a day at most",
        ),
        (but(json!({ "expires-at": "tomorrow" })), 400, "offset"),
        (but(json!({ "drp.version": "0.9" })), 400, "`drp.version`"),
        (
            but(json!({ "exercise": "forget" })),
            400,
            "no rights action",
        ),
        (
            but(json!({ "exercise": "sale:opt-in" })),
            400,
            "not supported",
        ),
        (but(json!({ "exercise": 7 })), 400, "must be a string"),
        (but(json!({ "regime": "voluntary" })), 400, "`regime`"),
        (but(json!({ "email": "nobody" })), 400, "`email`"),
        (
            but(json!({ "email_verified": "yes" })),
            400,
            "true or false",
        ),
        (
            but(json!({ "agent-request-id": "jo@post.example" })),
            400,
            "`agent-request-id`",
        ),
        (
            but(json!({ "status_callback": "https://evil.example/" })),
            400,
            "`status_callback`",
        ),
        (without("agent-id"), 400, "`agent-id` is missing"),
        (without("business-id"), 400, "`business-id` is missing"),
        (without("issued-at"), 400, "`issued-at` is missing"),
        (without("expires-at"), 400, "`expires-at` is missing"),
        (without("drp.version"), 400, "`drp.version` is missing"),
        (without("exercise"), 400, "`exercise` is missing"),
        (without("email"), 400, "`email` is missing"),
    ] {
        let answer = send(&site, "POST", EXERCISE, (TEXT, &body), &token).await;
        let error: Value = serde_json::from_str(&answer.body).unwrap();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(says), "{says}: {message}");
        assert_eq!(answer.status.as_u16(), status, "{says}");
        assert_eq!(error["code"], status.to_string());
        assert_eq!(error.get("fatal").is_some(), says.contains("has passed"));
        assert!(!answer.body.contains("mireille"), "{}", answer.body);
    }
    let body = sign("AGENT", &good);
    for (kind, token, status) in [
        ("application/json", token.as_str(), 400),
        (TEXT, "", 401),
        (TEXT, "candor_drp_00", 401),
    ] {
        let answer = send(&site, "POST", EXERCISE, (kind, &body), token).await;
        assert_eq!(answer.status.as_u16(), status, "{kind}");
    }
    assert_eq!(filed(&site).await, 0);
}

#[tokio::test]
async fn a_repeat_leads_to_the_first_and_a_name_stands_for_one_thing() {
    let site = network().await;
    let token = token_of(&site, "AGENT").await;
    let message = deletion(&site, "AGENT", "foo");
    let body = sign("AGENT", &message);
    let first = id_of(&send(&site, "POST", EXERCISE, (TEXT, &body), &token).await);
    let replayed = send(
        &site,
        "POST",
        "/v1/data-rights-request/",
        (TEXT, &body),
        &token,
    )
    .await;
    assert_eq!(id_of(&replayed), first);
    let signed_anew = deletion(&site, "AGENT", "foo");
    assert_eq!(
        id_of(&exercise_as(&site, "AGENT", &signed_anew, &token).await),
        first
    );
    let other = with(message.clone(), &json!({ "exercise": "access" }));
    let answer = exercise_as(&site, "AGENT", &other, &token).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    assert_eq!(filed(&site).await, 1);
    // What was revoked stays revoked when the old message is sent again.
    let path = format!("{EXERCISE}/{first}");
    let revoke = sign("AGENT", &json!({}));
    send(&site, "DELETE", &path, (TEXT, &revoke), &token).await;
    let replayed = send(&site, "POST", EXERCISE, (TEXT, &body), &token).await;
    assert!(replayed.body.contains("\"revoked\""), "{}", replayed.body);
    assert_eq!(filed(&site).await, 1);
}

#[tokio::test]
async fn an_agent_neither_sees_nor_ends_what_another_filed() {
    let site = network().await;
    let agent = token_of(&site, "AGENT").await;
    let other = token_of(&site, "OTHER").await;
    assert_ne!(agent, other);
    let id = id_of(&exercise_as(&site, "AGENT", &deletion(&site, "AGENT", "foo"), &agent).await);
    let path = format!("{EXERCISE}/{id}");
    let unknown = format!("{EXERCISE}/{}", "ab".repeat(16));
    let body = sign("OTHER", &json!({}));
    let mut answers = Vec::new();
    for path in [&path, &unknown] {
        for (method, content) in [("GET", ("", "")), ("DELETE", (TEXT, body.as_str()))] {
            let answer = send(&site, method, path, content, &other).await;
            answers.push((answer.status.as_u16(), answer.body));
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "both are the same to it: {answers:?}");
    assert_eq!(answers[0].0, 403);
    // With its own token it can't hand in what the other signed, or ask for its token.
    let stolen = sign("AGENT", &deletion(&site, "AGENT", "bar"));
    let answer = send(&site, "POST", EXERCISE, (TEXT, &stolen), &other).await;
    assert_eq!(answer.status, 403);
    for (path, signer) in [("AGENT", "OTHER"), ("OTHER", "AGENT"), ("NOBODY", "AGENT")] {
        let body = sign(signer, &envelope(&site, signer));
        let answer = send(
            &site,
            "POST",
            &format!("/v1/agent/{path}"),
            (TEXT, &body),
            "",
        )
        .await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.as_str()),
            (403, ""),
            "{path}"
        );
    }
    let answer = send(&site, "GET", "/v1/agent/AGENT", ("", ""), &other).await;
    assert_eq!(answer.status, 403);
    // The person asked through both: what one takes back goes on for the other.
    let same = exercise_as(&site, "OTHER", &deletion(&site, "OTHER", "x"), &other).await;
    assert_eq!(
        id_of(&same),
        id,
        "one person, one right, one subject request"
    );
    let body = sign("OTHER", &json!({}));
    let revoked = send(&site, "DELETE", &path, (TEXT, &body), &other).await;
    assert!(revoked.body.contains("\"revoked\""), "{}", revoked.body);
    let looked = send(&site, "GET", &path, ("", ""), &agent).await;
    assert!(looked.body.contains("\"in_progress\""), "{}", looked.body);
    // What nobody proved for it is not for it to know.
    assert!(same.body.contains("\"open\""), "{}", same.body);
    assert!(!same.body.contains("expected_by"), "{}", same.body);
}

/// What happens to an erasure from one source, to its end.
fn until_done() -> Vec<Happened> {
    let source = "app".to_owned();
    let effect = TableEffect {
        table: "accounts".to_owned(),
        action: plan::Action::Delete,
        rows: 2,
        because: None,
    };
    let preview = SourcePreview::of(vec![effect.clone()]);
    let by = StaffId::from_random([1; 16]);
    vec![
        Happened::Located {
            previews: [(source.clone(), preview)].into(),
        },
        Happened::Approved { by },
        Happened::Prepared {
            tasks: BTreeMap::new(),
            writes: BTreeSet::new(),
        },
        Happened::Erased {
            source: source.clone(),
            effects: vec![effect],
            held: BTreeMap::new(),
        },
        Happened::Searched {
            source,
            residue: Vec::new(),
            replicas: Vec::new(),
        },
        Happened::ReceiptIssued,
    ]
}

#[tokio::test]
async fn what_is_carried_out_is_neither_revoked_nor_called_done() {
    let site = network().await;
    let token = token_of(&site, "AGENT").await;
    let answer = exercise_as(&site, "AGENT", &deletion(&site, "AGENT", "foo"), &token).await;
    let path = format!("{EXERCISE}/{}", id_of(&answer));
    let id = of_uuid(&id_of(&answer)).unwrap();
    for event in until_done() {
        let Ok(_) = site
            .service
            .take_in(&id, &event, &Change::default())
            .await
            .unwrap()
        else {
            panic!("{event:?} does not fit")
        };
        let looked = send(&site, "GET", &path, ("", ""), &token).await;
        let verified = matches!(event, Happened::ReceiptIssued);
        assert_eq!(looked.body.contains("\"fulfilled\""), verified, "{event:?}");
    }
    let body = sign("AGENT", &json!({}));
    let answer = send(&site, "DELETE", &path, (TEXT, &body), &token).await;
    assert_eq!(answer.status, 409, "{}", answer.body);
}

#[tokio::test]
async fn only_a_declared_agent_is_told_and_only_where_it_was_agreed() {
    let site = network().await;
    let token = token_of(&site, "AGENT").await;
    let answer = exercise_as(&site, "AGENT", &deletion(&site, "AGENT", "foo"), &token).await;
    let id = of_uuid(&id_of(&answer)).unwrap();
    let request = site.service.required(&id).await.unwrap().value;
    let follower = request.followers.first().unwrap();
    let says = |follower: &Follower, address: &str| {
        told(&site.service, &request, follower, address).map(|told| told.body)
    };
    let body = says(follower, "https://agent.example/told").unwrap();
    assert_eq!(String::from_utf8(body).unwrap(), answer.body);
    assert_eq!(says(follower, "https://evil.example/told"), None);
    let gone = Follower {
        party: "GONE".to_owned(),
        ..follower.clone()
    };
    assert_eq!(says(&gone, "https://agent.example/told"), None);
}
