//! Mail by a real SMTP exchange: the confirmation arrives at a real server, and
//! a server that refuses loses nothing.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use candor_domain::id::StaffId;
use candor_domain::identity::Identity;
use candor_domain::subject_request::Channel;
use candor_policy::charter::Right;
use candor_server::service::{Filing, Proved, Said};
use candor_server::world::{Clock, World as Outside};
use jiff::{SignedDuration, Timestamp};
use stackyard::{ALONE, SHARING};

use crate::world::{PATIENCE, World, python};

/// Python's aiosmtpd, which speaks the protocol and writes what it takes.
pub(crate) struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    /// Takes mail into a folder, but for some recipients; `answers` beside the
    /// folder may hold others (`RCPT address 452 …`).
    pub(crate) fn start(folder: &Path, refuse: &[&str]) -> Option<Self> {
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
        command
            .arg("--answers")
            .arg(folder.with_extension("answers"));
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

    pub(crate) fn address(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
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
    let _server = world.serve(&["--mail", &sink.address()]);

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

/// An hour ago: what is filed then has waited long enough for its notice.
struct Earlier;

impl Clock for Earlier {
    fn now(&self) -> Timestamp {
        Outside::real().clock.now() - SignedDuration::from_hours(1)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_told_by_smtp_what_waits_for_it() {
    let world = World::new(20).await;
    let inbox = world.path("inbox");
    std::fs::create_dir(&inbox).unwrap();
    let Some(sink) = Sink::start(&inbox, &[]) else {
        return;
    };
    let declaration = world.path("policy/candor.yaml");
    let text = std::fs::read_to_string(&declaration).unwrap();
    let own = "  customer: { role: controller, known_by: [email, customer_id] }";
    let both = format!("{own}\n  guest: {{ role: processor, of: customer, known_by: [guest_id] }}");
    std::fs::write(&declaration, text.replacen(own, &both, 1)).unwrap();
    let parties = world.path("parties.json");
    let contact = r#"{"tenants":[{"tenant":"acme","email":"rights@acme.example"}]}"#;
    std::fs::write(&parties, contact).unwrap();

    let service = world
        .service_of(world.policy_on_disk(), Arc::new(Earlier))
        .await;
    let by = StaffId::from_random([9; 16]);
    let filing = Filing {
        right: Right::Complaint,
        about: None,
        identities: vec![Identity::new("guest_id", "guest-7")],
        channel: Channel::Api,
        tenant: "acme".parse().ok(),
        received_at: None,
        proved: Some(Proved::Vouched {
            who: by.clone(),
            reason: "Signed in.".to_owned(),
        }),
        once: None,
    };
    let id = service.file_for(filing).await.unwrap().id;
    let said = Said {
        text: Some("Nobody answered me.".to_owned()),
        ..Said::default()
    };
    service.say_for(&id, &by, &said, None).await.unwrap();
    let address = format!("smtp://127.0.0.1:{}", sink.port);
    let parties = parties.display().to_string();
    let _server = world.serve(&["--mail", &address, "--parties", &parties]);

    let taken = arrived(&inbox).await;
    let text = String::from_utf8_lossy(&taken).into_owned();
    assert!(
        text.contains("X-Envelope-To: rights@acme.example"),
        "{text}"
    );
    let mail = mailparse::parse_mail(&taken).unwrap().get_body().unwrap();
    assert!(
        mail.contains(id.as_str()) && mail.contains("/tenant?show=decide"),
        "{mail}"
    );
    for personal in ["guest-7", "Nobody answered", "Signed in"] {
        assert!(!text.contains(personal), "{personal} in {text}");
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
