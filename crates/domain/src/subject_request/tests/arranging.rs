//! Rights that people carry out: what is wished, done by hand, and holds.

use std::collections::BTreeSet;

use candor_policy::charter::{Basis, Data, Purpose, Role, Vendor};

use super::*;
use crate::testing::hours;

/// A charter with purposes and vendors of every kind.
fn company() -> Charter {
    let purpose = |basis, category: &str| Purpose {
        basis,
        category: Some(category.to_owned()),
        mail: None,
        opt_out: Vec::new(),
        often: None,
        interest: None,
        about: None,
    };
    let vendor = |purpose: &str, role| Vendor {
        purposes: vec![purpose.to_owned()],
        receives: vec!["email".to_owned()],
        role,
        ..Vendor::default()
    };
    let email = Data {
        category: "contact.email".to_owned(),
        of: vec!["customer".to_owned()],
        ..Data::default()
    };
    let stranger = Data {
        of: vec!["visitor".to_owned()],
        ..Data::default()
    };
    let mut charter = charter(Approval::Automatic);
    charter.purposes = [
        ("hosting", purpose(Basis::Contract, "service.provide")),
        ("newsletter", purpose(Basis::Consent, "marketing.email")),
        ("usage_statistics", purpose(Basis::Consent, "analytics")),
        ("security", purpose(Basis::LegitimateInterests, "security")),
        ("banners", purpose(Basis::Consent, "marketing.advertising")),
    ]
    .map(|(name, purpose)| (name.to_owned(), purpose))
    .into();
    charter.data = [("email", email), ("page", stranger)]
        .map(|(name, data)| (name.to_owned(), data))
        .into();
    charter.vendors = [
        ("posthorn", vendor("newsletter", None)),
        ("adlane", vendor("banners", None)),
        ("registry", vendor("hosting", Some(Role::Controller))),
        ("rackhaus", vendor("hosting", None)),
    ]
    .map(|(name, vendor)| (name.to_owned(), vendor))
    .into();
    let mut visits = vendor("newsletter", None);
    visits.receives = vec!["page".to_owned()];
    charter.vendors.insert("visits".to_owned(), visits);
    charter
}

fn wants(right: Right, named: &[&str]) -> Result<Wish, WishError> {
    let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
    Wish::new(right, &company(), &named, None, true)
}

/// Carried out as far as it goes without staff, with the company's own tasks.
fn arranged(right: Right, wish: Wish) -> Story {
    let mut story = Story::filed_under(&company(), right);
    if right != Right::OptOut {
        story = story.then(verified());
    }
    if needs_wish(right) {
        story = story.then(stated(wish));
    }
    story = story.then(located(2, 0));
    if story.request.state == State::Undecided {
        story = story.then(approved());
    }
    let tasks = tasks_of(&story.request, &company());
    story.then(Event::Prepared {
        tasks,
        writes: BTreeSet::new(),
    })
}

fn systems(story: &Story) -> Vec<String> {
    story.request.tasks.keys().map(System::to_string).collect()
}

#[test]
fn a_wish_names_only_uses_the_right_goes_against() {
    let company = company();
    assert_eq!(
        choices_for(Right::Withdrawal, &company),
        ["banners", "newsletter", "usage_statistics"]
    );
    assert_eq!(
        choices_for(Right::Objection, &company),
        ["banners", "newsletter", "security"]
    );
    let wish = wants(Right::Objection, &["security", "newsletter"]).unwrap();
    assert_eq!(wish.marketing, ["newsletter"]);
    assert_eq!(wish.purposes, ["security"]);
    assert_eq!(
        wants(Right::Objection, &["hosting"]),
        Err(WishError::UnknownPurpose)
    );
    assert_eq!(
        wants(Right::Withdrawal, &["nonsense"]),
        Err(WishError::UnknownPurpose)
    );
    assert_eq!(wants(Right::Withdrawal, &[]), Err(WishError::Purpose));
    assert_eq!(wants(Right::Restriction, &[]), Err(WishError::Ground));
    let silent = Wish::new(Right::Complaint, &company, &[], None, false);
    assert_eq!(silent, Err(WishError::Text));
}

#[test]
fn a_system_is_written_as_one_word() {
    for system in [app(), posthorn()] {
        let text = serde_json::to_string(&system).unwrap();
        assert_eq!(text, format!("\"{system}\""));
        assert_eq!(serde_json::from_str::<System>(&text).unwrap(), system);
    }
    assert!(serde_json::from_str::<System>("\"app\"").is_err());
}

#[test]
fn who_said_nothing_lapses_and_keeps_no_deadline_open() {
    let story = Story::filed(Right::Rectification, Approval::Automatic)
        .then(verified())
        .check("unstated", "subject_request.verified", "lapse-unstated");
    assert!(!story.request.is_open(), "nothing is asked yet");
    story
        .clone()
        .rejects(located(1, 0), Rejection::Repeated)
        .rejects(Event::TimePassed, Rejection::Repeated)
        .after(hours(14 * 24 + 1))
        .rejects(stated(wish()), Rejection::Lapsed)
        .then(Event::TimePassed)
        .check("lapsed", "subject_request.lapsed", "shred");
}

#[test]
fn it_is_answered_when_the_last_task_is_done_and_not_before() {
    let story = arranged(Right::Restriction, wish());
    let all = [
        "source/app",
        "vendor/adlane",
        "vendor/posthorn",
        "vendor/rackhaus",
        "vendor/registry",
    ];
    assert_eq!(
        systems(&story),
        all,
        "billing holds nothing, visits gets nothing"
    );
    let systems: Vec<System> = story.request.tasks.keys().cloned().collect();
    let (last, others) = systems.split_last().unwrap();
    let mut story = story;
    for system in others {
        story = story
            .then(task_done(system))
            .rejects(task_done(system), Rejection::Repeated)
            .rejects(Event::ReceiptIssued, Rejection::Repeated);
        assert_eq!(story.request.state_key(), "carrying");
    }
    let elsewhere = System::Vendor("nobody".to_owned());
    story
        .rejects(task_done(&elsewhere), Rejection::NothingToDecide)
        .then(task_done(last))
        .check("closing", "subject_request.completed", "receipt")
        .then(Event::ReceiptIssued)
        .check("completed", "subject_request.completed", "mail");
}

#[test]
fn a_task_that_is_not_done_after_all_is_open_until_the_answer() {
    let story = arranged(Right::Restriction, Wish::default());
    let systems: Vec<System> = story.request.tasks.keys().cloned().collect();
    let (last, others) = systems.split_last().unwrap();
    let first = &systems[0];
    let due_at = story.request.due_at;
    let story = others
        .iter()
        .fold(story, |story, one| story.then(task_done(one)))
        .rejects(task_reopened(last), Rejection::NothingToDecide)
        .then(task_reopened(first))
        .check("carrying", "subject_request.task_reopened", "prepare")
        .rejects(task_reopened(first), Rejection::NothingToDecide);
    assert_eq!(story.request.tasks[first].done, None);
    assert_eq!(story.request.due_at, due_at, "its time runs on");
    story
        .then(task_done(last))
        .check("carrying", "subject_request.task_done", "prepare")
        .then(task_done(first))
        .check("closing", "subject_request.completed", "receipt")
        .rejects(task_reopened(first), Rejection::AnsweredBefore)
        .then(Event::ReceiptIssued)
        .rejects(task_reopened(first), Rejection::AnsweredBefore);
}

#[test]
fn tasks_are_only_where_the_use_is() {
    let newsletter = wants(Right::Withdrawal, &["newsletter"]).unwrap();
    let story = arranged(Right::Withdrawal, newsletter);
    assert_eq!(systems(&story), ["source/app", "vendor/posthorn"]);
    let story = arranged(Right::OptOut, Wish::default());
    assert_eq!(
        systems(&story),
        ["source/app", "vendor/adlane", "vendor/registry"]
    );
}

#[test]
fn an_erasure_is_answered_once_whoever_received_the_data_was_told() {
    let story = arranged(Right::Erasure, Wish::default());
    let told = [
        "vendor/adlane",
        "vendor/posthorn",
        "vendor/rackhaus",
        "vendor/registry",
    ];
    assert_eq!(systems(&story), told);
    let vendors: Vec<System> = story.request.tasks.keys().cloned().collect();
    let (last, others) = vendors.split_last().unwrap();
    let erased_everywhere = story
        .then(erased("app"))
        .then(searched("app", 0))
        .then(erased("billing"))
        .then(searched("billing", 0))
        .check("carrying", "subject_request.verified_absent", "verify");
    let almost = others
        .iter()
        .fold(erased_everywhere, |story, one| story.then(task_done(one)));
    almost
        .check("carrying", "subject_request.task_done", "verify")
        .then(task_done(last))
        .check("closing", "subject_request.completed", "receipt");
    // The other way round: told first, gone later.
    let story = arranged(Right::Erasure, Wish::default());
    let told = vendors
        .iter()
        .fold(story, |story, one| story.then(task_done(one)));
    told.then(erased("app"))
        .then(searched("app", 0))
        .then(erased("billing"))
        .check("carrying", "subject_request.erased", "verify")
        .then(searched("billing", 0))
        .check("closing", "subject_request.completed", "receipt");
}

#[test]
fn nobody_weighs_direct_marketing_a_withdrawal_or_an_opt_out() {
    let staff = charter(Approval::Staff);
    for (right, wish) in [
        (Right::Objection, against_marketing()),
        (Right::Withdrawal, wish()),
    ] {
        let story = Story::filed_under(&staff, right).then(verified());
        story
            .then(stated(wish))
            .then(located(0, 0))
            .check("preparing", "subject_request.located", "prepare")
            .rejects(refused(), Rejection::NothingToDecide);
    }
    // Without asking who it is, and without a mail to confirm.
    Story::filed_under(&staff, Right::OptOut)
        .rejects(verified(), Rejection::AlreadyVerified)
        .check("locating", "subject_request.filed", "mail")
        .then(located(1, 0))
        .check("preparing", "subject_request.located", "prepare");
}

#[test]
fn what_is_declined_leaves_direct_marketing_granted() {
    let wish = wants(Right::Objection, &["security", "newsletter"]).unwrap();
    let story = Story::filed_under(&company(), Right::Objection)
        .then(verified())
        .then(stated(wish))
        .then(located(1, 0))
        .check("undecided", "subject_request.located", "locate")
        .then(refused())
        .check("preparing", "subject_request.declined_in_part", "prepare");
    let declined = story.request.declined.as_ref().unwrap();
    assert_eq!(declined.purposes, ["security"]);
    let choices = Choices::of(&[story.request]);
    assert!(!choices.allow("newsletter"));
    assert!(choices.allow("security"));
}

#[test]
fn a_complaint_is_answered_and_never_just_approved() {
    let story = Story::filed(Right::Complaint, Approval::Automatic)
        .then(verified())
        .then(stated(wish()))
        .check("undecided", "subject_request.stated", "lapse-unstated")
        .rejects(approved(), Rejection::NothingToDecide)
        .then(answered())
        .check("closing", "subject_request.completed", "receipt")
        .rejects(answered(), Rejection::NothingToDecide)
        .then(Event::ReceiptIssued)
        .then(sent(Message::Completed));
    let kept = shred_from(std::slice::from_ref(&story.request));
    assert_eq!(kept, Some(story.now.checked_add(hours(30 * 24)).unwrap()));
    let other = Story::filed(Right::Erasure, Approval::Staff);
    other
        .then(verified())
        .then(located(1, 0))
        .rejects(answered(), Rejection::NothingToDecide);
}

fn restricted() -> Story {
    let story = arranged(Right::Restriction, wish());
    let systems: Vec<System> = story.request.tasks.keys().cloned().collect();
    let done = systems
        .iter()
        .fold(story, |story, system| story.then(task_done(system)));
    done.then(Event::ReceiptIssued)
        .then(sent(Message::Completed))
}

#[test]
fn a_restriction_holds_until_the_person_was_told_that_it_ends() {
    let story = restricted();
    assert!(story.request.restricts());
    assert_eq!(
        shred_from(std::slice::from_ref(&story.request)),
        Some(Timestamp::MAX)
    );
    let story = story
        .rejects(sent(Message::Lifting), Rejection::Repeated)
        .then(lifted())
        .rejects(lifted(), Rejection::Repeated);
    assert!(story.request.restricts(), "until the mail is out");
    let story =
        story
            .then(failed(Message::Lifting))
            .check("completed", "restriction.goes_on", "mail");
    assert!(story.request.restricts());
    let story = story
        .then(lifted())
        .then(sent(Message::Lifting))
        .check("completed", "restriction.lifted", "shred")
        .rejects(lifted(), Rejection::Repeated);
    assert!(!story.request.restricts());
    assert!(shred_from(&[story.request]).unwrap() <= story.now);
}

#[test]
fn choices_last_until_the_person_is_erased() {
    let objection = arranged(Right::Objection, against_marketing());
    let choices = Choices::of(std::slice::from_ref(&objection.request));
    let refused: BTreeSet<&str> = choices.refused.keys().map(String::as_str).collect();
    assert_eq!(refused, BTreeSet::from(["newsletter"]));
    assert!(Choices::of(&[restricted().request]).restricted.is_some());
    let opted_out = arranged(Right::OptOut, Wish::default());
    assert!(Choices::of(&[opted_out.request]).opted_out.is_some());
    let pending = Story::filed(Right::Objection, Approval::Automatic).proved();
    assert_eq!(Choices::of(&[pending.request]), Choices::default());

    let tasks: Vec<System> = objection.request.tasks.keys().cloned().collect();
    let done = tasks
        .iter()
        .fold(objection, |story, one| story.then(task_done(one)));
    let told = done
        .then(Event::ReceiptIssued)
        .then(sent(Message::Completed));
    assert!(
        told.jobs
            .iter()
            .all(|(job, _)| !matches!(job, Job::Shred { .. }))
    );
    let alone = shred_from(std::slice::from_ref(&told.request));
    assert_eq!(alone, Some(Timestamp::MAX));
    let erased = erasure_completed()
        .after(hours(5))
        .then(sent(Message::Completed))
        .settled();
    let both = shred_from(&[told.request, erased.request]);
    assert_eq!(both, Some(start().checked_add(hours(5)).unwrap()));
}
