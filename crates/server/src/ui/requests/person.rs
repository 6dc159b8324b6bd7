//! `/requests/{link}`: one subject request as its person sees it. Everything
//! comes from its own record; what is not done yet is said in the future.

use askama::Template;
use candor_domain::plan::{Action, TableEffect};
use candor_domain::subject_request::{Outcome, Stage, State, SubjectRequest};
use candor_policy::charter::{Approval, Charter, Right};
use jiff::Timestamp;

use crate::service::{Conversation, TEXT_CHARS_MAX};
use crate::ui::frame::Frame;
use crate::ui::parts::{Deadline, Reasons, When};
use crate::ui::words;

/// The person's page.
#[derive(Template)]
#[template(path = "requests/person.html")]
pub(crate) struct PersonView {
    frame: Frame,
    title: &'static str,
    law: &'static str,
    headline: String,
    explanation: String,
    filed: When,
    deadline: Option<Deadline>,
    reasons: Option<Reasons>,
    question: Option<Asked>,
    reply: Option<String>,
    waiting: Vec<Wait>,
    steps: Vec<Step>,
    stays_title: &'static str,
    stays: Vec<Staying>,
    rows_title: &'static str,
    rows: Vec<Held>,
    package: Option<Download>,
    receipt: Option<Download>,
    verifier_key: String,
    erased: bool,
    authority: String,
    number: String,
    charter: String,
}

struct Download {
    href: String,
    until: Option<When>,
}

/// What the person is asked now.
struct Asked {
    why: &'static str,
    text: String,
    action: String,
    chars_max: usize,
}

/// What a subject request waits for.
struct Wait {
    source: String,
    since: When,
}

/// One step of the way. `stage` is `done`, `now`, `stopped` or `to-come`.
struct Step {
    title: &'static str,
    stage: &'static str,
    stage_words: &'static str,
    at: Option<When>,
}

/// Rows that are copied or go.
struct Held {
    what: String,
    rows: String,
}

/// Rows that stay.
struct Staying {
    what: String,
    rows: String,
    how: &'static str,
    why: String,
}

/// What the service knows beside the subject request itself.
pub(crate) struct Beside<'a> {
    pub(crate) link: &'a str,
    pub(crate) package: bool,
    pub(crate) receipt: bool,
    pub(crate) verifier_key: String,
    pub(crate) conversation: Conversation,
    pub(crate) now: Timestamp,
}

impl PersonView {
    /// The page of a subject request.
    pub(crate) fn new(charter: &Charter, request: &SubjectRequest, beside: Beside<'_>) -> Self {
        let title = words::right_title(request.right);
        let (headline, explanation) = standing(request);
        let done = request.answered_at().is_some();
        let download = |what: &str| format!("/requests/{}/{what}", beside.link);
        Self {
            frame: Frame::personal(charter, title),
            title,
            law: words::right_law(request.right),
            headline,
            explanation,
            filed: request.filed_at.into(),
            deadline: (!request.is_over()).then(|| Deadline::of(request, beside.now)),
            reasons: Reasons::of(request),
            question: request
                .clock
                .pause
                .as_ref()
                .filter(|_| words::is_asked(request))
                .map(|pause| Asked {
                    why: words::question_words(pause.question),
                    text: beside.conversation.question.unwrap_or_default(),
                    action: download("reply"),
                    chars_max: TEXT_CHARS_MAX,
                }),
            reply: beside.conversation.reply,
            waiting: request
                .waiting
                .iter()
                .filter(|_| request.is_open())
                .map(|(source, waiting)| Wait {
                    source: source.clone(),
                    since: waiting.since.into(),
                })
                .collect(),
            steps: steps(request),
            stays_title: if done {
                "What stays, and why"
            } else {
                "What will stay, and why"
            },
            stays: staying(charter, request),
            rows_title: match (request.right, done) {
                (Right::Access, true) => "What is in it",
                (Right::Access, false) => "What was found",
                (_, true) => "What was deleted",
                (_, false) => "What will be deleted",
            },
            rows: held(charter, request),
            package: beside.package.then(|| Download {
                href: download("package"),
                until: Some(words::package_until(request).into()),
            }),
            receipt: beside.receipt.then(|| Download {
                href: download("receipt"),
                until: None,
            }),
            verifier_key: beside.verifier_key,
            erased: done && request.right == Right::Erasure,
            authority: words::authority(&charter.organisation),
            number: request.id.to_string(),
            charter: request.charter.0.clone(),
        }
    }
}

/// Where it stands, as a heading and a sentence.
fn standing(request: &SubjectRequest) -> (String, String) {
    let access = request.right == Right::Access;
    let (headline, explanation) = match &request.state {
        State::Unverified { .. } => (
            "Waiting for you",
            "Please open the mail we sent and press the button behind its link.",
        ),
        State::Locating => (
            "We are looking for your data",
            "We look in every database we declare.",
        ),
        State::Undecided if words::is_asked(request) => (
            "We have a question",
            "Please answer it on this page, so that we can go on.",
        ),
        State::Undecided => (
            "Our staff look at the plan",
            "They see what will happen in numbers, not your data. They approve it, or refuse it with a reason.",
        ),
        State::Preparing | State::Carrying if access => (
            "We are gathering your data",
            "Every database adds its part to one package.",
        ),
        State::Preparing | State::Carrying => (
            "Your data is being erased",
            "Each database is searched again afterwards, independently of what erased it.",
        ),
        State::Closing { .. } => ("Nearly done", "The receipt is being made."),
        State::Completed {
            outcome: Outcome::NothingHeld,
            ..
        } => (
            "We hold nothing about you",
            "We looked in every database we declare.",
        ),
        State::Completed { .. } if access => (
            "Your data is ready",
            "You asked for a copy, and here it is.",
        ),
        State::Completed { .. } => (
            "Your data is erased",
            "We searched again afterwards, and what had to go is gone.",
        ),
        State::Refused { reason, .. } => ("Your request is refused", words::refusal_words(*reason)),
        State::Lapsed { .. } => (
            "This request has lapsed",
            "Nobody confirmed it in time, so nothing was done. You can ask again.",
        ),
        State::Cancelled { .. } => (
            "This request was taken back",
            "Nothing was done. You can ask again.",
        ),
    };
    (headline.to_owned(), explanation.to_owned())
}

/// The steps of the way, from the record of what happened.
fn steps(request: &SubjectRequest) -> Vec<Step> {
    let access = request.right == Right::Access;
    let nothing = matches!(
        request.state,
        State::Completed {
            outcome: Outcome::NothingHeld,
            ..
        } | State::Closing {
            outcome: Outcome::NothingHeld
        }
    );
    let mut way: Vec<(&'static str, &[&str], bool)> = vec![
        ("Request received", &["subject_request.filed"], true),
        (
            "Address confirmed",
            &["subject_request.verified"],
            past(request, "subject_request.verified"),
        ),
        (
            "Data looked for",
            &["subject_request.located"],
            past(request, "subject_request.located"),
        ),
    ];
    if request.approval == Approval::Staff && !nothing {
        let decided: &[&str] = &["subject_request.approved", "subject_request.refused"];
        way.push((
            "Plan looked at by staff",
            decided,
            past(request, "subject_request.approved"),
        ));
    }
    if access && !nothing {
        way.push((
            "Data gathered",
            &["subject_request.packaged"],
            past(request, "subject_request.packaged"),
        ));
    } else if !nothing {
        let every = |stages: &[Stage]| {
            !request.sources.is_empty()
                && request
                    .sources
                    .values()
                    .all(|source| stages.contains(&source.stage))
        };
        let erased = every(&[Stage::Erased, Stage::Verified, Stage::Stuck]);
        way.push(("Data erased", &["subject_request.erased"], erased));
        way.push((
            "Searched again, nothing found",
            &["subject_request.verified_absent"],
            every(&[Stage::Verified]),
        ));
    }
    way.push((
        "Answered",
        &[],
        matches!(request.state, State::Completed { .. }),
    ));
    let stopped = matches!(
        request.state,
        State::Refused { .. } | State::Lapsed { .. } | State::Cancelled { .. }
    );
    in_order(request, &way, stopped)
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

/// Counts by source and table: what was done where it is done, the plan before.
fn effects(request: &SubjectRequest) -> impl Iterator<Item = (&str, &TableEffect, bool)> {
    request.sources.iter().flat_map(|(source, progress)| {
        let done = !progress.effects.is_empty();
        let effects = if done {
            &progress.effects
        } else {
            &progress.preview.effects
        };
        let with_rows = effects.iter().filter(|effect| effect.rows > 0);
        with_rows.map(move |effect| (source.as_str(), effect, done))
    })
}

/// `true` where the person's rows go, or are only copied.
fn goes(request: &SubjectRequest, effect: &TableEffect) -> bool {
    request.right == Right::Access || effect.action == Action::Delete
}

fn held(charter: &Charter, request: &SubjectRequest) -> Vec<Held> {
    effects(request)
        .filter(|(_, effect, _)| goes(request, effect))
        .map(|(source, effect, _)| Held {
            what: words::effect_label(charter, source, effect),
            rows: words::count_of(effect.rows, "row", "rows"),
        })
        .collect()
}

fn staying(charter: &Charter, request: &SubjectRequest) -> Vec<Staying> {
    effects(request)
        .filter(|(_, effect, _)| !goes(request, effect))
        .map(|(source, effect, done)| Staying {
            what: words::effect_label(charter, source, effect),
            rows: words::count_of(effect.rows, "row", "rows"),
            how: if done {
                words::action_done(effect.action)
            } else {
                words::action_planned(effect.action)
            },
            why: effect
                .because
                .as_ref()
                .map(|rule| words::stays_because(charter, rule))
                .unwrap_or_default(),
        })
        .collect()
}
