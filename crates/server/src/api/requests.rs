//! `/v1/subject-requests`: file, list, look, fetch. What is decided and done about one
//! is in [`super::decisions`].

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use candor_domain::api_key::Permission;
use candor_domain::id::SubjectRequestId;
use candor_domain::identity::Identity;
use candor_domain::subject_request::{Channel, SubjectRequest, Tenant, repeats};
use candor_policy::charter::{Charter, Right};
use candor_store::rows::RequestPage;
use futures_util::stream;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::{Caller, within};
use super::body::Fields;
use super::problem::{Kind, Problem};
use super::shape::{Beside, Words, line, whole};
use super::{as_json, cursor, mark, once};
use crate::sealed_stream::OpenedStream;
use crate::service::{FileError, Filing, OnceName, Proved, Service, ServiceError, received};

/// Subject requests on a page, where nothing is said, and at most.
const PAGE: u32 = 50;
const PAGE_MAX: u32 = 100;

/// `POST /v1/subject-requests`.
pub(crate) async fn file(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Permission::File)?;
    let name = once::name(&service, &caller, &headers, &[b"file", &body])?;
    if let Some(id) = once::before(&service, name.as_ref()).await? {
        return filed(&service, &caller, &id, StatusCode::CREATED, true).await;
    }
    let filing = filing(&service, &caller, (&headers, &body), name.clone())?;
    match service.file_for(filing).await {
        Ok(done) => {
            let status = match done.attached {
                true => StatusCode::OK,
                false => StatusCode::CREATED,
            };
            filed(&service, &caller, &done.id, status, false).await
        }
        // The same, sent twice at once: this one is second.
        Err(FileError::Before) => match once::before(&service, name.as_ref()).await? {
            Some(id) => filed(&service, &caller, &id, StatusCode::CREATED, true).await,
            None => Err(FileError::Before.into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// What is to be filed, from the body.
fn filing(
    service: &Service,
    caller: &Caller,
    (headers, body): (&HeaderMap, &Bytes),
    once: Option<OnceName>,
) -> Result<Filing, Problem> {
    let (charter, now) = (service.charter(), service.now());
    let mut fields = Fields::of_body(headers, body)?;
    let right = fields.required("right");
    let known = right.as_deref().and_then(Right::from_key);
    if right.is_some() && known.is_none() {
        fields.wrong("right", "there is no such right");
    }
    let about = fields.text("about");
    let channel = fields.chosen_if_any("channel", &Channel::TOLD, |one| one.key());
    let received_at = received_at(&charter, now, &mut fields);
    let identities = fields.texts("identities");
    let tenant = fields.text("tenant").map(|name| name.parse::<Tenant>());
    if let Some(Err(error)) = &tenant {
        fields.wrong("tenant", &error.to_string());
    }
    let reason = fields.object("vouched").and_then(|mut vouched| {
        let reason = vouched.kept("reason");
        fields.join(vouched);
        reason
    });
    if identities.is_empty() {
        fields.wrong("identities", "at least one is needed");
    }
    fields.finish()?;
    let right = known.ok_or(Kind::Invalid)?;
    caller.covers(right)?;
    if reason.is_some() {
        caller.may(Permission::Vouch)?;
    }
    let identities = identities.iter();
    Ok(Filing {
        right,
        about,
        identities: identities
            .map(|(kind, value)| Identity::new(kind, value))
            .collect(),
        channel: channel.unwrap_or(Channel::Api),
        tenant: within(caller, tenant.and_then(Result::ok))?,
        received_at,
        proved: reason.map(|reason| Proved::Vouched {
            who: caller.actor(),
            reason,
        }),
        once,
    })
}

/// When it reached the organisation, where that was on an earlier day.
fn received_at(charter: &Charter, now: Timestamp, fields: &mut Fields) -> Option<Timestamp> {
    let day = fields.text("received")?;
    let Ok(day) = day.parse() else {
        fields.wrong("received", "a day is expected, such as 2026-11-02");
        return None;
    };
    let at = received(charter, day, now);
    if let Err(why) = &at {
        fields.wrong("received", &why.to_string());
    }
    at.ok()
}

async fn filed(
    service: &Service,
    caller: &Caller,
    id: &SubjectRequestId,
    status: StatusCode,
    replayed: bool,
) -> Result<Response, Problem> {
    let request = service.required(id).await?.value;
    let mut shown = described(service, caller, &request).await?;
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("attached".to_owned(), json!(status == StatusCode::OK));
    }
    let mut response = as_json(status, &shown);
    let location = format!("/v1/subject-requests/{id}");
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(mark(response, replayed))
}

/// Which part of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub(super) state: Option<String>,
    pub(super) right: Option<String>,
    pub(super) tenant: Option<String>,
    pub(super) after: Option<String>,
    pub(super) limit: Option<u32>,
}

/// `GET /v1/subject-requests`.
pub(crate) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    part: Result<Query<Part>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    caller.may(Permission::Read)?;
    let words = "`state`, `right`, `tenant`, `after` and `limit` are understood";
    let Query(part) = part.map_err(|_| Problem::new(Kind::Malformed, words))?;
    let limit = limited(part.limit)?;
    let page = page_of(&caller, part, limit)?;
    let requests = service.requests_page(&page).await?;
    let full = requests.len() as u64 >= u64::from(limit);
    let next = requests.last().filter(|_| full).map(cursor::after);
    let lines: Vec<Value> = requests
        .iter()
        .map(|one| Value::Object(line(one)))
        .collect();
    Ok(as_json(
        StatusCode::OK,
        &json!({ "subject_requests": lines, "next": next }),
    ))
}

/// How many a page is to hold.
pub(super) fn limited(asked: Option<u32>) -> Result<u32, Problem> {
    let limit = asked.unwrap_or(PAGE);
    match (1..=PAGE_MAX).contains(&limit) {
        true => Ok(limit),
        false => Err(Problem::field(
            "limit",
            format!("1 to {PAGE_MAX} is expected"),
        )),
    }
}

/// Which part of the list is meant, within what the key reaches.
pub(super) fn page_of(caller: &Caller, part: Part, limit: u32) -> Result<RequestPage, Problem> {
    let mut rights: Vec<Right> = caller.scope.rights.iter().copied().collect();
    if let Some(right) = part.right {
        let right = Right::from_key(&right);
        let right = right.ok_or_else(|| Problem::field("right", "there is no such right"))?;
        caller.covers(right)?;
        rights = vec![right];
    }
    let tenant = part.tenant.map(|name| name.parse()).transpose();
    let tenant = tenant.map_err(|error| Problem::field("tenant", error))?;
    let after = match &part.after {
        None => None,
        Some(text) => Some(cursor::read(text).ok_or_else(|| {
            Problem::field("after", "what `next` said on the page before is expected")
        })?),
    };
    Ok(RequestPage {
        tenant: within(caller, tenant)?,
        state: part.state,
        rights,
        after,
        limit,
    })
}

/// `GET /v1/subject-requests/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.may(Permission::Read)?;
    let request = caller.find(&service, &id).await?;
    let shown = described(&service, &caller, &request).await?;
    Ok(as_json(StatusCode::OK, &shown))
}

/// `GET /v1/subject-requests/{id}/package`: streamed, never held whole; who fetched
/// it is in the ledger.
pub(crate) async fn package(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.may(Permission::Package)?;
    let request = caller.find(&service, &id).await?;
    let package = service.package_of(request.clone()).await?;
    service.record_fetch(&request, &caller.actor()).await?;
    Ok(package_response(package))
}

/// A package as it is sent, streamed.
pub(crate) fn package_response(package: OpenedStream) -> Response {
    let parts = stream::try_unfold(package, |mut package| async move {
        let part = package.next().await?;
        Ok::<_, ServiceError>(part.map(|part| (part, package)))
    });
    let headers = [
        (CONTENT_TYPE, "application/zip"),
        (CONTENT_DISPOSITION, "attachment; filename=\"package.zip\""),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

/// A subject request as far as the key may know it: one that may not read learns the
/// number and nothing else.
pub(super) async fn described(
    service: &Service,
    caller: &Caller,
    request: &SubjectRequest,
) -> Result<Value, Problem> {
    let may = |permission| caller.scope.allows(permission);
    if !may(Permission::Read) {
        return Ok(json!({ "id": request.id }));
    }
    let beside = match may(Permission::Package) {
        true => Some(Beside {
            package: service.has_package(&request.id).await?,
            page: service.page_address(&request.id),
        }),
        false => None,
    };
    let words = match may(Permission::Handle) {
        true => Some(Words {
            texts: service.texts(request).await?,
            conversation: service.conversation(request).await?,
            vouched: service.vouched_because(request).await?,
        }),
        false => None,
    };
    let mut shown = whole(request, beside.as_ref(), words.as_ref());
    if may(Permission::Decide) || may(Permission::Handle) {
        let earlier = service.earlier(request).await?;
        shown.insert("repeats".to_owned(), json!(repeats(request, &earlier)));
    }
    Ok(shown.into())
}
