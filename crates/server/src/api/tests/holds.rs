//! Holds through the API: who may set them, what is refused, and that a business
//! customer's key reaches none.

use candor_domain::api_key::Permission;
use candor_policy::charter::{Hold, Right};
use serde_json::Value;

use super::{json, problem};
use crate::ui::sample;
use crate::ui::tests::fixture::Site;

const PATH: &str = "/v1/holds";

/// A site whose policy declares two holds; nobody has to be looked for anywhere.
async fn with_holds() -> Site {
    let mut charter = sample::charter();
    charter.sources.clear();
    for name in ["claims", "court"] {
        let hold = Hold {
            covers: Vec::new(),
            flags: Vec::new(),
            because: "legal claims".to_owned(),
            decided_by: "the general counsel".to_owned(),
            review: "2027-06-30".parse().unwrap(),
        };
        charter.holds.insert(name.to_owned(), hold);
    }
    Site::signed_in_under(charter).await
}

fn body(hold: &str, email: &str, reason: &str) -> String {
    json!({ "hold": hold, "identities": { "email": email }, "reason": reason }).to_string()
}

#[tokio::test]
async fn a_hold_is_set_listed_and_lifted() {
    let site = with_holds().await;
    let made = site.key(&[Permission::Hold], &[Right::Access], None).await;
    let key = &made.secret;
    let claims = body("claims", "mireille@post.example", "file 7");
    let answer = site.call("POST", PATH, key, &claims).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let set = json(&answer);
    assert_eq!(set["identities"]["email"], "mireille@post.example");
    assert_eq!(
        (&set["hold"], &set["reason"]),
        (&json!("claims"), &json!("file 7"))
    );
    assert_eq!(set["set_by"], made.row.id.as_str());

    let again = site.call("POST", PATH, key, &claims).await;
    assert_eq!(problem(&again).1, "conflict");
    let court = body("court", "mireille@post.example", "file 8");
    assert_eq!(site.call("POST", PATH, key, &court).await.status, 201);
    let listed = json(&site.call("GET", PATH, key, "").await);
    assert_eq!(listed["holds"].as_array().unwrap().len(), 2);
    let page = site.get("/console/holds").await.body;
    assert!(page.contains(made.row.id.as_str()), "staff see who set it");

    let path = format!("{PATH}/{}/lift", set["id"].as_str().unwrap());
    let answer = site.call("POST", &path, key, "").await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (204, ""));
    let again = site.call("POST", &path, key, "").await;
    assert_eq!(problem(&again).0, 404, "it was lifted before");
    let listed = json(&site.call("GET", PATH, key, "").await);
    let names: Vec<&Value> = listed["holds"].as_array().unwrap().iter().collect();
    assert_eq!(names.len(), 1);
    assert_eq!(names[0]["hold"], "court");
}

#[tokio::test]
async fn what_is_wrong_with_a_hold_is_named_place_by_place() {
    let site = with_holds().await;
    let key = site.key(&[Permission::Hold], &[], None).await.secret;
    let long = "m".repeat(1_001);
    for (body, places) in [
        (
            "{}".to_owned(),
            vec!["/hold", "/reason", "/identities/email"],
        ),
        (body("other", "mireille@post.example", "why"), vec!["/hold"]),
        (body("claims", "mireille", "why"), vec!["/identities/email"]),
        (
            body("claims", "mireille@post.example", " "),
            vec!["/reason"],
        ),
        (
            body("claims", "mireille@post.example", &long),
            vec!["/reason"],
        ),
        (
            r#"{"hold":"claims","reason":"why","identities":{"phone":"mireille"}}"#.to_owned(),
            vec!["/identities/phone", "/identities/email"],
        ),
    ] {
        let answer = site.call("POST", PATH, &key, &body).await;
        assert_eq!(problem(&answer).2, places, "{body}");
    }
    assert_eq!(site.service.holds().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_hold_is_set_and_lifted_once_under_a_name() {
    let site = with_holds().await;
    let key = site.key(&[Permission::Hold], &[], None).await.secret;
    let claims = body("claims", "mireille@post.example", "file 7");
    let mut id = Value::Null;
    let set = [("idempotency-key", "file 7")];
    for replayed in ["", "true"] {
        let answer = site.call_with("POST", PATH, &key, &claims, &set).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
        let shown = json(&answer)["id"].clone();
        assert!(id.is_null() || id == shown);
        id = shown;
    }
    let court = body("court", "mireille@post.example", "file 7");
    let other = site.call_with("POST", PATH, &key, &court, &set).await;
    assert_eq!(problem(&other).1, "idempotency_key_reused");
    assert_eq!(site.service.holds().await.unwrap().len(), 1);

    let path = format!("{PATH}/{}/lift", id.as_str().unwrap());
    let lift = [("idempotency-key", "file 7 is closed")];
    for replayed in ["", "true"] {
        let answer = site.call_with("POST", &path, &key, "", &lift).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
        assert_eq!(answer.header("idempotency-replayed"), replayed);
    }
    let again = site.call_with("POST", &path, &key, "", &set).await;
    assert_eq!(problem(&again).1, "idempotency_key_reused");
    let late = site.call_with("POST", PATH, &key, &claims, &set).await;
    assert_eq!(problem(&late).1, "conflict", "it was lifted since");
    let anew = site.call("POST", PATH, &key, &claims).await;
    assert_eq!(anew.status, 201, "without the name it is another one");
}

#[tokio::test]
async fn holds_do_not_exist_for_a_business_customer() {
    let site = with_holds().await;
    let own = site.key(&[Permission::Hold], &[], None).await.secret;
    let theirs = site.key(&Permission::ALL, &[], Some("acme")).await.secret;
    let claims = body("claims", "mireille@post.example", "file 7");
    let answer = site.call("POST", PATH, &theirs, &claims).await;
    assert_eq!(problem(&answer).1, "forbidden");
    let set = json(&site.call("POST", PATH, &own, &claims).await);
    let listed = json(&site.call("GET", PATH, &theirs, "").await);
    assert_eq!(listed["holds"], json!([]));
    let path = format!("{PATH}/{}/lift", set["id"].as_str().unwrap());
    assert_eq!(problem(&site.call("POST", &path, &theirs, "").await).0, 404);
    assert_eq!(site.service.holds().await.unwrap().len(), 1, "it stands");
}
