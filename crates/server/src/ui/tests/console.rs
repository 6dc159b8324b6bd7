//! Staff in the console.

use candor_domain::subject_request::{RefusalReason, State};

use super::fixture::Site;

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
