//! The compiled policy: immutable, content-addressed, serialisable. Every
//! field here was checked by the compiler; nothing else constructs one.
//! Refuses nothing itself: what is wrong never gets this far.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::map::SourceMap;
use crate::period::Period;
use crate::promise::{Promise, PromiseId};

/// SHA-256 of a charter's canonical JSON, in lower-case hexadecimal. Every
/// record names the charter it was made under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CharterId(pub String);

impl fmt::Display for CharterId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A map from declared names to what they declare, in a fixed order.
pub type Named<T> = BTreeMap<String, T>;

/// A compiled policy. [`Charter::id`] is derived from everything else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Charter {
    /// Content address of the rest.
    pub id: CharterId,
    /// Who makes the promises.
    pub organisation: Organisation,
    /// The policy's texts by language tag (BCP 47), the first being the one
    /// in whose words the promises are quoted.
    pub texts: Vec<Text>,
    /// Kinds of data subjects.
    pub people: Named<Person>,
    /// What data is used for.
    pub purposes: Named<Purpose>,
    /// What is collected.
    pub data: Named<Data>,
    /// What is never collected.
    pub never: Named<Never>,
    /// The company's databases.
    pub sources: Named<Source>,
    /// Who receives data.
    pub vendors: Named<Vendor>,
    /// `true` where the policy declares that data is never sold (`sale: never`).
    pub no_sale: bool,
    /// How long data is kept.
    pub retention: Named<Retention>,
    /// What people can ask for, by [`Right`].
    pub rights: BTreeMap<Right, RightTerms>,
    /// How consent is asked, per purpose with basis `consent`.
    pub consent: Named<Consent>,
    /// Cookies and other storage in the browser, by cookie name.
    pub cookies: Named<Cookie>,
    /// Technical measures.
    pub security: Named<Measure>,
    /// When staff may look, by situation.
    pub staff: Named<Staff>,
    /// When authorities receive data, by situation.
    pub disclosure: Named<Disclosure>,
    /// How changes of the policy are announced.
    pub changes: Option<Changes>,
    /// What no machine can show.
    pub statements: Named<Statement>,
    /// Every promise, in the order of the declaration.
    pub promises: Vec<Promise>,
}

impl Charter {
    /// The promise with this id.
    #[must_use]
    pub fn promise(&self, id: &PromiseId) -> Option<&Promise> {
        self.promises.iter().find(|promise| promise.id == *id)
    }

    /// The data declarations that cover a category for a kind of person: those
    /// whose category equals it or is an ancestor of it (`contact` covers
    /// `contact.email`).
    pub fn data_covering<'a>(
        &'a self,
        category: &'a str,
        about: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a String, &'a Data)> {
        self.data.iter().filter(move |(_, data)| {
            about.is_none_or(|about| data.of.iter().any(|kind| kind == about))
                && covers(&data.category, category)
        })
    }
}

/// `true` where category `declared` is `actual` or an ancestor of it.
#[must_use]
pub fn covers(declared: &str, actual: &str) -> bool {
    actual
        .strip_prefix(declared)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The controller: GDPR Article 13(1)(a).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    /// Legal name.
    pub name: String,
    /// ISO 3166-1 alpha-2 country: brings the working-day calendar and the
    /// supervisory authority.
    pub country: String,
    /// Where people can reach it.
    pub contact: Contact,
    /// The supervisory authority, if the default of the country doesn't apply.
    pub authority: Option<String>,
}

/// How a person reaches the company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Mailbox for questions about personal data.
    pub email: String,
    /// Whether the privacy centre offers its request form.
    pub form: bool,
    /// Data protection officer's mailbox, if there is one (Article 37).
    pub officer: Option<String>,
}

/// One text of the policy, in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// Language tag (BCP 47), such as `en`.
    pub language: String,
    /// Path of the file within the policy's folder.
    pub path: String,
    /// The Markdown itself, as published.
    pub markdown: String,
    /// First heading of the text.
    pub title: String,
    /// Effective date named at the top of the text, if any.
    pub effective: Option<Date>,
}

/// A kind of data subject and the company's role towards it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Controller or processor (Article 4(7), 4(8)).
    pub role: Role,
    /// For a processor: the kind of person on whose behalf it acts.
    pub of: Option<String>,
    /// Identity kinds that lead to such a person, such as `email`; the first
    /// is the one a stranger proves.
    pub known_by: Vec<String>,
}

/// Role in the sense of GDPR Article 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Decides why and how.
    Controller,
    /// Acts for a controller.
    Processor,
}

/// Legal basis, Article 6(1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Article 6(1)(a).
    Consent,
    /// Article 6(1)(b).
    Contract,
    /// Article 6(1)(c).
    LegalObligation,
    /// Article 6(1)(d).
    VitalInterests,
    /// Article 6(1)(e).
    PublicTask,
    /// Article 6(1)(f).
    LegitimateInterests,
}

/// What data is used for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Purpose {
    /// Legal basis.
    pub basis: Basis,
    /// Purpose key of the vocabulary, if the name isn't one itself.
    pub category: Option<String>,
    /// For messages: whether a person can refuse them.
    pub mail: Option<Mail>,
    /// In words, for people.
    pub about: Option<String>,
}

/// Whether messages of a purpose can be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mail {
    /// Service messages.
    Always,
    /// Can be refused with one click.
    Refusable,
}

/// A category of data that is collected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Data {
    /// Category key of the vocabulary, such as `contact.email`.
    pub category: String,
    /// Kinds of people it is about.
    pub of: Vec<String>,
    /// Purposes it is used for.
    pub purposes: Vec<String>,
    /// `true` where those are the only purposes ("only", "solely").
    pub only: bool,
    /// In words, for people.
    pub about: Option<String>,
}

/// Something that is never collected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Never {
    /// Categories that must not be found anywhere.
    pub categories: Vec<String>,
    /// Exceptions in words ("text you volunteer to support").
    pub except: Option<String>,
}

/// Database software a source runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

/// One of the company's databases.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// Software.
    pub kind: SourceKind,
    /// Address as written; `${NAME}` stands for an environment variable that
    /// is read when the server starts, never stored.
    pub url: String,
    /// Where it is hosted.
    pub region: Option<String>,
    /// What its columns are.
    pub map: SourceMap,
}

/// A recipient (Article 13(1)(e)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Vendor {
    /// Name as people know it.
    pub name: String,
    /// Purposes it serves.
    pub purposes: Vec<String>,
    /// Names of [`Charter::data`] it receives.
    pub receives: Vec<String>,
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
}

/// How long something is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// The promised ceiling.
    pub keep: Keep,
    /// Names of [`Charter::data`] or `source.table` it governs; empty means
    /// the data of the rule's own name.
    pub covers: Vec<String>,
    /// Column that starts the period, as `source.table.column`.
    pub from: Vec<String>,
    /// The law that demands it, in words.
    pub law: Option<String>,
    /// The least that law demands.
    pub at_least: Option<Period>,
    /// What an erasure does to it.
    pub on_erasure: OnErasure,
}

/// The ceiling of a retention rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// A duration after the anchor.
    For(Period),
    /// Until an event, such as `account_closed`.
    Until(String),
    /// A criterion in words, with who reviews it.
    Criterion(String),
    /// Without end, for a reason, reviewed by a date.
    Forever {
        /// Why.
        because: String,
        /// When that is looked at again.
        review: Date,
    },
}

/// What an erasure does to rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnErasure {
    /// The row goes.
    #[default]
    Delete,
    /// The row stays, the person in it goes.
    Pseudonymise,
    /// The row stays as it is.
    Keep,
}

/// The rights of people: GDPR Chapter III and promised ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Article 15.
    Access,
    /// Article 16.
    Rectification,
    /// Article 17.
    Erasure,
    /// Article 18.
    Restriction,
    /// Article 20.
    Portability,
    /// Article 21.
    Objection,
    /// Article 7(3).
    Withdrawal,
    /// Article 77.
    Complaint,
}

impl Right {
    /// Every right, in the order of the articles.
    pub const ALL: [Self; 8] = [
        Self::Access,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Portability,
        Self::Objection,
        Self::Withdrawal,
        Self::Complaint,
    ];

    /// Its key in the declaration.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Rectification => "rectification",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Portability => "portability",
            Self::Objection => "objection",
            Self::Withdrawal => "withdrawal",
            Self::Complaint => "complaint",
        }
    }

    /// The right with this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.key() == key)
    }
}

/// What is promised about a right.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RightTerms {
    /// First answer promised within this time of receipt.
    pub answer: Option<Period>,
    /// Carried out within this time of receipt.
    pub complete: Option<Period>,
    /// Retention rules whose data stays (`except: [invoices]`).
    pub except: Vec<String>,
    /// Whether staff decide before it is carried out.
    pub approve: Approval,
    /// Where it can be exercised, in words (`account settings`, `live chat`).
    pub through: Vec<String>,
}

impl RightTerms {
    /// The time by which a subject request must be carried out: what was
    /// promised, or one month (GDPR Article 12(3)).
    #[must_use]
    pub fn due(&self) -> Period {
        self.complete.or(self.answer).unwrap_or(Period::ONE_MONTH)
    }
}

/// Who decides whether a verified subject request is carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Carried out as soon as the person is verified.
    #[default]
    Automatic,
    /// A member of staff looks at the plan first.
    Staff,
}

/// How consent for a purpose is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consent {
    /// Accept and decline side by side, one click each.
    pub equal_choice: bool,
    /// Where a choice can be changed, in words.
    pub change: Vec<String>,
}

/// A cookie or another item of browser storage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cookie {
    /// Why it exists.
    pub class: CookieClass,
    /// How long it lives; `None` for the browser session.
    pub lifetime: Option<Period>,
    /// Vendor that sets it; `None` for the company itself.
    pub vendor: Option<String>,
    /// In words, for people.
    pub about: Option<String>,
}

/// Cookie classes as policies name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CookieClass {
    /// Needed for what the person asked for.
    Essential,
    /// Remembers choices.
    Preferences,
    /// Measures use.
    Analytics,
    /// Surveys.
    Survey,
    /// Advertising.
    Advertising,
}

/// A technical measure (Article 32), with its declared parameter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The value as declared, such as `aes-256`, `argon2`, `1.2`.
    pub value: String,
    /// A period, for measures that repeat (`rotate_keys: 90 days`).
    pub every: Option<Period>,
    /// Whether its result is encrypted (`backups: {encrypted: true}`).
    #[serde(default)]
    pub encrypted: Option<bool>,
    /// How long its result is kept (`backups: {keep: 35 days}`).
    #[serde(default)]
    pub keep: Option<Period>,
}

/// A situation in which staff may look at personal data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Staff {
    /// The situation in words.
    pub when: String,
    /// Whether each access is written down.
    pub logged: bool,
}

/// A situation in which data is disclosed to authorities or others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disclosure {
    /// The situation in words.
    pub when: String,
}

/// How changes are announced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// Channels: `email`, `page`.
    pub notify: Vec<String>,
    /// Whether protection may ever be lowered.
    pub never_weaken: bool,
}

/// A promise no machine can show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// What is stated.
    pub says: String,
    /// Who answers for it: a function, not a name.
    pub owner: String,
    /// Reviewed at the latest on this day.
    pub review: Date,
}
