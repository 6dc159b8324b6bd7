//! Where a subject request stands, as a heading and a sentence for its person.

use candor_domain::subject_request::{Outcome, State, SubjectRequest};
use candor_policy::charter::Right;

use crate::ui::words;

type Words = (&'static str, &'static str);

/// Where it stands, as a heading and a sentence.
pub(super) fn standing(request: &SubjectRequest) -> Words {
    match &request.state {
        State::Unverified { .. } => (
            "Waiting for you",
            "Please open the mail we sent and press the button behind its link.",
        ),
        State::Unstated { .. } => (
            "One thing we must know",
            "Please tell us on this page, so that we can begin.",
        ),
        State::Locating => (
            "We are looking for your data",
            "We look in every database we declare.",
        ),
        State::Undecided => undecided(request),
        State::Preparing | State::Carrying => carrying(request.right),
        State::Closing { .. } => ("Nearly done", "The receipt is being made."),
        State::Completed {
            outcome: Outcome::NothingHeld,
            ..
        } => (
            "We hold nothing about you",
            "We looked in every database we declare.",
        ),
        State::Completed { .. } => completed(request),
        State::Refused { reason, .. } => ("Your request is refused", words::refusal_words(*reason)),
        State::Lapsed { .. } => (
            "This request has lapsed",
            "We did not hear from you in time, so nothing was done. You can ask again.",
        ),
        State::Cancelled { .. } => (
            "This request was taken back",
            "Nothing was done. You can ask again.",
        ),
    }
}

fn undecided(request: &SubjectRequest) -> Words {
    if words::is_asked(request) {
        return (
            "We have a question",
            "Please answer it on this page, so that we can go on.",
        );
    }
    match request.right {
        Right::Complaint => (
            "Our staff look into it",
            "A person reads what you wrote, and answers by mail and on this page.",
        ),
        Right::Objection => (
            "Our staff weigh your objection",
            "They must show compelling reasons if they want to go on. Advertising ends in any case.",
        ),
        _ => (
            "Our staff look at the plan",
            "They see what will happen in numbers, not your data. They approve it, or refuse it with a reason.",
        ),
    }
}

const fn carrying(right: Right) -> Words {
    match right {
        Right::Access | Right::Portability => (
            "We are gathering your data",
            "Every database adds its part to one package.",
        ),
        Right::Erasure => (
            "Your data is being erased",
            "Each database is searched again afterwards, independently of what erased it.",
        ),
        Right::Rectification => (
            "Your data is being corrected",
            "Below you see where, and who else is told.",
        ),
        Right::Restriction => (
            "The use is being restricted",
            "Below you see where it is marked, and who else is told.",
        ),
        _ => ("We stop the use", "Below you see where, and how far it is."),
    }
}

fn completed(request: &SubjectRequest) -> Words {
    match request.right {
        Right::Access => (
            "Your data is ready",
            "You asked for a copy, and here it is.",
        ),
        Right::Portability => (
            "Your data is ready",
            "You asked for it in a form to take elsewhere, and here it is.",
        ),
        Right::Erasure if request.is_undone() => (
            "Your erasure was undone",
            "What could come back of your data is there again. You can ask again.",
        ),
        Right::Erasure if request.is_kept() => (
            "Your data is erased",
            "What was erased is sealed for a while, in case it was a mistake, and then \
             destroyed: our mail says until when.",
        ),
        Right::Erasure => (
            "Your data is erased",
            "We searched again afterwards, and what had to go is gone.",
        ),
        Right::Rectification => (
            "Your data is corrected",
            "Whoever had received it from us was told.",
        ),
        Right::Restriction if request.restricts() => (
            "The use of your data is restricted",
            "It is only stored. We tell you before that ends.",
        ),
        Right::Restriction => ("The restriction was lifted", "We told you before, by mail."),
        Right::Objection if request.declined.is_some() => (
            "Your objection is granted in part",
            "Below you see what ended, and what did not.",
        ),
        Right::Objection => ("Your objection is granted", "That use has ended."),
        Right::Withdrawal => (
            "Your consent is withdrawn",
            "That use has ended. What was done before stays lawful.",
        ),
        Right::OptOut => (
            "You have opted out",
            "Your data is neither sold nor shared, from now on.",
        ),
        Right::Complaint => (
            "Your complaint is answered",
            "Our answer stands below, and went to you by mail.",
        ),
    }
}
