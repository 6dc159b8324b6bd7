//! Who follows a subject request, and what they are told of it.

use proptest::prelude::*;

use super::*;

fn follower(party: &str) -> Follower {
    Follower {
        protocol: Protocol::DataRights,
        party: party.to_owned(),
        reference: None,
        callbacks: vec!["https://agent.example/told".to_owned()],
        since: start(),
        is_proved: false,
        left_at: None,
    }
}

pub(super) fn followed(party: &str) -> Event {
    let follower = follower(party);
    Event::Followed { follower }
}

pub(super) fn unfollowed(party: &str) -> Event {
    Event::Unfollowed {
        protocol: Protocol::DataRights,
        party: party.to_owned(),
        reference: None,
    }
}

/// What is called done was looked for everywhere and not found, or is in the
/// package; what still waits for it is never called done.
pub(super) fn check_told(request: &SubjectRequest) -> Result<(), TestCaseError> {
    let done = match request.right {
        Right::Access | Right::Portability => Some(Stage::Packaged),
        Right::Erasure => Some(Stage::Verified),
        _ => None,
    };
    // What came back after it was done is another matter.
    let sources = || {
        let sources = request.sources.iter();
        sources.filter(|(name, _)| !request.is_reopened(name))
    };
    let by_us = |done| sources().all(|(_, one)| one.stage == done);
    let by_hand = request.tasks.values().all(|task| task.done.is_some());
    let all_done = by_hand && done.is_none_or(by_us);
    if request.phase() == Phase::Fulfilled {
        prop_assert!(all_done, "called done before it was");
        let mut waiting = request.waiting.keys();
        prop_assert!(waiting.all(|source| request.is_reopened(source)));
    }
    for follower in &request.followers {
        let ended = request.ended_for(follower).is_some();
        let over = !matches!(
            request.phase_for(follower),
            Phase::Received | Phase::Examined | Phase::Carried
        );
        prop_assert_eq!(ended, over);
    }
    Ok(())
}

fn told(story: &Story) -> usize {
    let jobs = story.jobs.iter();
    jobs.filter(|(job, _)| matches!(job, Job::Tell { .. }))
        .count()
}

fn through_protocol(right: Right) -> Story {
    let mut story = Story::filed(right, Approval::Staff);
    story.request.channel = Channel::Protocol;
    story.then(followed("AGENT"))
}

#[test]
fn a_follower_is_told_of_each_phase_and_of_a_later_deadline() {
    let story = through_protocol(Right::Erasure);
    assert_eq!(told(&story), 0, "the answer to filing says it");
    let story = story.then(verified());
    assert_eq!((story.request.phase(), told(&story)), (Phase::Examined, 1));
    let story = story.then(located(1, 0));
    assert_eq!(told(&story), 1, "for those outside nothing changed");
    let story = story.then(approved());
    assert_eq!((story.request.phase(), told(&story)), (Phase::Carried, 2));
    let story = story.then(prepared());
    let sources: Vec<String> = story.request.sources.keys().cloned().collect();
    let mut story = story;
    for source in &sources {
        assert_eq!(story.request.phase(), Phase::Carried);
        story = story.then(erased(source));
        assert_eq!(
            story.request.phase(),
            Phase::Carried,
            "erased, not verified"
        );
        story = story.then(searched(source, 0));
    }
    assert_eq!(story.request.phase(), Phase::Carried, "no receipt yet");
    let story = story.then(Event::ReceiptIssued);
    assert_eq!((story.request.phase(), told(&story)), (Phase::Fulfilled, 3));
}

#[test]
fn filing_again_is_a_repeat_and_too_many_are_refused() {
    let mut story =
        through_protocol(Right::Erasure).rejects(followed("AGENT"), Rejection::Repeated);
    for number in 1..FOLLOWERS_MAX {
        story = story.then(followed(&format!("A{number}")));
    }
    story.rejects(followed("ONE_MORE"), Rejection::TooManyFollow);
}

#[test]
fn what_a_party_filed_alone_ends_when_it_takes_it_back() {
    let story = through_protocol(Right::Erasure)
        .rejects(unfollowed("OTHER"), Rejection::Repeated)
        .then(unfollowed("AGENT"));
    assert_eq!(story.request.state_key(), "cancelled");
    assert_eq!(told(&story), 1);
    story
        .rejects(unfollowed("AGENT"), Rejection::Repeated)
        .rejects(followed("AGENT"), Rejection::Repeated);
}

#[test]
fn what_somebody_else_asked_too_goes_on_for_them() {
    let by_form = Story::filed(Right::Erasure, Approval::Staff)
        .then(followed("AGENT"))
        .then(unfollowed("AGENT"));
    let by_another = through_protocol(Right::Erasure)
        .then(followed("OTHER"))
        .then(unfollowed("AGENT"));
    for story in [by_form, by_another] {
        assert_eq!(story.request.state_key(), "unverified");
        let agent = story.request.followers.first().unwrap();
        assert_eq!(story.request.phase_for(agent), Phase::TakenBack);
        assert_eq!(told(&story), 1, "it is told that it left");
        let back = story.then(followed("AGENT"));
        let agent = back.request.followers.first().unwrap();
        assert_eq!(back.request.phase_for(agent), Phase::Received);
    }
}

#[test]
fn who_came_without_a_proof_learns_nothing_and_holds_nothing_up() {
    let story = through_protocol(Right::Erasure)
        .then(verified())
        .then(followed("LATE"))
        .then(located(1, 0))
        .then(approved());
    let late = |story: &Story| {
        let late = story.request.followers.last().unwrap().clone();
        story.request.phase_for(&late)
    };
    assert_eq!(late(&story), Phase::Received);
    let left = story.clone().then(unfollowed("LATE"));
    assert_eq!(
        left.request.state_key(),
        "preparing",
        "for AGENT it goes on"
    );
    let story = through_protocol(Right::Erasure)
        .then(verified())
        .then(followed("LATE"))
        .then(unfollowed("AGENT"));
    assert_eq!(
        story.request.state_key(),
        "cancelled",
        "LATE proved nothing"
    );
    assert_eq!(late(&story), Phase::Lapsed);
}

#[test]
fn what_is_carried_out_is_not_taken_back() {
    through_protocol(Right::Erasure)
        .then(verified())
        .then(located(1, 0))
        .then(approved())
        .rejects(unfollowed("AGENT"), Rejection::TooLateToCancel);
}

#[test]
fn followers_are_stored_with_the_subject_request_and_missing_ones_are_none() {
    let request = through_protocol(Right::Access).request;
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(
        serde_json::from_str::<SubjectRequest>(&text).unwrap(),
        request
    );
    let plain = Story::filed(Right::Access, Approval::Staff).request;
    assert!(!serde_json::to_string(&plain).unwrap().contains("followers"));
}
