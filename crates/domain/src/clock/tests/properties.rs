//! What holds of every clock, whatever is declared and whatever happens.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const PLACES: [&str; 8] = ["FR", "DE-BY", "GB", "GB-SCT", "CH-ZH", "US", "BR", "CA"];

fn any_period() -> impl Strategy<Value = Period> {
    let units = vec![
        Unit::Hours,
        Unit::Days,
        Unit::WorkingDays,
        Unit::Weeks,
        Unit::Months,
    ];
    (1_u32..40, select(units)).prop_map(|(amount, unit)| period(amount, unit))
}

fn any_terms() -> impl Strategy<Value = RightTerms> {
    (
        proptest::option::of(any_period()),
        proptest::option::of(any_period()),
        proptest::option::of(any_period()),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(answer, complete, extension, verified, exact)| RightTerms {
                answer,
                complete,
                extension,
                from: if verified {
                    Start::Verification
                } else {
                    Start::Receipt
                },
                rounding: if exact {
                    Rounding::Exact
                } else {
                    Rounding::EndOfDay
                },
                ..RightTerms::default()
            },
        )
}

fn any_clock() -> impl Strategy<Value = Clock> {
    (
        select(PLACES.to_vec()),
        proptest::collection::vec(select(Law::ALL.to_vec()), 0..3),
        select(Right::ALL.to_vec()),
        any_terms(),
        1_577_836_800_i64..2_200_000_000,
        0_i64..72,
    )
        .prop_map(|(place, laws, right, terms, received, wait)| {
            let charter = charter(place, &laws, right, terms);
            let received = Timestamp::from_second(received).unwrap();
            let mut clock = Clock::new(limits_of(&charter, right), received);
            clock.verified_at = Some(received + SignedDuration::from_hours(wait));
            clock
        })
}

fn paused(mut clock: Clock, question: Question, asked: i64, lasts: i64) -> Clock {
    let asked_at = clock.received_at + SignedDuration::from_hours(asked);
    clock.pause = Some(Pause {
        question,
        decided_at: asked_at,
        by: staff(),
        asked_at: Some(asked_at),
        ended_at: Some(asked_at + SignedDuration::from_hours(lasts)),
    });
    clock
}

fn told_after(mut clock: Clock, hours: i64) -> Clock {
    let told_at = clock.received_at + SignedDuration::from_hours(hours);
    clock.extension = Some(Extension {
        decided_at: told_at,
        by: staff(),
        reason: ExtensionReason::Number,
        told_at: Some(told_at),
    });
    clock
}

proptest! {
    #[test]
    fn there_is_always_a_deadline_and_no_rule_ends_sooner(clock in any_clock()) {
        let first = clock.answer().unwrap().at;
        prop_assert!(first > clock.received_at);
        for limit in clock.limits.iter().filter(|limit| limit.duty == Duty::Answer) {
            let alone = Clock { limits: vec![limit.clone()], ..clock.clone() };
            prop_assert!(alone.answer().unwrap().at >= first);
        }
        prop_assert!(clock.refusal().unwrap().at <= first);
    }

    #[test]
    fn one_law_more_never_gives_more_time(clock in any_clock(), other in any_clock()) {
        let mut both = clock.clone();
        both.limits.extend(other.limits);
        prop_assert!(both.answer().unwrap().at <= clock.answer().unwrap().at);
    }

    #[test]
    fn nobody_is_given_less_time_by_being_told_or_asked(
        clock in any_clock(),
        question in select(Question::ALL.to_vec()),
        asked in 0_i64..600,
        lasts in 0_i64..900,
        told in 0_i64..2_000,
    ) {
        let plain = clock.answer().unwrap().at;
        let paused = paused(clock.clone(), question, asked, lasts);
        prop_assert!(paused.answer().unwrap().at >= plain);
        prop_assert!(told_after(clock.clone(), told).answer().unwrap().at >= plain);
        let both = told_after(paused.clone(), told);
        prop_assert!(both.answer().unwrap().at >= paused.answer().unwrap().at);
        // A notice after the deadline comes too late.
        let since = plain.duration_since(clock.received_at).as_hours() + 1;
        prop_assert_eq!(told_after(clock, since).answer().unwrap().at, plain);
    }

    #[test]
    fn a_longer_pause_never_ends_sooner(
        clock in any_clock(),
        asked in 0_i64..600,
        lasts in 0_i64..600,
        more in 0_i64..600,
    ) {
        let of = |lasts| paused(clock.clone(), Question::Identity, asked, lasts);
        prop_assert!(of(lasts + more).answer().unwrap().at >= of(lasts).answer().unwrap().at);
    }

    #[test]
    fn a_clock_survives_serialisation(clock in any_clock(), told in 0_i64..2_000) {
        let clock = told_after(clock, told);
        let text = serde_json::to_string(&clock).unwrap();
        prop_assert_eq!(serde_json::from_str::<Clock>(&text).unwrap(), clock);
    }
}
