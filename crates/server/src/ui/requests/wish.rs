//! The form in which a person says what they want beside the right, on their own
//! page or through staff; and the list of what is done by hand about it. Refuses
//! to guess: what can be chosen is what the declaration names.

use candor_domain::personal::Personal;
use candor_domain::rectification::{self, Correction, VALUE_CHARS_MAX};
use candor_domain::subject_request::{
    Ground, State, SubjectRequest, System, WishError, choices_for,
};
use candor_policy::charter::{Charter, Right};

use crate::service::{Said, TEXT_CHARS_MAX, Texts, kept_text};
use crate::ui::parts::When;
use crate::ui::words;

/// The fields of the form, as far as the right has them.
pub(crate) struct WishForm {
    pub(crate) title: &'static str,
    pub(crate) action: String,
    pub(crate) purposes: Vec<Choice>,
    pub(crate) grounds: Vec<Choice>,
    /// What can be put right.
    pub(crate) corrections: Vec<Choice>,
    /// As many as can be put right at once on this form.
    pub(crate) lines: std::ops::Range<usize>,
    pub(crate) value_chars_max: usize,
    pub(crate) text: Option<TextField>,
    pub(crate) chars_max: usize,
    /// When it is forgotten; `None` where staff take other values in.
    pub(crate) until: Option<When>,
    pub(crate) problem: Option<&'static str>,
    /// What its button says.
    pub(crate) send: &'static str,
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

/// What is to be put right, as whoever decides and the person see it.
pub(crate) struct CorrectionLine {
    pub(crate) what: String,
    pub(crate) was: Option<String>,
    pub(crate) value: String,
}

/// What the person wants, as whoever decides sees it.
pub(crate) struct Wished {
    /// Uses, and the reason.
    pub(crate) uses: Vec<String>,
    /// What is to be put right.
    pub(crate) corrections: Vec<CorrectionLine>,
    /// In their own words.
    pub(crate) text: Option<String>,
}

impl Wished {
    /// Of a subject request, with as much of its texts as may be seen.
    pub(crate) fn of(charter: &Charter, request: &SubjectRequest, texts: &Texts) -> Self {
        Self {
            uses: words::wish_words(charter, request),
            corrections: correction_lines(&texts.corrections),
            text: texts.wish.clone(),
        }
    }
}

/// Corrections in words.
pub(crate) fn correction_lines(corrections: &[Correction]) -> Vec<CorrectionLine> {
    let shown = |value: &Personal<String>| {
        value
            .expose("whoever decides, and the person, see what is to be put right")
            .clone()
    };
    let lines = corrections.iter().map(|one| CorrectionLine {
        what: words::category_words(&one.what),
        was: one.was.as_ref().map(shown),
        value: one.value.as_ref().map(shown).unwrap_or_default(),
    });
    lines.collect()
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
            Self::Wish(WishError::Correction) => {
                "Please choose from the list; for anything else, use your own words."
            }
            Self::Wish(WishError::Value) => {
                "Please write each value as it should be: one for each line that you chose, in at most 1,000 characters."
            }
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
        let until = Some(expires_at.into());
        Some(Self::open(charter, request, action, (until, problem)))
    }

    /// The same for staff, who can also name single columns, and take in other
    /// values where a source doesn't take those that were asked for.
    pub(crate) fn for_staff(
        charter: &Charter,
        request: &SubjectRequest,
        action: String,
        problem: Option<WishProblem>,
    ) -> Option<Self> {
        let until = match request.state {
            State::Unstated { expires_at } => Some(expires_at.into()),
            State::Undecided if request.right == Right::Rectification => None,
            _ => return None,
        };
        let mut form = Self::open(charter, request, action, (until, problem));
        form.title = "What the person told you";
        form.send = "Take it in";
        if request.right == Right::Rectification {
            let places = rectification::places(charter, &request.about).into_iter();
            form.corrections.extend(places.map(|place| {
                let key = format!("{}.{}.{}", place.source, place.table, place.column);
                let words = format!("only {key}");
                Choice { key, words }
            }));
        }
        Some(form)
    }

    fn open(
        charter: &Charter,
        request: &SubjectRequest,
        action: String,
        (until, problem): (Option<When>, Option<WishProblem>),
    ) -> Self {
        let purposes = choices_for(request.right, charter).into_iter();
        let purposes: Vec<Choice> = purposes
            .map(|name| Choice {
                key: name.to_owned(),
                words: words::purpose_words(charter, name),
            })
            .collect();
        let restricts = request.right == Right::Restriction;
        let grounds = Ground::ALL.into_iter().filter(|_| restricts);
        let corrects = request.right == Right::Rectification;
        let categories = rectification::categories(charter, &request.about);
        let categories = categories.into_iter().filter(|_| corrects);
        let corrections: Vec<Choice> = categories
            .map(|category| Choice {
                key: category.to_owned(),
                words: words::category_words(category),
            })
            .collect();
        let alone = purposes.is_empty() && corrections.is_empty();
        Self {
            title: title(request.right),
            action,
            text: text_field(request.right, alone),
            lines: 0..if corrections.is_empty() { 0 } else { LINES },
            corrections,
            value_chars_max: VALUE_CHARS_MAX,
            purposes,
            grounds: grounds
                .map(|ground| Choice {
                    key: ground.key().to_owned(),
                    words: words::ground_words(ground).to_owned(),
                })
                .collect(),
            chars_max: TEXT_CHARS_MAX,
            until,
            problem: problem.map(WishProblem::words),
            send: "Send",
        }
    }
}

/// Corrections on one form.
const LINES: usize = 3;

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
    // The three fields of a line come together, in order.
    let (was, value): (Vec<&str>, Vec<&str>) = (of("was").collect(), of("value").collect());
    let filled = |values: &[&str], place: usize| {
        let text = values.get(place).map(|text| text.trim());
        text.filter(|text| !text.is_empty())
            .map(|text| Personal::new(text.to_owned()))
    };
    let mut corrections = Vec::new();
    for (place, what) in of("what").enumerate().filter(|(_, what)| !what.is_empty()) {
        let value = filled(&value, place);
        let value = value.ok_or(WishProblem::Wish(WishError::Value))?;
        corrections.push(Correction {
            what: what.to_owned(),
            was: filled(&was, place),
            value: Some(value),
        });
    }
    Ok(Said {
        corrections,
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
        Right::Rectification if alone => (
            "What is wrong, and what is right?",
            "As it stands now, and as it should be.",
            true,
        ),
        Right::Rectification => (
            "Anything else that is wrong",
            "In your own words; a person of our staff reads it.",
            false,
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
