//! What one ledger entry says.
//!
//! INVARIANT: an entry has one encoding, canonical JSON of at most
//! [`ENTRY_BYTES_MAX`] bytes, and [`Entry::decode`] accepts no other, so that a
//! leaf hash names what was recorded and not just how it was spelt.
//!
//! An entry can't be erased. So it holds counts, names of promises and
//! charters, and salted commitments, never personal data; text that looks like
//! an e-mail address is refused, wherever it stands.

mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical;
pub use crate::canonical::CanonicalError;
use crate::commitment::Commitment;

/// Bytes of an encoded entry: the length prefix of an entry bundle has 16 bits.
pub const ENTRY_BYTES_MAX: usize = 65_535;

const ENTRY_VERSION: u8 = 1;

/// One recorded transition.
///
/// ```
/// use candor_seal::entry::Entry;
///
/// let mut entry = Entry::new("2026-11-22T09:30:00Z", "subject_request.completed");
/// entry.promises = vec!["right.erasure".into()];
/// entry.facts.insert("rows_erased".into(), 214.into());
/// let bytes = entry.encode()?;
/// assert_eq!(
///     String::from_utf8_lossy(&bytes),
///     r#"{"at":"2026-11-22T09:30:00Z","facts":{"rows_erased":214},"#.to_owned()
///         + r#""kind":"subject_request.completed","promises":["right.erasure"],"version":1}"#,
/// );
/// assert_eq!(Entry::decode(&bytes)?, entry);
/// # Ok::<(), candor_seal::entry::EntryError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    version: u8,
    /// When it happened: RFC 3339 in UTC, ending in `Z`.
    pub at: String,
    /// What happened: words of `a-z0-9_` joined by dots, two at least
    /// (`subject_request.completed`).
    pub kind: String,
    /// The charter it happened under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charter: Option<String>,
    /// The promises it is evidence for, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<String>,
    /// The subject request it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_request: Option<String>,
    /// The person it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
    /// Counts and outcomes: integers, truth values, short text, and lists and
    /// objects of these.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Value>,
}

impl Entry {
    /// An entry that says what happened and when, and nothing else yet.
    #[must_use]
    pub fn new(at: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            version: ENTRY_VERSION,
            at: at.into(),
            kind: kind.into(),
            charter: None,
            promises: Vec::new(),
            subject_request: None,
            commitment: None,
            facts: BTreeMap::new(),
        }
    }

    /// Its canonical bytes: what the ledger stores and hashes.
    ///
    /// # Errors
    /// When a field breaks its rule, or the whole is too long.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        self.check()?;
        let value = serde_json::to_value(self).map_err(|_| EntryError::Syntax)?;
        let bytes = canonical::to_bytes(&value)?;
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::Length { found: bytes.len() });
        }
        Ok(bytes)
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    /// When they are not what [`Entry::encode`] would write.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > ENTRY_BYTES_MAX {
            return Err(EntryError::Length { found: bytes.len() });
        }
        let entry: Self = serde_json::from_slice(bytes).map_err(|_| EntryError::Syntax)?;
        if entry.encode()? != bytes {
            return Err(EntryError::NotCanonical);
        }
        Ok(entry)
    }

    fn check(&self) -> Result<(), EntryError> {
        if self.version != ENTRY_VERSION {
            return Err(EntryError::Version {
                found: self.version,
            });
        }
        if !text::is_utc_timestamp(&self.at) {
            return Err(EntryError::Time {
                found: self.at.escape_default().take(40).collect(),
            });
        }
        if !text::is_dotted_name(&self.kind) {
            return Err(EntryError::Kind {
                found: self.kind.escape_default().take(80).collect(),
            });
        }
        let ids = [
            ("charter", &self.charter),
            ("subject_request", &self.subject_request),
        ];
        for (field, id) in ids {
            if id.as_ref().is_some_and(|id| !text::is_id(id)) {
                return Err(EntryError::Id { field });
            }
        }
        for (at, promise) in self.promises.iter().enumerate() {
            if !text::is_id(promise) {
                return Err(EntryError::Id { field: "promises" });
            }
            if self
                .promises
                .iter()
                .take(at)
                .any(|earlier| earlier == promise)
            {
                return Err(EntryError::Twice {
                    promise: promise.clone(),
                });
            }
        }
        for (fact, value) in &self.facts {
            if text::looks_personal(fact) {
                return Err(EntryError::Personal {
                    field: "a fact's name".to_owned(),
                });
            }
            check_fact(fact, value, canonical::DEPTH_MAX)?;
        }
        Ok(())
    }
}

fn check_fact(fact: &str, value: &Value, depth: usize) -> Result<(), EntryError> {
    let personal = || EntryError::Personal {
        field: format!("facts.{fact}"),
    };
    let depth = depth.checked_sub(1).ok_or(CanonicalError::Depth)?;
    match value {
        Value::String(text) if text::looks_personal(text) => Err(personal()),
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| check_fact(fact, item, depth)),
        Value::Object(members) => members.iter().try_for_each(|(key, member)| {
            if text::looks_personal(key) {
                return Err(personal());
            }
            check_fact(fact, member, depth)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// Why an entry can't be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Of a version this program does not know.
    #[error("entry version `{found}` is unknown")]
    Version {
        /// The version.
        found: u8,
    },
    /// The time is not RFC 3339 in UTC.
    #[error("`{found}` is not a UTC time such as `2026-11-22T09:30:00Z`")]
    Time {
        /// What was given, shortened.
        found: String,
    },
    /// The kind is not a dotted name.
    #[error("`{found}` is not a kind such as `subject_request.completed`")]
    Kind {
        /// What was given, shortened.
        found: String,
    },
    /// Not an identifier. Its value is not shown: it may be personal.
    #[error("`{field}` must be 1 to 128 visible ASCII characters and no address")]
    Id {
        /// The field.
        field: &'static str,
    },
    /// A promise listed twice.
    #[error("promise `{promise}` is listed twice")]
    Twice {
        /// The promise.
        promise: String,
    },
    /// Text that looks like an e-mail address. It is not shown.
    #[error("`{field}` looks like an e-mail address, which can't be erased from a ledger")]
    Personal {
        /// The field.
        field: String,
    },
    /// A fact has no canonical form.
    #[error("a fact can't be written")]
    Fact(#[from] CanonicalError),
    /// Longer than a bundle can hold.
    #[error("the entry has `{found}` bytes; 65535 is the limit")]
    Length {
        /// Its length.
        found: usize,
    },
    /// Not JSON, or not the fields of an entry.
    #[error("not an entry")]
    Syntax,
    /// An entry, but not in its one spelling.
    #[error("the entry is not in canonical form")]
    NotCanonical,
}

#[cfg(test)]
mod tests;
