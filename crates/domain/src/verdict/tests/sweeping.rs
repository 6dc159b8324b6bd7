//! What a sweep changes in the verdict on a retention rule: while it works, a
//! row that is near its time is no risk.

use super::*;
use crate::check::SweepFinding;
use crate::sweep::Tallied;

const RULE: &str = "usage";

/// The rule with rows that must go within the month, and this sweep.
fn judged_with(found: Option<(SweepFinding, i64)>, oldest_days: i64) -> Judgement {
    judged_under(&declared(), found, oldest_days)
}

fn judged_under(
    charter: &Charter,
    found: Option<(SweepFinding, i64)>,
    oldest_days: i64,
) -> Judgement {
    let promise = promise(Family::Retain, RULE);
    let mut world = World::new();
    for check in checks_for(&promise, charter) {
        let finding = aged(u64::from(oldest_days < -90), oldest_days);
        world.insert(check.clone(), observation(check, finding));
    }
    let check = sweep_of(&promise, charter).unwrap();
    if let Some((found, hours_ago)) = found {
        let mut observation = observation(check.clone(), Finding::Swept(found));
        observation.at = start().checked_sub(hours(hours_ago)).unwrap();
        world.insert(check, observation);
    }
    judged(&promise, charter, &world)
}

fn works() -> SweepFinding {
    SweepFinding {
        carried_out: true,
        complete: true,
        ..SweepFinding::default()
    }
}

#[test]
fn what_a_hold_keeps_breaks_nothing_and_what_it_does_not_does() {
    let promise = promise(Family::Retain, RULE);
    let held = |rows: u64| {
        let mut held: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for check in checks_for(&promise, &declared()) {
            if let Check::Age { source, table, .. } = check {
                held.entry(source).or_default().insert(table, rows);
            }
        }
        SweepFinding { held, ..works() }
    };
    let judged = judged_with(Some((held(1), 1)), -100);
    assert_eq!(judged.verdict, Verdict::Kept, "{:?}", judged.reasons);
    assert!(
        judged
            .reasons
            .iter()
            .any(|reason| reason.starts_with("a hold keeps 1 rows"))
    );
    let judged = judged_with(Some((held(0), 1)), -100);
    assert_eq!(judged.verdict, Verdict::Broken, "{:?}", judged.reasons);
    // What was held the day before yesterday excuses nothing.
    let judged = judged_with(Some((held(1), 48)), -100);
    assert_eq!(judged.verdict, Verdict::Broken, "{:?}", judged.reasons);
}

#[test]
fn a_line_that_may_tell_of_people_breaks_the_promise() {
    let tallied = |small| SweepFinding {
        tallied: Some(Tallied { lines: 40, small }),
        ..works()
    };
    let judged = judged_with(Some((tallied(0), 1)), -10);
    assert_eq!(judged.verdict, Verdict::Kept, "{:?}", judged.reasons);
    let judged = judged_with(Some((tallied(1), 1)), -10);
    assert_eq!(judged.verdict, Verdict::Broken, "{:?}", judged.reasons);
    assert!(judged.reasons.iter().any(|why| why.starts_with("1 lines")));
}

#[test]
fn a_row_near_its_time_is_no_risk_while_sweeps_work() {
    let judged = judged_with(Some((works(), 1)), -80);
    assert_eq!(judged.verdict, Verdict::Kept, "{:?}", judged.reasons);
    let by = after_days(10);
    let refused = SweepFinding {
        refused: Some("an index is missing".to_owned()),
        ..works()
    };
    let left = SweepFinding {
        complete: false,
        ..works()
    };
    let only_looked = SweepFinding {
        carried_out: false,
        ..works()
    };
    for (found, why) in [
        (None, "must go by"),
        (Some((works(), 4)), "nobody has swept"),
        (Some((refused, 1)), "an index is missing"),
        (Some((left, 1)), "left rows behind"),
        (Some((only_looked, 1)), "must go by"),
    ] {
        let judged = judged_with(found, -80);
        assert_eq!(judged.verdict, Verdict::AtRisk { by }, "{why}");
        let reasons = judged.reasons.join("; ");
        assert!(reasons.contains(why), "{reasons}");
    }
}

#[test]
fn rows_that_only_a_law_keeps_are_on_the_organisations_word() {
    let mut charter = declared();
    let rule = charter.retention.get_mut(RULE).unwrap();
    rule.keep = Keep::Until("account_closed".to_owned());
    rule.at_least = Some(NINETY_DAYS);
    rule.law = Some("the Tax Code".to_owned());
    let judged_with = |rows: u64, oldest: Option<i64>| {
        let promise = promise(Family::Retain, RULE);
        let mut world = World::new();
        for check in checks_for(&promise, &charter) {
            let finding = match &check {
                Check::Restricted { .. } => Finding::Restricted {
                    rows,
                    oldest: oldest.map(after_days),
                },
                _ => aged(0, oldest.unwrap_or(-1)),
            };
            world.insert(check.clone(), observation(check, finding));
        }
        judged(&promise, &charter, &world)
    };
    let none = judged_with(0, None);
    assert_eq!(none.verdict, Verdict::Kept, "{:?}", none.reasons);
    let some = judged_with(3, Some(-10));
    assert_eq!(some.verdict, Verdict::Stated, "{:?}", some.reasons);
    let said = some.reasons.join("; ");
    assert!(
        said.contains("3 rows") && said.contains("the Tax Code"),
        "{said}"
    );
    // A rule without a law has nothing to restrict.
    let checks = checks_for(&promise(Family::Retain, RULE), &declared());
    assert!(
        !checks
            .iter()
            .any(|check| matches!(check, Check::Restricted { .. }))
    );
}

#[test]
fn an_overdue_row_breaks_the_rule_whatever_the_sweeps_say() {
    let judged = judged_with(Some((works(), 0)), -91);
    assert_eq!(judged.verdict, Verdict::Broken, "{:?}", judged.reasons);
}

#[test]
fn a_row_that_the_law_keeps_to_the_last_moment_waits_for_the_next_sweep() {
    let mut charter = declared();
    let rule = charter.retention.get_mut(RULE).unwrap();
    rule.at_least = Some(NINETY_DAYS);
    // Just due: it could not go before.
    let judged = judged_under(&charter, Some((works(), 1)), -90);
    let by = start().checked_add(hours(26)).unwrap();
    assert_eq!(
        judged.verdict,
        Verdict::AtRisk { by },
        "{:?}",
        judged.reasons
    );
    // Two days late, it should have gone.
    let judged = judged_under(&charter, Some((works(), 1)), -92);
    assert_eq!(judged.verdict, Verdict::Broken, "{:?}", judged.reasons);
    // And without sweeps, nobody takes it.
    let judged = judged_under(&charter, None, -91);
    assert_eq!(judged.verdict, Verdict::Broken, "{:?}", judged.reasons);
}
