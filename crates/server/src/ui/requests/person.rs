//! `/requests/{link}`: one subject request as its person sees it. Everything
//! comes from its own record; what is not done yet is said in the future.

use askama::Template;
use candor_domain::plan::{Action, TableEffect};
use candor_domain::subject_request::SubjectRequest;
use candor_policy::charter::{Charter, Right};
use jiff::Timestamp;

use super::standing::standing;
use super::steps::{Step, steps};
use super::wish::{CorrectionLine, TaskLine, WishForm, WishProblem, correction_lines, task_lines};
use crate::service::{Conversation, TEXT_CHARS_MAX, Texts};
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
    headline: &'static str,
    explanation: &'static str,
    filed: When,
    deadline: Option<Deadline>,
    reasons: Option<Reasons>,
    question: Option<Asked>,
    reply: Option<String>,
    form: Option<WishForm>,
    wished: Vec<String>,
    corrections: Vec<CorrectionLine>,
    wish_text: Option<String>,
    answer: Option<String>,
    declined: Option<Refusal>,
    tasks: Vec<TaskLine>,
    waiting: Vec<Wait>,
    steps: Vec<Step>,
    stays_title: &'static str,
    stays: Vec<Staying>,
    rows_title: &'static str,
    rows: Vec<Held>,
    package: Option<Download>,
    receipt: Option<Download>,
    /// Where it is taken back, while it can be.
    cancel: Option<String>,
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

/// What staff went on with, and why.
struct Refusal {
    purposes: Vec<String>,
    reason: &'static str,
}

/// What a subject request waits for.
struct Wait {
    source: String,
    since: When,
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
    pub(crate) texts: Texts,
    pub(crate) problem: Option<WishProblem>,
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
            form: WishForm::of(charter, request, download("wish"), beside.problem),
            wished: words::wish_words(charter, request),
            corrections: correction_lines(&beside.texts.corrections),
            wish_text: beside.texts.wish,
            answer: beside.texts.answer,
            declined: refusal(charter, request),
            tasks: task_lines(charter, request),
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
            rows_title: rows_title(request.right, done),
            rows: held(charter, request),
            package: beside.package.then(|| Download {
                href: download("package"),
                until: Some(words::package_until(request).into()),
            }),
            cancel: request.can_be_cancelled().then(|| download("cancel")),
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

fn refusal(charter: &Charter, request: &SubjectRequest) -> Option<Refusal> {
    let declined = request.declined.as_ref()?;
    let purposes = declined.purposes.iter();
    Some(Refusal {
        purposes: purposes
            .map(|name| words::purpose_words(charter, name))
            .collect(),
        reason: words::refusal_words(declined.reason),
    })
}

const fn rows_title(right: Right, done: bool) -> &'static str {
    match (right, done) {
        (Right::Access | Right::Portability, true) => "What is in it",
        (Right::Erasure, true) => "What was deleted",
        (Right::Erasure, false) => "What will be deleted",
        _ => "What was found",
    }
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
    request.right != Right::Erasure || effect.action == Action::Delete
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
