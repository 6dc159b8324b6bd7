//! OpenDSR 2.0 (`docs/reference/opendsr.md`): controllers hand on what their people
//! ask, and are told how it goes. A controller shows an API key; whatever we say is
//! signed under the certificate of our domain. Refuses what is not the key's, and
//! to call an address that was not agreed.

mod request;
pub(super) mod status;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use candor_domain::api_key::{Permission, Scope};
use candor_domain::id::ApiKeyId;
use candor_domain::subject_request::{
    Channel, Event, Follower, Protocol, Rejection, SubjectRequest,
};
use candor_policy::charter::Right;
use candor_store::Change;
use serde_json::{Value, json};

use self::request::Asked;
use self::status::Status;
use super::callback::Origin;
use super::parties::{Controller, OpenDsr, Parties};
use super::{Told, as_json, media_type, remembered_until};
use crate::api::bearer;
use crate::error::with_causes;
use crate::service::{FileError, Filing, OnceName, Proved, Service, ServiceError};

/// The protocol's version.
const VERSION: &str = "2.0";
const DOMAIN: &str = "x-opendsr-processor-domain";
const SIGNATURE: &str = "x-opendsr-signature";

/// The types of identities that the protocol knows (Section 5.1).
pub(super) const IDENTITY_TYPES: [&str; 11] = [
    "controller_customer_id",
    "android_advertising_id",
    "android_id",
    "email",
    "fire_advertising_id",
    "ios_advertising_id",
    "ios_vendor_id",
    "microsoft_advertising_id",
    "microsoft_publisher_id",
    "roku_publisher_id",
    "roku_advertising_id",
];

/// What did not work (Section 7.6).
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: String,
    details: Vec<String>,
}

impl Failure {
    fn new(status: StatusCode, message: impl ToString) -> Self {
        Self {
            status,
            message: message.to_string(),
            details: Vec::new(),
        }
    }

    fn invalid(details: Vec<String>) -> Self {
        Self {
            message: details.join("; "),
            details,
            status: StatusCode::BAD_REQUEST,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let detail =
            |message| json!({ "domain": "Validation", "reason": "invalid", "message": message });
        let details: Vec<Value> = self.details.into_iter().map(detail).collect();
        let mut error = json!({ "code": self.status.as_u16(), "message": self.message });
        if let (Some(error), false) = (error.as_object_mut(), details.is_empty()) {
            error.insert("errors".to_owned(), Value::Array(details));
        }
        let headers = [
            (CONTENT_TYPE, "application/json"),
            (CACHE_CONTROL, "no-store"),
        ];
        let body = as_json(&json!({ "error": error }));
        (self.status, headers, body).into_response()
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        tracing::error!(error = with_causes(&error), "a controller was not answered");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "something went wrong on our side")
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Service(error) => error.into(),
            FileError::TooMany => Self::new(StatusCode::TOO_MANY_REQUESTS, error),
            FileError::Before => Self::invalid(vec![
                "`subject_request_id` stands for something else".to_owned(),
            ]),
            other => Self::invalid(vec![other.to_string()]),
        }
    }
}

/// A controller, as its key shows it.
struct Caller<'a> {
    dsr: &'a OpenDsr,
    controller: &'a Controller,
    key: ApiKeyId,
    scope: Scope,
}

/// `GET /opendsr/v2/discovery`: for everybody.
pub(crate) async fn discovery(State(service): State<Service>) -> Result<Response, Failure> {
    let parties = service.parties();
    let dsr = declared(&parties)?;
    let charter = service.charter();
    let controllers = dsr.controllers.iter();
    let kinds: BTreeSet<&String> = controllers.flat_map(|one| one.identities.keys()).collect();
    let pairs = kinds
        .into_iter()
        .map(|kind| json!({ "identity_type": kind, "identity_format": "raw" }));
    let types = request::TYPES.into_iter();
    let offered = types.filter(|(_, right)| charter.rights.contains_key(right));
    let address = service.public_address();
    let answer = json!({
        "api_version": VERSION,
        "supported_identities": pairs.collect::<Vec<_>>(),
        "supported_subject_request_types": offered.map(|(key, _)| key).collect::<Vec<_>>(),
        "processor_certificate": format!("{address}/opendsr/v2/certificate"),
    });
    signed(dsr, StatusCode::OK, as_json(&answer))
}

/// `GET /opendsr/v2/certificate`: what our signatures are verified by.
pub(crate) async fn certificate(State(service): State<Service>) -> Result<Response, Failure> {
    let parties = service.parties();
    let pem = declared(&parties)?.key.certificate().to_owned();
    Ok(([(CONTENT_TYPE, "application/x-pem-file")], pem).into_response())
}

/// `POST /opendsr/v2/requests`.
pub(crate) async fn file(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let caller = caller(&service, &parties, &headers, Permission::File).await?;
    if media_type(&headers) != "application/json" {
        let why = "the body must be application/json";
        return Err(Failure::invalid(vec![why.to_owned()]));
    }
    let asked = request::read(&body, caller.controller, &caller.dsr.domain);
    let asked = asked.map_err(Failure::invalid)?;
    if !caller.scope.covers(asked.right) {
        return Err(not_allowed("it is not for this right"));
    }
    let follower = Follower {
        protocol: Protocol::OpenDsr,
        party: caller.controller.id.clone(),
        reference: Some(asked.id.clone()),
        callbacks: asked.callbacks.clone(),
        since: service.now(),
        is_proved: false,
        left_at: None,
    };
    let filing = filing(&service, &caller, &asked);
    let request = service.file_followed(filing, follower).await?;
    let answer = json!({
        "controller_id": caller.controller.id,
        "expected_completion_time": request.due_at,
        "received_time": service.now(),
        "encoded_request": STANDARD.encode(&body),
        "subject_request_id": asked.id,
        "api_version": VERSION,
    });
    signed(caller.dsr, StatusCode::CREATED, as_json(&answer))
}

/// `GET /opendsr/v2/requests/{id}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let caller = caller(&service, &parties, &headers, Permission::Read).await?;
    let (request, follower) = find(&service, &caller, &id).await?;
    let results = results_url(&service, &request).await?;
    let status = Status::of(&request, &follower, results);
    signed(caller.dsr, StatusCode::OK, as_json(&status))
}

/// `DELETE /opendsr/v2/requests/{id}`.
pub(crate) async fn cancel(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let caller = caller(&service, &parties, &headers, Permission::File).await?;
    let (request, _) = find(&service, &caller, &id).await?;
    let event = Event::Unfollowed {
        protocol: Protocol::OpenDsr,
        party: caller.controller.id.clone(),
        reference: Some(id.clone()),
    };
    let change = Change::default();
    match service.take_in(&request.id, &event, &change).await? {
        // It was taken back before: the answer is the same.
        Ok(_) | Err(Rejection::Repeated) => {}
        Err(rejection) => return Err(Failure::new(StatusCode::BAD_REQUEST, rejection)),
    }
    let answer = json!({
        "controller_id": caller.controller.id,
        "received_time": service.now(),
        "subject_request_id": id,
        "api_version": VERSION,
    });
    signed(caller.dsr, StatusCode::ACCEPTED, as_json(&answer))
}

/// What a controller is told of a change (Section 8.6).
pub(super) async fn told(
    service: &Service,
    request: &SubjectRequest,
    follower: &Follower,
    address: &str,
) -> Result<Option<Told>, ServiceError> {
    let parties = service.parties();
    let Some(dsr) = parties.open_dsr() else {
        return Ok(None);
    };
    let controller = dsr.controller(&follower.party);
    let allowed = controller.is_some_and(|one| Origin::allow(&one.callbacks, address));
    if !allowed {
        return Ok(None);
    }
    let results = results_url(service, request).await?;
    let status = Status::of(request, follower, results).called_back(address);
    let body = as_json(&status);
    let signature = dsr.key.sign(&body).ok_or(CANT_SIGN)?;
    let headers = vec![(DOMAIN, dsr.domain.clone()), (SIGNATURE, signature)];
    Ok(Some(Told { headers, body }))
}

const CANT_SIGN: ServiceError = ServiceError::Corrupt("OpenDSR key");

fn filing(service: &Service, caller: &Caller<'_>, asked: &Asked) -> Filing {
    let controller = caller.controller;
    let vouches = caller.scope.allows(Permission::Vouch);
    let proved = vouches.then(|| Proved::Vouched {
        who: caller.key.actor(),
        reason: format!(
            "The controller {} established who asks before it handed the request on (OpenDSR: {}).",
            controller.id, asked.id
        ),
    });
    let mut all = vec![asked.right.key().to_owned()];
    for one in &asked.identities {
        let value = one.value.expose("a repeat is told from another by it");
        all.push(format!("{}\0{value}", one.kind));
    }
    let all = all.join("\0\0");
    Filing {
        right: asked.right,
        about: controller.about.clone(),
        identities: asked.identities.clone(),
        channel: Channel::Protocol,
        tenant: controller.tenant.clone(),
        received_at: None,
        proved,
        once: Some(OnceName {
            scope: scope_of(controller),
            name: name_of(service, &asked.id),
            fingerprint: service
                .root()
                .blind_index("once/fingerprint", all.as_bytes()),
            expires_at: remembered_until(service.now()),
        }),
    }
}

fn scope_of(controller: &Controller) -> String {
    format!("open_dsr/{}", controller.id)
}

fn name_of(service: &Service, id: &str) -> [u8; 32] {
    service.root().blind_index("once/name", id.as_bytes())
}

/// A subject request by the controller's own id.
async fn find(
    service: &Service,
    caller: &Caller<'_>,
    id: &str,
) -> Result<(SubjectRequest, Follower), Failure> {
    let unknown = || Failure::new(StatusCode::NOT_FOUND, "there is no such request");
    let name = name_of(service, id);
    let row = service
        .remembered(&scope_of(caller.controller), &name)
        .await?;
    let request_id = row.ok_or_else(unknown)?.outcome.parse();
    let request_id = request_id.map_err(|_| unknown())?;
    let request = service.required(&request_id).await?.value;
    let own = |one: &&Follower| {
        one.is_of(Protocol::OpenDsr, &caller.controller.id) && one.reference.as_deref() == Some(id)
    };
    let follower = request.followers.iter().find(own).cloned();
    let sees = caller.scope.sees(&request);
    match follower.filter(|_| sees) {
        Some(follower) => Ok((request, follower)),
        None => Err(unknown()),
    }
}

/// Where the API has the package: the key that is shown there must be for it.
async fn results_url(
    service: &Service,
    request: &SubjectRequest,
) -> Result<Option<String>, ServiceError> {
    let exists = request.right != Right::Erasure && service.has_package(&request.id).await?;
    let address = service.public_address();
    let id = &request.id;
    Ok(exists.then(|| format!("{address}/v1/subject-requests/{id}/package")))
}

fn declared(parties: &Parties) -> Result<&OpenDsr, Failure> {
    let why = "this organisation does not speak OpenDSR";
    let dsr = parties.open_dsr();
    dsr.ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, why))
}

async fn caller<'a>(
    service: &Service,
    parties: &'a Parties,
    headers: &HeaderMap,
    permission: Permission,
) -> Result<Caller<'a>, Failure> {
    let dsr = declared(parties)?;
    let unknown = || Failure::new(StatusCode::UNAUTHORIZED, "a valid API key is needed");
    let secret = bearer(headers).ok_or_else(unknown)?;
    let row = service.api_key(secret).await?.ok_or_else(unknown)?;
    if !service.limits().allows_call(&row.id) {
        let why = "too many HTTP requests in a short time";
        return Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, why));
    }
    let controller = dsr.controller_of(row.scope.tenant.as_ref());
    let controller = controller.ok_or_else(|| not_allowed("no controller is declared for it"))?;
    if !row.scope.allows(permission) {
        let why = format!("it lacks the permission `{}`", permission.key());
        return Err(not_allowed(&why));
    }
    Ok(Caller {
        dsr,
        controller,
        key: row.id,
        scope: row.scope,
    })
}

fn not_allowed(why: &str) -> Failure {
    let message = format!("the API key may not do this: {why}");
    Failure::new(StatusCode::FORBIDDEN, message)
}

/// An answer with the signature of its very bytes.
fn signed(dsr: &OpenDsr, status: StatusCode, body: Vec<u8>) -> Result<Response, Failure> {
    let signature = dsr.key.sign(&body).ok_or(CANT_SIGN)?;
    let mut response = super::json_response(status, body);
    for (name, value) in [(DOMAIN, dsr.domain.as_str()), (SIGNATURE, &signature)] {
        let value = HeaderValue::from_str(value).map_err(|_| CANT_SIGN)?;
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    Ok(response)
}
