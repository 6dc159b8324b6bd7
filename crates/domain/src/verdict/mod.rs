//! Verdicts: a pure function of observations and time. Without fresh evidence
//! a promise is unproven, never kept; a family whose mechanism doesn't exist
//! yet is unproven whatever was observed.

mod backups;
mod judge;
mod security;

#[cfg(test)]
mod tests;

use candor_policy::charter::{Charter, Keep, Measure, Right};
use candor_policy::promise::{Family, Promise};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::sweep::Term;

pub use backups::every;
pub use judge::judge;

/// Evidence older than this shows nothing any more.
pub const FRESH_FOR: SignedDuration = SignedDuration::from_hours(26);
/// A break that is nearer than this puts a promise at risk.
pub const RISK_HORIZON: SignedDuration = SignedDuration::from_hours(30 * 24);
/// An open subject request whose deadline is nearer than this puts the right
/// at risk, however soon the deadline is promised.
pub const DEADLINE_HORIZON: SignedDuration = SignedDuration::from_hours(72);

/// Whether a promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// Fresh evidence shows it.
    Kept,
    /// Will break at that time unless something happens.
    AtRisk {
        /// When.
        by: Timestamp,
    },
    /// Evidence shows the opposite.
    Broken,
    /// No evidence, or stale.
    Unproven,
    /// No machine can tell; somebody answers for it and reviews it in time.
    Stated,
}

impl Verdict {
    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::AtRisk { .. } => "at_risk",
            Self::Broken => "broken",
            Self::Unproven => "unproven",
            Self::Stated => "stated",
        }
    }

    /// As a person says it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::AtRisk { .. } => "at risk",
            Self::Broken => "broken",
            Self::Unproven => "unproven",
            Self::Stated => "stated",
        }
    }
}

/// A verdict with what led to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// One sentence per reason, without personal data.
    pub reasons: Vec<String>,
    /// When the oldest observation it rests on was made.
    pub observed_at: Option<Timestamp>,
}

/// The checks whose observations a promise is judged by; none where its
/// mechanism doesn't exist yet, or where no machine can tell.
#[must_use]
pub fn checks_for(promise: &Promise, charter: &Charter) -> Vec<Check> {
    match promise.family {
        Family::Collect => collect_checks(promise, charter),
        Family::Never => never_checks(promise, charter),
        Family::Retain => {
            let ages = age_checks(promise, charter).into_iter();
            ages.chain(restricted_checks(promise, charter)).collect()
        }
        Family::Right => right_checks(promise),
        Family::Security if promise.name == BACKUPS => vec![Check::Backups],
        Family::Security => security_checks(promise, charter),
        Family::Notice => page_checks(charter),
        Family::Purpose
        | Family::Occasion
        | Family::BrowserOnly
        | Family::Mail
        | Family::Share
        | Family::NoSale
        | Family::Consent
        | Family::Hold
        | Family::Cookies
        | Family::StaffAccess
        | Family::Disclosure
        | Family::Aggregate
        | Family::Location
        | Family::Role
        | Family::Children
        | Family::Decision
        | Family::Contact
        | Family::Stated => Vec::new(),
    }
}

/// The name of the measure that backups are.
pub const BACKUPS: &str = "backups";

/// Every check the charter's promises need, each once.
#[must_use]
pub fn checks_of(charter: &Charter) -> Vec<Check> {
    let mut checks: Vec<Check> = charter
        .promises
        .iter()
        .flat_map(|promise| checks_for(promise, charter))
        .collect();
    checks.sort();
    checks.dedup();
    checks
}

fn schemas(charter: &Charter) -> Vec<Check> {
    let sources = charter.sources.keys();
    sources
        .map(|source| Check::Schema {
            source: source.clone(),
        })
        .collect()
}

/// A catalogue shows what is held, not who else receives it or what for.
fn collect_checks(promise: &Promise, charter: &Charter) -> Vec<Check> {
    let beyond = charter
        .data
        .get(&promise.name)
        .is_some_and(|data| data.never_shared || !data.never_for.is_empty());
    if beyond { Vec::new() } else { schemas(charter) }
}

fn never_checks(promise: &Promise, charter: &Charter) -> Vec<Check> {
    let Some(never) = charter.never.get(&promise.name) else {
        return Vec::new();
    };
    // Databases show neither what data is used for nor which cookies are set.
    if !never.purposes.is_empty() || !never.cookies.is_empty() {
        return Vec::new();
    }
    let values = charter.sources.keys().map(|source| Check::ForbiddenValues {
        source: source.clone(),
        categories: never.categories.clone(),
    });
    values.chain(schemas(charter)).collect()
}

fn age_checks(promise: &Promise, charter: &Charter) -> Vec<Check> {
    let Some(retention) = charter.retention.get(&promise.name) else {
        return Vec::new();
    };
    let Some(term) = Term::of(retention) else {
        return Vec::new();
    };
    let anchors = retention.from.iter().map(|anchor| {
        let mut parts = anchor.splitn(3, '.').map(str::to_owned);
        Some(Check::Age {
            source: parts.next()?,
            table: parts.next()?,
            column: parts.next()?,
            period: term.ceiling,
            from_end_of: term.from_end_of,
        })
    });
    // One anchor that can't be looked at, and the rest show nothing.
    anchors.collect::<Option<_>>().unwrap_or_default()
}

/// What is kept until an event and then for a law is restricted in between.
fn restricted_checks(promise: &Promise, charter: &Charter) -> Vec<Check> {
    let retention = charter.retention.get(&promise.name);
    let Some((Keep::Until(_), Some(floor))) = retention.map(|rule| (&rule.keep, rule.at_least))
    else {
        return Vec::new();
    };
    let ages = age_checks(promise, charter).into_iter();
    ages.filter_map(|age| match age {
        Check::Age {
            source,
            table,
            column,
            from_end_of,
            ..
        } => Some(Check::Restricted {
            source,
            table,
            column,
            floor,
            from_end_of,
        }),
        _ => None,
    })
    .collect()
}

/// The sweep that keeps a promise, where a column measures it.
#[must_use]
pub fn sweep_of(promise: &Promise, charter: &Charter) -> Option<Check> {
    let is_measured = promise.family == Family::Retain && !age_checks(promise, charter).is_empty();
    is_measured.then(|| Check::Sweep {
        rule: promise.name.clone(),
    })
}

fn right_checks(promise: &Promise) -> Vec<Check> {
    let right = Right::from_key(&promise.name);
    let check = right.map(|right| Check::SubjectRequests { right });
    check.into_iter().collect()
}

fn security_checks(promise: &Promise, charter: &Charter) -> Vec<Check> {
    let Some(measure) = charter.security.get(&promise.name) else {
        return Vec::new();
    };
    match promise.name.as_str() {
        "passwords" => password_checks(measure, charter),
        // A period can be seen; that it happens by itself, only in that it did.
        "rotate_keys" => {
            let period = measure.every.into_iter();
            period.map(|period| Check::KeyAges { period }).collect()
        }
        "tls" => {
            let addresses = measure.of.iter().map(|address| Check::Transport {
                address: address.clone(),
                oldest: measure.value.clone(),
            });
            addresses.collect()
        }
        "isolation" => {
            let shared = charter.sources.iter();
            let shared = shared.filter(|(_, source)| source.map.tells_tenants());
            shared
                .map(|(source, _)| Check::Isolation {
                    source: source.clone(),
                })
                .collect()
        }
        "at_rest" => {
            let databases = charter.sources.iter();
            let databases = databases.filter(|(_, source)| !source.is_service());
            databases
                .map(|(source, _)| Check::AtRest {
                    source: source.clone(),
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn password_checks(measure: &Measure, charter: &Charter) -> Vec<Check> {
    let with_passwords = charter.sources.iter().filter(|(_, source)| {
        let columns = source
            .map
            .tables
            .values()
            .flat_map(|table| table.columns.values());
        columns.into_iter().any(|column| {
            matches!(&column.content, candor_policy::map::Content::Personal(category)
                if category == "credential.password")
        })
    });
    with_passwords
        .map(|(source, _)| Check::PasswordHashes {
            source: source.clone(),
            algorithm: measure.value.clone(),
        })
        .collect()
}

fn page_checks(charter: &Charter) -> Vec<Check> {
    // The page shows its date, not what it said before or when that was announced.
    let shown_by_page = charter.changes.as_ref().is_some_and(|changes| {
        changes.notify.iter().all(|channel| channel == "page")
            && !changes.versions
            && changes.ahead.is_none()
    });
    if shown_by_page {
        vec![Check::Page]
    } else {
        Vec::new()
    }
}
