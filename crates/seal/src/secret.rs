//! Thirty-two secret bytes, and the keys derived from them.
//!
//! The bytes live on the heap, so that moving a key leaves no copy behind, and
//! are overwritten when dropped. They have no `Debug`, no `Clone` and no
//! equality; what the cryptography library copies while it works is its own.

use aws_lc_rs::hmac;

use crate::entropy::{Entropy, EntropyError};

/// Bytes that are overwritten when dropped.
pub(crate) struct Secret(Box<[u8; 32]>);

impl Secret {
    pub(crate) fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut secret = Self(Box::new([0; 32]));
        entropy.fill(secret.0.as_mut_slice())?;
        Ok(secret)
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::copy_of)
    }

    pub(crate) fn copy_of(bytes: &[u8; 32]) -> Self {
        let mut secret = Self(Box::new([0; 32]));
        secret.0.copy_from_slice(bytes);
        secret
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key for one purpose: HMAC-SHA-256 of `purpose ‖ 0x00 ‖ context`.
    ///
    /// The secret is uniformly random, so it serves as a key of the
    /// pseudo-random function directly (RFC 5869, section 3.3). A purpose
    /// holds no zero byte, so two (purpose, context) pairs never meet.
    pub(crate) fn derive(&self, purpose: &'static str, context: &[u8]) -> Self {
        let mut derived = Self(Box::new([0; 32]));
        let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, self.expose()));
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(context);
        derived.0.copy_from_slice(mac.sign().as_ref());
        derived
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(self.0.as_mut_slice());
    }
}

/// Overwrites bytes that nobody will read again.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    // Keeps the compiler from dropping a write that nobody reads.
    std::hint::black_box(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivation_is_hmac_and_separates_purposes() {
        let secret = Secret::from_slice(&[0x0b; 32]).unwrap();
        // Python: hmac.new(b"\x0b"*32, b"a\0b", "sha256").hexdigest()
        assert_eq!(
            hex::encode(secret.derive("a", b"b").expose()),
            "452a30d2a14c8a31639cae29f35b121b336deaf6a88d7b046e49fb0f7c9ed578"
        );
        assert_ne!(
            secret.derive("a", b"b").expose(),
            secret.derive("ab", b"").expose()
        );
        assert!(Secret::from_slice(&[1; 31]).is_none());
    }
}
