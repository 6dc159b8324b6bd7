//! What a wrap keeps, and everything it refuses.

use super::*;
use crate::entropy::{NoEntropy, SeededEntropy};

fn root(seed: u64) -> RootKey {
    RootKey::generate(&SeededEntropy::new(seed)).unwrap()
}

#[test]
fn a_wrapped_key_comes_back_under_its_root_and_label_only() {
    let entropy = SeededEntropy::new(1);
    let key = SubjectKey::generate(&entropy).unwrap();
    let wrapped = root(2).wrap(&key, "subject-1", &entropy).unwrap();
    assert_eq!(
        root(2)
            .unwrap(&wrapped, "subject-1")
            .unwrap()
            .secret
            .expose(),
        key.secret.expose()
    );
    assert_eq!(
        root(2).unwrap(&wrapped, "subject-2").unwrap_err(),
        KeyError::Refused
    );
    let other = root(3);
    assert_eq!(
        other.unwrap(&wrapped, "subject-1").unwrap_err(),
        KeyError::OtherRoot {
            found: root(2).id(),
            expected: other.id()
        }
    );
}

#[test]
fn every_flipped_byte_is_refused() {
    let entropy = SeededEntropy::new(1);
    let key = SubjectKey::generate(&entropy).unwrap();
    let bytes = root(2).wrap(&key, "s", &entropy).unwrap().to_bytes();
    assert_eq!(bytes.len(), WRAPPED_KEY_BYTES);
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        let opened = WrappedKey::from_bytes(&bad).and_then(|w| root(2).unwrap(&w, "s"));
        assert!(opened.is_err(), "byte {at}");
    }
    assert_eq!(
        WrappedKey::from_bytes(&bytes[..120]),
        Err(KeyError::Malformed)
    );
    assert_eq!(
        WrappedKey::from_bytes(&[bytes.as_slice(), &[0]].concat()),
        Err(KeyError::Malformed)
    );
}

/// A wrong root with a colliding id must be caught by the commitment, before
/// AES-GCM (which does not commit) is asked.
#[test]
fn the_commitment_binds_the_root() {
    let entropy = SeededEntropy::new(1);
    let key = SubjectKey::generate(&entropy).unwrap();
    let mut wrapped = root(2).wrap(&key, "s", &entropy).unwrap();
    wrapped.root = root(3).id();
    assert_eq!(
        root(3).unwrap(&wrapped, "s").unwrap_err(),
        KeyError::Refused
    );
    wrapped = root(2).wrap(&key, "s", &entropy).unwrap();
    wrapped.commitment = *root(3)
        .0
        .secret()
        .derive(WRAP_COMMITMENT, &wrapped.nonce)
        .expose();
    assert_eq!(
        root(2).unwrap(&wrapped, "s").unwrap_err(),
        KeyError::Refused
    );
}

#[test]
fn root_keys_are_checked_and_named() {
    assert_eq!(RootKey::from_bytes(&[0; 32]).unwrap_err(), KeyError::Zero);
    assert_eq!(
        RootKey::from_bytes(&[1; 31]).unwrap_err(),
        KeyError::Length { found: 31 }
    );
    assert!(matches!(
        RootKey::generate(&NoEntropy),
        Err(KeyError::Entropy(_))
    ));
    let key = RootKey::from_bytes(&[1; 32]).unwrap();
    assert_eq!(key.expose(), &[1; 32]);
    // Python: hmac.new(b"\1"*32, b"candor/v1/root-key-id\0", "sha256").hexdigest()[:16]
    assert_eq!(key.id().to_string(), "fffec428731900af");
    assert_eq!(format!("{key:?}"), "RootKey(fffec428731900af)");
}

#[test]
fn blind_indexes_depend_on_root_label_and_value() {
    let key = RootKey::from_bytes(&[1; 32]).unwrap();
    let index = key.blind_index("identity/email", b"ada@example.org");
    // Python: inner = hmac(b"\1"*32, b"candor/v1/blind-index\0");
    // hmac(inner, b"index\0" + (14).to_bytes(8) + b"identity/email" + b"ada@example.org")
    assert_eq!(
        hex::encode(index),
        "d61c7fbaa9583167a7bb991dd17410e008ca74e2e74c1e332ccb0ebe0ca0a75e"
    );
    assert_ne!(index, key.blind_index("identity/phone", b"ada@example.org"));
    assert_ne!(index, key.blind_index("identity/email", b"bob@example.org"));
    assert_ne!(
        index,
        root(1).blind_index("identity/email", b"ada@example.org")
    );
    assert_ne!(key.blind_index("ab", b"c"), key.blind_index("a", b"bc"));
}

#[test]
fn the_stored_form_survives_serde_and_the_key_is_not_shown() {
    let entropy = SeededEntropy::new(1);
    let key = SubjectKey::generate(&entropy).unwrap();
    let wrapped = root(2).wrap(&key, "s", &entropy).unwrap();
    let json = serde_json::to_string(&wrapped).unwrap();
    assert_eq!(serde_json::from_str::<WrappedKey>(&json).unwrap(), wrapped);
    assert!(!format!("{key:?}").contains(&hex::encode(key.secret.expose())));
}
