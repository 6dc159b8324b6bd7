//! The clock of a subject request through the queue: the mails go out by
//! themselves, and deadlines move when they did.

use std::sync::Arc;

use candor_domain::clock::{ExtensionReason, Question};
use candor_domain::id::SubjectRequestId;
use candor_domain::personal::Personal;
use candor_domain::subject_request::SubjectRequest;
use candor_policy::charter::Right;
use candor_policy::period::{Period, Unit};
use jiff::SignedDuration;

use super::fixture::{Hand, Site, at};
use crate::service::Decision;
use crate::ui::sample;
use crate::world::World;

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// A site whose erasures promise a first word in 24 hours, an answer in 30
/// days, and two months more.
async fn site(hand: &Hand) -> Site {
    let mut charter = sample::charter();
    let terms = charter.rights.get_mut(&Right::Erasure).unwrap();
    terms.extension = Some(Period {
        amount: 2,
        unit: Unit::Months,
    });
    let world = World {
        clock: Arc::new(hand.clone()),
        ..World::real()
    };
    Site::at(charter, world).await
}

async fn read(site: &Site, id: &SubjectRequestId) -> SubjectRequest {
    site.service.required(id).await.unwrap().value
}

fn count(site: &Site, words: &str) -> usize {
    let subjects = site.subjects();
    let found = subjects.iter().filter(|subject| subject.contains(words));
    found.count()
}

#[tokio::test]
async fn the_first_word_goes_out_by_itself_within_its_time() {
    let hand = Hand::new();
    let site = site(&hand).await;
    let id = site.undecided().await;
    site.work().await;
    assert_eq!(count(&site, "We work on your request"), 0);
    assert_eq!(
        read(&site, &id).await.measured_by(),
        at("2026-11-21T09:00:00Z")
    );
    hand.turn(hours(1));
    site.work().await;
    assert_eq!(count(&site, "We work on your request"), 1);
    let request = read(&site, &id).await;
    assert_eq!(
        request.clock.acknowledged_at,
        Some(at("2026-11-20T10:00:00Z"))
    );
    assert_eq!(request.measured_by(), request.due_at);
}

#[tokio::test]
async fn what_is_answered_within_the_hour_needs_no_first_word() {
    let hand = Hand::new();
    let site = site(&hand).await;
    let id = site.undecided().await;
    let by = sample::staff_id();
    let reason = candor_domain::subject_request::RefusalReason::Excessive;
    let refuse = Decision::Refuse(reason);
    site.service.decide(&id, refuse, &by).await.unwrap();
    site.work().await;
    hand.turn(hours(2));
    site.work().await;
    assert_eq!(count(&site, "is refused"), 1);
    assert_eq!(count(&site, "We work on your request"), 0);
}

#[tokio::test]
async fn the_deadline_moves_when_the_notice_is_out() {
    let hand = Hand::new();
    let site = site(&hand).await;
    let id = site.undecided().await;
    let by = sample::staff_id();
    // 20 December is a Sunday.
    assert_eq!(read(&site, &id).await.due_at, at("2026-12-21T22:59:59Z"));
    let reason = ExtensionReason::Number;
    let extend = Decision::Extend(reason);
    site.service.decide(&id, extend, &by).await.unwrap();
    assert_eq!(read(&site, &id).await.due_at, at("2026-12-21T22:59:59Z"));
    site.work().await;
    assert_eq!(count(&site, "takes longer"), 1);
    // The law's three months: 20 February is a Saturday.
    assert_eq!(read(&site, &id).await.due_at, at("2027-02-22T22:59:59Z"));
}

#[tokio::test]
async fn a_notice_after_the_deadline_is_not_sent() {
    let hand = Hand::new();
    let site = site(&hand).await;
    let id = site.undecided().await;
    let by = sample::staff_id();
    let reason = ExtensionReason::Complexity;
    let extend = Decision::Extend(reason);
    site.service.decide(&id, extend, &by).await.unwrap();
    hand.turn(hours(24 * 40));
    site.work().await;
    assert_eq!(count(&site, "takes longer"), 0);
    assert_eq!(read(&site, &id).await.due_at, at("2026-12-21T22:59:59Z"));
}

#[tokio::test]
async fn a_question_nobody_answers_lets_the_clock_go_on_after_thirty_days() {
    let hand = Hand::new();
    let site = site(&hand).await;
    let id = site.undecided().await;
    let by = sample::staff_id();
    let ask = Decision::Ask {
        question: Question::Identity,
        text: Personal::new("Which year?".to_owned()),
    };
    site.service.decide(&id, ask, &by).await.unwrap();
    site.work().await;
    assert_eq!(count(&site, "A question about your request"), 1);
    // 20 December and 30 days: a Tuesday.
    let due_at = at("2027-01-19T22:59:59Z");
    assert_eq!(read(&site, &id).await.due_at, due_at);
    hand.turn(hours(24 * 30));
    site.work().await;
    let request = read(&site, &id).await;
    assert!(!request.clock.pause.as_ref().unwrap().is_open());
    assert_eq!(request.due_at, due_at);
}
