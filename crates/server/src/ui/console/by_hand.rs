//! The part of a subject request's page about work by hand: what the person told
//! staff, tasks, the answer to a complaint, the end of a restriction. Shows whom it is about
//! only while a task waits, because nobody can do it otherwise.

use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use candor_domain::id::StaffId;
use candor_domain::subject_request::{State as Standing, SubjectRequest, System};
use candor_policy::charter::{Charter, Right};
use candor_store::rows::StaffRow;

use super::decisions::DecisionProblem;
use super::request::{named, page};
use crate::service::{SayError, Service, TEXT_CHARS_MAX, Texts};
use crate::ui::failure::Failure;
use crate::ui::parts::When;
use crate::ui::requests::{WishForm, WishProblem, Wished, said};
use crate::ui::words;

/// `POST /console/requests/{id}/wish`: what the person told staff.
pub(crate) async fn wish(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let id = named(&id)?;
    let again = |problem| Some(DecisionProblem::Wish(problem));
    let said = match said(&fields) {
        Ok(said) => said,
        Err(problem) => return page(&service, &staff, &id, again(problem)).await,
    };
    match service.say_for(&id, &staff.id, &said, None).await {
        Ok(()) => Ok(Redirect::to(&format!("/console/requests/{id}")).into_response()),
        Err(SayError::Unknown) => Err(Failure::NotFound),
        Err(SayError::Wish(error)) => {
            page(&service, &staff, &id, again(WishProblem::Wish(error))).await
        }
        Err(SayError::Rejected(rejection)) => {
            let problem = DecisionProblem::Rejected(rejection);
            page(&service, &staff, &id, Some(problem)).await
        }
        Err(SayError::Service(error)) => Err(error.into()),
    }
}

/// The part of the page that is about work by hand.
pub(super) struct ByHand {
    pub(super) form: Option<WishForm>,
    /// Other values are taken in, because a source doesn't take those.
    pub(super) again: bool,
    pub(super) wished: Wished,
    pub(super) contact: Option<String>,
    pub(super) due: When,
    pub(super) tasks: Vec<TaskRow>,
    pub(super) task_action: String,
    pub(super) reopen_action: String,
    pub(super) chars_max: usize,
    pub(super) answer_action: Option<String>,
    pub(super) answer: Option<String>,
    pub(super) lift_action: Option<String>,
    /// Since when a restriction holds.
    pub(super) restricted: Option<When>,
    /// It is being lifted: the person is being told.
    pub(super) lifting: bool,
    /// The tenant that lifts it, where one has to.
    pub(super) lifted_by: Option<String>,
}

/// A task with what came of it.
pub(super) struct TaskRow {
    pub(super) key: String,
    /// For the ids of fields.
    pub(super) number: usize,
    pub(super) place: String,
    pub(super) what: &'static str,
    pub(super) done_at: Option<When>,
    pub(super) by: String,
    pub(super) note: Option<String>,
    pub(super) open: bool,
    /// It can be opened again: nobody was answered yet.
    pub(super) reopens: bool,
}

impl ByHand {
    pub(super) fn of(
        charter: &Charter,
        request: &SubjectRequest,
        texts: Texts,
        problem: Option<WishProblem>,
        own: &StaffId,
    ) -> Self {
        let address = |what: &str| format!("/console/requests/{}/{what}", request.id);
        let answers = request.right == Right::Complaint && request.state == Standing::Undecided;
        let restriction = request.restriction.as_ref().filter(|_| request.restricts());
        let lifts = request.can_be_lifted();
        let tenant = request.tenant.as_ref();
        let contact = texts.contact.as_ref();
        Self {
            form: WishForm::for_staff(charter, request, address("wish"), problem),
            again: request.state == Standing::Undecided,
            wished: Wished::of(charter, request, &texts),
            contact: contact.map(|one| one.expose("staff do a task for this person").clone()),
            due: request.due_at.into(),
            tasks: task_rows(charter, request, &texts.notes, own),
            task_action: address("task"),
            reopen_action: address("reopen"),
            chars_max: TEXT_CHARS_MAX,
            answer_action: answers.then(|| address("answer")),
            answer: texts.answer,
            lift_action: (lifts && tenant.is_none()).then(|| address("lift")),
            lifted_by: tenant.filter(|_| lifts).map(ToString::to_string),
            lifting: restriction.is_some_and(|one| one.ending.is_some()),
            restricted: restriction.map(|one| one.since.into()),
        }
    }
}

fn task_rows(
    charter: &Charter,
    request: &SubjectRequest,
    notes: &std::collections::BTreeMap<System, String>,
    own: &StaffId,
) -> Vec<TaskRow> {
    let tasks = request.tasks.iter().enumerate();
    tasks
        .map(|(number, (system, task))| TaskRow {
            key: system.to_string(),
            number,
            place: words::task_place(charter, system),
            what: words::task_words(request.right, system),
            done_at: task.done.as_ref().map(|done| done.at.into()),
            by: match &task.done {
                Some(done) if done.by == *own => "you".to_owned(),
                Some(done) => done.by.to_string(),
                None => String::new(),
            },
            note: notes.get(system).cloned(),
            open: task.done.is_none() && request.state == Standing::Carrying,
            reopens: task.done.is_some()
                && request.is_open()
                && request.state == Standing::Carrying,
        })
        .collect()
}
