//! How one key wraps another, for every kind of key that does. See the parent for
//! the form and the reasons.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::{
    KEY_ID, KeyError, KeyId, WRAP_COMMITMENT, WRAP_KEY, WRAP_VERSION, WRAPPED_KEY_BYTES,
    WrappedKey, length_prefixed,
};
use crate::entropy::{self, Entropy};
use crate::gcm::{Gcm, NONCE_BYTES};
use crate::secret::{Secret, wipe};

/// A secret that wraps others.
pub(super) struct Wrapping {
    secret: Secret,
    id: KeyId,
}

impl Wrapping {
    pub(super) fn new(secret: Secret) -> Result<Self, KeyError> {
        if verify_slices_are_equal(secret.expose(), &[0; 32]).is_ok() {
            return Err(KeyError::Zero);
        }
        let mut id = [0; 8];
        for (byte, derived) in id.iter_mut().zip(secret.derive(KEY_ID, b"").expose()) {
            *byte = *derived;
        }
        Ok(Self {
            secret,
            id: KeyId(id),
        })
    }

    pub(super) const fn id(&self) -> KeyId {
        self.id
    }

    pub(super) const fn secret(&self) -> &Secret {
        &self.secret
    }

    /// Wraps `key` for what it is and what it is called.
    pub(super) fn seal(
        &self,
        key: &Secret,
        named: [&str; 2],
        entropy: &dyn Entropy,
    ) -> Result<WrappedKey, KeyError> {
        let nonce: [u8; 32] = entropy::draw(entropy)?;
        let mut sealed = key.expose().to_vec();
        let aad = aad(self.id, named);
        self.wrapping_key(&nonce)?
            .seal([0; NONCE_BYTES], &aad, &mut sealed)
            .map_err(|_| KeyError::Library)?;
        let mut bytes = Vec::with_capacity(WRAPPED_KEY_BYTES);
        bytes.push(WRAP_VERSION);
        bytes.extend(self.id.0);
        bytes.extend(nonce);
        bytes.extend(self.secret.derive(WRAP_COMMITMENT, &nonce).expose());
        bytes.extend(sealed);
        WrappedKey::from_bytes(&bytes)
    }

    /// What was wrapped under this key for that name.
    pub(super) fn open(&self, wrapped: &WrappedKey, named: [&str; 2]) -> Result<Secret, KeyError> {
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
        let aad = aad(self.id, named);
        self.wrapping_key(&wrapped.nonce)?
            .open([0; NONCE_BYTES], &aad, &mut buffer)
            .map_err(|_| KeyError::Refused)?;
        let key = Secret::from_slice(&buffer).ok_or(KeyError::Refused);
        wipe(&mut buffer);
        key
    }

    fn wrapping_key(&self, nonce: &[u8; 32]) -> Result<Gcm, KeyError> {
        Gcm::new(&self.secret.derive(WRAP_KEY, nonce)).map_err(|_| KeyError::Library)
    }
}

fn aad(by: KeyId, named: [&str; 2]) -> Vec<u8> {
    let mut first = vec![WRAP_VERSION];
    first.extend(by.0);
    length_prefixed(&first, named)
}
