//! What visitors meet at an address, against servers with every fault there is:
//! certificates made here, servers of OpenSSL's and of this library, one web
//! server that sends visitors wherever it is told to.

use std::net::{Ipv4Addr, TcpListener as Listener};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use candor_connect::transport::{Place, TransportError, Trust};
use candor_domain::check::TransportFinding;
use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, SupportedProtocolVersion, version};

/// Both.
const NEW: [&SupportedProtocolVersion; 2] = [&version::TLS13, &version::TLS12];
const STRICT: &str = "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

/// An authority, and a certificate for `localhost` that it signed, which ends in
/// ninety days.
struct Made {
    folder: tempfile::TempDir,
}

impl Made {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Self { folder };
        let key = ["-newkey", "rsa:2048", "-nodes", "-sha256"];
        let authority = ["req", "-x509", "-days", "90", "-subj", "/CN=Authority"];
        let authority = [
            &authority[..],
            &key,
            &["-keyout", "ca.key", "-out", "ca.pem"],
        ];
        made.openssl(&authority.concat());
        let own = ["req", "-subj", "/CN=localhost"];
        made.openssl(&[&own[..], &key, &["-keyout", "own.key", "-out", "own.csr"]].concat());
        std::fs::write(made.path("names"), "subjectAltName=DNS:localhost").unwrap();
        made.openssl(&[
            "x509",
            "-req",
            "-in",
            "own.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "90",
            "-sha256",
            "-extfile",
            "names",
            "-out",
            "own.pem",
        ]);
        made
    }

    fn openssl(&self, words: &[&str]) {
        let done = Command::new("openssl")
            .args(words)
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{words:?}: {said}");
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn trust(&self) -> Trust {
        let root = CertificateDer::from_pem_file(self.path("ca.pem")).unwrap();
        Trust::only(vec![root.to_vec()]).unwrap()
    }

    /// A web server that speaks these versions and answers this.
    async fn serve(&self, versions: &[&'static SupportedProtocolVersion], answer: String) -> u16 {
        let own = CertificateDer::from_pem_file(self.path("own.pem")).unwrap();
        let key = PrivateKeyDer::from_pem_file(self.path("own.key")).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![own], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        port
    }

    /// OpenSSL's own server, which still speaks what nobody should.
    fn serve_old(&self, versions: &[&str]) -> (u16, Running) {
        let port = closed();
        let child = Command::new("openssl")
            .args(["s_server", "-accept", &format!("127.0.0.1:{port}"), "-www"])
            .args(["-cert", "own.pem", "-key", "own.key"])
            .args(["-cipher", "ALL:@SECLEVEL=0"])
            .args(versions)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let running = Running(child);
        for _ in 0..100 {
            if std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        (port, running)
    }
}

/// A port at which nobody listens.
fn closed() -> u16 {
    let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An unencrypted web server; `PORT` stands for its own.
async fn serve_plain(answer: &str) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = answer.replace("PORT", &port.to_string());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    port
}

fn page(more: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{more}Content-Length: 0\r\n\r\n")
}

fn elsewhere(location: &str) -> String {
    format!("HTTP/1.1 301 Moved Permanently\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")
}

#[expect(
    clippy::disallowed_methods,
    reason = "certificates are made for the time that it is"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

async fn look(port: u16, trust: &Trust) -> TransportFinding {
    let place = Place::read(&format!("localhost:{port}")).unwrap();
    place.look("1.2", trust, now()).await.unwrap()
}

#[tokio::test]
async fn what_is_well_is_found_well() {
    let made = Made::new();
    let port = made.serve(&NEW, page(STRICT)).await;
    let plain = serve_plain(&elsewhere("https://localhost/")).await;
    let place = Place::read(&format!("localhost:{port}")).unwrap();
    let found = place
        .with_plain_port(plain)
        .look("1.2", &made.trust(), now())
        .await
        .unwrap();
    let expires = found.expires.unwrap().duration_since(now());
    assert!(
        (89..=90).contains(&expires.as_hours().div_euclid(24)),
        "{expires}"
    );
    let well = TransportFinding {
        version: Some("1.3".to_owned()),
        expires: found.expires,
        hsts: Some(31_536_000),
        ..TransportFinding::default()
    };
    assert_eq!(found, well);
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_is_told() {
    let made = Made::new();
    let port = made.serve(&NEW, page(STRICT)).await;
    let place = Place::read(&format!("localhost:{port}")).unwrap();
    let wrong = async |place: &Place, trust: &Trust, at: Timestamp| {
        let found = place.look("1.2", trust, at).await.unwrap();
        found.certificate.unwrap_or_default()
    };
    let day = SignedDuration::from_hours(24);
    let trust = made.trust();
    let later = wrong(&place, &trust, now() + day * 91).await;
    assert_eq!(later, "its certificate has expired");
    let before = wrong(&place, &trust, now() - day).await;
    assert_eq!(before, "its certificate is not valid yet");
    let other = Place::read(&format!("127.0.0.1:{port}")).unwrap();
    assert_eq!(
        wrong(&other, &trust, now()).await,
        "its certificate is for another name"
    );
    // As of one that signed itself.
    let unknown = wrong(&place, &Trust::default(), now()).await;
    assert_eq!(
        unknown,
        "its certificate is signed by nobody whom browsers trust"
    );
    assert_eq!(wrong(&place, &trust, now()).await, "");
}

#[tokio::test]
async fn versions_older_than_promised_are_found() {
    let made = Made::new();
    let trust = made.trust();
    // Nothing else is spoken.
    let (port, _only) = made.serve_old(&["-tls1_1"]);
    let found = look(port, &trust).await;
    assert_eq!((found.version, found.older.as_deref()), (None, Some("1.1")));
    // Spoken beside what is safe: no browser of today notices.
    let (port, _all) = made.serve_old(&["-min_protocol", "TLSv1"]);
    let found = look(port, &trust).await;
    assert_eq!(found.version.as_deref(), Some("1.3"));
    assert_eq!(found.older.as_deref(), Some("1.1"));
    assert_eq!(found.certificate, None);
    let (port, _new) = made.serve_old(&["-no_tls1", "-no_tls1_1"]);
    assert_eq!(look(port, &trust).await.older, None);
    // Where more is promised, that one is old.
    let place = Place::read(&format!("localhost:{port}")).unwrap();
    let found = place.look("1.3", &trust, now()).await.unwrap();
    assert_eq!(found.older.as_deref(), Some("1.2"));
    let port = made.serve(&[&version::TLS13], page(STRICT)).await;
    let place = Place::read(&format!("localhost:{port}")).unwrap();
    let found = place.look("1.3", &trust, now()).await.unwrap();
    assert_eq!((found.version.as_deref(), found.older), (Some("1.3"), None));
}

#[tokio::test]
async fn visitors_who_come_unencrypted_are_followed() {
    let made = Made::new();
    let trust = made.trust();
    let port = made.serve(&NEW, page(STRICT)).await;
    for (answer, wrong) in [
        (elsewhere("https://localhost/"), None),
        (page(""), Some("without sending on")),
        (elsewhere("http://localhost:PORT/again"), Some("on and on")),
        (elsewhere("/again"), Some("on and on")),
        (elsewhere("http://other.example/"), Some("page elsewhere")),
        (
            "SSH-2.0-server\r\n\r\n".to_owned(),
            Some("not as the web does"),
        ),
    ] {
        let place = Place::read(&format!("localhost:{port}")).unwrap();
        let place = place.with_plain_port(serve_plain(&answer).await);
        let found = place.look("1.2", &trust, now()).await.unwrap().unencrypted;
        match wrong {
            None => assert_eq!(found, None, "{answer}"),
            Some(wrong) => assert!(
                found.clone().is_some_and(|found| found.contains(wrong)),
                "{found:?}"
            ),
        }
    }
    // Back from where it is safe to where it is not.
    let back = made.serve(&NEW, elsewhere("http://localhost/")).await;
    let found = look(back, &trust).await.unencrypted.unwrap();
    assert!(found.contains("send on to unencrypted ones"), "{found}");
    // Nobody listens there.
    let place = Place::read(&format!("localhost:{port}")).unwrap();
    let found = place
        .with_plain_port(closed())
        .look("1.2", &trust, now())
        .await;
    assert_eq!(found.unwrap().unencrypted, None);
}

#[tokio::test]
async fn browsers_are_told_to_come_encrypted_or_not() {
    let made = Made::new();
    let trust = made.trust();
    for (header, told) in [
        (STRICT, Some(31_536_000)),
        (
            "strict-transport-security: includeSubDomains; MAX-AGE=\"60\"\r\n",
            Some(60),
        ),
        ("Strict-Transport-Security: max-age=0\r\n", None),
        ("Strict-Transport-Security: forever\r\n", None),
        ("", None),
    ] {
        let port = made.serve(&NEW, page(header)).await;
        assert_eq!(look(port, &trust).await.hsts, told, "{header}");
    }
}

#[tokio::test]
async fn where_nobody_answers_nothing_is_said() {
    let place = Place::read(&format!("localhost:{}", closed())).unwrap();
    let looked = place.look("1.2", &Trust::default(), now()).await;
    assert_eq!(
        looked,
        Err(TransportError::Unreachable(
            "localhost".to_owned(),
            "no connection"
        ))
    );
    for text in ["", "two words", "host:port", "https://company.example"] {
        let read = Place::read(text);
        assert_eq!(read, Err(TransportError::Malformed(text.to_owned())));
    }
}
