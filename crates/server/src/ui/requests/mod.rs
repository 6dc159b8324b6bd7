//! A person's way: ask, confirm, and see what became of it. What a stranger
//! gets is the same for every address.

mod form;
mod person;
mod standing;
mod steps;
mod wish;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use candor_policy::charter::Right;
use futures_util::stream;
use serde::Deserialize;

pub(crate) use form::{ChoicePage, ConfirmPage, ContactPage, FormPage, FormProblem, SentPage};
pub(crate) use person::{Beside, PersonView};
pub(crate) use wish::{WishForm, WishProblem, Wished, said};

use super::failure::Failure;
use super::page::{html, html_with};
use crate::service::{FileError, LinkError, SayError, Service, SignedInError, kept_text};

/// When whoever files is answered: later than filing takes.
pub(crate) const ANSWER_AFTER: Duration = Duration::from_millis(250);

/// Which right.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    right: Option<String>,
}

/// `GET /requests/new`.
pub(crate) async fn new(State(service): State<Service>, Query(wanted): Query<Wanted>) -> Response {
    let charter = service.charter();
    let right = wanted.right.and_then(|key| Right::from_key(&key));
    match right.and_then(|right| FormPage::new(&charter, right, "", None)) {
        Some(form) => html(&form),
        None => html(&ChoicePage::new(&charter)),
    }
}

/// The form as it is sent.
#[derive(Deserialize)]
pub(crate) struct Filed {
    right: String,
    email: String,
}

/// `POST /requests`.
pub(crate) async fn file(
    State(service): State<Service>,
    Form(filed): Form<Filed>,
) -> Result<Response, Failure> {
    let right = Right::from_key(&filed.right).ok_or(Failure::Malformed)?;
    let again = |status, problem| {
        let form = FormPage::new(&service.charter(), right, &filed.email, Some(problem));
        form.map(|form| html_with(status, &form))
            .ok_or(Failure::Malformed)
    };
    // Whether somebody is known makes a difference of a millisecond or two: nobody
    // sees it who is answered at the same moment either way.
    let answering = tokio::time::sleep(ANSWER_AFTER);
    let (outcome, ()) = tokio::join!(service.file(right, &filed.email), answering);
    match outcome {
        Ok(()) if right == Right::OptOut => {
            Ok(Redirect::to("/requests/sent?right=opt_out").into_response())
        }
        Ok(()) => Ok(Redirect::to("/requests/sent").into_response()),
        Err(FileError::Address) => again(StatusCode::UNPROCESSABLE_ENTITY, FormProblem::Address),
        Err(FileError::TooMany) => again(StatusCode::TOO_MANY_REQUESTS, FormProblem::TooMany),
        Err(FileError::Service(error)) => Err(error.into()),
        Err(_) => Err(Failure::Malformed),
    }
}

/// What the company's own site sends for somebody who is signed in there.
#[derive(Deserialize)]
pub(crate) struct SignedIn {
    right: String,
    token: String,
}

/// `POST /requests/signed-in`: files without a mail, and shows its page.
pub(crate) async fn file_signed_in(
    State(service): State<Service>,
    Form(sent): Form<SignedIn>,
) -> Result<Redirect, Failure> {
    let right = Right::from_key(&sent.right).ok_or(Failure::Malformed)?;
    match service.file_signed_in(right, &sent.token).await {
        Ok(page) => Ok(Redirect::to(&format!("/requests/{page}"))),
        Err(SignedInError::Refused) => Err(Failure::SignedOut),
        Err(SignedInError::File(FileError::TooMany)) => Err(Failure::TooMany),
        Err(SignedInError::File(FileError::Service(error))) => Err(error.into()),
        Err(SignedInError::File(_)) => Err(Failure::Malformed),
    }
}

/// `GET /requests/sent`.
pub(crate) async fn sent(State(service): State<Service>, Query(wanted): Query<Wanted>) -> Response {
    let right = wanted.right.and_then(|key| Right::from_key(&key));
    html(&SentPage::new(&service.charter(), right))
}

/// `GET /requests/confirm/{link}`: asks, changes nothing.
pub(crate) async fn ask(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let request = service.confirmable(&link).await?;
    Ok(html(&ConfirmPage::new(&service.charter(), &request, &link)))
}

/// `POST /requests/confirm/{link}`.
pub(crate) async fn confirm(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Redirect, Failure> {
    let page = service.confirm(&link).await?;
    Ok(Redirect::to(&format!("/requests/{page}")))
}

/// `GET /requests/contact/{link}`: asks, changes nothing.
pub(crate) async fn ask_contact(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let request = service.contact_provable(&link).await?;
    let page = ContactPage::new(&service.charter(), &request, Some(&link));
    Ok(html(&page))
}

/// `POST /requests/contact/{link}`.
pub(crate) async fn prove_contact(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let request = service.contact_provable(&link).await?;
    service.prove_contact(&link).await?;
    Ok(html(&ContactPage::new(&service.charter(), &request, None)))
}

/// `GET /requests/{link}`.
pub(crate) async fn show(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    page(&service, &link, None).await
}

/// What the person wants, as it is sent: fields may repeat.
type Fields = Vec<(String, String)>;

/// `POST /requests/{link}/wish`: what the person wants beside the right.
pub(crate) async fn wish(
    State(service): State<Service>,
    Path(link): Path<String>,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let said = match said(&fields) {
        Ok(said) => said,
        Err(problem) => return page(&service, &link, Some(problem)).await,
    };
    match service.say(&link, &said).await {
        Ok(()) => Ok(Redirect::to(&format!("/requests/{link}")).into_response()),
        Err(SayError::Wish(error)) => page(&service, &link, Some(WishProblem::Wish(error))).await,
        Err(SayError::Unknown) => Err(Failure::NotFound),
        Err(SayError::Rejected(_)) => Err(Failure::Lapsed),
        Err(SayError::Service(error)) => Err(error.into()),
    }
}

async fn page(
    service: &Service,
    link: &str,
    problem: Option<WishProblem>,
) -> Result<Response, Failure> {
    let status = match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let found = service.person_page(link).await?;
    let beside = Beside {
        link,
        package: found.package,
        receipt: found.receipt,
        verifier_key: service.verifier_key().to_string(),
        conversation: found.conversation,
        texts: found.texts,
        problem,
        now: service.now(),
    };
    let page = PersonView::new(&found.charter, &found.request, beside);
    Ok(html_with(status, &page))
}

/// `POST /requests/{link}/cancel`: the person takes it back.
pub(crate) async fn cancel(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Redirect, Failure> {
    match service.take_back(&link).await {
        // Too late: the page says how far it is.
        Ok(()) | Err(LinkError::Lapsed) => Ok(Redirect::to(&format!("/requests/{link}"))),
        Err(error) => Err(error.into()),
    }
}

/// An answer as it is sent.
#[derive(Deserialize)]
pub(crate) struct Reply {
    text: String,
}

/// `POST /requests/{link}/reply`: the answer to what staff asked.
pub(crate) async fn reply(
    State(service): State<Service>,
    Path(link): Path<String>,
    Form(reply): Form<Reply>,
) -> Result<Redirect, Failure> {
    let text = kept_text(&reply.text).ok_or(Failure::Malformed)?;
    service.reply(&link, text).await?;
    Ok(Redirect::to(&format!("/requests/{link}")))
}

/// `GET /requests/{link}/package`: streamed, never held whole.
pub(crate) async fn package(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let package = service.package(&link).await?;
    let parts = stream::try_unfold(package, |mut package| async move {
        let part = package.next().await?;
        Ok::<_, crate::service::ServiceError>(part.map(|part| (part, package)))
    });
    Ok(download(
        "application/zip",
        "your-data.zip",
        Body::from_stream(parts),
    ))
}

/// `GET /requests/{link}/receipt`.
pub(crate) async fn receipt(
    State(service): State<Service>,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let receipt = service.receipt(&link).await?;
    let name = "receipt.tlog-proof";
    Ok(download(
        "text/plain; charset=utf-8",
        name,
        Body::from(receipt),
    ))
}

fn download(kind: &'static str, name: &str, body: Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, body).into_response()
}
