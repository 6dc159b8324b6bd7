//! A person's way through the pages.

use candor_domain::subject_request::State;
use candor_policy::charter::{Right, RightTerms};

use super::fixture::Site;
use crate::ui::sample;

#[tokio::test]
async fn the_policy_shows_each_promise_with_its_verdict() {
    let site = Site::new().await;
    let answer = site.get("/").await;
    assert_eq!(answer.status, 200);
    for promise in &site.service.charter().promises {
        assert!(
            answer
                .body
                .contains(&format!("href=\"/promises/{}\"", promise.id)),
            "{}",
            promise.id
        );
        let page = site.get(&format!("/promises/{}", promise.id)).await;
        assert_eq!(page.status, 200, "{}", promise.id);
    }
}

#[tokio::test]
async fn the_answer_is_the_same_for_every_address() {
    let site = Site::new().await;
    site.filed(Right::Access).await;
    let known = site
        .post("/requests", "right=access&email=mireille%40post.example")
        .await;
    let unknown = site
        .post("/requests", "right=access&email=nobody%40post.example")
        .await;
    assert_eq!(known.location(), "/requests/sent");
    assert_eq!(
        (known.status, &known.headers, &known.body),
        (unknown.status, &unknown.headers, &unknown.body)
    );
}

#[tokio::test]
async fn what_is_no_address_comes_back_as_it_was_typed() {
    let site = Site::new().await;
    let answer = site
        .post("/requests", "right=access&email=%3Cb%3Emireille")
        .await;
    assert_eq!(answer.status, 422);
    assert!(answer.body.contains("value=\"&#60;b&#62;mireille\""));
    assert!(answer.body.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn too_many_requests_are_held_back() {
    let site = Site::new().await;
    let form = "right=access&email=mireille%40post.example";
    let mut last = site.post("/requests", form).await;
    for _ in 0..10 {
        last = site.post("/requests", form).await;
    }
    assert_eq!(last.status, 429);
    assert!(last.body.contains("too many requests"));
}

#[tokio::test]
async fn opening_the_link_changes_nothing_and_the_button_confirms() {
    let site = Site::new().await;
    let id = site.filed(Right::Erasure).await;
    let address = site.service.confirm_address(&id);
    let path = format!("/requests/confirm/{}", Site::link(&address));

    let asked = site.get(&path).await;
    assert_eq!(asked.status, 200);
    assert!(asked.body.contains("Yes, erase my data"));
    let state = site.service.required(&id).await.unwrap().value.state;
    assert!(matches!(state, State::Unverified { .. }));

    let first = site.post(&path, "").await;
    assert_eq!(first.status, 303);
    let again = site.post(&path, "").await;
    assert_eq!(first.location(), again.location());
    let state = site.service.required(&id).await.unwrap().value.state;
    assert_eq!(state, State::Locating);

    let page = site.get(first.location()).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("We are looking for your data"));
    assert!(page.body.contains("noindex"));
    assert!(!page.body.contains("mireille"), "the page names nobody");
    for missing in ["package", "receipt"] {
        let answer = site.get(&format!("{}/{missing}", first.location())).await;
        assert_eq!(answer.status, 404, "{missing} before it exists");
    }
}

#[tokio::test]
async fn the_link_that_confirms_opens_no_page_and_the_other_way_round() {
    let site = Site::new().await;
    let id = site.filed(Right::Access).await;
    let confirm = site.service.confirm_address(&id);
    let page = site.service.page_address(&id);
    let answer = site
        .get(&format!("/requests/{}", Site::link(&confirm)))
        .await;
    assert_eq!(answer.status, 404);
    let answer = site
        .get(&format!("/requests/confirm/{}", Site::link(&page)))
        .await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn who_opts_out_is_asked_for_no_proof() {
    let mut charter = sample::charter();
    charter.rights.insert(Right::OptOut, RightTerms::default());
    let site = Site::signed_in_under(charter).await;
    let form = site.get("/requests/new?right=opt_out").await.body;
    assert!(form.contains("We begin at once.") && !form.contains("Send me the link"));
    let form = "right=opt_out&email=mireille%40post.example";
    let answer = site.post("/requests", form).await;
    assert_eq!(answer.location(), "/requests/sent?right=opt_out");
    let sent = site.get(answer.location()).await.body;
    assert!(sent.contains("We have begun."));
    let open = site.service.requests(&["locating"], 0).await.unwrap();
    assert_eq!(open.len(), 1, "nobody had to confirm it");
    let page = site.service.page_address(&open[0].id);
    let page = site.get(&format!("/requests/{}", Site::link(&page))).await;
    assert!(!page.body.contains("Address confirmed"));
    let known = site
        .service
        .choices("customer", "mireille@post.example")
        .await;
    assert!(
        known.unwrap().opted_out.is_some(),
        "it holds from the start"
    );
}

#[tokio::test]
async fn a_person_takes_it_back_until_it_is_carried_out() {
    let site = Site::new().await;
    let id = site.undecided().await;
    let page = site.service.page_address(&id);
    let page = format!("/requests/{}", Site::link(&page));
    let cancel = format!("{page}/cancel");
    assert!(site.get(&page).await.body.contains(&cancel));
    for _ in 0..2 {
        assert_eq!(site.post(&cancel, "").await.location(), page);
        let state = site.service.required(&id).await.unwrap().value.state;
        assert!(matches!(state, State::Cancelled { by: None, .. }));
    }
    assert!(!site.get(&page).await.body.contains(&cancel), "it is over");
}
