//! Requests over HTTP to what an operator named: encrypted, except on this
//! machine; redirects are not followed. Refuses addresses that hold a password,
//! because addresses are shown.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, RETRY_AFTER};
use hyper::{Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pooled;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use thiserror::Error;

/// A client that keeps its connections.
#[derive(Clone, Debug)]
pub struct Client {
    pooled: Pooled<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

/// An address that nothing is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AddressError {
    /// It is no address.
    #[error("it is no address")]
    Malformed,
    /// What is sent there could be read on the way.
    #[error("it must be an https address, or http on this machine")]
    Unencrypted,
    /// Addresses are shown; a secret in one would be too.
    #[error("it must hold no key and no password")]
    Secret,
}

/// A request without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// Nobody took it.
    #[error("no connection")]
    Unreached,
    /// No answer in time.
    #[error("no answer in time")]
    Late,
    /// The answer ended too early, or is longer than what is read.
    #[error("the answer broke off or is too long")]
    Broken,
}

/// An address that personal data may be sent to.
///
/// # Errors
///
/// An [`AddressError`].
pub fn address(text: &str) -> Result<Uri, AddressError> {
    let address: Uri = text.parse().map_err(|_| AddressError::Malformed)?;
    let host = address.host().ok_or(AddressError::Malformed)?;
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match address.scheme_str() {
        Some("https") => {}
        Some("http") if is_here => {}
        _ => return Err(AddressError::Unencrypted),
    }
    let authority = address.authority();
    if authority.is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(AddressError::Secret);
    }
    Ok(address)
}

impl Default for Client {
    fn default() -> Self {
        let connector = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_http1()
            .build();
        Self {
            pooled: Pooled::builder(TokioExecutor::new()).build(connector),
        }
    }
}

impl Client {
    /// Sends a request; its answer's body is still to be read.
    ///
    /// # Errors
    ///
    /// [`SendError::Unreached`] or [`SendError::Late`].
    pub async fn send(
        &self,
        request: Request<Full<Bytes>>,
        patience: Duration,
    ) -> Result<Response<Incoming>, SendError> {
        let answer = tokio::time::timeout(patience, self.pooled.request(request)).await;
        let answer = answer.map_err(|_| SendError::Late)?;
        answer.map_err(|_| SendError::Unreached)
    }
}

/// A whole body, up to a number of bytes.
///
/// # Errors
///
/// [`SendError::Late`] or [`SendError::Broken`].
pub async fn read(
    body: Incoming,
    bytes_max: usize,
    patience: Duration,
) -> Result<Bytes, SendError> {
    let whole = Limited::new(body, bytes_max).collect();
    let whole = tokio::time::timeout(patience, whole).await;
    let whole = whole.map_err(|_| SendError::Late)?;
    Ok(whole.map_err(|_| SendError::Broken)?.to_bytes())
}

/// The pause that a server asks for, in seconds.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_else_can_read_is_an_address() {
        for good in [
            "https://a.example/x",
            "http://127.0.0.1:80",
            "http://[::1]/",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("", AddressError::Malformed),
            ("/path", AddressError::Malformed),
            ("http://a.example/", AddressError::Unencrypted),
            ("http://127.0.0.1.a.example/", AddressError::Unencrypted),
            ("ftp://a.example/", AddressError::Unencrypted),
            ("https://user:word@a.example/", AddressError::Secret),
        ] {
            assert_eq!(address(bad), Err(why), "{bad}");
        }
    }
}
