//! `/console/setup/{token}`: the first account. `/console/sign-in`. No rules
//! about which characters a password is made of: only its length is asked for,
//! because only that is known to help.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use candor_policy::charter::Charter;
use serde::Deserialize;

use crate::service::{PASSWORD_MAX, PASSWORD_MIN, Service, SetupError, SignInError};
use crate::ui::failure::Failure;
use crate::ui::frame::{Frame, Here};
use crate::ui::page::{html, html_with};
use crate::ui::session;

/// `GET /console/setup/{token}`.
pub(crate) async fn setup_form(
    State(service): State<Service>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    if !service.setup_open(&token).await? {
        return Err(Failure::NotFound);
    }
    Ok(html(&SetupPage::new(&service.charter(), &token, "", None)))
}

/// The first account as it is sent.
#[derive(Deserialize)]
pub(crate) struct SetUp {
    login: String,
    password: String,
    again: String,
}

/// `POST /console/setup/{token}`.
pub(crate) async fn set_up(
    State(service): State<Service>,
    Path(token): Path<String>,
    Form(sent): Form<SetUp>,
) -> Result<Response, Failure> {
    let again = |problem| {
        let page = SetupPage::new(&service.charter(), &token, &sent.login, Some(problem));
        Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
    };
    if sent.password != sent.again {
        // Whoever has no open link learns nothing but that.
        return if service.setup_open(&token).await? {
            again(AccountProblem::Different)
        } else {
            Err(Failure::NotFound)
        };
    }
    match service.setup(&token, &sent.login, &sent.password).await {
        Ok(session) => Ok(session::begin(&service, session.expose())),
        Err(SetupError::Closed) => Err(Failure::NotFound),
        Err(SetupError::Login) => again(AccountProblem::Login),
        Err(SetupError::Password) => again(AccountProblem::Password),
        Err(SetupError::Service(error)) => Err(error.into()),
    }
}

/// `GET /console/sign-in`.
pub(crate) async fn sign_in_form(State(service): State<Service>) -> Response {
    html(&SignInPage::new(&service.charter(), "", None))
}

/// A sign-in as it is sent.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    login: String,
    password: String,
}

/// `POST /console/sign-in`.
pub(crate) async fn sign_in(
    State(service): State<Service>,
    Form(sent): Form<SignIn>,
) -> Result<Response, Failure> {
    let again = |status, problem| {
        let page = SignInPage::new(&service.charter(), &sent.login, Some(problem));
        Ok(html_with(status, &page))
    };
    match service.sign_in(&sent.login, &sent.password).await {
        Ok(session) => Ok(session::begin(&service, session.expose())),
        Err(SignInError::Wrong) => again(StatusCode::UNPROCESSABLE_ENTITY, AccountProblem::Wrong),
        Err(SignInError::TooMany) => again(StatusCode::TOO_MANY_REQUESTS, AccountProblem::TooMany),
        Err(SignInError::Service(error)) => Err(error.into()),
    }
}

/// `POST /console/sign-out`.
pub(crate) async fn sign_out(
    State(service): State<Service>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if let Some(token) = session::token(&headers) {
        service.sign_out(token).await?;
    }
    Ok(session::end(&service).into_response())
}

/// Why a form about an account comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountProblem {
    /// Login not allowed.
    Login,
    /// Password too short or too long.
    Password,
    /// The two passwords differ.
    Different,
    /// Name or password is wrong.
    Wrong,
    /// Too many attempts.
    TooMany,
}

impl AccountProblem {
    fn words(self) -> String {
        let words = match self {
            Self::Login => "A login has 2 to 64 letters, digits, dots, hyphens or underscores.",
            Self::Password => {
                return format!(
                    "A password has at least {PASSWORD_MIN} characters and at most {PASSWORD_MAX} \
                     bytes."
                );
            }
            Self::Different => "The two passwords are not the same.",
            Self::Wrong => "Name or password is wrong.",
            Self::TooMany => "Too many attempts. Please try again in a minute.",
        };
        words.to_owned()
    }

    /// Id of the field it is about.
    const fn field(self) -> &'static str {
        match self {
            Self::Login | Self::Wrong | Self::TooMany => "login",
            Self::Password => "password",
            Self::Different => "again",
        }
    }
}

/// The first account.
#[derive(Template)]
#[template(path = "console/setup.html")]
pub(crate) struct SetupPage {
    frame: Frame,
    action: String,
    login: String,
    password_min: usize,
    problem: Option<(&'static str, String)>,
}

impl SetupPage {
    /// The form behind an open setup link.
    pub(crate) fn new(
        charter: &Charter,
        token: &str,
        login: &str,
        problem: Option<AccountProblem>,
    ) -> Self {
        Self {
            frame: Frame::console(charter, Here::Elsewhere, "Set up the console", None),
            action: format!("/console/setup/{token}"),
            login: login.to_owned(),
            password_min: PASSWORD_MIN,
            problem: problem.map(|problem| (problem.field(), problem.words())),
        }
    }
}

/// Signing in.
#[derive(Template)]
#[template(path = "console/sign_in.html")]
pub(crate) struct SignInPage {
    frame: Frame,
    login: String,
    problem: Option<(&'static str, String)>,
}

impl SignInPage {
    /// The form.
    pub(crate) fn new(charter: &Charter, login: &str, problem: Option<AccountProblem>) -> Self {
        Self {
            frame: Frame::console(charter, Here::Elsewhere, "Sign in", None),
            login: login.to_owned(),
            problem: problem.map(|problem| (problem.field(), problem.words())),
        }
    }
}
