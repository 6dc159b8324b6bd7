//! Identities: what leads to a person in a source. E-mail addresses are
//! compared without case and surrounding space; everything else exactly.

use serde::{Deserialize, Serialize};

use crate::personal::Personal;

/// The identity kind a stranger proves by receiving mail.
pub const EMAIL: &str = "email";

/// One identity of a person: its kind (`email`, `customer_id`) and value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// Kind, as the declaration's `known_by` names it.
    pub kind: String,
    /// Value in its normal form.
    pub value: Personal<String>,
}

impl Identity {
    /// An identity in its normal form.
    #[must_use]
    pub fn new(kind: &str, value: &str) -> Self {
        let value = value.trim();
        let value = if kind == EMAIL {
            value.to_lowercase()
        } else {
            value.to_owned()
        };
        Self {
            kind: kind.to_owned(),
            value: Personal::new(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_ignores_case_and_space_and_nothing_else_does() {
        assert_eq!(
            Identity::new(EMAIL, " Mireille@Post.Example "),
            Identity::new(EMAIL, "mireille@post.example")
        );
        assert_ne!(
            Identity::new("customer_id", "A"),
            Identity::new("customer_id", "a")
        );
    }
}
