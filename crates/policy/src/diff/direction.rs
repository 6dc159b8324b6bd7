//! The four ways two versions of a promise can stand to one another.

use serde::{Deserialize, Serialize};

/// How the later version of a promise stands to the earlier one, as the person
/// sees it: stronger protects them more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Protects less.
    Weaker,
    /// Neither can be said: stronger in one respect and weaker in another, or
    /// in words that no machine orders.
    Incomparable,
    /// Protects more.
    Stronger,
    /// Promises the same.
    Equal,
}

impl Direction {
    /// The direction of two respects together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Equal, one) | (one, Self::Equal) => one,
            (Self::Weaker, Self::Weaker) => Self::Weaker,
            (Self::Stronger, Self::Stronger) => Self::Stronger,
            _ => Self::Incomparable,
        }
    }

    /// The direction of the way back.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Weaker => Self::Stronger,
            Self::Stronger => Self::Weaker,
            same => same,
        }
    }

    /// As a person says it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Weaker => "weaker",
            Self::Incomparable => "incomparable",
            Self::Stronger => "stronger",
            Self::Equal => "equal",
        }
    }
}
