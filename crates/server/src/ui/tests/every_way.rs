//! Every right by every way in: each brings a subject request of that right, and the
//! same right asked again by any other way is the same subject request. The command
//! line is the API's: see `crates/candor/tests/it/ways.rs`.

use candor_domain::api_key::Permission;
use candor_domain::subject_request::{Channel, SubjectRequest};
use candor_policy::charter::{Charter, Right};
use candor_seal::login::{LoginKeys, TestSigner};
use jiff::SignedDuration;
use serde_json::json;

use super::fixture::Site;
use crate::service::today;
use crate::ui::sample;
use crate::worker::Worker;

const ISSUER: &str = "https://shop.example";
const CSV: [(&str, &str); 1] = [("content-type", "text/csv")];

/// The ways in, and how each is named in the subject request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    PrivacyCentre,
    Login,
    Console,
    Program,
    File,
}

const WAYS: [(Way, Channel); 5] = [
    (Way::PrivacyCentre, Channel::Form),
    (Way::Login, Channel::Login),
    (Way::Console, Channel::Letter),
    (Way::Program, Channel::Api),
    (Way::File, Channel::Bulk),
];

/// A policy that declares every right.
fn charter() -> Charter {
    let mut charter = sample::charter();
    for right in Right::ALL {
        charter.rights.entry(right).or_default();
    }
    charter
}

struct Company {
    site: Site,
    signer: TestSigner,
    key: String,
    tokens: std::cell::Cell<u32>,
}

impl Company {
    async fn new() -> Self {
        let signer = TestSigner::new(1).unwrap();
        let keys = LoginKeys::from_jwks(ISSUER, &signer.jwks()).unwrap();
        let site = Site::with_login(charter(), keys).await.sign_in().await;
        let may = [Permission::File, Permission::Vouch, Permission::Read];
        let key = site.key(&may, &[], None).await.secret;
        Self {
            site,
            signer,
            key,
            tokens: std::cell::Cell::new(0),
        }
    }

    async fn file(&self, way: Way, right: Right, email: &str) {
        let site = &self.site;
        let address = email.replace('@', "%40");
        let right = right.key();
        let status = match way {
            Way::PrivacyCentre => {
                let form = format!("right={right}&email={address}");
                site.post("/requests", &form).await.status
            }
            Way::Login => {
                let form = format!("right={right}&token={}", self.token(email));
                let from = [("origin", ISSUER), ("sec-fetch-site", "cross-site")];
                let answer = site.send("POST", "/requests/signed-in", &form, &from);
                answer.await.status
            }
            Way::Console => {
                let day = today(&site.service.charter(), site.service.now());
                let form = format!(
                    "right={right}&about=&identity-email={address}&channel=letter&received={day}\
                     &reason=She+signed+it."
                );
                let answer = site.post("/console/requests/new", &form).await;
                assert!(answer.status.is_redirection(), "{}", answer.body);
                answer.status
            }
            Way::Program => {
                let body = json!({
                    "right": right,
                    "identities": { "email": email },
                    "vouched": { "reason": "Signed in." },
                });
                let (path, body) = ("/v1/subject-requests", body.to_string());
                let answer = site.call("POST", path, &self.key, &body);
                answer.await.status
            }
            Way::File => {
                let path = format!("/v1/subject-requests/bulk?right={right}");
                let text = format!("email,reference\n{email},{}\n", self.number());
                let sent = site.call_with("POST", &path, &self.key, &text, &CSV).await;
                let file: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
                let confirm = format!("{}/confirm", file["href"].as_str().unwrap());
                let reason = r#"{"reason":"They signed in."}"#;
                let answer = site.call("POST", &confirm, &self.key, reason).await;
                let lease = SignedDuration::from_mins(1);
                let worker = Worker::new(site.service.clone(), lease);
                worker.round().await.unwrap();
                answer.status
            }
        };
        assert!(
            status.is_success() || status.is_redirection(),
            "{right} through {way:?}: {status}"
        );
    }

    fn token(&self, email: &str) -> String {
        let now = self.site.service.now().as_second();
        let claims = json!({
            "iss": ISSUER, "aud": "https://privacy.example", "iat": now, "exp": now + 60,
            "jti": self.number().to_string(), "identities": { "email": email },
        });
        self.signer.token(&claims.to_string())
    }

    fn number(&self) -> u32 {
        self.tokens.set(self.tokens.get() + 1);
        self.tokens.get()
    }

    async fn all(&self) -> Vec<SubjectRequest> {
        self.site.service.requests(&[], 0).await.unwrap()
    }
}

#[tokio::test]
async fn every_right_comes_in_by_every_way_and_twice_by_any_is_once() {
    let company = Company::new().await;
    let mut known: Vec<SubjectRequest> = Vec::new();
    for right in Right::ALL {
        for (place, (way, channel)) in WAYS.into_iter().enumerate() {
            let email = format!("person{place}-{}@post.example", right.key());
            company.file(way, right, &email).await;
            let all = company.all().await;
            let new = all
                .iter()
                .filter(|one| known.iter().all(|two| one.id != two.id));
            let new: Vec<&SubjectRequest> = new.collect();
            assert_eq!(new.len(), 1, "{right:?} through {way:?}");
            assert_eq!((new[0].right, new[0].channel), (right, channel), "{way:?}");
            known = all.clone();

            let (other, _) = WAYS[(place + 1) % WAYS.len()];
            company.file(other, right, &email).await;
            let count = company.all().await.len();
            assert_eq!(
                count,
                known.len(),
                "{right:?} through {way:?}, then {other:?}"
            );
        }
    }
    assert_eq!(known.len(), Right::ALL.len() * WAYS.len());
}
