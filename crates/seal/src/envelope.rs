//! Values sealed under a subject key, each bound to its place.
//!
//! A [`Sealed`] value is `version ‖ nonce (12) ‖ AES-256-GCM(value)` under a
//! key derived from the subject's for values only; version and [`Place`] are
//! authenticated, so a value moved to another row, column or person doesn't
//! open. Nonces are random: one person may have 2³² values before a repeat
//! becomes a risk of 2⁻³³, far above what one person can have.
//!
//! Refuses whatever does not authenticate, without saying why.

use std::fmt;

use crate::entropy::{self, Entropy, EntropyError};
use crate::gcm::{Gcm, NONCE_BYTES, TAG_BYTES};
use crate::keys::{SubjectKey, length_prefixed};

const VALUE_VERSION: u8 = 1;
const VALUE_KEY: &str = "candor/v1/value";

/// Where a sealed value lives. Names of tables and columns never change for a
/// stored value: renaming one means sealing again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's key, as text.
    pub row: &'a str,
}

impl Place<'_> {
    /// What is authenticated for a value of `version` at this place.
    pub(crate) fn aad(&self, version: u8) -> Vec<u8> {
        length_prefixed(&[version], [self.table, self.column, self.row])
    }
}

/// A sealed value, as the database stores it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// A stored value; authenticity is checked when it is opened.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Its stored form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its stored form.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl SubjectKey {
    /// Seals `plaintext` for its place.
    ///
    /// ```
    /// use candor_seal::entropy::SystemEntropy;
    /// use candor_seal::envelope::Place;
    /// use candor_seal::keys::{RootKey, SubjectKey};
    ///
    /// let entropy = SystemEntropy::new();
    /// let root = RootKey::generate(&entropy)?;
    /// let key = SubjectKey::generate(&entropy)?;
    /// let stored = root.wrap(&key, "subject-17", &entropy)?;
    ///
    /// let place = Place { table: "identities", column: "value", row: "42" };
    /// let sealed = key.seal(&place, b"ada@example.org", &entropy)?;
    ///
    /// let key = root.unwrap(&stored, "subject-17")?;
    /// assert_eq!(key.open(&place, &sealed)?, b"ada@example.org");
    /// assert!(key.open(&Place { row: "43", ..place }, &sealed).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn seal(
        &self,
        place: &Place<'_>,
        plaintext: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Sealed, SealError> {
        let nonce: [u8; NONCE_BYTES] = entropy::draw(entropy)?;
        let before = 1 + NONCE_BYTES;
        let mut bytes = Vec::with_capacity(before + plaintext.len() + TAG_BYTES);
        bytes.push(VALUE_VERSION);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plaintext);
        self.value_key()?
            .seal_after(before, nonce, &place.aad(VALUE_VERSION), &mut bytes)
            .map_err(|_| SealError::Library)?;
        Ok(Sealed(bytes))
    }

    /// The value that was sealed for this place.
    ///
    /// # Errors
    /// [`SealError::Refused`] when it is not authentic here.
    pub fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        let (version, rest) = sealed.0.split_first().ok_or(SealError::Refused)?;
        let (nonce, body) = rest.split_first_chunk().ok_or(SealError::Refused)?;
        if *version != VALUE_VERSION {
            return Err(SealError::Refused);
        }
        let mut buffer = body.to_vec();
        self.value_key()?
            .open(*nonce, &place.aad(VALUE_VERSION), &mut buffer)
            .map_err(|_| SealError::Refused)?;
        Ok(buffer)
    }

    fn value_key(&self) -> Result<&Gcm, SealError> {
        if let Some(known) = self.values.get() {
            return Ok(known);
        }
        let key = Gcm::new(&self.secret.derive(VALUE_KEY, b"")).map_err(|_| SealError::Library)?;
        Ok(self.values.get_or_init(|| key))
    }
}

/// Why a value could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// No random bytes.
    #[error("could not draw a nonce")]
    Entropy(#[from] EntropyError),
    /// Changed, moved, or sealed under another key.
    #[error("the sealed value is not authentic at this place")]
    Refused,
    /// The cryptography library failed where it should not.
    #[error("the cryptography library failed")]
    Library,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{NoEntropy, SeededEntropy};

    const PLACE: Place<'_> = Place {
        table: "identities",
        column: "value",
        row: "42",
    };

    #[test]
    fn opens_at_its_place_only() {
        let entropy = SeededEntropy::new(1);
        let key = SubjectKey::generate(&entropy).unwrap();
        let sealed = key.seal(&PLACE, b"ada", &entropy).unwrap();
        assert_eq!(key.open(&PLACE, &sealed), Ok(b"ada".to_vec()));
        for elsewhere in [
            Place {
                table: "messages",
                ..PLACE
            },
            Place {
                column: "label",
                ..PLACE
            },
            Place { row: "43", ..PLACE },
            // Joined without lengths these would read the same.
            Place {
                table: "identitiesv",
                column: "alue",
                ..PLACE
            },
        ] {
            assert_eq!(key.open(&elsewhere, &sealed), Err(SealError::Refused));
        }
        let other = SubjectKey::generate(&entropy).unwrap();
        assert_eq!(other.open(&PLACE, &sealed), Err(SealError::Refused));
    }

    #[test]
    fn every_flipped_or_missing_byte_is_refused() {
        let entropy = SeededEntropy::new(1);
        let key = SubjectKey::generate(&entropy).unwrap();
        let sealed = key.seal(&PLACE, b"ada", &entropy).unwrap().into_bytes();
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 0x80;
            assert_eq!(
                key.open(&PLACE, &Sealed::from_bytes(bad)),
                Err(SealError::Refused)
            );
            let short = sealed[..at].to_vec();
            assert_eq!(
                key.open(&PLACE, &Sealed::from_bytes(short)),
                Err(SealError::Refused)
            );
        }
    }

    #[test]
    fn equal_values_never_look_equal_and_nothing_is_sealed_without_entropy() {
        let entropy = SeededEntropy::new(1);
        let key = SubjectKey::generate(&entropy).unwrap();
        let one = key.seal(&PLACE, b"ada", &entropy).unwrap();
        assert_ne!(one, key.seal(&PLACE, b"ada", &entropy).unwrap());
        assert_eq!(
            key.seal(&PLACE, b"ada", &NoEntropy),
            Err(SealError::Entropy(EntropyError))
        );
        assert_eq!(format!("{one:?}"), "Sealed(32 bytes)");
    }
}
