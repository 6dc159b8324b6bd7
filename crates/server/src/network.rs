//! Where an HTTP request comes from: the address of the connection or, behind a proxy
//! that the operator declared, the one it names. INVARIANT: `X-Forwarded-For` counts
//! only as far as declared proxies wrote it; anybody else may write anything there.
//! Refuses to keep addresses: callers get a network's prefix, and forget it.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use thiserror::Error;

/// What proxies write.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Addresses of that header that are looked at, from the nearest.
const HOPS_MAX: usize = 16;
/// Bits of an IPv4 address that name a network: a /24 is the smallest block that is
/// routed by itself, and so the least that one holder can hop about in.
const IPV4_BITS: u8 = 24;
/// Bits of an IPv6 address that name a network: a /56 is what providers give to one
/// household (RIPE-690), which may take any of its 256 networks of /64 at will.
const IPV6_BITS: u8 = 56;

/// A network, such as `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// A text that names no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write it as `10.0.0.0/8`, `2001:db8::/32` or `192.0.2.7`")]
pub struct NetworkError;

impl FromStr for Network {
    type Err = NetworkError;
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits
            .map_or(Ok(most), str::parse)
            .map_err(|_| NetworkError)?;
        match bits <= most {
            true => Ok(Self { address, bits }),
            false => Err(NetworkError),
        }
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let same_kind = self.address.is_ipv4() == address.is_ipv4();
        same_kind && masked(self.address, self.bits) == masked(address, self.bits)
    }
}

/// Who is at the other end, as an extension of the HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Visitor(pub(crate) IpAddr);

impl Visitor {
    /// The network they come from: all of its addresses are one visitor.
    pub(crate) fn prefix(self) -> [u8; 17] {
        let (kind, bits) = match self.0 {
            IpAddr::V4(_) => (4, IPV4_BITS),
            IpAddr::V6(_) => (6, IPV6_BITS),
        };
        let mut prefix = [kind; 17];
        let network = masked(self.0, bits).to_be_bytes();
        prefix
            .iter_mut()
            .skip(1)
            .zip(network)
            .for_each(|(to, from)| *to = from);
        prefix
    }
}

/// Notes who is at the other end.
pub(crate) async fn note(
    State(proxies): State<Arc<[Network]>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let visitor = visitor(peer.ip(), request.headers(), &proxies);
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

/// Goes back from the connection as long as it is one of our proxies that speaks.
fn visitor(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> Visitor {
    let mut nearest = peer.to_canonical();
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    for hop in hops.take(HOPS_MAX) {
        if !proxies.iter().any(|proxy| proxy.contains(nearest)) {
            break;
        }
        match address(hop.trim()) {
            Some(address) => nearest = address.to_canonical(),
            None => break,
        }
    }
    Visitor(nearest)
}

/// An address with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let bare = bare.unwrap_or(text).parse();
    bare.ok()
        .or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
}

/// The first bits of an address, those of IPv4 at the end.
fn masked(address: IpAddr, bits: u8) -> u128 {
    let (value, most) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let dropped = u32::from(most - bits.min(most));
    value.checked_shr(dropped).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, header: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in header {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let proxies: Vec<Network> = proxies.iter().map(|one| one.parse().unwrap()).collect();
        visitor(peer.parse().unwrap(), &headers, &proxies)
            .0
            .to_string()
    }

    #[test]
    fn a_header_counts_only_as_far_as_declared_proxies_wrote_it() {
        let forged = ["203.0.113.9"];
        assert_eq!(seen("198.51.100.1", &forged, &[]), "198.51.100.1");
        assert_eq!(
            seen("198.51.100.1", &forged, &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(seen("10.1.2.3", &forged, &["10.0.0.0/8"]), "203.0.113.9");
        // What the visitor wrote stands further left.
        let two = ["1.2.3.4, 203.0.113.9, 10.9.9.9"];
        assert_eq!(seen("10.1.2.3", &two, &["10.0.0.0/8"]), "203.0.113.9");
        let lines = ["1.2.3.4", "203.0.113.9:4711", "10.9.9.9"];
        assert_eq!(seen("10.1.2.3", &lines, &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen("::1", &["[2001:db8::7]:80"], &["::1"]), "2001:db8::7");
        assert_eq!(
            seen("::ffff:10.1.2.3", &forged, &["10.0.0.0/8"]),
            "203.0.113.9"
        );
        for wrong in ["", "unknown", "a, b"] {
            assert_eq!(seen("10.1.2.3", &[wrong], &["10.0.0.0/8"]), "10.1.2.3");
        }
    }

    #[test]
    fn a_network_is_one_visitor() {
        let prefix = |text: &str| Visitor(text.parse().unwrap()).prefix();
        assert_eq!(prefix("203.0.113.1"), prefix("203.0.113.250"));
        assert_ne!(prefix("203.0.113.1"), prefix("203.0.114.1"));
        assert_eq!(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:fe::9"));
        assert_ne!(prefix("2001:db8:1:2::1"), prefix("2001:db8:1:102::1"));
        // No IPv4 network is an IPv6 one.
        assert_ne!(prefix("0.0.0.1"), prefix("::1"));
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("203.0.113.1".parse().unwrap()));
        assert!(!all.contains("::1".parse().unwrap()));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "a.example", "::/129", "::/x"] {
            assert_eq!(wrong.parse::<Network>(), Err(NetworkError), "{wrong}");
        }
    }
}
