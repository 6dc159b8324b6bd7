//! `/console/requests/{id}`: one subject request with its plan, and the
//! decision. Both decisions ask for a confirmation of their own.

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use candor_domain::clock::{ExtensionReason, Question};
use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::plan::Action;
use candor_domain::subject_request::{
    Progress, RefusalReason, Rejection, Stage, State as Standing, SubjectRequest,
};
use candor_policy::charter::{Charter, Right, Source};
use candor_store::rows::StaffRow;
use jiff::Timestamp;
use serde::Deserialize;

use super::by_hand::ByHand;
use super::identity::IdentityPart;
use super::queue::Row;
use crate::service::{
    Conversation, DecideError, Decision as ServiceDecision, Service, TEXT_CHARS_MAX, Texts,
    kept_text,
};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html_with;
use crate::ui::parts::{Reasons, When};
use crate::ui::requests::WishProblem;
use crate::ui::words;

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
    const fn of_wish(self) -> Option<WishProblem> {
        match self {
            Self::Wish(problem) => Some(problem),
            _ => None,
        }
    }

    const fn words(self) -> &'static str {
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
            Self::Rejected(Rejection::NotUndoable) => "This erasure can't be undone (any more).",
            Self::Rejected(_) => "This request no longer waits for a decision.",
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
    question: Option<String>,
    text: Option<String>,
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

/// `POST /console/requests/{id}/undo`: what an erasure took comes back.
pub(crate) async fn undo(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    if !decision.is_confirmed() {
        return page(&service, &staff, &id, Some(DecisionProblem::Unconfirmed)).await;
    }
    let decided = service.undo(&id, &staff.id).await;
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

/// `POST /console/requests/{id}/extend`: more time, once the person is told.
pub(crate) async fn extend(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let named = |reason: &ExtensionReason| Some(reason.key()) == decision.reason.as_deref();
    let Some(reason) = ExtensionReason::ALL.into_iter().find(named) else {
        return page(&service, &staff, &id, Some(DecisionProblem::Reason)).await;
    };
    let decided = service.extend(&id, &staff.id, reason).await;
    answer(&service, &staff, &id, decided).await
}

/// `POST /console/requests/{id}/ask`: a question to the person.
pub(crate) async fn ask(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let named = |question: &Question| Some(question.key()) == decision.question.as_deref();
    let Some(question) = Question::ALL.into_iter().find(named) else {
        return page(&service, &staff, &id, Some(DecisionProblem::Reason)).await;
    };
    let Some(text) = decision.text.as_deref().and_then(kept_text) else {
        return page(&service, &staff, &id, Some(DecisionProblem::Text)).await;
    };
    let decided = service.ask(&id, &staff.id, question, text).await;
    answer(&service, &staff, &id, decided).await
}

/// `POST /console/requests/{id}/replied`: the person answered in another way.
pub(crate) async fn replied(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let decided = service.replied(&id, &staff.id).await;
    answer(&service, &staff, &id, decided).await
}

/// `POST /console/requests/{id}/acknowledge`: the person is told now.
pub(crate) async fn acknowledge(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let decided = service.acknowledge(&id, &staff.id).await;
    answer(&service, &staff, &id, decided).await
}

/// `POST /console/requests/{id}/vouch`: it is the person, for a written reason.
pub(crate) async fn vouch(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let Some(text) = decision.text.as_deref().and_then(kept_text) else {
        return page(&service, &staff, &id, Some(DecisionProblem::Text)).await;
    };
    if !decision.is_confirmed() {
        return page(&service, &staff, &id, Some(DecisionProblem::Unconfirmed)).await;
    }
    let decided = service.vouch(&id, &staff.id, text, None).await;
    answer(&service, &staff, &id, decided).await
}

/// `POST /console/requests/{id}/cancel`: the person takes it back.
pub(crate) async fn cancel(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(decision): Form<Decision>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    if !decision.is_confirmed() {
        return page(&service, &staff, &id, Some(DecisionProblem::Unconfirmed)).await;
    }
    let cancel = ServiceDecision::Cancel;
    let decided = service.decide_once(&id, cancel, &staff.id, None).await;
    answer(&service, &staff, &id, decided).await
}

/// An id as a path names it; what is none names nothing.
pub(super) fn named(id: &str) -> Result<SubjectRequestId, Failure> {
    id.parse().map_err(|_| Failure::NotFound)
}

pub(super) async fn answer(
    service: &Service,
    staff: &StaffRow,
    id: &SubjectRequestId,
    decided: Result<(), DecideError>,
) -> Result<Response, Failure> {
    match decided {
        Ok(()) => Ok(Redirect::to(&format!("/console/requests/{id}")).into_response()),
        Err(DecideError::Unknown) => Err(Failure::NotFound),
        Err(DecideError::Rejected(rejection)) => {
            page(
                service,
                staff,
                id,
                Some(DecisionProblem::Rejected(rejection)),
            )
            .await
        }
        Err(DecideError::Service(error)) => Err(error.into()),
    }
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
    let seen = Seen {
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
    refusal: Option<&'static str>,
    /// A complaint is answered, and nothing looked for.
    searches: bool,
    plan_title: &'static str,
    /// An erasure, of which each row says what becomes of it.
    erasure: bool,
    sources: Vec<SourcePlan>,
    history: Vec<MomentRow>,
    decide: bool,
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
    /// What the same person asked before.
    pub(crate) earlier: Vec<SubjectRequest>,
    pub(crate) now: Timestamp,
}

/// What staff can do about the time, and what came of it.
struct Time {
    acknowledge_action: Option<String>,
    extend: Option<Extend>,
    ask: Option<Ask>,
    replied_action: Option<String>,
    conversation: Conversation,
}

struct Extend {
    action: String,
    until: When,
    reasons: Vec<ReasonChoice>,
}

struct Ask {
    action: String,
    questions: Vec<QuestionChoice>,
    chars_max: usize,
}

struct QuestionChoice {
    key: &'static str,
    words: &'static str,
    /// What becomes of the clock.
    clock: &'static str,
}

impl Time {
    fn of(request: &SubjectRequest, conversation: Conversation, now: Timestamp) -> Self {
        let address = |decision: &str| format!("/console/requests/{}/{decision}", request.id);
        let clock = &request.clock;
        let past = |kind: &str| request.history.iter().any(|moment| moment.kind == kind);
        let owed = clock.acknowledgement().is_some()
            && clock.acknowledged_at.is_none()
            && !past("subject_request.acknowledged");
        let extended = clock
            .extended_to(now)
            .filter(|_| request.is_open() && clock.extension.is_none());
        let undecided = request.state == Standing::Undecided;
        let asked = clock.pause.as_ref().is_some_and(|pause| pause.is_open());
        Self {
            acknowledge_action: (request.is_open() && owed).then(|| address("acknowledge")),
            extend: extended.map(|until| Extend {
                action: address("extend"),
                until: until.into(),
                reasons: ExtensionReason::ALL
                    .map(|reason| ReasonChoice {
                        key: reason.key(),
                        words: words::extension_words(reason),
                    })
                    .into(),
            }),
            ask: (undecided && clock.pause.is_none()).then(|| Ask {
                action: address("ask"),
                questions: Question::ALL
                    .map(|question| QuestionChoice {
                        key: question.key(),
                        words: words::question_words(question),
                        clock: if clock.waits_for(question) {
                            "The clock stands still until the answer, at most 30 days."
                        } else {
                            "The clock goes on meanwhile."
                        },
                    })
                    .into(),
                chars_max: TEXT_CHARS_MAX,
            }),
            replied_action: (undecided && asked).then(|| address("replied")),
            conversation,
        }
    }

    const fn is_empty(&self) -> bool {
        self.acknowledge_action.is_none()
            && self.extend.is_none()
            && self.ask.is_none()
            && self.replied_action.is_none()
            && self.conversation.question.is_none()
    }
}

struct SourcePlan {
    name: String,
    /// What is done once more.
    again: &'static str,
    stage: &'static str,
    /// How thoroughly it is erased, and by what that was seen.
    grade: Option<(&'static str, String)>,
    stuck: bool,
    residue: Vec<String>,
    /// Why it can't be written.
    obstacles: Vec<String>,
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
    pub(crate) fn new(charter: &Charter, request: &SubjectRequest, seen: Seen<'_>) -> Self {
        let address = |decision: &str| format!("/console/requests/{}/{decision}", request.id);
        Self {
            frame: Frame::console(
                charter,
                Here::Queue,
                words::request_title(request.right),
                Some(seen.login),
            ),
            row: Row::of(request, seen.now),
            number: request.id.to_string(),
            subject: request.subject.to_string(),
            charter: request.charter.0.clone(),
            filed: request.filed_at.into(),
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
            history: request
                .history
                .iter()
                .map(|moment| MomentRow {
                    at: moment.at.into(),
                    words: words::moment_words(moment).to_owned(),
                    by: moment.by.as_ref().map(|by| {
                        if by == seen.own {
                            "you".to_owned()
                        } else {
                            by.to_string()
                        }
                    }),
                })
                .collect(),
            decide: matches!(request.state, Standing::Undecided),
            approves: request.right != Right::Complaint,
            refuse_title: refuse_title(request),
            confirmation: confirmation(request),
            reasons: RefusalReason::ALL
                .map(|reason| ReasonChoice {
                    key: reason.key(),
                    words: words::refusal_words(reason),
                })
                .into(),
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

/// Whether an erasure can be undone, or what came of that.
struct UndoPart {
    /// Where to, and until when, while it can be.
    open: Option<(String, When)>,
    /// What came back.
    returned: Vec<String>,
    ended: Option<When>,
}

impl UndoPart {
    fn of(request: &SubjectRequest, now: Timestamp) -> Option<Self> {
        let undo = request.undo.as_ref()?;
        undo.until?;
        let action = format!("/console/requests/{}/undo", request.id);
        let open = request.undoable_until(now);
        let returned = undo.returned.iter().flat_map(|(source, returns)| {
            returns
                .iter()
                .map(move |table| words::table_return(source, table))
        });
        Some(Self {
            open: open.map(|until| (action, until.into())),
            returned: returned.collect(),
            ended: undo.ended_at.map(When::from),
        })
    }
}

impl SourcePlan {
    fn of(charter: &Charter, right: Right, name: &str, progress: &Progress) -> Self {
        let declared = charter.sources.get(name);
        let is_service = declared.is_some_and(Source::is_service);
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
            again: if right == Right::Erasure {
                "erase"
            } else {
                "write"
            },
            grade: None,
            stuck: progress.stage == Stage::Stuck,
            stage: match progress.stage {
                Stage::Located if right == Right::Erasure => "found, nothing done",
                Stage::Located => "found",
                Stage::Erased => "erased, not yet searched again",
                Stage::Written => "written, not yet read again",
                Stage::Verified if right != Right::Erasure => "written, and read again",
                Stage::Stuck if right != Right::Erasure => {
                    "not as it should be after every attempt: please look"
                }
                Stage::Verified if is_service => {
                    "erased, and nothing left: both on its own word, nobody else can look"
                }
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
            obstacles: progress.preview.obstacles.clone(),
            tables: tables.collect(),
        }
    }
}

/// Whether something is written into rows that stay.
fn rewrites(request: &SubjectRequest) -> bool {
    let sources = request.sources.values();
    let mut effects = sources.flat_map(|one| one.preview.effects.iter().chain(&one.effects));
    effects.any(|effect| effect.action == Action::Rewrite)
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
    if request.right == Right::Access || request.right == Right::Portability {
        let all = words::count_of(rows(true) + rows(false), "row", "rows");
        return format!(
            "I have looked at the plan: {all} from {databases} are given to the person."
        );
    }
    if rewrites(request) {
        let those = effects().filter(|effect| effect.action == Action::Rewrite);
        let rewritten: u64 = those.map(|effect| effect.rows).sum();
        let rewritten = words::count_of(rewritten, "row", "rows");
        return format!(
            "I have looked at what is written: {rewritten} in {databases} get the new values. What can't be written by machine stands here once it is approved."
        );
    }
    if request.right != Right::Erasure {
        let all = words::count_of(rows(true) + rows(false), "row", "rows");
        return format!(
            "I have read what the person wants. It concerns {all} in {databases}; what is to be done by hand stands here once it is approved."
        );
    }
    let gone = words::count_of(rows(false), "row", "rows");
    let kept = words::count_of(rows(true), "row", "rows");
    format!(
        "I have looked at the plan: {gone} in {databases} are deleted or unlinked for ever, {kept} stay for the reasons named."
    )
}

/// What a refusal does: an objection to direct marketing is granted whatever is
/// decided about the rest.
fn refuse_title(request: &SubjectRequest) -> &'static str {
    let wish = request.wish.as_ref();
    let marketing = wish.is_some_and(|wish| !wish.marketing.is_empty());
    if request.right == Right::Objection && marketing {
        "Refuse all but the direct marketing"
    } else {
        "Refuse"
    }
}
