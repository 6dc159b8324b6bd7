//! From a template to an HTTP response.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::failure::Failure;

/// Content type of every page.
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// A page.
pub(crate) fn html(template: &impl Template) -> Response {
    html_with(StatusCode::OK, template)
}

/// A page under another status.
pub(crate) fn html_with(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, [(CONTENT_TYPE, HTML)], html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a template could not be filled");
            Failure::Inside.into_response()
        }
    }
}
