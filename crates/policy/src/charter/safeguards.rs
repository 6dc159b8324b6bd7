//! How data is protected, who may look, whom it is not for, and what no
//! machine can show.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Named;
use crate::period::Period;

/// A technical or organisational measure (Article 32), with its declared
/// parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measure {
    /// The value as declared, such as `aes-256`, `argon2`, `1.2`; for a
    /// measure without one, its parameters in words.
    pub value: String,
    /// A period, for measures that repeat (`rotate_keys: 90 days`).
    pub every: Option<Period>,
    /// Whether its result is encrypted (`backups: {encrypted: true}`).
    pub encrypted: Option<bool>,
    /// How long its result is kept (`backups: {keep: 35 days}`).
    pub keep: Option<Period>,
    /// Whether a machine does it (`rotate_keys: automatic`).
    pub automatic: bool,
    /// Length of the session key in bits (`tls: {bits: 256}`).
    pub bits: Option<u32>,
    /// How often it is tested (`backups: {tested: 90 days}`).
    pub tested: Option<Period>,
    /// Between or for whom (`isolation: {of: customer}`); for `tls` the
    /// addresses at which it is looked at.
    pub of: Vec<String>,
    /// Who answers for it, where no machine can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When they look again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Date>,
}

/// A situation in which staff may look at personal data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Staff {
    /// The situation in words.
    pub when: String,
    /// What kind of case opens it; none where it isn't declared.
    pub case: Option<String>,
    /// Who may look: `employees`, `contractors`, `affiliates`, …
    pub who: Vec<String>,
    /// Data they may look at; empty means any.
    pub data: Vec<String>,
    /// Who approves a look, in words.
    pub approval: Option<String>,
    /// After how long a permission ends.
    pub expires: Option<Period>,
    /// Only where nothing else helps.
    pub last_resort: bool,
    /// What binds those who look: `agreement`, `law` or `sanctions`.
    pub bound_by: Vec<String>,
    /// Whether some of them are outside the organisation's country.
    pub abroad: bool,
    /// Whether each access is written down.
    pub logged: bool,
}

/// Whom the service is not for (Article 8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Children {
    /// Not directed at people below this age, in years.
    pub under: u32,
    /// Within what time their data is erased, once it is found.
    pub erase: Option<Period>,
    /// Whether a parent's consent is asked instead.
    pub parent: bool,
}

/// Solely automated decisions with legal or similar effect (Article 22).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decisions {
    /// There are none.
    Never,
    /// These.
    Made(Named<Decision>),
}

/// One kind of automated decision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decision {
    /// What is decided.
    pub says: String,
    /// How, in words (Article 13(2)(f)).
    pub logic: Option<String>,
    /// Names of [`super::Charter::data`] it rests on.
    pub data: Vec<String>,
    /// Whether a person can have a human look at it (Article 22(3)).
    pub human: bool,
}

/// How changes are announced.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Changes {
    /// Channels: `email`, `page`.
    pub notify: Vec<String>,
    /// Whether protection may ever be lowered.
    pub never_weaken: bool,
    /// Whether only material changes are announced.
    pub material: bool,
    /// Who is told, in words (`everyone with an account`).
    pub to: Option<String>,
    /// How long before they apply.
    pub ahead: Option<Period>,
    /// How people accept them: `continued_use` or `asked`.
    pub accepted_by: Option<String>,
    /// Whether each text carries its date at the top.
    pub dated: bool,
    /// Whether old versions stay readable.
    pub versions: bool,
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
    /// Somebody else's work that the text must credit.
    #[serde(default)]
    pub credit: Option<Credit>,
}

/// Somebody else's work, used under a licence that asks for credit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credit {
    /// What it is called.
    pub work: String,
    /// Whose it is.
    pub by: String,
    /// Under which licence.
    pub licence: String,
    /// Where it is.
    pub url: Option<String>,
}
