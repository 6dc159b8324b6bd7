//! The way of a subject request, step by step, from the record of what happened.
//! What is not done yet is said in the future.

use candor_domain::subject_request::{Outcome, Stage, State, SubjectRequest, needs_wish};
use candor_policy::charter::Right;

use crate::ui::parts::When;

/// One step of the way. `stage` is `done`, `now`, `stopped` or `to-come`.
pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) stage: &'static str,
    pub(super) stage_words: &'static str,
    pub(super) at: Option<When>,
}

type Way = Vec<(&'static str, &'static [&'static str], bool)>;

/// The steps of the way, from the record of what happened.
pub(super) fn steps(request: &SubjectRequest) -> Vec<Step> {
    let mut way: Way = vec![("Request received", &["subject_request.filed"], true)];
    // Who opts out is asked for no proof.
    if request.right != Right::OptOut {
        let proved = past(request, "subject_request.verified");
        way.push(("Address confirmed", &["subject_request.verified"], proved));
    }
    if needs_wish(request.right) {
        let said = request.wish.is_some();
        way.push((
            "You told us what you want",
            &["subject_request.stated"],
            said,
        ));
    }
    if request.right == Right::Complaint {
        let looked_at = past(request, "subject_request.answered");
        let kinds: &[&str] = &["subject_request.answered", "subject_request.refused"];
        way.push(("Looked into by staff", kinds, looked_at));
    } else {
        let located = past(request, "subject_request.located");
        way.push(("Data looked for", &["subject_request.located"], located));
        if !holds_nothing(request) {
            way.extend(carrying_out(request));
        }
    }
    let answered = matches!(request.state, State::Completed { .. });
    way.push(("Answered", &[], answered));
    let stopped = matches!(
        request.state,
        State::Refused { .. } | State::Lapsed { .. } | State::Cancelled { .. }
    );
    in_order(request, &way, stopped)
}

const fn holds_nothing(request: &SubjectRequest) -> bool {
    matches!(
        request.state,
        State::Completed {
            outcome: Outcome::NothingHeld,
            ..
        } | State::Closing {
            outcome: Outcome::NothingHeld
        }
    )
}

/// What is done with what was found.
fn carrying_out(request: &SubjectRequest) -> Way {
    let mut way = Way::new();
    if request.staff_decide() {
        let decided: &[&str] = &[
            "subject_request.approved",
            "subject_request.declined_in_part",
            "subject_request.refused",
        ];
        let approved = past(request, "subject_request.approved")
            || past(request, "subject_request.declined_in_part");
        let by_whom = match request.tenant {
            None => "Plan looked at by staff",
            Some(_) => "Plan looked at by the company whose user you are",
        };
        way.push((by_whom, decided, approved));
    }
    let every = |stages: &[Stage]| {
        let mut sources = request.sources.values();
        !request.sources.is_empty() && sources.all(|source| stages.contains(&source.stage))
    };
    match request.right {
        Right::Access | Right::Portability => {
            let packaged = past(request, "subject_request.packaged");
            way.push(("Data gathered", &["subject_request.packaged"], packaged));
        }
        Right::Erasure => {
            let erased = every(&[Stage::Erased, Stage::Verified, Stage::Stuck]);
            way.push(("Data erased", &["subject_request.erased"], erased));
            way.push((
                "Searched again, nothing found",
                &["subject_request.verified_absent"],
                every(&[Stage::Verified]),
            ));
        }
        _ => {
            let completed = past(request, "subject_request.completed");
            way.push((
                "Carried out everywhere",
                &["subject_request.task_done", "subject_request.prepared"],
                completed,
            ));
        }
    }
    way
}

fn past(request: &SubjectRequest, kind: &str) -> bool {
    request.history.iter().any(|moment| moment.kind == kind)
}

/// The first step that is not done is the present one, or where it stopped.
fn in_order(
    request: &SubjectRequest,
    way: &[(&'static str, &[&str], bool)],
    stopped: bool,
) -> Vec<Step> {
    let present = way
        .iter()
        .position(|(_, _, done)| !done)
        .unwrap_or(way.len());
    let step = |(index, (title, kinds, _)): (usize, &(&'static str, &[&str], bool))| {
        let latest = request
            .history
            .iter()
            .rev()
            .find(|moment| kinds.contains(&moment.kind.as_str()));
        let at = if kinds.is_empty() {
            request.answered_at()
        } else {
            latest.map(|moment| moment.at)
        };
        let (stage, stage_words) = match index.cmp(&present) {
            std::cmp::Ordering::Less => ("done", "done"),
            std::cmp::Ordering::Equal if stopped => ("stopped", "ended here"),
            std::cmp::Ordering::Equal => ("now", "now"),
            std::cmp::Ordering::Greater => ("to-come", "to come"),
        };
        Step {
            title,
            stage,
            stage_words,
            at: at
                .filter(|_| stage == "done" || stage == "stopped")
                .map(When::from),
        }
    };
    let steps = way.iter().enumerate().map(step);
    steps
        .take(if stopped { present + 1 } else { way.len() })
        .collect()
}
