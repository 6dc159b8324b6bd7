//! Fields of an application's own tables, sealed under a person's key and kept by the
//! application, so that its columns and backups become unreadable with that key.
//!
//! In a column a field is the text `cs1.` followed by base64url, without padding, of
//! `key id (16) ‖ nonce (12) ‖ AES-256-GCM(value) (as long as the value) ‖ tag (16)`.
//! The AES key is `HMAC-SHA-256(subject key, "candor/v1/field" ‖ 0)`: it opens nothing
//! else of the person's. Authenticated with the value are the text's version, the key
//! id, and, each behind its length, the tenant (empty for the organisation's own
//! people), the table, the column and the row's key. The key id says under whose key a
//! field is, and nothing about them; nobody has to be named to open one.
//!
//! Nonces are random: 2³² fields of one person before a repeat becomes a risk of 2⁻³³.
//!
//! Refuses a field that was changed, moved to another place, or cut, without saying
//! which.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::entropy::{self, Entropy};
use crate::envelope::SealError;
use crate::gcm::{Gcm, NONCE_BYTES, TAG_BYTES};
use crate::keys::{SubjectKey, length_prefixed};

/// How every field of this form begins.
pub const PREFIX: &str = "cs1.";
const FIELD_KEY: &str = "candor/v1/field";
const VERSION: u8 = 1;
const ID_BYTES: usize = 16;
const HEAD_BYTES: usize = ID_BYTES + NONCE_BYTES;

/// Where a field stands in the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldPlace<'a> {
    /// The tenant whose end user the person is; empty for the organisation's own
    /// people.
    pub tenant: &'a str,
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's key, as text.
    pub row: &'a str,
}

/// The public id of a key: random, says nothing about anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldKeyId(pub [u8; ID_BYTES]);

impl fmt::Display for FieldKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A person's key, ready to seal and open their fields.
pub struct FieldKey {
    id: FieldKeyId,
    gcm: Gcm,
}

/// A sealed field, as its text was read.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedField(Vec<u8>);

impl FieldKey {
    /// Of a subject key, with the id under which it is found again.
    ///
    /// # Errors
    /// [`SealError::Library`] where the library fails.
    pub fn new(key: &SubjectKey, id: FieldKeyId) -> Result<Self, SealError> {
        let gcm = Gcm::new(&key.secret.derive(FIELD_KEY, b"")).map_err(|_| SealError::Library)?;
        Ok(Self { id, gcm })
    }

    /// Seals a value for its place.
    ///
    /// ```
    /// use candor_seal::entropy::SystemEntropy;
    /// use candor_seal::field::{FieldKey, FieldKeyId, FieldPlace, SealedField};
    /// use candor_seal::keys::SubjectKey;
    ///
    /// let entropy = SystemEntropy::new();
    /// let key = SubjectKey::generate(&entropy)?;
    /// let key = FieldKey::new(&key, FieldKeyId([7; 16]))?;
    /// let place = FieldPlace { tenant: "", table: "orders", column: "note", row: "42" };
    /// let text = key.seal(&place, b"leave it at the door", &entropy)?.to_string();
    ///
    /// let field: SealedField = text.parse()?;
    /// assert_eq!(field.key_id(), FieldKeyId([7; 16]));
    /// assert_eq!(key.open(&place, &field)?, b"leave it at the door");
    /// assert!(key.open(&FieldPlace { row: "43", ..place }, &field).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When `entropy` fails.
    pub fn seal(
        &self,
        place: &FieldPlace<'_>,
        value: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<SealedField, SealError> {
        let nonce: [u8; NONCE_BYTES] = entropy::draw(entropy)?;
        let mut bytes = Vec::with_capacity(HEAD_BYTES + value.len() + TAG_BYTES);
        bytes.extend(self.id.0);
        bytes.extend(nonce);
        bytes.extend(value);
        self.gcm
            .seal_after(HEAD_BYTES, nonce, &self.aad(place), &mut bytes)
            .map_err(|_| SealError::Library)?;
        Ok(SealedField(bytes))
    }

    /// The value that was sealed for this place.
    ///
    /// # Errors
    /// [`SealError::Refused`] when it is not authentic here.
    pub fn open(&self, place: &FieldPlace<'_>, field: &SealedField) -> Result<Vec<u8>, SealError> {
        let (id, nonce, body) = field.parts().ok_or(SealError::Refused)?;
        if id != self.id {
            return Err(SealError::Refused);
        }
        let mut buffer = body.to_vec();
        self.gcm
            .open(nonce, &self.aad(place), &mut buffer)
            .map_err(|_| SealError::Refused)?;
        Ok(buffer)
    }

    fn aad(&self, place: &FieldPlace<'_>) -> Vec<u8> {
        let names = [place.tenant, place.table, place.column, place.row];
        let mut first = vec![VERSION];
        first.extend(self.id.0);
        length_prefixed(&first, names)
    }
}

impl SealedField {
    /// Under which key it is.
    #[must_use]
    pub fn key_id(&self) -> FieldKeyId {
        let id = self.0.first_chunk().copied();
        // A field is never shorter: its text would not have been read.
        FieldKeyId(id.unwrap_or_default())
    }

    fn parts(&self) -> Option<(FieldKeyId, [u8; NONCE_BYTES], &[u8])> {
        let (id, rest) = self.0.split_first_chunk::<ID_BYTES>()?;
        let (nonce, body) = rest.split_first_chunk()?;
        Some((FieldKeyId(*id), *nonce, body))
    }
}

impl fmt::Display for SealedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl fmt::Debug for SealedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedField({} bytes)", self.0.len())
    }
}

/// Text that is no sealed field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sealed field: `{PREFIX}` and base64url are expected")]
pub struct FieldTextError;

impl std::str::FromStr for SealedField {
    type Err = FieldTextError;

    fn from_str(text: &str) -> Result<Self, FieldTextError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(FieldTextError)?;
        let bytes = URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|_| FieldTextError)?;
        match bytes.len() >= HEAD_BYTES + TAG_BYTES {
            true => Ok(Self(bytes)),
            false => Err(FieldTextError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;

    const PLACE: FieldPlace<'_> = FieldPlace {
        tenant: "acme",
        table: "orders",
        column: "note",
        row: "42",
    };

    fn key(number: u8) -> FieldKey {
        let key = SubjectKey::new(crate::secret::Secret::from_slice(&[number; 32]).unwrap());
        FieldKey::new(&key, FieldKeyId([number; 16])).unwrap()
    }

    #[test]
    fn a_field_opens_at_its_place_under_its_key_and_nowhere_else() {
        let entropy = SystemEntropy::new();
        let field = key(1).seal(&PLACE, b"value", &entropy).unwrap();
        assert_eq!(key(1).open(&PLACE, &field).unwrap(), b"value");
        for place in [
            FieldPlace {
                tenant: "",
                ..PLACE
            },
            FieldPlace {
                table: "order",
                ..PLACE
            },
            FieldPlace {
                column: "notes",
                ..PLACE
            },
            FieldPlace { row: "4", ..PLACE },
            // The same letters, parted in another way.
            FieldPlace {
                table: "ordersnote",
                column: "",
                ..PLACE
            },
        ] {
            assert_eq!(
                key(1).open(&place, &field),
                Err(SealError::Refused),
                "{place:?}"
            );
        }
        assert_eq!(key(2).open(&PLACE, &field), Err(SealError::Refused));
        let again = key(1).seal(&PLACE, b"value", &entropy).unwrap();
        assert_ne!(field, again, "a nonce of its own");
    }

    #[test]
    fn a_field_with_any_byte_changed_is_refused() {
        let entropy = SystemEntropy::new();
        let field = key(1).seal(&PLACE, b"value", &entropy).unwrap();
        for at in 0..field.0.len() {
            let mut changed = field.clone();
            changed.0[at] ^= 1;
            let opened = key(1).open(&PLACE, &changed);
            assert_eq!(opened, Err(SealError::Refused), "{at}");
        }
    }

    #[test]
    fn the_text_has_one_form_and_anything_else_is_no_field() {
        let entropy = SystemEntropy::new();
        for value in [b"".as_slice(), b"value", &[0; 1_000]] {
            let text = key(9).seal(&PLACE, value, &entropy).unwrap().to_string();
            let read: SealedField = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
            assert_eq!(read.key_id(), FieldKeyId([9; 16]));
            assert_eq!(key(9).open(&PLACE, &read).unwrap(), value);
            let cut = text.get(..text.len() - 2).unwrap();
            let opened = cut
                .parse::<SealedField>()
                .map(|cut| key(9).open(&PLACE, &cut));
            assert!(!matches!(opened, Ok(Ok(_))));
        }
        for text in ["", "cs1.", "cs1.AAAA", "cs2.AAAA", "value", "cs1.é"] {
            assert_eq!(text.parse::<SealedField>(), Err(FieldTextError), "{text}");
        }
    }

    /// What was sealed once has to open for ever: key, nonce and place in, text out.
    #[test]
    fn the_form_is_pinned() {
        struct Zeros;
        impl Entropy for Zeros {
            fn fill(&self, bytes: &mut [u8]) -> Result<(), entropy::EntropyError> {
                bytes.fill(0);
                Ok(())
            }
        }
        let text = key(1).seal(&PLACE, b"value", &Zeros).unwrap().to_string();
        assert_eq!(
            text,
            "cs1.AQEBAQEBAQEBAQEBAQEBAQAAAAAAAAAAAAAAAP3gy6-liCw4X0O68x6K4pZVPbGVdw"
        );
    }
}
