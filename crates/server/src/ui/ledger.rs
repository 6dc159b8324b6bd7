//! `/ledger`: how large the ledger is, who signs it, and how to check it
//! without trusting whoever serves this page. Also hands out the verifier, one
//! file that a browser runs without calling anybody.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use candor_policy::charter::Charter;

use super::failure::Failure;
use super::frame::{Frame, Here};
use super::headers;
use super::page::html;
use super::words;
use crate::service::{LedgerView, Service};

/// `GET /ledger`.
pub(crate) async fn show(State(service): State<Service>) -> Result<Response, Failure> {
    let ledger = service.ledger().await?;
    Ok(html(&LedgerPage::new(&service.charter(), ledger)))
}

/// `GET /ledger/checkpoint`: the latest signed note, for programs.
pub(crate) async fn checkpoint(State(service): State<Service>) -> Result<Response, Failure> {
    let ledger = service.ledger().await?;
    let note = ledger.checkpoint.ok_or(Failure::NotFound)?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response())
}

/// The published verifier: what it may run is named in it by its hash.
const VERIFIER: &str = include_str!("../../../../web/verifier/verifier.html");

/// Its policy, and that nobody frames it, which a file can't say of itself. A
/// file that named none would run nothing here.
static VERIFIER_POLICY: LazyLock<String> = LazyLock::new(|| {
    let mark = "http-equiv=\"Content-Security-Policy\" content=\"";
    let policy = VERIFIER
        .split_once(mark)
        .and_then(|(_, rest)| rest.split_once('"'));
    let policy = policy.map_or(headers::CONTENT_SECURITY_POLICY, |(policy, _)| policy);
    format!("{policy}; frame-ancestors 'none'")
});

/// `GET /ledger/verifier.html`.
pub(crate) async fn verifier() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, VERIFIER_POLICY.as_str()),
    ];
    (headers, VERIFIER).into_response()
}

/// The ledger as a page shows it.
#[derive(Template)]
#[template(path = "ledger/page.html")]
pub(crate) struct LedgerPage {
    frame: Frame,
    entries: String,
    root: String,
    origin: String,
    key: String,
    checkpoint: Option<String>,
}

impl LedgerPage {
    /// The page for the ledger as it is.
    pub(crate) fn new(charter: &Charter, ledger: LedgerView) -> Self {
        Self {
            frame: Frame::public(charter, Here::Ledger, "Ledger"),
            entries: words::count_of(ledger.size, "entry", "entries"),
            root: ledger.root_hex,
            origin: ledger.origin,
            key: ledger.verifier_key,
            checkpoint: ledger.checkpoint,
        }
    }
}
