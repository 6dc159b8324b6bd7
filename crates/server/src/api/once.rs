//! `Idempotency-Key`: the same HTTP request sent twice happens once, and is answered
//! the same way. Name and body are kept as keyed hashes, for a day.

use std::str::FromStr;

use axum::http::HeaderMap;
use jiff::SignedDuration;

use super::access::Caller;
use super::problem::{Kind, Problem};
use crate::service::{OnceName, Service};

/// How long a name is remembered.
const TIME: SignedDuration = SignedDuration::from_hours(24);
/// Characters of a name.
const NAME_CHARS_MAX: usize = 128;
/// The header.
const HEADER: &str = "idempotency-key";

/// The name of an HTTP request, if it has one. `what` is all that tells it from
/// another: its address and its body.
pub(super) fn name(
    service: &Service,
    caller: &Caller,
    headers: &HeaderMap,
    what: &[&[u8]],
) -> Result<Option<OnceName>, Problem> {
    let Some(name) = given(headers)? else {
        return Ok(None);
    };
    let mut all = Vec::new();
    for part in what {
        all.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        all.extend_from_slice(part);
    }
    let expires_at = service.now().checked_add(TIME);
    Ok(Some(OnceName {
        scope: caller.key.to_string(),
        name: service.root().blind_index("once/name", name.as_bytes()),
        fingerprint: service.root().blind_index("once/fingerprint", &all),
        expires_at: expires_at.unwrap_or(jiff::Timestamp::MAX),
    }))
}

/// The name that an HTTP request was given.
pub(super) fn given(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(name) = headers.get(HEADER) else {
        return Ok(None);
    };
    let name = name.to_str().unwrap_or_default();
    if name.is_empty() || name.len() > NAME_CHARS_MAX {
        let words = format!("1 to {NAME_CHARS_MAX} visible ASCII characters are expected");
        return Err(Problem::field("Idempotency-Key", words));
    }
    Ok(Some(name))
}

/// What came of an HTTP request that was sent before under the same name: its id.
pub(super) async fn before<Id: FromStr>(
    service: &Service,
    name: Option<&OnceName>,
) -> Result<Option<Id>, Problem> {
    let Some(name) = name else {
        return Ok(None);
    };
    let Some(row) = service.remembered(&name.scope, &name.name).await? else {
        return Ok(None);
    };
    if row.fingerprint != name.fingerprint {
        return Err(Kind::KeyReused.into());
    }
    let id = row.outcome.parse();
    id.map(Some).map_err(|_| Kind::Inside.into())
}

/// Does something, unless it was done under the same name: what came of it, and
/// whether that was before.
pub(super) async fn only<Id: FromStr>(
    service: &Service,
    name: Option<&OnceName>,
    work: impl AsyncFnOnce() -> Result<Id, Problem>,
) -> Result<(Id, bool), Problem> {
    if let Some(id) = before(service, name).await? {
        return Ok((id, true));
    }
    match work().await {
        Ok(id) => Ok((id, false)),
        // The same, sent twice at once: this one is second.
        Err(problem) => match before(service, name).await? {
            Some(id) => Ok((id, true)),
            None => Err(problem),
        },
    }
}
