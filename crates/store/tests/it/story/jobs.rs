//! The queue.

use candor_domain::id::JobId;
use candor_domain::subject_request::State;
use candor_domain::work::Job;
use candor_policy::charter::Right;
use candor_store::rows::{ClaimedJob, QueueState};
use candor_store::{Change, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::sample::{filing, hour, locate, request, request_id};
use crate::support::on_both;

const LEASE: SignedDuration = SignedDuration::from_mins(30);

fn enqueuing(jobs: impl IntoIterator<Item = (Job, Timestamp)>) -> Change {
    Change {
        enqueue: jobs.into_iter().collect(),
        ..Change::default()
    }
}

fn finishing(id: &JobId) -> Change {
    Change {
        finish: vec![id.clone()],
        ..Change::default()
    }
}

async fn claim_one(store: &dyn Store, now: Timestamp) -> Option<ClaimedJob> {
    let mut claimed = store.claim(now, LEASE, 1).await.unwrap();
    claimed.pop()
}

#[tokio::test]
async fn jobs_are_claimed_when_ready_the_longest_waiting_first() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(store.next_job_at().await.unwrap(), None);
        let jobs = [(3, 3), (1, 1), (2, 2), (4, 4)].map(|(job, at)| (locate(job), hour(at)));
        store.commit(enqueuing(jobs)).await.unwrap();
        assert_eq!(store.next_job_at().await.unwrap(), Some(hour(1)));
        assert_eq!(store.claim(hour(0), LEASE, 10).await.unwrap(), []);
        let claimed = store.claim(hour(3), LEASE, 10).await.unwrap();
        let jobs: Vec<_> = claimed.iter().map(|one| one.job.clone()).collect();
        assert_eq!(jobs, [1, 2, 3].map(locate));
        assert_eq!(
            (claimed[0].attempts, claimed[0].leased_until),
            (0, hour(3) + LEASE)
        );
        assert_eq!(store.claim(hour(3), LEASE, 10).await.unwrap(), []);
        let limited = store.claim(hour(9), LEASE, 2).await.unwrap();
        assert_eq!(limited.len(), 2);

        let state = store.queue(hour(9)).await.unwrap();
        let expected = QueueState {
            ready: 2,
            scheduled: 0,
            leased: 2,
            failing: 0,
        };
        assert_eq!(state, expected);
    })
    .await;
}

#[tokio::test]
async fn a_key_waits_once() {
    on_both(|place| async move {
        let store = place.open().await;
        let twice = [(locate(1), hour(2)), (locate(1), hour(1))];
        store.commit(enqueuing(twice)).await.unwrap();
        store
            .commit(enqueuing([(locate(1), hour(0))]))
            .await
            .unwrap();
        assert_eq!(
            store.next_job_at().await.unwrap(),
            Some(hour(0)),
            "the earliest asked for"
        );
        let claimed = claim_one(&*store, hour(0)).await.unwrap();
        store.commit(finishing(&claimed.id)).await.unwrap();
        assert_eq!(store.next_job_at().await.unwrap(), None);
        store
            .commit(enqueuing([(locate(1), hour(2))]))
            .await
            .unwrap();
        assert_eq!(store.next_job_at().await.unwrap(), Some(hour(2)));
    })
    .await;
}

#[tokio::test]
async fn a_job_can_ask_for_itself_while_it_finishes() {
    on_both(|place| async move {
        let store = place.open().await;
        store
            .commit(enqueuing([(locate(1), hour(0))]))
            .await
            .unwrap();
        let first = claim_one(&*store, hour(0)).await.unwrap();
        let again = Change {
            finish: vec![first.id.clone()],
            ..enqueuing([(locate(1), hour(5))])
        };
        store.commit(again).await.unwrap();
        assert_eq!(claim_one(&*store, hour(4)).await, None);
        let second = claim_one(&*store, hour(5)).await.unwrap();
        assert_eq!((&second.job, second.attempts), (&locate(1), 0));
        assert_ne!(second.id, first.id);
    })
    .await;
}

#[tokio::test]
async fn a_job_asked_for_while_it_runs_runs_again() {
    on_both(|place| async move {
        let store = place.open().await;
        store
            .commit(enqueuing([(Job::Observe, hour(0))]))
            .await
            .unwrap();
        let running = claim_one(&*store, hour(0)).await.unwrap();
        for at in [4, 2, 3] {
            let asked = enqueuing([(Job::Observe, hour(at))]);
            store.commit(asked).await.unwrap();
        }
        let done = Change {
            finish: vec![running.id],
            ..enqueuing([(Job::Observe, hour(24))])
        };
        store.commit(done).await.unwrap();
        assert_eq!(store.next_job_at().await.unwrap(), Some(hour(2)));
        let again = claim_one(&*store, hour(2)).await.unwrap();
        store.commit(finishing(&again.id)).await.unwrap();
        assert_eq!(store.next_job_at().await.unwrap(), None, "once only");
    })
    .await;
}

#[tokio::test]
async fn a_lost_lease_writes_nothing() {
    on_both(|place| async move {
        let store = place.open().await;
        store
            .commit(enqueuing([(locate(1), hour(0))]))
            .await
            .unwrap();
        let slow = claim_one(&*store, hour(0)).await.unwrap();
        assert_eq!(claim_one(&*store, hour(0)).await, None, "it is leased");
        let quick = claim_one(&*store, hour(1)).await.unwrap();
        assert_eq!((&quick.job, quick.attempts), (&slow.job, 1));

        let late = Change {
            finish: vec![slow.id.clone()],
            ..filing(vec![request(1, Right::Access, State::Locating, 1)])
        };
        let late = store.commit(late).await;
        assert!(
            matches!(late, Err(StoreError::Conflict { what: "job" })),
            "{late:?}"
        );
        assert_eq!(store.request(&request_id(1)).await.unwrap(), None);
        assert!(!store.renew(&slow.id, hour(9)).await.unwrap());
        let late = store.postpone(&slow.id, hour(9), "late").await;
        assert!(matches!(late, Err(StoreError::Conflict { .. })));

        assert!(store.renew(&quick.id, hour(3)).await.unwrap());
        assert_eq!(claim_one(&*store, hour(2)).await, None, "it was renewed");
        store.commit(finishing(&quick.id)).await.unwrap();
        let twice = store.commit(finishing(&quick.id)).await;
        assert!(matches!(twice, Err(StoreError::Conflict { .. })));
        let unknown = JobId::from_random([0xff; 16]);
        let unknown = store.commit(finishing(&unknown)).await;
        assert!(matches!(unknown, Err(StoreError::Conflict { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_failed_job_waits_and_counts_as_failing() {
    on_both(|place| async move {
        let store = place.open().await;
        store
            .commit(enqueuing([(locate(1), hour(0))]))
            .await
            .unwrap();
        let claimed = claim_one(&*store, hour(0)).await.unwrap();
        let why = "source `app` is down ".repeat(200);
        store.postpone(&claimed.id, hour(2), &why).await.unwrap();
        let expected = QueueState {
            scheduled: 1,
            failing: 1,
            ..QueueState::default()
        };
        assert_eq!(store.queue(hour(1)).await.unwrap(), expected);
        assert_eq!(claim_one(&*store, hour(1)).await, None);
        let unclaimed = store.commit(finishing(&claimed.id)).await;
        assert!(matches!(unclaimed, Err(StoreError::Conflict { .. })));
        let again = claim_one(&*store, hour(2)).await.unwrap();
        assert_eq!((&again.job, again.attempts), (&locate(1), 1));
    })
    .await;
}

#[tokio::test]
async fn two_workers_never_hold_one_job() {
    on_both(|place| async move {
        let (left, right) = (place.open().await, place.open().await);
        let jobs = (0..40).map(|number| (locate(number), hour(0)));
        left.commit(enqueuing(jobs)).await.unwrap();
        let work = |store: std::sync::Arc<dyn Store>| async move {
            let mut done = Vec::new();
            loop {
                let claimed = store.claim(hour(0), LEASE, 3).await.unwrap();
                if claimed.is_empty() {
                    return done;
                }
                for one in claimed {
                    store.commit(finishing(&one.id)).await.unwrap();
                    done.push(one.job);
                }
            }
        };
        let (a, b) = tokio::join!(tokio::spawn(work(left.clone())), tokio::spawn(work(right)));
        let mut done = [a.unwrap(), b.unwrap()].concat();
        done.sort();
        let mut expected: Vec<_> = (0..40).map(locate).collect();
        expected.sort();
        assert_eq!(done, expected);
        assert_eq!(left.queue(hour(0)).await.unwrap(), QueueState::default());
    })
    .await;
}
