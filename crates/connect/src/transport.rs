//! Looks at an address as any visitor's browser would: which versions of TLS are
//! spoken there, whose certificate is shown and until when, whether who comes
//! unencrypted is sent on to where nobody listens, and whether browsers are told
//! to come encrypted from the start. Invariant: nothing of anybody's is sent, so
//! that a certificate that doesn't hold is looked at and not refused.

use std::sync::Arc;
use std::time::Duration;

use candor_domain::check::TransportFinding;
use jiff::Timestamp;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{
    ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version,
};

mod certificate;
mod hello;
mod shown;

use shown::{Shown, Shows};

/// Patience for each connection, and for each answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most of an answer's head that is read.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// Addresses that one visitor is sent through.
const REDIRECTS_MAX: usize = 5;
/// Where browsers go by themselves.
const PLAIN_PORT: u16 = 80;
const PORT: u16 = 443;

/// A place where visitors connect: `portal.stackyard.example`, or with a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    host: String,
    port: u16,
    /// Where those come who say nothing of encryption; `None` where nobody does.
    plain_port: Option<u16>,
}

/// Whom certificates are trusted from.
#[derive(Clone, Debug)]
pub struct Trust(Arc<RootCertStore>);

/// Why nothing was seen.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TransportError {
    /// It is no host with or without a port.
    #[error("`{0}` is no host name")]
    Malformed(String),
    /// Nobody answers there.
    #[error("`{0}` cannot be reached: {1}")]
    Unreachable(String, &'static str),
}

impl Default for Trust {
    /// Those that browsers trust.
    fn default() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
        Self(Arc::new(roots.collect()))
    }
}

impl Trust {
    /// Certificates that are signed by one of these alone, each as DER.
    ///
    /// # Errors
    ///
    /// [`TransportError::Malformed`] of what is none.
    pub fn only(roots: Vec<Vec<u8>>) -> Result<Self, TransportError> {
        let mut store = RootCertStore::empty();
        for root in roots {
            let added = store.add(root.into());
            added.map_err(|_| TransportError::Malformed("a certificate".to_owned()))?;
        }
        Ok(Self(Arc::new(store)))
    }
}

impl Place {
    /// Reads a declared address. One that names a port is not looked at
    /// unencrypted: nobody's browser goes there by itself.
    ///
    /// # Errors
    ///
    /// [`TransportError::Malformed`].
    pub fn read(text: &str) -> Result<Self, TransportError> {
        let malformed = || TransportError::Malformed(text.to_owned());
        let (host, port) = match text.split_once(':') {
            None => (text, None),
            Some((host, port)) => (host, Some(port.parse().map_err(|_| malformed())?)),
        };
        ServerName::try_from(host).map_err(|_| malformed())?;
        Ok(Self {
            host: host.to_owned(),
            port: port.unwrap_or(PORT),
            plain_port: port.is_none().then_some(PLAIN_PORT),
        })
    }

    /// The same, with another port for those who come unencrypted.
    #[must_use]
    pub fn with_plain_port(mut self, port: u16) -> Self {
        self.plain_port = Some(port);
        self
    }

    /// What a visitor meets there who was promised this version of TLS, `1.2` or
    /// `1.3`, at this moment.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] if nobody answers.
    pub async fn look(
        &self,
        oldest: &str,
        trust: &Trust,
        now: Timestamp,
    ) -> Result<TransportFinding, TransportError> {
        let mut found = TransportFinding {
            older: self.older(oldest).await?,
            ..TransportFinding::default()
        };
        let shown = Shown::new(trust, now);
        if let Some(mut stream) = self.encrypted(&shown).await? {
            found.version = stream.get_ref().1.protocol_version().and_then(named);
            let head = head(&mut stream, &self.host, "/").await;
            found.hsts = head.as_ref().and_then(Head::hsts);
            let location = head.and_then(|head| head.location);
            if location.is_some_and(|location| location.starts_with("http://")) {
                found.unencrypted =
                    Some("its encrypted pages send on to unencrypted ones".to_owned());
            }
        }
        let Shows { wrong, expires } = shown.shows();
        found.certificate = wrong;
        found.expires = expires;
        if found.unencrypted.is_none() {
            found.unencrypted = self.unencrypted().await;
        }
        Ok(found)
    }

    /// A version that is older than promised and answered all the same.
    async fn older(&self, oldest: &str) -> Result<Option<String>, TransportError> {
        for version in hello::VERSIONS.iter().rev() {
            if version.name >= oldest {
                continue;
            }
            let mut stream = self.connect(self.port).await?;
            let answered = timeout(PATIENCE, hello::speaks(&mut stream, &self.host, version));
            if answered.await.unwrap_or(false) {
                return Ok(Some(version.name.to_owned()));
            }
        }
        Ok(None)
    }

    /// A connection, whoever shows whichever certificate there; `None` where no
    /// version is spoken that is safe.
    async fn encrypted(
        &self,
        shown: &Arc<Shown>,
    ) -> Result<Option<TlsStream<TcpStream>>, TransportError> {
        let stream = self.connect(self.port).await?;
        let Ok(name) = ServerName::try_from(self.host.clone()) else {
            return Err(TransportError::Malformed(self.host.clone()));
        };
        let Some(config) = config(shown) else {
            return Err(self.unreachable("no encryption here"));
        };
        let connected = TlsConnector::from(config).connect(name, stream);
        match timeout(PATIENCE, connected).await {
            Err(_) => Err(self.unreachable("no answer in time")),
            Ok(connected) => Ok(connected.ok()),
        }
    }

    async fn connect(&self, port: u16) -> Result<TcpStream, TransportError> {
        match timeout(PATIENCE, TcpStream::connect((self.host.as_str(), port))).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(_)) => Err(self.unreachable("no connection")),
            Err(_) => Err(self.unreachable("no answer in time")),
        }
    }

    fn unreachable(&self, why: &'static str) -> TransportError {
        TransportError::Unreachable(self.host.clone(), why)
    }

    /// What is wrong with what becomes of who comes unencrypted; nothing where
    /// nobody answers them.
    async fn unencrypted(&self) -> Option<String> {
        let mut port = self.plain_port?;
        let mut path = "/".to_owned();
        for _ in 0..REDIRECTS_MAX {
            let mut stream = self.connect(port).await.ok()?;
            let Some(head) = head(&mut stream, &self.host, &path).await else {
                return Some("it answers unencrypted, and not as the web does".to_owned());
            };
            let location = head.location.filter(|_| head.redirects);
            let Some(location) = location else {
                return Some("it answers unencrypted, without sending on".to_owned());
            };
            if location.starts_with("https://") {
                return None;
            }
            (port, path) = match self.next(&location, port) {
                Some(next) => next,
                None => return Some("it sends on to an unencrypted page elsewhere".to_owned()),
            };
        }
        Some("it sends on and on, and never to an encrypted page".to_owned())
    }

    /// Port and path of an unencrypted page of the same host.
    fn next(&self, location: &str, port: u16) -> Option<(u16, String)> {
        let Some(rest) = location.strip_prefix("http://") else {
            return Some((port, location.to_owned()));
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.split_once(':') {
            None => (authority, PLAIN_PORT),
            Some((host, port)) => (host, port.parse().ok()?),
        };
        (host == self.host).then(|| (port, format!("/{path}")))
    }
}

fn config(shown: &Arc<Shown>) -> Option<Arc<ClientConfig>> {
    const VERSIONS: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];
    let config = ClientConfig::builder_with_provider(shown.provider())
        .with_protocol_versions(&VERSIONS)
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(shown) as _)
        .with_no_client_auth();
    Some(Arc::new(config))
}

fn named(version: ProtocolVersion) -> Option<String> {
    match version {
        ProtocolVersion::TLSv1_3 => Some("1.3".to_owned()),
        ProtocolVersion::TLSv1_2 => Some("1.2".to_owned()),
        _ => None,
    }
}

/// What an answer begins with.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head {
    redirects: bool,
    location: Option<String>,
    strict: Option<String>,
}

impl Head {
    /// Seconds for which browsers are told to come encrypted.
    fn hsts(&self) -> Option<u64> {
        let parts = self.strict.as_deref()?.split(';');
        let mut ages = parts.filter_map(|part| {
            let (name, value) = part.split_once('=')?;
            let is_age = name.trim().eq_ignore_ascii_case("max-age");
            is_age.then(|| value.trim().trim_matches('"').parse().ok())?
        });
        ages.next().filter(|age| *age > 0)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.split("\r\n");
        let mut status = lines.next()?.split(' ');
        status.next()?.strip_prefix("HTTP/1.")?;
        let status: u16 = status.next()?.parse().ok()?;
        let mut head = Self {
            redirects: (300..400).contains(&status),
            ..Self::default()
        };
        for line in lines {
            let Some((name, value)) = line.split_once(':') else {
                continue;
            };
            let value = || Some(value.trim().to_owned());
            match name.to_ascii_lowercase().as_str() {
                "location" => head.location = value(),
                "strict-transport-security" => head.strict = head.strict.or_else(value),
                _ => {}
            }
        }
        Some(head)
    }
}

/// Asks for a page, and reads how the answer begins.
async fn head<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    host: &str,
    path: &str,
) -> Option<Head> {
    let asked = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: candor\r\nConnection: close\r\n\r\n"
    );
    let exchange = async {
        stream.write_all(asked.as_bytes()).await.ok()?;
        let mut read = Vec::new();
        let mut part = [0_u8; 2048];
        loop {
            let text = String::from_utf8_lossy(&read);
            if let Some((head, _)) = text.split_once("\r\n\r\n") {
                return Head::read(head);
            }
            let count = stream
                .read(&mut part)
                .await
                .ok()
                .filter(|count| *count > 0)?;
            read.extend(part.iter().take(count));
            if read.len() > HEAD_BYTES_MAX {
                return None;
            }
        }
    };
    timeout(PATIENCE, exchange).await.ok().flatten()
}
