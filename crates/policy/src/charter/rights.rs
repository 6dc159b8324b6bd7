//! What people can ask for, and by when it is done.

use serde::{Deserialize, Serialize};

use crate::period::Period;

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
    /// Of the sale and sharing of data (California Civil Code §1798.120).
    OptOut,
    /// To the organisation, and to an authority (Article 77).
    Complaint,
}

impl Right {
    /// Every right, the GDPR's in the order of its articles.
    pub const ALL: [Self; 9] = [
        Self::Access,
        Self::Rectification,
        Self::Erasure,
        Self::Restriction,
        Self::Portability,
        Self::Objection,
        Self::Withdrawal,
        Self::OptOut,
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
            Self::OptOut => "opt_out",
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
#[serde(default)]
pub struct RightTerms {
    /// First answer promised within this time of the clock's start.
    pub answer: Option<Period>,
    /// Carried out within this time of the clock's start.
    pub complete: Option<Period>,
    /// When the clock starts.
    pub from: Clock,
    /// Country or region (ISO 3166-2) whose working days count, where not the
    /// organisation's.
    pub calendar: Option<String>,
    /// When on its last day a period ends.
    pub rounding: Rounding,
    /// How much longer it may take, once the person was told (Article 12(3)).
    pub extension: Option<Period>,
    /// How long an erasure can be taken back: what it took is sealed until then,
    /// and nobody can read it afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo: Option<Period>,
    /// How long after an erasure its rows are looked for again; a day where
    /// nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settle: Option<Period>,
    /// Retention rules whose data stays (`except: [invoices]`).
    pub except: Vec<String>,
    /// Whether staff decide before it is carried out.
    pub approve: Approval,
    /// Where it can be exercised, in words (`account settings`, `live chat`).
    pub through: Vec<String>,
    /// How a person's identity is verified first, in words.
    pub verify: Vec<String>,
    /// Kinds of people who have it; empty means everybody.
    pub of: Vec<String>,
}

impl RightTerms {
    /// The time by which a subject request must be carried out: what was
    /// promised, or one month (GDPR Article 12(3)).
    #[must_use]
    pub fn due(&self) -> Period {
        self.complete.or(self.answer).unwrap_or(Period::ONE_MONTH)
    }
}

/// When the clock of a deadline starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// When the subject request arrives: what the law counts from.
    #[default]
    Receipt,
    /// Once the person's identity is verified.
    Verification,
}

/// When on its last day a period ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// With the day (Regulation 1182/71, Article 3(2)).
    #[default]
    EndOfDay,
    /// To the minute.
    Exact,
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
