//! Asking: the choice of rights, the form, the answer that is the same for
//! everyone, and the button that confirms. A mail scanner follows links but
//! presses no buttons, so opening the confirmation's link changes nothing.

use askama::Template;
use candor_domain::subject_request::{SubjectRequest, VERIFICATION_TIME, needs_wish};
use candor_policy::charter::{Approval, Charter, Right};

use crate::ui::frame::{Frame, Here};
use crate::ui::parts::When;
use crate::ui::policy::{Call, OtherRight, calls, other_rights};
use crate::ui::words;

/// `/requests/new` without a right: which one?
#[derive(Template)]
#[template(path = "requests/choice.html")]
pub(crate) struct ChoicePage {
    frame: Frame,
    calls: Vec<Call>,
    others: Vec<OtherRight>,
    authority: String,
}

impl ChoicePage {
    /// The page for the charter in force.
    pub(crate) fn new(charter: &Charter) -> Self {
        Self {
            frame: Frame::public(charter, Here::Requests, "Your rights"),
            calls: calls(charter),
            others: other_rights(charter),
            authority: words::authority(&charter.organisation),
        }
    }
}

/// Why a form comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormProblem {
    /// Not an address.
    Address,
    /// Too many at once.
    TooMany,
}

/// `/requests/new?right=…`: the form.
#[derive(Template)]
#[template(path = "requests/form.html")]
pub(crate) struct FormPage {
    frame: Frame,
    key: &'static str,
    title: &'static str,
    law: &'static str,
    steps: Vec<NextStep>,
    unproved: bool,
    due: String,
    stays: Vec<String>,
    others: String,
    email: String,
    problem: Option<&'static str>,
}

impl FormPage {
    /// The form for a right; `None` where the form does not offer it.
    pub(crate) fn new(
        charter: &Charter,
        right: Right,
        email: &str,
        problem: Option<FormProblem>,
    ) -> Option<Self> {
        let call = calls(charter)
            .into_iter()
            .find(|call| call.key == right.key())?;
        let terms = charter.rights.get(&right)?;
        let title = match problem {
            Some(_) => format!("Problem: {}", call.title),
            None => call.title.to_owned(),
        };
        Some(Self {
            frame: Frame::public(charter, Here::Requests, &title),
            key: call.key,
            title: call.title,
            law: call.law,
            steps: next_steps(charter, right, terms.approve == Approval::Staff),
            unproved: right == Right::OptOut,
            due: words::answer_time(charter, right).to_string(),
            stays: words::exceptions(charter, right),
            others: terms.through.join(", "),
            email: email.to_owned(),
            problem: problem.map(|problem| match problem {
                FormProblem::Address => {
                    "This does not look like an e-mail address. It needs an @ with a domain \
                     after it, such as name@example.org."
                }
                FormProblem::TooMany => {
                    "There were too many requests just now. Please try again in an hour."
                }
            }),
        })
    }
}

/// What happens after the form was sent.
struct NextStep {
    title: &'static str,
    words: String,
}

/// Everything that will happen, in order.
fn next_steps(charter: &Charter, right: Right, approved_by_staff: bool) -> Vec<NextStep> {
    let step = |title, words: &str| NextStep {
        title,
        words: words.to_owned(),
    };
    let mut steps = Vec::new();
    if right == Right::OptOut {
        let words =
            "We ask for no proof of who you are, and send the owner of this address a mail.";
        steps.push(step("We begin at once.", words));
    } else {
        let hours = VERIFICATION_TIME.as_hours();
        let words = format!(
            "It has a link that works for {hours} hours. You get the same answer here whether or not we know the address."
        );
        steps.push(step("We send a mail to this address.", &words));
        let words = "This shows us that the address is yours; we ask for no identity card.";
        steps.push(step("You open the link and press the button.", words));
    }
    if needs_wish(right) {
        let words = "On a page that only you have the link to. What you write is sealed.";
        steps.push(step("You tell us what you want.", words));
    }
    if right == Right::Complaint {
        let words = "By mail, and on your page.";
        steps.push(step("A person of our staff reads it and answers.", words));
        return steps;
    }
    let words = match charter.sources.len() {
        1 => "In our one database.".to_owned(),
        many => format!("In each of our {many} databases."),
    };
    steps.push(step("We look for your data.", &words));
    let weighs = matches!(right, Right::Rectification | Right::Objection);
    if weighs || (approved_by_staff && !matches!(right, Right::Withdrawal | Right::OptOut)) {
        let words = match right {
            Right::Objection => {
                "Only to weigh uses other than advertising: advertising ends in any case."
            }
            Right::Rectification => "What you wrote, beside what it changes.",
            _ => "Tables and numbers, not your data.",
        };
        steps.push(step("Our staff look at it.", words));
    }
    steps.extend(carried_out(right));
    steps
}

/// How it ends.
fn carried_out(right: Right) -> Vec<NextStep> {
    let step = |title, words: &str| NextStep {
        title,
        words: words.to_owned(),
    };
    match right {
        Right::Access => vec![
            step(
                "We make one package of everything:",
                "pages to read, and JSON and CSV for programs.",
            ),
            step(
                "You fetch it",
                "from a page only you have the link to, and get a receipt that anyone can check.",
            ),
        ],
        Right::Portability => vec![
            step(
                "We make one package for programs:",
                "what you gave us or we observed, under your consent or our contract, as JSON and CSV.",
            ),
            step(
                "You fetch it",
                "from a page only you have the link to, and get a receipt that anyone can check.",
            ),
        ],
        Right::Erasure => vec![
            step(
                "We erase it,",
                "search every database again for what should be gone, and tell whoever received it from us.",
            ),
            step(
                "You get a receipt",
                "by mail that anyone can check without trusting us.",
            ),
        ],
        Right::Restriction => vec![
            step(
                "We mark it, and tell whoever received it from us.",
                "From then on it is only stored.",
            ),
            step(
                "You get a receipt,",
                "and a mail before the restriction ends.",
            ),
        ],
        Right::Rectification => vec![
            step(
                "We correct it, and tell whoever received it from us.",
                "Your page shows where.",
            ),
            step(
                "You get a receipt",
                "by mail that anyone can check without trusting us.",
            ),
        ],
        _ => vec![
            step(
                "We stop the use, and have others stop it.",
                "Your page shows where.",
            ),
            step(
                "You get a receipt",
                "by mail that anyone can check without trusting us.",
            ),
        ],
    }
}

/// `/requests/sent`: the same for every address.
#[derive(Template)]
#[template(path = "requests/sent.html")]
pub(crate) struct SentPage {
    frame: Frame,
    link_hours: i64,
    /// It has begun: nothing has to be confirmed.
    begun: bool,
}

impl SentPage {
    /// The page for the charter in force.
    pub(crate) fn new(charter: &Charter, right: Option<Right>) -> Self {
        Self {
            frame: Frame::personal(charter, "Please look at your mail"),
            begun: right == Some(Right::OptOut),
            link_hours: VERIFICATION_TIME.as_hours(),
        }
    }
}

/// `/requests/confirm/{link}`: one button.
#[derive(Template)]
#[template(path = "requests/confirm.html")]
pub(crate) struct ConfirmPage {
    frame: Frame,
    title: &'static str,
    erasure: bool,
    next: &'static str,
    button: &'static str,
    staff_look: bool,
    filed: When,
    due: When,
    action: String,
    stays: Vec<String>,
}

impl ConfirmPage {
    /// The page of a subject request that waits to be confirmed.
    pub(crate) fn new(charter: &Charter, request: &SubjectRequest, link: &str) -> Self {
        Self {
            frame: Frame::personal(charter, "Confirm your request"),
            title: words::right_title(request.right),
            erasure: request.right == Right::Erasure,
            next: next(request.right),
            button: button(request.right),
            staff_look: request.staff_decide(),
            filed: request.filed_at.into(),
            due: request.due_at.into(),
            action: format!("/requests/confirm/{link}"),
            stays: words::exceptions(charter, request.right),
        }
    }
}

/// The page that asks whether a new address is the person's, and thanks. It
/// shows nothing of the subject request but when it came: whoever reads mail at
/// that address need not be the person.
#[derive(Template)]
#[template(path = "requests/contact.html")]
pub(crate) struct ContactPage {
    frame: Frame,
    filed: When,
    action: Option<String>,
}

impl ContactPage {
    /// Asks with a link, thanks without one.
    pub(crate) fn new(charter: &Charter, request: &SubjectRequest, link: Option<&str>) -> Self {
        Self {
            frame: Frame::personal(charter, "Your new address"),
            filed: request.filed_at.into(),
            action: link.map(|link| format!("/requests/contact/{link}")),
        }
    }
}

/// What the button does, where it doesn't erase.
const fn next(right: Right) -> &'static str {
    match right {
        Right::Access | Right::Portability => {
            "We then gather it, and tell you by mail when it is ready."
        }
        Right::OptOut => {
            "We then stop selling and sharing it, and tell you by mail when that is done."
        }
        _ => "You then tell us on your own page what exactly you want.",
    }
}

const fn button(right: Right) -> &'static str {
    match right {
        Right::Erasure => "Yes, erase my data",
        Right::Access | Right::Portability => "Yes, gather my data",
        _ => "Yes, it was me",
    }
}
