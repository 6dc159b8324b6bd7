//! Keys that wrap keys, subject keys, and how one wraps the other.
//!
//! A subject key is random, never derived: a derived key could be derived
//! again after it was shredded. A [`WrappedKey`] is
//! `version ‖ id of the key above ‖ nonce (32) ‖ commitment (32) ‖ AES-256-GCM(subject key)`.
//! The 32-byte random nonce selects a fresh key for each wrap,
//! `HMAC-SHA-256(root, "candor/v1/wrap/key" ‖ 0 ‖ nonce)`, so the GCM nonce can
//! be zero and any number of keys may be wrapped under one root. AES-GCM alone
//! doesn't commit to its key; `HMAC-SHA-256(root, "candor/v1/wrap/commitment" ‖
//! 0 ‖ nonce)` does, and is compared in constant time before anything is
//! decrypted. Version, root key id and label are authenticated.
//!
//! XAES-256-GCM gives the same nonces, but would need the commitment beside it;
//! one function for both is less to get wrong.
//!
//! Refuses: a wrap under another root, for another label, of another length,
//! or with any byte changed; an all-zero root key (an empty file or disk).

use std::fmt;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::entropy::{Entropy, EntropyError};
use crate::gcm::{Gcm, TAG_BYTES};
use crate::hash::decode_hex;
use crate::secret::{Secret, wipe};

mod hierarchy;
mod wrapping;

pub use hierarchy::{ShardKey, TenantKey};
use wrapping::Wrapping;

const WRAP_VERSION: u8 = 1;
const WRAP_KEY: &str = "candor/v1/wrap/key";
const WRAP_COMMITMENT: &str = "candor/v1/wrap/commitment";
const KEY_ID: &str = "candor/v1/root-key-id";
const BLIND_INDEX: &str = "candor/v1/blind-index";

/// Bytes of a [`WrappedKey`].
pub const WRAPPED_KEY_BYTES: usize = 1 + 8 + 32 + 32 + 32 + TAG_BYTES;

/// The key everything else hangs from. It is kept outside the database; without
/// it every [`WrappedKey`] is noise.
pub struct RootKey(Wrapping);

impl RootKey {
    /// A new key.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, KeyError> {
        Self::new(Secret::generate(entropy)?)
    }

    /// The key with these 32 bytes. The caller overwrites its own copy.
    ///
    /// # Errors
    /// When there are not 32 of them, or all are zero.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::new(Secret::from_slice(bytes).ok_or(KeyError::Length { found: bytes.len() })?)
    }

    fn new(secret: Secret) -> Result<Self, KeyError> {
        Ok(Self(Wrapping::new(secret)?))
    }

    /// Its public name, to find the right root for a wrapped key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.0.id()
    }

    /// The bytes, to be written once to where root keys are kept.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.secret().expose()
    }

    /// Wraps `key` for storage beside the subject named by `subject_label`
    /// (an id, not an identity: it is not stored, but must be given again).
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn wrap(
        &self,
        key: &SubjectKey,
        subject_label: &str,
        entropy: &dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        self.0
            .seal(&key.secret, ["subject", subject_label], entropy)
    }

    /// The subject key that was wrapped under this root for `subject_label`.
    ///
    /// # Errors
    /// [`KeyError::OtherRoot`] when it hangs from another root;
    /// [`KeyError::Refused`] when it is not authentic for this label.
    pub fn unwrap(
        &self,
        wrapped: &WrappedKey,
        subject_label: &str,
    ) -> Result<SubjectKey, KeyError> {
        let secret = self.0.open(wrapped, ["subject", subject_label])?;
        Ok(SubjectKey::new(secret))
    }

    /// A keyed name for `value`, equal for equal values, to look a sealed value
    /// up by. `label` keeps indexes apart (`identity/email`), so that a value
    /// in two of them can't be matched. Only whoever holds the root can compute
    /// or test one.
    #[must_use]
    pub fn blind_index(&self, label: &str, value: &[u8]) -> [u8; 32] {
        let mut context = length_prefixed(b"", [label]);
        context.extend(value);
        let indexing = self.0.secret().derive(BLIND_INDEX, b"");
        let index = *indexing.derive("index", &context).expose();
        wipe(&mut context);
        index
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({})", self.id())
    }
}

/// The key of one person. Destroying its last wrap shreds what it sealed.
pub struct SubjectKey {
    pub(crate) secret: Secret,
    /// What its values are sealed with, once it was needed: deriving it costs
    /// more than sealing a value. The library overwrites it with the key.
    pub(crate) values: OnceLock<Gcm>,
}

impl SubjectKey {
    /// A new key.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, KeyError> {
        Ok(Self::new(Secret::generate(entropy)?))
    }

    pub(crate) const fn new(secret: Secret) -> Self {
        Self {
            secret,
            values: OnceLock::new(),
        }
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(..)")
    }
}

/// The public name of a key that wraps others: eight bytes that reveal nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// Its bytes, as a wrap carries them.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A subject key as the database stores it: [`WRAPPED_KEY_BYTES`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WrappedKey {
    root: KeyId,
    nonce: [u8; 32],
    commitment: [u8; 32],
    sealed: [u8; 32 + TAG_BYTES],
}

impl WrappedKey {
    /// The key it hangs from.
    #[must_use]
    pub const fn root(&self) -> KeyId {
        self.root
    }

    /// Its stored form.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(WRAPPED_KEY_BYTES);
        bytes.push(WRAP_VERSION);
        bytes.extend(self.root.0);
        bytes.extend(self.nonce);
        bytes.extend(self.commitment);
        bytes.extend(self.sealed);
        bytes
    }

    /// Reads the stored form; authenticity is checked by [`RootKey::unwrap`].
    ///
    /// # Errors
    /// When the length or the version is not ours.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let malformed = KeyError::Malformed;
        let (version, rest) = bytes.split_first().ok_or(malformed)?;
        let (root, rest) = rest.split_first_chunk().ok_or(malformed)?;
        let (nonce, rest) = rest.split_first_chunk().ok_or(malformed)?;
        let (commitment, sealed) = rest.split_first_chunk().ok_or(malformed)?;
        if *version != WRAP_VERSION {
            return Err(malformed);
        }
        Ok(Self {
            root: KeyId(*root),
            nonce: *nonce,
            commitment: *commitment,
            sealed: sealed.try_into().map_err(|_| malformed)?,
        })
    }
}

impl From<WrappedKey> for String {
    fn from(key: WrappedKey) -> Self {
        hex::encode(key.to_bytes())
    }
}

impl TryFrom<String> for WrappedKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        let bytes: [u8; WRAPPED_KEY_BYTES] = decode_hex(&text).ok_or(KeyError::Malformed)?;
        Self::from_bytes(&bytes)
    }
}

/// Why a key could not be made, wrapped or unwrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// No random bytes.
    #[error("could not draw a key")]
    Entropy(#[from] EntropyError),
    /// A root key is 32 bytes.
    #[error("a root key has 32 bytes, not `{found}`")]
    Length {
        /// How many were given.
        found: usize,
    },
    /// A root key of zeros protects nothing.
    #[error("a root key of zeros protects nothing")]
    Zero,
    /// Not the stored form of a wrapped key.
    #[error("not a wrapped key, or of an unknown version")]
    Malformed,
    /// Wrapped under another key.
    #[error("wrapped under key `{found}`, not `{expected}`")]
    OtherRoot {
        /// The key it hangs from.
        found: KeyId,
        /// The key it was tried with.
        expected: KeyId,
    },
    /// Changed, or wrapped for another subject.
    #[error("the wrapped key is not authentic for this subject")]
    Refused,
    /// The cryptography library failed where it should not.
    #[error("the cryptography library failed")]
    Library,
}

/// What comes first, and the parts, each behind its length, so that no two lists
/// read the same.
pub(crate) fn length_prefixed<const N: usize>(first: &[u8], parts: [&str; N]) -> Vec<u8> {
    let lengths = parts.iter().map(|part| size_of::<u64>() + part.len());
    let mut bytes = Vec::with_capacity(first.len() + lengths.sum::<usize>());
    bytes.extend_from_slice(first);
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests;
