//! `/console/requests/{id}`: one subject request with its plan, and the
//! decision. Both decisions ask for a confirmation of their own.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::plan::Action;
use candor_domain::subject_request::{
    Progress, RefusalReason, Stage, State as Standing, SubjectRequest,
};
use candor_policy::charter::{Charter, Right};
use candor_store::rows::StaffRow;
use jiff::Timestamp;
use serde::Deserialize;

use super::queue::Row;
use crate::service::{DecideError, Service};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html_with;
use crate::ui::parts::When;
use crate::ui::words;

/// Why a decision comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecisionProblem {
    /// The confirmation was not ticked.
    Unconfirmed,
    /// No reason was chosen.
    Reason,
    /// It no longer waits for a decision.
    Decided,
}

impl DecisionProblem {
    const fn words(self) -> &'static str {
        match self {
            Self::Unconfirmed => "Nothing was decided: please tick the confirmation.",
            Self::Reason => "Nothing was decided: please choose a reason.",
            Self::Decided => "This request no longer waits for a decision.",
        }
    }
}

/// `GET /console/requests/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    page(&service, &staff, &named(&id)?, None).await
}

/// A decision as it is sent.
#[derive(Deserialize)]
pub(crate) struct Decision {
    confirm: Option<String>,
    reason: Option<String>,
    source: Option<String>,
}

impl Decision {
    fn is_confirmed(&self) -> bool {
        self.confirm.as_deref() == Some("yes")
    }
}

/// `POST /console/requests/{id}/approve`.
pub(crate) async fn approve(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    if !decision.is_confirmed() {
        return page(&service, &staff, &id, Some(DecisionProblem::Unconfirmed)).await;
    }
    let decided = service.approve(&id, &staff.id).await;
    answer(&service, &staff, &id, decided).await
}

/// `POST /console/requests/{id}/refuse`.
pub(crate) async fn refuse(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let named = |reason: &RefusalReason| Some(reason.key()) == decision.reason.as_deref();
    let Some(reason) = RefusalReason::ALL.into_iter().find(named) else {
        return page(&service, &staff, &id, Some(DecisionProblem::Reason)).await;
    };
    if !decision.is_confirmed() {
        return page(&service, &staff, &id, Some(DecisionProblem::Unconfirmed)).await;
    }
    let decided = service.refuse(&id, &staff.id, reason).await;
    answer(&service, &staff, &id, decided).await
}

/// `POST /console/requests/{id}/retry`: a source that was stuck, once more.
pub(crate) async fn retry(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let source = decision.source.ok_or(Failure::Malformed)?;
    let decided = service.retry(&id, &staff.id, source).await;
    answer(&service, &staff, &id, decided).await
}

/// An id as a path names it; what is none names nothing.
fn named(id: &str) -> Result<SubjectRequestId, Failure> {
    id.parse().map_err(|_| Failure::NotFound)
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
        Err(DecideError::Rejected(_)) => {
            page(service, staff, id, Some(DecisionProblem::Decided)).await
        }
        Err(DecideError::Service(error)) => Err(error.into()),
    }
}

async fn page(
    service: &Service,
    staff: &StaffRow,
    id: &SubjectRequestId,
    problem: Option<DecisionProblem>,
) -> Result<Response, Failure> {
    let found = service.request(id).await?;
    let (request, charter) = found.ok_or(Failure::NotFound)?;
    let status = match problem {
        None => StatusCode::OK,
        Some(DecisionProblem::Decided) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let now = service.now();
    let page = RequestPage::new(&charter, &staff.login, &staff.id, &request, problem, now);
    Ok(html_with(status, &page))
}

/// The page of a subject request.
#[derive(Template)]
#[template(path = "console/request.html")]
pub(crate) struct RequestPage {
    frame: Frame,
    row: Row,
    number: String,
    subject: String,
    charter: String,
    filed: When,
    refusal: Option<&'static str>,
    plan_title: &'static str,
    /// An erasure, of which each row says what becomes of it.
    erasure: bool,
    sources: Vec<SourcePlan>,
    history: Vec<MomentRow>,
    decide: bool,
    confirmation: String,
    reasons: Vec<ReasonChoice>,
    problem: Option<&'static str>,
    approve_action: String,
    retry_action: String,
    refuse_action: String,
}

struct SourcePlan {
    name: String,
    stage: &'static str,
    stuck: bool,
    residue: Vec<String>,
    tables: Vec<TablePlan>,
}

struct TablePlan {
    table: String,
    action: &'static str,
    rows: String,
    because: String,
}

struct MomentRow {
    at: When,
    words: String,
    by: Option<String>,
}

struct ReasonChoice {
    key: &'static str,
    words: &'static str,
}

impl RequestPage {
    /// The page for whoever is signed in.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        own: &StaffId,
        request: &SubjectRequest,
        problem: Option<DecisionProblem>,
        now: Timestamp,
    ) -> Self {
        let address = |decision: &str| format!("/console/requests/{}/{decision}", request.id);
        Self {
            frame: Frame::console(
                charter,
                Here::Queue,
                words::request_title(request.right),
                Some(login),
            ),
            row: Row::of(request, now),
            number: request.id.to_string(),
            subject: request.subject.to_string(),
            charter: request.charter.0.clone(),
            filed: request.filed_at.into(),
            refusal: match request.state {
                Standing::Refused { reason, .. } => Some(words::refusal_words(reason)),
                _ => None,
            },
            erasure: request.right == Right::Erasure,
            plan_title: match (request.right, request.is_over()) {
                (Right::Access, _) => "What is held",
                (_, true) => "What was done",
                (_, false) => "The plan",
            },
            sources: request
                .sources
                .iter()
                .map(|(name, progress)| SourcePlan::of(charter, name, progress))
                .collect(),
            history: request
                .history
                .iter()
                .map(|moment| MomentRow {
                    at: moment.at.into(),
                    words: words::moment_words(moment).to_owned(),
                    by: moment.by.as_ref().map(|by| {
                        if by == own {
                            "you".to_owned()
                        } else {
                            by.to_string()
                        }
                    }),
                })
                .collect(),
            decide: matches!(request.state, Standing::Undecided),
            confirmation: confirmation(request),
            reasons: RefusalReason::ALL
                .map(|reason| ReasonChoice {
                    key: reason.key(),
                    words: words::refusal_words(reason),
                })
                .into(),
            problem: problem.map(DecisionProblem::words),
            approve_action: address("approve"),
            refuse_action: address("refuse"),
            retry_action: address("retry"),
        }
    }
}

impl SourcePlan {
    fn of(charter: &Charter, name: &str, progress: &Progress) -> Self {
        let done = !progress.effects.is_empty();
        let effects = if done {
            &progress.effects
        } else {
            &progress.preview.effects
        };
        let tables = effects.iter().map(|effect| TablePlan {
            table: effect.table.clone(),
            action: words::action_term(effect.action),
            rows: words::grouped(effect.rows),
            because: effect
                .because
                .as_ref()
                .map(|rule| words::stays_because(charter, rule))
                .unwrap_or_default(),
        });
        Self {
            name: name.to_owned(),
            stuck: progress.stage == Stage::Stuck,
            stage: match progress.stage {
                Stage::Located => "found, nothing done",
                Stage::Erased => "erased, not yet searched again",
                Stage::Verified => "erased, searched again, nothing found",
                Stage::Stuck => "still found after every attempt: please look",
                Stage::Packaged => "in the package",
            },
            residue: progress
                .residue
                .iter()
                .map(|residue| {
                    let rows = words::count_of(residue.rows, "row", "rows");
                    format!("{rows} in {}.{}", residue.table, residue.column)
                })
                .collect(),
            tables: tables.collect(),
        }
    }
}

/// What approving does, in numbers.
fn confirmation(request: &SubjectRequest) -> String {
    let effects = || {
        request
            .sources
            .values()
            .flat_map(|progress| &progress.preview.effects)
    };
    let rows = |kept: bool| -> u64 {
        let stays = |action| matches!(action, Action::Keep | Action::Pseudonymise);
        let those = effects().filter(|effect| stays(effect.action) == kept);
        those.map(|effect| effect.rows).sum()
    };
    let databases = words::count_of(request.sources.len() as u64, "database", "databases");
    if request.right == Right::Access {
        let all = words::count_of(rows(true) + rows(false), "row", "rows");
        return format!(
            "I have looked at the plan: {all} from {databases} are given to the person."
        );
    }
    let gone = words::count_of(rows(false), "row", "rows");
    let kept = words::count_of(rows(true), "row", "rows");
    format!(
        "I have looked at the plan: {gone} in {databases} are deleted or unlinked for ever, {kept} stay for the reasons named."
    )
}
