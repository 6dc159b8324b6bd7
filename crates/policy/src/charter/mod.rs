//! The compiled policy: immutable, content-addressed, serialisable. Every
//! field here was checked by the compiler; nothing else constructs one, fixtures
//! of tests aside. Refuses nothing itself: what is wrong never gets this far.

mod collection;
mod keeping;
mod law;
mod rights;
mod safeguards;
mod sharing;
pub mod stored;

pub use collection::{
    Basis, BrowserOnly, Consent, Cookie, CookieClass, Data, Mail, Never, Occasion, Purpose,
};
pub use keeping::{
    Bucket, COUNTED, CalendarSpan, Criterion, Hold, Keep, OnErasure, PEOPLE_MIN, RESTRICTION_HOLD,
    Retention, Tally,
};
pub use law::{Law, LawTerms};
pub use rights::{Approval, Clock, Right, RightTerms, Rounding};
pub use safeguards::{Changes, Children, Credit, Decision, Decisions, Measure, Staff, Statement};
pub use sharing::{
    Aggregate, Disclosure, DisclosureCase, Place, Service, Source, SourceKind, SourceSystem, Vendor,
};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::promise::{Family, Promise, PromiseId};

/// SHA-256 of a charter's canonical JSON, in lower-case hexadecimal. Every
/// record names the charter it was made under.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
    /// What is collected on which occasion.
    pub occasions: Named<Occasion>,
    /// What never happens: data that is never collected, purposes data is
    /// never used for, cookies that are never set.
    pub never: Named<Never>,
    /// What stays in the browser.
    pub browser_only: Named<BrowserOnly>,
    /// The company's databases.
    pub sources: Named<Source>,
    /// Other places where data is, or is not.
    pub locations: Named<Place>,
    /// Who receives data.
    pub vendors: Named<Vendor>,
    /// `true` where the policy declares that data is never sold (`sale: never`).
    pub no_sale: bool,
    /// How long data is kept.
    pub retention: Named<Retention>,
    /// Kinds of cases in which nothing is deleted.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub holds: Named<Hold>,
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
    /// Statistics that identify nobody.
    pub aggregates: Named<Aggregate>,
    /// Whom the service is not for.
    pub children: Option<Children>,
    /// Solely automated decisions, or that there are none.
    pub decisions: Option<Decisions>,
    /// How changes of the policy are announced.
    pub changes: Option<Changes>,
    /// What no machine can show.
    pub statements: Named<Statement>,
    /// Families whose list is complete (`only: true`): the promise
    /// `share.only` says that nobody else receives data.
    pub closed: BTreeSet<Family>,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Organisation {
    /// Legal name.
    pub name: String,
    /// ISO 3166-1 alpha-2 country: brings the working-day calendar and the
    /// supervisory authority.
    pub country: String,
    /// Laws under which people can ask, beside the country's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub laws: Vec<Law>,
    /// Where people can reach it.
    pub contact: Contact,
    /// The supervisory authority, if the default of the country doesn't apply.
    pub authority: Option<String>,
    /// Representative in the Union (Article 27).
    #[serde(default)]
    pub representative: Option<String>,
}

impl Organisation {
    /// Every law it answers under, its country's first, each once; the GDPR where
    /// there is none. The shortest deadline of all of them counts: an address
    /// doesn't say where its owner lives.
    #[must_use]
    pub fn laws(&self) -> Vec<Law> {
        let own = Law::of_country(&self.country);
        let mut laws: Vec<Law> = Vec::new();
        for law in own.iter().chain(&self.laws) {
            if !laws.contains(law) {
                laws.push(*law);
            }
        }
        if laws.is_empty() {
            laws.push(Law::Gdpr);
        }
        laws
    }
}

/// How a person reaches the company.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Mailbox for questions about personal data.
    pub email: String,
    /// Whether the privacy centre offers its request form.
    pub form: bool,
    /// Data protection officer's mailbox, if there is one (Article 37).
    pub officer: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Address for letters.
    pub post: Option<String>,
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
    /// The processing agreement on offer (Article 28(3)).
    #[serde(default)]
    pub agreement: Option<Agreement>,
    /// For a processor: the rights for which the controller is given means
    /// (Article 28(3)(e)).
    #[serde(default)]
    pub tools: Vec<Right>,
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

/// A processing agreement that is on offer or was made (Article 28(3)).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agreement {
    /// Where it can be read.
    pub at: Option<String>,
    /// Whether it is signed already.
    pub signed: bool,
}
