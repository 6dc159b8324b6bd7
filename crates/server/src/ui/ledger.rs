//! `/ledger`: how large the ledger is, who signs it, and how to check it
//! without trusting whoever serves this page.

use askama::Template;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use candor_policy::charter::Charter;

use super::failure::Failure;
use super::frame::{Frame, Here};
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
