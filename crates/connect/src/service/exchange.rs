//! One question and its answer: signed, bounded in time and size, asked again
//! where that may help, because every question may be asked twice. Refuses an
//! answer that is not signed, or signed for another question.

use std::time::Duration;

use candor_seal::entropy::{Entropy as _, SystemEntropy};
use candor_seal::webhook::{Message, WebhookKeys};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderMap};
use hyper::{Request, Response, StatusCode, Uri};
use jiff::Timestamp;
use serde_json::Value;

use super::protocol::{Envelope, Operation, PENDING, Task};
use super::stream::Stream;
use super::{ServiceAccess, keys, nonsense, refused_address};
use crate::error::Fault;
use crate::http::{self, Client, SendError};
use crate::limits::Limits;

/// The longest answer that is not a stream.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Times that one question is asked, and the pause before the second; it
/// doubles.
const ATTEMPTS_MAX: u32 = 4;
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause that a service may ask for; a longer one is left to the
/// queue.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Names of the three headers.
const ID: &str = "webhook-id";
const SENT_AT: &str = "webhook-timestamp";
const SIGNATURE: &str = "webhook-signature";

/// What a service said.
pub(super) enum Said {
    /// The answer.
    Done(Value),
    /// The answer, record by record.
    Stream(Stream),
    /// That it takes longer.
    Pending(Task),
    /// That it knows nothing of the task.
    Unknown,
}

/// Why there is no answer.
enum Missing {
    /// It may come if the same is asked again, after this pause if one was
    /// asked for.
    Now(Fault, Option<Duration>),
    /// It will not.
    Never(Fault),
}

/// A message that is not like others.
pub(super) struct Forged {
    pub(super) id: String,
    pub(super) sent_at: i64,
    pub(super) is_signed: bool,
}

/// Where questions go.
#[derive(Debug)]
pub(super) struct Exchange {
    address: Uri,
    keys: WebhookKeys,
    callback: Option<String>,
    client: Client,
    patience: Duration,
    entropy: SystemEntropy,
}

impl Exchange {
    pub(super) fn open(access: &ServiceAccess, limits: &Limits) -> Result<Self, Fault> {
        Ok(Self {
            address: http::address(&access.url).map_err(refused_address)?,
            keys: keys(access)?,
            callback: access.callback.clone(),
            client: Client::default(),
            patience: limits.statement,
            entropy: SystemEntropy::new(),
        })
    }

    pub(super) const fn keys(&self) -> &WebhookKeys {
        &self.keys
    }

    /// Sends a message of one type, and takes the answer to `wanted`.
    pub(super) async fn ask(
        &self,
        sent: Operation,
        wanted: Operation,
        data: &Value,
    ) -> Result<Said, Fault> {
        let envelope = Envelope {
            kind: sent.kind().to_owned(),
            callback: self.callback.clone(),
            data,
        };
        let body = serde_json::to_vec(&envelope);
        let body = Bytes::from(body.map_err(|_| nonsense("the question could not be written"))?);
        let mut pause = PAUSE;
        for _ in 1..ATTEMPTS_MAX {
            match self.once(sent, wanted, body.clone()).await {
                Ok(said) => return Ok(said),
                Err(Missing::Never(fault)) => return Err(fault),
                Err(Missing::Now(fault, Some(asked))) if asked > PAUSE_MAX => return Err(fault),
                Err(Missing::Now(_, asked)) => {
                    tokio::time::sleep(asked.unwrap_or(pause)).await;
                    pause *= 2;
                }
            }
        }
        let last = self.once(sent, wanted, body).await;
        last.map_err(|missing| match missing {
            Missing::Now(fault, _) | Missing::Never(fault) => fault,
        })
    }

    async fn once(&self, sent: Operation, wanted: Operation, body: Bytes) -> Result<Said, Missing> {
        let id = self.message_id().map_err(Missing::Never)?;
        let answer = self.send(&id, now(), body).await.map_err(unheard)?;
        let status = answer.status();
        match status {
            StatusCode::OK if is_stream(answer.headers()) && wanted == Operation::Export => {
                let sent_at = number(answer.headers(), SENT_AT);
                let sent_at = sent_at.ok_or_else(unsigned)?;
                let body = answer.into_body();
                Ok(Said::Stream(Stream { id, sent_at, body }))
            }
            StatusCode::OK | StatusCode::ACCEPTED => {
                let envelope = self.read(&id, answer).await?;
                self.said(wanted, status, envelope)
            }
            StatusCode::NOT_FOUND if sent == Operation::Result => Ok(Said::Unknown),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let why = "it does not accept our signature: compare the secrets and the clocks";
                Err(Missing::Never(Fault::Refused(vec![why.to_owned()])))
            }
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
                Err(busy(status, answer.headers()))
            }
            status if status.is_server_error() => Err(busy(status, answer.headers())),
            status if status.is_redirection() => {
                let why = "its address leads elsewhere: declare where it leads";
                Err(Missing::Never(Fault::Refused(vec![why.to_owned()])))
            }
            status => {
                let what = sent.kind();
                let why = format!("it answered {} to {what}", status.as_u16());
                Err(Missing::Never(nonsense(&why)))
            }
        }
    }

    fn said(
        &self,
        wanted: Operation,
        status: StatusCode,
        envelope: Envelope<Value>,
    ) -> Result<Said, Missing> {
        if status == StatusCode::ACCEPTED && envelope.kind == PENDING {
            let task = serde_json::from_value(envelope.data);
            let task = task.map_err(|_| nonsense("it does not say what it is still doing"));
            return task.map(Said::Pending).map_err(Missing::Never);
        }
        let expected = format!("{}.answer", wanted.kind());
        if status != StatusCode::OK || envelope.kind != expected {
            let why = "it answered something else than it was asked";
            return Err(Missing::Never(nonsense(why)));
        }
        Ok(Said::Done(envelope.data))
    }

    async fn send(
        &self,
        id: &str,
        sent_at: i64,
        body: Bytes,
    ) -> Result<Response<Incoming>, SendError> {
        let message = Message {
            id,
            sent_at,
            body: &body,
        };
        let signature = self.keys.sign(&message);
        self.send_signed(id, sent_at, &signature, body).await
    }

    async fn send_signed(
        &self,
        id: &str,
        sent_at: i64,
        signature: &str,
        body: Bytes,
    ) -> Result<Response<Incoming>, SendError> {
        let request = Request::post(self.address.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ID, id)
            .header(SENT_AT, sent_at)
            .header(SIGNATURE, signature)
            .body(Full::new(body))
            .map_err(|_| SendError::Unreached)?;
        self.client.send(request, self.patience).await
    }

    /// Asks for a description in a way that must be refused, or a second time;
    /// says what came of it.
    pub(super) async fn forge(&self, forged: &Forged) -> Result<StatusCode, Fault> {
        let asked = Operation::Describe.kind();
        let body = format!("{{\"type\":\"{asked}\",\"data\":{{}}}}");
        let sent = match forged.is_signed {
            true => self.send(&forged.id, forged.sent_at, body.into()).await,
            false => {
                // A right signature, of something else.
                let other = Message {
                    id: &forged.id,
                    sent_at: forged.sent_at,
                    body: b"{}",
                };
                let signature = self.keys.sign(&other);
                let (id, sent_at) = (&forged.id, forged.sent_at);
                self.send_signed(id, sent_at, &signature, body.into()).await
            }
        };
        let answer = sent.map_err(|error| Fault::Unreachable(error.to_string()))?;
        Ok(answer.status())
    }

    /// The body of an answer, once its signature was found right.
    async fn read(&self, id: &str, answer: Response<Incoming>) -> Result<Envelope<Value>, Missing> {
        let (head, body) = answer.into_parts();
        let body = http::read(body, ANSWER_BYTES_MAX, self.patience).await;
        let body = body.map_err(unheard)?;
        let sent_at = number(&head.headers, SENT_AT).ok_or_else(unsigned)?;
        let text = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        let signatures = text(SIGNATURE).ok_or_else(unsigned)?;
        if text(ID) != Some(id) {
            return Err(unsigned());
        }
        let message = Message {
            id,
            sent_at,
            body: &body,
        };
        let verified = self.keys.verify(&message, signatures, now());
        verified.map_err(|_| unsigned())?;
        let envelope = serde_json::from_slice(&body);
        envelope.map_err(|_| Missing::Never(nonsense("its answer is not the JSON asked for")))
    }

    pub(super) fn message_id(&self) -> Result<String, Fault> {
        let mut bytes = [0; 16];
        let drawn = self.entropy.fill(&mut bytes);
        drawn.map_err(|error| Fault::Database(error.to_string()))?;
        Ok(format!("msg_{:032x}", u128::from_be_bytes(bytes)))
    }
}

fn busy(status: StatusCode, headers: &HeaderMap) -> Missing {
    let why = format!("it answers {}", status.as_u16());
    Missing::Now(Fault::Unreachable(why), http::retry_after(headers))
}

fn unheard(error: SendError) -> Missing {
    Missing::Now(Fault::Unreachable(error.to_string()), None)
}

fn unsigned() -> Missing {
    let why = "its answer is not signed as agreed: nothing it says counts";
    Missing::Never(Fault::Refused(vec![why.to_owned()]))
}

fn is_stream(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/x-ndjson"))
}

fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a signed message says when it was sent, by the clock both sides have"
)]
pub(super) fn now() -> i64 {
    Timestamp::now().as_second()
}
