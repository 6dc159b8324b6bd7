//! `/tenant/bulk`: a file of many end users, on the same pages as staff have. A
//! file exists for the key that sent it and for no other.

use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use candor_domain::api_key::Permission;
use candor_domain::bulk::{Accepted, BulkFile, Stage};
use candor_domain::id::BulkFileId;
use candor_policy::charter::Right;

use super::only_with;
use crate::api::bulk::report_response;
use crate::bulk::{BulkError, BulkTerms};
use crate::service::{Seat, Service, ServiceError};
use crate::ui::console::bulk::{
    BulkFilePage, BulkPage, Confirmed, Desk, Following, LOOK_EVERY, TENANT_ADDRESS, read,
};
use crate::ui::failure::Failure;
use crate::ui::page::{html, html_with};
use crate::ui::words;

/// `GET /tenant/bulk`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::File)?;
    let files = own(&service, &seat).await?;
    let desk = Desk::Tenant(&seat);
    Ok(html(&BulkPage::new(&service.charter(), desk, &files, None)))
}

/// `POST /tenant/bulk`: takes a file in; nothing is filed yet.
pub(crate) async fn send(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    form: Multipart,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::File)?;
    let sent = read(form).await.map_err(|_| Failure::Malformed)?;
    let right = Right::from_key(&sent.right);
    if right.is_some_and(|right| !seat.scope.covers(right)) {
        return Err(Failure::NotFound);
    }
    let terms = BulkTerms {
        by: seat.key.actor(),
        tenant: Some(seat.tenant.clone()),
        right,
        about: None,
        rights: seat.scope.rights.clone(),
        name: None,
    };
    match service.send_bulk(&terms, &sent.file).await {
        Ok(sent) => Ok(to(&sent.file.id)),
        Err(BulkError::Service(error)) => Err(error.into()),
        Err(error) => {
            let files = own(&service, &seat).await?;
            let problem = Some(words::sentence(&error));
            let desk = Desk::Tenant(&seat);
            let page = BulkPage::new(&service.charter(), desk, &files, problem);
            Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// `GET /tenant/bulk/{id}`.
pub(crate) async fn file(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Query(following): Query<Following>,
) -> Result<Response, Failure> {
    let file = find(&service, &seat, &id).await?;
    let follows = following.follow.is_some() && file.stage == Stage::Filing;
    let desk = Desk::Tenant(&seat);
    let page = BulkFilePage::new(&service.charter(), desk, &file, follows, None);
    let mut response = html(&page);
    if follows {
        let name = HeaderName::from_static("refresh");
        let every = HeaderValue::from_static(LOOK_EVERY);
        response.headers_mut().insert(name, every);
    }
    Ok(response)
}

/// `POST /tenant/bulk/{id}/confirm`.
pub(crate) async fn confirm(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<Confirmed>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Vouch)?;
    let file = find(&service, &seat, &id).await?;
    let accepted = Accepted {
        leave_out: sent.leave_out.is_some(),
        again: sent.again.is_some(),
    };
    match service.confirm_bulk(&file.id, accepted, &sent.reason).await {
        Ok(file) => Ok(to(&file.id)),
        Err(BulkError::Service(error)) => Err(error.into()),
        Err(BulkError::Unknown) => Err(Failure::NotFound),
        Err(error) => {
            let problem = Some((words::sentence(&error), sent.reason));
            let desk = Desk::Tenant(&seat);
            let page = BulkFilePage::new(&service.charter(), desk, &file, false, problem);
            Ok(html_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// `POST /tenant/bulk/{id}/discard`.
pub(crate) async fn discard(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let file = find(&service, &seat, &id).await?;
    match service.drop_bulk(&file.id).await {
        Ok(()) | Err(BulkError::Unknown) => Ok(Redirect::to(TENANT_ADDRESS).into_response()),
        Err(BulkError::Service(error)) => Err(error.into()),
        // Somebody confirmed it meanwhile.
        Err(_) => Ok(to(&file.id)),
    }
}

/// `GET /tenant/bulk/{id}/report`.
pub(crate) async fn report(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let file = find(&service, &seat, &id).await?;
    match service.bulk_report(&file.id).await {
        Ok(report) => Ok(report_response(report)),
        Err(BulkError::Service(error)) => Err(error.into()),
        Err(_) => Err(Failure::NotFound),
    }
}

async fn own(service: &Service, seat: &Seat) -> Result<Vec<BulkFile>, ServiceError> {
    let files = service.bulk_files().await?.into_iter();
    Ok(files.filter(|file| file.by == seat.key.actor()).collect())
}

async fn find(service: &Service, seat: &Seat, id: &str) -> Result<BulkFile, Failure> {
    only_with(seat, Permission::File)?;
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let file = service.bulk_file(&id).await?;
    let own = file.filter(|file| file.by == seat.key.actor());
    own.ok_or(Failure::NotFound)
}

fn to(id: &BulkFileId) -> Response {
    Redirect::to(&format!("{TENANT_ADDRESS}/{id}")).into_response()
}
