//! Judging measures of security by what was seen of them. Invariant: what nothing
//! shows is never kept; it is stated where somebody answers for it, until their
//! review is due, and unproven else.

use candor_policy::charter::Charter;
use candor_policy::period::Period;
use jiff::{SignedDuration, Timestamp};

use super::judge::{reviewed, unproven, words};
use super::{Verdict, backups};
use crate::calendar;
use crate::check::{AtRestFinding, Check, Finding, IsolationFinding, TransportFinding};

/// How long before its end a certificate should have been replaced: machines do
/// it a month before, and half of that is over.
const CERTIFICATE_HORIZON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Tables that a reason names.
const NAMED_MAX: usize = 5;

/// What a measure's check shows; `None` where the check is not about one, or the
/// finding does not answer it.
pub(super) fn opinion(
    charter: &Charter,
    check: &Check,
    finding: &Finding,
    now: Timestamp,
) -> Option<(Verdict, String)> {
    Some(match (check, finding) {
        (
            Check::PasswordHashes { source, algorithm },
            Finding::PasswordHashes {
                matching_rows,
                other_rows,
            },
        ) => passwords(source, algorithm, *matching_rows, *other_rows),
        (Check::Transport { address, oldest }, Finding::Transport(found)) => {
            transported(address, oldest, found, now)
        }
        (Check::Isolation { source }, Finding::Isolation(found)) => isolated(source, *found),
        (Check::AtRest { source }, Finding::AtRest(found)) => at_rest(charter, source, found, now),
        (
            Check::KeyAges { period },
            Finding::KeyAges {
                keys,
                oldest,
                without,
            },
        ) => key_ages(*period, (*keys, *without), *oldest, now),
        (Check::Backups, Finding::Backups(found)) => backups::opinion(charter, found, now),
        _ => return None,
    })
}

/// How connections to an address are encrypted.
fn transported(
    address: &str,
    oldest: &str,
    found: &TransportFinding,
    now: Timestamp,
) -> (Verdict, String) {
    let broken = |what: &str| (Verdict::Broken, format!("{address}: {what}"));
    let Some(version) = &found.version else {
        return broken("no version of TLS is spoken that is safe");
    };
    if let Some(older) = &found.older {
        return broken(&format!("TLS {older} is spoken as well"));
    }
    if version.as_str() < oldest {
        return broken(&format!("only TLS {version} is spoken"));
    }
    if let Some(wrong) = found.certificate.as_ref().or(found.unencrypted.as_ref()) {
        return broken(wrong);
    }
    let Some(expires) = found.expires else {
        return unproven(&format!(
            "{address}: nobody could read when its certificate ends"
        ));
    };
    if expires <= now {
        return broken("its certificate has expired since");
    }
    if expires.duration_since(now) <= CERTIFICATE_HORIZON {
        let reason = format!("{address}: its certificate ends {}", words(expires));
        return (Verdict::AtRisk { by: expires }, reason);
    }
    if found.hsts.is_none() {
        return unproven(&format!(
            "{address}: nothing tells browsers to come encrypted from the start \
             (`Strict-Transport-Security`), so that their first visit may not be"
        ));
    }
    let until = words(expires);
    let reason = format!("{address} speaks TLS {version}, with a certificate until {until}");
    (Verdict::Kept, reason)
}

/// Whether a database encrypts what it stores; where nothing shows it, on whose
/// word.
fn at_rest(
    charter: &Charter,
    source: &str,
    found: &AtRestFinding,
    now: Timestamp,
) -> (Verdict, String) {
    let what = match found {
        // Its keys have 128 bits or more; how many, it doesn't show.
        AtRestFinding::All if declared(charter) == Some("aes-128") => {
            let reason = format!("{source} encrypts every table and its logs");
            return (Verdict::Kept, reason);
        }
        AtRestFinding::All => format!(
            "{source} encrypts every table and its logs, and doesn't show how long its keys are"
        ),
        AtRestFinding::Not(plain) => {
            let more = plain.len().saturating_sub(NAMED_MAX);
            let named: Vec<&str> = plain.iter().take(NAMED_MAX).map(String::as_str).collect();
            let named = named.join(", ");
            match more {
                0 => format!("{source} itself stores as it is: {named}"),
                more => format!("{source} itself stores as it is: {named}, and {more} more"),
            }
        }
        AtRestFinding::Unseen => format!("{source} doesn't show how it is stored"),
    };
    let (verdict, reason) = stated(charter, "at_rest", now)
        .unwrap_or_else(|| unproven("nobody is named who answers for what lies below (`owner`)"));
    (verdict, format!("{what}; {reason}"))
}

/// The cipher that is declared for what is stored.
fn declared(charter: &Charter) -> Option<&str> {
    let measure = charter.security.get("at_rest")?;
    Some(measure.value.as_str())
}

/// Whether one customer's reach ends where another's begins.
fn isolated(source: &str, found: IsolationFinding) -> (Verdict, String) {
    let IsolationFinding { asked, rows } = found;
    if rows > 0 {
        let reason = format!("{source}: a reach found {rows} rows of another customer's people");
        return (Verdict::Broken, reason);
    }
    if asked == 0 {
        return unproven(&format!(
            "{source} holds no people of two customers to ask for"
        ));
    }
    let reason = format!(
        "{source}: asked {asked} times for a person of another customer's, and found nothing"
    );
    (Verdict::Kept, reason)
}

/// What somebody answers for, where a measure names them.
pub(super) fn stated(charter: &Charter, name: &str, now: Timestamp) -> Option<(Verdict, String)> {
    let measure = charter.security.get(name)?;
    let (owner, review) = (measure.owner.as_ref()?, measure.review?);
    Some(reviewed((review, owner), now))
}

/// Why nothing shows a measure.
pub(super) fn unseen(name: &str) -> (Verdict, String) {
    match name {
        "tls" => unproven("no address is named at which it could be seen (`of`)"),
        _ => unproven("no mechanism shows it, and nobody is named who answers for it (`owner`)"),
    }
}

fn passwords(source: &str, algorithm: &str, matching: u64, other: u64) -> (Verdict, String) {
    if other > 0 {
        let reason = format!("{other} passwords in {source} are not stored as {algorithm}");
        return (Verdict::Broken, reason);
    }
    if matching == 0 {
        return (
            Verdict::Unproven,
            format!("{source} has no passwords to look at"),
        );
    }
    (
        Verdict::Kept,
        format!("all {matching} passwords looked at in {source} are {algorithm} hashes"),
    )
}

/// The part of a period that is left when a key that is still there shows that nothing
/// rolls it: rotation begins before.
const ROTATION_LATE: i32 = 20;

fn key_ages(
    period: Period,
    (keys, without): (u64, u64),
    oldest: Option<Timestamp>,
    now: Timestamp,
) -> (Verdict, String) {
    if without > 0 {
        return unproven("the keys of some people are not under a key that is rotated yet");
    }
    let Some(oldest) = oldest else {
        return unproven("there is no key yet");
    };
    let by = calendar::after(oldest, period);
    let margin = by.duration_since(oldest) / ROTATION_LATE;
    let of_all = format!("the oldest of {keys} keys is of {}", oldest.strftime("%F"));
    if now > by {
        return (Verdict::Broken, format!("{of_all}, older than {period}"));
    }
    if by.duration_since(now) < margin {
        return (
            Verdict::AtRisk { by },
            format!("{of_all} and is not rotated yet"),
        );
    }
    (Verdict::Kept, of_all)
}
