//! The key pair, its certificate and the signature were made with OpenSSL.

use super::*;

const CERTIFICATE: &str = include_str!("tests/certificate.pem");
const KEY: &[u8] = include_bytes!("tests/key.pem");
const OTHER_KEY: &[u8] = include_bytes!("tests/other_key.pem");
const ED25519_KEY: &[u8] = include_bytes!("tests/ed25519_key.pem");
/// Of [`BODY`], by `openssl dgst -sha256 -sign`.
const SIGNATURE: &str = include_str!("tests/signature.txt");
const BODY: &[u8] = b"{\"request_status\":\"pending\"}";

#[test]
fn it_signs_as_openssl_does() {
    let key = CertifiedKey::from_pem(CERTIFICATE, KEY, "privacy.example").unwrap();
    assert_eq!(key.sign(BODY).unwrap(), SIGNATURE.trim());
    assert_ne!(key.sign(b"{}").unwrap(), SIGNATURE.trim());
    assert_eq!(key.certificate(), CERTIFICATE);
    assert_eq!(format!("{key:?}"), "CertifiedKey(..)");
}

#[test]
fn what_others_could_not_verify_is_refused() {
    for (certificate, key, domain, why) in [
        ("", KEY, "privacy.example", CertifiedError::Certificate),
        (
            CERTIFICATE,
            b"".as_slice(),
            "privacy.example",
            CertifiedError::Key,
        ),
        (
            CERTIFICATE,
            ED25519_KEY,
            "privacy.example",
            CertifiedError::Key,
        ),
        (
            CERTIFICATE,
            OTHER_KEY,
            "privacy.example",
            CertifiedError::Mismatch,
        ),
        (CERTIFICATE, KEY, "other.example", CertifiedError::Domain),
        (CERTIFICATE, KEY, "", CertifiedError::Domain),
    ] {
        let made = CertifiedKey::from_pem(certificate, key, domain).map(|_| ());
        assert_eq!(made, Err(why), "{domain}");
    }
}
