//! Where data is, and who else receives it.

use serde::{Deserialize, Serialize};

use super::{Agreement, Role};
use crate::map::SourceMap;

/// Database software a source runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// MariaDB, or what speaks its protocol.
    Mysql,
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

/// What a source is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SourceSystem {
    /// A database: Candor looks and writes there itself.
    Database(SourceKind),
    /// A service of the company's own: it looks and writes, and says so.
    Service(Service),
}

impl From<SourceKind> for SourceSystem {
    fn from(kind: SourceKind) -> Self {
        Self::Database(kind)
    }
}

/// How a service is spoken to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// By signed HTTP requests, as `docs/reference/http-source.md` says.
    Http {
        /// What we sign with, as written: `${NAME}` stands for an environment
        /// variable.
        secret: String,
        /// What the service signs with, where that is a key of its own.
        key: Option<String>,
    },
}

/// A database or a service of the company that holds data about people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// What it is.
    pub kind: SourceSystem,
    /// Address as written; `${NAME}` stands for an environment variable that
    /// is read when the server starts, never stored.
    pub url: String,
    /// Addresses of its read replicas, as written: an erasure is looked for
    /// there as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replicas: Vec<String>,
    /// Where it is hosted.
    pub region: Option<String>,
    /// The business customer all of it belongs to: nothing in it is about
    /// anybody but that tenant's end users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// What its columns are; of a service, the fields of its collections.
    pub map: SourceMap,
}

impl Source {
    /// Whether it says itself what it holds, and what it erased: nobody else
    /// can look.
    #[must_use]
    pub const fn is_service(&self) -> bool {
        matches!(self.kind, SourceSystem::Service(_))
    }
}

/// Another place where data is, or is not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// Where it is: a country, a cloud region, `worldwide`.
    pub region: Option<String>,
    /// Where it is not.
    pub not_in: Vec<String>,
    /// The vendor that runs it.
    pub vendor: Option<String>,
    /// Names of [`super::Charter::data`] it holds.
    pub holds: Vec<String>,
    /// Whether people elsewhere are told that their data goes there.
    pub told: bool,
    /// In words, for people.
    pub about: Option<String>,
}

/// A recipient (Article 13(1)(e)).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Vendor {
    /// Name as people know it.
    pub name: String,
    /// Purposes it serves.
    pub purposes: Vec<String>,
    /// Names of [`super::Charter::data`] it receives.
    pub receives: Vec<String>,
    /// `true` where it receives nothing else ("only", "a limited set").
    pub only: bool,
    /// Names of [`super::Charter::data`] it collects itself.
    pub collects: Vec<String>,
    /// Whether it adds what it knows from elsewhere to profiles.
    pub enriches: bool,
    /// Other vendors to which it passes what it receives.
    pub passes_to: Vec<String>,
    /// Country or region where it processes.
    pub region: Option<String>,
    /// Transfer mechanism (Chapter V), such as `scc` or `adequacy`.
    pub transfer: Option<String>,
    /// Connector that erases a person there, if one exists.
    pub erase: Option<String>,
    /// Only when the person chooses it (an OAuth provider used to sign in).
    pub when: Option<String>,
    /// Page where a person opts out.
    pub opt_out: Option<String>,
    /// Its role towards the data: processor unless it decides itself.
    pub role: Option<Role>,
    /// The processing agreement with it.
    pub agreement: Option<Agreement>,
    /// `true` for a group of recipients that aren't named one by one.
    pub group: bool,
}

/// A situation in which data is disclosed to authorities or others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Disclosure {
    /// The situation in words.
    pub when: String,
    /// What kind of case it is.
    pub case: Option<DisclosureCase>,
    /// To whom, in words (`courts`, `police`, `a successor`).
    pub to: Vec<String>,
    /// Names of [`super::Charter::data`]; empty means any.
    pub data: Vec<String>,
    /// Whether each disclosure is entered in the register.
    pub register: bool,
    /// Whether what identifies a person is taken out first.
    pub redacted: bool,
    /// Whether the person is told, where the law allows.
    pub told: bool,
}

/// Kinds of disclosure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisclosureCase {
    /// A law demands it.
    Law,
    /// A court, prosecutor or other authority orders it.
    Order,
    /// To establish or defend rights.
    Rights,
    /// Abuse or crime was found.
    Abuse,
    /// To protect somebody's life.
    Emergency,
    /// The company merges, or is acquired.
    Merger,
    /// It is published.
    Publication,
}

/// Statistics that identify nobody and may be shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Aggregate {
    /// The figures, in words (`active users`).
    pub figures: Vec<String>,
    /// To whom they are shown, in words (`public`, `customers`).
    pub to: Vec<String>,
    /// The fewest people a figure may count.
    pub at_least: Option<u32>,
    /// Whether noise hides each person (differential privacy).
    pub noise: bool,
    /// Names of [`super::Charter::data`] they are made from.
    pub data: Vec<String>,
    /// In words, for people.
    pub about: Option<String>,
}
