//! The one registry of typed ids. Each is 16 random bytes in lower-case
//! hexadecimal, says nothing about anybody, and can't be mistaken for an id of
//! another kind. Refuses text of any other shape.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Text that is not 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an id is 32 lower-case hexadecimal digits")]
pub struct IdError;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id made of these random bytes.
            #[must_use]
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(hex::encode(bytes))
            }

            /// As text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                let fits = text.len() == 32
                    && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
                if fits { Ok(Self(text.to_owned())) } else { Err(IdError) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    /// A subject request.
    SubjectRequestId;
    /// A person in our own records: leads to a sealed contact and a key.
    SubjectId;
    /// A member of staff, or what acts in staff's place: see [`ApiKeyId::actor`].
    StaffId;
    /// A key with which a program calls the API.
    ApiKeyId;
    /// A job in the queue.
    JobId;
    /// A hold on one person.
    HoldId;
    /// A file of many subject requests.
    BulkFileId;
}

impl ApiKeyId {
    /// Under which records name the key as the one who decided: ids are random, so
    /// that no member of staff has the same one.
    #[must_use]
    pub fn actor(&self) -> StaffId {
        StaffId(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_and_anything_else_is_refused() {
        let id = SubjectRequestId::from_random([0xab; 16]);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        for text in [
            "",
            "ab",
            &"AB".repeat(16),
            &"zz".repeat(16),
            &"é".repeat(16),
        ] {
            assert_eq!(text.parse::<SubjectRequestId>(), Err(IdError), "{text}");
        }
    }
}
