//! What is collected, what for, and what never is.

use serde::{Deserialize, Serialize};

use crate::period::Period;

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
    /// None of its own: a processor acts on the controller's instructions
    /// (Article 28(3)(a)).
    Instructions,
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
    /// Ways to refuse, in words (`unsubscribe link`, `e-mail`).
    #[serde(default)]
    pub opt_out: Vec<String>,
    /// How often messages are sent, in words (`rarely`, `at most monthly`).
    #[serde(default)]
    pub often: Option<String>,
    /// The legitimate interest, in words (Article 13(1)(d)).
    #[serde(default)]
    pub interest: Option<String>,
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Data {
    /// Category key of the vocabulary, such as `contact.email`.
    pub category: String,
    /// Kinds of people it is about.
    pub of: Vec<String>,
    /// Purposes it is used for.
    pub purposes: Vec<String>,
    /// `true` where those are the only purposes ("only", "solely").
    pub only: bool,
    /// Purposes of the vocabulary it is never used for.
    pub never_for: Vec<String>,
    /// Where it comes from, in words, where not from the person (Article 14).
    pub from: Vec<String>,
    /// Collected without the person giving it (logs, browsers).
    pub automatic: bool,
    /// May be refused; in words, what is lost then (empty: nothing).
    pub optional: Option<String>,
    /// `true` where nobody else ever receives it.
    pub never_shared: bool,
    /// Only then, in words.
    pub when: Option<String>,
    /// In words, for people.
    pub about: Option<String>,
}

/// An occasion on which data is collected: signing up, visiting a page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Occasion {
    /// Names of [`super::Charter::data`].
    pub collects: Vec<String>,
    /// `true` where nothing else is collected then.
    pub only: bool,
    /// Kinds of people.
    pub of: Vec<String>,
    /// The occasion it adds to: what it collects comes on top.
    pub adds_to: Option<String>,
    /// Only then, in words (`the customer turns targeting on`).
    pub when: Option<String>,
    /// In words, for people.
    pub about: Option<String>,
}

/// Something that never happens.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Never {
    /// Categories that must not be found anywhere.
    pub categories: Vec<String>,
    /// Purposes of the vocabulary nothing is used for.
    pub purposes: Vec<String>,
    /// Classes of cookies that are not set.
    pub cookies: Vec<CookieClass>,
    /// Only as to these kinds of people; empty means everybody.
    pub of: Vec<String>,
    /// Exceptions in words ("text you volunteer to support").
    pub except: Option<String>,
}

/// Data that is used in the browser and never sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BrowserOnly {
    /// Names of [`super::Charter::data`].
    pub data: Vec<String>,
    /// In words, for people.
    pub about: Option<String>,
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
    /// May be refused; in words, what is lost then (empty: nothing).
    #[serde(default)]
    pub optional: Option<String>,
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
