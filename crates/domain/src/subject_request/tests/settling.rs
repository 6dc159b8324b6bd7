//! What is looked for again when an erasure has settled, what comes of it, and
//! that no grade is claimed that nobody saw.

use candor_policy::period::{Period, Unit};
use serde_json::json;

use super::*;
use crate::subject_request::{Grade, LOOKS_MAX, SETTLING_PATIENCE, SETTLING_TIME, Traces};
use crate::testing::hours;

const THREE_DAYS: Period = Period {
    amount: 3,
    unit: Unit::Days,
};

fn settled(source: &str, rows: u64, traces: Option<bool>) -> Event {
    Event::Settled {
        source: source.to_owned(),
        residue: residue(rows),
        replicas: Vec::new(),
        traces: traces.map(|gone| Traces {
            gone,
            seen: "the storage was looked at".to_owned(),
            mark: None,
        }),
    }
}

fn grades(story: &Story) -> Vec<(&str, Grade)> {
    let grades = story.request.grades().into_iter();
    grades.map(|(source, own)| (source, own.grade)).collect()
}

fn answered() -> Story {
    erasure_completed().then(sent(Message::Completed))
}

fn waiting(story: &Story, kind: &str) -> usize {
    let jobs = story.jobs.iter().map(|(job, _)| job.key());
    jobs.filter(|key| key.starts_with(kind)).count()
}

#[test]
fn what_is_erased_is_looked_for_again_and_the_person_is_known_until_then() {
    let story = answered();
    assert_eq!(waiting(&story, "settle/"), 2, "each source");
    let due = start().checked_add(SETTLING_TIME).unwrap();
    let (shred, at) = story.jobs.last().unwrap();
    assert!(shred.key().starts_with("shred/") && *at == due, "{at}");
    assert_eq!(shred_from(std::slice::from_ref(&story.request)), None);
    let early = story
        .clone()
        .rejects(settled("app", 0, None), Rejection::Repeated);
    assert_eq!(
        grades(&early),
        [("app", Grade::Deleted), ("billing", Grade::Deleted)]
    );
    let story = story
        .after(SETTLING_TIME)
        .then(settled("app", 0, None))
        .check("completed", "subject_request.settled", "shred");
    assert!(shred_from(std::slice::from_ref(&story.request)).is_none());
    let story = story.then(settled("billing", 0, None));
    assert!(shred_from(std::slice::from_ref(&story.request)).is_some());
    assert!(
        story.request.grades()["app"]
            .seen
            .contains("again after it had settled")
    );
    story.rejects(settled("app", 0, None), Rejection::Repeated);
}

#[test]
fn what_came_back_is_erased_again_and_breaks_the_promise_meanwhile() {
    let story = answered()
        .after(SETTLING_TIME)
        .then(settled("app", 2, Some(false)))
        .check("completed", "subject_request.came_back", "erase");
    assert_eq!(waiting(&story, "observe"), 1, "the verdict turns at once");
    assert_eq!(story.request.sources["app"].residue, residue(2));
    assert_eq!(grades(&story), [("billing", Grade::Deleted)]);
    assert_eq!(shred_from(std::slice::from_ref(&story.request)), None);
    let story = story
        .then(blocked("app", "it is down"))
        .then(erased("app"))
        .then(searched("app", 0))
        .check("completed", "subject_request.verified_absent", "settle");
    assert!(story.request.sources["app"].residue.is_empty());
    assert_eq!(waiting(&story, "receipt/"), 1, "answered once");
    let story = story.rejects(settled("app", 0, None), Rejection::Repeated);
    let story = story.after(SETTLING_TIME).then(settled("app", 0, None));
    assert_eq!(
        story.request.sources["app"]
            .settling
            .as_ref()
            .unwrap()
            .found,
        1
    );
}

#[test]
fn what_comes_back_again_and_again_waits_for_staff() {
    let mut story = answered();
    for _ in 1..ERASE_ATTEMPTS_MAX {
        story = story
            .after(SETTLING_TIME)
            .then(settled("app", 1, None))
            .then(erased("app"))
            .then(searched("app", 0));
    }
    let story = story.after(SETTLING_TIME).then(settled("app", 1, None));
    assert_eq!(story.request.sources["app"].stage, Stage::Stuck);
    let story = story.then(retried("app")).then(erased("app"));
    let story = story.then(searched("app", 0));
    assert_eq!(story.request.sources["app"].stage, Stage::Verified);
}

#[test]
fn a_grade_is_reached_only_when_it_was_seen() {
    let mut story = answered().after(SETTLING_TIME);
    story = story.then(settled("app", 0, Some(false)));
    assert_eq!(grades(&story)[0], ("app", Grade::Deleted));
    assert!(
        story.request.grades()["app"]
            .seen
            .contains("the storage was looked at")
    );
    let story = story
        .after(hours(24))
        .then(settled("app", 0, Some(true)))
        .check("completed", "subject_request.cleaned_up", "settle");
    assert_eq!(grades(&story)[0], ("app", Grade::Vacuumed));
    assert_eq!(grades(&story)[1], ("billing", Grade::Deleted));
    story.rejects(settled("app", 0, Some(true)), Rejection::Repeated);
}

#[test]
fn looking_at_the_storage_ends() {
    let mut story = answered().after(SETTLING_TIME);
    for _ in 0..LOOKS_MAX {
        story = story.then(settled("app", 0, Some(false))).after(hours(24));
    }
    assert_eq!(grades(&story)[0], ("app", Grade::Deleted));
    story.rejects(settled("app", 0, Some(true)), Rejection::Repeated);
}

#[test]
fn a_source_that_is_gone_does_not_keep_what_we_know_of_the_person() {
    let unsettled = |source: &str| Event::Unsettled {
        source: source.to_owned(),
    };
    let story = answered()
        .after(SETTLING_TIME)
        .then(settled("app", 0, None));
    let story = story.rejects(unsettled("billing"), Rejection::Repeated);
    let story = story.after(SETTLING_PATIENCE).then(unsettled("billing"));
    assert!(shred_from(std::slice::from_ref(&story.request)).is_some());
    assert_eq!(grades(&story)[1], ("billing", Grade::Deleted));
    story.rejects(settled("billing", 0, None), Rejection::Repeated);
}

#[test]
fn what_is_erased_settles_when_the_policy_said_at_its_filing() {
    let mut charter = charter(Approval::Automatic);
    if let Some(terms) = charter.rights.get_mut(&Right::Erasure) {
        terms.settle = Some(THREE_DAYS);
    }
    let story = Story::filed_under(&charter, Right::Erasure)
        .then(verified())
        .then(located(2, 1))
        .then(prepared())
        .then(erased("app"))
        .then(searched("app", 0))
        .then(erased("billing"))
        .then(searched("billing", 0))
        .then(Event::ReceiptIssued)
        .then(sent(Message::Completed));
    let story = story
        .after(SETTLING_TIME)
        .rejects(settled("app", 0, None), Rejection::Repeated);
    let story = story
        .after(SETTLING_TIME)
        .after(SETTLING_TIME)
        .then(settled("app", 1, None));
    let story = story.then(erased("app")).then(searched("app", 0));
    let settling = story.request.sources["app"].settling.as_ref().unwrap();
    let three_days = jiff::SignedDuration::from_hours(72);
    assert_eq!(settling.due_at.duration_since(story.now), three_days);
    let text = serde_json::to_string(&story.request).unwrap();
    let read: SubjectRequest = serde_json::from_str(&text).unwrap();
    assert_eq!(read, story.request);
}

#[test]
fn evidence_names_the_replicas_that_were_searched_and_when() {
    let replicas = || vec!["replica 1 (replica.internal:5432)".to_owned()];
    let searched_there = Event::Searched {
        source: "app".to_owned(),
        residue: Vec::new(),
        replicas: replicas(),
    };
    let story = carrying().then(erased("app")).then(searched_there);
    let told = |story: &Story, kind: &str| {
        let record = story.records.iter().rev().find(|one| one.kind == kind);
        record.unwrap().facts.get("app.replicas").cloned()
    };
    assert_eq!(
        told(&story, "subject_request.verified_absent"),
        Some(json!(1))
    );
    let story = story.then(erased("billing")).then(searched("billing", 0));
    assert_eq!(told(&story, "subject_request.verified_absent"), None);
    assert_eq!(told(&story, "subject_request.completed"), Some(json!(1)));
    let records = serde_json::to_string(&story.records).unwrap();
    assert!(
        !records.contains("internal"),
        "nobody learns where they are"
    );
    let own = story.request.sources["app"].replicas.clone().unwrap();
    assert_eq!((own.names, own.at), (replicas(), story.now));
    let seen = |story: &Story| story.request.grades()["app"].seen.clone();
    assert!(seen(&story).contains("in its read replica as well"));
    assert_eq!(story.request.sources["billing"].replicas, None);

    // Whoever looks again says so again; who doesn't, takes it back.
    let story = story.then(Event::ReceiptIssued).after(SETTLING_TIME);
    let story = story.then(Event::Settled {
        source: "app".to_owned(),
        residue: Vec::new(),
        replicas: replicas(),
        traces: None,
    });
    assert_eq!(told(&story, "subject_request.settled"), Some(json!(1)));
    let own = story.request.sources["app"].replicas.clone().unwrap();
    assert_eq!(own.at, story.now);
    let came = answered()
        .after(SETTLING_TIME)
        .then(settled("app", 0, None));
    assert!(!seen(&came).contains("replica"));
}
