//! Messages with their Ed25519 signature before them, as libsodium's
//! `crypto_sign` makes them, in base64: how the Data Rights Protocol 1.0 sends
//! what an agent asks for. Refuses to show a message that its sender did not sign.

use std::fmt;

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// The public key that a sender's messages are verified with.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderKey([u8; 32]);

/// Text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a verify key is base64 of 32 bytes")]
pub struct SenderKeyError;

/// A message that is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Not base64, or too short to hold a signature.
    #[error("not base64 of a signature and a message")]
    Encoding,
    /// Signed by somebody else, or changed.
    #[error("the signature is not the sender's")]
    Signature,
}

impl SenderKey {
    /// The key in base64, as service directories list it.
    ///
    /// # Errors
    /// [`SenderKeyError`].
    pub fn from_base64(text: &str) -> Result<Self, SenderKeyError> {
        let bytes = STANDARD.decode(text).map_err(|_| SenderKeyError)?;
        Ok(Self(bytes.try_into().map_err(|_| SenderKeyError)?))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The message, once its signature was verified.
    ///
    /// # Errors
    /// An [`OpenError`].
    pub fn open(&self, signed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let bytes = STANDARD.decode(signed.trim_ascii());
        let bytes = bytes.map_err(|_| OpenError::Encoding)?;
        let parts = bytes.split_at_checked(SIGNATURE_BYTES);
        let (signature, message) = parts.ok_or(OpenError::Encoding)?;
        UnparsedPublicKey::new(&ED25519, self.0)
            .verify(message, signature)
            .map_err(|_| OpenError::Signature)?;
        Ok(message.to_vec())
    }
}

impl fmt::Debug for SenderKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SenderKey({})", STANDARD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, Section 7.1, test 3.
    const PUBLIC: &str = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025";
    const SIGNATURE: &str = "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
                             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a";
    const MESSAGE: [u8; 2] = [0xaf, 0x82];

    fn key() -> SenderKey {
        let bytes = hex::decode(PUBLIC).unwrap();
        SenderKey::from_base64(&STANDARD.encode(bytes)).unwrap()
    }

    fn signed() -> Vec<u8> {
        [hex::decode(SIGNATURE).unwrap(), MESSAGE.to_vec()].concat()
    }

    #[test]
    fn the_rfcs_example_opens_and_every_changed_bit_closes_it() {
        let open = |bytes: &[u8]| key().open(STANDARD.encode(bytes).as_bytes());
        assert_eq!(open(&signed()).unwrap(), MESSAGE);
        for at in 0..signed().len() {
            let mut changed = signed();
            changed[at] ^= 1;
            assert_eq!(open(&changed), Err(OpenError::Signature), "{at}");
        }
        let line_end = format!("{}\n", STANDARD.encode(signed()));
        assert_eq!(key().open(line_end.as_bytes()).unwrap(), MESSAGE);
    }

    #[test]
    fn what_holds_no_signature_and_other_keys_are_refused() {
        for text in ["", "{}", "AAAA", &STANDARD.encode([0; 63])] {
            assert_eq!(
                key().open(text.as_bytes()),
                Err(OpenError::Encoding),
                "{text}"
            );
        }
        let other = SenderKey::from_base64(&STANDARD.encode([7; 32])).unwrap();
        let text = STANDARD.encode(signed());
        assert_eq!(other.open(text.as_bytes()), Err(OpenError::Signature));
        for text in ["", "short", &STANDARD.encode([0; 31]), PUBLIC] {
            assert_eq!(SenderKey::from_base64(text), Err(SenderKeyError), "{text}");
        }
    }
}
