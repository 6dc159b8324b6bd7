//! `/v1`: subject requests for programs, in JSON. Every call shows an API key,
//! whose scope says what it may do and which subject requests exist for it; every
//! error is a problem (RFC 9457). Refuses to repeat what was sent: an error names
//! the place, never the value, which may be personal.

mod access;
mod body;
pub(crate) mod bulk;
pub(crate) mod cursor;
pub(crate) mod decisions;
pub(crate) mod fields;
pub(crate) mod holds;
mod once;
#[cfg(test)]
pub(crate) mod openapi;
pub(crate) mod problem;
mod requests;
mod shape;
pub(crate) mod tasks;
#[cfg(test)]
mod tests;

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use problem::Kind;

pub(crate) use access::{bearer, require};
pub(crate) use requests::{file, list, package, package_response, show};

/// `GET /v1/problems`: what each problem's type leads to.
pub(crate) async fn problems() -> Response {
    let mut page = String::from("# Problems\n");
    for kind in Kind::ALL {
        let status = kind.status().as_u16();
        page.push_str(&format!(
            "\n## {}\n\n{} ({status}).\n",
            kind.code(),
            kind.title()
        ));
    }
    ([(CONTENT_TYPE, "text/markdown; charset=utf-8")], page).into_response()
}

/// The API as an OpenAPI 3.1 document.
pub(crate) const OPENAPI: &str = include_str!("../../../../docs/reference/openapi.json");

/// `GET /v1/openapi.json`.
pub(crate) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

/// What an HTTP request of the API holds at most.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;
/// Says that an answer repeats an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

fn as_json(status: StatusCode, value: &Value) -> Response {
    let headers = [(CONTENT_TYPE, "application/json")];
    (status, headers, value.to_string()).into_response()
}

fn mark(mut response: Response, replayed: bool) -> Response {
    if replayed {
        let yes = HeaderValue::from_static("true");
        response.headers_mut().insert(REPLAYED, yes);
    }
    response
}
