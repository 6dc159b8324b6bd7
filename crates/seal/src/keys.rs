//! Root keys, subject keys, and how one wraps the other.
//!
//! A subject key is random, never derived: a derived key could be derived
//! again after it was shredded. A [`WrappedKey`] is
//! `version ‖ root key id ‖ nonce (32) ‖ commitment (32) ‖ AES-256-GCM(subject key)`.
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

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, Serialize};

use crate::entropy::{self, Entropy, EntropyError};
use crate::gcm::{Gcm, NONCE_BYTES, TAG_BYTES};
use crate::hash::decode_hex;
use crate::secret::{Secret, wipe};

const WRAP_VERSION: u8 = 1;
const WRAP_KEY: &str = "candor/v1/wrap/key";
const WRAP_COMMITMENT: &str = "candor/v1/wrap/commitment";
const ROOT_KEY_ID: &str = "candor/v1/root-key-id";
const BLIND_INDEX: &str = "candor/v1/blind-index";

/// Bytes of a [`WrappedKey`].
pub const WRAPPED_KEY_BYTES: usize = 1 + 8 + 32 + 32 + 32 + TAG_BYTES;

/// The key everything else hangs from. It is kept outside the database; without
/// it every [`WrappedKey`] is noise.
pub struct RootKey {
    secret: Secret,
    id: KeyId,
}

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
        if verify_slices_are_equal(secret.expose(), &[0; 32]).is_ok() {
            return Err(KeyError::Zero);
        }
        let mut id = [0; 8];
        for (byte, derived) in id.iter_mut().zip(secret.derive(ROOT_KEY_ID, b"").expose()) {
            *byte = *derived;
        }
        Ok(Self {
            secret,
            id: KeyId(id),
        })
    }

    /// Its public name, to find the right root for a wrapped key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// The bytes, to be written once to where root keys are kept.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.secret.expose()
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
        let nonce: [u8; 32] = entropy::draw(entropy)?;
        let mut sealed = key.0.expose().to_vec();
        self.wrapping_key(&nonce)?
            .seal(
                [0; NONCE_BYTES],
                &wrap_aad(self.id, subject_label),
                &mut sealed,
            )
            .map_err(|_| KeyError::Library)?;
        let mut bytes = Vec::with_capacity(WRAPPED_KEY_BYTES);
        bytes.push(WRAP_VERSION);
        bytes.extend(self.id.0);
        bytes.extend(nonce);
        bytes.extend(self.secret.derive(WRAP_COMMITMENT, &nonce).expose());
        bytes.extend(sealed);
        WrappedKey::from_bytes(&bytes)
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
        if wrapped.root != self.id {
            return Err(KeyError::OtherRoot {
                found: wrapped.root,
                expected: self.id,
            });
        }
        let commitment = self.secret.derive(WRAP_COMMITMENT, &wrapped.nonce);
        verify_slices_are_equal(commitment.expose(), &wrapped.commitment)
            .map_err(|_| KeyError::Refused)?;
        let mut buffer = wrapped.sealed.to_vec();
        self.wrapping_key(&wrapped.nonce)?
            .open(
                [0; NONCE_BYTES],
                &wrap_aad(self.id, subject_label),
                &mut buffer,
            )
            .map_err(|_| KeyError::Refused)?;
        let key = Secret::from_slice(&buffer)
            .map(SubjectKey)
            .ok_or(KeyError::Refused);
        wipe(&mut buffer);
        key
    }

    /// A keyed name for `value`, equal for equal values, to look a sealed value
    /// up by. `label` keeps indexes apart (`identity/email`), so that a value
    /// in two of them can't be matched. Only whoever holds the root can compute
    /// or test one.
    #[must_use]
    pub fn blind_index(&self, label: &str, value: &[u8]) -> [u8; 32] {
        let mut context = length_prefixed([label]);
        context.extend(value);
        let index = *self
            .secret
            .derive(BLIND_INDEX, b"")
            .derive("index", &context)
            .expose();
        wipe(&mut context);
        index
    }

    fn wrapping_key(&self, nonce: &[u8; 32]) -> Result<Gcm, KeyError> {
        Gcm::new(&self.secret.derive(WRAP_KEY, nonce)).map_err(|_| KeyError::Library)
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RootKey({})", self.id)
    }
}

/// The key of one person. Destroying its last wrap shreds what it sealed.
pub struct SubjectKey(pub(crate) Secret);

impl SubjectKey {
    /// A new key.
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, KeyError> {
        Ok(Self(Secret::generate(entropy)?))
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(..)")
    }
}

/// The public name of a root key: eight bytes that reveal nothing of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

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
    /// The root key it hangs from.
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
    /// Wrapped under another root key.
    #[error("wrapped under root key `{found}`, not `{expected}`")]
    OtherRoot {
        /// The root it hangs from.
        found: KeyId,
        /// The root it was tried with.
        expected: KeyId,
    },
    /// Changed, or wrapped for another subject.
    #[error("the wrapped key is not authentic for this subject")]
    Refused,
    /// The cryptography library failed where it should not.
    #[error("the cryptography library failed")]
    Library,
}

fn wrap_aad(root: KeyId, subject_label: &str) -> Vec<u8> {
    let mut aad = vec![WRAP_VERSION];
    aad.extend(root.0);
    aad.extend(length_prefixed(["subject", subject_label]));
    aad
}

/// The parts, each behind its length, so that no two lists read the same.
pub(crate) fn length_prefixed<const N: usize>(parts: [&str; N]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests;
