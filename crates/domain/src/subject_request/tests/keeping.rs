//! When a person's record may go.

use super::*;
use crate::testing::hours;

fn at(after: i64) -> Timestamp {
    start().checked_add(hours(after)).unwrap()
}

#[track_caller]
fn check(stories: &[Story], expected: Option<Timestamp>) {
    let requests: Vec<SubjectRequest> = stories.iter().map(|one| one.request.clone()).collect();
    assert_eq!(shred_from(&requests), expected);
}

fn lapsed() -> Story {
    let story = Story::filed(Right::Erasure, Approval::Automatic);
    story.after(hours(72)).then(Event::TimePassed)
}

fn packaged_and_told() -> Story {
    access_completed().then(sent(Message::Completed))
}

fn erased_and_told(after: i64) -> Story {
    let told = sent(Message::Completed);
    erasure_completed().after(hours(after)).then(told).settled()
}

#[test]
fn an_open_subject_request_or_an_owed_word_keeps_it() {
    check(&[], Some(Timestamp::MIN));
    check(&[Story::filed(Right::Access, Approval::Staff)], None);
    check(&[carrying()], None);
    check(&[erasure_completed()], None);
    check(&[erased_and_told(5), carrying()], None);
    check(&[lapsed(), access_completed()], None);
}

#[test]
fn the_last_word_frees_it() {
    check(&[erased_and_told(5)], Some(at(5)));
    check(&[lapsed()], Some(at(72)));
    let given_up = erasure_completed().then(failed(Message::Completed));
    check(std::slice::from_ref(&given_up), None);
    let given_up = given_up.settled();
    check(&[given_up], Some(at(0)));
    let refused = Story::filed(Right::Erasure, Approval::Staff)
        .then(verified())
        .then(located(1, 0))
        .then(refused())
        .then(sent(Message::Refused));
    check(&[refused], Some(at(30 * 24)));
}

#[test]
fn nobody_destroys_a_package_by_letting_a_subject_request_lapse() {
    check(&[packaged_and_told()], Some(at(14 * 24)));
    check(&[packaged_and_told(), lapsed()], Some(at(14 * 24)));
}

#[test]
fn an_erasure_takes_earlier_packages_with_it_and_not_later_ones() {
    check(&[packaged_and_told(), erased_and_told(5)], Some(at(5)));
    check(
        &[packaged_and_told(), erased_and_told(0)],
        Some(at(14 * 24)),
    );
    let later = access_completed()
        .after(hours(9))
        .then(sent(Message::Completed));
    check(&[erased_and_told(5), later], Some(at(14 * 24 + 9)));
}
