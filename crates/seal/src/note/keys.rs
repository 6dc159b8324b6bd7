//! The keys that sign notes, and the text form others know them by.
//!
//! INVARIANT: a key's id is the hash of its name and public key, as the
//! specification recommends; a text form whose id differs is refused, as are
//! other algorithms than Ed25519.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::entropy::{Entropy, EntropyError};
use crate::hash::{decode_hex, sha256_of};
use crate::secret::Secret;

const ED25519_TYPE: u8 = 1;
const NAME_BYTES_MAX: usize = 255;

/// The private key of a log. Its name is the log's origin.
pub struct LogKey {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

impl LogKey {
    /// A new key.
    ///
    /// # Errors
    /// When `entropy` fails, or the name is not allowed.
    pub fn generate(name: &str, entropy: &dyn Entropy) -> Result<Self, NoteKeyError> {
        Self::from_seed(name, &Secret::generate(entropy)?)
    }

    /// The key of an RFC 8032 seed.
    pub(super) fn from_seed(name: &str, seed: &Secret) -> Result<Self, NoteKeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose());
        Self::new(name, pair.map_err(|_| NoteKeyError::Private)?)
    }

    /// The key in this PKCS #8 document (RFC 5958, DER), as
    /// `openssl genpkey -algorithm ed25519 -outform DER` writes it.
    ///
    /// # Errors
    /// When it holds no Ed25519 key, or the name is not allowed.
    pub fn from_pkcs8(name: &str, document: &[u8]) -> Result<Self, NoteKeyError> {
        let pair = Ed25519KeyPair::from_pkcs8(document);
        Self::new(name, pair.map_err(|_| NoteKeyError::Private)?)
    }

    fn new(name: &str, pair: Ed25519KeyPair) -> Result<Self, NoteKeyError> {
        let public = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_| NoteKeyError::Private)?;
        let verifier = VerifierKey::new(name, public)?;
        Ok(Self { pair, verifier })
    }

    /// The private key as a PKCS #8 document, to be written once to where keys
    /// are kept.
    ///
    /// # Errors
    /// When the cryptography library can't write it.
    pub fn expose_pkcs8(&self) -> Result<Vec<u8>, NoteKeyError> {
        let document = self.pair.to_pkcs8v1().map_err(|_| NoteKeyError::Private)?;
        Ok(document.as_ref().to_vec())
    }

    /// The public key, for everyone.
    #[must_use]
    pub fn verifier(&self) -> VerifierKey {
        self.verifier.clone()
    }

    pub(super) fn sign(&self, text: &[u8]) -> Vec<u8> {
        self.pair.sign(text).as_ref().to_vec()
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({})", self.verifier)
    }
}

/// A public key that signs notes. As text, `name+id+key`: how a log publishes
/// it and a reader configures it.
///
/// ```
/// use candor_seal::note::VerifierKey;
///
/// let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
/// let key: VerifierKey = text.parse()?;
/// assert_eq!(key.name(), "example.com/foo");
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), candor_seal::note::NoteKeyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VerifierKey {
    name: String,
    id: u32,
    public: [u8; 32],
}

impl VerifierKey {
    fn new(name: &str, public: [u8; 32]) -> Result<Self, NoteKeyError> {
        if !is_key_name(name) {
            return Err(NoteKeyError::Name);
        }
        let hash = sha256_of(&[name.as_bytes(), b"\n", &[ED25519_TYPE], &public]);
        let [a, b, c, d, ..] = hash;
        Ok(Self {
            name: name.to_owned(),
            id: u32::from_be_bytes([a, b, c, d]),
            public,
        })
    }

    /// The name, which for a log is its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id that signatures carry.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    pub(super) fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(text, signature)
            .is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ED25519_TYPE], self.public.as_slice()].concat());
        write!(f, "{}+{:08x}+{key}", self.name, self.id)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteKeyError;

    fn from_str(text: &str) -> Result<Self, NoteKeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteKeyError::Text);
        };
        let key = STANDARD.decode(key).map_err(|_| NoteKeyError::Text)?;
        let (algorithm, public) = key.split_first().ok_or(NoteKeyError::Text)?;
        if *algorithm != ED25519_TYPE {
            return Err(NoteKeyError::Algorithm { found: *algorithm });
        }
        let key = Self::new(name, public.try_into().map_err(|_| NoteKeyError::Text)?)?;
        let id: [u8; 4] = decode_hex(id).ok_or(NoteKeyError::Text)?;
        if key.id != u32::from_be_bytes(id) {
            return Err(NoteKeyError::Id);
        }
        Ok(key)
    }
}

impl TryFrom<String> for VerifierKey {
    type Error = NoteKeyError;

    fn try_from(text: String) -> Result<Self, NoteKeyError> {
        text.parse()
    }
}

impl From<VerifierKey> for String {
    fn from(key: VerifierKey) -> Self {
        key.to_string()
    }
}

/// Why a key could not be made or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteKeyError {
    /// No random bytes.
    #[error("could not draw a key")]
    Entropy(#[from] EntropyError),
    /// The name is empty, long, or holds what a key name can't.
    #[error("a key's name has 1 to 255 bytes and no spaces, plus signs or control characters")]
    Name,
    /// No Ed25519 private key.
    #[error("not an Ed25519 private key")]
    Private,
    /// Not `name+id+key`.
    #[error("not a verifier key: expected `name+id+key`")]
    Text,
    /// Another algorithm.
    #[error("signature algorithm `{found}` is not Ed25519")]
    Algorithm {
        /// The algorithm's identifier byte.
        found: u8,
    },
    /// The id is of another key or name.
    #[error("the verifier key's id does not belong to its name and key")]
    Id,
}

/// Not empty, no Unicode spaces, no plus sign (signed-note, "Format").
pub(super) fn is_key_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name
            .chars()
            .any(|c| c == '+' || c.is_whitespace() || c.is_control())
}
