//! AES-256-GCM (NIST SP 800-38D) under a given nonce.
//!
//! Private: callers of this crate never choose a nonce. Refuses nothing but
//! what does not authenticate.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;

use crate::secret::Secret;

/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes that sealing adds.
pub(crate) const TAG_BYTES: usize = 16;

/// A key ready for use.
pub(crate) struct Gcm(LessSafeKey);

impl Gcm {
    pub(crate) fn new(key: &Secret) -> Result<Self, Unspecified> {
        UnboundKey::new(&AES_256_GCM, key.expose()).map(|key| Self(LessSafeKey::new(key)))
    }

    /// Encrypts `buffer` where it lies and appends the tag.
    pub(crate) fn seal(
        &self,
        nonce: [u8; NONCE_BYTES],
        aad: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Result<(), Unspecified> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce, Aad::from(aad), buffer)
    }

    /// Encrypts what follows the first `before` bytes of `buffer`, and appends
    /// the tag.
    pub(crate) fn seal_after(
        &self,
        before: usize,
        nonce: [u8; NONCE_BYTES],
        aad: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Result<(), Unspecified> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let body = buffer.get_mut(before..).ok_or(Unspecified)?;
        let sealed = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::from(aad), body);
        buffer.extend_from_slice(sealed?.as_ref());
        Ok(())
    }

    /// Checks the tag at the end of `buffer`, decrypts and drops it.
    pub(crate) fn open(
        &self,
        nonce: [u8; NONCE_BYTES],
        aad: &[u8],
        buffer: &mut Vec<u8>,
    ) -> Result<(), Unspecified> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let length = self.0.open_in_place(nonce, Aad::from(aad), buffer)?.len();
        buffer.truncate(length);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16.
    #[test]
    fn published_vector() {
        let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
        let gcm = Gcm::new(&Secret::from_slice(&hex::decode(key).unwrap()).unwrap()).unwrap();
        let nonce: [u8; 12] = hex::decode("cafebabefacedbaddecaf888")
            .unwrap()
            .try_into()
            .unwrap();
        let aad = hex::decode("feedfacedeadbeeffeedfacedeadbeefabaddad2").unwrap();
        let plain = hex::decode(concat!(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72",
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        ))
        .unwrap();
        let mut buffer = plain.clone();
        gcm.seal(nonce, &aad, &mut buffer).unwrap();
        assert_eq!(
            hex::encode(&buffer),
            concat!(
                "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa",
                "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
                "76fc6ece0f4e1768cddf8853bb2d551b",
            )
        );
        gcm.open(nonce, &aad, &mut buffer).unwrap();
        assert_eq!(buffer, plain);
    }
}
