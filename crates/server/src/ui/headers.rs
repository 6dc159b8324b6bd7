//! The headers of every page. Nothing loads from elsewhere, nothing runs,
//! nothing is framed. The referrer policy keeps addresses, which may hold a
//! capability link, away from every other site; it is `same-origin` rather than
//! `no-referrer`, because under the latter browsers send `Origin: null` with
//! our own forms, which then could not be told from a stranger's.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY as POLICY};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

/// The content security policy. Policies carry no images of other sites.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; \
    img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-frame-options", "DENY"),
];

/// Adds them; a page may bring a content security policy of its own, which names
/// what it runs. What says nothing about caching may not be stored: pages are
/// personal, or show evidence that is fresh now.
pub(crate) async fn add(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers
        .entry(POLICY)
        .or_insert(HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
