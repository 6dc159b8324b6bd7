//! Takes whichever certificate is shown, and remembers what a browser would have
//! said of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::{Trust, certificate};

/// What was shown.
#[derive(Clone, Debug, Default)]
pub(super) struct Shows {
    /// What is wrong with it, in words.
    pub(super) wrong: Option<String>,
    pub(super) expires: Option<Timestamp>,
}

#[derive(Debug)]
pub(super) struct Shown {
    provider: Arc<CryptoProvider>,
    /// `None` where nobody is trusted.
    judge: Option<Arc<WebPkiServerVerifier>>,
    now: UnixTime,
    shows: Mutex<Shows>,
}

impl Shown {
    pub(super) fn new(Trust(roots): &Trust, now: Timestamp) -> Arc<Self> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let judge =
            WebPkiServerVerifier::builder_with_provider(Arc::clone(roots), Arc::clone(&provider));
        let now = u64::try_from(now.as_second()).unwrap_or_default();
        Arc::new(Self {
            provider,
            judge: judge.build().ok(),
            now: UnixTime::since_unix_epoch(Duration::from_secs(now)),
            shows: Mutex::default(),
        })
    }

    pub(super) fn provider(&self) -> Arc<CryptoProvider> {
        Arc::clone(&self.provider)
    }

    pub(super) fn shows(&self) -> Shows {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Shows> {
        self.shows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Shown {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let wrong = match &self.judge {
            None => Some("nobody is trusted here".to_owned()),
            Some(judge) => {
                let judged = judge.verify_server_cert(own, between, name, stapled, self.now);
                judged.err().map(|error| words(&error).to_owned())
            }
        };
        *self.lock() = Shows {
            wrong,
            expires: certificate::expires(own),
        };
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match &self.judge {
            Some(judge) => judge.verify_tls12_signature(message, own, signed),
            None => Err(Error::General("nobody is trusted".to_owned())),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match &self.judge {
            Some(judge) => judge.verify_tls13_signature(message, own, signed),
            None => Err(Error::General("nobody is trusted".to_owned())),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// What a browser would say.
const fn words(error: &Error) -> &'static str {
    match error {
        Error::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => "its certificate has expired",
        Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => "its certificate is not valid yet",
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "its certificate is for another name",
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate is signed by nobody whom browsers trust"
        }
        Error::InvalidCertificate(CertificateError::Revoked) => "its certificate is revoked",
        _ => "its certificate does not hold",
    }
}
