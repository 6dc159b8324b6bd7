//! What is wrong is put right, on the real example: from the person's own form to
//! the last row, and what stops it on the way.

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::personal::Personal;
use candor_domain::plan::Action;
use candor_domain::rectification::Correction;
use candor_domain::subject_request::{Ground, RefusalReason, Rejection, Stage};
use candor_policy::charter::Right;
use candor_server::service::{DecideError, Decision, Said, SayError};
use jiff::SignedDuration;
use stackyard::{ALONE, ALONE_PRIVATE_EMAIL, Database, SHARING};

use crate::promises::{Watched, run};
use crate::world::World;

fn staff() -> StaffId {
    StaffId::from_random([9; 16])
}

pub(crate) fn correct(what: &str, was: Option<&str>, value: &str) -> Said {
    let personal = |value: &str| Personal::new(value.to_owned());
    Said {
        corrections: vec![Correction {
            what: what.to_owned(),
            was: was.map(personal),
            value: Some(personal(value)),
        }],
        ..Said::default()
    }
}

impl Watched {
    /// Proved, and said on the person's own page.
    async fn wants(&self, email: &str, said: &Said) -> SubjectRequestId {
        let id = self.file(Right::Rectification, email).await;
        let link = self.world.last_link("/requests/confirm/");
        let page = self.service.confirm(&link).await.unwrap();
        self.service.say(&page, said).await.unwrap();
        self.work().await;
        id
    }

    async fn approved(&self, id: &SubjectRequestId) -> Result<(), DecideError> {
        let approved = self.service.approve(id, &staff()).await;
        self.work().await;
        approved
    }

    async fn now_is(&self, id: &SubjectRequestId) -> String {
        self.standing(id).await.state_key().to_owned()
    }

    /// Everybody who received it is told.
    async fn told(&self, id: &SubjectRequestId) {
        for system in self.standing(id).await.tasks.into_keys() {
            let done = self.service.task_done(id, &staff(), system, None).await;
            done.unwrap();
            self.work().await;
        }
    }
}

const BILLED: &str = "SELECT group_concat(billing_name, '; ') FROM invoices";

pub(crate) async fn one(database: &Database, sql: &str) -> String {
    let Database::Sqlite(pool) = database else {
        unreachable!("made as SQLite")
    };
    let sql = sqlx::AssertSqlSafe(format!("SELECT CAST(({sql}) AS TEXT)"));
    let found: Option<String> = sqlx::query_scalar(sql).fetch_one(pool).await.unwrap();
    found.unwrap_or_default()
}

pub(crate) async fn number(database: &Database, sql: &str) -> u64 {
    one(database, sql).await.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_put_right_in_every_database_and_nowhere_else() {
    let watched = Watched::new().await;
    let id = watched
        .wants(ALONE.email, &correct("name", None, "Camille Moreau-Petit"))
        .await;
    // Staff see what would be done before anything is.
    let request = watched.standing(&id).await;
    assert_eq!(request.state_key(), "undecided");
    let previewed = |source: &str| {
        let effects = request.sources[source].preview.effects.iter();
        let rewritten = effects.filter(|effect| effect.action == Action::Rewrite);
        rewritten
            .map(|effect| (effect.table.clone(), effect.rows))
            .collect::<Vec<_>>()
    };
    assert_eq!(previewed("app"), [("accounts".to_owned(), 1)]);
    assert!(!previewed("support").is_empty());
    let shown = watched.service.texts(&request).await.unwrap().corrections;
    assert_eq!(shown.len(), 1);
    let name = "SELECT name FROM accounts WHERE email = 'camille.moreau@atelier-nord.example'";
    assert_eq!(one(&watched.world.app, name).await, ALONE.name);

    let billed = one(&watched.world.app, BILLED).await;
    watched.approved(&id).await.unwrap();
    let request = watched.standing(&id).await;
    assert!(
        request
            .tasks
            .keys()
            .all(|system| system.to_string().starts_with("vendor/")),
        "no database is left to people"
    );
    for (source, progress) in &request.sources {
        assert_eq!(progress.stage, Stage::Verified, "{source}");
        let effects = &progress.effects;
        assert_eq!(effects, &progress.preview.effects, "preview equals effect");
    }
    assert_eq!(one(&watched.world.app, name).await, "Camille Moreau-Petit");
    let old = format!(
        "SELECT count(*) FROM contacts WHERE name = '{}'",
        ALONE.name
    );
    assert_eq!(number(&watched.world.support, &old).await, 0);
    // An invoice is a record of what was.
    assert_eq!(one(&watched.world.app, BILLED).await, billed);
    // Recipients are told (Article 19), and only then it is answered.
    assert_eq!(watched.now_is(&id).await, "carrying");
    watched.told(&id).await;
    assert_eq!(watched.now_is(&id).await, "completed");
    assert_eq!(watched.verdict("right.rectification").await.0, "kept");
    // Neither the ledger nor the letter says what it was about.
    let letter = watched.world.last_mail();
    assert!(!letter.contains("Moreau"), "{letter}");
    let state = std::fs::read(watched.world.path("data/state.sqlite")).unwrap();
    assert!(!String::from_utf8_lossy(&state).contains("Moreau-Petit"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_counts_once_it_is_proved() {
    let watched = Watched::new().await;
    let new = "camille@moreau.example";
    let id = watched
        .wants(ALONE.email, &correct("contact.email", None, new))
        .await;
    let early = watched.approved(&id).await.unwrap_err();
    assert!(
        matches!(early, DecideError::Rejected(Rejection::ContactUnproved)),
        "{early}"
    );
    let mail = watched.world.last_mail();
    let words: Vec<&str> = mail.split_whitespace().collect();
    assert!(
        words.join(" ").contains("this is their new address"),
        "{mail}"
    );
    let link = watched.world.last_link("/requests/contact/");
    // The link opens nothing else, and looking at it proves nothing.
    assert!(watched.service.person_page(&link).await.is_err());
    watched.service.contact_provable(&link).await.unwrap();
    assert!(watched.approved(&id).await.is_err());
    watched.service.prove_contact(&link).await.unwrap();
    watched.service.prove_contact(&link).await.unwrap();
    watched.approved(&id).await.unwrap();
    for (source, progress) in &watched.standing(&id).await.sources {
        assert_eq!(progress.stage, Stage::Verified, "{source}");
    }
    let count = |table: &str, email: &str| {
        format!("SELECT count(*) FROM {table} WHERE lower(email) = '{email}'")
    };
    let app = &watched.world.app;
    assert_eq!(number(app, &count("accounts", new)).await, 1);
    assert_eq!(number(app, &count("accounts", ALONE.email)).await, 0);
    let support = &watched.world.support;
    assert_eq!(number(support, &count("contacts", ALONE.email)).await, 0);
    // Another address of theirs is another matter.
    let private = count("contacts", ALONE_PRIVATE_EMAIL);
    let private = number(support, &private).await;
    watched.told(&id).await;
    assert_eq!(watched.now_is(&id).await, "completed");
    let mails = crate::world::mails_in(&watched.world.path("data/mail"));
    assert!(mails.last().unwrap().contains("corrected"), "{mails:?}");
    assert!(private > 0 || number(support, &count("article_views", ALONE_PRIVATE_EMAIL)).await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_database_does_not_take_stops_before_anything_is_written() {
    let watched = Watched::new().await;
    // Somebody else's address: staff hear it, and not the value.
    let id = watched
        .wants(ALONE.email, &correct("contact.email", None, SHARING.email))
        .await;
    let request = watched.standing(&id).await;
    let obstacles = request.sources["app"].preview.obstacles.join("; ");
    assert!(
        obstacles.contains("`accounts.email` must be unique"),
        "{obstacles}"
    );
    assert!(!obstacles.contains(SHARING.email), "{obstacles}");
    let link = watched.world.last_link("/requests/contact/");
    watched.service.prove_contact(&link).await.unwrap();
    let refused = watched.approved(&id).await.unwrap_err();
    assert!(
        matches!(refused, DecideError::Rejected(Rejection::Obstructed)),
        "{refused}"
    );
    // Staff take in what was meant; the proof of the other address is gone.
    let said = correct("app.accounts.name", None, "C. Moreau");
    watched
        .service
        .say_for(&id, &staff(), &said, None)
        .await
        .unwrap();
    watched.work().await;
    let request = watched.standing(&id).await;
    assert!(request.new_contact.is_none() && request.sources["app"].preview.obstacles.is_empty());
    watched.approved(&id).await.unwrap();
    let name = "SELECT name FROM accounts WHERE email = 'camille.moreau@atelier-nord.example'";
    assert_eq!(one(&watched.world.app, name).await, "C. Moreau");
    // Nothing was said of the help desk's copy.
    let support = &watched.standing(&id).await.sources["support"];
    assert!(
        support
            .effects
            .iter()
            .all(|effect| effect.action == Action::Keep)
    );
    for wrong in [
        "credential.password",
        "app.accounts.id",
        "device.ip",
        "nonsense",
    ] {
        let said = correct(wrong, None, "x");
        let refused = watched.service.say_for(&id, &staff(), &said, None).await;
        assert!(matches!(refused, Err(SayError::Wish(_))), "{wrong}");
    }
}

/// Whoever sets it back is found out: it is written again, then staff must look,
/// and the promise breaks when its time is over.
#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_stay_written_turns_the_verdict() {
    let watched = Watched::new().await;
    let id = watched
        .wants(ALONE.email, &correct("app.accounts.name", None, "Right"))
        .await;
    watched.service.approve(&id, &staff()).await.unwrap();
    for _ in 0..40 {
        watched.round().await;
        watched
            .app("UPDATE accounts SET name = 'Wrong' WHERE name = 'Right'")
            .await;
    }
    let request = watched.standing(&id).await;
    assert_eq!(request.sources["app"].stage, Stage::Stuck);
    assert_eq!(request.sources["app"].residue[0].column, "name");
    assert_eq!(request.state_key(), "carrying");
    watched.clock.forward(SignedDuration::from_hours(40 * 24));
    assert_eq!(watched.verdict("right.rectification").await.0, "broken");
    // The sabotage ends; staff have it written once more.
    watched
        .service
        .retry(&id, &staff(), "app".to_owned())
        .await
        .unwrap();
    watched.work().await;
    assert_eq!(
        watched.standing(&id).await.sources["app"].stage,
        Stage::Verified
    );
}

/// A company whose portal has a column for restrictions.
async fn marked() -> Watched {
    let world = World::new(30).await;
    add_mark(&world).await;
    let files = world.policy_on_disk();
    Watched::under(world, files).await
}

/// Adds that column, and says so in the map.
pub(crate) async fn add_mark(world: &World) {
    run(
        &world.app,
        "ALTER TABLE accounts ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0",
    )
    .await;
    let map = world.path("policy/maps/app.yaml");
    let text = std::fs::read_to_string(&map).unwrap();
    let text = text.replacen(
        "    about: customer\n",
        "    about: customer\n    restriction: { column: restricted }\n",
        1,
    );
    let text = text.replacen(
        "      email: contact.email\n",
        "      email: contact.email\n      restricted: plain\n",
        1,
    );
    std::fs::write(&map, text).unwrap();
}

async fn restricted(watched: &Watched) -> SubjectRequestId {
    let id = watched.file(Right::Restriction, ALONE.email).await;
    let link = watched.world.last_link("/requests/confirm/");
    let page = watched.service.confirm(&link).await.unwrap();
    let said = Said {
        ground: Some(Ground::Claims),
        ..Said::default()
    };
    watched.service.say(&page, &said).await.unwrap();
    id
}

pub(crate) const MARK: &str = "SELECT restricted FROM accounts WHERE id = 1";
const MARKED: &str = "SELECT count(*) FROM accounts WHERE restricted = 1";

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_is_marked_read_again_and_taken_back() {
    let watched = marked().await;
    let id = restricted(&watched).await;
    watched.work().await;
    assert_eq!(number(&watched.world.app, MARK).await, 1);
    assert_eq!(number(&watched.world.app, MARKED).await, 1, "nobody else");
    let request = watched.standing(&id).await;
    assert_eq!(request.sources["app"].stage, Stage::Verified);
    let tasks: Vec<String> = request.tasks.keys().map(ToString::to_string).collect();
    // The help desk has no such column: there it is marked by hand.
    assert!(tasks.contains(&"source/support".to_owned()));
    assert!(!tasks.contains(&"source/app".to_owned()), "{tasks:?}");
    watched.told(&id).await;
    assert_eq!(watched.now_is(&id).await, "completed");
    watched
        .service
        .decide(&id, Decision::Lift, &staff())
        .await
        .unwrap();
    watched.work().await;
    assert_eq!(number(&watched.world.app, MARK).await, 0);
    let request = watched.standing(&id).await;
    assert!(!request.restricts());
    let kinds: Vec<&str> = request
        .history
        .iter()
        .map(|one| one.kind.as_str())
        .collect();
    let place = |kind: &str| kinds.iter().position(|one| *one == kind).unwrap();
    assert!(place("restriction.told") < place("restriction.unmarked"));
    assert!(place("restriction.unmarked") < place("restriction.lifted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_does_not_stay_turns_the_verdict() {
    let watched = marked().await;
    let id = restricted(&watched).await;
    for _ in 0..40 {
        watched.round().await;
        watched.app("UPDATE accounts SET restricted = 0").await;
    }
    let request = watched.standing(&id).await;
    assert_eq!(request.sources["app"].stage, Stage::Stuck);
    assert_eq!(request.sources["app"].residue[0].column, "restricted");
    watched.clock.forward(SignedDuration::from_hours(40 * 24));
    assert_eq!(watched.verdict("right.restriction").await.0, "broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_for_last_counts_and_a_restriction_holds_while_it_is_looked_at() {
    let world = World::new(30).await;
    let mut files = world.policy_on_disk();
    for (path, text) in &mut files {
        if path == "candor.yaml" {
            let before = text.clone();
            *text = text.replace(
                "  restriction:   { within",
                "  restriction:   { approve: staff, within",
            );
            assert_ne!(*text, before);
        }
    }
    let watched = Watched::under(world, files).await;
    let account = "SELECT count(*) FROM accounts WHERE id = 1";
    let first = watched.file(Right::Erasure, ALONE.email).await;
    watched.clock.forward(SignedDuration::from_hours(1));
    let restriction = restricted(&watched).await;
    watched.work().await;
    // Asked for, and not granted: nothing may go meanwhile (Article 18(1)).
    assert_eq!(watched.now_is(&restriction).await, "undecided");
    watched.approve(&first).await;
    watched.told(&first).await;
    assert_eq!(watched.now_is(&first).await, "held");
    assert_eq!(number(&watched.world.app, account).await, 1);
    // It is refused: with the mail that says so, nothing is held any more.
    let refuse = Decision::Refuse(RefusalReason::ClaimNotCovered);
    let refused = watched.service.decide(&restriction, refuse, &staff()).await;
    refused.unwrap();
    watched.work().await;
    watched.clock.forward(SignedDuration::from_hours(2));
    watched.work().await;
    assert_eq!(number(&watched.world.app, account).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restriction_yields_to_the_same_person_s_later_erasure() {
    let watched = Watched::new().await;
    let restriction = restricted(&watched).await;
    watched.work().await;
    assert_eq!(watched.now_is(&restriction).await, "carrying");
    watched.clock.forward(SignedDuration::from_hours(1));
    let erasure = watched.file(Right::Erasure, ALONE.email).await;
    watched.approve(&erasure).await;
    assert!(!watched.standing(&erasure).await.keeps_something());
    let account = "SELECT count(*) FROM accounts WHERE id = 1";
    assert_eq!(number(&watched.world.app, account).await, 0);
}
