//! Mail by a real SMTP exchange: the confirmation arrives at a real server, and
//! a server that refuses loses nothing.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use candor_policy::charter::Right;
use stackyard::{ALONE, SHARING};

use crate::world::{PATIENCE, World, python};

/// Python's aiosmtpd, which speaks the protocol and writes what it takes.
struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    fn start(folder: &Path, refuse: &[&str]) -> Option<Self> {
        let python = python()?;
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/tools/smtp_sink.py"
        );
        let mut command = Command::new(python);
        command
            .arg(script)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for address in refuse {
            command.args(["--refuse", address]);
        }
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().strip_prefix("PORT ").unwrap().parse().unwrap();
        Some(Self { child, port })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_travels_by_smtp_and_a_refusing_server_loses_nothing() {
    let world = World::new(20).await;
    let inbox = world.path("inbox");
    std::fs::create_dir(&inbox).unwrap();
    let Some(sink) = Sink::start(&inbox, &[SHARING.email]) else {
        return;
    };
    let service = world.service().await;
    service.file(Right::Access, ALONE.email).await.unwrap();
    service.file(Right::Access, SHARING.email).await.unwrap();
    let address = format!("smtp://127.0.0.1:{}", sink.port);
    let _server = world.serve(&["--mail", &address]);

    let taken = arrived(&inbox).await;
    let mail = mailparse::parse_mail(&taken).unwrap();
    assert!(String::from_utf8_lossy(&taken).contains(&format!("X-Envelope-To: {}", ALONE.email)));
    assert!(mail.get_body().unwrap().contains("/requests/confirm/"));

    let start = Instant::now();
    while service.system().await.unwrap().queue.failing == 0 {
        assert!(
            start.elapsed() < PATIENCE,
            "the refused mail is not in the queue"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn arrived(inbox: &Path) -> Vec<u8> {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let first = inbox.join("0001.eml");
        if first.exists() {
            return std::fs::read(first).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mail arrived by SMTP")
}
