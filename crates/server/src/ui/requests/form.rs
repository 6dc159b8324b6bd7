//! Asking: the choice of rights, the form, the answer that is the same for
//! everyone, and the button that confirms. A mail scanner follows links but
//! presses no buttons, so opening the confirmation's link changes nothing.

use askama::Template;
use candor_domain::subject_request::{SubjectRequest, VERIFICATION_TIME};
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
    link_hours: i64,
    databases: String,
    staff_look: bool,
    erasure: bool,
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
            link_hours: VERIFICATION_TIME.as_hours(),
            databases: words::count_of(charter.sources.len() as u64, "database", "databases"),
            staff_look: terms.approve == Approval::Staff,
            erasure: right == Right::Erasure,
            due: terms.due().to_string(),
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

/// `/requests/sent`: the same for every address.
#[derive(Template)]
#[template(path = "requests/sent.html")]
pub(crate) struct SentPage {
    frame: Frame,
    link_hours: i64,
}

impl SentPage {
    /// The page for the charter in force.
    pub(crate) fn new(charter: &Charter) -> Self {
        Self {
            frame: Frame::personal(charter, "Please look at your mail"),
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
            staff_look: request.approval == Approval::Staff,
            filed: request.filed_at.into(),
            due: request.due_at.into(),
            action: format!("/requests/confirm/{link}"),
            stays: words::exceptions(charter, request.right),
        }
    }
}
