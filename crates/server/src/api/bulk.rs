//! `/v1/subject-requests/bulk`: a file of many people is sent, looked at, confirmed
//! and reported. A file exists for the key that sent it and for no other.

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use candor_domain::api_key::Permission;
use candor_domain::bulk::{Accepted, BulkFile, JointDecision};
use candor_domain::subject_request::RefusalReason;
use candor_policy::charter::Right;
use futures_util::stream;
use serde::Deserialize;

use super::access::{Caller, within};
use super::body::{Fields, is_media};
use super::once;
use super::problem::{Kind, Problem};
use super::shape::{bulk_file, file_waiting};
use super::{as_json, mark};
use crate::bulk::{BulkError, BulkTerms, Report};
use crate::service::{Service, ServiceError};

/// What goes for every row. Names from the declaration: nothing personal stands in an
/// address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForAll {
    right: Option<String>,
    about: Option<String>,
    tenant: Option<String>,
}

/// `POST /v1/subject-requests/bulk`: takes a file in; nothing is filed yet.
pub(crate) async fn send(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    all: Result<Query<ForAll>, QueryRejection>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Permission::File)?;
    let words = "`right`, `about` and `tenant` are understood";
    let Query(all) = all.map_err(|_| Problem::new(Kind::Malformed, words))?;
    if !is_media(&headers, "text/csv") {
        return Err(Problem::new(Kind::MediaType, "`text/csv` is expected"));
    }
    let right = all.right.as_deref().map(Right::from_key);
    if right == Some(None) {
        return Err(Problem::field("right", "there is no such right"));
    }
    let right = right.flatten();
    right.map_or(Ok(()), |right| caller.covers(right))?;
    let tenant = all.tenant.map(|name| name.parse()).transpose();
    let tenant = tenant.map_err(|error| Problem::field("tenant", error))?;
    let terms = BulkTerms {
        by: caller.actor(),
        tenant: within(&caller, tenant)?,
        right,
        about: all.about,
        rights: caller.scope.rights.clone(),
        name: once::given(&headers)?.map(str::to_owned),
    };
    let sent = service.send_bulk(&terms, &body).await?;
    let status = match sent.replayed {
        true => StatusCode::OK,
        false => StatusCode::CREATED,
    };
    let mut response = as_json(status, &bulk_file(&sent.file));
    let location = format!("/v1/subject-requests/bulk/{}", sent.file.id);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(mark(response, sent.replayed))
}

/// `GET /v1/subject-requests/bulk/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = find(&service, &caller, &id).await?;
    Ok(as_json(StatusCode::OK, &bulk_file(&file)))
}

/// `POST /v1/subject-requests/bulk/{id}/confirm`: now its rows are filed.
pub(crate) async fn confirm(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let file = find(&service, &caller, &id).await?;
    caller.may(Permission::Vouch)?;
    let mut fields = Fields::of_body(&headers, &body)?;
    let accepted = Accepted {
        leave_out: fields.flag("leave_out"),
        again: fields.flag("again"),
    };
    let reason = fields.kept("reason");
    fields.finish()?;
    let reason = reason.ok_or(Kind::Invalid)?;
    let file = service.confirm_bulk(&file.id, accepted, &reason).await?;
    Ok(as_json(StatusCode::OK, &bulk_file(&file)))
}

/// `GET /v1/subject-requests/bulk/{id}/waiting`: what of it waits for a decision, and
/// how far the last one is.
pub(crate) async fn waiting(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = find_to_decide(&service, &caller, &id).await?;
    let waiting = service.bulk_waiting(&file.id).await?;
    Ok(as_json(StatusCode::OK, &file_waiting(&file, &waiting)))
}

/// `POST /v1/subject-requests/bulk/{id}/decide`: one decision for all that wait.
pub(crate) async fn decide(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let file = find_to_decide(&service, &caller, &id).await?;
    let what = [b"decide".as_slice(), file.id.as_str().as_bytes(), &body];
    let name = once::name(&service, &caller, &headers, &what)?;
    let mut fields = Fields::of_body(&headers, &body)?;
    let decision = fields.chosen("decision", &["approve", "refuse"], |one| one);
    let reason = fields.chosen_if_any("reason", &RefusalReason::ALL, |one| one.key());
    if reason.is_some() != (decision == Some("refuse")) {
        fields.wrong("reason", "a refusal has one, and nothing else does");
    }
    let seen = fields.number("waiting");
    fields.finish()?;
    let seen = seen.ok_or(Kind::Invalid)?;
    let what = reason.map_or(JointDecision::Approve, JointDecision::Refuse);
    let (id, replayed) = once::only(&service, name.as_ref(), async || {
        let by = caller.decider();
        let decided = service.decide_bulk(&file.id, (what, seen), &by, name.as_ref());
        decided
            .await
            .map(|()| file.id.clone())
            .map_err(Problem::from)
    })
    .await?;
    let file: Option<BulkFile> = service.bulk_file(&id).await?;
    let file = file.ok_or(Kind::NotFound)?;
    Ok(mark(as_json(StatusCode::OK, &bulk_file(&file)), replayed))
}

/// A file by the id in a path, if the caller may decide about whom it names: whoever
/// sent it need not be the one who decides.
async fn find_to_decide(service: &Service, caller: &Caller, id: &str) -> Result<BulkFile, Problem> {
    caller.may(Permission::Decide)?;
    let id = id.parse().map_err(|_| Problem::from(Kind::NotFound))?;
    let file = service.bulk_file(&id).await?;
    let scope = &caller.scope;
    let reached = |file: &BulkFile| scope.tenant.is_none() || scope.tenant == file.tenant;
    let file = file.filter(reached).ok_or(Kind::NotFound)?;
    for right in file.found.rights.keys() {
        caller.covers(*right)?;
    }
    Ok(file)
}

/// `DELETE /v1/subject-requests/bulk/{id}`: forgets a file that was not confirmed.
pub(crate) async fn discard(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = find(&service, &caller, &id).await?;
    service.drop_bulk(&file.id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /v1/subject-requests/bulk/{id}/report`: what each row is or became, as CSV.
pub(crate) async fn report(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let file = find(&service, &caller, &id).await?;
    let report = service.bulk_report(&file.id).await?;
    Ok(report_response(report))
}

/// A report as it is written, streamed.
pub(crate) fn report_response(report: Report) -> Response {
    let lines = stream::try_unfold(report, |mut report| async move {
        let lines = report.next().await?;
        Ok::<_, ServiceError>(lines.map(|lines| (lines, report)))
    });
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"report.csv\""),
    ];
    (headers, Body::from_stream(lines)).into_response()
}

/// A file by the id in a path, if the caller sent it.
async fn find(service: &Service, caller: &Caller, id: &str) -> Result<BulkFile, Problem> {
    caller.may(Permission::File)?;
    let id = id.parse().map_err(|_| Problem::from(Kind::NotFound))?;
    let file = service.bulk_file_of(&caller.actor(), &id).await?;
    file.ok_or_else(|| Kind::NotFound.into())
}

impl From<BulkError> for Problem {
    fn from(error: BulkError) -> Self {
        match error {
            BulkError::Sheet(error) => Self::new(Kind::Invalid, error),
            BulkError::Reused => Kind::KeyReused.into(),
            BulkError::Unknown => Kind::NotFound.into(),
            BulkError::Reason => Self::field("/reason", BulkError::Reason),
            BulkError::NotTheirs(rejection) => Self::new(Kind::Conflict, rejection),
            BulkError::Changed { .. } | BulkError::NothingWaits => Self::new(Kind::Conflict, error),
            BulkError::Rejected(rejection) => Self::new(Kind::Conflict, rejection),
            BulkError::Service(error) => error.into(),
        }
    }
}
