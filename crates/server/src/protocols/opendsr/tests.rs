//! Controllers that behave, and controllers that don't.

use candor_store::rows::RequestPage;
use serde_json::{Value, json};

use super::*;
use crate::protocols::tests::{golden, parties, send, site};
use crate::ui::tests::fixture::{Answer, Site};

const JSON: &str = "application/json";
const REQUESTS: &str = "/opendsr/v2/requests";
const ID: &str = "a7551968-d5d6-44b2-9831-815ac9017798";
const ALL: [Permission; 9] = Permission::ALL;

fn file() -> Value {
    json!({ "open_dsr": {
        "domain": "privacy.example",
        "certificate": "certificate.pem",
        "key": "key.pem",
        "controllers": [
            {
                "id": "group",
                "identities": { "email": "email" },
                "callbacks": ["https://group.example"],
            },
            { "id": "acme", "tenant": "acme", "identities": { "controller_customer_id": "external_id" } },
        ],
    } })
}

fn erasure() -> Value {
    json!({
        "regulation": "gdpr",
        "subject_request_id": ID,
        "subject_request_type": "erasure",
        "submitted_time": "2026-11-20T15:00:00Z",
        "subject_identities": [{
            "identity_type": "email",
            "identity_value": "mireille@post.example",
            "identity_format": "raw",
        }],
        "api_version": "2.0",
        "status_callback_urls": ["https://group.example/opendsr/callbacks"],
        "extensions": { "other.example": { "id": 1 } },
    })
}

async fn post(site: &Site, body: &Value, key: &str) -> Answer {
    send(site, "POST", REQUESTS, (JSON, &body.to_string()), key).await
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

/// Signed by the declared key, over the very bytes.
fn assert_signed(answer: &Answer) {
    let parties = parties(&file()).unwrap();
    let key = &parties.open_dsr().unwrap().key;
    assert_eq!(answer.header(DOMAIN), "privacy.example");
    let signature = key.sign(answer.body.as_bytes()).unwrap();
    assert_eq!(answer.header(SIGNATURE), signature);
}

#[tokio::test]
async fn a_controller_files_looks_and_cancels() {
    let site = site(&file()).await;
    let key = site.key(&ALL, &[], None).await.secret;
    let body = erasure().to_string();
    let answer = send(&site, "POST", REQUESTS, (JSON, &body), &key).await;
    assert_signed(&answer);
    let encoded: Value = serde_json::from_str(&answer.body).unwrap();
    let encoded = encoded["encoded_request"].as_str().unwrap();
    assert_eq!(STANDARD.decode(encoded).unwrap(), body.as_bytes());
    insta::assert_snapshot!(golden(&answer), @r#"
    201 {
      "controller_id": "group",
      "expected_completion_time": "[expected_completion_time]",
      "received_time": "[received_time]",
      "encoded_request": "[encoded_request]",
      "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
      "api_version": "2.0"
    }
    "#);
    let path = format!("{REQUESTS}/{ID}");
    let looked = send(&site, "GET", &path, ("", ""), &key).await;
    assert_signed(&looked);
    insta::assert_snapshot!(golden(&looked), @r#"
    200 {
      "controller_id": "group",
      "expected_completion_time": "[expected_completion_time]",
      "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
      "request_status": "pending",
      "api_version": "2.0"
    }
    "#);
    let status = format!("/opendsr/v2/status/{ID}");
    let same = send(&site, "GET", &status, ("", ""), &key).await;
    assert_eq!(same.body, looked.body);
    let cancelled = send(&site, "DELETE", &path, ("", ""), &key).await;
    assert_signed(&cancelled);
    insta::assert_snapshot!(golden(&cancelled), @r#"
    202 {
      "controller_id": "group",
      "received_time": "[received_time]",
      "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
      "api_version": "2.0"
    }
    "#);
    let looked = send(&site, "GET", &path, ("", ""), &key).await;
    assert!(looked.body.contains("\"cancelled\""), "{}", looked.body);
    let again = send(&site, "DELETE", &path, ("", ""), &key).await;
    assert_eq!(again.status, 202);
}

#[tokio::test]
async fn discovery_and_certificate_are_for_everybody() {
    let site = site(&file()).await;
    let answer = site.get("/opendsr/v2/discovery").await;
    assert_signed(&answer);
    insta::assert_snapshot!(golden(&answer), @r#"
    200 {
      "api_version": "2.0",
      "supported_identities": [
        {
          "identity_type": "controller_customer_id",
          "identity_format": "raw"
        },
        {
          "identity_type": "email",
          "identity_format": "raw"
        }
      ],
      "supported_subject_request_types": [
        "access",
        "erasure"
      ],
      "processor_certificate": "https://privacy.example/opendsr/v2/certificate"
    }
    "#);
    let certificate = site.get("/opendsr/v2/certificate").await;
    assert!(certificate.body.starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(!certificate.body.contains("PRIVATE"));
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one table of faults")]
async fn every_fault_is_refused_and_files_nothing() {
    let site = site(&file()).await;
    let key = site.key(&ALL, &[], None).await.secret;
    let but = |key: &str, value: Value| {
        let mut message = erasure();
        message[key] = value;
        message
    };
    let without = |key: &str| {
        let mut message = erasure();
        message.as_object_mut().unwrap().remove(key);
        message
    };
    let identity = |kind: &str, format: &str| {
        let one = json!({ "identity_type": kind, "identity_value": "x@post.example",
            "identity_format": format });
        but("subject_identities", json!([one]))
    };
    let twice = {
        let one = erasure()["subject_identities"][0].clone();
        but("subject_identities", json!([one.clone(), one]))
    };
    for (message, says) in [
        (json!([]), "must be a JSON object"),
        (without("regulation"), "`regulation` is missing"),
        (
            without("subject_request_id"),
            "`subject_request_id` is missing",
        ),
        (
            without("subject_request_type"),
            "`subject_request_type` is missing",
        ),
        (without("submitted_time"), "`submitted_time` is missing"),
        (
            without("subject_identities"),
            "`subject_identities` must hold one",
        ),
        (but("regulation", json!("lgpd")), "`gdpr` or `ccpa`"),
        (but("subject_request_id", json!("1")), "UUID v4"),
        (
            but("subject_request_type", json!("forget")),
            "must be `access`",
        ),
        (
            but("subject_request_type", json!("portability")),
            "does not offer",
        ),
        (but("submitted_time", json!("yesterday")), "RFC 3339"),
        (but("api_version", json!("1.0")), "must be `2.0`"),
        (but("subject_identities", json!({})), "must be an array"),
        (identity("passport", "raw"), "none of the protocol"),
        (
            identity("android_id", "raw"),
            "none that this controller may use",
        ),
        (identity("email", "sha256"), "hashes lead to nobody"),
        (identity("email", "rot13"), "none of the protocol"),
        (twice, "stands twice"),
        (
            but("status_callback_urls", json!(["https://evil.example/"])),
            "agreed for this controller",
        ),
        (
            but("status_callback_urls", json!(["http://169.254.169.254/"])),
            "agreed for this controller",
        ),
        (
            but("extensions", json!({ "privacy.example": {} })),
            "we define none",
        ),
    ] {
        let answer = post(&site, &message, &key).await;
        let error: Value = serde_json::from_str(&answer.body).unwrap();
        let error = &error["error"];
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(says), "{says}: {message}");
        assert_eq!(answer.status, 400, "{says}");
        assert_eq!(error["code"], 400);
        assert!(error["errors"][0]["message"].is_string());
        assert!(!answer.body.contains("post.example"), "{}", answer.body);
    }
    assert_eq!(filed(&site).await, 0);
}

#[tokio::test]
async fn a_key_reaches_its_own_controllers_people_only() {
    let site = site(&file()).await;
    let key = site.key(&ALL, &[], None).await.secret;
    assert_eq!(post(&site, &erasure(), &key).await.status, 201);
    let path = format!("{REQUESTS}/{ID}");
    let acme = site.key(&ALL, &[], Some("acme")).await.secret;
    let nobody = site.key(&ALL, &[], Some("nobody")).await.secret;
    let reader = site.key(&[Permission::Read], &[], None).await.secret;
    let access = site.key(&ALL, &[Right::Access], None).await.secret;
    for (key, method, status) in [
        ("", "GET", 401),
        ("candor_wrong", "GET", 401),
        (acme.as_str(), "GET", 404),
        (acme.as_str(), "DELETE", 404),
        (nobody.as_str(), "GET", 403),
        (reader.as_str(), "DELETE", 403),
        (access.as_str(), "GET", 404),
        (reader.as_str(), "GET", 200),
    ] {
        let answer = send(&site, method, &path, ("", ""), key).await;
        assert_eq!(answer.status.as_u16(), status, "{method}: {}", answer.body);
    }
    for key in [&reader, &access] {
        assert_eq!(post(&site, &erasure(), key).await.status, 403);
    }
}

#[tokio::test]
async fn one_id_is_one_request_and_who_may_not_vouch_waits_for_a_mail() {
    let site = site(&file()).await;
    let may = [Permission::File, Permission::Read];
    let key = site.key(&may, &[], None).await.secret;
    for _ in 0..2 {
        assert_eq!(post(&site, &erasure(), &key).await.status, 201);
    }
    assert_eq!(filed(&site).await, 1);
    let mut other = erasure();
    other["subject_request_type"] = json!("access");
    let answer = post(&site, &other, &key).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("stands for something else"));
    let page = RequestPage {
        tenant: None,
        state: Some("unverified".to_owned()),
        rights: Vec::new(),
        after: None,
        limit: 10,
    };
    assert_eq!(site.service.requests_page(&page).await.unwrap().len(), 1);
}
