//! Tenants never see one another: every route is walked with another tenant's key
//! and another tenant's page, and nothing of the first is read, counted or changed.
//! The list is the router's own, so that a new route is walked as well, or the walk
//! says that it doesn't know what to put into its path.

use axum::http::header::SET_COOKIE;
use candor_domain::api_key::Permission;
use candor_domain::id::{BulkFileId, SubjectRequestId};
use candor_domain::plan::{Action, SourcePreview, TableEffect};
use candor_domain::subject_request::{Event, State};
use candor_policy::charter::{Approval, Charter, Person, Right, Role};
use candor_store::Change;
use serde_json::{Value, json};

use super::fixture::{Answer, Site};
use crate::protocols::tests::parties;
use crate::service::MadeKey;
use crate::ui::routes::{Audience, Route, all};
use crate::ui::sample;

/// What a controller calls a subject request that it handed on.
const HANDED_ON: &str = "a7551968-d5d6-44b2-9831-815ac9017798";
const NOT_HANDED_ON: &str = "b7551968-d5d6-44b2-9831-815ac9017798";
const OWN: (&str, &str) = ("origin", "https://privacy.example");

/// A charter under which the company is also processor for its customers.
pub(super) fn charter() -> Charter {
    let mut charter = sample::charter();
    let end_user = Person {
        role: Role::Processor,
        of: Some("customer".to_owned()),
        known_by: vec!["external_id".to_owned(), "email".to_owned()],
        agreement: None,
        tools: Vec::new(),
    };
    charter.people.insert("end_user".to_owned(), end_user);
    for terms in charter.rights.values_mut() {
        terms.approve = Approval::Automatic;
    }
    charter
}

/// A tenant at work: a key, and a page that is signed in with it.
pub(super) struct Tenant {
    key: MadeKey,
    cookie: String,
}

pub(super) async fn tenant(
    site: &Site,
    name: &str,
    may: &[Permission],
    rights: &[Right],
) -> Tenant {
    let key = site.key(may, rights, Some(name)).await;
    let form = format!("key={}", key.secret);
    let answer = site.post("/tenant/sign-in", &form).await;
    assert_eq!(answer.location(), "/tenant", "{}", answer.body);
    let cookie = answer.header(SET_COOKIE.as_str());
    assert!(cookie.contains("; Path=/tenant; HttpOnly; SameSite=Strict; Secure"));
    let cookie = cookie.split(';').next().unwrap().to_owned();
    assert!(
        !cookie.contains(&key.secret),
        "the key is not in the cookie"
    );
    Tenant { key, cookie }
}

impl Tenant {
    pub(super) async fn get(&self, site: &Site, path: &str) -> Answer {
        site.send("GET", path, "", &[("cookie", &self.cookie)])
            .await
    }

    pub(super) async fn post(&self, site: &Site, path: &str, form: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), OWN];
        site.send("POST", path, form, &headers).await
    }

    /// Under which records name it.
    pub(super) fn actor(&self) -> candor_domain::id::StaffId {
        self.key.row.id.actor()
    }

    /// A call as everything this tenant can be at once.
    async fn call(&self, site: &Site, method: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {}", self.key.secret);
        let mut headers = vec![("cookie", self.cookie.as_str()), OWN];
        headers.push(("authorization", &bearer));
        let form = match path.starts_with("/v1/") || path.starts_with("/opendsr/") {
            true => r#"{"reason":"excessive"}"#,
            false => "confirm=yes&reason=excessive&key=nothing",
        };
        if path.starts_with("/v1/") {
            headers.push(("content-type", "application/json"));
        }
        site.send(method, path, form, &headers).await
    }

    /// Files an erasure of an end user with its key.
    async fn file(&self, site: &Site, user: &str) -> SubjectRequestId {
        let body = json!({
            "right": "erasure", "vouched": { "reason": "Asked us." },
            "identities": { "external_id": user },
        });
        let path = "/v1/subject-requests";
        let body = body.to_string();
        let answer = site.call("POST", path, &self.key.secret, &body).await;
        let filed: Value = serde_json::from_str(&answer.body).unwrap();
        filed["id"].as_str().unwrap().parse().unwrap()
    }

    /// Hands an access request on, as a controller does, under its own number.
    async fn hand_on(&self, site: &Site, number: &str) {
        let body = json!({
            "regulation": "gdpr",
            "subject_request_id": number,
            "subject_request_type": "access",
            "submitted_time": "2026-11-20T15:00:00Z",
            "subject_identities": [{
                "identity_type": "controller_customer_id",
                "identity_value": "user-7",
                "identity_format": "raw",
            }],
            "api_version": "2.0",
        });
        let bearer = format!("Bearer {}", self.key.secret);
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
            OWN,
        ];
        let request = axum::http::Request::builder()
            .method("POST")
            .uri("/opendsr/v2/requests")
            .header("host", "privacy.example");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let answer = site
            .answer(request.body(body.to_string().into()).unwrap())
            .await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }

    /// Sends a file of many people with its key.
    async fn send_file(&self, site: &Site) -> BulkFileId {
        let path = "/v1/subject-requests/bulk?right=erasure";
        let csv = [("content-type", "text/csv")];
        let file = "external_id\nuser-8\n";
        let answer = site
            .call_with("POST", path, &self.key.secret, file, &csv)
            .await;
        let sent: Value = serde_json::from_str(&answer.body).unwrap();
        sent["id"].as_str().unwrap().parse().unwrap()
    }
}

/// A site where one tenant has a subject request that waits for it, and a file.
async fn at_work() -> (Site, Tenant, SubjectRequestId, BulkFileId) {
    let controllers = ["acme", "other"].map(|name| {
        json!({
            "id": name, "tenant": name,
            "identities": { "controller_customer_id": "external_id" },
        })
    });
    let parties = parties(&json!({ "open_dsr": {
        "domain": "privacy.example", "certificate": "certificate.pem", "key": "key.pem",
        "controllers": controllers,
    } }));
    let site = Site::with(charter(), parties.unwrap()).await;
    let acme = tenant(&site, "acme", &Permission::ALL, &[]).await;
    acme.hand_on(&site, HANDED_ON).await;
    let id = acme.file(&site, "user-7").await;
    let effect = TableEffect {
        table: "visitors".to_owned(),
        action: Action::Delete,
        rows: 31,
        because: None,
    };
    let previews = [("app".to_owned(), SourcePreview::of(vec![effect]))].into();
    let located = Event::Located { previews };
    let nothing = Change::default();
    let taken = site.service.take_in(&id, &located, &nothing).await;
    taken.unwrap().unwrap();
    let file = acme.send_file(&site).await;
    (site, acme, id, file)
}

/// A path of a route in which the ids of these stand.
fn path_of(route: &Route, id: &str, file: &str, key: &str) -> String {
    let own = match route.path {
        path if path.contains("/bulk/") => file,
        path if path.starts_with("/console/keys/") => key,
        // Where nobody is meant, another number of the same form.
        path if path.starts_with("/opendsr/") && id.starts_with("00") => NOT_HANDED_ON,
        path if path.starts_with("/opendsr/") => HANDED_ON,
        _ => id,
    };
    let path = route
        .path
        .replace("{id}", own)
        .replace("{link}", &format!("{id}{}", "0".repeat(32)))
        .replace("{token}", "nothing")
        .replace("{rule}", "nothing")
        .replace("{version}", "nothing")
        .replace("{other}", "nothing")
        .replace("{name}", "nothing");
    assert!(
        !path.contains('{'),
        "say what stands in `{}` for another tenant",
        route.path
    );
    path
}

/// Everything that is kept of the first tenant's.
async fn kept(site: &Site, id: &SubjectRequestId, file: &BulkFileId, acme: &Tenant) -> Value {
    let request = site.service.required(id).await.unwrap().value;
    let of_person = site.service.earlier(&request).await.unwrap();
    let file = site.service.bulk_file(file).await.unwrap();
    let keys = site.service.api_keys().await.unwrap();
    let key = keys.iter().find(|key| key.id == acme.key.row.id).unwrap();
    json!([request, of_person, file, key.scope, key.revoked_at])
}

#[tokio::test]
async fn another_tenant_finds_nothing_behind_any_route() {
    let (site, acme, id, file) = at_work().await;
    let other = tenant(&site, "other", &Permission::ALL, &[]).await;
    let before = kept(&site, &id, &file, &acme).await;
    let nobody = "0".repeat(32);
    let mut walked = 0;
    for route in all() {
        for method in route.methods {
            // Its end would only end the walk.
            if route.path == "/tenant/sign-out" {
                continue;
            }
            let key = acme.key.row.id.as_str();
            let path = path_of(&route, id.as_str(), file.as_str(), key);
            let theirs = other.call(&site, method, &path).await;
            let at = format!("{method} {path}: {} {}", theirs.status, theirs.body);
            for told in [
                id.as_str(),
                file.as_str(),
                key,
                "acme",
                "user-7",
                "visitors",
            ] {
                assert!(!theirs.body.contains(told), "`{told}` in {at}");
            }
            if route.path.contains("{id}") {
                let none = path_of(&route, &nobody, &nobody, &nobody);
                let none = other.call(&site, method, &none).await;
                assert_eq!(theirs.status, none.status, "{at}");
                assert_eq!(theirs.body, none.body, "{at}");
                assert_eq!(theirs.headers, none.headers, "{at}");
                // Neither is it forbidden: that would say that it exists.
                assert!(!theirs.status.is_success() && theirs.status != 403, "{at}");
                walked += 1;
            }
        }
    }
    assert!(walked >= 40, "{walked}");
    assert_eq!(kept(&site, &id, &file, &acme).await, before);
}

#[tokio::test]
async fn the_walk_would_tell_since_the_tenant_itself_finds_everything() {
    let (site, acme, id, file) = at_work().await;
    let mut found = Vec::new();
    for route in all() {
        let own = matches!(route.audience, Audience::Program | Audience::Tenant)
            || route.path.starts_with("/opendsr/");
        let gets = route.methods.contains(&"GET") && route.path.contains("{id}");
        let to_fetch = ["/package", "/receipt"]
            .iter()
            .any(|end| route.path.ends_with(end));
        if !own || !gets || to_fetch {
            continue;
        }
        let path = path_of(&route, id.as_str(), file.as_str(), "");
        let answer = acme.call(&site, "GET", &path).await;
        assert_eq!(answer.status, 200, "{path}");
        found.push(path);
    }
    assert_eq!(found.len(), 9, "{found:?}");
    let listed = acme.get(&site, "/tenant").await;
    assert!(listed.body.contains(id.as_str()));
    let report = acme.get(&site, "/tenant/report").await.body;
    assert!(
        report.lines().count() == 3 && report.contains(id.as_str()),
        "{report}"
    );
}

#[tokio::test]
async fn lists_reports_and_files_hold_the_tenants_own_alone() {
    let (site, _, id, _) = at_work().await;
    let other = tenant(&site, "other", &Permission::ALL, &[]).await;
    let own = other.file(&site, "user-7").await;
    assert_ne!(own, id, "the same number is somebody else");
    for path in [
        "/tenant",
        "/tenant/report",
        "/tenant?show=decide",
        "/tenant/bulk",
    ] {
        let page = other.get(&site, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains(id.as_str()), "{path}");
        assert!(!page.body.contains("acme"), "{path}");
    }
    let report = other.get(&site, "/tenant/report").await.body;
    assert_eq!(report.lines().count(), 2, "{report}");
    assert!(report.contains(own.as_str()));
}

#[tokio::test]
async fn the_tenant_decides_and_nobody_else() {
    let (mut site, acme, id, _) = at_work().await;
    let link = site.service.setup_link().await.unwrap().unwrap();
    let setup = link.strip_prefix("https://privacy.example").unwrap();
    let form = "login=ines&password=four+unrelated+words&again=four+unrelated+words";
    let answer = site.post(setup, form).await;
    let cookie = answer.header(SET_COOKIE.as_str());
    site.session = Some(cookie.split(';').next().unwrap().to_owned());

    let page = site.get(&format!("/console/requests/{id}")).await.body;
    assert!(page.contains("acme decides"), "staff see it");
    assert!(!page.contains("Approve and carry out"));
    for (what, form) in [
        ("approve", "confirm=yes"),
        ("refuse", "confirm=yes&reason=excessive"),
    ] {
        let path = format!("/console/requests/{id}/{what}");
        let answer = site.post(&path, form).await;
        assert_eq!(answer.status, 409, "{what}");
        assert!(
            answer
                .body
                .contains("the business customer whose end user it is decides")
        );
    }
    let all = site.key(&Permission::ALL, &[], None).await.secret;
    let path = format!("/v1/subject-requests/{id}/approve");
    let answer = site.call("POST", &path, &all, "").await;
    assert_eq!(answer.status, 409, "{}", answer.body);
    site.session = None;
    let state = async || site.service.required(&id).await.unwrap().value.state;
    assert_eq!(state().await, State::Undecided);

    let path = format!("/tenant/requests/{id}");
    let page = acme.get(&site, &path).await.body;
    assert!(page.contains("visitors") && page.contains("31"), "{page}");
    let approve = format!("{path}/approve");
    let answer = acme.post(&site, &approve, "").await;
    assert_eq!(answer.status, 422, "nothing was ticked");
    let answer = acme.post(&site, &approve, "confirm=yes").await;
    assert_eq!(answer.location(), path, "{}", answer.body);
    assert_eq!(state().await, State::Preparing);
    let history = site.service.required(&id).await.unwrap().value.history;
    let approved = history.iter().find(|one| one.kind.ends_with(".approved"));
    assert_eq!(approved.unwrap().by, Some(acme.key.row.id.actor()));
    let again = acme.post(&site, &approve, "confirm=yes").await;
    assert_eq!(again.status, 409);
}

#[tokio::test]
async fn one_is_filed_on_the_page_and_followed() {
    let site = Site::under(charter()).await;
    let acme = tenant(&site, "acme", &Permission::ALL, &[]).await;
    let form = acme.get(&site, "/tenant/requests/new").await.body;
    assert!(form.contains("identity-external_id") && form.contains("name=\"reason\""));
    for (sent, words) in [
        ("right=erasure", "mail can only prove"),
        ("right=nonsense&identity-external_id=u", "Please choose"),
        (
            "right=erasure&identity-shoe=42&reason=x",
            "does not lead to such people",
        ),
    ] {
        let answer = acme.post(&site, "/tenant/requests", sent).await;
        assert_eq!(answer.status, 422, "{sent}");
        assert!(answer.body.contains(words), "{sent}: {}", answer.body);
    }
    let sent = "right=erasure&identity-external_id=user-9&reason=They+are+signed+in.";
    let answer = acme.post(&site, "/tenant/requests", sent).await;
    let page = acme.get(&site, answer.location()).await;
    assert_eq!(page.status, 200, "{}", answer.body);
    assert!(!page.body.contains("user-9"), "nobody is named");
    let id: SubjectRequestId = Site::link(answer.location()).parse().unwrap();
    let request = site.service.required(&id).await.unwrap().value;
    assert_eq!(request.tenant, "acme".parse().ok());
    assert_eq!(request.state, State::Locating);
    let cancel = format!("{}/cancel", answer.location());
    acme.post(&site, &cancel, "confirm=yes").await;
    let request = site.service.required(&id).await.unwrap().value;
    assert!(matches!(request.state, State::Cancelled { .. }));
}

#[tokio::test]
async fn the_page_does_what_the_key_may_do_and_ends_with_it() {
    let (site, _, id, _) = at_work().await;
    let reader = tenant(&site, "acme", &[Permission::Read], &[]).await;
    let path = format!("/tenant/requests/{id}");
    let page = reader.get(&site, &path).await;
    assert!(page.status == 200 && !page.body.contains("<h2 id=\"decide\">"));
    for (method, path) in [
        ("POST", format!("{path}/approve")),
        ("POST", format!("{path}/cancel")),
        ("GET", format!("{path}/package")),
        ("GET", "/tenant/requests/new".to_owned()),
        ("POST", "/tenant/requests".to_owned()),
        ("GET", "/tenant/bulk".to_owned()),
    ] {
        let answer = reader.call(&site, method, &path).await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    let narrow = tenant(&site, "acme", &Permission::ALL, &[Right::Access]).await;
    assert_eq!(narrow.get(&site, &path).await.status, 404);

    let staff = candor_domain::id::StaffId::from_random([9; 16]);
    let revoked = site.service.revoke_api_key(&reader.key.row.id, &staff);
    revoked.await.unwrap();
    let answer = reader.get(&site, &path).await;
    assert_eq!(answer.location(), "/tenant/sign-in", "revoked with the key");
}

#[tokio::test]
async fn whoever_has_no_open_tenants_key_stays_outside() {
    let site = Site::under(charter()).await;
    let own = site.key(&Permission::ALL, &[], None).await.secret;
    let revoked = site.key(&Permission::ALL, &[], Some("acme")).await;
    let staff = candor_domain::id::StaffId::from_random([9; 16]);
    let done = site.service.revoke_api_key(&revoked.row.id, &staff);
    done.await.unwrap();
    let mut pages = Vec::new();
    for key in ["", "nonsense", own.as_str(), revoked.secret.as_str()] {
        let answer = site.post("/tenant/sign-in", &format!("key={key}")).await;
        assert_eq!(answer.status, 422);
        pages.push(answer.body);
    }
    pages.dedup();
    assert_eq!(pages.len(), 1, "one answer for all");

    // A session is neither guessed, nor made longer, nor another key's.
    let acme = tenant(&site, "acme", &Permission::ALL, &[]).await;
    let session = acme.cookie.strip_prefix("candor_tenant=").unwrap();
    let (key, rest) = session.split_at(32);
    let (ends, tag) = rest.split_at(16);
    let later = format!(
        "{key}{:016x}{tag}",
        i64::from_str_radix(ends, 16).unwrap() + 1
    );
    let other = format!("{}{ends}{tag}", revoked.row.id);
    for forged in ["", "é", key, &later, &other, &format!("{session}0")] {
        let cookie = format!("candor_tenant={forged}");
        let answer = site
            .send("GET", "/tenant", "", &[("cookie", &cookie)])
            .await;
        assert_eq!(answer.location(), "/tenant/sign-in", "{forged}");
    }
    let answer = acme.post(&site, "/tenant/sign-out", "").await;
    assert!(answer.header(SET_COOKIE.as_str()).contains("Max-Age=0"));
    let foreign = [
        ("cookie", acme.cookie.as_str()),
        ("origin", "https://evil.example"),
    ];
    let answer = site
        .send("POST", "/tenant/requests", "right=erasure", &foreign)
        .await;
    assert_eq!(answer.status, 403, "another site's form");
}
