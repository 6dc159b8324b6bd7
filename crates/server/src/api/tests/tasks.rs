//! Open tasks over all subject requests: which, in which order, for whom.

use candor_domain::api_key::Permission;
use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Event, System, tasks_of};
use candor_policy::charter::Right;
use candor_store::Change;
use serde_json::Value;

use super::{json, problem};
use crate::ui::sample;
use crate::ui::tests::fixture::Site;

const PATH: &str = "/v1/tasks";

/// Two subject requests with tasks, the nearest deadline first.
async fn carrying(site: &Site) -> Vec<SubjectRequestId> {
    let restriction = site.filed(Right::Restriction).await;
    site.with_tasks(&restriction).await;
    let erasure = site.undecided().await;
    let by = sample::staff_id();
    site.service.approve(&erasure, &by).await.unwrap();
    let request = site.service.required(&erasure).await.unwrap().value;
    let prepared = Event::Prepared {
        tasks: tasks_of(&request, &site.service.charter()),
        writes: [].into(),
    };
    let nothing = Change::default();
    let taken = site.service.take_in(&erasure, &prepared, &nothing).await;
    taken.unwrap().unwrap();
    let mut requests = Vec::new();
    for id in [restriction, erasure] {
        let request = site.service.required(&id).await.unwrap().value;
        assert!(request.open_tasks().count() > 0, "{:?}", request.right);
        requests.push((request.measured_by(), id));
    }
    requests.sort();
    requests.into_iter().map(|(_, id)| id).collect()
}

/// Every task of a list, page by page.
async fn all(site: &Site, key: &str, query: &str) -> Vec<Value> {
    let mut tasks = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("{PATH}?{query}{after}");
        let page = json(&site.call("GET", &path, key, "").await);
        tasks.extend(page["tasks"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return tasks,
        }
    }
}

#[tokio::test]
async fn every_open_task_is_listed_once_and_none_that_is_done() {
    let site = Site::new().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    assert!(all(&site, &key, "").await.is_empty());
    let ids = carrying(&site).await;
    let whole = all(&site, &key, "").await;
    let paged = all(&site, &key, "limit=1").await;
    assert_eq!(whole, paged);
    let mut owners: Vec<&str> = whole
        .iter()
        .map(|one| one["subject_request"].as_str().unwrap())
        .collect();
    owners.dedup();
    assert_eq!(
        owners,
        ids.iter().map(SubjectRequestId::as_str).collect::<Vec<_>>()
    );
    let first = &whole[0];
    assert_eq!(first["contact"], "mireille@post.example");

    let system: System = first["system"]
        .as_str()
        .unwrap()
        .to_owned()
        .try_into()
        .unwrap();
    assert_eq!(first["kind"], system.kind());
    let by = sample::staff_id();
    site.service
        .task_done(&ids[0], &by, system, None)
        .await
        .unwrap();
    assert_eq!(all(&site, &key, "").await, whole[1..]);
}

#[tokio::test]
async fn a_list_of_tasks_is_narrowed_and_names_people_to_who_may_do_them() {
    let site = Site::new().await;
    let key = site.key(&Permission::ALL, &[], None).await.secret;
    let ids = carrying(&site).await;
    let whole = all(&site, &key, "").await;
    for kind in ["source", "vendor"] {
        let own: Vec<Value> = whole
            .iter()
            .filter(|one| one["kind"] == kind)
            .cloned()
            .collect();
        assert!(!own.is_empty());
        assert_eq!(all(&site, &key, &format!("kind={kind}")).await, own);
    }
    let soonest = whole[0]["due_at"].as_str().unwrap();
    assert!(
        all(&site, &key, &format!("due_before={soonest}"))
            .await
            .is_empty()
    );
    assert_eq!(
        all(&site, &key, "due_before=2099-01-01T00:00:00Z").await,
        whole
    );
    let erasures = all(&site, &key, "right=erasure").await;
    assert!(erasures.iter().all(|one| one["right"] == "erasure") && !erasures.is_empty());

    let reader = site.key(&[Permission::Read], &[], None).await.secret;
    let seen = all(&site, &reader, "").await;
    assert_eq!(seen.len(), whole.len());
    assert!(seen.iter().all(|one| one["contact"].is_null()));
    let other = site.key(&Permission::ALL, &[], Some("acme")).await.secret;
    assert!(all(&site, &other, "").await.is_empty(), "{ids:?}");
    let none = site.key(&[Permission::Handle], &[], None).await.secret;
    assert_eq!(
        problem(&site.call("GET", PATH, &none, "").await).1,
        "forbidden"
    );
    for (query, place) in [
        ("kind=people", "kind"),
        ("due_before=soon", "due_before"),
        ("limit=0", "limit"),
    ] {
        let answer = site.call("GET", &format!("{PATH}?{query}"), &key, "").await;
        assert_eq!(problem(&answer).2, [place]);
    }
    let unknown = site
        .call("GET", &format!("{PATH}?done=yes"), &key, "")
        .await;
    assert_eq!(problem(&unknown).1, "malformed");
}
