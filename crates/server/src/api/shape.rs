//! Subject requests as JSON. Field names are a promise to programs: they are added
//! to, never changed. Holds ids, times, counts and names from the declaration.

use candor_domain::bulk::{BulkFile, FileDecision, JointDecision};
use candor_domain::subject_request::{Ground, Proof, State, SubjectRequest};
use serde_json::{Map, Value, json};

use crate::bulk::FileWaiting;
use crate::service::{Conversation, Texts};

/// What a key that may fetch packages learns beside it.
pub(super) struct Beside {
    /// Whether there is a package now.
    pub(super) package: bool,
    /// Address of the person's page: whoever has it sees what the person sees.
    pub(super) page: String,
}

/// What a key learns that may do what staff do: words of people.
pub(super) struct Words {
    /// What was written.
    pub(super) texts: Texts,
    /// What the person was asked, and answered.
    pub(super) conversation: Conversation,
    /// Why somebody vouched.
    pub(super) vouched: Option<String>,
}

/// A subject request in a list.
pub(super) fn line(request: &SubjectRequest) -> Map<String, Value> {
    let (outcome, reason) = match &request.state {
        State::Completed { outcome, .. } | State::Closing { outcome } => (json!(outcome), None),
        State::Refused { reason, .. } => (Value::Null, Some(reason.key())),
        _ => (Value::Null, None),
    };
    let fields = [
        ("id", json!(request.id)),
        ("right", json!(request.right.key())),
        ("about", json!(request.about)),
        ("tenant", json!(request.tenant)),
        ("state", json!(request.state_key())),
        ("outcome", outcome),
        ("refused_because", json!(reason)),
        ("channel", json!(request.channel.key())),
        ("proved_by", json!(request.proof.as_ref().map(Proof::key))),
        ("filed_at", json!(request.filed_at)),
        ("verified_at", json!(request.clock.verified_at)),
        ("due_at", json!(request.due_at)),
        ("answered_at", json!(request.answered_at())),
        (
            "href",
            json!(format!("/v1/subject-requests/{}", request.id)),
        ),
    ];
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
}

/// A subject request by itself.
pub(super) fn whole(
    request: &SubjectRequest,
    beside: Option<&Beside>,
    words: Option<&Words>,
) -> Map<String, Value> {
    let mut fields = line(request);
    let grades = request.grades();
    let sources: Map<String, Value> = request
        .sources
        .iter()
        .map(|(name, progress)| {
            let one = json!({
                "stage": progress.stage,
                "planned": progress.preview.effects,
                "done": progress.effects,
                "residue": progress.residue,
                "obstacles": progress.preview.obstacles,
                "grade": grades.get(name.as_str()),
                "replicas": progress.replicas,
            });
            (name.clone(), one)
        })
        .collect();
    let history: Vec<Value> = request
        .history
        .iter()
        .map(|moment| json!({ "at": moment.at, "kind": moment.kind, "by": moment.by }))
        .collect();
    fields.insert("charter".to_owned(), json!(request.charter));
    fields.insert("sources".to_owned(), Value::Object(sources));
    fields.insert("waiting".to_owned(), json!(request.waiting));
    fields.insert("history".to_owned(), Value::Array(history));
    fields.insert("undo".to_owned(), undo(request));
    fields.extend(by_hand(request));
    if let Some(beside) = beside {
        let package = format!("/v1/subject-requests/{}/package", request.id);
        let package = beside.package.then_some(package);
        fields.insert("package".to_owned(), json!(package));
        fields.insert("page".to_owned(), json!(beside.page));
    }
    if let Some(words) = words {
        fields.insert("words".to_owned(), written(words));
    }
    fields
}

/// How it can be undone, and what came back.
fn undo(request: &SubjectRequest) -> Value {
    request.undo.as_ref().map_or(Value::Null, |undo| {
        json!({
            "until": undo.until,
            "asked_at": undo.asked.as_ref().map(|asked| asked.at),
            "undone": request.is_undone(),
            "ended_at": undo.ended_at,
            "returned": undo.returned,
        })
    })
}

/// What is wished and what people have to do about it, as far as it is not personal.
fn by_hand(request: &SubjectRequest) -> [(String, Value); 5] {
    let wish = request.wish.as_ref().map(|wish| {
        json!({
            "purposes": wish.marketing.iter().chain(&wish.purposes).collect::<Vec<_>>(),
            "ground": wish.ground.map(Ground::key),
            "corrections": wish.corrections,
            "has_text": wish.has_text,
        })
    });
    let tasks = request.tasks.iter().map(|(system, task)| {
        let done = task.done.as_ref();
        json!({
            "system": system,
            "done_at": done.map(|done| done.at),
            "done_by": done.map(|done| &done.by),
        })
    });
    let extension = request.clock.extension.as_ref().map(|one| {
        json!({ "reason": one.reason.key(), "decided_at": one.decided_at, "told_at": one.told_at })
    });
    let question = request.clock.pause.as_ref().map(|one| {
        json!({
            "about": one.question.key(),
            "asked_at": one.asked_at,
            "ended_at": one.ended_at,
        })
    });
    let restriction = request.restriction.as_ref();
    let restricted = restriction.filter(|_| request.restricts());
    [
        ("wish".to_owned(), json!(wish)),
        ("tasks".to_owned(), tasks.collect()),
        ("extension".to_owned(), json!(extension)),
        ("question".to_owned(), json!(question)),
        (
            "restricted_since".to_owned(),
            json!(restricted.map(|one| one.since)),
        ),
    ]
}

fn written(words: &Words) -> Value {
    const REASON: &str = "whoever does what staff do sees what was written";
    let Words {
        texts,
        conversation,
        vouched,
    } = words;
    let corrections = texts.corrections.iter().map(|one| {
        json!({
            "what": one.what,
            "was": one.was.as_ref().map(|was| was.expose(REASON)),
            "value": one.value.as_ref().map(|value| value.expose(REASON)),
        })
    });
    let notes = texts.notes.iter();
    let notes: Map<String, Value> = notes
        .map(|(system, note)| (system.to_string(), json!(note)))
        .collect();
    json!({
        "wish": texts.wish,
        "corrections": corrections.collect::<Vec<_>>(),
        "question": conversation.question,
        "reply": conversation.reply,
        "answer": texts.answer,
        "notes": notes,
        "vouched": vouched,
        "contact": texts.contact.as_ref().map(|contact| contact.expose(REASON)),
    })
}

/// What of a file waits for a decision, and what was decided last.
pub(super) fn file_waiting(file: &BulkFile, waiting: &FileWaiting) -> Value {
    let rights = waiting.rights.iter();
    let rights: Map<String, Value> = rights
        .map(|(right, count)| (right.key().to_owned(), json!(count)))
        .collect();
    json!({
        "waiting": waiting.count(),
        "rights": rights,
        "planned": waiting.planned,
        "obstructed": waiting.obstructed,
        "due_at": waiting.due_at,
        "decision": file.decision.as_ref().map(file_decision),
    })
}

fn file_decision(decision: &FileDecision) -> Value {
    let reason = match decision.what {
        JointDecision::Approve => None,
        JointDecision::Refuse(reason) => Some(reason.key()),
    };
    json!({
        "decision": if reason.is_some() { "refuse" } else { "approve" },
        "reason": reason,
        "by": decision.by,
        "at": decision.at,
        "ended_at": decision.ended_at,
        "decided": decision.decided,
        "left": decision.left,
    })
}

/// A file of many subject requests.
pub(super) fn bulk_file(file: &BulkFile) -> Value {
    let rights: Map<String, Value> = file
        .found
        .rights
        .iter()
        .map(|(right, rows)| (right.key().to_owned(), json!(rows)))
        .collect();
    let faults = file.found.faults.iter();
    let faults: Vec<Value> = faults
        .map(|fault| json!({ "line": fault.line, "column": fault.column, "detail": fault.why }))
        .collect();
    json!({
        "id": file.id,
        "state": file.stage.key(),
        "tenant": file.tenant,
        "rows": file.found.rows,
        "good": file.found.good(),
        "bad": file.found.bad,
        "repeated": file.found.repeated,
        "open": file.found.open,
        "rights": rights,
        "faults": faults,
        "same_as": file.same_as,
        "decision": file.decision.as_ref().map(file_decision),
        "filed": file.outcome.filed,
        "attached": file.outcome.attached,
        "failed": file.outcome.failed,
        "left_out": file.outcome.left_out,
        "created_at": file.created_at,
        "confirmed_at": file.confirmed_at,
        "ended_at": file.ended_at,
        "expires_at": file.expires_at,
        "href": format!("/v1/subject-requests/bulk/{}", file.id),
        "report": format!("/v1/subject-requests/bulk/{}/report", file.id),
    })
}
