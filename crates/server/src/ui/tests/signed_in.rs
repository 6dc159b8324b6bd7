//! The company's own login as a way in, and every token that is not let in.

use candor_domain::subject_request::{Channel, Proof, State};
use candor_policy::charter::Right;
use candor_seal::login::{LoginKeys, TestSigner};
use serde_json::{Value, json};

use super::fixture::{Answer, Site};
use crate::ui::sample;

const ISSUER: &str = "https://shop.example";

async fn site() -> (Site, TestSigner) {
    let signer = TestSigner::new(1).unwrap();
    let keys = LoginKeys::from_jwks(ISSUER, &signer.jwks()).unwrap();
    let site = Site::with_login(sample::charter(), keys).await;
    (site, signer)
}

fn claims(site: &Site, id: &str) -> Value {
    let now = site.service.now().as_second();
    json!({
        "iss": ISSUER, "aud": "https://privacy.example", "iat": now, "exp": now + 60, "jti": id,
        "identities": { "email": "mireille@post.example" },
    })
}

/// A form on the company's own site, sent to us.
async fn send(site: &Site, right: &str, token: &str) -> Answer {
    let form = format!("right={right}&token={token}");
    let from = [
        ("origin", "https://shop.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    site.send("POST", "/requests/signed-in", &form, &from).await
}

#[tokio::test]
async fn whoever_is_signed_in_needs_no_mail() {
    let (site, signer) = site().await;
    let token = signer.token(&claims(&site, "1").to_string());
    let answer = send(&site, "erasure", &token).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let page = site.get(answer.location()).await;
    assert!(page.body.contains("We are looking for your data"));
    let mails = std::fs::read_dir(site.state_file().with_file_name("mail"));
    assert!(mails.map_or(0, Iterator::count) == 0, "no mail");
}

#[tokio::test]
async fn a_token_confirms_what_was_filed_with_the_form() {
    let (site, signer) = site().await;
    let id = site.filed(Right::Access).await;
    let token = signer.token(&claims(&site, "1").to_string());
    let answer = send(&site, "access", &token).await;
    assert_eq!(
        answer.location(),
        format!("/requests/{}", Site::link(&site.service.page_address(&id)))
    );
    let request = site.service.required(&id).await.unwrap().value;
    assert_eq!(
        (request.state, request.proof),
        (State::Locating, Some(Proof::Login))
    );
    assert_eq!(request.channel, Channel::Form);
    // Asked again with another token: the same, and nothing new.
    let token = signer.token(&claims(&site, "2").to_string());
    assert_eq!(
        send(&site, "access", &token).await.location(),
        answer.location()
    );
}

#[tokio::test]
async fn every_token_that_is_not_let_in_gets_the_same_page() {
    let (site, signer) = site().await;
    let good = signer.token(&claims(&site, "1").to_string());
    assert_eq!(send(&site, "access", &good).await.status, 303);
    let changed = |name: &str, value: Value| {
        let mut claims = claims(&site, "2");
        claims[name] = value;
        signer.token(&claims.to_string())
    };
    let now = site.service.now().as_second();
    let other = TestSigner::new(2).unwrap();
    let mut pages = Vec::new();
    for (why, token) in [
        ("replayed", good),
        ("another key", other.token(&claims(&site, "2").to_string())),
        (
            "another audience",
            changed("aud", json!("https://privacy.other.example")),
        ),
        (
            "another issuer",
            changed("iss", json!("https://evil.example")),
        ),
        ("expired", changed("exp", json!(now - 40))),
        ("too long", changed("exp", json!(now + 3_600))),
        ("for another right", changed("right", json!("erasure"))),
        ("nonsense", "a.b.c".to_owned()),
    ] {
        let answer = send(&site, "access", &token).await;
        assert_eq!(answer.status, 401, "{why}");
        pages.push(answer.body);
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
    assert!(pages[0].contains("We could not see who you are"));

    let without = Site::new().await;
    let token = signer.token(&claims(&without, "3").to_string());
    assert_eq!(
        send(&without, "access", &token).await.status,
        401,
        "no login declared"
    );
    let unknown = changed("identities", json!({ "shoe_size": "42" }));
    assert_eq!(send(&site, "access", &unknown).await.status, 400);
}

#[tokio::test]
async fn a_replay_at_the_same_moment_happens_once() {
    let (site, signer) = site().await;
    let token = signer.token(&claims(&site, "1").to_string());
    let both = tokio::join!(send(&site, "access", &token), send(&site, "access", &token));
    let statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    assert!(matches!(statuses, [303, 401] | [401, 303]), "{statuses:?}");
}
