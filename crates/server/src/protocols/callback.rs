//! Where a party may be told: the origins that the operator declared for it, and
//! nothing else, so that nobody can make the service call an address of their
//! choice. Refuses addresses that could name a person: they are stored in plain.

use axum::http::Uri;
use candor_connect::http::{self, AddressError};
use serde::Deserialize;

/// Characters of an address.
const ADDRESS_CHARS_MAX: usize = 2_048;

/// Scheme, host and port of an address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

/// Text that is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum OriginError {
    /// Not an address to which anything may be sent.
    #[error("`{0}` is no place to send to: {1}")]
    Address(String, AddressError),
    /// It says more than where.
    #[error("`{0}` must be an origin, as in `https://agent.example`, without a path")]
    Path(String),
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        let address = http::address(&text);
        let address = address.map_err(|error| OriginError::Address(text.clone(), error))?;
        if address.path() != "/" || address.query().is_some() || text.ends_with('/') {
            return Err(OriginError::Path(text));
        }
        Ok(Self::of(&address))
    }
}

impl Origin {
    fn of(address: &Uri) -> Self {
        let scheme = address.scheme_str().unwrap_or_default().to_owned();
        let usual = match scheme.as_str() {
            "https" => Some(443),
            _ => Some(80),
        };
        Self {
            host: address.host().unwrap_or_default().to_ascii_lowercase(),
            port: address.port_u16().or(usual),
            scheme,
        }
    }

    /// Whether a party with these origins may be told at an address.
    pub(super) fn allow(origins: &[Self], text: &str) -> bool {
        let plain = text.len() <= ADDRESS_CHARS_MAX
            && text.is_ascii()
            && !text.contains(['@', '#', '\\'])
            && !text.to_ascii_lowercase().contains("%40");
        match http::address(text) {
            Ok(address) if plain => origins.contains(&Self::of(&address)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(texts: &[&str]) -> Vec<Origin> {
        let origins = texts.iter().map(|text| (*text).to_owned().try_into());
        origins.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn only_declared_origins_are_told() {
        let declared = origins(&["https://agent.example", "http://127.0.0.1:9000"]);
        for good in [
            "https://agent.example/told",
            "https://AGENT.example:443/told?of=1",
            "http://127.0.0.1:9000/x",
        ] {
            assert!(Origin::allow(&declared, good), "{good}");
        }
        for bad in [
            "",
            "/told",
            "http://agent.example/told",
            "https://agent.example:8443/told",
            "https://agent.example.evil.example/told",
            "https://evil.example/https://agent.example",
            "https://agent.example@evil.example/",
            "https://agent.example\\@evil.example/",
            "https://agent.example/told?of=jo@post.example",
            "https://agent.example/told?of=jo%40post.example",
            "https://agent.example/told#x",
            "http://127.0.0.1/x",
            "http://127.0.0.1:9001/x",
            "http://169.254.169.254/latest",
            "http://localhost:9000/x",
            "file:///etc/passwd",
        ] {
            assert!(!Origin::allow(&declared, bad), "{bad}");
        }
        let long = format!("https://agent.example/{}", "a".repeat(ADDRESS_CHARS_MAX));
        assert!(!Origin::allow(&declared, &long));
    }

    #[test]
    fn an_origin_says_where_and_nothing_more() {
        for text in [
            "agent.example",
            "http://agent.example",
            "https://agent.example/",
            "https://agent.example/told",
            "https://agent.example?x",
            "https://a:b@agent.example",
            "",
        ] {
            assert!(Origin::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
