//! Killed with SIGKILL at any moment, the store keeps what it acknowledged and
//! shows nothing half done. The test binary runs itself as the process that is
//! killed: a worker that does one job for ever, in changes that hold a job, a
//! subject request and two ledger entries.

use std::process::Stdio;
use std::time::Duration;

use candor_domain::subject_request::State;
use candor_policy::charter::Right;
use candor_seal::entry::Entry;
use candor_store::rows::ClaimedJob;
use candor_store::{Change, RequestWrite, Store};
use jiff::SignedDuration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::sample::{entry, filing, hour, locate, request, request_id};
use crate::story::ledger::check_tree;
use crate::support::{Place, on_both, variable};

const ADDRESS: &str = "CANDOR_STORE_TEST_WORKER";
const GENERATION: &str = "CANDOR_STORE_TEST_GENERATION";
const ACKNOWLEDGED: &str = "acknowledged ";
const KILLS: u8 = 12;

#[tokio::test]
async fn a_killed_process_loses_nothing_and_does_nothing_twice() {
    on_both(|place| async move {
        let store = place.open().await;
        let filed = filing(vec![request(1, Right::Erasure, State::Carrying, 24)]);
        let begin = Change {
            enqueue: vec![(locate(1), hour(0))],
            ..filed
        };
        store.commit(begin).await.unwrap();
        drop(store);
        let mut done = 0;
        for generation in 0..KILLS {
            let acknowledged = work_until_killed(&place, generation).await;
            let size = check(&place).await;
            assert!(
                acknowledged <= size,
                "{acknowledged} of {size} acknowledged"
            );
            assert!(size > done, "generation {generation} did nothing");
            done = size;
        }
    })
    .await;
}

/// Starts a worker, kills it, and says how many entries it had acknowledged.
async fn work_until_killed(place: &Place, generation: u8) -> u64 {
    let mut worker = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::worker", "--nocapture"])
        .env(ADDRESS, &place.address)
        .env(GENERATION, generation.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(worker.stdout.take().unwrap()).lines();
    let mut acknowledged = 0;
    let mut hear = |line: Option<String>| {
        let size = line.as_deref()?.split(ACKNOWLEDGED).nth(1);
        acknowledged = size.map_or(acknowledged, |size| size.parse().unwrap());
        Some(acknowledged)
    };
    // Not before it has done something; then a little later each time, in
    // steps that share no rhythm with a commit.
    while hear(lines.next_line().await.unwrap()).unwrap() == 0 {}
    let moment = Duration::from_micros(u64::from(generation) * 3_733);
    let hearing = async { while hear(lines.next_line().await.unwrap()).is_some() {} };
    let ended = tokio::time::timeout(moment, hearing).await;
    assert!(ended.is_err(), "the worker ended by itself");
    kill(&mut worker).await;
    while hear(lines.next_line().await.unwrap()).is_some() {}
    place.wait_until_alone().await;
    acknowledged
}

async fn kill(worker: &mut Child) {
    // On Unix this is SIGKILL.
    worker.start_kill().unwrap();
    let status = worker.wait().await.unwrap();
    assert_eq!(status.code(), None, "killed, not ended");
}

/// Checks that every change happened in whole or not at all, and counts the
/// ledger's entries.
async fn check(place: &Place) -> u64 {
    let store = place.open().await;
    let rows = check_tree(&*store).await;
    for row in &rows {
        let number = Entry::decode(&row.bytes).unwrap().facts["number"].as_u64();
        assert_eq!(number, Some(row.index));
    }
    let size = rows.len() as u64;
    let request = store.request(&request_id(1)).await.unwrap().unwrap();
    assert_eq!(2 * (request.version - 1), size, "two entries per version");
    let queue = store.queue(hour(10_000)).await.unwrap();
    assert_eq!(queue.ready, 1, "the job is there once: {queue:?}");
    size
}

/// The process that is killed; as a test of its own it has nothing to do.
#[tokio::test]
async fn worker() {
    let Some(address) = variable(ADDRESS) else {
        return;
    };
    let generation: i64 = variable(GENERATION).unwrap().parse().unwrap();
    let store = candor_store::open(&address).await.unwrap();
    // By now the lease of the worker killed before has ended.
    let now = hour(generation);
    let lease = SignedDuration::from_mins(30);
    loop {
        let claimed = store.claim(now, lease, 1).await.unwrap().pop();
        let size = step(&*store, claimed.unwrap()).await;
        println!("{ACKNOWLEDGED}{size}");
    }
}

async fn step(store: &dyn Store, claimed: ClaimedJob) -> u64 {
    let read = store.request(&request_id(1)).await.unwrap().unwrap();
    let first = 2 * (read.version - 1);
    let change = Change {
        requests: vec![RequestWrite {
            request: read.value,
            expected: Some(read.version),
        }],
        entries: vec![entry(first), entry(first + 1)],
        enqueue: vec![(claimed.job, hour(0))],
        finish: vec![claimed.id],
        ..Change::default()
    };
    let committed = store.commit(change).await.unwrap();
    assert_eq!(committed.entry_indexes, [first, first + 1]);
    first + 2
}
