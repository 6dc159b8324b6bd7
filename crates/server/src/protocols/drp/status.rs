//! What an agent is told: the Data Rights Protocol's status of a subject request
//! (Sections 3.02 and 3.03), made from the state alone. Refuses to say `fulfilled`
//! of anything but what was carried out and verified.

use candor_domain::subject_request::{Follower, Phase, RefusalReason, SubjectRequest};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::protocols::as_uuid;

/// How long what ended is shown as it ended (Section 3.02: 60 days at most).
const SHOWN: SignedDuration = SignedDuration::from_hours(24 * 60);

/// The status of a subject request, as an agent is shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::protocols) struct Status {
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_request_id: Option<String>,
    received_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_by: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    processing_details: Option<&'static str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

impl Status {
    /// What a follower is told at a moment.
    pub(in crate::protocols) fn of(
        request: &SubjectRequest,
        follower: &Follower,
        now: Timestamp,
    ) -> Self {
        let ended_at = request.ended_for(follower);
        let expires_at = ended_at.and_then(|at| at.checked_add(SHOWN).ok());
        let is_expired = expires_at.is_some_and(|end| now >= end);
        let phase = request.phase_for(follower);
        let (status, reason, details) = match phase {
            _ if is_expired => ("expired", None, None),
            Phase::Received => ("open", None, Some(UNPROVED)),
            Phase::Examined | Phase::Carried => ("in_progress", None, extended(request)),
            Phase::Fulfilled => ("fulfilled", None, request.is_held().then_some(HELD)),
            Phase::TakenBack => ("revoked", None, None),
            Phase::NothingHeld => denied(RefusalReason::NoMatch),
            Phase::Lapsed => denied(RefusalReason::InsufficientVerification),
            Phase::Refused(reason) => denied(reason),
        };
        Self {
            request_id: as_uuid(&request.id),
            agent_request_id: follower.reference.clone(),
            received_at: follower.since,
            expected_by: (phase != Phase::Received).then_some(request.due_at),
            processing_details: details,
            status,
            reason,
            expires_at,
        }
    }
}

const UNPROVED: &str = "The person was sent a mail. It goes on once they followed its link.";

const HELD: &str = "Some of it must be kept for now. The person was told.";

/// What Section 3.08 wants to be said where it takes longer.
fn extended(request: &SubjectRequest) -> Option<&'static str> {
    let extension = request.clock.extension.as_ref()?;
    extension.told_at?;
    Some("It takes longer than at first. The person was told why, and until when.")
}

const fn denied(
    reason: RefusalReason,
) -> (&'static str, Option<&'static str>, Option<&'static str>) {
    let details = match reason {
        RefusalReason::NoMatch => "Nothing is held under the identities that were given.",
        RefusalReason::InsufficientVerification => "It could not be established who asks.",
        RefusalReason::SuspectedFraud => "Somebody else than the person seems to ask.",
        RefusalReason::ClaimNotCovered => "The right does not cover what is asked.",
        RefusalReason::OutsideJurisdiction => "The law it rests on does not apply to the person.",
        RefusalReason::TooManyRequests => "The same was asked before.",
        RefusalReason::Excessive => "It is manifestly unfounded or excessive.",
        RefusalReason::LegalException => "A law or a legal claim requires the data to be kept.",
    };
    ("denied", Some(reason.protocol_code()), Some(details))
}
