//! Which families have a mechanism, and what is said of those that don't.

use super::*;

#[test]
fn a_family_without_mechanism_is_never_kept_whatever_was_observed() {
    let charter = declared();
    let with_mechanism = provable();
    let everything: Vec<Check> = with_mechanism
        .iter()
        .flat_map(|promise| checks_for(promise, &charter))
        .collect();
    for family in Family::ALL {
        let promise = promise(family, "anything");
        let declared_there = checks_for(&promise, &charter);
        let mechanism = with_mechanism.iter().any(|one| one.family == family);
        assert!(mechanism || declared_there.is_empty(), "{family:?}");
        if !declared_there.is_empty() {
            continue;
        }
        for check in &everything {
            let observation = observation(check.clone(), fine(check));
            let judgement = judge(&promise, &charter, &|_| Some(&observation), start());
            assert_eq!(judgement.verdict, Verdict::Unproven, "{family:?}");
        }
    }
}

#[test]
fn every_right_is_judged_by_its_subject_requests() {
    let charter = declared();
    for right in Right::ALL {
        let checks = checks_for(&promise(Family::Right, right.key()), &charter);
        assert_eq!(checks, [Check::SubjectRequests { right }]);
    }
}

#[test]
fn changes_that_are_mailed_are_not_shown_by_the_page() {
    let mut charter = declared();
    let notice = promise(Family::Notice, "changes");
    for notify in [vec!["page", "email"], vec!["email"]] {
        charter.changes = Some(Changes {
            notify: notify.into_iter().map(str::to_owned).collect(),
            ..Changes::default()
        });
        assert_eq!(checks_for(&notice, &charter), []);
    }
}

#[test]
fn what_databases_cannot_show_is_not_checked_in_them() {
    let mut charter = declared();
    let email = promise(Family::Collect, "account_email");
    let protected = promise(Family::Never, "protected");
    assert_ne!(checks_for(&email, &charter), []);
    assert_ne!(checks_for(&protected, &charter), []);
    if let Some(data) = charter.data.get_mut("account_email") {
        data.never_shared = true;
    }
    if let Some(never) = charter.never.get_mut("protected") {
        never.purposes = vec!["marketing".to_owned()];
    }
    assert_eq!(checks_for(&email, &charter), []);
    assert_eq!(checks_for(&protected, &charter), []);
}

#[test]
fn a_page_does_not_show_that_changes_were_announced_ahead() {
    let mut charter = declared();
    let notice = promise(Family::Notice, "changes");
    assert_ne!(checks_for(&notice, &charter), []);
    if let Some(changes) = &mut charter.changes {
        changes.ahead = Some(NINETY_DAYS);
    }
    assert_eq!(checks_for(&notice, &charter), []);
}

#[test]
fn passwords_nobody_maps_are_unproven() {
    let mut charter = declared();
    charter.sources.remove("app");
    let passwords = promise(Family::Security, "passwords");
    assert_eq!(
        verdict(&passwords, &charter, &World::new()),
        Verdict::Unproven
    );
    let backups = promise(Family::Security, "backups");
    assert_eq!(
        verdict(&backups, &declared(), &World::new()),
        Verdict::Unproven
    );
}

#[test]
fn a_declared_category_no_map_names_is_unproven() {
    let charter = declared();
    let location = promise(Family::Collect, "location");
    let found = judged(&location, &charter, &world(&location, &charter));
    assert_eq!(found.verdict, Verdict::Unproven);
    assert!(
        found
            .reasons
            .contains(&"no map names a column of `location`".to_owned())
    );
}

#[test]
fn statements_hold_until_their_review_and_unproven_after() {
    let mut charter = declared();
    let good_faith = promise(Family::Stated, "good_faith");
    assert_eq!(
        verdict(&good_faith, &charter, &World::new()),
        Verdict::Unproven
    );
    for (review, expected) in [
        (date(2026, 3, 10), Verdict::Stated),
        (date(2026, 3, 9), Verdict::Unproven),
    ] {
        let statement = Statement {
            says: "We mean well.".to_owned(),
            owner: "counsel".to_owned(),
            review,
            credit: None,
        };
        charter
            .statements
            .insert("good_faith".to_owned(), statement);
        assert_eq!(
            verdict(&good_faith, &charter, &World::new()),
            expected,
            "{review}"
        );
    }
}

#[test]
fn retention_that_no_clock_measures_is_stated_or_unproven() {
    let mut charter = declared();
    let rule = promise(Family::Retain, "rule");
    let forever = |review| Keep::Forever {
        because: "abusive sign-ups".to_owned(),
        review,
    };
    for (keep, from, expected) in [
        (forever(date(2026, 3, 10)), vec![], Verdict::Stated),
        (forever(date(2026, 3, 9)), vec![], Verdict::Unproven),
        (
            Keep::Until("account_closed".to_owned()),
            vec![],
            Verdict::Unproven,
        ),
        (
            Keep::Criterion(candor_policy::charter::Criterion {
                says: "as needed".to_owned(),
                owner: "counsel".to_owned(),
                review: date(2026, 3, 10),
            }),
            vec![],
            Verdict::Unproven,
        ),
        (Keep::For(NINETY_DAYS), vec![], Verdict::Unproven),
        // One of two anchors can't be looked at.
        (
            Keep::For(NINETY_DAYS),
            vec!["app.events.at", "app.logs"],
            Verdict::Unproven,
        ),
        (Keep::For(NINETY_DAYS), vec!["app.events.at"], Verdict::Kept),
    ] {
        let shown = format!("{keep:?} {from:?}");
        charter
            .retention
            .insert("rule".to_owned(), retention(keep, &from));
        let world = world(&rule, &charter);
        assert_eq!(verdict(&rule, &charter, &world), expected, "{shown}");
    }
}

#[test]
fn an_empty_table_keeps_its_period() {
    let charter = declared();
    let usage = promise(Family::Retain, "usage");
    let mut world = world(&usage, &charter);
    for observation in world.values_mut() {
        observation.finding = Finding::Age {
            overdue_rows: 0,
            oldest: None,
            replicas: Vec::new(),
        };
    }
    assert_eq!(verdict(&usage, &charter, &world), Verdict::Kept);
}

#[test]
fn checks_of_a_charter_come_once_each_under_keys_of_their_own() {
    let mut charter = declared();
    charter.promises = [provable(), provable()].concat();
    let checks = checks_of(&charter);
    let mut keys: Vec<String> = checks.iter().map(Check::key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), checks.len());
    // Two schemas, two searches for values, three ages, passwords, an address, two
    // databases at rest, two rights, the page.
    assert_eq!(checks.len(), 15);
    let hashed_by = |algorithm: &str| Check::PasswordHashes {
        source: "app".to_owned(),
        algorithm: algorithm.to_owned(),
    };
    assert_ne!(hashed_by("argon2").key(), hashed_by("bcrypt").key());
}

#[test]
fn verdicts_survive_serialisation_under_their_keys() {
    for verdict in [
        Verdict::Kept,
        Verdict::AtRisk { by: start() },
        Verdict::Broken,
        Verdict::Unproven,
        Verdict::Stated,
    ] {
        let judgement = Judgement {
            verdict,
            reasons: vec!["because".to_owned()],
            observed_at: Some(start()),
        };
        let json = serde_json::to_value(&judgement).unwrap();
        assert_eq!(json["verdict"], verdict.key());
        assert_eq!(
            serde_json::from_value::<Judgement>(json).unwrap(),
            judgement
        );
    }
}

#[test]
fn a_services_own_word_is_called_that() {
    let mut charter = declared();
    let erasure = promise(Family::Right, "erasure");
    let reason = |charter: &Charter| {
        let judged = judged(&erasure, charter, &world(&erasure, charter));
        assert_eq!(judged.verdict, Verdict::Kept);
        judged.reasons.concat()
    };
    assert!(!reason(&charter).contains("word"));
    let mut service = charter.sources.values().next().unwrap().clone();
    service.kind = SourceSystem::Service(Service::Http {
        secret: "${SECRET}".to_owned(),
        key: None,
    });
    charter.sources.insert("loyalty".to_owned(), service);
    let said = reason(&charter);
    assert!(
        said.ends_with("that nothing is left in loyalty rests on its own word"),
        "{said}"
    );
}
