//! How often one network may file, guess and fetch: checked before anything is looked
//! at, so that a refusal says nothing about what there is. Refuses with how long to
//! wait.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::routes::Audience;
use crate::network::Visitor;
use crate::service::Service;

/// Where strangers file.
const FILE: &str = "/requests";
/// Where staff and tenants sign in.
const SIGN_IN: [&str; 2] = ["/console/sign-in", "/tenant/sign-in"];
/// How the address of a package ends.
const PACKAGE: &str = "/package";

/// Whether a route is one at which strangers could guess, or file.
pub(crate) fn guards(audience: Audience, path: &str) -> bool {
    match audience {
        Audience::Link | Audience::Program | Audience::Party | Audience::SignedIn => true,
        Audience::Everyone => path == FILE || SIGN_IN.contains(&path),
        Audience::Staff | Audience::Tenant => false,
    }
}

/// Lets an HTTP request in, unless its network knocked too often.
pub(crate) async fn guard(
    State((service, audience)): State<(Service, Audience)>,
    request: Request,
    next: Next,
) -> Response {
    let Some(visitor) = request.extensions().get::<Visitor>().copied() else {
        // No connection is without an address: fail closed.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let network = service
        .root()
        .blind_index("limit/network", &visitor.prefix());
    let limits = service.limits();
    let path = request.uri().path();
    let wait = limits.guessing_wait(&network).or_else(|| {
        let files = request.method() == Method::POST && path == FILE;
        let fetches = audience == Audience::Link && path.ends_with(PACKAGE);
        match (files, fetches) {
            (true, _) => limits.filing_wait(&network),
            (_, true) => limits.fetching_wait(&network),
            _ => None,
        }
    });
    if let Some(wait) = wait {
        return too_many(wait);
    }
    let signs_in = SIGN_IN.contains(&path);
    let response = next.run(request).await;
    if is_wrong(audience, signs_in, response.status()) {
        limits.was_wrong(&network);
    }
    response
}

/// Whether what was brought leads nowhere: a link, a key, a signature, a token, a
/// password.
fn is_wrong(audience: Audience, signs_in: bool, status: StatusCode) -> bool {
    match audience {
        Audience::Link => status == StatusCode::NOT_FOUND,
        Audience::Program | Audience::Party | Audience::SignedIn => {
            status == StatusCode::UNAUTHORIZED
        }
        Audience::Everyone => signs_in && status == StatusCode::UNPROCESSABLE_ENTITY,
        Audience::Staff | Audience::Tenant => false,
    }
}

fn too_many(wait: Duration) -> Response {
    let seconds = wait.as_secs() + 1;
    let mut response = StatusCode::TOO_MANY_REQUESTS.into_response();
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}
