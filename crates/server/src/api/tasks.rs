//! `GET /v1/tasks`: everything that is to be done by hand, over all subject requests
//! that a key reaches, the nearest deadline first. Names whom a task is about to keys
//! that may do it, and only while it is open.

use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use candor_domain::api_key::Permission;
use candor_domain::subject_request::System;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::Caller;
use super::problem::{Kind, Problem};
use super::requests::{Part as List, limited, page_of};
use super::{as_json, cursor};
use crate::service::{OpenTasks, Service, TasksWanted};

/// Which part of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    kind: Option<String>,
    due_before: Option<String>,
    right: Option<String>,
    tenant: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

/// `GET /v1/tasks`.
pub(crate) async fn list(
    State(service): State<Service>,
    Extension(caller): Extension<Caller>,
    part: Result<Query<Part>, QueryRejection>,
) -> Result<Response, Problem> {
    caller.may(Permission::Read)?;
    let words = "`kind`, `due_before`, `right`, `tenant`, `after` and `limit` are understood";
    let Query(part) = part.map_err(|_| Problem::new(Kind::Malformed, words))?;
    let kind = part.kind.as_deref();
    if kind.is_some_and(|kind| !System::KINDS.contains(&kind)) {
        return Err(Problem::field("kind", "`source` or `vendor` is expected"));
    }
    let due_before = part.due_before.as_deref().map(str::parse::<Timestamp>);
    let words = "a moment is expected, such as 2026-12-01T00:00:00Z";
    let due_before = due_before.transpose();
    let due_before = due_before.map_err(|_| Problem::field("due_before", words))?;
    let limit = limited(part.limit)?;
    let list = List {
        state: None,
        right: part.right,
        tenant: part.tenant,
        after: part.after,
        limit: None,
    };
    let wanted = TasksWanted {
        page: page_of(&caller, list, limit)?,
        kind: part.kind,
        due_before,
    };
    let found = service.tasks_page(&wanted).await?;
    let names = caller.scope.allows(Permission::Handle);
    let tasks = found
        .open
        .iter()
        .flat_map(|open| shape(open, &wanted, names));
    let next = found.next.map(|(due_at, id)| cursor::at(due_at, &id));
    let tasks: Vec<Value> = tasks.collect();
    Ok(as_json(
        StatusCode::OK,
        &json!({ "tasks": tasks, "next": next }),
    ))
}

/// The tasks of one subject request that were asked for.
fn shape(open: &OpenTasks, wanted: &TasksWanted, names: bool) -> Vec<Value> {
    let request = &open.request;
    let contact = open.contact.as_ref().filter(|_| names);
    let contact = contact.map(|one| one.expose("whoever may do the task needs to know for whom"));
    let systems = request.open_tasks().filter(|system| wanted.takes(system));
    systems
        .map(|system| {
            json!({
                "system": system,
                "kind": system.kind(),
                "subject_request": request.id,
                "right": request.right.key(),
                "about": request.about,
                "tenant": request.tenant,
                "due_at": request.due_at,
                "contact": contact,
                "href": format!("/v1/subject-requests/{}", request.id),
            })
        })
        .collect()
}
