//! Worlds that are fine, and each broken in every way a check can see.

use super::*;

/// What a check can find that breaks a promise.
fn broken(family: Family, check: &Check) -> Vec<Finding> {
    let requests = |change: fn(&mut SubjectRequestFinding)| {
        let mut found = answered();
        change(&mut found);
        Finding::SubjectRequests(found)
    };
    let schema = |personal_unmapped: &[&str], category: &str| {
        Finding::Schema(SchemaFinding {
            personal_unmapped: personal_unmapped.iter().map(|&one| one.into()).collect(),
            mapped: vec![mapped(category)],
            ..SchemaFinding::default()
        })
    };
    match check {
        Check::Schema { .. } if family == Family::Never => vec![
            schema(&[], "payment.card"),
            schema(&["accounts.note"], "payment.card.number"),
        ],
        Check::Schema { .. } => vec![
            schema(&["accounts.phone"], "contact.email"),
            schema(&[], "device.ip"),
            // A category that only begins like a declared one.
            schema(&[], "contacts"),
        ],
        Check::ForbiddenValues { .. } => vec![Finding::ForbiddenValues {
            columns: vec!["tickets.text".to_owned()],
            sampled_rows: 1_000,
        }],
        Check::Age { .. } => vec![aged(1, -91), served(1, -91, true), served(1, -91, false)],
        Check::Restricted { .. } => unreachable!("no rule here has any"),
        Check::Sweep { .. } => unreachable!("no verdict rests on it alone"),
        Check::PasswordHashes { .. } => vec![Finding::PasswordHashes {
            matching_rows: 9,
            other_rows: 1,
        }],
        Check::Transport { .. } => vec![
            met(|found| found.version = None),
            met(|found| found.older = Some("1.1".to_owned())),
            met(|found| found.version = Some("1.1".to_owned())),
            met(|found| found.certificate = Some("its certificate has expired".to_owned())),
            met(|found| found.unencrypted = Some("it answers unencrypted".to_owned())),
            met(|found| found.expires = Some(start())),
        ],
        Check::Isolation { .. } => {
            vec![Finding::Isolation(IsolationFinding { asked: 4, rows: 1 })]
        }
        Check::KeyAges { .. } => vec![keys(Some(-91), 0)],
        // What a database leaves to the disk below it, the disk may do.
        Check::AtRest { .. } => Vec::new(),
        Check::SubjectRequests { .. } => vec![
            requests(|found| found.overdue = 1),
            requests(|found| found.answered_late = 1),
            requests(|found| found.with_residue = 1),
        ],
        Check::Page => vec![Finding::Page {
            names_its_date: false,
        }],
        Check::Backups => unreachable!("no policy here has any"),
    }
}

/// What a check can find that shows neither.
fn says_nothing(family: Family, check: &Check) -> Vec<Finding> {
    let unreachable = Finding::Unreachable {
        what: "connection refused".to_owned(),
    };
    let schema = |finding: SchemaFinding| Finding::Schema(finding);
    let drifted = schema(SchemaFinding {
        drift: vec!["table `notes` is not mapped".to_owned()],
        ..SchemaFinding::default()
    });
    let unmapped = schema(SchemaFinding {
        personal_unmapped: vec!["accounts.phone".to_owned()],
        ..SchemaFinding::default()
    });
    let another_check = match check {
        Check::Page => aged(0, -20),
        _ => fine(&Check::Page),
    };
    let more = match check {
        Check::Schema { .. } if family == Family::Never => vec![drifted, unmapped],
        Check::Schema { .. } => vec![drifted],
        Check::ForbiddenValues { .. } => vec![Finding::ForbiddenValues {
            columns: Vec::new(),
            sampled_rows: 0,
        }],
        // It had to go an hour ago, and nobody looked since.
        Check::Age { .. } => vec![aged(0, -90), served(0, -90, true)],
        Check::Restricted { .. } => unreachable!("no rule here has any"),
        Check::Sweep { .. } => unreachable!("no verdict rests on it alone"),
        Check::PasswordHashes { .. } => vec![Finding::PasswordHashes {
            matching_rows: 0,
            other_rows: 0,
        }],
        Check::Transport { .. } => vec![
            met(|found| found.hsts = None),
            met(|found| found.expires = None),
        ],
        Check::Isolation { .. } => vec![Finding::Isolation(IsolationFinding::default())],
        Check::KeyAges { .. } => vec![keys(None, 0), keys(Some(-20), 3)],
        Check::AtRest { .. } => vec![
            Finding::AtRest(AtRestFinding::Unseen),
            Finding::AtRest(AtRestFinding::Not(vec!["`accounts`".to_owned()])),
        ],
        Check::SubjectRequests { .. } => vec![
            Finding::SubjectRequests(SubjectRequestFinding::default()),
            Finding::SubjectRequests(SubjectRequestFinding {
                next_due: Some(start()),
                ..answered()
            }),
        ],
        Check::Page => Vec::new(),
        Check::Backups => unreachable!("no policy here has any"),
    };
    [vec![unreachable, another_check], more].concat()
}

/// What a check can find that will break, and when.
fn near(check: &Check) -> Option<(Finding, Timestamp)> {
    match check {
        Check::Age { .. } => Some((aged(0, -61), after_days(29))),
        Check::Transport { .. } => {
            let ends = met(|found| found.expires = Some(after_days(14)));
            Some((ends, after_days(14)))
        }
        Check::KeyAges { .. } => Some((keys(Some(-89), 0), after_days(1))),
        Check::SubjectRequests { .. } => {
            let found = SubjectRequestFinding {
                next_due: Some(after_days(3)),
                ..answered()
            };
            Some((Finding::SubjectRequests(found), after_days(3)))
        }
        _ => None,
    }
}

/// What a visitor meets where all is well, but for this.
fn met(but: impl FnOnce(&mut TransportFinding)) -> Finding {
    let mut found = safe();
    but(&mut found);
    Finding::Transport(found)
}

/// Where all is well, but for a read replica.
fn served(overdue_rows: u64, oldest_days: i64, is_behind: bool) -> Finding {
    let Finding::Age {
        overdue_rows: none,
        oldest,
        ..
    } = aged(0, -20)
    else {
        unreachable!("an age")
    };
    Finding::Age {
        overdue_rows: none,
        oldest,
        replicas: vec![ReplicaAge {
            name: "replica 1".to_owned(),
            behind: is_behind.then(|| "has been stopped".to_owned()),
            overdue_rows,
            oldest: Some(after_days(oldest_days)),
        }],
    }
}

/// The promise's verdict with one check's observation replaced.
fn with(promise: &Promise, check: &Check, finding: Finding) -> Verdict {
    let charter = declared();
    let mut world = world(promise, &charter);
    world.insert(check.clone(), observation(check.clone(), finding));
    verdict(promise, &charter, &world)
}

/// Runs a test for every check of every promise that can be proved.
fn each_check(test: impl Fn(&Promise, &Check)) {
    let charter = declared();
    for promise in provable() {
        let checks = checks_for(&promise, &charter);
        assert!(!checks.is_empty(), "{} has checks", promise.id);
        for check in checks {
            test(&promise, &check);
        }
    }
}

#[test]
fn a_world_in_which_all_is_well_keeps_every_promise() {
    let charter = declared();
    for promise in provable() {
        let judgement = judged(&promise, &charter, &world(&promise, &charter));
        assert_eq!(judgement.verdict, Verdict::Kept, "{}", promise.id);
        let checks = checks_for(&promise, &charter);
        assert_eq!(
            judgement.reasons.len(),
            checks.len(),
            "each check is a reason"
        );
        assert_eq!(judgement.observed_at, Some(start()));
    }
}

#[test]
fn each_way_of_breaking_each_check_breaks_the_promise() {
    each_check(|promise, check| {
        for finding in broken(promise.family, check) {
            let shown = format!("{} {finding:?}", promise.id);
            assert_eq!(with(promise, check, finding), Verdict::Broken, "{shown}");
        }
    });
}

#[test]
fn what_shows_nothing_proves_nothing() {
    each_check(|promise, check| {
        for finding in says_nothing(promise.family, check) {
            let shown = format!("{} {finding:?}", promise.id);
            assert_eq!(with(promise, check, finding), Verdict::Unproven, "{shown}");
        }
    });
}

#[test]
fn what_is_near_is_at_risk_by_its_time() {
    let seen = std::cell::Cell::new(0);
    each_check(|promise, check| {
        if let Some((finding, by)) = near(check) {
            let found = with(promise, check, finding);
            assert_eq!(found, Verdict::AtRisk { by }, "{}", promise.id);
            seen.set(seen.get() + 1);
        }
    });
    assert_eq!(
        seen.get(),
        7,
        "three ages, two rights, a certificate, a key"
    );
}

#[test]
fn the_horizons_are_where_they_are_said_to_be() {
    let usage = promise(Family::Retain, "usage");
    let check = checks_for(&usage, &declared()).remove(0);
    let at = |oldest_days| with(&usage, &check, aged(0, oldest_days));
    assert_eq!(at(-59), Verdict::Kept, "breaks in 31 days");
    assert_eq!(at(-60), Verdict::AtRisk { by: after_days(30) });
    let erasure = promise(Family::Right, "erasure");
    let check = checks_for(&erasure, &declared()).remove(0);
    let due = |moment| {
        let found = SubjectRequestFinding {
            next_due: Some(moment),
            ..answered()
        };
        with(&erasure, &check, Finding::SubjectRequests(found))
    };
    let horizon = start().checked_add(DEADLINE_HORIZON).unwrap();
    assert_eq!(due(horizon), Verdict::AtRisk { by: horizon });
    let later = horizon.checked_add(hours(1)).unwrap();
    assert_eq!(due(later), Verdict::Kept);
}

#[test]
fn a_replica_serves_no_more_than_its_database() {
    let usage = promise(Family::Retain, "usage");
    let check = checks_for(&usage, &declared()).remove(0);
    let verdict = |finding| with(&usage, &check, finding);
    // What follows has what its database has, and the same rows to lose.
    assert_eq!(verdict(served(0, -89, false)), Verdict::Kept);
    // No sweep reaches what has stopped.
    let by = after_days(1);
    assert_eq!(verdict(served(0, -89, true)), Verdict::AtRisk { by });
    assert_eq!(verdict(served(0, -20, true)), Verdict::Kept, "not soon");
    assert_eq!(verdict(served(2, -99, true)), Verdict::Broken);
    assert_eq!(verdict(served(2, -99, false)), Verdict::Broken);
}

#[test]
fn evidence_of_another_day_is_none() {
    each_check(|promise, check| {
        let charter = declared();
        let at = |off| {
            let mut world = world(promise, &charter);
            let observation = world.get_mut(check).unwrap();
            observation.at = start().checked_add(off).unwrap();
            verdict(promise, &charter, &world)
        };
        assert_eq!(at(-FRESH_FOR), Verdict::Kept, "{}", promise.id);
        let second = SignedDuration::from_secs(1);
        assert_eq!(at(-FRESH_FOR - second), Verdict::Unproven, "{}", promise.id);
        assert_eq!(
            at(FRESH_FOR + second),
            Verdict::Unproven,
            "{} from the future",
            promise.id
        );
    });
}

#[test]
fn a_check_nobody_made_leaves_the_promise_unproven() {
    each_check(|promise, check| {
        let charter = declared();
        let mut world = world(promise, &charter);
        let observation = world.remove(check).unwrap();
        assert_eq!(verdict(promise, &charter, &world), Verdict::Unproven);
        // Handing back the observation of another check is no better.
        let mut other = observation;
        other.check = Check::Schema {
            source: "elsewhere".to_owned(),
        };
        world.insert(check.clone(), other);
        assert_eq!(
            verdict(promise, &charter, &world),
            Verdict::Unproven,
            "{}",
            promise.id
        );
    });
}

#[test]
fn the_worst_wins_and_of_two_risks_the_nearer() {
    let charter = declared();
    let usage = promise(Family::Retain, "usage");
    let checks = checks_for(&usage, &charter);
    assert_eq!(checks.len(), 3);
    // From best to worst, each with what the check must find for it.
    let ladder = [
        (Verdict::Kept, aged(0, -20)),
        (Verdict::AtRisk { by: after_days(20) }, aged(0, -70)),
        (Verdict::AtRisk { by: after_days(10) }, aged(0, -80)),
        (Verdict::Unproven, aged(0, -90)),
        (Verdict::Broken, aged(3, -99)),
    ];
    let rungs = 0..ladder.len();
    for (a, b, c) in rungs.clone().flat_map(|a| {
        let rungs = rungs.clone();
        rungs
            .clone()
            .flat_map(move |b| rungs.clone().map(move |c| (a, b, c)))
    }) {
        let mut world = World::new();
        for (check, rung) in checks.iter().zip([a, b, c]) {
            let finding = ladder[rung].1.clone();
            world.insert(check.clone(), observation(check.clone(), finding));
        }
        let expected = ladder[a.max(b).max(c)].0;
        assert_eq!(verdict(&usage, &charter, &world), expected, "{a} {b} {c}");
    }
}
