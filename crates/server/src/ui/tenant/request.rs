//! `/tenant/requests/{id}`: one of the tenant's subject requests with its plan, as
//! counts, and the decision. Another tenant's is not found.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use candor_domain::api_key::Permission;
use candor_domain::subject_request::{RefusalReason, State as Standing, SubjectRequest};
use candor_policy::charter::{Charter, Right};
use jiff::Timestamp;
use serde::Deserialize;

use super::only_with;
use crate::api::package_response;
use crate::service::{DecideError, Decision, SayError, Seat, Service, Texts};
use crate::ui::console::{Row, TablePlan};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::{html, html_with};
use crate::ui::parts::When;
use crate::ui::requests::{WishForm, WishProblem, Wished, said};
use crate::ui::words;

/// Why a decision comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The confirmation was not ticked.
    Unconfirmed,
    /// No reason was chosen.
    Reason,
    /// It doesn't fit where it stands.
    Rejected(String),
    /// What was taken in for the person leaves open what is asked.
    Wish(WishProblem),
}

impl Problem {
    fn words(self) -> String {
        match self {
            Self::Unconfirmed => "Nothing was decided: please tick the confirmation.".to_owned(),
            Self::Reason => "Nothing was decided: please choose a reason.".to_owned(),
            Self::Rejected(words) => words,
            Self::Wish(_) => "Nothing was taken in: please look at the form.".to_owned(),
        }
    }
}

/// `GET /tenant/requests/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Read)?;
    let request = find(&service, &seat, &id).await?;
    Ok(html(&page(&service, &seat, &request, None).await?))
}

/// A decision as it is sent.
#[derive(Deserialize)]
pub(crate) struct Sent {
    confirm: Option<String>,
    reason: Option<String>,
}

/// `POST /tenant/requests/{id}/approve`.
pub(crate) async fn approve(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &seat, &id, &sent, Some(Decision::Approve)).await
}

/// `POST /tenant/requests/{id}/refuse`.
pub(crate) async fn refuse(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let named = |reason: &RefusalReason| Some(reason.key()) == sent.reason.as_deref();
    let reason = RefusalReason::ALL.into_iter().find(named);
    decide(&service, &seat, &id, &sent, reason.map(Decision::Refuse)).await
}

/// `POST /tenant/requests/{id}/cancel`: the person takes it back.
pub(crate) async fn cancel(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &seat, &id, &sent, Some(Decision::Cancel)).await
}

/// `POST /tenant/requests/{id}/undo`: what an erasure took comes back.
pub(crate) async fn undo(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &seat, &id, &sent, Some(Decision::Undo)).await
}

/// `POST /tenant/requests/{id}/lift`: the end of a restriction.
pub(crate) async fn lift(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    decide(&service, &seat, &id, &sent, Some(Decision::Lift)).await
}

/// `POST /tenant/requests/{id}/wish`: what the person told the tenant.
pub(crate) async fn wish(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Handle)?;
    let request = find(&service, &seat, &id).await?;
    let problem = match said(&fields) {
        Err(problem) => Problem::Wish(problem),
        Ok(said) => {
            let by = seat.key.actor();
            match service.say_for(&request.id, &by, &said, None).await {
                Ok(()) => return Ok(to(&request)),
                Err(SayError::Unknown) => return Err(Failure::NotFound),
                Err(SayError::Service(error)) => return Err(error.into()),
                Err(SayError::Wish(error)) => Problem::Wish(WishProblem::Wish(error)),
                Err(SayError::Rejected(why)) => Problem::Rejected(words::sentence(&why)),
            }
        }
    };
    again(&service, &seat, &request, problem).await
}

async fn decide(
    service: &Service,
    seat: &Seat,
    id: &str,
    sent: &Sent,
    decision: Option<Decision>,
) -> Result<Response, Failure> {
    only_with(seat, Permission::Decide)?;
    let request = find(service, seat, id).await?;
    let problem = match decision {
        None => Problem::Reason,
        Some(_) if sent.confirm.as_deref() != Some("yes") => Problem::Unconfirmed,
        Some(decision) => {
            let by = seat.decider();
            match service.decide_once(&request.id, decision, &by, None).await {
                Ok(()) => return Ok(to(&request)),
                Err(DecideError::Unknown) => return Err(Failure::NotFound),
                Err(DecideError::Service(error)) => return Err(error.into()),
                Err(DecideError::Rejected(why)) => Problem::Rejected(words::sentence(&why)),
            }
        }
    };
    again(service, seat, &request, problem).await
}

fn to(request: &SubjectRequest) -> Response {
    Redirect::to(&format!("/tenant/requests/{}", request.id)).into_response()
}

async fn again(
    service: &Service,
    seat: &Seat,
    request: &SubjectRequest,
    problem: Problem,
) -> Result<Response, Failure> {
    let status = match problem {
        Problem::Rejected(_) => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = page(service, seat, request, Some(problem)).await?;
    Ok(html_with(status, &page))
}

/// `GET /tenant/requests/{id}/package`: streamed; who fetched it is in the ledger.
pub(crate) async fn package(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Package)?;
    let request = find(&service, &seat, &id).await?;
    let package = service.package_of(request.clone()).await?;
    service.record_fetch(&request, &seat.key.actor()).await?;
    Ok(package_response(package))
}

/// `GET /tenant/requests/{id}/receipt`: that the answer is in the ledger, without
/// what says whom it is about.
pub(crate) async fn receipt(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Read)?;
    let request = find(&service, &seat, &id).await?;
    let receipt = service.receipt_of(&request).await?;
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"receipt.txt\""),
    ];
    Ok((headers, receipt).into_response())
}

async fn find(service: &Service, seat: &Seat, id: &str) -> Result<SubjectRequest, Failure> {
    let found = service.seen_from(seat, id).await?;
    found.ok_or(Failure::NotFound)
}

async fn page(
    service: &Service,
    seat: &Seat,
    request: &SubjectRequest,
    problem: Option<Problem>,
) -> Result<RequestPage, Failure> {
    let charter = service.charter_of(request).await?;
    let beside = Beside {
        package: seat.may(Permission::Package) && service.has_package(&request.id).await?,
        receipt: service.has_receipt(&request.id).await?,
        texts: match seat.may(Permission::Handle) {
            true => service.texts(request).await?,
            false => Texts::default(),
        },
    };
    let now = service.now();
    Ok(RequestPage::new(
        &charter, seat, request, beside, problem, now,
    ))
}

/// What can be fetched, and what the person wrote as far as the key may see it.
#[derive(Default)]
pub(crate) struct Beside {
    pub(crate) package: bool,
    pub(crate) receipt: bool,
    pub(crate) texts: Texts,
}

/// The page of a subject request.
#[derive(Template)]
#[template(path = "tenant/request.html")]
pub(crate) struct RequestPage {
    frame: Frame,
    row: Row,
    address: String,
    number: String,
    filed: When,
    refusal: Option<&'static str>,
    sources: Vec<SourcePlan>,
    history: Vec<(When, String)>,
    decides: bool,
    approves: bool,
    cancels: bool,
    /// The form for what the person told the tenant, where it is still to be said.
    form: Option<WishForm>,
    wished: Wished,
    /// Until when an erasure can be undone.
    undo_until: Option<When>,
    lifts: bool,
    reasons: Vec<(&'static str, &'static str)>,
    beside: Beside,
    problem: Option<String>,
}

struct SourcePlan {
    name: String,
    /// Tables in which no text is searched after an erasure.
    unsearched: String,
    tables: Vec<TablePlan>,
}

impl RequestPage {
    /// The page as of now.
    pub(crate) fn new(
        charter: &Charter,
        seat: &Seat,
        request: &SubjectRequest,
        beside: Beside,
        problem: Option<Problem>,
        now: Timestamp,
    ) -> Self {
        let title = words::request_title(request.right);
        let decides = seat.may(Permission::Decide);
        let undecided = request.state == Standing::Undecided;
        let address = format!("/tenant/requests/{}", request.id);
        let wish_problem = match &problem {
            Some(Problem::Wish(problem)) => Some(*problem),
            _ => None,
        };
        let form = WishForm::for_staff(charter, request, format!("{address}/wish"), wish_problem);
        let history = request.history.iter();
        let sources = request.sources.iter().map(|(name, progress)| SourcePlan {
            name: name.clone(),
            unsearched: match request.right {
                Right::Erasure => progress.preview.unsearched.join(", "),
                _ => String::new(),
            },
            tables: TablePlan::all(charter, progress),
        });
        Self {
            frame: Frame::tenant(charter, Here::Queue, title, Some(&seat.name)),
            row: Row::of(request, now),
            address,
            number: request.id.to_string(),
            filed: request.filed_at.into(),
            refusal: match request.state {
                Standing::Refused { reason, .. } => Some(words::refusal_words(reason)),
                _ => None,
            },
            sources: sources.collect(),
            history: history
                .map(|moment| (moment.at.into(), words::moment_words(moment).to_owned()))
                .collect(),
            decides: decides && undecided,
            approves: request.right != Right::Complaint,
            cancels: decides && request.can_be_cancelled(),
            form: form.filter(|_| seat.may(Permission::Handle)),
            wished: Wished::of(charter, request, &beside.texts),
            undo_until: request
                .undoable_until(now)
                .filter(|_| decides)
                .map(When::from),
            lifts: decides && request.can_be_lifted(),
            reasons: RefusalReason::ALL
                .map(|reason| (reason.key(), words::refusal_words(reason)))
                .into(),
            beside,
            problem: problem.map(Problem::words),
        }
    }
}
