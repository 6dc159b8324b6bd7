//! Subject requests that people carry out: wishes, tasks, answers.

use candor_domain::clock::{Clock, limits_of};
use candor_domain::subject_request::{
    Declined, Ground, Outcome, RefusalReason, Restriction, State, SubjectRequest, System, Task,
    TaskDone, Wish,
};
use candor_policy::charter::{Approval, Right};

use super::{at, charter, erasure, moment, staff_id};
use crate::service::Texts;

fn of(right: Right, state: State) -> SubjectRequest {
    let mut request = erasure(state);
    request.right = right;
    request.approval = Approval::Automatic;
    request.clock = Clock::new(limits_of(&charter(), right), request.filed_at);
    request.history.truncate(2);
    if let Some(deadline) = request.clock.answer() {
        request.due_at = deadline.at;
    }
    request
}

/// Proved, and nothing said yet.
pub(crate) fn unstated(right: Right) -> SubjectRequest {
    of(
        right,
        State::Unstated {
            expires_at: at("2026-12-04T09:41:00Z"),
        },
    )
}

fn stated(right: Right, state: State, wish: Wish) -> SubjectRequest {
    let mut request = of(right, state);
    request.wish = Some(wish);
    moment(
        &mut request,
        "subject_request.stated",
        "2026-11-20T09:45:00Z",
    );
    if right != Right::Complaint {
        moment(
            &mut request,
            "subject_request.located",
            "2026-11-20T09:45:02Z",
        );
    }
    request
}

/// A restriction whose tasks are done but for one.
pub(crate) fn restricting() -> SubjectRequest {
    let wish = Wish {
        ground: Some(Ground::Contested),
        has_text: true,
        ..Wish::default()
    };
    let mut request = stated(Right::Restriction, State::Carrying, wish);
    moment(
        &mut request,
        "subject_request.prepared",
        "2026-11-20T09:45:03Z",
    );
    moment(
        &mut request,
        "subject_request.task_done",
        "2026-11-20T11:00:00Z",
    );
    let done = TaskDone {
        at: at("2026-11-20T11:00:00Z"),
        by: staff_id(),
    };
    request.tasks = [
        (System::Source("app".to_owned()), Task { done: Some(done) }),
        (System::Vendor("paylane".to_owned()), Task::default()),
    ]
    .into();
    request.restriction = Some(Restriction {
        since: at("2026-11-20T09:45:03Z"),
        ending: None,
        told_at: None,
        lifted_at: None,
    });
    request
}

/// The same, answered.
pub(crate) fn restricted() -> SubjectRequest {
    let mut request = restricting();
    moment(
        &mut request,
        "subject_request.task_done",
        "2026-11-20T12:00:00Z",
    );
    moment(
        &mut request,
        "subject_request.completed",
        "2026-11-20T12:00:00Z",
    );
    for task in request.tasks.values_mut() {
        task.done = Some(TaskDone {
            at: at("2026-11-20T12:00:00Z"),
            by: staff_id(),
        });
    }
    request.state = State::Completed {
        at: at("2026-11-20T12:00:01Z"),
        outcome: Outcome::Fulfilled,
    };
    request
}

/// An objection that staff weigh.
pub(crate) fn objection() -> SubjectRequest {
    let wish = Wish {
        marketing: vec!["newsletter".to_owned()],
        purposes: vec!["abuse".to_owned()],
        has_text: true,
        ..Wish::default()
    };
    stated(Right::Objection, State::Undecided, wish)
}

/// One that was granted as far as direct marketing goes.
pub(crate) fn granted_in_part() -> SubjectRequest {
    let mut request = objection();
    if let Some(wish) = &mut request.wish {
        wish.purposes.clear();
    }
    request.declined = Some(Declined {
        at: at("2026-11-20T11:00:00Z"),
        by: staff_id(),
        reason: RefusalReason::LegalException,
        purposes: vec!["abuse".to_owned()],
    });
    moment(
        &mut request,
        "subject_request.declined_in_part",
        "2026-11-20T11:00:00Z",
    );
    moment(
        &mut request,
        "subject_request.completed",
        "2026-11-20T11:00:02Z",
    );
    request.state = State::Completed {
        at: at("2026-11-20T11:00:03Z"),
        outcome: Outcome::Fulfilled,
    };
    request
}

/// A complaint, to be answered or answered.
pub(crate) fn complaint(answered: bool) -> SubjectRequest {
    let wish = Wish {
        has_text: true,
        ..Wish::default()
    };
    let mut request = stated(Right::Complaint, State::Undecided, wish);
    request.sources.clear();
    if answered {
        moment(
            &mut request,
            "subject_request.answered",
            "2026-11-21T08:00:00Z",
        );
        moment(
            &mut request,
            "subject_request.completed",
            "2026-11-21T08:00:00Z",
        );
        request.state = State::Completed {
            at: at("2026-11-21T08:00:01Z"),
            outcome: Outcome::Fulfilled,
        };
    }
    request
}

/// What was written in these samples.
pub(crate) fn texts(request: &SubjectRequest) -> Texts {
    let wrote = request.wish.as_ref().is_some_and(|wish| wish.has_text);
    let answered = request.right == Right::Complaint && request.is_over();
    let done = request.tasks.iter().filter(|(_, task)| task.done.is_some());
    let open = request.tasks.values().any(|task| task.done.is_none());
    let contact = "mireille@post.example".to_owned();
    Texts {
        corrections: Vec::new(),
        wish: wrote.then(|| "The street is <wrong> since March.".to_owned()),
        answer: answered.then(|| "You are right, and we have mended it.".to_owned()),
        notes: done
            .take(1)
            .map(|(system, _)| (system.clone(), "Flag set in the back office.".to_owned()))
            .collect(),
        contact: open.then(|| candor_domain::personal::Personal::new(contact)),
    }
}
