//! The stored forms, against bytes made by another implementation (Python's
//! `hmac` and `cryptography`): what was sealed by an earlier version must open
//! under every later one.

use crate::chunks::CHUNK_BYTES;
use crate::entropy::{Entropy, EntropyError};
use crate::envelope::{Place, Sealed};
use crate::hash::sha256;
use crate::keys::{RootKey, SubjectKey, WrappedKey};
use crate::secret::Secret;
use crate::token::token_hash;

const PLACE: Place<'_> = Place {
    table: "identities",
    column: "value",
    row: "42",
};

/// One byte, over and over, as the other implementation used for nonces.
struct Constant(u8);

impl Entropy for Constant {
    fn fill(&self, buf: &mut [u8]) -> Result<(), EntropyError> {
        buf.fill(self.0);
        Ok(())
    }
}

fn subject_key() -> SubjectKey {
    SubjectKey::new(Secret::copy_of(&[2; 32]))
}

#[test]
fn wrapped_keys() {
    let expected = concat!(
        "01fffec428731900af0303030303030303030303030303030303030303030303",
        "030303030303030303d52a1e010a67436c28f32956eb523cd7f9be2342899641",
        "fa4168ab4f22311e5c79d94f74c47713e67ba6df74892347d6ead292316e43da",
        "97bb4089d86e2ed62bd6eb6e6cb511a28990ce132d94bcdef3",
    );
    let root = RootKey::from_bytes(&[1; 32]).unwrap();
    let wrapped = root
        .wrap(&subject_key(), "subject-1", &Constant(3))
        .unwrap();
    assert_eq!(hex::encode(wrapped.to_bytes()), expected);
    let stored = WrappedKey::from_bytes(&hex::decode(expected).unwrap()).unwrap();
    assert_eq!(
        root.unwrap(&stored, "subject-1").unwrap().secret.expose(),
        &[2; 32]
    );
}

#[test]
fn values() {
    let expected = concat!(
        "01040404040404040404040404ad42be6e9a98d413682597efa4a8f57baef416",
        "71dda6db93fc5e4858aa8f84",
    );
    let sealed = subject_key()
        .seal(&PLACE, b"ada@example.org", &Constant(4))
        .unwrap();
    assert_eq!(hex::encode(sealed.as_bytes()), expected);
    let stored = Sealed::from_bytes(hex::decode(expected).unwrap());
    assert_eq!(
        subject_key().open(&PLACE, &stored).unwrap(),
        b"ada@example.org"
    );
}

#[test]
fn files() {
    let plain = [vec![b'a'; CHUNK_BYTES], b"bc".to_vec()].concat();
    let mut sealed = Vec::new();
    subject_key()
        .seal_chunks(&PLACE, &mut plain.as_slice(), &mut sealed, &Constant(5))
        .unwrap();
    assert_eq!(
        hex::encode(sha256(&sealed)),
        "4fef3e978cf8adaad2e924dcdb26f90ed90e39604fc7d059854f16c82b2118c3"
    );
}

#[test]
fn token_hashes() {
    assert_eq!(
        hex::encode(token_hash("abc")),
        "52ca665e32c78bb9b88374b7de4d02c2d2d4a46c508e3185964960b82eb152da"
    );
}
