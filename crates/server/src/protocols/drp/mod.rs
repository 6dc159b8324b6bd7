//! The Data Rights Protocol 1.0 (`docs/reference/drp.md`): authorised agents file,
//! follow and revoke for people, with signed messages. The token that tells agents
//! apart is computed from the agent's key, not stored. Refuses what another agent
//! signed, and to show an agent what it didn't file.

mod message;
pub(super) mod status;
#[cfg(test)]
mod tests;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::{
    Channel, Event, Follower, Protocol, Rejection, SubjectRequest,
};
use candor_seal::token::token_hash;
use candor_store::Change;
use serde_json::{Value, json};

use self::message::{Action, Exercise, Refusal};
use self::status::Status;
use super::callback::Origin;
use super::parties::{Agent, DataRights};
use super::{Told, actor, as_json, json_response, media_type, of_uuid, remembered_until};
use crate::api::bearer;
use crate::error::with_causes;
use crate::service::{DecideError, FileError, Filing, OnceName, Proved, Service, ServiceError};

/// What every token begins with.
const TOKEN_PREFIX: &str = "candor_drp_";

/// What did not work (Section 3.06).
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    message: String,
    is_fatal: bool,
}

impl Failure {
    fn new(status: StatusCode, message: impl ToString) -> Self {
        Self {
            status,
            message: message.to_string(),
            is_fatal: false,
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut body = json!({ "code": self.status.as_str(), "message": self.message });
        if let (Some(body), true) = (body.as_object_mut(), self.is_fatal) {
            body.insert("fatal".to_owned(), Value::Bool(true));
        }
        json_response(self.status, as_json(&body))
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self {
            is_fatal: refusal.is_fatal(),
            ..Self::new(refusal.status(), refusal)
        }
    }
}

impl From<ServiceError> for Failure {
    fn from(error: ServiceError) -> Self {
        tracing::error!(error = with_causes(&error), "an agent was not answered");
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "something went wrong on our side")
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Service(error) => error.into(),
            FileError::NotOffered => Refusal::Unsupported.into(),
            FileError::TooMany => Self::new(StatusCode::TOO_MANY_REQUESTS, error),
            FileError::Before => Self::new(
                StatusCode::CONFLICT,
                "`agent-request-id` stands for something else",
            ),
            _ => Refusal::Fields(vec![format!("`email` does not fit: {error}")]).into(),
        }
    }
}

impl From<DecideError> for Failure {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Service(error) => error.into(),
            other => Self::new(StatusCode::CONFLICT, other),
        }
    }
}

/// `GET /.well-known/data-rights.json`: what the service directory lists of the
/// organisation (Section 3.05.2).
pub(crate) async fn discovery(State(service): State<Service>) -> Result<Response, Failure> {
    let parties = service.parties();
    let drp = declared(parties.data_rights())?;
    let charter = service.charter();
    let offered = |action: &Action| {
        let right = action.right();
        right.is_some_and(|right| charter.rights.contains_key(&right))
    };
    let actions = Action::ALL.into_iter().filter(offered);
    let address = service.public_address();
    let entry = json!({
        "id": drp.business_id,
        "name": charter.organisation.name,
        "logo": null,
        "api_base": format!("{address}/v1/"),
        "supported_actions": actions.map(Action::key).collect::<Vec<_>>(),
        "supported_verifications": ["email"],
        "web_url": address,
        "privacy_policy_url": format!("{address}/"),
        "technical_contact": drp.technical_contact,
        "business_contact": charter.organisation.contact.email,
    });
    Ok(json_response(StatusCode::OK, as_json(&entry)))
}

/// `POST /v1/agent/{id}`: the token that this agent shows from now on. Whatever is
/// wrong gets the same empty answer (Section 2.05.1).
pub(crate) async fn set_up(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let drp = declared(parties.data_rights())?;
    let forbidden = || Ok(StatusCode::FORBIDDEN.into_response());
    let Some(agent) = drp.agent(&id) else {
        return forbidden();
    };
    allowed(&service, agent)?;
    if media_type(&headers) != "text/plain" {
        return forbidden();
    }
    let key = &agent.verify_key;
    let opened = message::open(&body, &agent.id, key, &drp.business_id, service.now());
    match opened.and_then(message::Envelope::finish) {
        Ok(()) => {
            let answer = json!({ "agent-id": agent.id, "token": token(&service, agent) });
            Ok(json_response(StatusCode::OK, as_json(&answer)))
        }
        Err(refusal) => {
            tracing::info!(agent = agent.id, %refusal, "an agent got no token");
            forbidden()
        }
    }
}

/// `GET /v1/agent/{id}`: whether a token is still good.
pub(crate) async fn agent(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let drp = declared(parties.data_rights())?;
    if agent_of(&service, drp, &headers)?.id != id {
        return Err(not_yours());
    }
    Ok(json_response(StatusCode::OK, as_json(&json!({}))))
}

/// `POST /v1/data-rights-request`: files for a person.
pub(crate) async fn exercise(
    State(service): State<Service>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let drp = declared(parties.data_rights())?;
    let agent = agent_of(&service, drp, &headers)?;
    signed_text(&headers)?;
    let key = &agent.verify_key;
    let envelope = message::open(&body, &agent.id, key, &drp.business_id, service.now())?;
    let asked = envelope.exercise()?;
    let callbacks: Vec<String> = asked.callback.clone().into_iter().collect();
    if !callbacks
        .iter()
        .all(|address| Origin::allow(&agent.callbacks, address))
    {
        let why = "`status_callback` is not at an origin that was agreed for this agent";
        return Err(Refusal::Fields(vec![why.to_owned()]).into());
    }
    let follower = Follower {
        protocol: Protocol::DataRights,
        party: agent.id.clone(),
        reference: asked.reference.clone(),
        callbacks,
        since: service.now(),
        is_proved: false,
        left_at: None,
    };
    let filing = filing(&service, agent, &asked, &body)?;
    let request = service.file_followed(filing, follower).await?;
    Ok(shown(&service, &request, agent))
}

/// `GET /v1/data-rights-request/{id}`: how it goes.
pub(crate) async fn show(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let drp = declared(parties.data_rights())?;
    let agent = agent_of(&service, drp, &headers)?;
    let request = find(&service, agent, &id).await?;
    Ok(shown(&service, &request, agent))
}

/// `DELETE /v1/data-rights-request/{id}`: the person takes it back.
pub(crate) async fn revoke(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let parties = service.parties();
    let drp = declared(parties.data_rights())?;
    let agent = agent_of(&service, drp, &headers)?;
    signed_text(&headers)?;
    let (key, business) = (&agent.verify_key, &drp.business_id);
    message::open_revocation(&body, &agent.id, key, business, service.now())?;
    let request = find(&service, agent, &id).await?;
    let event = Event::Unfollowed {
        protocol: Protocol::DataRights,
        party: agent.id.clone(),
        reference: None,
    };
    let request = match service
        .take_in(&request.id, &event, &Change::default())
        .await?
    {
        Ok(request) => request,
        // It was taken back before: the answer is the same.
        Err(Rejection::Repeated) => service.required(&request.id).await?.value,
        Err(rejection) => return Err(DecideError::Rejected(rejection).into()),
    };
    Ok(shown(&service, &request, agent))
}

/// What an agent is told of a change (Section 2.03).
pub(super) fn told(
    service: &Service,
    request: &SubjectRequest,
    follower: &Follower,
    address: &str,
) -> Option<Told> {
    let parties = service.parties();
    let agent = parties.data_rights()?.agent(&follower.party)?;
    Origin::allow(&agent.callbacks, address).then(|| Told {
        headers: Vec::new(),
        body: as_json(&Status::of(request, follower, service.now())),
    })
}

fn filing(
    service: &Service,
    agent: &Agent,
    asked: &Exercise,
    body: &[u8],
) -> Result<Filing, Failure> {
    let right = asked.action.right().ok_or(Refusal::Unsupported)?;
    let email = asked.email.expose("it leads to the person");
    let who = actor(service, Protocol::DataRights, &agent.id).actor();
    let is_proved = asked.is_verified && agent.trust_verified_email;
    let proved = is_proved.then(|| Proved::Vouched {
        who,
        reason: format!(
            "The authorised agent {} (Data Rights Protocol: {}) signed that it verified the \
             address.",
            agent.name, agent.id
        ),
    });
    // A message without the agent's own name can only be repeated as it is.
    let (name, expires_at) = match &asked.reference {
        Some(reference) => (reference.as_bytes(), remembered_until(service.now())),
        None => (body.trim_ascii(), asked.expires_at),
    };
    let all = format!("{}\0{email}", asked.action.key());
    Ok(Filing {
        right,
        about: None,
        identities: vec![Identity::new(EMAIL, email)],
        channel: Channel::Protocol,
        tenant: None,
        received_at: None,
        proved,
        once: Some(OnceName {
            scope: format!("data_rights/{}", agent.id),
            name: service.root().blind_index("once/name", name),
            fingerprint: service
                .root()
                .blind_index("once/fingerprint", all.as_bytes()),
            expires_at,
        }),
    })
}

/// A subject request that this agent filed. One that exists not, and one that
/// another filed, are the same to it (Section 2.02.1).
async fn find(service: &Service, agent: &Agent, id: &str) -> Result<SubjectRequest, Failure> {
    let id = of_uuid(id).ok_or_else(not_yours)?;
    let found = service.store().request(&id).await;
    let found = found.map_err(ServiceError::from)?.map(|found| found.value);
    found
        .filter(|request| following(request, agent).is_some())
        .ok_or_else(not_yours)
}

/// What an agent follows of a subject request: what it has not taken back, first.
fn following<'a>(request: &'a SubjectRequest, agent: &Agent) -> Option<&'a Follower> {
    let own = |one: &&Follower| one.is_of(Protocol::DataRights, &agent.id);
    let mut all = request.followers.iter().rev().filter(own);
    let open = all.clone().find(|one| one.left_at.is_none());
    open.or_else(|| all.next())
}

fn shown(service: &Service, request: &SubjectRequest, agent: &Agent) -> Response {
    match following(request, agent) {
        Some(follower) => {
            let status = Status::of(request, follower, service.now());
            json_response(StatusCode::OK, as_json(&status))
        }
        None => not_yours().into_response(),
    }
}

fn declared(drp: Option<&DataRights>) -> Result<&DataRights, Failure> {
    let why = "this business does not take part in the Data Rights Protocol";
    drp.ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, why))
}

/// The agent whose token is shown.
fn agent_of<'a>(
    service: &Service,
    drp: &'a DataRights,
    headers: &HeaderMap,
) -> Result<&'a Agent, Failure> {
    let unknown = || Failure::new(StatusCode::UNAUTHORIZED, "an agent's token is needed");
    // Hashes are compared, so that the time taken says nothing about the token.
    let shown = token_hash(bearer(headers).ok_or_else(unknown)?);
    let mut agents = drp.agents.iter();
    let agent = agents.find(|agent| token_hash(&token(service, agent)) == shown);
    let agent = agent.ok_or_else(unknown)?;
    allowed(service, agent)?;
    Ok(agent)
}

/// An agent's token: computed, not stored, and another one once its key is.
fn token(service: &Service, agent: &Agent) -> String {
    let of = [agent.id.as_bytes(), b"\0", agent.verify_key.as_bytes()].concat();
    let tag = service.root().blind_index("drp/token", &of);
    format!("{TOKEN_PREFIX}{}", hex::encode(tag))
}

fn allowed(service: &Service, agent: &Agent) -> Result<(), Failure> {
    let caller = actor(service, Protocol::DataRights, &agent.id);
    if service.limits().allows_call(&caller) {
        return Ok(());
    }
    let why = "too many HTTP requests in a short time";
    Err(Failure::new(StatusCode::TOO_MANY_REQUESTS, why))
}

fn signed_text(headers: &HeaderMap) -> Result<(), Failure> {
    if media_type(headers) == "text/plain" {
        return Ok(());
    }
    Err(Refusal::Encoding.into())
}

fn not_yours() -> Failure {
    Failure::new(
        StatusCode::FORBIDDEN,
        "this agent did not file such a request",
    )
}
