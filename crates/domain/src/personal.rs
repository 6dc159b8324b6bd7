//! Personal data in transit through our code. It cannot be printed, logged or
//! compared by accident: `expose` names the reason each time. Serialising is
//! possible, because sealed records and requests to sources need it; a value is
//! only ever serialised into something that is then sealed or sent to its own
//! source.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that says something about a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Marks a value as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; `reason` says why it is needed, for whoever reads the
    /// call.
    pub const fn expose(&self, reason: &'static str) -> &T {
        let _ = reason;
        &self.0
    }
}

impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[personal]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_value() {
        let email = Personal::new("mireille@post.example".to_owned());
        assert_eq!(format!("{email:?}"), "[personal]");
        assert_eq!(
            email.expose("the test compares it"),
            "mireille@post.example"
        );
    }
}
