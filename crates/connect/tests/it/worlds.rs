//! Runs a check on random worlds of every kind of database: thousands in all,
//! the same each time, and other and more ones where `CANDOR_TEST_TIMES` says
//! how many times as many. A plan may
//! refuse a world; enough must be carried out for a test to mean something.
//! `CANDOR_TEST_WORLD=SEED,TABLES,ROWS,DICE` repeats one that failed.

use std::sync::atomic::{AtomicU32, Ordering};

use candor_connect::{Source, SourceError};
use candor_policy::charter::SourceKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::random::RandomWorld;
use crate::support::kinds;

/// A random world: seed, tables, rows, dice.
type Numbers = (u64, usize, usize, u64);

/// How many times as many worlds as usual, others each time.
const TIMES: &str = "CANDOR_TEST_TIMES";

/// Worlds that failed once, looked at first.
const FAILED: [Numbers; 3] = [
    // A broken reference of before, whose parent came back.
    (18_246_595_775_564_686_307, 3, 4, 5_317_561_532_195_180_336),
    // A held row that also goes with the last row of somebody else's.
    (8_884_199_338_079_455_079, 2, 7, 22_517_140_286_375_026),
    // A held row below one that goes with the last row that names it.
    (15_911_766_580_834_806_352, 5, 3, 11_367_165_531_814_941_776),
];

/// One of how many worlds must be carried out.
const CARRIED_OUT_SHARE: u32 = 8;

/// Runs a check, which also gets dice of its own, and says whether the world was
/// carried out. `share` of the worlds are enough for it: 1 for all of them, 2
/// for every other.
pub(crate) fn on_worlds(share: u32, check: impl AsyncFn(SourceKind, &RandomWorld, u64) -> bool) {
    for kind in kinds() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        for (seed, tables, rows, dice) in told().map_or(FAILED.to_vec(), |told| vec![told]) {
            let random = RandomWorld::new(seed, tables, rows);
            runtime.block_on(check(kind, &random, dice));
        }
        if is_one_world() {
            continue;
        }
        let cases = cases(kind) / share;
        let carried_out = AtomicU32::new(0);
        let config = Config {
            cases,
            failure_persistence: None,
            ..Config::default()
        };
        let mut runner = match variable(TIMES) {
            Some(_) => TestRunner::new(config),
            None => {
                TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
            }
        };
        let worlds = (any::<u64>(), 1..7_usize, 1..9_usize, any::<u64>());
        let outcome = runner.run(&worlds, |(seed, tables, rows, dice)| {
            let random = RandomWorld::new(seed, tables, rows);
            if runtime.block_on(check(kind, &random, dice)) {
                carried_out.fetch_add(1, Ordering::Relaxed);
            }
            Ok(())
        });
        if let Err(error) = outcome {
            panic!("{kind:?}: {error}");
        }
        let carried_out = carried_out.into_inner();
        assert!(
            carried_out * CARRIED_OUT_SHARE > cases,
            "{kind:?}: only {carried_out} of {cases} worlds were carried out"
        );
    }
}

/// Whether only one world is looked at, in which not everything can happen.
pub(crate) fn is_one_world() -> bool {
    told().is_some()
}

/// Whether there is a plan for a world.
pub(crate) async fn has_plan(source: &Source, told: &str) -> bool {
    match source.plan().await {
        Ok(_) => true,
        Err(SourceError::Refused { .. }) => false,
        Err(other) => panic!("{other}\n{told}"),
    }
}

fn told() -> Option<Numbers> {
    let world = variable("CANDOR_TEST_WORLD")?;
    let numbers: Vec<u64> = world
        .split(',')
        .map(|own| own.trim().parse().unwrap())
        .collect();
    let [seed, tables, rows, dice] = numbers.try_into().expect("four numbers");
    let (tables, rows) = (tables.try_into().unwrap(), rows.try_into().unwrap());
    Some((seed, tables, rows, dice))
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told how long to search"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn cases(kind: SourceKind) -> u32 {
    let cases = match kind {
        SourceKind::Sqlite => 800,
        SourceKind::Postgres | SourceKind::Mysql => 200,
    };
    let times = u32::try_from(times()).unwrap();
    cases * times
}

/// How many times as many as usual.
pub(crate) fn times() -> u64 {
    let times = variable(TIMES).map(|times| times.parse().unwrap());
    times.unwrap_or(1)
}
