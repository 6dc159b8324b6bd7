//! `/tenant`: the tenant's subject requests by deadline, and a report of all of
//! them for its own records. Holds ids, times and names from the declaration.

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use candor_domain::api_key::Permission;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::SubjectRequest;
use candor_policy::charter::Charter;
use candor_store::rows::RequestPage;
use futures_util::stream;
use jiff::Timestamp;
use serde::Deserialize;

use super::only_with;
use crate::api::cursor;
use crate::service::{Seat, Service, ServiceError};
use crate::ui::console::Row;
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::html;

/// Subject requests on a page.
const PAGE: u32 = 50;
/// Lines of the report that are read at once.
const REPORT_PAGE: u32 = 500;
/// The state in which one waits for the tenant.
const UNDECIDED: &str = "undecided";

/// Which part of the list.
#[derive(Deserialize)]
pub(crate) struct Part {
    show: Option<String>,
    after: Option<String>,
}

/// `GET /tenant`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Query(part): Query<Part>,
) -> Result<Response, Failure> {
    let waiting = part.show.as_deref() == Some("decide");
    let after = part.after.as_deref().and_then(cursor::read);
    let mut requests = Vec::new();
    if seat.may(Permission::Read) {
        let page = page_of(&seat, waiting, after, PAGE);
        requests = service.requests_page(&page).await?;
    }
    let page = ListPage::new(&service.charter(), &seat, waiting, &requests, service.now());
    Ok(html(&page))
}

/// `GET /tenant/report`: every subject request of the tenant, as CSV.
pub(crate) async fn report(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Read)?;
    let beginning = Some((service, seat, None));
    let parts = stream::try_unfold(beginning, |at| async move {
        let Some((service, seat, after)) = at else {
            return Ok::<_, ServiceError>(None);
        };
        let mut lines = match after {
            None => format!("{}\n", HEADINGS.join(",")),
            Some(_) => String::new(),
        };
        let page = page_of(&seat, false, after, REPORT_PAGE);
        let requests = service.requests_page(&page).await?;
        for request in &requests {
            lines.push_str(&line(request));
        }
        let full = requests.len() as u64 >= u64::from(REPORT_PAGE);
        let last = requests.last().filter(|_| full);
        let next = last.map(|last| (last.measured_by(), last.id.clone()));
        Ok(Some((lines, next.map(|next| (service, seat, Some(next))))))
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"report.csv\""),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

const HEADINGS: [&str; 8] = [
    "id",
    "right",
    "about",
    "state",
    "proved_by",
    "filed_at",
    "due_at",
    "answered_at",
];

/// A line of the report. No value has a comma or a quotation mark in it: they are
/// ids, moments, and names that the declaration's keys can have.
fn line(request: &SubjectRequest) -> String {
    let proved = request.proof.as_ref().map(|proof| proof.key());
    let answered = request.answered_at().map(|at| at.to_string());
    let fields = [
        request.id.to_string(),
        request.right.key().to_owned(),
        format!("\"{}\"", request.about.replace('"', "\"\"")),
        request.state_key().to_owned(),
        proved.unwrap_or_default().to_owned(),
        request.filed_at.to_string(),
        request.due_at.to_string(),
        answered.unwrap_or_default(),
    ];
    format!("{}\n", fields.join(","))
}

fn page_of(
    seat: &Seat,
    waiting: bool,
    after: Option<(Timestamp, SubjectRequestId)>,
    limit: u32,
) -> RequestPage {
    RequestPage {
        tenant: Some(seat.tenant.clone()),
        state: waiting.then(|| UNDECIDED.to_owned()),
        rights: seat.scope.rights.iter().copied().collect(),
        after,
        limit,
    }
}

/// The list.
#[derive(Template)]
#[template(path = "tenant/list.html")]
pub(crate) struct ListPage {
    frame: Frame,
    tenant: String,
    reads: bool,
    files: bool,
    waiting: bool,
    rows: Vec<Row>,
    later: Option<String>,
}

impl ListPage {
    /// The list as of now, of those that wait for the tenant where `waiting`.
    pub(crate) fn new(
        charter: &Charter,
        seat: &Seat,
        waiting: bool,
        requests: &[SubjectRequest],
        now: Timestamp,
    ) -> Self {
        let full = requests.len() as u64 >= u64::from(PAGE);
        let later = requests.last().filter(|_| full).map(|last| {
            let show = if waiting { "decide" } else { "all" };
            format!("/tenant?show={show}&after={}", cursor::after(last))
        });
        let row = |request: &SubjectRequest| Row {
            href: format!("/tenant/requests/{}", request.id),
            ..Row::of(request, now)
        };
        Self {
            frame: Frame::tenant(charter, Here::Queue, "Requests", Some(&seat.name)),
            tenant: seat.tenant.to_string(),
            reads: seat.may(Permission::Read),
            files: seat.may(Permission::File),
            waiting,
            rows: requests.iter().map(row).collect(),
            later,
        }
    }
}
