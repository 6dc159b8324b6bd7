//! `/v1/holds`: the holds that stand on people, setting one, lifting it. They are the
//! organisation's own: to a business customer's key none exists.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use candor_domain::api_key::Permission;
use candor_domain::id::HoldId;
use candor_domain::identity::EMAIL;
use serde_json::{Value, json};

use super::access::Caller;
use super::body::Fields;
use super::problem::{Kind, Problem, escaped};
use super::{as_json, mark, once};
use crate::service::{HoldView, NewHold, Service};

/// `GET /v1/holds`: every hold that was set on a person and stands.
pub(crate) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    caller.may(Permission::Hold)?;
    let standing = match caller.scope.sees_holds() {
        true => service.holds().await?,
        false => Vec::new(),
    };
    let holds: Vec<Value> = standing.iter().map(shape).collect();
    Ok(as_json(StatusCode::OK, &json!({ "holds": holds })))
}

/// `POST /v1/holds`: sets a declared hold on whoever is known by an address. What
/// stands already is refused, unless it was set under the same name.
pub(crate) async fn set(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Permission::Hold)?;
    if !caller.scope.sees_holds() {
        let detail = "holds are the organisation's own";
        return Err(Problem::new(Kind::Forbidden, detail));
    }
    let name = once::name(&service, &caller, &headers, &[b"hold", &body])?;
    let mut fields = Fields::of_body(&headers, &body)?;
    let hold = fields.required("hold");
    let reason = fields.required("reason");
    let mut email = None;
    for (kind, value) in fields.texts("identities") {
        if kind == EMAIL {
            email = Some(value);
        } else {
            let place = format!("identities/{}", escaped(&kind));
            fields.wrong(&place, "a hold is set by an e-mail address");
        }
    }
    if email.is_none() {
        fields.wrong("identities/email", "it is missing");
    }
    fields.finish()?;
    let (Some(hold), Some(email), Some(reason)) = (hold, email, reason) else {
        return Err(Kind::Invalid.into());
    };
    let by = caller.actor();
    let wanted = NewHold {
        hold: &hold,
        email: &email,
        note: &reason,
    };
    let (id, replayed) = once::only(&service, name.as_ref(), async || {
        let set = service.set_hold_once(&wanted, Some(&by), name.as_ref());
        set.await.map_err(Problem::from)
    })
    .await?;
    let mut standing = service.holds().await?.into_iter();
    let set = standing.find(|one| one.id == id);
    let lifted = || Problem::new(Kind::Conflict, "it was set, and lifted since");
    let set = set.ok_or_else(lifted)?;
    Ok(mark(as_json(StatusCode::CREATED, &shape(&set)), replayed))
}

/// `POST /v1/holds/{id}/lift`: what it kept back goes on by itself.
pub(crate) async fn lift(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    caller.may(Permission::Hold)?;
    if !caller.scope.sees_holds() {
        return Err(Kind::NotFound.into());
    }
    let id: HoldId = id.parse().map_err(|_| Problem::from(Kind::NotFound))?;
    Fields::of_body(&headers, &body)?.finish()?;
    let what = [b"lift a hold".as_slice(), id.as_str().as_bytes()];
    let name = once::name(&service, &caller, &headers, &what)?;
    let by = caller.actor();
    let (_, replayed) = once::only(&service, name.as_ref(), async || {
        let lifted = service.lift_hold_once(&id, Some(&by), name.as_ref());
        lifted.await.map(|()| id.clone()).map_err(Problem::from)
    })
    .await?;
    Ok(mark(StatusCode::NO_CONTENT.into_response(), replayed))
}

fn shape(hold: &HoldView) -> Value {
    let value = hold.contact.value.expose("whoever may set holds sees them");
    json!({
        "id": hold.id,
        "hold": hold.hold,
        "identities": { &hold.contact.kind: value },
        "reason": hold.note,
        "set_at": hold.set_at,
        "set_by": hold.set_by,
    })
}
