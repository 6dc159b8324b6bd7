//! What staff send from the page of a subject request: decisions, and what they did.
//! What can't be undone asks for a confirmation of its own.

use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use candor_domain::clock::{ExtensionReason, Question};
use candor_domain::id::SubjectRequestId;
use candor_domain::personal::Personal;
use candor_domain::subject_request::{RefusalReason, Rejection, System};
use candor_store::rows::StaffRow;
use serde::Deserialize;

use super::request::{named, page};
use crate::service::{DecideError, Decision, Service, kept_text};
use crate::ui::failure::Failure;
use crate::ui::requests::WishProblem;

/// Why a decision comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecisionProblem {
    /// The confirmation was not ticked.
    Unconfirmed,
    /// No reason was chosen.
    Reason,
    /// No text was written, or one too long.
    Text,
    /// What was taken in for the person leaves open what is asked.
    Wish(WishProblem),
    /// It doesn't fit what was decided before, or what the rules give.
    Rejected(Rejection),
}

impl DecisionProblem {
    pub(super) const fn of_wish(self) -> Option<WishProblem> {
        match self {
            Self::Wish(problem) => Some(problem),
            _ => None,
        }
    }

    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Unconfirmed => "Nothing was decided: please tick the confirmation.",
            Self::Reason => "Nothing was decided: please choose a reason.",
            Self::Text => {
                "Nothing was sent or recorded: please write a text, in at most 2,000 characters."
            }
            Self::Wish(_) => "Nothing was taken in: please look at the form.",
            Self::Rejected(Rejection::NotExtendable) => {
                "Neither the promise nor the law gives more time for this."
            }
            Self::Rejected(Rejection::TooLate) => {
                "The deadline has passed; more time had to be asked for before."
            }
            Self::Rejected(Rejection::AskedBefore) => {
                "The person was already asked once; please decide with what is known."
            }
            Self::Rejected(Rejection::Obstructed) => {
                "Nothing was approved: a source does not take the values. Please look at the plan, and take other values in."
            }
            Self::Rejected(Rejection::ContactUnproved) => {
                "Nothing was approved: the new address is not proved yet. The person has a mail with a link there."
            }
            Self::Rejected(Rejection::TenantDecides) => {
                "Nothing was decided: the business customer whose end user it is decides."
            }
            Self::Rejected(Rejection::AnsweredBefore) => {
                "Nothing was opened again: the request is answered."
            }
            Self::Rejected(Rejection::NotUndoable) => "This erasure can't be undone (any more).",
            Self::Rejected(_) => "This request no longer waits for a decision.",
        }
    }
}

/// What is sent, as far as a form has it.
#[derive(Deserialize)]
pub(crate) struct Sent {
    confirm: Option<String>,
    reason: Option<String>,
    source: Option<String>,
    system: Option<String>,
    question: Option<String>,
    text: Option<String>,
}

impl Sent {
    fn confirmed(&self, decision: Decision) -> Result<Decision, DecisionProblem> {
        match self.confirm.as_deref() {
            Some("yes") => Ok(decision),
            _ => Err(DecisionProblem::Unconfirmed),
        }
    }

    fn written(&self) -> Result<Personal<String>, DecisionProblem> {
        let kept = self.text.as_deref().and_then(kept_text);
        let kept = kept.ok_or(DecisionProblem::Text)?;
        Ok(Personal::new(kept.to_owned()))
    }

    fn refusal(&self) -> Result<Decision, DecisionProblem> {
        let reason = chosen(self.reason.as_deref(), &RefusalReason::ALL, |one| one.key())?;
        self.confirmed(Decision::Refuse(reason))
    }

    fn extension(&self) -> Result<Decision, DecisionProblem> {
        let reason = self.reason.as_deref();
        chosen(reason, &ExtensionReason::ALL, |one| one.key()).map(Decision::Extend)
    }

    fn question(&self) -> Result<Decision, DecisionProblem> {
        let question = chosen(self.question.as_deref(), &Question::ALL, |one| one.key())?;
        let text = self.written()?;
        Ok(Decision::Ask { question, text })
    }

    /// Where a task is.
    fn system(&self) -> Result<System, Failure> {
        let system = self.system.clone().map(System::try_from);
        system.and_then(Result::ok).ok_or(Failure::Malformed)
    }

    fn done(&self, system: System) -> Result<Decision, DecisionProblem> {
        let noted = self.text.as_deref().map(str::trim);
        let note = match noted.filter(|text| !text.is_empty()) {
            Some(_) => Some(self.written()?),
            None => None,
        };
        Ok(Decision::TaskDone { system, note })
    }
}

/// The one that was chosen of a list.
fn chosen<T: Copy>(
    sent: Option<&str>,
    all: &[T],
    key: impl Fn(T) -> &'static str,
) -> Result<T, DecisionProblem> {
    let mut all = all.iter().copied();
    let found = all.find(|one| Some(key(*one)) == sent);
    found.ok_or(DecisionProblem::Reason)
}

/// `POST /console/requests/{id}/approve`.
pub(crate) async fn approve(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, sent.confirmed(Decision::Approve)).await
}

/// `POST /console/requests/{id}/refuse`.
pub(crate) async fn refuse(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, sent.refusal()).await
}

/// `POST /console/requests/{id}/cancel`: the person takes it back.
pub(crate) async fn cancel(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, sent.confirmed(Decision::Cancel)).await
}

/// `POST /console/requests/{id}/undo`: what an erasure took comes back.
pub(crate) async fn undo(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, sent.confirmed(Decision::Undo)).await
}

/// `POST /console/requests/{id}/lift`: the end of a restriction.
pub(crate) async fn lift(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, sent.confirmed(Decision::Lift)).await
}

/// `POST /console/requests/{id}/retry`: a source that was stuck, once more.
pub(crate) async fn retry(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let source = sent.source.ok_or(Failure::Malformed)?;
    decide(&service, &staff, &id, Ok(Decision::Retry { source })).await
}

/// `POST /console/requests/{id}/extend`: more time, once the person is told.
pub(crate) async fn extend(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, sent.extension()).await
}

/// `POST /console/requests/{id}/ask`: a question to the person.
pub(crate) async fn ask(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, sent.question()).await
}

/// `POST /console/requests/{id}/replied`: the person answered in another way.
pub(crate) async fn replied(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, Ok(Decision::Replied)).await
}

/// `POST /console/requests/{id}/acknowledge`: the person is told now.
pub(crate) async fn acknowledge(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    decide(&service, &staff, &id, Ok(Decision::Acknowledge)).await
}

/// `POST /console/requests/{id}/task`: a task is done.
pub(crate) async fn task(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let system = sent.system()?;
    decide(&service, &staff, &id, sent.done(system)).await
}

/// `POST /console/requests/{id}/reopen`: a task is not done after all.
pub(crate) async fn reopen(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let system = sent.system()?;
    let reason = sent.written();
    let reopened = reason.map(|reason| Decision::TaskReopened { system, reason });
    decide(&service, &staff, &id, reopened).await
}

/// `POST /console/requests/{id}/answer`: the answer to a complaint.
pub(crate) async fn reply(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let answer = sent.written().map(|text| Decision::Answer { text });
    decide(&service, &staff, &id, answer).await
}

/// `POST /console/requests/{id}/vouch`: it is the person, for a written reason.
pub(crate) async fn vouch(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let Some(text) = sent.text.as_deref().and_then(kept_text) else {
        return page(&service, &staff, &id, Some(DecisionProblem::Text)).await;
    };
    if sent.confirm.as_deref() != Some("yes") {
        return page(&service, &staff, &id, Some(DecisionProblem::Unconfirmed)).await;
    }
    let decided = service.vouch(&id, &staff.id, text, None).await;
    answer(&service, &staff, &id, decided).await
}

/// Does what was sent, or shows the page again with what is wrong about it.
async fn decide(
    service: &Service,
    staff: &StaffRow,
    id: &str,
    sent: Result<Decision, DecisionProblem>,
) -> Result<Response, Failure> {
    let id = named(id)?;
    match sent {
        Ok(decision) => {
            let decided = service.decide(&id, decision, &staff.id).await;
            answer(service, staff, &id, decided).await
        }
        Err(problem) => page(service, staff, &id, Some(problem)).await,
    }
}

async fn answer(
    service: &Service,
    staff: &StaffRow,
    id: &SubjectRequestId,
    decided: Result<(), DecideError>,
) -> Result<Response, Failure> {
    match decided {
        Ok(()) => Ok(Redirect::to(&format!("/console/requests/{id}")).into_response()),
        Err(DecideError::Unknown) => Err(Failure::NotFound),
        Err(DecideError::Rejected(rejection)) => {
            let problem = DecisionProblem::Rejected(rejection);
            page(service, staff, id, Some(problem)).await
        }
        Err(DecideError::Service(error)) => Err(error.into()),
    }
}
