//! What goes wrong outside: a source that is down, a map that no longer fits,
//! an address nobody knows, a policy that contradicts itself.

use std::process::Command;

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::subject_request::{Outcome, State};
use candor_policy::charter::Right;
use jiff::SignedDuration;
use stackyard::{ALONE, Database};

use crate::promises::Watched;
use crate::world::World;

impl Watched {
    /// Files and confirms a subject request; runs what follows from it.
    pub(crate) async fn file(&self, right: Right, email: &str) -> SubjectRequestId {
        self.service.file(right, email).await.unwrap();
        self.work().await;
        let link = self.world.last_link("/requests/confirm/");
        let page = self.service.confirm(&link).await.unwrap();
        self.work().await;
        self.service.person_page(&page).await.unwrap().request.id
    }

    pub(crate) async fn approve(&self, id: &SubjectRequestId) {
        let staff = StaffId::from_random([9; 16]);
        self.service.approve(id, &staff).await.unwrap();
        self.work().await;
    }

    /// Staff tell everybody who received the data.
    pub(crate) async fn tell(&self, id: &SubjectRequestId) {
        let staff = StaffId::from_random([9; 16]);
        let tasks = self.standing(id).await.tasks;
        assert!(!tasks.is_empty(), "vendors received it");
        for system in tasks.into_keys() {
            let told = self.service.task_done(id, &staff, system, None).await;
            told.unwrap();
        }
        self.work().await;
    }

    async fn state(&self, id: &SubjectRequestId) -> (State, Option<String>) {
        let (request, _) = self.service.request(id).await.unwrap().unwrap();
        let mut waiting = request.waiting.into_iter();
        let first = waiting
            .next()
            .map(|(source, waiting)| format!("{source}: {}", waiting.why));
        (request.state, first)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_down_makes_the_request_wait_and_it_goes_on_by_itself() {
    let mut watched = Watched::new().await;
    let id = watched.file(Right::Erasure, ALONE.email).await;
    let here = watched.world.path("support.sqlite");
    let away = watched.world.path("away.sqlite");
    std::fs::rename(&here, &away).unwrap();
    watched.restart().await;
    watched.approve(&id).await;
    let (_, waiting) = watched.state(&id).await;
    assert!(waiting.is_some_and(|waiting| waiting.starts_with("support: ")));
    let system = watched.service.system().await.unwrap();
    let support = system
        .sources
        .iter()
        .find(|source| source.name == "support")
        .unwrap();
    assert_eq!(support.up, Some(false), "the board says so");

    std::fs::rename(&away, &here).unwrap();
    watched.clock.forward(SignedDuration::from_mins(10));
    watched.work().await;
    watched.tell(&id).await;
    let (state, waiting) = watched.state(&id).await;
    assert!(
        matches!(
            state,
            State::Completed {
                outcome: Outcome::Fulfilled,
                ..
            }
        ),
        "{state:?}"
    );
    assert_eq!(waiting, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_that_no_longer_fits_stops_its_source_with_what_changed() {
    let watched = Watched::new().await;
    let id = watched.file(Right::Erasure, ALONE.email).await;
    let Database::Sqlite(pool) = &watched.world.app else {
        unreachable!()
    };
    let drift = "CREATE TABLE loyalty_cards (id INTEGER PRIMARY KEY, account_id INTEGER REFERENCES accounts(id), holder_email TEXT)";
    sqlx::raw_sql(drift).execute(pool).await.unwrap();
    watched.approve(&id).await;
    let (state, waiting) = watched.state(&id).await;
    assert!(!matches!(state, State::Completed { .. }), "{state:?}");
    let waiting = waiting.unwrap();
    assert!(waiting.contains("loyalty_cards"), "{waiting}");
    let accounts: i64 = sqlx::query_scalar("SELECT count(*) FROM accounts")
        .fetch_one(pool)
        .await
        .unwrap();
    assert_eq!(accounts, 30, "nothing was erased");

    sqlx::raw_sql("DROP TABLE loyalty_cards")
        .execute(pool)
        .await
        .unwrap();
    watched.clock.forward(SignedDuration::from_mins(10));
    watched.work().await;
    watched.tell(&id).await;
    let (state, _) = watched.state(&id).await;
    assert!(
        matches!(
            state,
            State::Completed {
                outcome: Outcome::Fulfilled,
                ..
            }
        ),
        "{state:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_answered_like_a_known_one() {
    let watched = Watched::new().await;
    watched
        .service
        .file(Right::Access, "nobody@nowhere.example")
        .await
        .unwrap();
    watched.work().await;
    let unknown = watched.world.last_mail();
    watched
        .service
        .file(Right::Access, ALONE.email)
        .await
        .unwrap();
    watched.work().await;
    let known = watched.world.last_mail();
    let without_link = |text: &str| -> String {
        text.split_whitespace()
            .filter(|word| {
                !word.contains("/requests/") && word.parse::<SubjectRequestId>().is_err()
            })
            .collect()
    };
    assert_eq!(without_link(&unknown), without_link(&known));
    assert!(known.contains("Hello"), "there is something to compare");

    let id = watched.file(Right::Erasure, "nobody@nowhere.example").await;
    let (state, _) = watched.state(&id).await;
    assert!(
        matches!(
            state,
            State::Completed {
                outcome: Outcome::NothingHeld,
                ..
            }
        ),
        "{state:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contradictory_policy_starts_nothing_and_changes_nothing() {
    let world = World::new(10).await;
    let service = world.service().await;
    let in_force = service.charter().id.clone();
    let path = world.path("policy/policy.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let broken = text.replace(
        "[90 days](promise:retain.usage_events)",
        "[60 days](promise:retain.usage_events)",
    );
    assert_ne!(broken, text);
    std::fs::write(&path, broken).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .arg("serve")
        .arg(world.path("policy"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(world.path("data"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("policy.md") && said.contains("60 days"),
        "{said}"
    );
    assert_eq!(world.service().await.charter().id, in_force);
}
