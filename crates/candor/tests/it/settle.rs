//! An erasure that has settled: what a writer brought late is found a day later
//! and goes by itself, what nobody may erase breaks the promise until it is
//! gone, and how thoroughly the rows are gone is said as far as it was seen.

use candor_domain::id::{StaffId, SubjectRequestId};
use candor_domain::subject_request::{Grade, SETTLING_TIME, Stage, SubjectRequest};
use candor_policy::charter::Right;
use candor_server::{EraseAgainError, ErasedAgain};
use jiff::SignedDuration;
use stackyard::{ALONE, Database};

use crate::promises::Watched;
use crate::undo::contents;

async fn erased_in(watched: &Watched) -> SubjectRequest {
    let id = watched.file(Right::Erasure, ALONE.email).await;
    watched.approve(&id).await;
    watched.tell(&id).await;
    again(watched, &id).await
}

async fn contact(watched: &Watched) -> i64 {
    let Database::Sqlite(pool) = &watched.world.support else {
        unreachable!("made as SQLite")
    };
    let sql = "SELECT id FROM contacts WHERE email = ?1";
    let found = sqlx::query_scalar(sql).bind(ALONE.email);
    found.fetch_one(pool).await.unwrap()
}

async fn execute(watched: &Watched, sql: String) {
    let Database::Sqlite(pool) = &watched.world.support else {
        unreachable!("made as SQLite")
    };
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await;
    done.unwrap();
}

async fn again(watched: &Watched, id: &SubjectRequestId) -> SubjectRequest {
    watched.service.request(id).await.unwrap().unwrap().0
}

fn happened(request: &SubjectRequest, kind: &str) -> usize {
    let kind = format!("subject_request.{kind}");
    let history = request.history.iter();
    history.filter(|moment| moment.kind == kind).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_later_nothing_is_found_and_the_grade_is_what_was_seen() {
    let watched = Watched::new().await;
    let request = erased_in(&watched).await;
    let grades = request.grades();
    assert!(!grades.is_empty());
    assert!(grades.values().all(|own| own.grade == Grade::Deleted));
    watched.clock.forward(SETTLING_TIME);
    watched.work().await;
    let request = again(&watched, &request.id).await;
    assert_eq!(happened(&request, "settled"), request.sources.len());
    // What is deleted is overwritten, but these files have a write-ahead log.
    for (source, reached) in request.grades() {
        assert_eq!(reached.grade, Grade::Deleted, "{source}: {}", reached.seen);
        assert!(reached.seen.contains("again"), "{}", reached.seen);
        assert!(reached.seen.contains("write-ahead log"), "{}", reached.seen);
    }
    assert!(!request.is_settling(), "the person's record may go");
}

async fn tickets_of(watched: &Watched, contact: i64) -> i64 {
    let Database::Sqlite(pool) = &watched.world.support else {
        unreachable!("made as SQLite")
    };
    let sql = "SELECT count(*) FROM tickets WHERE contact_id = ?1";
    let found = sqlx::query_scalar(sql).bind(contact);
    found.fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_writer_brought_late_goes_by_itself() {
    let watched = Watched::new().await;
    let contact = contact(&watched).await;
    let request = erased_in(&watched).await;
    let before = request.sources["support"].clone();
    // A ticket of theirs comes back: no identity leads from them to it.
    let sql = format!(
        "PRAGMA foreign_keys = OFF; INSERT INTO tickets (id, contact_id, subject, status, created_at) VALUES (999999, {contact}, 'again', 'open', '2026-11-22T10:00:00Z')"
    );
    execute(&watched, sql).await;
    assert_eq!(tickets_of(&watched, contact).await, 1);
    watched.clock.forward(SETTLING_TIME);
    watched.work().await;
    let found = again(&watched, &request.id).await;
    assert_eq!(happened(&found, "came_back"), 1, "{:?}", found.history);
    let support = &found.sources["support"];
    assert_eq!(support.stage, Stage::Verified, "nobody had to look");
    assert_eq!(support.attempts, before.attempts + 1);
    assert_eq!(tickets_of(&watched, contact).await, 0);
    let gone = |effects: &[candor_domain::plan::TableEffect]| {
        let mut tickets = effects.iter().filter(|own| own.table == "tickets");
        tickets.next().map_or(0, |own| own.rows)
    };
    assert_eq!(gone(&support.effects), gone(&before.effects) + 1);
    let (verdict, why) = watched.verdict("right.erasure").await;
    assert_eq!(verdict, "kept", "{why}");
    assert!(found.is_settling(), "it settles anew");
    watched.clock.forward(SETTLING_TIME);
    watched.work().await;
    let found = again(&watched, &request.id).await;
    assert!(!found.is_settling());
    assert_eq!(happened(&found, "settled"), found.sources.len());
    assert_eq!(happened(&found, "completed"), 1, "answered once");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_may_erase_breaks_the_promise_until_it_is_gone() {
    let watched = Watched::new().await;
    let request = erased_in(&watched).await;
    // Their address comes back in somebody else's ticket.
    let somewhere = "(SELECT min(id) FROM tickets)";
    let sql = format!(
        "UPDATE tickets SET subject = 'please write to {}' WHERE id = {somewhere}",
        ALONE.email
    );
    execute(&watched, sql).await;
    let (verdict, why) = watched.verdict("right.erasure").await;
    assert_eq!(verdict, "kept", "nobody knows yet: {why}");
    watched.clock.forward(SETTLING_TIME);
    watched.work().await;
    let found = again(&watched, &request.id).await;
    assert_eq!(happened(&found, "came_back"), 1, "{:?}", found.history);
    assert_eq!(found.sources["support"].stage, Stage::Stuck);
    let (verdict, why) = watched.verdict("right.erasure").await;
    assert_eq!(verdict, "broken", "{why}");
    assert!(why.contains("left something behind"), "{why}");
    // Staff look, and have it erased once more.
    let sql = format!("UPDATE tickets SET subject = 'asked' WHERE id = {somewhere}");
    execute(&watched, sql).await;
    let staff = StaffId::from_random([9; 16]);
    let retried = watched
        .service
        .retry(&request.id, &staff, "support".to_owned());
    retried.await.unwrap();
    let (verdict, why) = watched.verdict("right.erasure").await;
    assert_eq!(verdict, "kept", "{why}");
    let request = again(&watched, &request.id).await;
    assert_eq!(request.state_key(), "completed");
    assert!(request.is_settling(), "it settles anew");
    watched.clock.forward(SETTLING_TIME);
    watched.work().await;
    let request = again(&watched, &request.id).await;
    assert!(!request.is_settling());
    assert_eq!(happened(&request, "completed"), 1, "answered once");
}

/// Has the help desk's database never give a contact's number again.
async fn keys_stay(watched: &Watched) {
    let sql = "CREATE TABLE made (id INTEGER PRIMARY KEY AUTOINCREMENT);
         PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, 'PRIMARY KEY', 'PRIMARY KEY AUTOINCREMENT') WHERE name = 'contacts';
         PRAGMA writable_schema = OFF;
         DROP TABLE made";
    execute(watched, sql.to_owned()).await;
}

/// Copies the help desk's database, and says how its rows of a contact come back.
async fn backup(watched: &Watched, contact: i64) -> String {
    let folder = tempfile::tempdir().unwrap().keep();
    let file = folder.join("backup.db").display().to_string();
    execute(watched, format!("VACUUM INTO '{file}'")).await;
    format!(
        "ATTACH '{file}' AS b; PRAGMA foreign_keys = OFF;
         INSERT INTO contacts SELECT id, email, customer_id, name, created_at FROM b.contacts WHERE id = {contact};
         INSERT INTO tickets SELECT id, contact_id, assigned_to, subject, status, created_at, closed_at, deleted_at FROM b.tickets WHERE contact_id = {contact};
         DETACH b"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_backup_brings_back_is_erased_again_and_a_new_customer_is_not() {
    let watched = Watched::new().await;
    keys_stay(&watched).await;
    let contact = contact(&watched).await;
    let restore = backup(&watched, contact).await;
    let request = erased_in(&watched).await;
    watched.clock.forward(SETTLING_TIME);
    watched.work().await;
    let without = contents(&watched.world.support).await;
    let nothing = watched.service.erase_again("support", "at once").await;
    assert_eq!(nothing.unwrap(), ErasedAgain::default());
    // Our own record of the person is shredded by now, and the backup older.
    assert!(!again(&watched, &request.id).await.is_settling());
    execute(&watched, restore).await;
    assert!(tickets_of(&watched, contact).await > 0);
    let once = watched.service.erase_again("support", "restored").await;
    let once = once.unwrap();
    assert_eq!((once.people, once.left.as_slice()), (1, [].as_slice()));
    assert!(
        once.effects
            .iter()
            .any(|own| own.table == "tickets" && own.rows > 0)
    );
    assert_eq!(
        contents(&watched.world.support).await,
        without,
        "all of it, and no more"
    );
    let repeat = watched.service.erase_again("support", "restored").await;
    assert_eq!(repeat.unwrap(), once, "killed and asked again, it goes on");
    // Whoever comes back with the same address is a new customer.
    let sql = format!(
        "INSERT INTO contacts (email, name, created_at) VALUES ('{}', 'as before', '2026-11-22T10:00:00Z')",
        ALONE.email
    );
    execute(&watched, sql).await;
    let with = contents(&watched.world.support).await;
    assert_ne!(with, without);
    let later = watched.service.erase_again("support", "later").await;
    assert_eq!(later.unwrap(), ErasedAgain::default());
    assert_eq!(contents(&watched.world.support).await, with);
    let undeclared = watched.service.erase_again("nowhere", "later").await;
    assert!(matches!(undeclared, Err(EraseAgainError::Undeclared(_))));
    // No backup is kept for ever.
    watched.clock.forward(SignedDuration::from_hours(400 * 24));
    watched.work().await;
    let ended = watched.service.erase_again("support", "much later").await;
    assert_eq!(ended.unwrap(), ErasedAgain::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_is_not_erased_again() {
    let watched = Watched::undoable().await;
    keys_stay(&watched).await;
    let before = contents(&watched.world.support).await;
    let request = erased_in(&watched).await;
    let staff = StaffId::from_random([9; 16]);
    watched.service.undo(&request.id, &staff).await.unwrap();
    watched.work().await;
    assert_eq!(contents(&watched.world.support).await, before);
    let again = watched.service.erase_again("support", "one").await;
    assert_eq!(again.unwrap(), ErasedAgain::default());
    assert_eq!(contents(&watched.world.support).await, before);
}
