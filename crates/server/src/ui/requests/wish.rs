//! The form in which a person says what they want beside the right, on their own
//! page or through staff; and the list of what is done by hand about it. Refuses
//! to guess: what can be chosen is what the declaration names.

use candor_domain::subject_request::{
    Ground, State, SubjectRequest, System, WishError, choices_for,
};
use candor_policy::charter::{Charter, Right};

use crate::service::{Said, TEXT_CHARS_MAX, kept_text};
use crate::ui::parts::When;
use crate::ui::words;

/// The fields of the form, as far as the right has them.
pub(crate) struct WishForm {
    pub(crate) title: &'static str,
    pub(crate) action: String,
    pub(crate) purposes: Vec<Choice>,
    pub(crate) grounds: Vec<Choice>,
    pub(crate) text: Option<TextField>,
    pub(crate) chars_max: usize,
    pub(crate) until: When,
    pub(crate) problem: Option<&'static str>,
}

/// Something to tick.
pub(crate) struct Choice {
    pub(crate) key: String,
    pub(crate) words: String,
}

/// The person's own words.
pub(crate) struct TextField {
    pub(crate) label: &'static str,
    pub(crate) hint: &'static str,
    pub(crate) required: bool,
}

/// A task as the person sees it.
pub(crate) struct TaskLine {
    pub(crate) place: String,
    pub(crate) what: &'static str,
    pub(crate) done_at: Option<When>,
}

/// Why the form comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WishProblem {
    /// It leaves open what is asked.
    Wish(WishError),
    /// The text is longer than allowed.
    TooLong,
}

impl WishProblem {
    const fn words(self) -> &'static str {
        match self {
            Self::Wish(WishError::Purpose) => "Please tick at least one use.",
            Self::Wish(WishError::UnknownPurpose) => "Please choose from the list.",
            Self::Wish(WishError::Ground) => "Please choose the reason.",
            Self::Wish(WishError::Text) => "Please write what this is about.",
            Self::TooLong => "Please write at most 2,000 characters.",
        }
    }
}

impl WishForm {
    /// The form, where a subject request waits for it.
    pub(crate) fn of(
        charter: &Charter,
        request: &SubjectRequest,
        action: String,
        problem: Option<WishProblem>,
    ) -> Option<Self> {
        let State::Unstated { expires_at } = request.state else {
            return None;
        };
        let purposes = choices_for(request.right, charter).into_iter();
        let purposes: Vec<Choice> = purposes
            .map(|name| Choice {
                key: name.to_owned(),
                words: words::purpose_words(charter, name),
            })
            .collect();
        let restricts = request.right == Right::Restriction;
        let grounds = Ground::ALL.into_iter().filter(|_| restricts);
        Some(Self {
            title: title(request.right),
            action,
            text: text_field(request.right, purposes.is_empty()),
            purposes,
            grounds: grounds
                .map(|ground| Choice {
                    key: ground.key().to_owned(),
                    words: words::ground_words(ground).to_owned(),
                })
                .collect(),
            chars_max: TEXT_CHARS_MAX,
            until: expires_at.into(),
            problem: problem.map(WishProblem::words),
        })
    }
}

/// What the form's fields say; repeated fields add up.
pub(crate) fn said(fields: &[(String, String)]) -> Result<Said, WishProblem> {
    let of = |name: &'static str| {
        let named = fields.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.as_str())
    };
    let text = match of("text").next().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(kept_text(text).ok_or(WishProblem::TooLong)?.to_owned()),
    };
    let ground = of("ground").next();
    Ok(Said {
        purposes: of("purpose").map(str::to_owned).collect(),
        ground: Ground::ALL
            .into_iter()
            .find(|known| Some(known.key()) == ground),
        text,
    })
}

/// Every task of a subject request.
pub(crate) fn task_lines(charter: &Charter, request: &SubjectRequest) -> Vec<TaskLine> {
    let tasks = request.tasks.iter();
    tasks
        .map(|(system, task)| TaskLine {
            place: place(charter, system),
            what: words::task_done_words(request.right, system),
            done_at: task.done.as_ref().map(|done| done.at.into()),
        })
        .collect()
}

fn place(charter: &Charter, system: &System) -> String {
    let place = words::task_place(charter, system);
    match system {
        System::Source(_) => format!("Our {place}"),
        System::Vendor(_) => place,
    }
}

const fn title(right: Right) -> &'static str {
    match right {
        Right::Rectification => "What should be corrected?",
        Right::Restriction => "Why should we restrict the use?",
        Right::Objection => "What do you object to?",
        Right::Withdrawal => "What do you no longer agree to?",
        _ => "What is your complaint?",
    }
}

/// The text field of a right; `alone` where nothing else says what is wanted.
const fn text_field(right: Right, alone: bool) -> Option<TextField> {
    let (label, hint, required) = match right {
        Right::Rectification => (
            "What is wrong, and what is right?",
            "As it stands now, and as it should be.",
            true,
        ),
        Right::Restriction => ("Which data, and anything else we should know", "", false),
        Right::Objection => (
            "Your reasons",
            "Not needed for advertising. For other uses we must weigh what speaks for you against what speaks for us.",
            alone,
        ),
        Right::Withdrawal if !alone => return None,
        _ => (
            "In your own words",
            "A person of our staff reads it and answers.",
            true,
        ),
    };
    Some(TextField {
        label,
        hint,
        required,
    })
}
