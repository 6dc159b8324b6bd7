//! Who may call which route, and the headers of everything.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::fixture::Site;
use crate::ui::assets;
use crate::ui::routes::{Audience, all};

/// A path that names nothing real.
fn path_of(route: &str) -> String {
    route
        .replace("{link}", &"0".repeat(64))
        .replace("{token}", "nothing")
        .replace("{id}", "nothing")
        .replace("{rule}", "nothing")
        .replace("{version}", "nothing")
        .replace("{other}", "nothing")
        .replace("{name}", "nothing.css")
}

#[tokio::test]
async fn every_route_answers_strangers_as_its_audience_says() {
    let site = Site::new().await;
    let mut table = String::new();
    for route in all() {
        for method in route.methods {
            let path = path_of(route.path);
            let answer = site
                .send(method, &path, "", &[("origin", "https://privacy.example")])
                .await;
            let status = answer.status.as_u16();
            match route.audience {
                Audience::Staff => {
                    assert_eq!(
                        (status, answer.location()),
                        (303, "/console/sign-in"),
                        "{path}"
                    );
                }
                Audience::Tenant => {
                    let seen = (status, answer.location());
                    assert_eq!(seen, (303, "/tenant/sign-in"), "{path}");
                }
                Audience::SignedIn => assert!(matches!(status, 401 | 422), "{path}: {status}"),
                Audience::Program => {
                    assert_eq!(status, 401, "{path}");
                    assert_eq!(answer.header("www-authenticate"), "Bearer", "{path}");
                }
                Audience::Party => assert_eq!(status, 404, "{path}"),
                // An empty form is not even looked at; everything else is
                // hidden.
                Audience::Link => assert!(
                    status == 404 || (status, *method) == (422, "POST"),
                    "{path}: {status}"
                ),
                Audience::Everyone => assert!(status < 500, "{path}: {status}"),
            }
            writeln!(
                table,
                "{:<8} {method:<4} {:<32} {status} {}",
                format!("{:?}", route.audience),
                route.path,
                answer.location()
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!("routes", table);
}

#[tokio::test]
async fn no_route_answers_a_method_it_does_not_list() {
    let site = Site::signed_in().await;
    for route in all() {
        let others = ["GET", "POST", "PUT", "PATCH", "DELETE"];
        for method in others
            .into_iter()
            .filter(|method| !route.methods.contains(method))
        {
            let own = [("origin", "https://privacy.example")];
            let answer = site.send(method, &path_of(route.path), "", &own).await;
            assert_eq!(answer.status, 405, "{method} {}", route.path);
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_same_guard() {
    let site = Site::new().await;
    for path in [
        "/",
        "/promises",
        "/requests/new",
        "/nowhere",
        "/console",
        "/ledger/checkpoint",
        assets::stylesheet_path(),
    ] {
        let answer = site.get(path).await;
        assert_eq!(
            answer.header("content-security-policy"),
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        let kept = if path.starts_with("/assets") {
            "public, max-age=31536000, immutable"
        } else {
            "no-store"
        };
        assert_eq!(answer.header("cache-control"), kept, "{path}");
    }
}

#[tokio::test]
async fn the_verifier_runs_what_its_policy_names_and_calls_nobody() {
    let site = Site::new().await;
    let answer = site.get("/ledger/verifier.html").await;
    let policy = answer.header("content-security-policy");
    for (directive, tag) in [("script-src", "script"), ("style-src", "style")] {
        let (_, rest) = answer.body.split_once(&format!("<{tag}>")).unwrap();
        let (inner, _) = rest.split_once(&format!("</{tag}>")).unwrap();
        let hash = STANDARD.encode(candor_seal::hash::sha256(inner.as_bytes()));
        let named = format!("{directive} 'sha256-{hash}'");
        assert!(policy.contains(&named), "{policy} lacks {named}");
    }
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(policy.ends_with("; frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("connect-src"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let site = Site::signed_in().await;
    for route in all()
        .into_iter()
        .filter(|route| route.methods.contains(&"POST"))
        // A browser sends no API key and no token, and signs nothing, by itself.
        .filter(|route| {
            use Audience::{Party, Program, SignedIn};
            !matches!(route.audience, Program | Party | SignedIn)
        })
    {
        let path = path_of(route.path);
        for header in [
            ("origin", "https://other.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let answer = site
                .send("POST", &path, "right=access&email=a%40b.example", &[header])
                .await;
            assert_eq!(answer.status, 403, "{path} {header:?}");
            assert!(
                answer.body.contains("did not come from our own page"),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn whatever_goes_wrong_has_a_page() {
    let site = Site::new().await;
    let large = format!("right=access&email={}", "a".repeat(20_000));
    for (method, path, form, status) in [
        ("GET", "/nowhere", "", 404),
        ("GET", "/promises/none.such", "", 404),
        ("GET", "/?language=xx", "", 404),
        ("PUT", "/", "", 405),
        (
            "POST",
            "/requests",
            "right=nonsense&email=a%40b.example",
            400,
        ),
        (
            "POST",
            "/requests",
            "right=opt_out&email=a%40b.example",
            400,
        ),
        ("POST", "/requests", "email=a%40b.example", 422),
        ("POST", "/requests", &large, 413),
        ("GET", "/assets/../../etc/passwd", "", 404),
    ] {
        let answer = site.send(method, path, form, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        assert_eq!(
            answer.header("content-type"),
            "text/html; charset=utf-8",
            "{path}"
        );
        assert!(answer.body.contains("<h1>"), "{path}");
    }
}

#[tokio::test]
async fn no_page_sets_a_cookie_for_visitors() {
    let site = Site::new().await;
    for route in all()
        .into_iter()
        .filter(|route| !route.path.starts_with("/console"))
    {
        for method in route.methods {
            let answer = site.send(method, &path_of(route.path), "", &[]).await;
            assert_eq!(answer.header("set-cookie"), "", "{}", route.path);
        }
    }
}
