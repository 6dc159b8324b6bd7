//! Subject requests.

use candor_domain::check::SubjectRequestFinding;
use candor_domain::subject_request::{Outcome, State};
use candor_policy::charter::Right;
use candor_store::rows::{RequestPage, Versioned};
use candor_store::{Change, RequestWrite, StoreError};

use crate::sample::{filing, hour, new, request, request_id, subject_id, with_residue};
use crate::support::on_both;

fn replacing(request: candor_domain::subject_request::SubjectRequest, expected: u64) -> Change {
    Change {
        requests: vec![RequestWrite {
            request,
            expected: Some(expected),
        }],
        ..Change::default()
    }
}

#[tokio::test]
async fn a_write_needs_the_version_that_was_read() {
    on_both(|place| async move {
        let store = place.open().await;
        let filed = request(1, Right::Erasure, State::Locating, 24);
        store.commit(filing(vec![filed.clone()])).await.unwrap();
        let read = store.request(&request_id(1)).await.unwrap().unwrap();
        assert_eq!((read.version, &read.value), (1, &filed));

        let mut next = filed.clone();
        next.state = State::Carrying;
        store.commit(replacing(next.clone(), 1)).await.unwrap();
        let stale = store.commit(replacing(filed.clone(), 1)).await;
        assert!(
            matches!(stale, Err(StoreError::Conflict { .. })),
            "{stale:?}"
        );
        let again = Change {
            requests: vec![new(filed)],
            ..Change::default()
        };
        let again = store.commit(again).await;
        assert!(
            matches!(again, Err(StoreError::Conflict { .. })),
            "{again:?}"
        );
        let read = store.request(&request_id(1)).await.unwrap().unwrap();
        assert_eq!((read.version, read.value), (2, next));
        assert_eq!(store.request(&request_id(2)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn lists_come_by_state_and_deadline() {
    on_both(|place| async move {
        let store = place.open().await;
        let completed = State::Completed {
            at: hour(3),
            outcome: Outcome::Fulfilled,
        };
        let all = vec![
            request(1, Right::Erasure, State::Undecided, 40),
            request(2, Right::Erasure, State::Locating, 30),
            request(3, Right::Access, completed, 10),
            request(4, Right::Access, State::Undecided, 20),
        ];
        store.commit(filing(all)).await.unwrap();
        let ids = |list: Vec<Versioned<candor_domain::subject_request::SubjectRequest>>| {
            list.into_iter().map(|one| one.value.id).collect::<Vec<_>>()
        };
        let all = store.requests(&[], 500, 0).await.unwrap();
        assert_eq!(ids(all), [3, 4, 2, 1].map(request_id));
        let page = store.requests(&[], 2, 1).await.unwrap();
        assert_eq!(ids(page), [4, 2].map(request_id));
        let open = store.requests(&["undecided", "locating"], 500, 0).await;
        assert_eq!(ids(open.unwrap()), [4, 2, 1].map(request_id));
        let none = store.requests(&["lapsed"], 500, 0).await.unwrap();
        assert_eq!(ids(none), []);

        let counts = store.request_counts().await.unwrap();
        let counts: Vec<_> = counts.iter().map(|(s, n)| (s.as_str(), *n)).collect();
        assert_eq!(
            counts,
            [("completed", 1), ("locating", 1), ("undecided", 2)]
        );
        for number in [3, 4] {
            let own = store.requests_of(&subject_id(number)).await.unwrap();
            assert_eq!(ids(own), [request_id(number)]);
        }
        let nobody = store.requests_of(&subject_id(9)).await.unwrap();
        assert_eq!(ids(nobody), []);
    })
    .await;
}

#[tokio::test]
async fn our_own_record_counts_what_is_late() {
    on_both(|place| async move {
        let store = place.open().await;
        let completed = |at| State::Completed {
            at: hour(at),
            outcome: Outcome::Fulfilled,
        };
        let unverified = State::Unverified {
            expires_at: hour(72),
        };
        let all = vec![
            request(1, Right::Erasure, completed(10), 24),
            with_residue(request(2, Right::Erasure, completed(30), 24)),
            request(3, Right::Erasure, State::Carrying, 40),
            request(4, Right::Erasure, State::Undecided, 60),
            request(5, Right::Erasure, unverified, 5),
            request(6, Right::Erasure, State::Lapsed { at: hour(72) }, 5),
            request(7, Right::Access, State::Locating, 1),
        ];
        store.commit(filing(all)).await.unwrap();
        let finding = store.request_finding(Right::Erasure, hour(50)).await;
        let expected = SubjectRequestFinding {
            answered: 2,
            answered_late: 1,
            open: 2,
            overdue: 1,
            next_due: Some(hour(40)),
            with_residue: 1,
        };
        assert_eq!(finding.unwrap(), expected);
        let nothing = store.request_finding(Right::Objection, hour(50)).await;
        assert_eq!(nothing.unwrap(), SubjectRequestFinding::default());
    })
    .await;
}

#[tokio::test]
async fn a_list_is_read_page_by_page_within_a_tenant() {
    on_both(|place| async move {
        let store = place.open().await;
        let of = |number: u8, right, tenant: Option<&str>, due| {
            let mut request = request(number, right, State::Locating, due);
            request.tenant = tenant.map(|name| name.parse().unwrap());
            request
        };
        let requests = vec![
            of(1, Right::Erasure, None, 9),
            of(2, Right::Access, Some("acme"), 7),
            of(3, Right::Access, Some("other"), 7),
            of(4, Right::Erasure, Some("acme"), 7),
            of(5, Right::Access, Some("acme"), 3),
        ];
        store.commit(filing(requests)).await.unwrap();
        let seen = async |tenant: Option<&str>, rights: &[Right], state: Option<&str>| {
            let mut page = RequestPage {
                tenant: tenant.map(|name| name.parse().unwrap()),
                state: state.map(str::to_owned),
                rights: rights.to_vec(),
                after: None,
                limit: 2,
            };
            let mut ids = Vec::new();
            loop {
                let rows = store.requests_page(&page).await.unwrap();
                assert!(rows.len() <= 2);
                let Some(last) = rows.last() else {
                    return ids;
                };
                page.after = Some((last.value.measured_by(), last.value.id.clone()));
                ids.extend(
                    rows.iter()
                        .map(|row| row.value.id.as_str().chars().take(2).collect::<String>()),
                );
            }
        };
        assert_eq!(seen(None, &[], None).await, ["05", "02", "03", "04", "01"]);
        assert_eq!(seen(Some("acme"), &[], None).await, ["05", "02", "04"]);
        assert_eq!(seen(Some("acme"), &[Right::Erasure], None).await, ["04"]);
        assert_eq!(seen(None, &[Right::Erasure], None).await, ["04", "01"]);
        assert_eq!(seen(None, &Right::ALL, None).await.len(), 5);
        assert_eq!(seen(Some("nobody"), &[], None).await, [""; 0]);
        assert_eq!(seen(None, &[], Some("completed")).await, [""; 0]);
        assert_eq!(seen(None, &[], Some("locating")).await.len(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_tenant_finds_its_own_and_no_others() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut own = request(1, Right::Erasure, State::Locating, 24);
        own.tenant = "acme".parse().ok();
        let none = request(2, Right::Erasure, State::Locating, 24);
        store.commit(filing(vec![own, none])).await.unwrap();
        let found = async |tenant: &str, number| {
            let tenant = tenant.parse().unwrap();
            let found = store.request_of_tenant(&tenant, &request_id(number)).await;
            found.unwrap().map(|found| found.value.id)
        };
        assert_eq!(found("acme", 1).await, Some(request_id(1)));
        for (tenant, number) in [("other", 1), ("acme", 2), ("acme", 3)] {
            assert_eq!(found(tenant, number).await, None, "{tenant} {number}");
        }
    })
    .await;
}
