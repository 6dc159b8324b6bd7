//! `/console/requests/bulk`: a file of many people is sent, looked at, confirmed,
//! followed and reported. Pages name lines and columns, never what a cell holds.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::multipart::MultipartError;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form};
use candor_domain::api_key::Permission;
use candor_domain::bulk::{Accepted, BulkFile, JointDecision, ROWS_MAX, Stage};
use candor_domain::id::BulkFileId;
use candor_domain::subject_request::RefusalReason;
use candor_policy::charter::{Charter, Right, Role};
use candor_store::rows::StaffRow;
use serde::Deserialize;

use super::file_decision::Deciding;
use crate::api::bulk::report_response;
use crate::bulk::{BulkError, BulkTerms, FileWaiting, bulk_kinds};
use crate::service::{Decider, Seat, Service, TEXT_CHARS_MAX};
use crate::ui::failure::Failure;
use crate::ui::filters;
use crate::ui::frame::{Frame, Here, short_id};
use crate::ui::page::{html, html_with};
use crate::ui::parts::When;
use crate::ui::words;

const ADDRESS: &str = "/console/requests/bulk";

/// Who looks at files of many people.
#[derive(Clone, Copy)]
pub(crate) enum Desk<'a> {
    /// Staff, by their login.
    Staff(&'a str),
    /// A tenant.
    Tenant(&'a Seat),
}

impl Desk<'_> {
    /// Where the files are.
    pub(super) const fn address(self) -> &'static str {
        match self {
            Self::Staff(_) => ADDRESS,
            Self::Tenant(_) => TENANT_ADDRESS,
        }
    }

    fn frame(self, charter: &Charter, title: &str) -> Frame {
        match self {
            Self::Staff(login) => Frame::console(charter, Here::Queue, title, Some(login)),
            Self::Tenant(seat) => Frame::tenant(charter, Here::Queue, title, Some(&seat.name)),
        }
    }

    /// Whether a file exists for them: a tenant's for the key that sent it, and
    /// for no other.
    fn sees(self, file: &BulkFile) -> bool {
        match self {
            Self::Staff(_) => true,
            Self::Tenant(seat) => file.by == seat.key.actor(),
        }
    }

    /// Whether whoever looks may decide about the people of a file.
    pub(super) fn decides(self, file: &BulkFile) -> bool {
        match self {
            Self::Staff(_) => file.tenant.is_none(),
            Self::Tenant(seat) => {
                let own = file.tenant.as_ref() == Some(&seat.tenant);
                own && seat.may(Permission::Decide)
            }
        }
    }

    /// Whether this right is within reach.
    fn covers(self, right: Right) -> bool {
        match self {
            Self::Staff(_) => true,
            Self::Tenant(seat) => seat.scope.covers(right),
        }
    }
}

/// Where a tenant's files are.
const TENANT_ADDRESS: &str = "/tenant/bulk";
/// Seconds between two looks of somebody who asked to follow.
const LOOK_EVERY: &str = "2";

/// `GET /console/requests/bulk`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
) -> Result<Response, Failure> {
    let page = page(&service, Desk::Staff(&staff.login), None).await?;
    Ok(html(&page))
}

/// Every file, with what was wrong with the last one.
pub(crate) async fn page(
    service: &Service,
    desk: Desk<'_>,
    problem: Option<String>,
) -> Result<BulkPage, Failure> {
    let mut files = service.bulk_files().await?;
    files.retain(|file| desk.sees(file));
    Ok(BulkPage::new(&service.charter(), desk, &files, problem))
}

/// `POST /console/requests/bulk`: takes a file in; nothing is filed yet.
pub(crate) async fn send(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    form: Multipart,
) -> Result<Response, Failure> {
    let sent = read(form).await.map_err(|_| Failure::Malformed)?;
    let right = Right::from_key(&sent.right);
    let tenant = match sent.tenant.trim() {
        "" => Ok(None),
        tenant => tenant.parse().map(Some),
    };
    let tenant = tenant.map_err(|_| Failure::Malformed)?;
    let terms = BulkTerms {
        by: staff.id.clone(),
        tenant,
        right,
        about: None,
        rights: [].into(),
        name: None,
    };
    taken_in(&service, Desk::Staff(&staff.login), &terms, &sent.file).await
}

/// Takes a file in, or says why not.
pub(crate) async fn taken_in(
    service: &Service,
    desk: Desk<'_>,
    terms: &BulkTerms,
    file: &[u8],
) -> Result<Response, Failure> {
    match service.send_bulk(terms, file).await {
        Ok(sent) => Ok(to(desk, &sent.file.id)),
        Err(BulkError::Service(error)) => Err(error.into()),
        Err(error) => {
            let page = page(service, desk, Some(words::sentence(&error))).await?;
            Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// Whether the page is looked at again by itself.
#[derive(Deserialize)]
pub(crate) struct Following {
    follow: Option<String>,
}

impl Following {
    /// Whether there is something to follow, and somebody asked to.
    pub(crate) fn wanted(&self, file: &BulkFile) -> bool {
        let moves = file.stage == Stage::Filing || file.decision_under_way().is_some();
        self.follow.is_some() && moves
    }
}

/// `GET /console/requests/bulk/{id}`.
pub(crate) async fn file(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Query(following): Query<Following>,
) -> Result<Response, Failure> {
    let desk = Desk::Staff(&staff.login);
    let file = find(&service, desk, &id).await?;
    followed(&service, desk, &file, &following).await
}

/// The page of a file, which looks again by itself where that is asked.
pub(crate) async fn followed(
    service: &Service,
    desk: Desk<'_>,
    file: &BulkFile,
    following: &Following,
) -> Result<Response, Failure> {
    let follows = following.wanted(file);
    let waiting = service.file_waiting(file).await?;
    let page = BulkFilePage::new(&service.charter(), desk, file, &waiting, follows, None);
    let mut response = html(&page);
    if follows {
        let name = HeaderName::from_static("refresh");
        let every = HeaderValue::from_static(LOOK_EVERY);
        response.headers_mut().insert(name, every);
    }
    Ok(response)
}

/// What whoever confirms says.
#[derive(Deserialize)]
pub(crate) struct Confirmed {
    pub(crate) reason: String,
    pub(crate) leave_out: Option<String>,
    pub(crate) again: Option<String>,
}

/// `POST /console/requests/bulk/{id}/confirm`.
pub(crate) async fn confirm(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<Confirmed>,
) -> Result<Response, Failure> {
    let desk = Desk::Staff(&staff.login);
    let file = find(&service, desk, &id).await?;
    confirmed(&service, desk, &file, sent).await
}

/// Files what is in a file, or says why not.
pub(crate) async fn confirmed(
    service: &Service,
    desk: Desk<'_>,
    file: &BulkFile,
    sent: Confirmed,
) -> Result<Response, Failure> {
    let accepted = Accepted {
        leave_out: sent.leave_out.is_some(),
        again: sent.again.is_some(),
    };
    match service.confirm_bulk(&file.id, accepted, &sent.reason).await {
        Ok(file) => Ok(to(desk, &file.id)),
        Err(BulkError::Service(error)) => Err(error.into()),
        Err(BulkError::Unknown) => Err(Failure::NotFound),
        Err(error) => {
            let problem = Some((words::sentence(&error), sent.reason));
            let waiting = FileWaiting::default();
            let page = BulkFilePage::new(&service.charter(), desk, file, &waiting, false, problem);
            Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// What whoever decides says of all that wait.
#[derive(Deserialize)]
pub(crate) struct DecidedForAll {
    decision: String,
    reason: Option<String>,
    waiting: u32,
    confirm: Option<String>,
}

impl DecidedForAll {
    /// The decision, with how many were seen.
    pub(crate) fn read(&self) -> Result<(JointDecision, u32), &'static str> {
        if self.confirm.as_deref() != Some("yes") {
            return Err("Nothing was decided: please tick the confirmation.");
        }
        let mut reasons = RefusalReason::ALL.into_iter();
        let reason = reasons.find(|reason| Some(reason.key()) == self.reason.as_deref());
        match (self.decision.as_str(), reason) {
            ("approve", _) => Ok((JointDecision::Approve, self.waiting)),
            (_, Some(reason)) => Ok((JointDecision::Refuse(reason), self.waiting)),
            (_, None) => Err("Nothing was decided: please choose a reason."),
        }
    }
}

/// `POST /console/requests/bulk/{id}/decide`.
pub(crate) async fn decide(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
    Form(sent): Form<DecidedForAll>,
) -> Result<Response, Failure> {
    let desk = Desk::Staff(&staff.login);
    let file = find(&service, desk, &id).await?;
    decide_as(&service, desk, &Decider::staff(&staff.id), &file, &sent).await
}

/// Decides all that wait, or shows the file again with what is wrong about it.
pub(crate) async fn decide_as(
    service: &Service,
    desk: Desk<'_>,
    decider: &Decider,
    file: &BulkFile,
    sent: &DecidedForAll,
) -> Result<Response, Failure> {
    let problem = match sent.read() {
        Err(problem) => problem.to_owned(),
        Ok(decision) => match service.decide_bulk(&file.id, decision, decider, None).await {
            Ok(()) => {
                let address = format!("{}/{}?follow=1", desk.address(), file.id);
                return Ok(Redirect::to(&address).into_response());
            }
            Err(BulkError::Service(error)) => return Err(error.into()),
            Err(BulkError::Unknown) => return Err(Failure::NotFound),
            Err(error) => words::sentence(&error),
        },
    };
    let waiting = service.file_waiting(file).await?;
    let problem = Some((problem, String::new()));
    let charter = service.charter();
    let page = BulkFilePage::new(&charter, desk, file, &waiting, false, problem);
    Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// `POST /console/requests/bulk/{id}/discard`.
pub(crate) async fn discard(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let desk = Desk::Staff(&staff.login);
    let file = find(&service, desk, &id).await?;
    discarded(&service, desk, &file).await
}

/// Forgets a file that nobody confirmed.
pub(crate) async fn discarded(
    service: &Service,
    desk: Desk<'_>,
    file: &BulkFile,
) -> Result<Response, Failure> {
    match service.drop_bulk(&file.id).await {
        Ok(()) | Err(BulkError::Unknown) => Ok(Redirect::to(desk.address()).into_response()),
        Err(BulkError::Service(error)) => Err(error.into()),
        // Somebody confirmed it meanwhile.
        Err(_) => Ok(to(desk, &file.id)),
    }
}

/// `GET /console/requests/bulk/{id}/report`.
pub(crate) async fn report(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let file = find(&service, Desk::Staff(&staff.login), &id).await?;
    reported(&service, &file).await
}

/// What became of each row.
pub(crate) async fn reported(service: &Service, file: &BulkFile) -> Result<Response, Failure> {
    match service.bulk_report(&file.id).await {
        Ok(report) => Ok(report_response(report)),
        Err(BulkError::Service(error)) => Err(error.into()),
        Err(_) => Err(Failure::NotFound),
    }
}

/// A file that exists for them.
pub(crate) async fn find(service: &Service, desk: Desk<'_>, id: &str) -> Result<BulkFile, Failure> {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let file = match desk {
        Desk::Staff(_) => service.bulk_file(&id).await?,
        Desk::Tenant(seat) => service.bulk_file_of(&seat.key.actor(), &id).await?,
    };
    file.ok_or(Failure::NotFound)
}

fn to(desk: Desk<'_>, id: &BulkFileId) -> Response {
    Redirect::to(&format!("{}/{id}", desk.address())).into_response()
}

/// A form with a file.
#[derive(Default)]
pub(crate) struct SentFile {
    pub(crate) file: Vec<u8>,
    pub(crate) right: String,
    tenant: String,
}

pub(crate) async fn read(mut form: Multipart) -> Result<SentFile, MultipartError> {
    let mut sent = SentFile::default();
    while let Some(field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            "file" => sent.file = field.bytes().await?.to_vec(),
            "right" => sent.right = field.text().await?,
            "tenant" => sent.tenant = field.text().await?,
            _ => {}
        }
    }
    Ok(sent)
}

/// The page with the form and the files.
#[derive(Template)]
#[template(path = "console/bulk.html")]
pub(crate) struct BulkPage {
    frame: Frame,
    address: &'static str,
    problem: Option<String>,
    identities: String,
    rights: Vec<(&'static str, &'static str)>,
    has_tenants: bool,
    rows_max: String,
    files: Vec<FileLine>,
}

struct FileLine {
    href: String,
    id: String,
    sent: When,
    rows: String,
    state: &'static str,
}

impl BulkPage {
    /// The page for whoever is signed in.
    pub(crate) fn new(
        charter: &Charter,
        desk: Desk<'_>,
        files: &[BulkFile],
        problem: Option<String>,
    ) -> Self {
        let kinds = bulk_kinds(charter, None);
        let offered = charter.rights.keys();
        let title = "Many people at once";
        Self {
            frame: desk.frame(charter, title),
            address: desk.address(),
            problem,
            identities: kinds.join(", "),
            rights: offered
                .filter(|right| desk.covers(**right))
                .map(|right| (right.key(), words::request_title(*right)))
                .collect(),
            has_tenants: matches!(desk, Desk::Staff(_))
                && charter
                    .people
                    .values()
                    .any(|person| person.role == Role::Processor),
            rows_max: words::grouped(ROWS_MAX.into()),
            files: files.iter().map(|file| FileLine::of(desk, file)).collect(),
        }
    }
}

impl FileLine {
    fn of(desk: Desk<'_>, file: &BulkFile) -> Self {
        Self {
            href: format!("{}/{}", desk.address(), file.id),
            id: short_id(file.id.as_str()),
            sent: file.created_at.into(),
            rows: words::grouped(file.found.rows.into()),
            state: match file.stage {
                Stage::Checked => "waits to be confirmed",
                Stage::Filing => "is being filed",
                Stage::Done => "filed",
            },
        }
    }
}

/// The page of one file.
#[derive(Template)]
#[template(path = "console/bulk_file.html")]
pub(crate) struct BulkFilePage {
    frame: Frame,
    problem: Option<String>,
    address: String,
    is_checked: bool,
    is_filing: bool,
    follows: bool,
    sent: When,
    facts: Vec<(&'static str, String)>,
    done: u32,
    rows: u32,
    good: String,
    faults: Vec<FaultLine>,
    more_faults: bool,
    bad: u32,
    same_as: Option<String>,
    reason: String,
    reason_max: usize,
    expires: When,
    deciding: Option<Deciding>,
}

struct FaultLine {
    line: u64,
    column: String,
    why: String,
}

impl BulkFilePage {
    /// The page as of now; `problem` says why it was not confirmed, with the reason
    /// that was given.
    pub(crate) fn new(
        charter: &Charter,
        desk: Desk<'_>,
        file: &BulkFile,
        waiting: &FileWaiting,
        follows: bool,
        problem: Option<(String, String)>,
    ) -> Self {
        let found = &file.found;
        let (problem, reason) = match problem {
            Some((problem, reason)) => (Some(problem), reason),
            None => (None, String::new()),
        };
        let faults = found.faults.iter().map(|fault| FaultLine {
            line: fault.line,
            column: fault.column.clone().unwrap_or_default(),
            why: fault.why.clone(),
        });
        let faulty: BTreeSet<u64> = found.faults.iter().map(|fault| fault.line).collect();
        Self {
            frame: desk.frame(charter, "A file of many people"),
            problem,
            address: format!("{}/{}", desk.address(), file.id),
            is_checked: file.stage == Stage::Checked,
            is_filing: file.stage == Stage::Filing,
            follows,
            sent: file.created_at.into(),
            facts: facts(file),
            done: file.outcome.rows(),
            rows: found.rows,
            good: words::grouped(found.good().into()),
            faults: faults.collect(),
            more_faults: (faulty.len() as u64) < u64::from(found.bad),
            bad: found.bad,
            same_as: file
                .same_as
                .as_ref()
                .map(|id| format!("{}/{id}", desk.address())),
            reason,
            reason_max: TEXT_CHARS_MAX,
            expires: file.expires_at.into(),
            deciding: Deciding::of(charter, desk, file, waiting),
        }
    }
}

/// What a file is, or what became of it.
fn facts(file: &BulkFile) -> Vec<(&'static str, String)> {
    let (found, outcome) = (&file.found, &file.outcome);
    let rights = found.rights.iter();
    let rights: Vec<String> = rights
        .map(|(right, rows)| {
            let rows = words::grouped((*rows).into());
            format!("{} × {rows}", words::request_title(*right))
        })
        .collect();
    let number = |words: &'static str, count: u32| (words, words::grouped(count.into()));
    let mut facts = vec![number("Rows", found.rows)];
    if file.stage == Stage::Checked {
        facts.push(("Can be filed", rights.join(", ")));
        facts.push(number("Can not be filed", found.bad));
        facts.push(number("The same person and right again", found.repeated));
        facts.push(number("The person has the same open", found.open));
    } else {
        facts.push(number("Filed", outcome.filed));
        facts.push(number("Taken in by one that was open", outcome.attached));
        facts.push(number("Failed", outcome.failed));
        facts.push(number("Left out", outcome.left_out));
    }
    facts
}
