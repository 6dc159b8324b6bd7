//! Parties for tests, and what each state is called by each protocol.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use candor_domain::id::StaffId;
use candor_domain::subject_request::{Outcome, RefusalReason, State};
use candor_policy::charter::Right;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::*;
use crate::ui::sample;
use crate::ui::tests::fixture::{Answer, Site};

/// The key pair and certificate of `privacy.example`.
const CERTIFIED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../seal/src/certified/tests");

/// A file of parties, read.
pub(crate) fn parties(file: &Value) -> Result<Parties, PartiesError> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["certificate.pem", "key.pem", "other_key.pem"] {
        let text = std::fs::read(format!("{CERTIFIED}/{name}")).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(match name {
            "other_key.pem" => 0o644,
            _ => 0o600,
        });
        std::fs::set_permissions(&path, mode).unwrap();
    }
    let secret = folder.path().join("webhook.secret");
    std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&secret, mode).unwrap();
    let path = folder.path().join("parties.json");
    std::fs::write(&path, file.to_string()).unwrap();
    Parties::read(&path, "https://privacy.example")
}

/// A party's HTTP request.
pub(super) async fn send(
    site: &Site,
    method: &str,
    path: &str,
    (kind, body): (&str, &str),
    token: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    request = request.header(HOST, "privacy.example");
    if !kind.is_empty() {
        request = request.header(CONTENT_TYPE, kind);
    }
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Body::from(body.to_owned())).unwrap();
    site.answer(request).await
}

/// An answer with what differs each time named instead.
pub(super) fn golden(answer: &Answer) -> String {
    let mut value: Value = serde_json::from_str(&answer.body).unwrap();
    const CHANGING: [&str; 8] = [
        "request_id",
        "received_at",
        "expected_by",
        "expires_at",
        "token",
        "expected_completion_time",
        "received_time",
        "encoded_request",
    ];
    for key in CHANGING {
        if let Some(value) = value.get_mut(key) {
            assert!(value.is_string(), "{key}");
            *value = json!(format!("[{key}]"));
        }
    }
    format!("{} {value:#}", answer.status.as_u16())
}

fn open_dsr(extra: &Value) -> Value {
    let mut dsr = json!({
        "domain": "privacy.example",
        "certificate": "certificate.pem",
        "key": "key.pem",
        "controllers": [{ "id": "acme", "identities": { "email": "email" } }],
    });
    for (key, value) in extra.as_object().unwrap() {
        dsr[key] = value.clone();
    }
    json!({ "open_dsr": dsr })
}

#[test]
fn a_file_of_parties_is_refused_where_it_is_wrong() {
    assert!(parties(&json!({})).is_ok());
    assert!(parties(&open_dsr(&json!({}))).is_ok());
    let agent = |key: &str| {
        json!({ "data_rights": { "business_id": "B", "technical_contact": "a@b.example",
            "agents": [{ "id": "A", "name": "A", "verify_key": key }] } })
    };
    let key = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [1; 32]);
    assert!(parties(&agent(&key)).is_ok());
    let mut twice = agent(&key);
    let one = twice["data_rights"]["agents"][0].clone();
    twice["data_rights"]["agents"]
        .as_array_mut()
        .unwrap()
        .push(one);
    let mut unnamed = agent(&key);
    unnamed["data_rights"]["agents"][0]["id"] = json!("a b");
    let controllers = json!([
        { "id": "a", "identities": { "email": "email" } },
        { "id": "b", "identities": { "email": "email" } },
    ]);
    for (file, why) in [
        (json!({ "other": 1 }), "unknown field `other`"),
        (agent("short"), "a verify key is base64 of 32 bytes"),
        (twice, "stand once"),
        (unnamed, "`a b` must be"),
        (
            open_dsr(&json!({ "controllers": [{ "id": "a", "identities": { "mail": "email" } }] })),
            "no identity type `mail`",
        ),
        (
            open_dsr(
                &json!({ "controllers": [{ "id": "a", "identities": {}, "callbacks": ["http://a.example"] }] }),
            ),
            "no place to send to",
        ),
        (
            open_dsr(&json!({ "controllers": controllers })),
            "same tenant",
        ),
        (
            open_dsr(&json!({ "domain": "other.example" })),
            "not the host of the public address",
        ),
        (open_dsr(&json!({ "key": "other_key.pem" })), "chmod 600"),
        (
            open_dsr(&json!({ "key": "certificate.pem" })),
            "no RSA private key",
        ),
        (
            open_dsr(&json!({ "certificate": "key.pem" })),
            "no certificate",
        ),
        (
            open_dsr(&json!({ "certificate": "nothing.pem" })),
            "could not be read",
        ),
    ] {
        let error = parties(&file).unwrap_err().to_string();
        assert!(error.contains(why), "{why}: {error}");
    }
}

#[test]
fn the_guides_file_is_one() {
    let guide = include_str!("../../../../docs/guide/parties.md");
    let (_, rest) = guide.split_once("```json\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let mut file: Value = serde_json::from_str(text).unwrap();
    // What stands on the guide's machine only.
    file["open_dsr"]["domain"] = json!("privacy.example");
    file["open_dsr"]["certificate"] = json!("certificate.pem");
    file["open_dsr"]["key"] = json!("key.pem");
    parties(&file).unwrap();
}

#[test]
fn ids_are_uuids_outside() {
    let id = SubjectRequestId::from_random([0xab; 16]);
    let text = "abababab-abab-abab-abab-abababababab";
    assert_eq!(as_uuid(&id), text);
    assert_eq!(of_uuid(text), Some(id));
    for text in [
        "",
        &text.replace('-', ""),
        "ababababababab-ab-abab-ababababababab",
    ] {
        assert_eq!(of_uuid(text), None, "{text}");
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of states")]
async fn each_state_has_its_word_and_only_what_is_completed_is_called_done() {
    let site = Site::new().await;
    let id = site.filed(Right::Erasure).await;
    let mut request = site.service.required(&id).await.unwrap().value;
    let now = site.service.now();
    let at = now;
    let by = StaffId::from_random([1; 16]);
    let refused = |reason| State::Refused {
        at,
        by: by.clone(),
        reason,
    };
    let outcome = Outcome::Fulfilled;
    let none = Outcome::NothingHeld;
    for (state, agent, controller) in [
        (State::Unverified { expires_at: at }, "open", "pending"),
        (State::Unstated { expires_at: at }, "open", "pending"),
        (State::Locating, "in_progress", "pending"),
        (State::Undecided, "in_progress", "pending"),
        (State::Preparing, "in_progress", "in_progress"),
        (State::Carrying, "in_progress", "in_progress"),
        (State::Closing { outcome }, "in_progress", "in_progress"),
        (State::Completed { at, outcome }, "fulfilled", "completed"),
        (
            State::Completed { at, outcome: none },
            "denied/no_match",
            "completed",
        ),
        (
            refused(RefusalReason::NoMatch),
            "denied/no_match",
            "cancelled",
        ),
        (
            refused(RefusalReason::InsufficientVerification),
            "denied/insuf_verification",
            "cancelled",
        ),
        (
            refused(RefusalReason::SuspectedFraud),
            "denied/suspected_fraud",
            "cancelled",
        ),
        (
            refused(RefusalReason::ClaimNotCovered),
            "denied/claim_not_covered",
            "cancelled",
        ),
        (
            refused(RefusalReason::LegalException),
            "denied/claim_not_covered",
            "cancelled",
        ),
        (
            refused(RefusalReason::OutsideJurisdiction),
            "denied/outside_jurisdiction",
            "cancelled",
        ),
        (
            refused(RefusalReason::TooManyRequests),
            "denied/too_many_requests",
            "cancelled",
        ),
        (
            refused(RefusalReason::Excessive),
            "denied/other",
            "cancelled",
        ),
        (
            State::Lapsed { at },
            "denied/insuf_verification",
            "cancelled",
        ),
        (State::Cancelled { at, by: None }, "revoked", "cancelled"),
    ] {
        request.state = state;
        let follower = Follower {
            protocol: Protocol::DataRights,
            party: "A".to_owned(),
            reference: None,
            callbacks: Vec::new(),
            since: now,
            is_proved: true,
            left_at: None,
        };
        let told = |at| {
            let status = drp::status::Status::of(&request, &follower, at);
            let status = serde_json::to_value(status).unwrap();
            let text = |key: &str| status[key].as_str().map(str::to_owned);
            let reason = text("reason").map(|reason| format!("/{reason}"));
            format!("{}{}", text("status").unwrap(), reason.unwrap_or_default())
        };
        assert_eq!(told(now), agent);
        let later = now + SignedDuration::from_hours(24 * 60);
        let ended = request.is_over();
        assert_eq!(told(later), if ended { "expired" } else { agent });
        assert_eq!(opendsr::status::key(request.phase()), controller);
        let left = Follower {
            left_at: Some(now),
            ..follower
        };
        assert_eq!(opendsr::status::key(request.phase_for(&left)), "cancelled");
    }
}

/// A site under the sample charter, with parties.
pub(super) async fn site(file: &Value) -> Site {
    Site::with(sample::charter(), parties(file).unwrap()).await
}
