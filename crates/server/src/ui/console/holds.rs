//! `/console/holds`: the holds that stand, setting one on a person, and lifting
//! it. What a hold keeps is restricted, not opened: nothing here shows a row.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form};
use candor_domain::id::HoldId;
use candor_policy::charter::Charter;
use candor_store::rows::StaffRow;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::service::{HoldError, HoldView, NOTE_CHARS_MAX, Service};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::{html, html_with};
use crate::ui::parts::{When, promise_path};
use crate::ui::words;

/// `GET /console/holds`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
) -> Result<Response, Failure> {
    let standing = service.holds().await?;
    Ok(html(&HoldsPage::new(
        &service.charter(),
        &staff.login,
        &standing,
        None,
        service.now(),
    )))
}

/// A hold as it is sent.
#[derive(Deserialize)]
pub(crate) struct Sent {
    pub(crate) hold: String,
    pub(crate) email: String,
    pub(crate) note: String,
}

/// `POST /console/holds`.
pub(crate) async fn set(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let set = service.set_hold(&sent.hold, &sent.email, &sent.note, Some(&staff.id));
    match set.await {
        Ok(_) => Ok(Redirect::to("/console/holds").into_response()),
        Err(HoldError::Service(error)) => Err(error.into()),
        Err(problem) => {
            let standing = service.holds().await?;
            let page = HoldsPage::new(
                &service.charter(),
                &staff.login,
                &standing,
                Some((&sent, &problem)),
                service.now(),
            );
            Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// `POST /console/holds/{id}/lift`.
pub(crate) async fn lift(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id: HoldId = id.parse().map_err(|_| Failure::NotFound)?;
    match service.lift_hold(&id, Some(&staff.id)).await {
        // Somebody else was first.
        Ok(()) | Err(HoldError::Unknown) => Ok(Redirect::to("/console/holds").into_response()),
        Err(HoldError::Service(error)) => Err(error.into()),
        Err(_) => Err(Failure::NotFound),
    }
}

/// The page.
#[derive(Template)]
#[template(path = "console/holds.html")]
pub(crate) struct HoldsPage {
    frame: Frame,
    kinds: Vec<Kind>,
    rows: Vec<Row>,
    problem: Option<(&'static str, String)>,
    chosen: String,
    email: String,
    note: String,
    note_max: usize,
}

/// A declared hold.
struct Kind {
    name: String,
    title: String,
    href: String,
    because: String,
    keeps: String,
    flags: String,
    decided_by: String,
    review: Date,
    /// Whether nobody looked at it in time.
    is_late: bool,
}

/// One that stands.
struct Row {
    action: String,
    kind: String,
    who: String,
    note: String,
    set_at: When,
    set_by: String,
    is_declared: bool,
}

impl HoldsPage {
    /// The page for whoever is signed in; `problem` is what was wrong with what
    /// they sent.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        standing: &[HoldView],
        problem: Option<(&Sent, &HoldError)>,
        now: Timestamp,
    ) -> Self {
        let today = now.to_zoned(TimeZone::UTC).date();
        let kinds = charter.holds.iter().map(|(name, hold)| Kind {
            title: words::plain_name(name),
            href: promise_path(&format!("hold.{name}")),
            because: hold.because.clone(),
            keeps: match hold.covers.as_slice() {
                [] => "everything of a person".to_owned(),
                covers => covers.join(", "),
            },
            flags: hold.flags.join(", "),
            decided_by: hold.decided_by.clone(),
            review: hold.review,
            is_late: hold.review < today,
            name: name.clone(),
        });
        let rows = standing.iter().map(|hold| Row {
            action: format!("/console/holds/{}/lift", hold.id),
            kind: words::plain_name(&hold.hold),
            who: hold
                .contact
                .value
                .expose("staff set holds on people they know")
                .clone(),
            note: hold.note.clone(),
            set_at: hold.set_at.into(),
            set_by: hold.set_by.clone().unwrap_or_else(|| "Candor".to_owned()),
            is_declared: charter.holds.contains_key(&hold.hold),
        });
        let sent = problem.map(|(sent, _)| sent);
        Self {
            frame: Frame::console(charter, Here::Holds, "Holds", Some(login)),
            kinds: kinds.collect(),
            rows: rows.collect(),
            problem: problem.map(|(_, problem)| (field(problem), words::sentence(problem))),
            chosen: sent.map(|sent| sent.hold.clone()).unwrap_or_default(),
            email: sent.map(|sent| sent.email.clone()).unwrap_or_default(),
            note: sent.map(|sent| sent.note.clone()).unwrap_or_default(),
            note_max: NOTE_CHARS_MAX,
        }
    }
}

/// Id of the field a problem is about.
const fn field(problem: &HoldError) -> &'static str {
    match problem {
        HoldError::Note => "note",
        HoldError::Undeclared => "hold",
        _ => "email",
    }
}
