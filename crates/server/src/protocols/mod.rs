//! Protocols by which others file subject requests for people: the Data Rights
//! Protocol 1.0 (agents) and OpenDSR 2.0 (controllers). Each is a way into the
//! same service that forms and the API use. INVARIANT: who may file, and where
//! they are told, is what the operator's file of parties says; what they are told
//! is a function of the state. Refuses whatever a protocol doesn't define.

mod callback;
mod contact;
pub(crate) mod drp;
pub(crate) mod opendsr;
mod parties;
mod reading;

pub(crate) use contact::Contact;
pub use parties::{Parties, PartiesError};

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::response::{IntoResponse, Response};
use candor_domain::id::{ApiKeyId, SubjectRequestId};
use candor_domain::subject_request::{Follower, Protocol, SubjectRequest};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::service::{Service, ServiceError};

/// What an HTTP request of a protocol holds at most.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;
/// How long a party's own name for a subject request leads to it.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 400);

/// Whether an address is a protocol's: its errors have the protocol's form.
pub(crate) fn speaks(path: &str) -> bool {
    [
        "/.well-known/data-rights.json",
        "/v1/data-rights-request",
        "/v1/agent/",
        "/opendsr/",
    ]
    .iter()
    .any(|start| path.starts_with(start))
}

/// What is sent to a party.
pub(crate) struct Told {
    /// Headers beside the content's type.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body, in JSON.
    pub(crate) body: Vec<u8>,
}

/// What a follower is told now at one of its addresses; `None` where the operator
/// no longer declares the party or the address.
pub(crate) async fn told(
    service: &Service,
    request: &SubjectRequest,
    follower: &Follower,
    address: &str,
) -> Result<Option<Told>, ServiceError> {
    match follower.protocol {
        Protocol::DataRights => Ok(drp::told(service, request, follower, address)),
        Protocol::OpenDsr => opendsr::told(service, request, follower, address).await,
    }
}

/// Under which records name a party that has no API key.
fn actor(service: &Service, protocol: Protocol, party: &str) -> ApiKeyId {
    let label = format!("party/{}", protocol.key());
    let index = service.root().blind_index(&label, party.as_bytes());
    let bytes = index.first_chunk().copied().unwrap_or_default();
    ApiKeyId::from_random(bytes)
}

/// Until when something said now is remembered.
fn remembered_until(now: Timestamp) -> Timestamp {
    now.checked_add(REMEMBERED).unwrap_or(Timestamp::MAX)
}

/// An id as protocols write them: a UUID.
fn as_uuid(id: &SubjectRequestId) -> String {
    let text = id.as_str();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| text.get(part).unwrap_or(""));
    parts.join("-")
}

/// The id that a UUID stands for.
fn of_uuid(text: &str) -> Option<SubjectRequestId> {
    let id: SubjectRequestId = text.replace('-', "").parse().ok()?;
    (as_uuid(&id) == text).then_some(id)
}

/// The type of a body, without its parameters.
fn media_type(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

/// A response in JSON, with its bytes as they are signed.
fn as_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn json_response(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

#[cfg(test)]
pub(crate) mod tests;
