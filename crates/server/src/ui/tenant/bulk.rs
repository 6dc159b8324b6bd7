//! `/tenant/bulk`: a file of many end users, on the same pages as staff have. A
//! file exists for the key that sent it and for no other.

use axum::extract::{Multipart, Path, Query, State};
use axum::response::Response;
use axum::{Extension, Form};
use candor_domain::api_key::Permission;
use candor_policy::charter::Right;

use super::only_with;
use crate::bulk::BulkTerms;
use crate::service::{Seat, Service};
use crate::ui::console::bulk::{
    self, Confirmed, DecidedForAll, Desk, Following, confirmed, decide_as, discarded, followed,
    read, reported, taken_in,
};
use crate::ui::failure::Failure;
use crate::ui::page::html;

/// `GET /tenant/bulk`.
pub(crate) async fn show(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
) -> Result<Response, Failure> {
    let page = bulk::page(&service, desk(&seat)?, None).await?;
    Ok(html(&page))
}

/// `POST /tenant/bulk`: takes a file in; nothing is filed yet.
pub(crate) async fn send(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    form: Multipart,
) -> Result<Response, Failure> {
    let desk = desk(&seat)?;
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
    taken_in(&service, desk, &terms, &sent.file).await
}

/// `GET /tenant/bulk/{id}`.
pub(crate) async fn file(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Query(following): Query<Following>,
) -> Result<Response, Failure> {
    let desk = desk(&seat)?;
    let file = bulk::find(&service, desk, &id).await?;
    followed(&service, desk, &file, &following).await
}

/// `POST /tenant/bulk/{id}/confirm`.
pub(crate) async fn confirm(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<Confirmed>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Vouch)?;
    let desk = desk(&seat)?;
    let file = bulk::find(&service, desk, &id).await?;
    confirmed(&service, desk, &file, sent).await
}

/// `POST /tenant/bulk/{id}/decide`: one decision for all that wait.
pub(crate) async fn decide(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
    Form(sent): Form<DecidedForAll>,
) -> Result<Response, Failure> {
    only_with(&seat, Permission::Decide)?;
    let desk = desk(&seat)?;
    let file = bulk::find(&service, desk, &id).await?;
    decide_as(&service, desk, &seat.decider(), &file, &sent).await
}

/// `POST /tenant/bulk/{id}/discard`.
pub(crate) async fn discard(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let desk = desk(&seat)?;
    let file = bulk::find(&service, desk, &id).await?;
    discarded(&service, desk, &file).await
}

/// `GET /tenant/bulk/{id}/report`.
pub(crate) async fn report(
    State(service): State<Service>,
    Extension(seat): Extension<Seat>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let file = bulk::find(&service, desk(&seat)?, &id).await?;
    reported(&service, &file).await
}

/// The tenant's, where the key may file.
fn desk(seat: &Seat) -> Result<Desk<'_>, Failure> {
    only_with(seat, Permission::File)?;
    Ok(Desk::Tenant(seat))
}
