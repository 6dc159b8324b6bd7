//! `/console/requests/{id}`: one subject request with its plan, its time, and what
//! staff can do about it. What they send is read in [`super::decisions`].

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::subject_request::{RefusalReason, State as Standing, SubjectRequest};
use candor_policy::charter::{Charter, Right};
use candor_store::rows::StaffRow;
use jiff::Timestamp;

use super::by_hand::ByHand;
use super::decisions::DecisionProblem;
use super::identity::IdentityPart;
use super::plan::{SourcePlan, UndoPart, confirmation, refuse_title, rewrites};
use super::queue::Row;
use super::time::Time;
use crate::service::{Conversation, Service, Texts};
use crate::ui::failure::Failure;
use crate::ui::filters;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html_with;
use crate::ui::parts::{Reasons, When};
use crate::ui::requests::WishProblem;
use crate::ui::words;

/// `GET /console/requests/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    page(&service, &staff, &named(&id)?, None).await
}

/// An id as a path names it; what is none names nothing.
pub(super) fn named(id: &str) -> Result<SubjectRequestId, Failure> {
    id.parse().map_err(|_| Failure::NotFound)
}

pub(super) async fn page(
    service: &Service,
    staff: &StaffRow,
    id: &SubjectRequestId,
    problem: Option<DecisionProblem>,
) -> Result<Response, Failure> {
    let found = service.request(id).await?;
    let (request, charter) = found.ok_or(Failure::NotFound)?;
    let status = match problem {
        None => StatusCode::OK,
        Some(DecisionProblem::Rejected(_)) => StatusCode::CONFLICT,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let vouched = service.vouched_because(&request).await?;
    let earlier = service.earlier(&request).await?;
    let parties = service.parties();
    let awaited = request.awaited_tenant();
    let seen = Seen {
        is_unreachable: awaited.is_some_and(|tenant| parties.contact(tenant).is_none()),
        login: &staff.login,
        own: &staff.id,
        problem,
        conversation: service.conversation(&request).await?,
        texts: service.texts(&request).await?,
        wish_problem: problem.and_then(DecisionProblem::of_wish),
        vouched,
        earlier,
        now: service.now(),
    };
    let page = RequestPage::new(&charter, &request, seen);
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
    /// When it reached the organisation, where that was earlier.
    received: Option<When>,
    came_in: &'static str,
    refusal: Option<&'static str>,
    /// A complaint is answered, and nothing looked for.
    searches: bool,
    plan_title: &'static str,
    /// An erasure, of which each row says what becomes of it.
    erasure: bool,
    sources: Vec<SourcePlan>,
    history: Vec<MomentRow>,
    decide: bool,
    /// The tenant that decides, where one has to.
    awaited: Option<String>,
    /// Nobody is declared whom to tell that it waits.
    is_unreachable: bool,
    /// There is something to approve; a complaint is answered.
    approves: bool,
    refuse_title: &'static str,
    confirmation: String,
    reasons: Vec<ReasonChoice>,
    problem: Option<&'static str>,
    reasons_of_deadline: Option<Reasons>,
    time: Time,
    identity: IdentityPart,
    approve_action: String,
    retry_action: String,
    refuse_action: String,
    by_hand: ByHand,
    undo: Option<UndoPart>,
}

/// Who looks at a subject request, and what is known beside it.
pub(crate) struct Seen<'a> {
    pub(crate) login: &'a str,
    pub(crate) own: &'a StaffId,
    pub(crate) problem: Option<DecisionProblem>,
    pub(crate) conversation: Conversation,
    pub(crate) texts: Texts,
    pub(crate) wish_problem: Option<WishProblem>,
    /// Why somebody vouched for the person.
    pub(crate) vouched: Option<String>,
    /// Whether no contact of the tenant that decides is declared.
    pub(crate) is_unreachable: bool,
    /// What the same person asked before.
    pub(crate) earlier: Vec<SubjectRequest>,
    pub(crate) now: Timestamp,
}

struct MomentRow {
    at: When,
    words: String,
    by: Option<String>,
}

/// Something to choose, with its words.
pub(super) struct ReasonChoice {
    pub(super) key: &'static str,
    pub(super) words: &'static str,
}

impl ReasonChoice {
    /// Every reason to refuse.
    pub(super) fn refusals() -> Vec<Self> {
        let all = RefusalReason::ALL.map(|reason| Self {
            key: reason.key(),
            words: words::refusal_words(reason),
        });
        all.into()
    }
}

impl RequestPage {
    /// The page for whoever is signed in.
    pub(crate) fn new(charter: &Charter, request: &SubjectRequest, seen: Seen<'_>) -> Self {
        let address = |decision: &str| format!("/console/requests/{}/{decision}", request.id);
        let title = words::request_title(request.right);
        Self {
            frame: Frame::console(charter, Here::Queue, title, Some(seen.login)),
            row: Row::of(request, seen.now),
            number: request.id.to_string(),
            subject: request.subject.to_string(),
            charter: request.charter.0.clone(),
            filed: request.filed_at.into(),
            received: (request.clock.received_at < request.filed_at)
                .then(|| request.clock.received_at.into()),
            came_in: words::channel_words(request.channel),
            refusal: match request.state {
                Standing::Refused { reason, .. } => Some(words::refusal_words(reason)),
                _ => None,
            },
            erasure: request.right == Right::Erasure || rewrites(request),
            searches: request.right != Right::Complaint,
            plan_title: match (request.right, request.is_over()) {
                (Right::Erasure, true) => "What was done",
                (Right::Erasure, false) => "The plan",
                _ => "What is held",
            },
            sources: request
                .sources
                .iter()
                .map(|(name, progress)| SourcePlan {
                    grade: request.grades().remove(name.as_str()).map(|own| {
                        let grade = words::grade_words(own.grade);
                        (grade, own.seen)
                    }),
                    ..SourcePlan::of(charter, request.right, name, progress)
                })
                .collect(),
            history: history(request, seen.own),
            decide: request.state == Standing::Undecided && request.tenant.is_none(),
            awaited: request.awaited_tenant().map(ToString::to_string),
            is_unreachable: seen.is_unreachable,
            approves: request.right != Right::Complaint,
            refuse_title: refuse_title(request),
            confirmation: confirmation(request),
            reasons: ReasonChoice::refusals(),
            problem: seen.problem.map(DecisionProblem::words),
            reasons_of_deadline: Reasons::of(request),
            time: Time::of(request, seen.conversation, seen.now),
            identity: IdentityPart::of(request, seen.vouched, &seen.earlier, seen.now),
            approve_action: address("approve"),
            refuse_action: address("refuse"),
            retry_action: address("retry"),
            by_hand: ByHand::of(charter, request, seen.texts, seen.wish_problem, seen.own),
            undo: UndoPart::of(request, seen.now),
        }
    }
}

/// What happened, with who did it.
fn history(request: &SubjectRequest, own: &StaffId) -> Vec<MomentRow> {
    let moments = request.history.iter();
    moments
        .map(|moment| MomentRow {
            at: moment.at.into(),
            words: words::moment_words(moment).to_owned(),
            by: moment.by.as_ref().map(|by| match by == own {
                true => "you".to_owned(),
                false => by.to_string(),
            }),
        })
        .collect()
}
