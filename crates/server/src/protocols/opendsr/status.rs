//! What a controller is told: OpenDSR's status of a subject request (Section 8),
//! made from the state alone. Refuses to say `completed` of anything but what was
//! carried out and verified.

use candor_domain::subject_request::{Follower, Phase, SubjectRequest};
use jiff::Timestamp;
use serde::Serialize;

use super::VERSION;

/// The status of a subject request, as a controller is shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Status {
    controller_id: String,
    expected_completion_time: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_callback_url: Option<String>,
    subject_request_id: String,
    request_status: &'static str,
    api_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    results_url: Option<String>,
}

impl Status {
    /// What a follower is told. `results_url` is where its package is, if there is
    /// one.
    pub(super) fn of(
        request: &SubjectRequest,
        follower: &Follower,
        results_url: Option<String>,
    ) -> Self {
        let phase = request.phase_for(follower);
        Self {
            controller_id: follower.party.clone(),
            expected_completion_time: request.due_at,
            status_callback_url: None,
            subject_request_id: follower.reference.clone().unwrap_or_default(),
            request_status: key(phase),
            api_version: VERSION,
            results_url: results_url.filter(|_| phase == Phase::Fulfilled),
        }
    }

    /// The same, for a callback (Section 8.6).
    pub(super) fn called_back(self, address: &str) -> Self {
        Self {
            status_callback_url: Some(address.to_owned()),
            ..self
        }
    }
}

/// The protocol's word. It has none for what is refused, or was never proved:
/// nothing is done then, which is what `cancelled` says.
pub(in crate::protocols) const fn key(phase: Phase) -> &'static str {
    match phase {
        Phase::Received | Phase::Examined => "pending",
        Phase::Carried => "in_progress",
        Phase::Fulfilled | Phase::NothingHeld => "completed",
        Phase::Refused(_) | Phase::TakenBack | Phase::Lapsed => "cancelled",
    }
}
