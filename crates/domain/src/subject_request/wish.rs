//! What a person says beside which right they exercise: the uses they object
//! to, why a use is to be restricted. What they write in their own words is
//! sealed under their key and never stands here. Refuses a wish that the charter
//! has no use for, and one that leaves open what is asked.

use candor_policy::charter::{Basis, Charter, Purpose, Right, covers};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::SubjectRequest;
use crate::rectification::{self, CORRECTIONS_MAX, Correction};

/// Purposes of the vocabulary that are direct marketing.
const MARKETING: &str = "marketing";

/// What a person wants, as far as the declaration has words for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// Declared purposes of direct marketing it is about: granted whatever else
    /// is decided (Article 21(3)).
    pub marketing: Vec<String>,
    /// All other declared purposes it is about.
    pub purposes: Vec<String>,
    /// Why a use is to be restricted.
    pub ground: Option<Ground>,
    /// Whether they wrote a text, which is sealed.
    pub has_text: bool,
    /// What is to be put right: categories, or columns. What is wrong and what is
    /// right is sealed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<String>,
    /// Whether the address by which the person is known is among it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub changes_contact: bool,
}

/// Why a use is to be restricted (Article 18(1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The data is said to be wrong, and that has to be checked.
    Contested,
    /// The use is unlawful, and the person wants no erasure.
    Unlawful,
    /// The person needs the data for a legal claim.
    Claims,
    /// They objected, and that is being decided.
    Objected,
}

impl Ground {
    /// Every ground, in the order of the article.
    pub const ALL: [Self; 4] = [
        Self::Contested,
        Self::Unlawful,
        Self::Claims,
        Self::Objected,
    ];

    /// A stable name.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Contested => "contested",
            Self::Unlawful => "unlawful",
            Self::Claims => "claims",
            Self::Objected => "objected",
        }
    }
}

/// A wish that can't be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WishError {
    /// No use was named, and there are some to choose from.
    #[error("no use of the data is named; choose at least one")]
    Purpose,
    /// A use that the charter doesn't have, or against which this right doesn't
    /// go.
    #[error("this right does not go against a use that was named")]
    UnknownPurpose,
    /// Restriction needs a ground.
    #[error("no ground is named; choose one of those in Article 18(1)")]
    Ground,
    /// Only a text can say what is asked.
    #[error("nothing is written; say what is wrong and what should happen")]
    Text,
    /// Something that nobody can have put right by a form.
    #[error("what is to be put right is nothing that the map lets people put right")]
    Correction,
    /// A value is too long, or there are too many, or an address is none.
    #[error("a value is too long, or no value of this kind; at most 20 can be put right at once")]
    Value,
}

impl Wish {
    /// A wish under a charter: `named` are names of its purposes, in any order.
    ///
    /// # Errors
    /// A [`WishError`].
    pub fn new(
        right: Right,
        charter: &Charter,
        named: &[String],
        ground: Option<Ground>,
        has_text: bool,
    ) -> Result<Self, WishError> {
        let choices = choices_for(right, charter);
        if named.iter().any(|name| !choices.contains(&name.as_str())) {
            return Err(WishError::UnknownPurpose);
        }
        let wanted = choices
            .iter()
            .filter(|choice| named.iter().any(|name| name == *choice));
        let (marketing, purposes): (Vec<&str>, Vec<&str>) =
            wanted.partition(|name| is_marketing(charter, name));
        let by_purpose = matches!(right, Right::Objection | Right::Withdrawal);
        if by_purpose && named.is_empty() && !choices.is_empty() {
            return Err(WishError::Purpose);
        }
        if right == Right::Restriction && ground.is_none() {
            return Err(WishError::Ground);
        }
        let only_text = match right {
            Right::Rectification | Right::Complaint => true,
            _ => by_purpose && choices.is_empty(),
        };
        if only_text && !has_text {
            return Err(WishError::Text);
        }
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        Ok(Self {
            marketing: owned(marketing),
            purposes: owned(purposes),
            ground: ground.filter(|_| right == Right::Restriction),
            has_text,
            ..Self::default()
        })
    }

    /// A wish to have something put right for a kind of person.
    ///
    /// # Errors
    /// A [`WishError`].
    pub fn correcting(
        charter: &Charter,
        about: &str,
        corrections: &[Correction],
        has_text: bool,
    ) -> Result<Self, WishError> {
        if corrections.is_empty() && !has_text {
            return Err(WishError::Text);
        }
        let mut changes_contact = false;
        for correction in corrections {
            let meant = rectification::meant(charter, about, &correction.what);
            if meant.is_empty() {
                return Err(WishError::Correction);
            }
            let identity = meant.iter().any(|place| place.is_identity);
            // Whoever has no address can't be found again by it.
            if identity && correction.value.is_none() {
                return Err(WishError::Value);
            }
            changes_contact |= identity;
        }
        if corrections.len() > CORRECTIONS_MAX || !corrections.iter().all(Correction::fits) {
            return Err(WishError::Value);
        }
        Ok(Self {
            has_text,
            corrections: corrections.iter().map(|one| one.what.clone()).collect(),
            changes_contact,
            ..Self::default()
        })
    }
}

/// `true` where a right by its name alone doesn't say what the person wants.
#[must_use]
pub const fn needs_wish(right: Right) -> bool {
    match right {
        Right::Rectification
        | Right::Restriction
        | Right::Objection
        | Right::Withdrawal
        | Right::Complaint => true,
        Right::Access | Right::Erasure | Right::Portability | Right::OptOut => false,
    }
}

/// The declared purposes against which a right goes: for a withdrawal those that
/// rest on consent; for an objection those that rest on legitimate or public
/// interests, and direct marketing on whatever basis (Article 21(1) and (2)).
#[must_use]
pub fn choices_for(right: Right, charter: &Charter) -> Vec<&str> {
    let fits = |name: &str, purpose: &Purpose| match right {
        Right::Withdrawal => purpose.basis == Basis::Consent,
        Right::Objection => {
            matches!(
                purpose.basis,
                Basis::LegitimateInterests | Basis::PublicTask
            ) || is_marketing(charter, name)
        }
        _ => false,
    };
    let purposes = charter.purposes.iter();
    let fitting = purposes.filter(|(name, purpose)| fits(name, purpose));
    fitting.map(|(name, _)| name.as_str()).collect()
}

/// Whether a declared purpose is direct marketing.
#[must_use]
pub fn is_marketing(charter: &Charter, name: &str) -> bool {
    let purpose = charter.purposes.get(name);
    let category = purpose.and_then(|purpose| purpose.category.as_deref());
    covers(MARKETING, category.unwrap_or(name))
}

impl SubjectRequest {
    /// `true` where nobody may decide against it: a withdrawal is as easy as the
    /// consent was (Article 7(3)), direct marketing ends on demand (Article
    /// 21(3)), and so do sale and sharing.
    #[must_use]
    pub fn must_be_granted(&self) -> bool {
        match self.right {
            Right::Withdrawal | Right::OptOut => true,
            Right::Objection => self
                .wish
                .as_ref()
                .is_some_and(|wish| !wish.marketing.is_empty() && wish.purposes.is_empty()),
            _ => false,
        }
    }
}
