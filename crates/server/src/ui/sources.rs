//! `/sources/{name}/ready`: where a service of the company says that something
//! is ready. For programs: a status is the whole answer, and the same for a
//! source that does not exist as for a signature that is wrong.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use candor_seal::webhook::Message;

use super::failure::Failure;
use crate::service::Service;

/// `POST /sources/{name}/ready`.
pub(crate) async fn ready(
    State(service): State<Service>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let sent_at = text("webhook-timestamp").and_then(|text| text.parse().ok());
    let (Some(id), Some(sent_at), Some(signatures)) =
        (text("webhook-id"), sent_at, text("webhook-signature"))
    else {
        return Ok(StatusCode::UNAUTHORIZED);
    };
    let message = Message {
        id,
        sent_at,
        body: &body,
    };
    let taken = service.source_is_ready(&name, &message, signatures).await;
    Ok(match taken? {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::UNAUTHORIZED,
    })
}
