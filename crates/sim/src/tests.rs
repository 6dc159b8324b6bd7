//! Seeds, and a sabotage for every property.

use clap::ValueEnum;

use super::*;

/// Seeds of a quick run; `CANDOR_SIM_SEEDS` asks for more.
const SEEDS: u64 = 8;
/// A sabotage is found in one of the first seeds.
const SABOTAGE_SEEDS: u64 = 8;

fn history(seed: u64, sabotage: Option<Sabotage>) -> Result<Summary, Failure> {
    let years = 1;
    run(Settings {
        seed,
        years,
        sabotage,
    })
    .unwrap()
}

#[test]
fn every_property_holds_in_every_history() {
    let wanted = option_env!("CANDOR_SIM_SEEDS").map(|seeds| seeds.parse().unwrap());
    for seed in 0..wanted.unwrap_or(SEEDS) {
        if let Err(failure) = history(seed, None) {
            panic!("{failure}");
        }
    }
}

#[test]
fn histories_are_full_of_everything() {
    let histories: Vec<Summary> = (0..SEEDS)
        .map(|seed| history(seed, None).unwrap())
        .collect();
    let total = |state: &str| -> u64 {
        let ends = histories.iter().filter_map(|one| one.ends.get(state));
        ends.sum()
    };
    for state in ["completed", "lapsed", "refused"] {
        assert!(total(state) > 10, "{} {state}", total(state));
    }
    let said = |what: &str| {
        let mut lines = histories.iter().flat_map(|one| &one.schedule);
        lines.any(|line| line.contains(what))
    };
    for what in [
        "asks again",
        "the worker dies before it starts",
        "the worker dies before it writes down",
        "stalls",
        "refused: somebody else was first",
        "is back",
        "in vain",
        "nothing_held",
        ": retried",
    ] {
        assert!(said(what), "{what}");
    }
}

#[test]
fn every_sabotage_is_found_by_its_property() {
    for sabotage in Sabotage::value_variants() {
        let mut failures = (0..SABOTAGE_SEEDS).filter_map(|seed| {
            let failure = history(seed, Some(*sabotage)).err()?;
            Some(failure.property)
        });
        let found = failures.next();
        assert_eq!(found, Some(sabotage.found_by()), "{sabotage:?}");
    }
}

#[test]
fn every_property_has_a_sabotage() {
    for property in Property::ALL {
        let mut sabotages = Sabotage::value_variants().iter();
        let turned = sabotages.any(|sabotage| sabotage.found_by() == property);
        assert!(turned, "{property:?} was never seen to fail");
    }
}

#[test]
fn the_same_seed_gives_the_same_history() {
    assert_eq!(history(3, None), history(3, None));
    assert_ne!(history(3, None), history(4, None));
}

#[test]
fn a_failure_says_how_to_have_it_again() {
    let failure = history(0, Some(Sabotage::SkipSearch)).unwrap_err();
    let shown = failure.to_string();
    assert!(
        shown.starts_with("CompletedImpliesVerified fails: "),
        "{shown}"
    );
    assert!(shown.contains("--seed 0 --years 1"), "{shown}");
    let id = failure.what.split(':').next().unwrap();
    let filed = format!("files erasure {id}");
    assert!(shown.contains(&filed), "{shown}");
}
