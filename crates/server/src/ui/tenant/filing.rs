//! `/tenant/requests/new`: one subject request of an end user. Whoever may vouch
//! says how the person was recognised; otherwise a mail proves their address. What
//! was typed is never shown again: a form that comes back is empty of it.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use candor_domain::api_key::Permission;
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::Channel;
use candor_policy::charter::{Charter, Right, Role};

use super::only_with;
use crate::service::{FileError, Filing, Proved, Seat, Service, TEXT_CHARS_MAX, kept_text};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::{html, html_with};
use crate::ui::words;

/// What stands before an identity's kind in a field's name.
const IDENTITY: &str = "identity-";

/// `GET /tenant/requests/new`.
pub(crate) async fn new(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::File)?;
    Ok(html(&FilePage::new(&service.charter(), &seat, None)))
}

/// `POST /tenant/requests`.
pub(crate) async fn file(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Form(sent): Form<BTreeMap<String, String>>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::File)?;
    let charter = service.charter();
    let again = |problem: String| {
        let page = FilePage::new(&charter, &seat, Some(problem));
        Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    let right = sent.get("right").and_then(|key| Right::from_key(key));
    let Some(right) = right.filter(|right| offered(&charter, &seat).contains(right)) else {
        return again("Please choose what the person asks for.".to_owned());
    };
    let reason = sent.get("reason").filter(|_| seat.may(Permission::Vouch));
    let reason = reason.and_then(|reason| kept_text(reason));
    let identities = sent.iter().filter_map(|(name, value)| {
        let kind = name.strip_prefix(IDENTITY)?;
        let value = value.trim();
        (!value.is_empty()).then(|| Identity::new(kind, value))
    });
    let filing = Filing {
        right,
        about: None,
        identities: identities.collect(),
        channel: Channel::Tenant,
        tenant: Some(seat.tenant.clone()),
        received_at: None,
        proved: reason.map(|reason| Proved::Vouched {
            who: seat.key.actor(),
            reason: reason.to_owned(),
        }),
        once: None,
    };
    match service.file_for(filing).await {
        Ok(filed) if seat.may(Permission::Read) => {
            Ok(Redirect::to(&format!("/tenant/requests/{}", filed.id)).into_response())
        }
        Ok(_) => Ok(Redirect::to("/tenant").into_response()),
        Err(FileError::Service(error)) => Err(error.into()),
        Err(FileError::TooMany) => Err(Failure::TooMany),
        Err(error) => again(words::sentence(&error)),
    }
}

/// The rights that can be filed here: those offered and within the key's reach. What
/// has to be said beside one is taken in on the page of the subject request.
fn offered(charter: &Charter, seat: &Seat) -> Vec<Right> {
    let tools: BTreeSet<Right> = end_users(charter)
        .flat_map(|person| person.tools.iter().copied())
        .collect();
    let rights = charter.rights.keys().copied();
    let rights = rights.filter(|right| {
        let given = tools.is_empty() || tools.contains(right);
        given && seat.scope.covers(*right)
    });
    rights.collect()
}

fn end_users(charter: &Charter) -> impl Iterator<Item = &candor_policy::charter::Person> {
    let people = charter.people.values();
    people.filter(|person| person.role == Role::Processor)
}

/// The form.
#[derive(Template)]
#[template(path = "tenant/file.html")]
pub(crate) struct FilePage {
    frame: Frame,
    rights: Vec<(&'static str, &'static str)>,
    identities: Vec<Field>,
    vouches: bool,
    reason_max: usize,
    problem: Option<(&'static str, String)>,
}

struct Field {
    name: String,
    label: String,
    kind: &'static str,
}

impl FilePage {
    /// The form, and why nothing was filed.
    pub(crate) fn new(charter: &Charter, seat: &Seat, problem: Option<String>) -> Self {
        let vouches = seat.may(Permission::Vouch);
        let known = end_users(charter).flat_map(|person| &person.known_by);
        // A mail proves an address and nothing else.
        let known: BTreeSet<&String> = known.filter(|kind| vouches || *kind == EMAIL).collect();
        let identities = known.into_iter().map(|kind| Field {
            name: format!("{IDENTITY}{kind}"),
            label: match kind.as_str() {
                EMAIL => "E-mail address".to_owned(),
                other => words::plain_name(other),
            },
            kind: if kind == EMAIL { "email" } else { "text" },
        });
        Self {
            frame: Frame::tenant(charter, Here::Queue, "File a request", Some(&seat.name)),
            rights: offered(charter, seat)
                .into_iter()
                .map(|right| (right.key(), words::request_title(right)))
                .collect(),
            identities: identities.collect(),
            vouches,
            reason_max: TEXT_CHARS_MAX,
            problem: problem.map(|words| ("right", words)),
        }
    }
}
