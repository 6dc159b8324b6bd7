//! `/console/requests/new`: staff file for one person who wrote, called or came. The
//! clock starts on the day on which it reached the organisation. Either staff say how
//! they know that it is them, or a mail asks the person.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form};
use candor_domain::identity::{EMAIL, Identity};
use candor_domain::subject_request::{Channel, Tenant};
use candor_policy::charter::{Charter, Right, Role};
use candor_store::rows::StaffRow;
use jiff::Timestamp;

use crate::service::{
    FileError, Filing, Proved, Service, TEXT_CHARS_MAX, kept_text, received, today,
};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::{html, html_with};
use crate::ui::words;

/// Before the name of a field that leads to the person.
const IDENTITY: &str = "identity-";

/// `GET /console/requests/new`.
pub(crate) async fn new(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
) -> Result<Response, Failure> {
    let charter = service.charter();
    let page = FilePage::new(&charter, &staff.login, &[], None, service.now());
    Ok(html(&page))
}

/// `POST /console/requests/new`.
pub(crate) async fn file(
    State(service): State<Service>,
    Extension(staff): Extension<StaffRow>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let charter = service.charter();
    let now = service.now();
    let filed = match read(&charter, &staff, &sent, now) {
        Ok(filing) => service.file_for(filing).await.map_err(problem),
        Err(problem) => Err(Some(problem)),
    };
    match filed {
        Ok(filed) => {
            let address = format!("/console/requests/{}", filed.id);
            Ok(Redirect::to(&address).into_response())
        }
        Err(Some(problem)) => {
            let page = FilePage::new(&charter, &staff.login, &sent, Some(problem), now);
            Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
        Err(None) => Err(Failure::Inside),
    }
}

/// The id of a field, and what is wrong there.
pub(crate) type Problem = (String, String);

fn wrong(field: &str, words: &str) -> Problem {
    (field.to_owned(), words.to_owned())
}

fn of<'a>(sent: &'a [(String, String)], name: &str) -> &'a str {
    let found = sent.iter().find(|(field, _)| field == name);
    found.map_or("", |(_, value)| value.trim())
}

/// What is to be filed.
fn read(
    charter: &Charter,
    staff: &StaffRow,
    sent: &[(String, String)],
    now: Timestamp,
) -> Result<Filing, Problem> {
    let right = Right::from_key(of(sent, "right"));
    let right = right.ok_or_else(|| wrong("right", "Please choose what they ask."))?;
    let channel = of(sent, "channel");
    let channel = Channel::TOLD.into_iter().find(|one| one.key() == channel);
    let channel = channel.ok_or_else(|| wrong("channel", "Please choose how it reached us."))?;
    let day = of(sent, "received").parse();
    let day = day.map_err(|_| wrong("received", "Please write the day, such as 2026-11-02."))?;
    let received_at = received(charter, day, now).map_err(|_| {
        wrong(
            "received",
            "That day is ahead of us, or more than a year ago.",
        )
    })?;
    let tenant = match of(sent, "tenant") {
        "" => Ok(None),
        name => name.parse::<Tenant>().map(Some),
    };
    let tenant = tenant.map_err(|error| ("tenant".to_owned(), words::sentence(&error)))?;
    let identities = sent.iter().filter_map(|(field, value)| {
        let kind = field.strip_prefix(IDENTITY)?;
        let value = value.trim();
        (!value.is_empty()).then(|| Identity::new(kind, value))
    });
    let proved = match of(sent, "reason") {
        "" => None,
        reason => {
            let long = || wrong("reason", "Please write at most 2,000 characters.");
            Some(Proved::Vouched {
                who: staff.id.clone(),
                reason: kept_text(reason).ok_or_else(long)?.to_owned(),
            })
        }
    };
    Ok(Filing {
        right,
        about: Some(of(sent, "about").to_owned()).filter(|about| !about.is_empty()),
        identities: identities.collect(),
        channel,
        tenant,
        received_at: Some(received_at),
        proved,
        once: None,
    })
}

/// What was wrong, and where; `None` for what is our own fault.
fn problem(error: FileError) -> Option<Problem> {
    let field = match &error {
        FileError::Address => format!("{IDENTITY}{EMAIL}"),
        FileError::Identity { kind } => format!("{IDENTITY}{kind}"),
        FileError::Unprovable => {
            let words = "Please say how you know that it is them; or give an e-mail address and \
                         nothing else, to which a mail can go.";
            return Some(wrong("reason", words));
        }
        FileError::About => "about".to_owned(),
        FileError::Tenant => "tenant".to_owned(),
        FileError::NotOffered => "right".to_owned(),
        FileError::TooMany => format!("{IDENTITY}{EMAIL}"),
        FileError::Before => return None,
        FileError::Service(error) => {
            let error = crate::error::with_causes(error);
            tracing::error!(error, "a subject request could not be filed in the console");
            return None;
        }
    };
    Some((field, words::sentence(&error)))
}

/// The form.
#[derive(Template)]
#[template(path = "console/file.html")]
pub(crate) struct FilePage {
    frame: Frame,
    problem: Option<Problem>,
    rights: Vec<Choice>,
    /// Kinds of people, where there is more than one.
    people: Vec<Choice>,
    identities: Vec<Field>,
    has_tenants: bool,
    tenant: String,
    channels: Vec<Choice>,
    received: String,
    today: String,
    reason: String,
    reason_max: usize,
}

struct Choice {
    key: String,
    words: String,
    chosen: bool,
}

struct Field {
    name: String,
    label: String,
    kind: &'static str,
    value: String,
}

impl FilePage {
    /// The form as it was sent, with what was wrong.
    pub(crate) fn new(
        charter: &Charter,
        login: &str,
        sent: &[(String, String)],
        problem: Option<Problem>,
        now: Timestamp,
    ) -> Self {
        let choice = |field: &str, key: &str, words: String| Choice {
            chosen: of(sent, field) == key,
            key: key.to_owned(),
            words,
        };
        let rights = charter.rights.keys();
        let people = charter.people.keys();
        let today = today(charter, now).to_string();
        Self {
            frame: Frame::console(charter, Here::Queue, "File for one person", Some(login)),
            problem,
            rights: rights
                .map(|right| {
                    let words = words::request_title(*right).to_owned();
                    choice("right", right.key(), words)
                })
                .collect(),
            people: people
                .filter(|_| charter.people.len() > 1)
                .map(|kind| choice("about", kind, words::plain_name(kind)))
                .collect(),
            identities: kinds(charter)
                .into_iter()
                .map(|kind| Field::of(kind, sent))
                .collect(),
            has_tenants: charter
                .people
                .values()
                .any(|person| person.role == Role::Processor),
            tenant: of(sent, "tenant").to_owned(),
            channels: Channel::TOLD
                .map(|channel| {
                    let words = words::channel_words(channel).to_owned();
                    choice("channel", channel.key(), words)
                })
                .into(),
            received: match of(sent, "received") {
                "" => today.clone(),
                day => day.to_owned(),
            },
            today,
            reason: of(sent, "reason").to_owned(),
            reason_max: TEXT_CHARS_MAX,
        }
    }
}

impl Field {
    fn of(kind: &str, sent: &[(String, String)]) -> Self {
        let name = format!("{IDENTITY}{kind}");
        let is_email = kind == EMAIL;
        Self {
            value: of(sent, &name).to_owned(),
            label: match is_email {
                true => "e-mail address".to_owned(),
                false => words::plain_name(kind),
            },
            kind: if is_email { "email" } else { "text" },
            name,
        }
    }
}

/// Everything that people are known by, an address first.
fn kinds(charter: &Charter) -> Vec<&str> {
    let people = charter.people.values();
    let mut kinds: Vec<&str> = Vec::new();
    for kind in people.flat_map(|person| &person.known_by) {
        if !kinds.contains(&kind.as_str()) {
            kinds.push(kind);
        }
    }
    kinds.sort_by_key(|kind| *kind != EMAIL);
    kinds
}
