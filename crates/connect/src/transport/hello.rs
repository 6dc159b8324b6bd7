//! The first message of a handshake as an old client sends it, written by hand:
//! no library here speaks versions that should not be spoken. Nothing follows it.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A version of TLS.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) name: &'static str,
    /// Its second byte in messages; the first is 3.
    minor: u8,
}

/// Those before the newest, in order.
pub(super) const VERSIONS: [Version; 3] = [
    Version {
        name: "1.0",
        minor: 1,
    },
    Version {
        name: "1.1",
        minor: 2,
    },
    Version {
        name: "1.2",
        minor: 3,
    },
];

/// Suites that servers of these versions have: with forward secrecy and without,
/// for each kind of key.
const SUITES: [u16; 12] = [
    0xc02f, 0xc030, 0xc02b, 0xc02c, 0xc013, 0xc014, 0xc009, 0xc00a, 0x002f, 0x0035, 0x009c, 0x000a,
];
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const MAJOR: u8 = 3;

/// Whether the other side takes a client that speaks no newer version.
pub(super) async fn speaks(stream: &mut TcpStream, host: &str, version: &Version) -> bool {
    if stream.write_all(&hello(host, version)).await.is_err() {
        return false;
    }
    // A record's head, a message's head, and the version that it chooses.
    let mut answer = [0_u8; 11];
    if stream.read_exact(&mut answer).await.is_err() {
        return false;
    }
    let [kind, _, _, _, _, message, _, _, _, major, minor] = answer;
    (kind, message, major, minor) == (HANDSHAKE, SERVER_HELLO, MAJOR, version.minor)
}

/// A record with one message.
fn hello(host: &str, version: &Version) -> Vec<u8> {
    let mut body = vec![MAJOR, version.minor];
    // What is random elsewhere protects a secret; there is none.
    body.extend([0x5a; 32]);
    body.push(0);
    let suites: Vec<u8> = SUITES
        .iter()
        .flat_map(|suite| suite.to_be_bytes())
        .collect();
    body.extend(with_length(&suites));
    // No compression.
    body.extend([1, 0]);
    body.extend(with_length(&extensions(host)));
    let length = u32::try_from(body.len()).unwrap_or_default().to_be_bytes();
    let mut message = vec![CLIENT_HELLO];
    message.extend(length.iter().skip(1));
    message.extend(body);
    let mut record = vec![HANDSHAKE, MAJOR, 1];
    record.extend(with_length(&message));
    record
}

/// The host's name, the curves, how points and signatures are written (RFC 6066,
/// 8422, 5246).
fn extensions(host: &str) -> Vec<u8> {
    let mut name = vec![0];
    name.extend(with_length(host.as_bytes()));
    let mut all = Vec::new();
    let mut add = |kind: u16, content: Vec<u8>| {
        all.extend(kind.to_be_bytes());
        all.extend(with_length(&content));
    };
    add(0, with_length(&name));
    add(10, with_length(&[0, 23, 0, 24, 0, 29]));
    add(11, vec![1, 0]);
    add(
        13,
        with_length(&[4, 1, 4, 3, 5, 1, 5, 3, 8, 4, 8, 5, 2, 1, 2, 3]),
    );
    all
}

/// Two bytes of length, and what is that long.
fn with_length(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or_default();
    let mut all = length.to_be_bytes().to_vec();
    all.extend(content);
    all
}
