//! Whether backups of our own state are made, restored on trial and removed as
//! declared. One that is late by as much again is missed; one whose trial failed
//! is none.

use candor_policy::charter::{Charter, Measure};
use candor_policy::period::{Period, Unit};
use jiff::{SignedDuration, Timestamp};

use super::judge::words;
use super::{BACKUPS, Verdict};
use crate::calendar;
use crate::check::BackupFinding;

/// How often backups are made, and one is restored on trial, where nothing is
/// declared.
const DAY: Period = Period {
    amount: 1,
    unit: Unit::Days,
};
/// How much later than declared one may be made or removed: the work itself, and
/// an hour's look.
const GRACE: SignedDuration = SignedDuration::from_hours(3);

/// How often the declaration says that backups are made.
#[must_use]
pub fn every(charter: &Charter) -> Period {
    let measure = charter.security.get(BACKUPS);
    measure.and_then(|measure| measure.every).unwrap_or(DAY)
}

pub(super) fn opinion(
    charter: &Charter,
    found: &BackupFinding,
    now: Timestamp,
) -> (Verdict, String) {
    let Some(newest) = found.newest else {
        let why = found.failed.as_deref().unwrap_or("none was made here yet");
        return match found.failed {
            Some(_) => (Verdict::Broken, format!("there is no backup: {why}")),
            None => (Verdict::Unproven, why.to_owned()),
        };
    };
    if let Some(why) = &found.drill_failed {
        return (
            Verdict::Broken,
            format!("the backup cannot be restored: {why}"),
        );
    }
    let every = every(charter);
    let due = later(calendar::after(newest, every));
    let missed = later(calendar::after(calendar::after(newest, every), every));
    let failed = found.failed.as_deref().unwrap_or("nobody makes them");
    if now >= missed {
        let reason = format!("the newest backup is of {}: {failed}", words(newest));
        return (Verdict::Broken, reason);
    }
    if let Some(kept) = kept_too_long(charter, found, now) {
        return (Verdict::Broken, kept);
    }
    if now >= due || found.failed.is_some() {
        let reason = format!("the newest backup is of {}: {failed}", words(newest));
        return (Verdict::AtRisk { by: missed }, reason);
    }
    let tested = charter.security.get(BACKUPS);
    let tested = tested.and_then(|measure| measure.tested).unwrap_or(every);
    let Some(drilled) = found.drilled else {
        return (
            Verdict::Unproven,
            "no backup was restored on trial yet".to_owned(),
        );
    };
    if now >= later(calendar::after(calendar::after(drilled, tested), tested)) {
        let reason = format!("a backup was last restored on trial {}", words(drilled));
        return (Verdict::Broken, reason);
    }
    let reason = format!(
        "the newest backup is of {} and was read back; one was restored on trial {}",
        words(newest),
        words(drilled)
    );
    (Verdict::Kept, reason)
}

/// That one is still there whose time is over.
fn kept_too_long(charter: &Charter, found: &BackupFinding, now: Timestamp) -> Option<String> {
    let keep = charter
        .security
        .get(BACKUPS)
        .and_then(|measure: &Measure| measure.keep)?;
    let oldest = found.oldest?;
    let over = later(calendar::after(
        calendar::after(oldest, keep),
        every(charter),
    ));
    (now >= over).then(|| format!("the backup of {} should be gone by now", words(oldest)))
}

fn later(at: Timestamp) -> Timestamp {
    at.checked_add(GRACE).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::charter;
    use candor_policy::charter::Approval;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn declared() -> Charter {
        let mut charter = charter(Approval::Automatic);
        let days = |amount| Period {
            amount,
            unit: Unit::Days,
        };
        let measure = Measure {
            every: Some(days(1)),
            encrypted: Some(true),
            keep: Some(days(35)),
            ..Measure::default()
        };
        charter.security.insert(BACKUPS.to_owned(), measure);
        charter
    }

    fn good() -> BackupFinding {
        BackupFinding {
            newest: Some(at("2026-11-23T03:00:00Z")),
            oldest: Some(at("2026-10-20T03:00:00Z")),
            drilled: Some(at("2026-11-23T03:01:00Z")),
            ..BackupFinding::default()
        }
    }

    #[test]
    fn backups_are_kept_while_they_are_made_tried_and_removed() {
        let now = at("2026-11-23T20:00:00Z");
        let says = |found: BackupFinding, now| opinion(&declared(), &found, now).0;
        assert_eq!(says(good(), now), Verdict::Kept);
        // None for a day and a half, then for two.
        let late = says(good(), at("2026-11-24T14:00:00Z"));
        assert!(matches!(late, Verdict::AtRisk { .. }), "{late:?}");
        assert_eq!(says(good(), at("2026-11-25T07:00:00Z")), Verdict::Broken);
        let failed = BackupFinding {
            failed: Some("the disk is full".to_owned()),
            ..good()
        };
        assert!(matches!(says(failed, now), Verdict::AtRisk { .. }));
        let corrupt = BackupFinding {
            drill_failed: Some("it was cut".to_owned()),
            ..good()
        };
        assert_eq!(says(corrupt, now), Verdict::Broken);
        let untried = BackupFinding {
            drilled: None,
            ..good()
        };
        assert_eq!(says(untried, now), Verdict::Unproven);
        let forgotten = BackupFinding {
            drilled: Some(at("2026-11-20T03:00:00Z")),
            ..good()
        };
        assert_eq!(says(forgotten, now), Verdict::Broken);
        let too_long = BackupFinding {
            oldest: Some(at("2026-10-15T03:00:00Z")),
            ..good()
        };
        assert_eq!(says(too_long, now), Verdict::Broken);
        assert_eq!(says(BackupFinding::default(), now), Verdict::Unproven);
        let none = BackupFinding {
            failed: Some("the disk is full".to_owned()),
            ..BackupFinding::default()
        };
        assert_eq!(says(none, now), Verdict::Broken);
    }
}
