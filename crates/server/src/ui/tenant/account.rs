//! `/tenant/sign-in`: a tenant's key is shown once, in a form, and a cookie takes
//! its place: not readable by scripts, never sent by other sites' pages, and
//! limited to these paths. A wrong key, a revoked one and one of the organisation's
//! own get the same answer.

use askama::Template;
use axum::extract::{Form, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use candor_policy::charter::Charter;
use serde::Deserialize;

use crate::service::Service;
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::{html, html_with};
use crate::ui::session::Cookie;

const SIGN_IN: &str = "/tenant/sign-in";
const COOKIE: Cookie = Cookie {
    name: "candor_tenant",
    path: "/tenant",
};

/// Lets whoever is signed in for a tenant through, as an extension of the HTTP
/// request; leads everybody else to the sign-in.
pub(crate) async fn require(
    State(service): State<Service>,
    mut request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let seat = match COOKIE.of(request.headers()) {
        Some(session) => service.seat(session).await?,
        None => None,
    };
    let Some(seat) = seat else {
        return Ok(Redirect::to(SIGN_IN).into_response());
    };
    if !service.limits().allows_call(&seat.key) {
        return Err(Failure::TooMany);
    }
    request.extensions_mut().insert(seat);
    Ok(next.run(request).await)
}

/// `GET /tenant/sign-in`.
pub(crate) async fn sign_in_form(State(service): State<Service>) -> Response {
    html(&SignInPage::new(&service.charter(), false))
}

/// A sign-in as it is sent.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    key: String,
}

/// `POST /tenant/sign-in`.
pub(crate) async fn sign_in(
    State(service): State<Service>,
    Form(sent): Form<SignIn>,
) -> Result<Response, Failure> {
    match service.tenant_sign_in(sent.key.trim()).await? {
        Some(session) => Ok(COOKIE.set(&service, &session, "/tenant")),
        None => {
            let page = SignInPage::new(&service.charter(), true);
            Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// `POST /tenant/sign-out`.
pub(crate) async fn sign_out(State(service): State<Service>) -> Response {
    COOKIE.end(&service, SIGN_IN)
}

/// Signing in.
#[derive(Template)]
#[template(path = "tenant/sign_in.html")]
pub(crate) struct SignInPage {
    frame: Frame,
    problem: Option<(&'static str, &'static str)>,
}

impl SignInPage {
    /// The form, after a key that opened nothing where `wrong`.
    pub(crate) fn new(charter: &Charter, wrong: bool) -> Self {
        let words = "This key opens nothing here. It may be mistyped, revoked, or not one of a business customer.";
        Self {
            frame: Frame::tenant(charter, Here::Elsewhere, "Sign in", None),
            problem: wrong.then_some(("key", words)),
        }
    }
}
