//! Signed messages between Candor and a service: Standard Webhooks 1.0.
//!
//! A message is its id, the second it was sent, and its bytes; what is signed
//! is the three joined by dots. With a shared secret (`whsec_…`) the signature
//! is HMAC-SHA-256 (`v1`); with a key pair of each side (`whsk_…`, `whpk_…`) it
//! is Ed25519 (`v1a`). Refuses secrets that are too short to be any, messages
//! from another time, and every signature that is not exactly right. The crate
//! of the same name is not used: it reads the clock itself and knows no
//! Ed25519.

use std::fmt;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Seconds by which two clocks may differ, and a message may travel.
pub const TOLERANCE_SECONDS: i64 = 300;
/// Signatures of one message that are looked at: old and new keys in a
/// rotation.
const SIGNATURES_MAX: usize = 8;
/// Bytes of a shared secret, as the specification has them.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// A message as it travels.
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    /// Header `webhook-id`.
    pub id: &'m str,
    /// Header `webhook-timestamp`: seconds since 1970.
    pub sent_at: i64,
    /// The body.
    pub body: &'m [u8],
}

impl Message<'_> {
    fn signed(&self) -> Vec<u8> {
        let mut signed = format!("{}.{}.", self.id, self.sent_at).into_bytes();
        signed.extend_from_slice(self.body);
        signed
    }
}

/// What two sides sign with, and know each other by.
pub enum WebhookKeys {
    /// A secret that both have.
    Shared(Box<hmac::Key>),
    /// Our key pair, and the other side's public key.
    Pairs {
        /// Ours.
        own: Box<Ed25519KeyPair>,
        /// Theirs: 32 bytes.
        other: Vec<u8>,
    },
}

impl fmt::Debug for WebhookKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Shared(_) => "WebhookKeys::Shared(..)",
            Self::Pairs { .. } => "WebhookKeys::Pairs(..)",
        })
    }
}

/// A key or a signature that is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The secret has another form.
    #[error("a secret is `whsec_` or `whsk_` and base64 of 24 to 64 bytes")]
    Secret,
    /// A private key stands without the other side's public key, or that has
    /// another form.
    #[error("with a `whsk_` secret, the other side's key is `whpk_` and base64 of 32 bytes")]
    Key,
    /// A shared secret stands beside a public key.
    #[error("a `whsec_` secret is shared by both sides and needs no other key")]
    Both,
    /// It was sent at another time.
    #[error("the message is of another time")]
    Time,
    /// No signature is right.
    #[error("no signature is right")]
    Signature,
}

impl WebhookKeys {
    /// Keys from the texts in which they are handed over.
    ///
    /// ```
    /// use candor_seal::webhook::{Message, WebhookKeys};
    ///
    /// let keys = WebhookKeys::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", None)?;
    /// let message = Message { id: "msg_1", sent_at: 1_614_265_330, body: b"{}" };
    /// let signature = keys.sign(&message);
    /// assert!(keys.verify(&message, &signature, 1_614_265_331).is_ok());
    /// assert!(keys.verify(&message, &signature, 1_614_275_331).is_err());
    /// # Ok::<(), candor_seal::webhook::WebhookError>(())
    /// ```
    ///
    /// # Errors
    /// [`WebhookError::Secret`], [`WebhookError::Key`], [`WebhookError::Both`].
    pub fn parse(secret: &str, other: Option<&str>) -> Result<Self, WebhookError> {
        let decode = |text: &str| STANDARD.decode(text).ok();
        if let Some(text) = secret.strip_prefix("whsec_") {
            let bytes = decode(text).filter(|bytes| SECRET_BYTES.contains(&bytes.len()));
            let bytes = bytes.ok_or(WebhookError::Secret)?;
            return match other {
                None => {
                    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
                    Ok(Self::Shared(Box::new(key)))
                }
                Some(_) => Err(WebhookError::Both),
            };
        }
        let own = secret.strip_prefix("whsk_").and_then(decode);
        let own = own.ok_or(WebhookError::Secret)?;
        // Some write the public key behind the private one.
        let seed = own
            .get(..32)
            .filter(|_| matches!(own.len(), 32 | 64))
            .ok_or(WebhookError::Secret)?;
        let own = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| WebhookError::Secret)?;
        let other = other.and_then(|other| decode(other.strip_prefix("whpk_")?));
        let other = other
            .filter(|bytes| bytes.len() == 32)
            .ok_or(WebhookError::Key)?;
        Ok(Self::Pairs {
            own: Box::new(own),
            other,
        })
    }

    /// The public key that the other side must know, if there is one.
    #[must_use]
    pub fn public(&self) -> Option<String> {
        match self {
            Self::Shared(_) => None,
            Self::Pairs { own, .. } => Some(format!(
                "whpk_{}",
                STANDARD.encode(own.public_key().as_ref())
            )),
        }
    }

    /// Header `webhook-signature`.
    #[must_use]
    pub fn sign(&self, message: &Message<'_>) -> String {
        let signed = message.signed();
        match self {
            Self::Shared(key) => format!("v1,{}", STANDARD.encode(hmac::sign(key, &signed))),
            Self::Pairs { own, .. } => format!("v1a,{}", STANDARD.encode(own.sign(&signed))),
        }
    }

    /// Whether one of the signatures of a header is the other side's, over
    /// this message, sent about now (seconds since 1970).
    ///
    /// # Errors
    /// [`WebhookError::Time`] or [`WebhookError::Signature`].
    pub fn verify(
        &self,
        message: &Message<'_>,
        signatures: &str,
        now: i64,
    ) -> Result<(), WebhookError> {
        if now.saturating_sub(message.sent_at).unsigned_abs() > TOLERANCE_SECONDS.unsigned_abs() {
            return Err(WebhookError::Time);
        }
        let signed = message.signed();
        let is_right = |signature: &str| {
            let (version, text) = signature.split_once(',')?;
            let bytes = STANDARD.decode(text).ok()?;
            match (self, version) {
                (Self::Shared(key), "v1") => hmac::verify(key, &signed, &bytes).ok(),
                (Self::Pairs { other, .. }, "v1a") => UnparsedPublicKey::new(&ED25519, other)
                    .verify(&signed, &bytes)
                    .ok(),
                _ => None,
            }
        };
        let mut signatures = signatures.split(' ').take(SIGNATURES_MAX);
        match signatures.any(|signature| is_right(signature).is_some()) {
            true => Ok(()),
            false => Err(WebhookError::Signature),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SENT_AT: i64 = 1_614_265_330;
    const MESSAGE: Message<'_> = Message {
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
        sent_at: SENT_AT,
        body: b"{\"test\": 2432232314}",
    };
    /// The example of the specification; Python's `hmac` agrees.
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn a_shared_secret_signs_as_the_specification_does() {
        let keys = WebhookKeys::parse(SECRET, None).unwrap();
        assert_eq!(keys.sign(&MESSAGE), SIGNATURE);
        let rotated = format!("v1,AAAA v1a,BBBB {SIGNATURE}");
        for right in [SIGNATURE, &rotated] {
            assert_eq!(keys.verify(&MESSAGE, right, SENT_AT + 300), Ok(()));
        }
        let verify = |message: &Message<'_>, signature: &str, now| {
            keys.verify(message, signature, now).unwrap_err()
        };
        for now in [SENT_AT - 301, SENT_AT + 301, i64::MIN, i64::MAX] {
            assert_eq!(verify(&MESSAGE, SIGNATURE, now), WebhookError::Time);
        }
        for wrong in ["", "v1", "v1,", "v2,g0hM", &SIGNATURE.replace("g0", "g1")] {
            let error = verify(&MESSAGE, wrong, SENT_AT);
            assert_eq!(error, WebhookError::Signature, "{wrong}");
        }
        for changed in [
            Message {
                id: "msg_2",
                ..MESSAGE
            },
            Message {
                sent_at: SENT_AT + 1,
                ..MESSAGE
            },
            Message {
                body: b"{}",
                ..MESSAGE
            },
        ] {
            let error = verify(&changed, SIGNATURE, SENT_AT);
            assert_eq!(error, WebhookError::Signature);
        }
    }

    #[test]
    fn key_pairs_sign_for_each_other_and_for_nobody_else() {
        let secret = |byte: u8| format!("whsk_{}", STANDARD.encode([byte; 32]));
        // Known only by parsing with anybody's key.
        let public = |byte: u8| {
            let any = format!("whpk_{}", STANDARD.encode([0; 32]));
            let keys = WebhookKeys::parse(&secret(byte), Some(&any)).unwrap();
            keys.public().unwrap()
        };
        let ours = WebhookKeys::parse(&secret(1), Some(&public(2))).unwrap();
        let theirs = WebhookKeys::parse(&secret(2), Some(&public(1))).unwrap();
        let strangers = WebhookKeys::parse(&secret(3), Some(&public(1))).unwrap();
        let signed = ours.sign(&MESSAGE);
        assert!(signed.starts_with("v1a,"));
        assert_eq!(theirs.verify(&MESSAGE, &signed, SENT_AT), Ok(()));
        let wrong = Err(WebhookError::Signature);
        assert_eq!(ours.verify(&MESSAGE, &signed, SENT_AT), wrong);
        let signed = strangers.sign(&MESSAGE);
        assert_eq!(ours.verify(&MESSAGE, &signed, SENT_AT), wrong);
        assert_eq!(format!("{ours:?}"), "WebhookKeys::Pairs(..)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let refused = |secret: &str, other| WebhookKeys::parse(secret, other).unwrap_err();
        let short = format!("whsec_{}", STANDARD.encode([1; 23]));
        for secret in ["", "hunter2", "whsec_", "whsec_*", &short, "whsk_AAAA"] {
            assert_eq!(refused(secret, None), WebhookError::Secret, "{secret}");
        }
        assert_eq!(refused(SECRET, Some("whpk_AAAA")), WebhookError::Both);
        let pair = format!("whsk_{}", STANDARD.encode([1; 64]));
        for other in [None, Some("whpk_AAAA"), Some("AAAA")] {
            assert_eq!(refused(&pair, other), WebhookError::Key, "{other:?}");
        }
    }
}
