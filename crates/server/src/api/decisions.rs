//! `POST /v1/subject-requests/{id}/…`: everything that staff can decide and do about one
//! subject request, for programs. Each call is named once, so that what is sent twice
//! happens once.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use candor_domain::api_key::Permission;
use candor_domain::clock::{ExtensionReason, Question};
use candor_domain::id::SubjectRequestId;
use candor_domain::personal::Personal;
use candor_domain::rectification::Correction;
use candor_domain::subject_request::{Ground, RefusalReason, System};

use super::access::Caller;
use super::body::Fields;
use super::problem::{Kind, Problem};
use super::requests::described;
use super::{as_json, mark, once};
use crate::service::{Decision, OnceName, Said, Service};

/// `POST …/approve`.
pub(crate) async fn approve(call: Call) -> Result<Response, Problem> {
    call.plain(Permission::Decide, "approve", Decision::Approve)
        .await
}

/// `POST …/cancel`: taken back in the person's name.
pub(crate) async fn cancel(call: Call) -> Result<Response, Problem> {
    call.plain(Permission::Decide, "cancel", Decision::Cancel)
        .await
}

/// `POST …/lift`: the end of a restriction, once the person was told.
pub(crate) async fn lift(call: Call) -> Result<Response, Problem> {
    call.plain(Permission::Decide, "lift", Decision::Lift).await
}

/// `POST …/undo`: a completed erasure, within its window.
pub(crate) async fn undo(call: Call) -> Result<Response, Problem> {
    call.plain(Permission::Decide, "undo", Decision::Undo).await
}

/// `POST …/acknowledge`: the person is told now that it arrived.
pub(crate) async fn acknowledge(call: Call) -> Result<Response, Problem> {
    call.plain(Permission::Handle, "acknowledge", Decision::Acknowledge)
        .await
}

/// `POST …/replied`: the person answered in another way.
pub(crate) async fn replied(call: Call) -> Result<Response, Problem> {
    call.plain(Permission::Handle, "replied", Decision::Replied)
        .await
}

/// `POST …/refuse`.
pub(crate) async fn refuse(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Decide, "refuse").await?;
    let reason = fields.chosen("reason", &RefusalReason::ALL, |one| one.key());
    fields.finish()?;
    let reason = reason.ok_or(Kind::Invalid)?;
    asked.decide(Decision::Refuse(reason)).await
}

/// `POST …/extend`: more time, once the person is told.
pub(crate) async fn extend(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Decide, "extend").await?;
    let reason = fields.chosen("reason", &ExtensionReason::ALL, |one| one.key());
    fields.finish()?;
    let reason = reason.ok_or(Kind::Invalid)?;
    asked.decide(Decision::Extend(reason)).await
}

/// `POST …/ask`: a question to the person, on their own page.
pub(crate) async fn ask(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Handle, "ask").await?;
    let question = fields.chosen("question", &Question::ALL, |one| one.key());
    let text = fields.kept("text").map(Personal::new);
    fields.finish()?;
    let (Some(question), Some(text)) = (question, text) else {
        return Err(Kind::Invalid.into());
    };
    asked.decide(Decision::Ask { question, text }).await
}

/// `POST …/answer`: the answer to a complaint, which goes out by mail.
pub(crate) async fn answer(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Handle, "answer").await?;
    let text = fields.kept("text").map(Personal::new);
    fields.finish()?;
    let text = text.ok_or(Kind::Invalid)?;
    asked.decide(Decision::Answer { text }).await
}

/// `POST …/task`: a task is done.
pub(crate) async fn task(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Handle, "task").await?;
    let system = system(&mut fields);
    let note = fields.kept_if_any("note").map(Personal::new);
    fields.finish()?;
    let system = system.ok_or(Kind::Invalid)?;
    asked.decide(Decision::TaskDone { system, note }).await
}

/// `POST …/reopen`: a task is not done after all.
pub(crate) async fn reopen(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Handle, "reopen").await?;
    let system = system(&mut fields);
    let reason = fields.kept("reason").map(Personal::new);
    fields.finish()?;
    let (Some(system), Some(reason)) = (system, reason) else {
        return Err(Kind::Invalid.into());
    };
    asked
        .decide(Decision::TaskReopened { system, reason })
        .await
}

/// Where a task is.
fn system(fields: &mut Fields) -> Option<System> {
    let system = fields.required("system").map(System::try_from);
    if let Some(Err(why)) = &system {
        fields.wrong("system", why);
    }
    system.and_then(Result::ok)
}

/// `POST …/retry`: a source that was stuck, once more.
pub(crate) async fn retry(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Handle, "retry").await?;
    let source = fields.required("source");
    fields.finish()?;
    let source = source.ok_or(Kind::Invalid)?;
    asked.decide(Decision::Retry { source }).await
}

/// `POST …/vouch`: it is the person, for a written reason.
pub(crate) async fn vouch(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Vouch, "vouch").await?;
    let reason = fields.kept("reason");
    fields.finish()?;
    let reason = reason.ok_or(Kind::Invalid)?;
    asked
        .settle(async |asked, once| {
            let by = asked.caller.actor();
            let vouched = asked.service.vouch(&asked.id, &by, &reason, once).await;
            vouched.map_err(Problem::from)
        })
        .await
}

/// `POST …/wish`: what the person told staff.
pub(crate) async fn wish(call: Call) -> Result<Response, Problem> {
    let (asked, mut fields) = call.asked(Permission::Handle, "wish").await?;
    let said = said(&mut fields);
    fields.finish()?;
    asked
        .settle(async |asked, once| {
            let by = asked.caller.actor();
            let taken = asked.service.say_for(&asked.id, &by, &said, once).await;
            taken.map_err(Problem::from)
        })
        .await
}

fn said(fields: &mut Fields) -> Said {
    let mut corrections = Vec::new();
    for mut one in fields.objects("corrections") {
        let what = one.required("what").unwrap_or_default();
        let was = one.text("was").map(Personal::new);
        let value = one.text("value").map(Personal::new);
        corrections.push(Correction { what, was, value });
        fields.join(one);
    }
    Said {
        purposes: fields.list("purposes"),
        ground: fields.chosen_if_any("ground", &Ground::ALL, |one| one.key()),
        text: fields.kept_if_any("text"),
        corrections,
    }
}

/// A call about one subject request, as it comes in.
pub(crate) struct Call {
    service: Service,
    caller: Caller,
    id: String,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<Service> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let caller = Extension::<Caller>::from_request_parts(&mut parts, service).await;
        let Extension(caller) = caller.map_err(IntoResponse::into_response)?;
        let id = Path::<String>::from_request_parts(&mut parts, service).await;
        let Path(id) = id.map_err(IntoResponse::into_response)?;
        let headers = parts.headers.clone();
        let body = Bytes::from_request(Request::from_parts(parts, body), service).await;
        Ok(Self {
            service: service.clone(),
            caller,
            id,
            headers,
            body: body.map_err(IntoResponse::into_response)?,
        })
    }
}

impl Call {
    /// What is asked about which subject request, of whoever may ask it.
    async fn asked(self, permission: Permission, what: &str) -> Result<(Asked, Fields), Problem> {
        self.caller.may(permission)?;
        let request = self.caller.find(&self.service, &self.id).await?;
        let fields = Fields::of_body(&self.headers, &self.body)?;
        let all = [what.as_bytes(), request.id.as_str().as_bytes(), &self.body];
        let name = once::name(&self.service, &self.caller, &self.headers, &all)?;
        let asked = Asked {
            service: self.service,
            caller: self.caller,
            id: request.id,
            name,
        };
        Ok((asked, fields))
    }

    /// Something that needs no words.
    async fn plain(
        self,
        permission: Permission,
        what: &str,
        decision: Decision,
    ) -> Result<Response, Problem> {
        let (asked, fields) = self.asked(permission, what).await?;
        fields.finish()?;
        asked.decide(decision).await
    }
}

/// Something that is asked for, at most once under its name.
struct Asked {
    service: Service,
    caller: Caller,
    id: SubjectRequestId,
    name: Option<OnceName>,
}

impl Asked {
    async fn decide(self, decision: Decision) -> Result<Response, Problem> {
        self.settle(async |asked, once| {
            let by = asked.caller.decider();
            let decided = asked.service.decide_once(&asked.id, decision, &by, once);
            decided.await.map_err(Problem::from)
        })
        .await
    }

    /// Does it, unless it was done under the same name; shows what is now.
    async fn settle(
        self,
        work: impl AsyncFnOnce(&Self, Option<&OnceName>) -> Result<(), Problem>,
    ) -> Result<Response, Problem> {
        let name = self.name.as_ref();
        let (_, replayed) = once::only(&self.service, name, async || {
            work(&self, name).await.map(|()| self.id.clone())
        })
        .await?;
        let request = self.service.required(&self.id).await?.value;
        let shown = described(&self.service, &self.caller, &request).await?;
        Ok(mark(as_json(StatusCode::OK, &shown), replayed))
    }
}
