//! Each letter as people get it, and what none of them may hold.

use candor_domain::subject_request::{State, SubjectRequest, TenantNotice};
use candor_domain::work::Message;

use super::{expiring, letter, waiting};
use crate::ui::sample;

const LINK: &str = "https://privacy.stackyard.example/requests/0123456789abcdef";

fn written(message: Message, request: &SubjectRequest) -> String {
    let letter = letter(message, request, &sample::charter(), LINK, "").unwrap();
    assert!(letter.body.contains(LINK), "every letter leads somewhere");
    assert!(!letter.subject.contains('\n'));
    assert!(letter.body.ends_with('\n'));
    format!("Subject: {}\n\n{}", letter.subject, letter.body)
}

#[test]
fn verify() {
    let request = sample::unverified_erasure();
    insta::assert_snapshot!(written(Message::Verify, &request));
}

#[test]
fn expiring_names_the_day_and_the_promise() {
    let charter = sample::charter();
    let promise = charter.promises.iter();
    let promise = promise
        .clone()
        .find(|promise| promise.id.0.starts_with("retain."))
        .unwrap();
    let day = "2027-03-01T10:00:00Z".parse().unwrap();
    let letter = expiring(&charter, promise, day, "https://privacy.stackyard.example").unwrap();
    assert!(letter.body.contains("1 March 2027"));
    insta::assert_snapshot!(format!("Subject: {}\n\n{}", letter.subject, letter.body));
}

#[test]
fn acknowledged_names_the_day_and_the_rule() {
    let request = sample::erasure(State::Undecided);
    let text = written(Message::Acknowledged, &request);
    assert!(text.contains("21 December 2026") && text.contains("our promise"));
    insta::assert_snapshot!(text);
}

#[test]
fn extended_names_the_new_day_the_reason_and_routes() {
    let request = sample::extended_erasure();
    let text = written(Message::Extended, &request);
    assert!(text.contains("22 February 2027") && text.contains("complex"));
    assert!(text.contains("Articles 77 and 79"));
    insta::assert_snapshot!(text);
}

#[test]
fn asked_leads_to_the_question_and_does_not_hold_it() {
    let request = sample::asked_erasure();
    let text = written(Message::Asked, &request);
    assert!(!text.contains("Which year") && text.contains("stands still"));
    insta::assert_snapshot!(text);
}

#[test]
fn completed_erasure_says_what_was_done_and_what_stays() {
    let request = sample::completed_erasure();
    insta::assert_snapshot!(written(Message::Completed, &request));
}

#[test]
fn completed_access_leads_to_the_package() {
    let request = sample::completed_access();
    insta::assert_snapshot!(written(Message::Completed, &request));
}

#[test]
fn nothing_held() {
    let request = sample::nothing_held();
    insta::assert_snapshot!(written(Message::NothingHeld, &request));
}

#[test]
fn refused_names_reason_and_routes() {
    let request = sample::refused_erasure();
    let text = written(Message::Refused, &request);
    assert!(text.contains("Article 77") && text.contains("Article 79"));
    insta::assert_snapshot!(text);
}

#[test]
fn what_can_be_undone_is_said_and_so_is_that_it_was() {
    use candor_domain::subject_request::Undo;
    use candor_policy::period::{Period, Unit};
    let mut request = sample::completed_erasure();
    request.undo = Some(Undo {
        window: Period {
            amount: 7,
            unit: Unit::Days,
        },
        until: Some("2026-11-29T10:00:00Z".parse().unwrap()),
        asked: None,
        returned: std::collections::BTreeMap::new(),
        ended_at: None,
    });
    let text = written(Message::Completed, &request);
    assert!(text.contains("29 November 2026") && !text.contains("last mail"));
    insta::assert_snapshot!("completed_and_undoable", text);
    insta::assert_snapshot!("undone", written(Message::Undone, &request));
}

#[test]
fn cancelled_says_that_nothing_was_done() {
    let by = None;
    let at = sample::now();
    let request = sample::erasure(State::Cancelled { at, by });
    let text = written(Message::Cancelled, &request);
    assert!(text.contains("nothing was done"));
    insta::assert_snapshot!(text);
}

#[test]
fn a_restriction_says_where_and_that_it_holds() {
    let request = sample::restricted();
    let text = written(Message::Completed, &request);
    assert!(text.contains("Paylane: told") && text.contains("only stored"));
    insta::assert_snapshot!(text);
}

#[test]
fn what_is_granted_in_part_names_the_rest_and_why() {
    let request = sample::granted_in_part();
    let text = written(Message::Completed, &request);
    assert!(text.contains("What goes on, and why") && text.contains("abuse"));
    insta::assert_snapshot!(text);
}

#[test]
fn the_end_of_a_restriction_is_told_before() {
    let request = sample::restricted();
    let text = written(Message::Lifting, &request);
    assert!(text.contains("Article 18(3)") && text.contains("Articles 77 and 79"));
    insta::assert_snapshot!(text);
}

#[test]
fn a_complaint_is_answered_in_the_words_of_staff_with_the_routes() {
    let request = sample::complaint(true);
    let charter = sample::charter();
    let answer = "You are right, and we have mended it.";
    let letter = letter(Message::Completed, &request, &charter, LINK, answer).unwrap();
    assert!(letter.body.contains(answer) && letter.body.contains("Articles 77"));
    insta::assert_snapshot!(format!("Subject: {}\n\n{}", letter.subject, letter.body));
}

#[test]
fn lines_fit_a_mail() {
    let request = sample::completed_erasure();
    let letter = letter(Message::Completed, &request, &sample::charter(), LINK, "").unwrap();
    let long = |line: &&str| line.chars().count() > super::LINE_CHARS_MAX;
    assert_eq!(letter.body.lines().find(long), None);
}

#[test]
fn a_tenant_reads_numbers_rights_and_days() {
    let one = sample::erasure(State::Undecided);
    let mut many = vec![(one.clone(), TenantNotice::Waits); 22];
    many[0].1 = TenantNotice::Reminder;
    let charter = sample::charter();
    let address = "https://privacy.stackyard.example";
    let single = waiting(&charter, &[(one, TenantNotice::Waits)], address).unwrap();
    let several = waiting(&charter, &many, address).unwrap();
    let flowing = several.body.replace('\n', " ");
    assert!(flowing.contains("22 requests of theirs") && flowing.contains("And 2 more."));
    assert_eq!(several.body.matches("Number ").count(), 20);
    let subject = "A request of your end user waits for your decision (Stackyard Hosting SAS)";
    assert_eq!(single.subject, subject);
    let flowing = single.body.replace('\n', " ");
    for told in [
        "A request of one of them waits for your decision:",
        many[1].0.id.as_str(),
        "to be answered by ",
        "https://privacy.stackyard.example/tenant?show=decide",
        "This mail names nobody on purpose.",
        "privacy@stackyard.example",
    ] {
        assert!(flowing.contains(told), "{told} in {flowing}");
    }
    assert!(!flowing.contains("We told you before"), "{flowing}");
}
