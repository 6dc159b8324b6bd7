//! What did not work, as a page. Handlers answer with a [`Failure`]; one layer
//! turns it, and every other error without a page (an unknown path, a refused
//! cross-site form, a body too large), into the same kind of page. What is
//! wrong inside is logged once, here, and never shown.

use askama::Template;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use candor_policy::charter::Charter;

use super::frame::{Frame, Here};
use super::page;
use crate::api::problem::{Kind, PROBLEM_JSON, Problem};
use crate::protocols;
use crate::service::{LinkError, Service, ServiceError};

/// What a handler answers where it has no page.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing of that name.
    NotFound,
    /// A link whose time is over.
    Lapsed,
    /// A token of the company's login that is not accepted.
    SignedOut,
    /// Too much in a short time.
    TooMany,
    /// What was sent makes no sense.
    Malformed,
    /// Something inside.
    Inside,
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        tracing::error!(error = chain(&error), "a page could not be made");
        Self::Inside
    }
}

impl From<LinkError> for Failure {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Unknown => Self::NotFound,
            LinkError::Lapsed => Self::Lapsed,
            LinkError::Service(error) => error.into(),
        }
    }
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Lapsed => StatusCode::GONE,
            Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Inside => StatusCode::INTERNAL_SERVER_ERROR,
        };
        status.into_response()
    }
}

/// The page of an error.
#[derive(Template)]
#[template(path = "failure/page.html")]
pub(crate) struct FailurePage {
    frame: Frame,
    title: &'static str,
    explanation: &'static str,
    status: u16,
}

impl FailurePage {
    /// The page for a status.
    pub(crate) fn new(charter: &Charter, status: StatusCode) -> Self {
        let (title, explanation) = match status {
            StatusCode::NOT_FOUND => (
                "There is nothing here",
                "The address may be mistyped, or what was here is gone. A link from a mail must \
                 be copied whole.",
            ),
            StatusCode::GONE => (
                "This link has lapsed",
                "It was not used in time, so nothing was done. You can simply ask again.",
            ),
            StatusCode::UNAUTHORIZED => (
                "We could not see who you are",
                "The site that sent you here vouches for you for a few minutes only, and once. \
                 Please go back to it, sign in again, and ask from there; or use our form and \
                 confirm by mail.",
            ),
            StatusCode::TOO_MANY_REQUESTS => (
                "There is too much going on",
                "Please try again in a minute. Nothing was done.",
            ),
            StatusCode::METHOD_NOT_ALLOWED => (
                "This can't be done here",
                "Please go back and use the buttons of the page.",
            ),
            StatusCode::FORBIDDEN => (
                "This did not come from our own page",
                "To protect you, forms are accepted from our own pages only. Please go back, \
                 load the page again, and send the form from there.",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => (
                "That is too much at once",
                "What was sent is larger than any of our forms.",
            ),
            status if status.is_client_error() => (
                "We could not understand this",
                "Something in what was sent is missing or has the wrong form. Please go back and \
                 try again.",
            ),
            _ => (
                "Something went wrong on our side",
                "It is written down and somebody will look. Nothing you sent is half done: \
                 please try again in a few minutes.",
            ),
        };
        Self {
            frame: Frame {
                private: true,
                ..Frame::public(charter, Here::Elsewhere, title)
            },
            title,
            explanation,
            status: status.as_u16(),
        }
    }
}

/// Gives every error without a page its page.
pub(crate) async fn pages(
    State(service): State<Service>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let is_program = path.starts_with("/v1/");
    let is_party = protocols::speaks(path);
    let response = next.run(request).await;
    if is_party {
        return response;
    }
    let status = response.status();
    if is_program {
        return problem(response);
    }
    let has_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if has_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    match FailurePage::new(&service.charter(), status).render() {
        Ok(html) => {
            parts
                .headers
                .insert(CONTENT_TYPE, HeaderValue::from_static(page::HTML));
            parts.headers.remove(axum::http::header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(html))
        }
        Err(_) => Response::from_parts(parts, Body::empty()),
    }
}

/// Gives every error of the API that no handler chose its problem.
fn problem(response: Response) -> Response {
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE);
    let is_problem = kind.is_some_and(|kind| kind == PROBLEM_JSON);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let mut problem = Problem::from(Kind::of_status(status)).into_response();
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            problem.headers_mut().insert(name, value.clone());
        }
    }
    problem
}
