//! Acknowledging, extending, asking: what moves the deadline, and what doesn't.

use candor_policy::charter::{Law, RightTerms};
use candor_policy::period::{Period, Unit};

use super::*;
use crate::clock::{PAUSE_TIME, Rule};
use crate::testing::hours;

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn days(amount: u32) -> Option<Period> {
    let unit = Unit::Days;
    Some(Period { amount, unit })
}

/// A subject request that staff look at, under these laws and terms.
fn undecided(laws: &[Law], right: Right, terms: RightTerms) -> Story {
    let mut charter = charter(Approval::Staff);
    charter.organisation.laws = laws.to_vec();
    charter.rights.insert(
        right,
        RightTerms {
            approve: Approval::Staff,
            ..terms
        },
    );
    Story::filed_under(&charter, right)
        .then(verified())
        .then(located(2, 1))
}

/// Only the GDPR decides.
fn by_law(right: Right) -> Story {
    undecided(&[], right, RightTerms::default())
}

#[track_caller]
fn check_due(story: &Story, expected: &str) {
    assert_eq!(story.request.due_at, at(expected));
}

const MONTH: &str = "2026-04-10T21:59:59Z";
const THREE_MONTHS: &str = "2026-06-10T21:59:59Z";

#[test]
fn more_time_counts_from_when_the_person_was_told() {
    let story = by_law(Right::Erasure);
    check_due(&story, MONTH);
    let story = story
        .after(hours(24))
        .then(extended(ExtensionReason::Complexity));
    check_due(&story, MONTH);
    let story = story.check("undecided", "subject_request.extended", "mail");
    let story = story.after(hours(1)).then(sent(Message::Extended));
    check_due(&story, THREE_MONTHS);
    story.rejects(extended(ExtensionReason::Number), Rejection::Repeated);
}

#[test]
fn a_notice_that_cannot_be_sent_moves_nothing() {
    let story = by_law(Right::Erasure)
        .then(extended(ExtensionReason::Complexity))
        .then(failed(Message::Extended));
    check_due(&story, MONTH);
    let late = by_law(Right::Erasure)
        .then(extended(ExtensionReason::Complexity))
        .after(hours(24 * 40))
        .then(sent(Message::Extended));
    check_due(&late, MONTH);
}

#[test]
fn more_time_is_refused_where_it_is_too_late_or_not_given() {
    by_law(Right::Erasure)
        .after(hours(24 * 40))
        .rejects(extended(ExtensionReason::Number), Rejection::TooLate);
    let promised = RightTerms {
        complete: days(7),
        ..RightTerms::default()
    };
    undecided(&[], Right::Erasure, promised)
        .rejects(extended(ExtensionReason::Number), Rejection::NotExtendable);
    undecided(&[Law::Quebec], Right::Erasure, RightTerms::default())
        .rejects(extended(ExtensionReason::Number), Rejection::NotExtendable);
    Story::filed(Right::Erasure, Approval::Staff).rejects(
        extended(ExtensionReason::Number),
        Rejection::NothingToDecide,
    );
    erasure_completed().rejects(
        extended(ExtensionReason::Number),
        Rejection::NothingToDecide,
    );
}

#[test]
fn a_question_stops_the_clock_until_its_answer() {
    let story = by_law(Right::Access).then(asked(Question::Meaning));
    check_due(&story, MONTH);
    let story = story
        .check("undecided", "subject_request.asked", "mail")
        .then(sent(Message::Asked))
        .check("undecided", "mail.asked", "end-pause");
    // As long as it may last: 30 days more, a Sunday.
    check_due(&story, "2026-05-11T21:59:59Z");
    let story = story.after(hours(24 * 6)).then(replied());
    check_due(&story, "2026-04-16T21:59:59Z");
    story
        .rejects(replied(), Rejection::NothingToDecide)
        .rejects(asked(Question::Identity), Rejection::AskedBefore)
        .then(approved());
}

#[test]
fn a_question_nobody_answers_ends_by_itself() {
    let story = by_law(Right::Access)
        .then(asked(Question::Identity))
        .then(sent(Message::Asked));
    let until = start().checked_add(PAUSE_TIME).unwrap();
    assert_eq!(story.jobs.last().unwrap().1, until);
    let story = story
        .after(hours(24 * 29))
        .rejects(Event::TimePassed, Rejection::Repeated)
        .after(hours(24))
        .then(Event::TimePassed);
    check_due(&story, "2026-05-11T21:59:59Z");
    assert_eq!(
        story.request.history.last().unwrap().kind,
        "subject_request.not_replied"
    );
    story
        .rejects(Event::TimePassed, Rejection::Repeated)
        .then(refused());
}

#[test]
fn a_decision_needs_no_answer() {
    let story = by_law(Right::Access)
        .then(asked(Question::Meaning))
        .then(sent(Message::Asked))
        .after(hours(48))
        .then(approved());
    check_due(&story, "2026-04-13T21:59:59Z");
    assert!(!story.request.clock.pause.unwrap().is_open());
}

#[test]
fn a_question_that_cannot_be_sent_stops_nothing() {
    let story = by_law(Right::Access)
        .then(asked(Question::Meaning))
        .then(failed(Message::Asked));
    check_due(&story, MONTH);
    story.rejects(replied(), Rejection::NothingToDecide);
}

#[test]
fn a_promise_to_answer_first_is_kept_by_a_mail_in_time() {
    let promised = RightTerms {
        answer: days(1),
        complete: days(30),
        ..RightTerms::default()
    };
    let story = undecided(&[], Right::Erasure, promised);
    let word = story.request.clock.acknowledgement().unwrap();
    assert_eq!(word.limit.rule, Rule::Promise);
    assert_eq!(story.request.measured_by(), at("2026-03-11T22:59:59Z"));
    let mail = story
        .jobs
        .iter()
        .find(|(job, _)| job.key().ends_with("/acknowledged"));
    assert_eq!(mail.unwrap().1, start().checked_add(hours(1)).unwrap());
    let told = story
        .clone()
        .after(hours(1))
        .then(sent(Message::Acknowledged));
    assert_eq!(told.request.measured_by(), told.request.due_at);
    // Late once is late for ever.
    let late = story.after(hours(72)).then(sent(Message::Acknowledged));
    assert_eq!(late.request.measured_by(), at("2026-03-11T22:59:59Z"));
}

#[test]
fn staff_may_acknowledge_once() {
    let story = by_law(Right::Erasure).then(acknowledged());
    let story = story
        .check("undecided", "subject_request.acknowledged", "mail")
        .rejects(acknowledged(), Rejection::Repeated)
        .then(sent(Message::Acknowledged));
    assert_eq!(story.request.clock.acknowledged_at, Some(start()));
    story.rejects(acknowledged(), Rejection::Repeated);
}

#[test]
fn a_refusal_is_measured_by_the_first_month() {
    let story = by_law(Right::Erasure)
        .then(extended(ExtensionReason::Complexity))
        .then(sent(Message::Extended))
        .after(hours(24 * 45))
        .then(refused());
    assert_eq!(story.request.measured_by(), at(MONTH));
    check_due(&story, THREE_MONTHS);
}

#[test]
fn what_is_over_hears_nothing_more_of_its_clock() {
    let story = by_law(Right::Erasure)
        .then(extended(ExtensionReason::Complexity))
        .then(refused());
    assert!(!story.request.says(Message::Extended));
    story.rejects(sent(Message::Extended), Rejection::Repeated);
}

/// A document written before deadlines had rules keeps its deadline.
#[test]
fn a_subject_request_without_a_clock_is_read() {
    let story = by_law(Right::Erasure);
    let mut written = serde_json::to_value(&story.request).unwrap();
    written.as_object_mut().unwrap().remove("clock");
    let read: SubjectRequest = serde_json::from_value(written).unwrap();
    let story = Story {
        request: read,
        ..story
    };
    let story = story.then(approved());
    check_due(&story, MONTH);
    assert_eq!(story.request.measured_by(), at(MONTH));
}
