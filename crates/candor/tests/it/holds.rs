//! Holds on the real example: what is held outlives an erasure and a sweep, the
//! person's record outlives the answer, and both end by themselves when the
//! hold is lifted.

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::plan::{Action, TableEffect};
use candor_domain::subject_request::{State, SubjectRequest};
use candor_policy::charter::Right;
use candor_server::service::HoldError;
use stackyard::{ALONE, Database};

use crate::promises::Watched;
use crate::world::{World, policy_files};

/// Whose account it is.
const ACCOUNT: &str = "accounts WHERE id = 1";

pub(crate) const HOLDS: &str = "
holds:
  claims:
    because: legal claims
    decided_by: the general counsel
    review: 2027-06-30
    covers: [app.orders, app.order_items]
  court:
    because: an order of a court
    decided_by: the general counsel
    review: 2027-06-30
";

async fn company() -> Watched {
    let mut world = World::new(30).await;
    world.sweep = true;
    let mut files = policy_files();
    for (path, text) in &mut files {
        if path == "candor.yaml" {
            text.push_str(HOLDS);
        }
    }
    Watched::under(world, files).await
}

async fn count(database: &Database, what: &'static str) -> i64 {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    let query = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {what}"));
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

async fn read(watched: &Watched, id: &SubjectRequestId) -> SubjectRequest {
    let (request, _) = watched.service.request(id).await.unwrap().unwrap();
    request
}

/// An erasure of somebody, up to its answer.
async fn answered(watched: &Watched) -> SubjectRequestId {
    watched
        .service
        .file(Right::Erasure, ALONE.email)
        .await
        .unwrap();
    watched.work().await;
    let link = watched.world.last_link("/requests/confirm/");
    let page = watched.service.confirm(&link).await.unwrap();
    let id = watched.service.person_page(&page).await.unwrap().request.id;
    watched.work().await;
    if read(watched, &id).await.state == State::Undecided {
        let staff = StaffId::from_random([9; 16]);
        watched.service.approve(&id, &staff).await.unwrap();
    }
    watched.work().await;
    for system in read(watched, &id).await.tasks.into_keys() {
        let staff = StaffId::from_random([9; 16]);
        let told = watched.service.task_done(&id, &staff, system, None).await;
        told.unwrap();
    }
    watched.work().await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_ends_by_itself_when_the_hold_is_lifted() {
    let watched = company().await;
    let orders = count(&watched.world.app, "orders").await;
    let set = |hold: &'static str, email: &'static str| {
        watched.service.set_hold(hold, email, "file 7", None)
    };
    let hold = set("claims", ALONE.email).await.unwrap();
    assert!(matches!(
        set("claims", ALONE.email).await,
        Err(HoldError::Known)
    ));
    assert!(matches!(
        set("other", ALONE.email).await,
        Err(HoldError::Undeclared)
    ));
    assert!(matches!(
        set("claims", "nobody").await,
        Err(HoldError::Address)
    ));

    let id = answered(&watched).await;
    let request = read(&watched, &id).await;
    assert_eq!(request.state_key(), "held", "{:?}", request.state);
    let app = &request.sources["app"];
    assert!(app.held.contains_key("orders") && app.held.contains_key("accounts"));
    let kept = app
        .effects
        .iter()
        .filter(|effect| effect.action == Action::Keep);
    let held = |effect: &&TableEffect| effect.because.as_deref() == Some("hold.claims");
    assert!(
        kept.filter(held)
            .any(|effect| effect.table == "orders" && effect.rows > 0)
    );
    assert_eq!(count(&watched.world.app, "orders").await, orders);
    assert_eq!(count(&watched.world.app, ACCOUNT).await, 1);
    let mail = watched.world.last_mail();
    assert!(
        mail.contains("legal claims") && mail.contains("restricted"),
        "{mail}"
    );
    // Nothing moves while it stands.
    watched
        .clock
        .forward(jiff::SignedDuration::from_hours(24 * 60));
    watched.work().await;
    assert_eq!(read(&watched, &id).await.state_key(), "held");

    watched.service.lift_hold(&hold, None).await.unwrap();
    assert!(matches!(
        watched.service.lift_hold(&hold, None).await,
        Err(HoldError::Unknown)
    ));
    watched.work().await;
    let request = read(&watched, &id).await;
    assert_eq!(request.state_key(), "completed", "{:?}", request.waiting);
    assert!(count(&watched.world.app, "orders").await < orders);
    assert_eq!(count(&watched.world.app, ACCOUNT).await, 0);
    let mail = watched.world.last_mail();
    assert!(mail.contains("That reason is over"), "{mail}");
    // It was answered in time, however late the rest went.
    assert!(request.answered_at().unwrap() <= request.due_at);
    let kinds: Vec<&str> = request
        .history
        .iter()
        .map(|one| one.kind.as_str())
        .collect();
    assert!(kinds.contains(&"subject_request.released"), "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_leaves_the_rows_of_a_person_on_hold() {
    let watched = company().await;
    let hold = watched
        .service
        .set_hold("court", ALONE.email, "file 8", None);
    let hold = hold.await.unwrap();
    watched
        .app("UPDATE usage_events SET occurred_at = '2020-01-01T00:00:00Z'")
        .await;
    let (verdict, why) = watched.verdict("retain.usage_events").await;
    let left = count(&watched.world.app, "usage_events").await;
    let view = watched.service.retention().await.unwrap();
    let rule = view
        .rules
        .iter()
        .find(|rule| rule.promise.name == "usage_events");
    let (_, found) = rule.unwrap().last.clone().unwrap();
    let held = found
        .held
        .get("app")
        .and_then(|held| held.get("usage_events"));
    assert_eq!(
        held.copied().unwrap_or_default(),
        u64::try_from(left).unwrap()
    );
    assert_eq!(verdict, "kept", "{why}");
    assert!(left > 0 && why.contains("a hold keeps"), "{left}: {why}");
    watched.service.lift_hold(&hold, None).await.unwrap();
    assert_eq!(watched.verdict("retain.usage_events").await.0, "kept");
    assert_eq!(count(&watched.world.app, "usage_events").await, 0);
    assert_eq!(watched.verdict("hold.court").await.0, "stated");
}
