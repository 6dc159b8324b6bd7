//! `/console/requests/tasks`: everything that staff have to do by hand, over all
//! subject requests, the nearest deadline first. Shows whom it is about, because nobody
//! can do it otherwise, and only while it is open.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use candor_policy::charter::Charter;
use candor_store::rows::StaffRow;
use jiff::Timestamp;
use serde::Deserialize;

use super::queue::{Filter, FilterLink, Row, filter_links};
use crate::service::{OpenTasks, REQUESTS_PER_PAGE, Service};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html;
use crate::ui::words;

/// Which part of the list.
#[derive(Deserialize)]
pub(crate) struct Part {
    offset: Option<u32>,
}

/// `GET /console/requests/tasks`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Query(part): Query<Part>,
) -> Result<Response, Failure> {
    let offset = part.offset.unwrap_or_default();
    let open = service.open_tasks(offset).await?;
    let counts = service.request_counts().await?;
    Ok(html(&TasksPage::new(
        &service.charter(),
        &staff.login,
        (&open, offset),
        &counts,
        service.now(),
    )))
}

/// The list.
#[derive(Template)]
#[template(path = "console/tasks.html")]
pub(crate) struct TasksPage {
    frame: Frame,
    filters: Vec<FilterLink>,
    lines: Vec<Line>,
    earlier: Option<String>,
    later: Option<String>,
}

/// What is to be done for one subject request.
struct Line {
    row: Row,
    contact: String,
    tasks: Vec<Todo>,
}

struct Todo {
    place: String,
    what: &'static str,
}

impl TasksPage {
    /// The list as of now.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        (open, offset): (&[OpenTasks], u32),
        counts: &[(String, u64)],
        now: Timestamp,
    ) -> Self {
        let address = |offset: u32| format!("/console/requests/tasks?offset={offset}");
        let full = open.len() as u64 >= u64::from(REQUESTS_PER_PAGE);
        let later = offset.checked_add(REQUESTS_PER_PAGE).filter(|_| full);
        Self {
            frame: Frame::console(charter, Here::Queue, "Tasks", Some(login)),
            filters: filter_links(Filter::Tasks, counts),
            lines: open.iter().map(|one| Line::of(charter, one, now)).collect(),
            earlier: (offset > 0).then(|| address(offset.saturating_sub(REQUESTS_PER_PAGE))),
            later: later.map(address),
        }
    }
}

impl Line {
    fn of(charter: &Charter, open: &OpenTasks, now: Timestamp) -> Self {
        let request = &open.request;
        let contact = open.contact.as_ref();
        let contact = contact.map(|one| one.expose("staff do a task for this person").clone());
        Self {
            row: Row::of(request, now),
            contact: contact.unwrap_or_default(),
            tasks: request
                .open_tasks()
                .map(|system| Todo {
                    place: words::task_place(charter, system),
                    what: words::task_words(request.right, system),
                })
                .collect(),
        }
    }
}
