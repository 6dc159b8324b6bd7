//! The rules of each law by hand, what holds of every clock, and thousands of
//! clocks against another implementation.

mod differential;
mod properties;

use std::collections::BTreeMap;

use candor_policy::charter::{Charter, Organisation, Right, RightTerms};
use candor_policy::period::Unit;

use super::*;
use crate::testing::staff;

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn period(amount: u32, unit: Unit) -> Period {
    Period { amount, unit }
}

/// An organisation of a place, under laws, with terms for one right.
fn charter(place: &str, laws: &[Law], right: Right, terms: RightTerms) -> Charter {
    let country = place.split('-').next().unwrap();
    Charter {
        organisation: Organisation {
            country: country.to_owned(),
            laws: laws.to_vec(),
            ..Organisation::default()
        },
        rights: BTreeMap::from([(
            right,
            RightTerms {
                calendar: (place != country).then(|| place.to_owned()),
                ..terms
            },
        )]),
        ..Charter::default()
    }
}

/// A clock under the law of a place and nothing else, verified when received.
fn clock(place: &str, laws: &[Law], right: Right, received_at: &str) -> Clock {
    let charter = charter(place, laws, right, RightTerms::default());
    let received_at = at(received_at);
    Clock {
        verified_at: Some(received_at),
        ..Clock::new(limits_of(&charter, right), received_at)
    }
}

fn told(mut clock: Clock, told_at: &str) -> Clock {
    clock.extension = Some(Extension {
        decided_at: at(told_at),
        by: staff(),
        reason: ExtensionReason::Complexity,
        told_at: Some(at(told_at)),
    });
    clock
}

fn asked(mut clock: Clock, question: Question, asked_at: &str, ended_at: Option<&str>) -> Clock {
    clock.pause = Some(Pause {
        question,
        decided_at: at(asked_at),
        by: staff(),
        asked_at: Some(at(asked_at)),
        ended_at: ended_at.map(at),
    });
    clock
}

/// The answer's deadline, in the zone of the calendar that decides.
#[track_caller]
fn check(clock: &Clock, expected: &str) {
    let deadline = clock.answer().unwrap();
    let zone = Calendar::of(&deadline.limit.calendar).unwrap().time_zone();
    let shown = deadline.at.to_zoned(zone.clone()).datetime().to_string();
    assert_eq!(shown, expected, "{deadline:?}");
}

#[test]
fn the_gdpr_gives_one_month_and_two_more_if_told_within_the_first() {
    let one = clock("FR", &[], Right::Erasure, "2026-01-31T09:00:00Z");
    // The 28th is a Saturday.
    check(&one, "2026-03-02T23:59:59");
    let moved = one.answer().unwrap().moved_from.unwrap();
    assert_eq!(moved.to_string(), "2026-02-28");
    check(
        &told(one.clone(), "2026-03-02T22:59:59Z"),
        "2026-04-30T23:59:59",
    );
    check(&told(one, "2026-03-02T23:00:00Z"), "2026-03-02T23:59:59");
}

#[test]
fn a_refusal_under_the_gdpr_has_no_longer_time() {
    let eu = told(
        clock("FR", &[], Right::Erasure, "2026-03-10T09:00:00Z"),
        "2026-03-20T09:00:00Z",
    );
    check(&eu, "2026-06-10T23:59:59");
    assert_eq!(eu.refusal().unwrap().at, at("2026-04-10T21:59:59Z"));
    let uk = told(
        clock("GB", &[], Right::Erasure, "2026-03-10T09:00:00Z"),
        "2026-03-20T09:00:00Z",
    );
    assert_eq!(uk.refusal().unwrap().at, uk.answer().unwrap().at);
}

#[test]
fn the_united_kingdom_counts_from_the_proof_of_identity() {
    let mut uk = clock("GB", &[], Right::Access, "2026-03-10T09:00:00Z");
    uk.verified_at = Some(at("2026-03-16T09:00:00Z"));
    check(&uk, "2026-04-16T23:59:59");
    // A complaint has no time for its answer, but one to be acknowledged.
    let complaint = clock("GB", &[], Right::Complaint, "2026-03-10T09:00:00Z");
    let deadline = complaint.acknowledgement().unwrap();
    assert_eq!(deadline.at, at("2026-04-09T22:59:59Z"));
}

#[test]
fn the_clock_stands_still_from_question_to_answer_where_the_law_lets_it() {
    let received = "2026-03-10T09:00:00Z";
    let pause = |clock, question| {
        asked(
            clock,
            question,
            "2026-03-12T09:00:00Z",
            Some("2026-03-18T12:00:00Z"),
        )
    };
    let access = clock("GB", &[], Right::Access, received);
    check(&access, "2026-04-10T23:59:59");
    let paused = pause(access, Question::Meaning);
    check(&paused, "2026-04-16T23:59:59");
    assert_eq!(paused.answer().unwrap().paused_days, 6);
    // What an erasure means needs no question (recital 63 is about access).
    let erasure = clock("FR", &[], Right::Erasure, received);
    check(
        &pause(erasure.clone(), Question::Meaning),
        "2026-04-10T23:59:59",
    );
    assert!(!erasure.waits_for(Question::Meaning));
    assert!(erasure.waits_for(Question::Identity));
    // 16 April is a Thursday.
    check(&pause(erasure, Question::Identity), "2026-04-16T23:59:59");
    // California's 45 days run whether or not the person is verified.
    let us = clock("US", &[Law::California], Right::Erasure, received);
    check(&pause(us, Question::Identity), "2026-04-24T23:59:59");
}

#[test]
fn a_question_without_an_answer_stops_the_clock_for_thirty_days() {
    let access = clock("GB", &[], Right::Access, "2026-03-10T09:00:00Z");
    let asked_at = "2026-03-12T09:00:00Z";
    let open = asked(access.clone(), Question::Meaning, asked_at, None);
    // Sunday 10 May, moved.
    check(&open, "2026-05-11T23:59:59");
    let late = Some("2026-07-01T09:00:00Z");
    let answered = asked(access, Question::Meaning, asked_at, late);
    assert_eq!(answered.answer().unwrap().at, open.answer().unwrap().at);
}

#[test]
fn california_wants_a_word_in_ten_business_days_and_an_answer_in_45_days() {
    // Friday 20 March; 31 March is César Chávez Day.
    let us = clock(
        "US",
        &[Law::California],
        Right::Access,
        "2026-03-20T19:00:00Z",
    );
    let word = us.acknowledgement().unwrap();
    assert_eq!(word.at, at("2026-04-07T06:59:59Z"));
    check(&us, "2026-05-04T23:59:59");
    check(&told(us, "2026-05-01T19:00:00Z"), "2026-06-18T23:59:59");
    let opt_out = clock(
        "US",
        &[Law::California],
        Right::Objection,
        "2026-03-20T19:00:00Z",
    );
    check(&opt_out, "2026-04-13T23:59:59");
    assert_eq!(opt_out.acknowledgement(), None);
}

#[test]
fn brazil_and_quebec_extend_nothing_and_move_nothing() {
    // Both end on a Saturday.
    let brazil = clock("BR", &[], Right::Access, "2026-03-13T12:00:00Z");
    check(&told(brazil, "2026-03-14T12:00:00Z"), "2026-03-28T23:59:59");
    let quebec = clock("CA", &[Law::Quebec], Right::Access, "2026-03-12T16:00:00Z");
    check(&told(quebec, "2026-03-14T12:00:00Z"), "2026-04-11T23:59:59");
}

#[test]
fn the_shortest_of_all_rules_decides() {
    let received = at("2026-01-30T09:00:00Z");
    let days = |amount| RightTerms {
        complete: Some(period(amount, Unit::Days)),
        ..RightTerms::default()
    };
    let clock = |terms| {
        let charter = charter("FR", &[Law::Brazil], Right::Access, terms);
        Clock::new(limits_of(&charter, Right::Access), received)
    };
    let rule = |terms| clock(terms).answer().unwrap().limit.rule;
    assert_eq!(rule(days(7)), Rule::Promise);
    assert_eq!(rule(days(30)), Rule::Law(Law::Brazil));
    // Thirty days from 31 January are more than a month that ends in February.
    let charter = charter("FR", &[], Right::Access, days(30));
    let clock = Clock::new(
        limits_of(&charter, Right::Access),
        at("2028-01-31T09:00:00Z"),
    );
    assert_eq!(clock.answer().unwrap().limit.rule, Rule::Law(Law::Gdpr));
}

#[test]
fn a_promise_is_carried_out_as_it_is_declared() {
    let terms = RightTerms {
        answer: Some(period(24, Unit::Hours)),
        complete: Some(period(7, Unit::WorkingDays)),
        from: Start::Verification,
        rounding: Rounding::Exact,
        extension: Some(period(3, Unit::WorkingDays)),
        ..RightTerms::default()
    };
    let charter = charter("CH-ZH", &[], Right::Erasure, terms);
    let mut clock = Clock::new(
        limits_of(&charter, Right::Erasure),
        at("2026-03-26T09:00:00Z"),
    );
    clock.verified_at = Some(at("2026-03-27T10:00:00Z"));
    let word = clock.acknowledgement().unwrap();
    assert_eq!(word.at, at("2026-03-28T10:00:00Z"));
    // Good Friday and Easter Monday are off in Zurich: 30, 31, 1, 2, 7, 8, 9.
    check(&clock, "2026-04-09T11:00:00");
    let longer = told(clock.clone(), "2026-04-01T10:00:00Z");
    check(&longer, "2026-04-14T11:00:00");
    // What was never told counts for nothing.
    clock.extension = longer.extension.map(|extension| Extension {
        told_at: None,
        ..extension
    });
    check(&clock, "2026-04-09T11:00:00");
}

#[test]
fn more_time_in_another_unit_takes_none_of_a_pauses_time_away() {
    let terms = RightTerms {
        complete: Some(period(4, Unit::WorkingDays)),
        extension: Some(period(1, Unit::Days)),
        ..RightTerms::default()
    };
    let charter = charter("DE-BY", &[], Right::Erasure, terms);
    let received = at("2030-03-04T04:00:00Z");
    let plain = Clock::new(limits_of(&charter, Right::Erasure), received);
    let paused = asked(
        plain,
        Question::Identity,
        "2030-03-09T23:00:00Z",
        Some("2030-03-18T23:00:00Z"),
    );
    // The 8th, and after it the pause's seven working days. The 9th and its nine
    // days would be the 18th.
    check(&paused, "2030-03-19T23:59:59");
    check(&told(paused, "2030-03-04T04:00:00Z"), "2030-03-19T23:59:59");
}

#[test]
fn a_promise_without_an_extension_is_not_extended() {
    let terms = RightTerms {
        complete: Some(period(7, Unit::Days)),
        ..RightTerms::default()
    };
    let charter = charter("FR", &[], Right::Erasure, terms);
    let clock = Clock::new(
        limits_of(&charter, Right::Erasure),
        at("2026-03-10T09:00:00Z"),
    );
    let longer = told(clock.clone(), "2026-03-11T09:00:00Z");
    assert_eq!(longer.answer().unwrap().at, clock.answer().unwrap().at);
    assert_eq!(clock.extended_to(at("2026-03-11T09:00:00Z")), None);
}

#[test]
fn a_right_without_terms_has_no_rules() {
    let charter = Charter::default();
    assert_eq!(limits_of(&charter, Right::Access), []);
    assert_eq!(Clock::default().answer(), None);
}
