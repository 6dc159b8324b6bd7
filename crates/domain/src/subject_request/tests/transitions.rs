//! Each event where it fits, and where it doesn't.

use super::*;
use crate::testing::hours;

#[test]
fn filing_records_mails_and_sets_a_lapse() {
    let story = Story::filed(Right::Erasure, Approval::Automatic);
    let story = story.check("unverified", "subject_request.filed", "lapse");
    let expires_at = start().checked_add(hours(72)).unwrap();
    assert_eq!(story.request.state, State::Unverified { expires_at });
    let jobs: Vec<&str> = story.jobs.iter().map(|(job, _)| kind(job)).collect();
    assert_eq!(jobs, ["mail", "lapse"]);
    assert_eq!(story.jobs[1].1, expires_at);
    // 30 days from a Tuesday: a Thursday, to the end of the day in Paris.
    assert_eq!(
        story.request.due_at,
        "2026-04-09T21:59:59Z".parse().unwrap()
    );
}

#[test]
fn filing_is_refused_for_what_the_charter_does_not_offer() {
    let mut charter = charter(Approval::Automatic);
    charter.rights.remove(&Right::Complaint);
    let stranger = Terms {
        about: "end_user".to_owned(),
        ..terms(Right::Access)
    };
    for terms in [stranger, terms(Right::Complaint)] {
        let found = file(terms, &charter, start()).map(|_| ());
        assert_eq!(found, Err(Rejection::NotOffered));
    }
}

#[test]
fn an_erasure_is_located_prepared_carried_out_searched_and_answered() {
    let story = Story::filed(Right::Erasure, Approval::Automatic)
        .then(verified())
        .check("locating", "subject_request.verified", "locate")
        .then(located(2, 1))
        .check("preparing", "subject_request.located", "prepare")
        .then(prepared())
        .check("carrying", "subject_request.prepared", "erase")
        .then(erased("app"))
        .check("carrying", "subject_request.erased", "verify")
        .then(searched("app", 0))
        .check("carrying", "subject_request.verified_absent", "verify")
        .then(erased("billing"))
        .then(searched("billing", 0))
        .check("closing", "subject_request.completed", "receipt")
        .then(Event::ReceiptIssued)
        .check("completed", "subject_request.completed", "mail")
        .then(sent(Message::Completed))
        .check("completed", "mail.completed", "shred");
    let erase: Vec<String> = keys(&story, "erase");
    assert_eq!(erase.len(), 2, "every source is erased: {erase:?}");
    assert_eq!(story.request.answered_at(), Some(start()));
    let done = &story.records.iter().find(completed).unwrap().facts["done"];
    assert_eq!(done["app"][0]["rows"], 1);
}

#[test]
fn what_a_hold_keeps_goes_by_itself_when_it_is_lifted() {
    let answered = Story::filed(Right::Erasure, Approval::Automatic)
        .then(verified())
        .then(located(2, 1))
        .then(prepared())
        .then(erased_under_hold("app"))
        .then(searched("app", 0))
        .then(erased("billing"))
        .then(searched("billing", 0))
        .check("closing", "subject_request.completed", "receipt")
        .then(Event::ReceiptIssued)
        .then(sent(Message::Completed))
        .check("held", "mail.completed", "mail");
    let request = &answered.request;
    assert!(request.is_over() && !request.is_open() && request.is_held());
    assert_eq!(keys(&answered, "shred"), [] as [String; 0]);
    assert_eq!(shred_from(std::slice::from_ref(request)), None);
    // Of the two sources, only the one where something was kept is erased again.
    let released =
        answered
            .then(Event::Released)
            .check("carrying", "subject_request.released", "erase");
    assert_eq!(keys(&released, "erase").len(), 3);
    let app = &released.request.sources["app"];
    assert!(app.held.is_empty() && app.effects == deleted(1));
    assert!(!released.request.is_open(), "it was answered in time");
    assert_eq!(released.request.answered_at(), Some(start()));
    released
        .then(erased("app"))
        .then(searched("app", 0))
        .check("closing", "subject_request.completed", "receipt")
        .then(Event::ReceiptIssued)
        .then(sent(Message::Finished))
        .check("completed", "mail.finished", "shred")
        .rejects(Event::Released, Rejection::Repeated);
}

#[test]
fn an_access_is_packaged_answered_and_the_package_removed() {
    let story = Story::filed(Right::Access, Approval::Automatic)
        .then(verified())
        .then(located(2, 0))
        .then(prepared())
        .check("carrying", "subject_request.prepared", "package")
        .then(packaged(&["app", "billing"]))
        .check("closing", "subject_request.completed", "receipt")
        .then(Event::ReceiptIssued)
        .then(sent(Message::Completed))
        .check("completed", "mail.completed", "shred");
    let (_, remove_at) = &story.jobs[story.jobs.len() - 4];
    assert_eq!(*remove_at, start().checked_add(hours(14 * 24)).unwrap());
    let (_, shred_at) = story.jobs.last().unwrap();
    assert_eq!(
        shred_at, remove_at,
        "the key outlives the package by nothing"
    );
    assert!(keys(&story, "remove-package").len() == 1 && keys(&story, "erase").is_empty());
}

#[test]
fn a_package_that_leaves_a_source_out_is_not_one() {
    Story::filed(Right::Access, Approval::Automatic)
        .then(verified())
        .then(located(2, 1))
        .then(prepared())
        .rejects(packaged(&["app"]), Rejection::Incomplete)
        .rejects(packaged(&[]), Rejection::Incomplete)
        .then(packaged(&["app", "billing"]));
}

#[test]
fn nothing_held_is_an_answer() {
    Story::filed(Right::Erasure, Approval::Staff)
        .then(verified())
        .then(located(0, 0))
        .check("closing", "subject_request.completed", "receipt")
        .then(Event::ReceiptIssued)
        .rejects(sent(Message::Completed), Rejection::Repeated)
        .then(sent(Message::NothingHeld))
        .check("completed", "mail.nothing_held", "shred");
}

#[test]
fn staff_decide_where_the_charter_says_so() {
    let undecided = Story::filed(Right::Erasure, Approval::Staff)
        .then(verified())
        .then(located(1, 0))
        .check("undecided", "subject_request.located", "locate");
    let approved_story = undecided.clone().then(approved());
    let approved_story = approved_story.check("preparing", "subject_request.approved", "prepare");
    assert_eq!(
        approved_story.records.last().unwrap().facts["by"],
        staff().as_str()
    );
    let refused_story =
        undecided
            .then(refused())
            .check("refused", "subject_request.refused", "mail");
    let facts = &refused_story.records.last().unwrap().facts;
    assert_eq!(facts["reason"], "excessive");
    let shredded = refused_story.then(sent(Message::Refused));
    let (job, not_before) = shredded.jobs.last().unwrap();
    assert_eq!(kind(job), "shred");
    assert_eq!(*not_before, start().checked_add(hours(30 * 24)).unwrap());
}

#[test]
fn nobody_decides_where_nothing_is_to_be_decided() {
    for story in [
        Story::filed(Right::Erasure, Approval::Staff),
        carrying(),
        erasure_completed(),
    ] {
        story
            .rejects(approved(), Rejection::NothingToDecide)
            .rejects(refused(), Rejection::NothingToDecide)
            .rejects(retried("app"), Rejection::NothingToDecide);
    }
}

#[test]
fn an_unanswered_mail_lapses_in_time_and_not_before() {
    let waiting = Story::filed(Right::Access, Approval::Automatic).then(sent(Message::Verify));
    let waiting = waiting
        .after(hours(71))
        .rejects(Event::TimePassed, Rejection::Repeated);
    waiting.clone().after(hours(1)).then(verified());
    waiting
        .after(hours(2))
        .rejects(verified(), Rejection::Lapsed)
        .then(Event::TimePassed)
        .check("lapsed", "subject_request.lapsed", "shred")
        .rejects(verified(), Rejection::Lapsed)
        .rejects(Event::TimePassed, Rejection::Repeated);
}

#[test]
fn staff_who_vouch_are_on_record() {
    let proof = Proof::Vouched { who: staff() };
    let story = Story::filed(Right::Access, Approval::Automatic).then(Event::Verified { proof });
    assert_eq!(story.records.last().unwrap().facts["by"], staff().as_str());
    story.rejects(verified(), Rejection::AlreadyVerified);
}

#[test]
fn who_is_proved_already_gets_no_mail_and_is_looked_for_at_once() {
    let terms = Terms {
        channel: Channel::Api,
        tenant: Some("acme".parse().unwrap()),
        proof: Some(Proof::Vouched { who: staff() }),
        ..terms(Right::Erasure)
    };
    let (request, effects) = file(terms, &charter(Approval::Staff), start()).unwrap();
    assert_eq!(request.state, State::Locating);
    assert_eq!(request.clock.verified_at, Some(start()));
    assert_eq!(request.tenant.as_ref().map(Tenant::as_str), Some("acme"));
    let mut story = Story::filed(Right::Erasure, Approval::Staff);
    (story.request, story.jobs) = (request, Vec::new());
    story.records.clear();
    story.take(effects);
    assert_eq!(keys(&story, "locate").len(), story.jobs.len());
    let facts = |at: usize, name: &str| story.records[at].facts[name].clone();
    assert_eq!(
        (facts(0, "channel"), facts(1, "how")),
        ("api".into(), "vouched".into())
    );
    assert_eq!(facts(1, "by"), staff().as_str());
    assert!(
        !serde_json::to_string(&story.records)
            .unwrap()
            .contains("acme")
    );
}

#[test]
fn what_is_taken_back_before_it_is_carried_out_ends_there() {
    Story::filed(Right::Erasure, Approval::Staff)
        .then(cancelled())
        .check("cancelled", "subject_request.cancelled", "shred")
        .rejects(sent(Message::Verify), Rejection::Repeated)
        .rejects(verified(), Rejection::AlreadyVerified)
        .rejects(cancelled(), Rejection::NothingToDecide);
    let by = Some(staff());
    let told = Story::filed(Right::Erasure, Approval::Staff)
        .then(verified())
        .then(located(2, 1))
        .then(asked(Question::Identity))
        .then(Event::Cancelled { by })
        .check("cancelled", "subject_request.cancelled", "mail")
        .rejects(approved(), Rejection::NothingToDecide)
        .then(sent(Message::Cancelled))
        .check("cancelled", "mail.cancelled", "shred");
    assert_eq!(shred_from(&[told.request]), Some(start()));
    carrying().rejects(cancelled(), Rejection::TooLateToCancel);
}

#[test]
fn residue_is_erased_again_until_staff_must_look() {
    let mut story = carrying();
    for attempt in 1..=ERASE_ATTEMPTS_MAX {
        story = story.then(erased("app")).then(searched("app", 4));
        assert_eq!(story.request.sources["app"].attempts, attempt);
        assert_eq!(story.request.sources["app"].residue, residue(4));
    }
    assert_eq!(story.request.sources["app"].stage, Stage::Stuck);
    assert_eq!(
        keys(&story, "erase").len() as u32,
        2 + ERASE_ATTEMPTS_MAX - 1
    );
    let story = story
        .rejects(erased("app"), Rejection::Repeated)
        .rejects(searched("app", 0), Rejection::Repeated)
        .rejects(blocked("app", "down"), Rejection::Repeated)
        .then(retried("app"))
        .check("carrying", "subject_request.retried", "erase")
        .rejects(retried("app"), Rejection::NothingToDecide);
    let again = story.clone().then(erased("app")).then(searched("app", 1));
    assert_eq!(again.request.sources["app"].stage, Stage::Stuck);
    let gone = story.then(erased("app")).then(searched("app", 0));
    assert_eq!(gone.request.sources["app"].stage, Stage::Verified);
    assert_eq!(
        gone.request.sources["app"].effects[0].rows, 4,
        "attempts add up"
    );
    assert_eq!(
        gone.request.state,
        State::Carrying,
        "`billing` is not erased yet"
    );
}

#[test]
fn each_source_that_is_down_is_waited_for_on_its_own() {
    let story = carrying()
        .then(blocked("app", "refused"))
        .check("carrying", "subject_request.waits", "erase")
        .after(hours(1))
        .then(blocked("billing", "refused"))
        .rejects(blocked("app", "refused"), Rejection::Repeated);
    let written = story.records.len();
    let story = story.then(blocked("app", "timed out"));
    assert_eq!(
        story.records.len(),
        written,
        "retries don't fill the ledger"
    );
    let waiting = &story.request.waiting;
    assert_eq!(waiting["app"].since, start(), "since the first time");
    assert_eq!(waiting["app"].why, "timed out");
    let story = story.then(erased("app"));
    let down: Vec<&str> = story.request.waiting.keys().map(String::as_str).collect();
    assert_eq!(down, ["billing"], "one recovered, the other did not");
}

#[test]
fn nothing_waits_where_no_source_is_asked() {
    let blocked = || blocked("app", "down");
    for story in [
        Story::filed(Right::Erasure, Approval::Staff),
        Story::filed(Right::Erasure, Approval::Staff)
            .then(verified())
            .then(located(1, 1)),
        carrying().then(erased("app")).then(searched("app", 0)),
        erasure_completed(),
    ] {
        story.rejects(blocked(), Rejection::Repeated);
    }
    let located_late = Story::filed(Right::Erasure, Approval::Staff)
        .then(verified())
        .then(blocked())
        .then(located(1, 1));
    assert!(located_late.request.waiting.is_empty());
}

#[test]
fn results_of_another_right_or_source_are_rejected() {
    carrying()
        .rejects(packaged(&["app", "billing"]), Rejection::Repeated)
        .rejects(erased("warehouse"), Rejection::Repeated)
        .rejects(searched("app", 0), Rejection::Repeated)
        .rejects(located(1, 1), Rejection::Repeated)
        .rejects(prepared(), Rejection::Repeated)
        .rejects(Event::ReceiptIssued, Rejection::Repeated);
    access_completed().rejects(erased("app"), Rejection::Repeated);
}

#[test]
fn a_mail_is_said_once_and_in_its_turn() {
    let story = carrying()
        .rejects(sent(Message::Completed), Rejection::Repeated)
        .rejects(sent(Message::Refused), Rejection::Repeated)
        .then(sent(Message::Verify))
        .rejects(sent(Message::Verify), Rejection::Repeated)
        .rejects(failed(Message::Verify), Rejection::Repeated);
    assert!(keys(&story, "shred").is_empty());
    erasure_completed()
        .then(failed(Message::Completed))
        .check("completed", "mail_failed.completed", "shred")
        .rejects(sent(Message::Completed), Rejection::Repeated);
}

fn kind(job: &Job) -> &'static str {
    match job {
        Job::SendMail { .. } => "mail",
        Job::Lapse { .. } => "lapse",
        Job::Shred { .. } => "shred",
        _ => "other",
    }
}

/// Keys of the jobs that were put into the queue, of one kind.
fn keys(story: &Story, kind: &str) -> Vec<String> {
    let keys = story.jobs.iter().map(|(job, _)| job.key());
    keys.filter(|key| key.starts_with(kind)).collect()
}

fn completed(record: &&Record) -> bool {
    record.kind == "subject_request.completed"
}

#[test]
fn an_end_users_wish_waits_for_the_tenant_unless_it_is_the_tenants_own_word() {
    let tenant: Option<crate::subject_request::Tenant> = "acme".parse().ok();
    for (tenant, channel, waits) in [
        (None, Channel::Api, false),
        (tenant.clone(), Channel::Api, true),
        (tenant.clone(), Channel::Bulk, true),
        (tenant, Channel::Protocol, false),
    ] {
        let terms = Terms {
            tenant,
            channel,
            ..terms(Right::Erasure)
        };
        let (request, _) = file(terms, &charter(Approval::Automatic), start()).unwrap();
        assert_eq!(request.staff_decide(), waits, "{channel:?}");
    }
}
