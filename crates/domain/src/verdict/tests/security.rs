//! Measures that nothing shows: stated while somebody answers for them, never kept.

use super::*;

/// The verdict on a measure, with these changes.
fn seen(name: &str, finding: Option<Finding>, but: impl FnOnce(&mut Measure)) -> Judgement {
    let mut charter = declared();
    but(charter.security.entry(name.to_owned()).or_default());
    let promise = promise(Family::Security, name);
    let mut world = world(&promise, &charter);
    for (check, observed) in &mut world {
        if let Some(finding) = &finding {
            *observed = observation(check.clone(), finding.clone());
        }
    }
    judged(&promise, &charter, &world)
}

fn answered_for(measure: &mut Measure) {
    measure.owner = Some("the head of operations".to_owned());
    measure.review = Some(date(2027, 6, 1));
}

fn overdue(measure: &mut Measure) {
    answered_for(measure);
    measure.review = Some(date(2026, 1, 1));
}

#[test]
fn what_lies_below_a_database_is_stated_at_best() {
    let unseen = || Some(Finding::AtRest(AtRestFinding::Unseen));
    let nobody = seen("at_rest", unseen(), |_| ());
    assert_eq!(nobody.verdict, Verdict::Unproven);
    let stated = seen("at_rest", unseen(), answered_for);
    assert_eq!(stated.verdict, Verdict::Stated);
    assert!(stated.reasons.concat().contains("the head of operations"));
    assert_eq!(
        seen("at_rest", unseen(), overdue).verdict,
        Verdict::Unproven
    );

    let plain = || Some(Finding::AtRest(AtRestFinding::Not(vec!["`t`".to_owned()])));
    assert_eq!(
        seen("at_rest", plain(), answered_for).verdict,
        Verdict::Stated
    );
    // That it is encrypted is seen; with how long a key is not.
    let all = || Some(Finding::AtRest(AtRestFinding::All));
    let long = |measure: &mut Measure| measure.value = "aes-256".to_owned();
    assert_eq!(seen("at_rest", all(), |_| ()).verdict, Verdict::Kept);
    assert_eq!(seen("at_rest", all(), long).verdict, Verdict::Unproven);
}

#[test]
fn what_no_machine_sees_is_stated_until_its_review() {
    for name in ["two_factor", "audits", "training", "confidentiality"] {
        assert_eq!(seen(name, None, |_| ()).verdict, Verdict::Unproven);
        assert_eq!(seen(name, None, answered_for).verdict, Verdict::Stated);
        assert_eq!(seen(name, None, overdue).verdict, Verdict::Unproven);
    }
    // Nobody's word stands for what could be looked at.
    let nowhere = |measure: &mut Measure| measure.of.clear();
    let tls = seen("tls", None, nowhere);
    assert_eq!(tls.verdict, Verdict::Unproven);
    assert!(tls.reasons.concat().contains("no address is named"));
    let old = met_with_old();
    assert_eq!(
        seen("tls", Some(old), answered_for).verdict,
        Verdict::Broken
    );
}

fn met_with_old() -> Finding {
    Finding::Transport(TransportFinding {
        older: Some("1.0".to_owned()),
        ..safe()
    })
}

#[test]
fn one_reach_that_goes_too_far_breaks_isolation() {
    let check = Check::Isolation {
        source: "app".to_owned(),
    };
    let mut charter = declared();
    charter
        .security
        .insert("isolation".to_owned(), Measure::default());
    let promise = promise(Family::Security, "isolation");
    let after = |charter: &Charter, asked, rows| {
        let found = Finding::Isolation(IsolationFinding { asked, rows });
        let world = World::from([(check.clone(), observation(check.clone(), found))]);
        verdict(&promise, charter, &world)
    };
    // Nothing in any source says whose a row is.
    assert_eq!(checks_for(&promise, &charter), []);
    assert_eq!(after(&charter, 4, 0), Verdict::Unproven);
    let source = charter.sources.get_mut("app").unwrap();
    let accounts = source.map.tables.get_mut("accounts").unwrap();
    accounts.tenant = Some("of_customer".to_owned());
    assert_eq!(checks_for(&promise, &charter), std::slice::from_ref(&check));
    assert_eq!(after(&charter, 4, 0), Verdict::Kept);
    assert_eq!(after(&charter, 4, 1), Verdict::Broken);
    assert_eq!(
        after(&charter, 0, 0),
        Verdict::Unproven,
        "nobody was asked for"
    );
}
