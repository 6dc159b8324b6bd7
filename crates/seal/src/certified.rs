//! Signatures under a certificate, as OpenDSR 2.0 has a processor sign what it
//! says: RSA with PKCS #1 v1.5 and SHA-256 (FIPS 186-4), in base64. Refuses a key
//! that is not the certificate's and a certificate that is not the domain's, so
//! that nothing is signed which the other side could not verify.

use std::fmt;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use webpki::EndEntityCert;
use webpki::aws_lc_rs::RSA_PKCS1_2048_8192_SHA256;

/// What both are asked before they are used.
const PROBE: &[u8] = b"candor/v1/certified";

/// A private key with the certificate that others verify its signatures by.
pub struct CertifiedKey {
    pair: RsaKeyPair,
    certificate: String,
}

/// A key that can't sign for a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertifiedError {
    /// No certificate in PEM.
    #[error("no certificate in PEM")]
    Certificate,
    /// No private key for RSA in PEM.
    #[error("no RSA private key of 2,048 to 8,192 bits in PEM")]
    Key,
    /// The certificate belongs to another key.
    #[error("the certificate is not the key's")]
    Mismatch,
    /// The certificate belongs to another domain.
    #[error("the certificate is not the domain's")]
    Domain,
}

impl CertifiedKey {
    /// A key and its certificate for a domain, from PEM. Where the text holds a
    /// chain, the first certificate counts.
    ///
    /// # Errors
    /// A [`CertifiedError`].
    pub fn from_pem(certificate: &str, key: &[u8], domain: &str) -> Result<Self, CertifiedError> {
        let pair = pair(key).ok_or(CertifiedError::Key)?;
        let first = CertificateDer::from_pem_slice(certificate.as_bytes());
        let first = first.map_err(|_| CertifiedError::Certificate)?;
        let entity = EndEntityCert::try_from(&first).map_err(|_| CertifiedError::Certificate)?;
        let certified = Self {
            certificate: certificate.to_owned(),
            pair,
        };
        let signature = certified.signature(PROBE).ok_or(CertifiedError::Key)?;
        entity
            .verify_signature(RSA_PKCS1_2048_8192_SHA256, PROBE, &signature)
            .map_err(|_| CertifiedError::Mismatch)?;
        let name = ServerName::try_from(domain).map_err(|_| CertifiedError::Domain)?;
        entity
            .verify_is_valid_for_subject_name(&name)
            .map_err(|_| CertifiedError::Domain)?;
        Ok(certified)
    }

    /// The signature of a body, in base64 without line ends. `None` where the
    /// library fails.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> Option<String> {
        Some(STANDARD.encode(self.signature(body)?))
    }

    /// The certificate, as it was given.
    #[must_use]
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    fn signature(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        // This padding is deterministic: the random bytes are not used.
        let random = SystemRandom::new();
        let signed = self
            .pair
            .sign(&RSA_PKCS1_SHA256, &random, body, &mut signature);
        signed.is_ok().then_some(signature)
    }
}

impl fmt::Debug for CertifiedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CertifiedKey(..)")
    }
}

fn pair(pem: &[u8]) -> Option<RsaKeyPair> {
    match PrivateKeyDer::from_pem_slice(pem).ok()? {
        PrivateKeyDer::Pkcs8(key) => RsaKeyPair::from_pkcs8(key.secret_pkcs8_der()).ok(),
        PrivateKeyDer::Pkcs1(key) => RsaKeyPair::from_der(key.secret_pkcs1_der()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
