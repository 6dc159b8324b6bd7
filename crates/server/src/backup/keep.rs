//! Keeping a service's backups: one as often as declared, what happened since
//! each minute, and the newest restored on trial. What came of it is evidence,
//! and stays in the state, so that a service that starts again knows it.
//! INVARIANT: nothing is removed before its successor was read back.

use std::time::Duration;

use candor_domain::calendar;
use candor_domain::check::{BackupFinding, Finding};
use candor_domain::verdict::{BACKUPS, every};
use candor_policy::charter::Charter;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::folder::{Folder, Kept, remove};
use super::{BackupError, Holder, note, restore, write};
use crate::service::{Service, ServiceError};

/// Between two looks.
const TURN: Duration = Duration::from_secs(60);
/// How much earlier than declared a backup is made, so that its making is not
/// late.
const LEAD: SignedDuration = SignedDuration::from_mins(30);
/// How long after an attempt that failed the next is made.
const AGAIN: SignedDuration = SignedDuration::from_mins(10);
/// Under which name what came of it is kept.
const STATUS: &str = "backups";
/// The state that a trial makes, beside the backups.
const TRIAL: &str = "trial.sqlite";

/// What came of the last attempts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Status {
    tried: Option<Timestamp>,
    failed: Option<String>,
    drilled: Option<Timestamp>,
    drill_failed: Option<String>,
}

/// Keeps backups of a service in its folder, until the process ends; returns at
/// once where it has none.
pub async fn keep(service: Service) {
    while service.backups().is_some() {
        if let Err(error) = turn(&service).await {
            tracing::error!(error = in_words(&error), "backups cannot be kept");
        }
        // What is due, the service's clock says.
        tokio::time::sleep(TURN).await;
    }
}

/// One look: makes a backup that is due, and restores it on trial; else writes
/// down what happened since the newest.
///
/// # Errors
/// Where the state can't be read. What is wrong with a backup is no error here,
/// but what the board says.
pub async fn turn(service: &Service) -> Result<(), ServiceError> {
    let Some(path) = service.backups() else {
        return Ok(());
    };
    let before = status(service).await?;
    let mut after = before.clone();
    match Folder::open(path) {
        Ok(folder) => look(service, &folder, &mut after).await,
        Err(error) => failed(&mut after, service.now(), &error),
    }
    if after != before {
        let text = serde_json::to_string(&after);
        let text = text.map_err(|_| ServiceError::Corrupt(STATUS))?;
        service.store().set_setting(STATUS, &text).await?;
    }
    Ok(())
}

async fn look(service: &Service, folder: &Folder, status: &mut Status) {
    let now = service.now();
    let kept = match folder.kept() {
        Ok(kept) => kept,
        Err(error) => return failed(status, now, &error),
    };
    let keys = service.holder();
    let charter = service.charter();
    if !is_due(&charter, &kept, status, now) {
        let Some(newest) = kept.last() else {
            return;
        };
        let noted = note(service.store(), keys, (folder, newest), service.world()).await;
        match noted {
            Ok(_) => status.failed = None,
            Err(error) => failed(status, now, &error),
        }
        return;
    }
    status.tried = Some(now);
    let written = write(service.store(), keys, folder, service.world()).await;
    let expired = match written {
        Ok(_) => expired(&charter, folder, now),
        Err(error) => return failed(status, now, &error),
    };
    match expired {
        Ok(()) => status.failed = None,
        Err(error) => failed(status, now, &error),
    }
    match drill(folder, keys).await {
        Ok(()) => {
            status.drilled = Some(service.now());
            status.drill_failed = None;
        }
        Err(error) => status.drill_failed = Some(in_words(&error)),
    }
}

/// Whether another backup is due. One that a clock of the future made is none.
fn is_due(charter: &Charter, kept: &[Kept], status: &Status, now: Timestamp) -> bool {
    let waits = status.failed.is_some()
        && status.tried.is_some_and(|tried| {
            let since = now.duration_since(tried);
            (SignedDuration::ZERO..AGAIN).contains(&since)
        });
    let newest = newest(kept, now).is_none_or(|newest| {
        let due = calendar::after(newest, every(charter));
        now >= due.checked_sub(LEAD).unwrap_or(due)
    });
    newest && !waits
}

fn newest(kept: &[Kept], now: Timestamp) -> Option<Timestamp> {
    let made = kept.iter().map(|one| one.made_at);
    made.filter(|at| *at <= now).max()
}

fn expired(charter: &Charter, folder: &Folder, now: Timestamp) -> Result<(), BackupError> {
    let keep = charter.security.get(BACKUPS).and_then(|own| own.keep);
    let Some(keep) = keep else {
        return Ok(());
    };
    let hours = i64::try_from(keep.longest_hours()).unwrap_or(i64::MAX / 3_600);
    for name in folder.expire(SignedDuration::from_hours(hours), now)? {
        tracing::info!(name, "a backup was removed: its time is over");
    }
    Ok(())
}

/// Restores the newest backup into a state of its own, which goes again.
///
/// # Errors
/// A [`BackupError`] that says why it could not be restored.
pub async fn drill(folder: &Folder, keys: Holder<'_>) -> Result<(), BackupError> {
    let trial = folder.file(TRIAL);
    let discard = || {
        for ending in ["", "-wal", "-shm"] {
            remove(&folder.file(&format!("{TRIAL}{ending}")))?;
        }
        Ok::<(), BackupError>(())
    };
    discard()?;
    let restored = restore(folder, None, false, keys, &trial.display().to_string()).await;
    discard()?;
    restored.map(|_| ())
}

/// What is known of the backups, as evidence; `None` where none are made here.
pub(crate) async fn found(service: &Service) -> Option<Finding> {
    let path = service.backups()?;
    let status = match status(service).await {
        Ok(status) => status,
        Err(error) => {
            let what = in_words(&error);
            return Some(Finding::Unreachable { what });
        }
    };
    let kept = Folder::open(path).and_then(|folder| folder.kept());
    Some(match kept {
        Ok(kept) => Finding::Backups(BackupFinding {
            newest: newest(&kept, service.now()),
            oldest: kept.iter().map(|one| one.made_at).min(),
            failed: status.failed,
            drilled: status.drilled,
            drill_failed: status.drill_failed,
        }),
        Err(error) => Finding::Unreachable {
            what: in_words(&error),
        },
    })
}

async fn status(service: &Service) -> Result<Status, ServiceError> {
    let text = service.store().setting(STATUS).await?;
    let status = text.map(|text| serde_json::from_str(&text)).transpose();
    let status = status.map_err(|_| ServiceError::Corrupt(STATUS))?;
    Ok(status.unwrap_or_default())
}

fn failed(status: &mut Status, now: Timestamp, error: &BackupError) {
    let why = in_words(error);
    tracing::error!(why, "there is no new backup");
    status.tried = Some(now);
    status.failed = Some(why);
}

/// An error with what it comes from.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words.push_str(&format!(": {error}"));
        source = error.source();
    }
    words
}
