//! Taking an erasure back: its window, what comes of it, and that nothing
//! outlives it.

use candor_policy::period::{Period, Unit};

use super::*;
use crate::testing::hours;
use crate::undo::TableReturn;

const WEEK: Period = Period {
    amount: 7,
    unit: Unit::Days,
};

/// An erasure whose policy promises a week to take it back.
fn verified_undoable() -> Story {
    let mut charter = charter(Approval::Automatic);
    if let Some(terms) = charter.rights.get_mut(&Right::Erasure) {
        terms.undo = Some(WEEK);
    }
    Story::filed_under(&charter, Right::Erasure).then(verified())
}

fn undoable() -> Story {
    verified_undoable()
        .then(located(1, 1))
        .then(prepared())
        .then(erased("app"))
        .then(erased("billing"))
        .then(searched("app", 0))
        .then(searched("billing", 0))
        .then(Event::ReceiptIssued)
        .then(sent(Message::Completed))
}

fn asked_back() -> Event {
    Event::UndoAsked { by: staff() }
}

fn returned(source: &str) -> Event {
    Event::Returned {
        source: source.to_owned(),
        returns: vec![TableReturn {
            table: "accounts".to_owned(),
            returned: 1,
            ..TableReturn::default()
        }],
    }
}

#[track_caller]
fn kept_until(story: &Story, expected: Option<Timestamp>) {
    assert_eq!(shred_from(std::slice::from_ref(&story.request)), expected);
}

#[test]
fn the_receipt_says_until_when_it_can_be_taken_back() {
    let story = undoable();
    let completed = story
        .records
        .iter()
        .find(|own| own.kind == "subject_request.completed");
    let until = start().checked_add(hours(7 * 24)).unwrap();
    let said = completed.unwrap().facts.get("recoverable_until");
    assert_eq!(said, Some(&serde_json::json!(until)));
    assert_eq!(story.request.undoable_until(start()), Some(until));
    // Nobody promised it: nothing is said, and nothing waits.
    let plain = erasure_completed();
    assert!(plain.request.undo.is_none());
    plain.rejects(asked_back(), Rejection::NotUndoable);
}

#[test]
fn within_its_window_everything_comes_back_once() {
    undoable()
        .after(hours(24))
        .rejects(returned("app"), Rejection::Repeated)
        .then(asked_back())
        .rejects(asked_back(), Rejection::NotUndoable)
        .then(returned("app"))
        .rejects(returned("app"), Rejection::Repeated)
        .rejects(returned("warehouse"), Rejection::Repeated)
        .check("completed", "subject_request.returned", "take-back")
        .then(returned("billing"))
        .check("completed", "subject_request.undone", "mail")
        .rejects(Event::UndoEnded, Rejection::Repeated)
        .then(sent(Message::Undone))
        .after(hours(7 * 24))
        .then(Event::UndoEnded)
        .check("completed", "subject_request.undo_ended", "mail");
}

#[test]
fn after_its_window_nothing_comes_back_and_the_key_dies_before_the_person_s() {
    let story = undoable();
    kept_until(&story, None);
    let story = story
        .settled()
        .after(hours(6 * 24))
        .rejects(asked_back(), Rejection::NotUndoable)
        .then(Event::UndoEnded)
        .check("completed", "subject_request.undo_ended", "forget")
        .rejects(Event::UndoEnded, Rejection::Repeated)
        .rejects(asked_back(), Rejection::NotUndoable);
    kept_until(&story, Some(start()));
    let shred = story
        .jobs
        .iter()
        .find(|(job, _)| matches!(job, Job::Shred { .. }));
    let until = start().checked_add(hours(7 * 24)).unwrap();
    assert_eq!(shred.map(|(_, at)| *at), Some(until));
}

/// An erasure that was answered while a hold kept something of it.
fn undoable_and_held() -> Story {
    verified_undoable()
        .then(located(2, 1))
        .then(prepared())
        .then(erased_under_hold("app"))
        .then(searched("app", 0))
        .then(erased("billing"))
        .then(searched("billing", 0))
        .then(Event::ReceiptIssued)
        .then(sent(Message::Completed))
        .check("held", "mail.completed", "mail")
}

#[test]
fn what_a_hold_kept_stays_when_the_rest_is_taken_back() {
    let story = undoable_and_held();
    kept_until(&story, None);
    let story = story
        .after(hours(24))
        .then(asked_back())
        .check("completed", "subject_request.undo_asked", "take-back")
        .rejects(Event::Released, Rejection::Repeated)
        .then(returned("app"))
        .then(returned("billing"))
        .then(sent(Message::Undone))
        .after(hours(7 * 24))
        .then(Event::UndoEnded)
        .rejects(Event::Released, Rejection::Repeated);
    let shreds = story.jobs.iter();
    let shreds = shreds.filter(|(job, _)| matches!(job, Job::Shred { .. }));
    assert_eq!(shreds.count(), 1, "nothing needs the person's record");
}

#[test]
fn what_goes_after_a_hold_opens_no_second_window() {
    let until = start().checked_add(hours(7 * 24)).unwrap();
    let rest = |story: Story| {
        story
            .then(Event::Released)
            .then(erased("app"))
            .then(searched("app", 0))
            .then(Event::ReceiptIssued)
            .then(sent(Message::Finished))
    };
    let said = |story: &Story| -> Vec<Option<serde_json::Value>> {
        let completed = story.records.iter();
        let completed = completed.filter(|own| own.kind == "subject_request.completed");
        completed
            .map(|own| own.facts.get("recoverable_until").cloned())
            .collect()
    };
    let within = rest(undoable_and_held().after(hours(24)));
    assert_eq!(within.request.undoable_until(within.now), Some(until));
    let once = Some(serde_json::json!(until));
    assert_eq!(said(&within), [once.clone(), once.clone()]);
    let ended = undoable_and_held().after(hours(7 * 24));
    let afterwards = rest(ended.then(Event::UndoEnded));
    assert_eq!(afterwards.request.undoable_until(afterwards.now), None);
    assert_eq!(said(&afterwards), [once, None]);
}

#[test]
fn rows_on_their_way_back_are_waited_for_but_not_for_ever() {
    let story = undoable()
        .after(hours(6 * 24))
        .then(asked_back())
        .then(returned("app"))
        .then(blocked("billing", "down"))
        .after(hours(2 * 24))
        .rejects(Event::UndoEnded, Rejection::Incomplete);
    kept_until(&story, None);
    story
        .after(hours(6 * 24))
        .then(Event::UndoEnded)
        .rejects(returned("app"), Rejection::Repeated);
}
