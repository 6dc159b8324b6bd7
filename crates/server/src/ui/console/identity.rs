//! The part of a subject request's page about who asks: what showed it, what staff
//! may do to establish it, and what the same person asked before.

use candor_domain::subject_request::{Proof, State, SubjectRequest, repeats};
use jiff::Timestamp;

use crate::service::TEXT_CHARS_MAX;
use crate::ui::words;

/// Who asks.
pub(crate) struct IdentityPart {
    pub(crate) how: &'static str,
    pub(crate) tenant: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) vouch_action: Option<String>,
    pub(crate) cancel_action: Option<String>,
    pub(crate) stands_out: Vec<String>,
    pub(crate) chars_max: usize,
}

impl IdentityPart {
    /// As of now.
    pub(crate) fn of(
        request: &SubjectRequest,
        reason: Option<String>,
        earlier: &[SubjectRequest],
        now: Timestamp,
    ) -> Self {
        let address = |what: &str| format!("/console/requests/{}/{what}", request.id);
        let waits = match request.state {
            State::Unverified { expires_at } => now <= expires_at,
            _ => false,
        };
        let early = matches!(
            request.state,
            State::Unverified { .. } | State::Locating | State::Undecided
        );
        Self {
            how: match &request.proof {
                None if waits => "not established yet: a mail waits for them",
                None => "not established",
                Some(Proof::Mail) => "by the link of our mail",
                Some(Proof::Vouched { .. }) => "somebody vouched for them",
                Some(Proof::Login) => "by our own login",
            },
            tenant: request.tenant.as_ref().map(ToString::to_string),
            reason,
            vouch_action: waits.then(|| address("vouch")),
            cancel_action: early.then(|| address("cancel")),
            stands_out: stands_out(request, earlier),
            chars_max: TEXT_CHARS_MAX,
        }
    }
}

fn stands_out(request: &SubjectRequest, earlier: &[SubjectRequest]) -> Vec<String> {
    let found = repeats(request, earlier);
    let answered = found.answered_at.map(|at| {
        format!(
            "The same was answered on {}. If nothing has changed since, you may refuse it as asked \
             before; nothing refuses it by itself.",
            words::time_words(at)
        )
    });
    let many = found.many.map(|count| {
        format!("This person filed {count} requests within 90 days, this one included.")
    });
    let unheard = found.unheard.map(|count| {
        format!(
            "{count} of them nobody confirmed: somebody may be filing under an address that is not \
             theirs."
        )
    });
    [answered, many, unheard].into_iter().flatten().collect()
}
