//! What an agent sends, once its signature was verified: read strictly, and
//! checked in the order that Section 3.07 of the Data Rights Protocol 1.0 gives.
//! Refuses messages of another agent, for another business, from the future, past
//! their end, or meant to live longer than a day.

use axum::http::StatusCode;
use candor_domain::personal::Personal;
use candor_policy::charter::Right;
use candor_seal::signed_message::{OpenError, SenderKey};
use jiff::{SignedDuration, Timestamp};

use crate::protocols::reading::Reading;

/// The protocol's version.
pub(super) const VERSION: &str = "1.0";
/// A message may be taken for this long; ten minutes are recommended.
const LIFE_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Characters of an agent's own name for what it asks.
const REFERENCE_CHARS_MAX: usize = 128;

/// A message that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// Not base64 of a signed message, or the message is no JSON object.
    #[error("the body must be base64 of an Ed25519-signed JSON object, as text/plain")]
    Encoding,
    /// Not this agent's signature.
    #[error("the signature is not the agent's")]
    Signature,
    /// Signed by one agent, shown with another's token.
    #[error("`agent-id` is not the agent that the token belongs to")]
    Agent,
    /// Meant for somebody else.
    #[error("`business-id` is not this business")]
    Business,
    /// From the future.
    #[error("`issued-at` lies in the future: compare the clocks")]
    Early,
    /// Its time is over.
    #[error("`expires-at` has passed: sign a new message")]
    Expired,
    /// It could be replayed for too long.
    #[error("`expires-at` must follow `issued-at`, by a day at most")]
    Life,
    /// Another version of the protocol.
    #[error("`drp.version` must be `1.0`")]
    Version,
    /// Values that don't fit.
    #[error("{}", .0.join("; "))]
    Fields(Vec<String>),
    /// A right nobody can exercise here.
    #[error("this rights action is not supported here")]
    Unsupported,
}

impl Refusal {
    /// Its status.
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::Signature | Self::Agent | Self::Business => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// Whether sending the same again can't help.
    pub(super) const fn is_fatal(&self) -> bool {
        matches!(self, Self::Expired)
    }
}

/// A rights action (Section 3.01).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Stop selling and sharing.
    SaleOptOut,
    /// Sell again.
    SaleOptIn,
    /// Delete.
    Deletion,
    /// Know.
    Access,
    /// Know the categories; the protocol has not yet said what that holds.
    AccessCategories,
    /// Know the pieces.
    AccessSpecific,
}

impl Action {
    /// Every action.
    pub(super) const ALL: [Self; 6] = [
        Self::SaleOptOut,
        Self::SaleOptIn,
        Self::Deletion,
        Self::Access,
        Self::AccessCategories,
        Self::AccessSpecific,
    ];

    /// Its name in the protocol.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::SaleOptOut => "sale:opt-out",
            Self::SaleOptIn => "sale:opt-in",
            Self::Deletion => "deletion",
            Self::Access => "access",
            Self::AccessCategories => "access:categories",
            Self::AccessSpecific => "access:specific",
        }
    }

    /// The right it exercises, where it is one.
    pub(super) fn right(self) -> Option<Right> {
        match self {
            Self::Deletion => Some(Right::Erasure),
            Self::Access | Self::AccessSpecific => Some(Right::Access),
            Self::SaleOptOut => Some(Right::OptOut),
            Self::SaleOptIn | Self::AccessCategories => None,
        }
    }
}

/// Who signed, for whom, and for how long.
pub(super) struct Envelope {
    /// Until when it may be taken.
    pub(super) expires_at: Timestamp,
    rest: Reading,
}

/// What is asked for a person.
#[derive(Debug)]
pub(super) struct Exercise {
    /// Until when the message may be taken.
    pub(super) expires_at: Timestamp,
    /// The agent's own name for it.
    pub(super) reference: Option<String>,
    /// What.
    pub(super) action: Action,
    /// Where the agent wants to be told.
    pub(super) callback: Option<String>,
    /// The person's address.
    pub(super) email: Personal<String>,
    /// Whether the agent verified that address.
    pub(super) is_verified: bool,
}

/// Opens a message and checks who sent it, for whom, and when.
pub(super) fn open(
    signed: &[u8],
    agent_id: &str,
    key: &SenderKey,
    business_id: &str,
    now: Timestamp,
) -> Result<Envelope, Refusal> {
    let mut reading = unsealed(signed, key)?;
    let agent = reading.required("agent-id");
    let business = reading.required("business-id");
    let issued_at = reading.moment("issued-at");
    let expires_at = reading.moment("expires-at");
    let version = reading.required("drp.version");
    if agent.is_some_and(|id| id != agent_id) {
        return Err(Refusal::Agent);
    }
    if business.is_some_and(|id| id != business_id) {
        return Err(Refusal::Business);
    }
    let (Some(issued_at), Some(expires_at), Some(version)) = (issued_at, expires_at, version)
    else {
        return Err(Refusal::Fields(reading.finish()));
    };
    let life = expires_at.duration_since(issued_at);
    if issued_at > now {
        Err(Refusal::Early)
    } else if expires_at <= now {
        Err(Refusal::Expired)
    } else if life > LIFE_MAX {
        Err(Refusal::Life)
    } else if version != VERSION {
        Err(Refusal::Version)
    } else {
        let rest = reading;
        Ok(Envelope { expires_at, rest })
    }
}

/// Opens a message that takes something back: it may name its envelope, and what
/// it names must fit.
pub(super) fn open_revocation(
    signed: &[u8],
    agent_id: &str,
    key: &SenderKey,
    business_id: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut reading = unsealed(signed, key)?;
    // Words of the person: read, and not kept.
    reading.personal("reason");
    let other = |named: Option<String>, own: &str| named.is_some_and(|id| id != own);
    if other(reading.text("agent-id"), agent_id) {
        return Err(Refusal::Agent);
    }
    if other(reading.text("business-id"), business_id) {
        return Err(Refusal::Business);
    }
    let expires_at = reading.text("expires-at").map(|text| text.parse());
    match expires_at {
        Some(Err(_)) => reading
            .wrong::<()>("expires-at", "must be a time with its offset")
            .unwrap_or_default(),
        Some(Ok(expires_at)) if now >= expires_at => return Err(Refusal::Expired),
        _ => {}
    }
    let wrong = reading.finish();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Fields(wrong))
    }
}

impl Envelope {
    /// Ends reading a message that asks for nothing beside its envelope.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        let wrong = self.rest.finish();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Fields(wrong))
        }
    }

    /// What is asked for a person.
    pub(super) fn exercise(self) -> Result<Exercise, Refusal> {
        let mut reading = self.rest;
        let reference = reading.text("agent-request-id");
        if reference.as_deref().is_some_and(|text| !is_reference(text)) {
            reading.wrong::<()>(
                "agent-request-id",
                "must be 1 to 128 letters, digits, dots, colons, hyphens or underscores",
            );
        }
        let named = reading.required("exercise");
        let action = named
            .as_deref()
            .and_then(|name| Action::ALL.into_iter().find(|action| action.key() == name));
        if named.is_some() && action.is_none() {
            reading.wrong::<()>("exercise", "is no rights action of the protocol");
        }
        match reading.text("regime").as_deref() {
            None | Some("ccpa") => {}
            Some(_) => {
                reading.wrong::<()>("regime", "must be `ccpa`, or missing");
            }
        }
        reading.list("relationships", 64);
        let callback = reading.text("status_callback");
        let email = reading.required("email").map(Personal::new);
        let is_verified = reading.flag("email_verified");
        let wrong = reading.finish();
        match (action, email) {
            (Some(action), Some(email)) if wrong.is_empty() => Ok(Exercise {
                expires_at: self.expires_at,
                reference,
                action,
                callback,
                email,
                is_verified,
            }),
            _ => Err(Refusal::Fields(wrong)),
        }
    }
}

fn unsealed(signed: &[u8], key: &SenderKey) -> Result<Reading, Refusal> {
    let message = key.open(signed).map_err(|error| match error {
        OpenError::Encoding => Refusal::Encoding,
        OpenError::Signature => Refusal::Signature,
    })?;
    Reading::of(&message).ok_or(Refusal::Encoding)
}

/// Whether an agent's own name may be kept: it must not hold an address.
fn is_reference(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '-' | '_');
    (1..=REFERENCE_CHARS_MAX).contains(&text.len()) && text.chars().all(plain)
}
