//! Commitments: how the ledger names a person without naming them.
//!
//! `HMAC-SHA-256(salt, subject)` with a random 32-byte salt that is kept in the
//! subject's sealed record and destroyed with it. With the salt anyone can
//! check that an entry is about a person; without it nobody can, not even by
//! trying every e-mail address. Never a plain hash of an identity.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use serde::{Deserialize, Serialize};

use crate::entropy::{Entropy, EntropyError};
use crate::hash::{HashError, decode_hex};
use crate::secret::Secret;

/// The secret half of a commitment.
pub struct CommitmentSalt(Secret);

impl CommitmentSalt {
    /// A new salt, one per person.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Secret::generate(entropy).map(Self)
    }

    /// The salt with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Secret::copy_of(bytes))
    }

    /// The bytes, to be sealed in the subject's record or put in their receipt.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

impl fmt::Debug for CommitmentSalt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CommitmentSalt(..)")
    }
}

/// The public half: 64 lowercase hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// Commits to `subject`.
    ///
    /// ```
    /// use candor_seal::commitment::{Commitment, CommitmentSalt};
    /// use candor_seal::entropy::SystemEntropy;
    ///
    /// let salt = CommitmentSalt::generate(&SystemEntropy::new())?;
    /// let commitment = Commitment::commit(&salt, b"ada@example.org");
    /// assert!(commitment.verify(&salt, b"ada@example.org"));
    /// assert!(!commitment.verify(&salt, b"bob@example.org"));
    /// # Ok::<(), candor_seal::entropy::EntropyError>(())
    /// ```
    #[must_use]
    pub fn commit(salt: &CommitmentSalt, subject: &[u8]) -> Self {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt.expose()), subject);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(tag.as_ref());
        Self(bytes)
    }

    /// Whether it commits to `subject` under `salt`; in constant time.
    #[must_use]
    pub fn verify(&self, salt: &CommitmentSalt, subject: &[u8]) -> bool {
        verify_slices_are_equal(&Self::commit(salt, subject).0, &self.0).is_ok()
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Commitment {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        decode_hex(text).map(Self).ok_or(HashError)
    }
}

impl TryFrom<String> for Commitment {
    type Error = HashError;

    fn try_from(text: String) -> Result<Self, HashError> {
        text.parse()
    }
}

impl From<Commitment> for String {
    fn from(commitment: Commitment) -> Self {
        commitment.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn commits_to_salt_and_subject() {
        let salt = CommitmentSalt::from_bytes(&[7; 32]);
        let commitment = Commitment::commit(&salt, b"ada");
        // Python: hmac.new(b"\7"*32, b"ada", "sha256").hexdigest()
        assert_eq!(
            commitment.to_string(),
            "cf2f093f9c4c3f3969cc06a6934eecd490c3b8da3b0ac8b452de4b574a9e49e9"
        );
        assert!(commitment.verify(&salt, b"ada"));
        assert!(!commitment.verify(&salt, b"adb"));
        let other = CommitmentSalt::generate(&SeededEntropy::new(1)).unwrap();
        assert!(!commitment.verify(&other, b"ada"));
        assert_eq!(commitment.to_string().parse(), Ok(commitment));
        assert_eq!(format!("{salt:?}"), "CommitmentSalt(..)");
    }
}
