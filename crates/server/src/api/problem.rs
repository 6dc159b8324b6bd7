//! What did not work, for programs: a problem (RFC 9457) with a stable code. The
//! same for a subject request that doesn't exist and one the key doesn't reach.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use candor_domain::subject_request::{Rejection, WishError};
use serde::Serialize;
use serde_json::json;

use crate::error::with_causes;
use crate::service::{DecideError, FileError, HoldError, LinkError, SayError, ServiceError};

/// Media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// A kind of problem: its code is for programs and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No key, or one that opens nothing.
    Unauthorized,
    /// The key may not do this.
    Forbidden,
    /// Nothing of that name, or not for this key.
    NotFound,
    /// A method that the address doesn't have.
    Method,
    /// Not JSON, or not as long as it says.
    Malformed,
    /// Another media type than the address takes.
    MediaType,
    /// More than an HTTP request may hold.
    TooLarge,
    /// A value that doesn't fit; each is named.
    Invalid,
    /// The policy in force doesn't offer it.
    NotOffered,
    /// It doesn't fit how things stand: the state of a subject request, a hold.
    Conflict,
    /// The idempotency key stands for something else.
    KeyReused,
    /// Too many in a short time.
    TooMany,
    /// Something inside.
    Inside,
}

impl Kind {
    /// Every kind.
    pub(crate) const ALL: [Self; 13] = [
        Self::Unauthorized,
        Self::Forbidden,
        Self::NotFound,
        Self::Method,
        Self::Malformed,
        Self::MediaType,
        Self::TooLarge,
        Self::Invalid,
        Self::NotOffered,
        Self::Conflict,
        Self::KeyReused,
        Self::TooMany,
        Self::Inside,
    ];

    /// Its code.
    pub(crate) const fn code(self) -> &'static str {
        self.parts().0
    }

    /// Its status.
    pub(crate) const fn status(self) -> StatusCode {
        self.parts().1
    }

    /// The same for every problem of its kind.
    pub(crate) const fn title(self) -> &'static str {
        self.parts().2
    }

    const fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::Unauthorized => (
                "unauthorized",
                StatusCode::UNAUTHORIZED,
                "A valid API key is needed",
            ),
            Self::Forbidden => (
                "forbidden",
                StatusCode::FORBIDDEN,
                "The API key may not do this",
            ),
            Self::NotFound => ("not_found", StatusCode::NOT_FOUND, "There is nothing here"),
            Self::Method => (
                "method_not_allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "The address does not have this method",
            ),
            Self::Malformed => (
                "malformed",
                StatusCode::BAD_REQUEST,
                "The HTTP request can not be read",
            ),
            Self::MediaType => (
                "unsupported_media_type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body has another media type than is expected",
            ),
            Self::TooLarge => (
                "too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is larger than allowed",
            ),
            Self::Invalid => (
                "invalid",
                StatusCode::UNPROCESSABLE_ENTITY,
                "A value does not fit",
            ),
            Self::NotOffered => (
                "not_offered",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The policy in force does not offer this",
            ),
            Self::Conflict => (
                "conflict",
                StatusCode::CONFLICT,
                "It does not fit how things stand now",
            ),
            Self::KeyReused => (
                "idempotency_key_reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The idempotency key stands for another HTTP request",
            ),
            Self::TooMany => (
                "too_many",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many HTTP requests in a short time",
            ),
            Self::Inside => (
                "inside",
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
            ),
        }
    }

    /// The kind for a status that no handler chose.
    pub(crate) const fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            status if status.as_u16() < 500 => Self::Malformed,
            _ => Self::Inside,
        }
    }
}

/// A value that doesn't fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldError {
    /// Where it is (RFC 6901), or the name of a parameter or header.
    pub(crate) pointer: String,
    /// What is wrong. Never the value: it may be personal.
    pub(crate) detail: String,
}

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<FieldError>,
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            detail: String::new(),
            errors: Vec::new(),
        }
    }
}

impl Problem {
    /// A problem with words of its own.
    pub(crate) fn new(kind: Kind, detail: impl ToString) -> Self {
        Self {
            detail: detail.to_string(),
            ..kind.into()
        }
    }

    /// Values that don't fit.
    pub(crate) fn invalid(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Kind::Invalid.into()
        }
    }

    /// One value that doesn't fit.
    pub(crate) fn field(pointer: &str, detail: impl ToString) -> Self {
        Self::invalid(vec![FieldError {
            pointer: pointer.to_owned(),
            detail: detail.to_string(),
        }])
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        tracing::error!(
            error = with_causes(&error),
            "an API call could not be answered"
        );
        Kind::Inside.into()
    }
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::Unknown | LinkError::Lapsed => Kind::NotFound.into(),
            LinkError::Service(error) => error.into(),
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        Self::new(Kind::Conflict, rejection)
    }
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Unknown => Kind::NotFound.into(),
            DecideError::Rejected(rejection) => rejection.into(),
            DecideError::Service(error) => error.into(),
        }
    }
}

impl From<SayError> for Problem {
    fn from(error: SayError) -> Self {
        match error {
            SayError::Unknown => Kind::NotFound.into(),
            SayError::Rejected(rejection) => rejection.into(),
            SayError::Wish(error) => Self::field(place_of(error), error),
            SayError::Service(error) => error.into(),
        }
    }
}

/// Where a wish leaves something open.
const fn place_of(error: WishError) -> &'static str {
    match error {
        WishError::Purpose | WishError::UnknownPurpose => "/purposes",
        WishError::Ground => "/ground",
        WishError::Text => "/text",
        WishError::Correction | WishError::Value => "/corrections",
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Self {
        let pointer = match &error {
            FileError::Address => "/identities/email".to_owned(),
            FileError::Identity { kind } => format!("/identities/{}", escaped(kind)),
            FileError::Unprovable => "/identities".to_owned(),
            FileError::About => "/about".to_owned(),
            FileError::Tenant => "/tenant".to_owned(),
            FileError::NotOffered => return Self::new(Kind::NotOffered, error),
            FileError::TooMany => return Self::new(Kind::TooMany, error),
            FileError::Before => return Self::new(Kind::KeyReused, error),
            FileError::Service(_) => String::new(),
        };
        match error {
            FileError::Service(error) => error.into(),
            error => Self::field(&pointer, error),
        }
    }
}

impl From<HoldError> for Problem {
    fn from(error: HoldError) -> Self {
        let pointer = match &error {
            HoldError::Address | HoldError::NobodyByMail => "/identities/email",
            HoldError::Note => "/reason",
            HoldError::Undeclared => "/hold",
            HoldError::Known => return Self::new(Kind::Conflict, error),
            HoldError::Unknown => return Kind::NotFound.into(),
            HoldError::Source(_) | HoldError::Service(_) => {
                let error = with_causes(&error);
                tracing::error!(error, "a hold could not be set or lifted");
                return Kind::Inside.into();
            }
        };
        Self::field(pointer, error)
    }
}

/// A name within a pointer (RFC 6901, Section 3).
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let mut problem = json!({
            "type": format!("/v1/problems#{}", self.kind.code()),
            "title": self.kind.title(),
            "status": status.as_u16(),
            "code": self.kind.code(),
        });
        if let Some(fields) = problem.as_object_mut() {
            if !self.detail.is_empty() {
                fields.insert("detail".to_owned(), json!(self.detail));
            }
            if !self.errors.is_empty() {
                fields.insert("errors".to_owned(), json!(self.errors));
            }
        }
        let mut response = (status, problem.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        match self.kind {
            Kind::Unauthorized => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Kind::TooMany => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_statuses_lead_back_to_a_kind() {
        let mut codes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            assert_eq!(
                Kind::of_status(kind.status()).status().is_server_error(),
                kind == Kind::Inside
            );
        }
    }

    #[test]
    fn names_in_pointers_are_escaped() {
        assert_eq!(escaped("a/b~c"), "a~1b~0c");
    }
}
