//! Checks: which observations a promise needs, and what they can find. A check
//! is what to look at; the shell looks, and hands back a [`Finding`]. Findings
//! hold names of the declaration and the schema, counts and times, never data
//! of people.

use std::collections::BTreeMap;

use candor_policy::charter::{CalendarSpan, Right};
use candor_policy::period::Period;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::TableEffect;
use crate::sweep::{Forecast, Noticed, Tallied};

/// Categories whose values are recognised in a text. For all others, only the
/// schema can show that nothing is held.
pub const RECOGNISED: [&str; 1] = [CARD];
/// Numbers on payment cards.
pub const CARD: &str = "payment.card";

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "check")]
pub enum Check {
    /// Compare a source's catalogue with its map, and its map with the
    /// declaration.
    Schema {
        /// The source.
        source: String,
    },
    /// Look for values of forbidden categories in a source's text columns.
    ForbiddenValues {
        /// The source.
        source: String,
        /// Categories of the vocabulary.
        categories: Vec<String>,
    },
    /// Look for rows older than a period allows.
    Age {
        /// The source.
        source: String,
        /// The table.
        table: String,
        /// The column that starts the period.
        column: String,
        /// How long rows may be kept after it.
        period: Period,
        /// At whose end that starts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_end_of: Option<CalendarSpan>,
    },
    /// Look for rows that have outlived their purpose and stay only because a
    /// law demands it: they are restricted (GDPR Article 18 in substance; the
    /// purpose limitation of Article 5(1)(b)).
    Restricted {
        /// The source.
        source: String,
        /// The table.
        table: String,
        /// The column that says when the purpose ended.
        column: String,
        /// How long the law keeps them after it.
        floor: Period,
        /// At whose end that starts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from_end_of: Option<CalendarSpan>,
    },
    /// Carry a retention rule out, or only look what it would do.
    Sweep {
        /// Name of the rule.
        rule: String,
    },
    /// Look at the stored form of passwords.
    PasswordHashes {
        /// The source.
        source: String,
        /// Declared algorithm, such as `argon2`.
        algorithm: String,
    },
    /// Connect to an address as a visitor's browser would.
    Transport {
        /// Host, with or without a port.
        address: String,
        /// The oldest version of TLS that may be spoken there.
        oldest: String,
    },
    /// Look whether a database encrypts what it stores.
    AtRest {
        /// The source.
        source: String,
    },
    /// Ask with one customer's reach for another's person.
    Isolation {
        /// The source.
        source: String,
    },
    /// Look at our own record of subject requests for a right.
    SubjectRequests {
        /// The right.
        right: Right,
    },
    /// Look how old the keys above people's own are.
    KeyAges {
        /// How often each of them is to be another one.
        period: Period,
    },
    /// Look at the published page.
    Page,
    /// Look at the backups of our own state, and restore one.
    Backups,
}

impl Check {
    /// A stable name under which the latest observation is kept.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Schema { source } => format!("schema/{source}"),
            Self::ForbiddenValues { source, categories } => {
                format!("forbidden-values/{source}/{}", categories.join("+"))
            }
            Self::Age {
                source,
                table,
                column,
                period,
                from_end_of,
            } => format!(
                "age/{source}.{table}.{column}/{period}{}",
                end_of(*from_end_of)
            ),
            Self::Restricted {
                source,
                table,
                column,
                floor,
                from_end_of,
            } => format!(
                "restricted/{source}.{table}.{column}/{floor}{}",
                end_of(*from_end_of)
            ),
            Self::Sweep { rule } => format!("sweep/{rule}"),
            Self::PasswordHashes { source, algorithm } => {
                format!("password-hashes/{source}/{algorithm}")
            }
            Self::Transport { address, oldest } => format!("transport/{address}/{oldest}"),
            Self::Isolation { source } => format!("isolation/{source}"),
            Self::AtRest { source } => format!("at-rest/{source}"),
            Self::SubjectRequests { right } => format!("subject-requests/{}", right.key()),
            Self::KeyAges { period } => format!("key-ages/{period}"),
            Self::Page => "page".to_owned(),
            Self::Backups => "backups".to_owned(),
        }
    }
}

fn end_of(span: Option<CalendarSpan>) -> String {
    span.map_or_else(String::new, |span| {
        format!(" from the end of the {}", span.word())
    })
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "found")]
pub enum Finding {
    /// A source's schema beside its map.
    Schema(SchemaFinding),
    /// Values that should not exist.
    ForbiddenValues {
        /// `table.column` of each column with at least one such value.
        columns: Vec<String>,
        /// Rows looked at.
        sampled_rows: u64,
    },
    /// Rows beside a period.
    Age {
        /// Rows older than allowed.
        overdue_rows: u64,
        /// The oldest row's time, if there is any row.
        oldest: Option<Timestamp>,
        /// The same in each read replica of the source.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        replicas: Vec<ReplicaAge>,
    },
    /// Rows that stay only because a law demands it.
    Restricted {
        /// How many.
        rows: u64,
        /// When the purpose of the first of them ended.
        oldest: Option<Timestamp>,
    },
    /// A sweep of a retention rule.
    Swept(SweepFinding),
    /// Keys above people's own.
    KeyAges {
        /// How many there are.
        keys: u64,
        /// When the oldest of them was made.
        oldest: Option<Timestamp>,
        /// Shards whose people hang from no such key yet.
        without: u64,
    },
    /// Stored passwords.
    PasswordHashes {
        /// Values in the declared form.
        matching_rows: u64,
        /// Values in any other form.
        other_rows: u64,
    },
    /// What a visitor meets at an address.
    Transport(TransportFinding),
    /// Whether a database encrypts what it stores.
    AtRest(AtRestFinding),
    /// What one customer's reach finds of another's people.
    Isolation(IsolationFinding),
    /// Our own record of subject requests.
    SubjectRequests(SubjectRequestFinding),
    /// The published page.
    Page {
        /// Whether it names the day of its last change.
        names_its_date: bool,
    },
    /// Backups of our own state.
    Backups(BackupFinding),
    /// The world could not be observed; nothing is known.
    Unreachable {
        /// What could not be reached, without personal data.
        what: String,
    },
}

/// Rows beside a period, as a read replica serves them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicaAge {
    /// Its place in the declaration, such as `replica 1`.
    pub name: String,
    /// Why it does not hold what the database holds, if it does not.
    pub behind: Option<String>,
    /// Rows older than allowed.
    pub overdue_rows: u64,
    /// The oldest row's time, if there is any row.
    pub oldest: Option<Timestamp>,
}

/// What a visitor meets at an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportFinding {
    /// The version of TLS that a browser of today gets: `1.3`.
    pub version: Option<String>,
    /// A version older than promised that is spoken as well.
    pub older: Option<String>,
    /// What is wrong with the certificate, in words.
    pub certificate: Option<String>,
    /// When the certificate ends.
    pub expires: Option<Timestamp>,
    /// What is wrong with what becomes of who comes unencrypted, in words.
    pub unencrypted: Option<String>,
    /// For how many seconds browsers are told to come encrypted only.
    pub hsts: Option<u64>,
}

/// What one customer's reach finds of another's people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IsolationFinding {
    /// How often a person was asked for whom only another's reach may find.
    pub asked: u64,
    /// Rows that were found all the same.
    pub rows: u64,
}

/// Whether a database encrypts what it stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AtRestFinding {
    /// Every table.
    All,
    /// All but these tables.
    Not(Vec<String>),
    /// Nothing in it says so: what lies below it may.
    Unseen,
}

/// What a sweep of a rule did, or would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SweepFinding {
    /// Whether it was carried out; `false` where it was only looked at.
    pub carried_out: bool,
    /// Whether all that was due is gone.
    pub complete: bool,
    /// Why it was refused, without personal data.
    pub refused: Option<String>,
    /// Rows that went, or would have, per source, table and action.
    pub effects: BTreeMap<String, Vec<TableEffect>>,
    /// Rows that are due and stay because of a hold, per source and table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<String, BTreeMap<String, u64>>,
    /// What is due later, over all sources.
    pub forecast: Forecast,
    /// How its notices stand, where people are told before rows go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub noticed: Option<Noticed>,
    /// What stands in the table into which its rows are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tallied: Option<Tallied>,
}

/// What backups there are, and what came of the last attempts. A backup counts
/// once it was read back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupFinding {
    /// When the newest was made, of those that are not of the future.
    pub newest: Option<Timestamp>,
    /// When the oldest was made that is still kept.
    pub oldest: Option<Timestamp>,
    /// Why the last attempt to make one failed, without personal data.
    pub failed: Option<String>,
    /// When one was last restored on trial.
    pub drilled: Option<Timestamp>,
    /// Why the last trial failed, without personal data.
    pub drill_failed: Option<String>,
}

/// A source's schema beside its map and declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaFinding {
    /// `table.column` of columns that look personal and are not mapped.
    pub personal_unmapped: Vec<String>,
    /// Tables and columns that are not mapped, do not exist, or whose foreign
    /// keys are not annotated, in words.
    pub drift: Vec<String>,
    /// Categories the map names, each with the kind of person and the
    /// number of columns.
    pub mapped: Vec<MappedCategory>,
}

/// A category that a map names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MappedCategory {
    /// Category of the vocabulary.
    pub category: String,
    /// Number of columns that hold it.
    pub columns: u32,
}

/// Subject requests for one right, under any charter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectRequestFinding {
    /// Carried out, refused with reasons, or answered that nothing is held.
    pub answered: u64,
    /// Answered after their deadline.
    pub answered_late: u64,
    /// Open ones.
    pub open: u64,
    /// Open ones past their deadline.
    pub overdue: u64,
    /// The earliest deadline of an open one.
    pub next_due: Option<Timestamp>,
    /// Erasures whose verification still finds something.
    pub with_residue: u64,
}

/// What a check found, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// What was looked at.
    pub check: Check,
    /// When.
    pub at: Timestamp,
    /// What was there.
    pub finding: Finding,
}
