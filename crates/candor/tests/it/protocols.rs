//! Agents and controllers on the real service, over real HTTP, with another
//! implementation of the cryptography on the other side.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use candor_domain::api_key::{Permission, Scope};
use candor_domain::id::StaffId;
use candor_domain::subject_request::State;
use candor_server::protocols::Parties;
use candor_server::service::KeyTerms;
use candor_server::world::World as Outside;
use candor_server::{Service, Worker, http};
use candor_store::rows::RequestPage;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use stackyard::{ALONE, Database, SHARING};
use tokio::net::TcpListener;

use crate::world::{PATIENCE, World};

const CONTROLLER_ID: &str = "a7551968-d5d6-44b2-9831-815ac9017798";

/// Node, in the part of whoever files.
struct Party {
    child: Child,
    asked: ChildStdin,
    said: Receiver<Value>,
    callbacks: String,
    verify_key: String,
}

impl Party {
    /// `refuse` callbacks are answered with a failure first. `None` where there is
    /// no Node; in CI that is a failure.
    fn start(refuse: u32) -> Option<Self> {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/tools/protocol_party.mjs"
        );
        let child = Command::new("node")
            .arg(script)
            .arg(refuse.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut child) = child else {
            assert!(std::env::var("CI").is_err(), "there is no node");
            eprintln!("not run: there is no node");
            return None;
        };
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).unwrap());
            }
        });
        let asked = child.stdin.take().unwrap();
        let first: Value = said.recv_timeout(PATIENCE).unwrap();
        let text = |key: &str| first[key].as_str().unwrap().to_owned();
        Some(Self {
            callbacks: text("callbacks"),
            verify_key: text("verifyKey"),
            child,
            asked,
            said,
        })
    }

    /// Has it do something; what it was told meanwhile is put into `told`.
    fn does(&mut self, order: &Value, told: &mut Vec<Value>) -> Value {
        writeln!(self.asked, "{order}").unwrap();
        loop {
            let line = self.said.recv_timeout(PATIENCE).unwrap();
            match line.get("done") {
                Some(done) => return done.clone(),
                None if line.get("told").is_some() => told.push(line),
                None => panic!("{order}: {line}"),
            }
        }
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The example's service on a socket, whose jobs run when they are told to.
struct Running {
    world: World,
    service: Service,
    worker: Worker,
    address: String,
}

impl Running {
    async fn start(file: impl FnOnce(&Path) -> Value) -> Self {
        let mut world = World::new(20).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let path = world.path("parties.json");
        std::fs::write(&path, file(world.folder.path()).to_string()).unwrap();
        world.parties = Parties::read(&path, &address).unwrap();
        world.public_address = address.clone();
        let service = world.service_with(Outside::real().clock).await;
        let worker = Worker::new(service.clone(), SignedDuration::from_secs(60));
        let serving = http::serve(
            service.clone(),
            listener,
            Vec::new(),
            std::future::pending(),
        );
        tokio::spawn(serving);
        Self {
            world,
            service,
            worker,
            address,
        }
    }

    /// One round of jobs; whether there were any.
    async fn round(&self) -> bool {
        self.worker.round().await.unwrap() > 0
    }
}

/// Times around now, as an agent writes them.
fn envelope() -> Value {
    let now = Outside::real().now();
    let minutes = |minutes: i64| now + SignedDuration::from_mins(minutes);
    json!({
        "agent-id": "AGENT",
        "business-id": "STACKYARD",
        "issued-at": minutes(-1),
        "expires-at": minutes(9),
        "drp.version": "1.0",
    })
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

fn status_of(told: &Value, key: &str) -> String {
    body(told)[key].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_files_and_is_told_until_it_is_done() {
    // The first callback fails: it is sent again.
    let Some(mut party) = Party::start(1) else {
        return;
    };
    let agent = json!({
        "id": "AGENT",
        "name": "Agent for people",
        "verify_key": party.verify_key,
        "trust_verified_email": true,
        "callbacks": [party.callbacks],
    });
    let running = Running::start(|_| {
        json!({ "data_rights": {
            "business_id": "STACKYARD",
            "technical_contact": "engineers@stackyard.example",
            "agents": [agent],
        } })
    })
    .await;
    let mut told = Vec::new();
    let address = running.address.clone();
    let set_up = json!({ "do": "sendSigned", "method": "POST",
        "url": format!("{address}/v1/agent/AGENT"), "message": envelope() });
    let answer = party.does(&set_up, &mut told);
    let token = body(&answer)["token"].as_str().unwrap().to_owned();
    let headers = json!({ "authorization": format!("Bearer {token}") });

    let mut message = envelope();
    for (key, value) in [
        ("agent-request-id", json!("foo-1")),
        ("exercise", json!("deletion")),
        ("regime", json!("ccpa")),
        ("email", json!(ALONE.email)),
        ("email_verified", json!(true)),
        (
            "status_callback",
            json!(format!("{}/told", party.callbacks)),
        ),
    ] {
        message[key] = value;
    }
    let file = json!({ "do": "sendSigned", "method": "POST", "headers": headers,
        "url": format!("{address}/v1/data-rights-request"), "message": message });
    let answer = party.does(&file, &mut told);
    assert_eq!(answer["status"], 200, "{answer}");
    assert_eq!(status_of(&answer, "status"), "in_progress");
    let id = status_of(&answer, "request_id");
    let look = json!({ "do": "send", "method": "GET", "headers": headers,
        "url": format!("{address}/v1/data-rights-request/{id}") });

    let start = Instant::now();
    while told.last().map(|last| status_of(last, "status")) != Some("fulfilled".to_owned()) {
        assert!(start.elapsed() < PATIENCE, "never told: {told:?}");
        if !running.round().await {
            staff_act(&running.service).await;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let answer = party.does(&look, &mut told);
        let left = in_app(&running.world, ALONE.email).await;
        if status_of(&answer, "status") == "fulfilled" {
            assert_eq!(left, 0, "called done while rows were left");
        }
    }
    assert_eq!(told[0]["told"], "/told");
    let last = body(told.last().unwrap());
    assert_eq!(last["request_id"], *id);
    assert_eq!(last["agent_request_id"], "foo-1");
    assert!(!told.iter().any(|one| one.to_string().contains(ALONE.email)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_verifies_what_it_is_told_by_our_certificate() {
    let Some(mut party) = Party::start(0) else {
        return;
    };
    let callbacks = party.callbacks.clone();
    let running = Running::start(|folder| {
        certificate(folder);
        json!({ "open_dsr": {
            "domain": "127.0.0.1",
            "certificate": "certificate.pem",
            "key": "key.pem",
            "controllers": [{ "id": "group", "identities": { "email": "email" },
                "callbacks": [callbacks] }],
        } })
    })
    .await;
    let mut told = Vec::new();
    let key = api_key(&running.service).await;
    let address = running.address.clone();
    let headers = json!({ "authorization": format!("Bearer {key}"),
        "content-type": "application/json" });
    let request = access_request(&party.callbacks);
    let file = json!({ "do": "send", "method": "POST", "headers": headers,
        "url": format!("{address}/opendsr/v2/requests"), "body": request.to_string() });
    let filed = party.does(&file, &mut told);
    assert_eq!(filed["status"], 201, "{filed}");

    let done = || Some("completed".to_owned());
    let start = Instant::now();
    while told.last().map(|last| status_of(last, "request_status")) != done() {
        assert!(start.elapsed() < PATIENCE, "never told: {told:?}");
        if !running.round().await {
            staff_act(&running.service).await;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        // What it was told in the meantime comes with the next answer.
        let look = json!({ "do": "send", "method": "GET", "headers": headers,
            "url": format!("{address}/opendsr/v2/requests/{CONTROLLER_ID}") });
        party.does(&look, &mut told);
    }
    let discovery = json!({ "do": "send", "method": "GET",
        "url": format!("{address}/opendsr/v2/discovery") });
    let discovery = party.does(&discovery, &mut told);
    let url = status_of(&discovery, "processor_certificate");
    let pem = party.does(
        &json!({ "do": "send", "method": "GET", "url": url }),
        &mut told,
    );
    for message in [&filed, &discovery].into_iter().chain(&told.clone()) {
        let text = message["body"].as_str().unwrap();
        assert!(is_ours(&mut party, &pem, message, text), "{message}");
        assert!(!is_ours(&mut party, &pem, message, &text.replace('"', "'")));
        assert_eq!(
            message["headers"]["x-opendsr-processor-domain"],
            "127.0.0.1"
        );
    }
    let last = body(told.last().unwrap());
    assert_eq!(
        last["status_callback_url"],
        format!("{}/callbacks", party.callbacks)
    );
    let package = json!({ "do": "send", "method": "GET", "headers": headers,
        "url": last["results_url"] });
    assert_eq!(party.does(&package, &mut told)["status"], 200);
}

/// A controller's key.
async fn api_key(service: &Service) -> String {
    let terms = KeyTerms {
        name: "group".to_owned(),
        scope: Scope {
            may: Permission::ALL.into(),
            ..Scope::default()
        },
        expires_at: None,
        by: None,
    };
    service.make_api_key(terms).await.unwrap().secret
}

fn access_request(callbacks: &str) -> Value {
    json!({
        "regulation": "gdpr",
        "subject_request_id": CONTROLLER_ID,
        "subject_request_type": "access",
        "submitted_time": Timestamp::UNIX_EPOCH,
        "subject_identities": [{ "identity_type": "email", "identity_format": "raw",
            "identity_value": SHARING.email }],
        "status_callback_urls": [format!("{callbacks}/callbacks")],
    })
}

/// Whether a message's signature is of this body, by our certificate.
fn is_ours(party: &mut Party, certificate: &Value, message: &Value, body: &str) -> bool {
    let order = json!({ "do": "verify", "certificate": certificate["body"], "body": body,
        "signature": message["headers"]["x-opendsr-signature"], "host": "127.0.0.1" });
    let said = party.does(&order, &mut Vec::new());
    assert_eq!(said["host"], "127.0.0.1");
    said["verified"] == true
}

/// Does what waits for staff: approves plans, tells who received the data.
async fn staff_act(service: &Service) {
    let staff = StaffId::from_random([9; 16]);
    let page = RequestPage {
        tenant: None,
        state: None,
        rights: Vec::new(),
        after: None,
        limit: 10,
    };
    for request in service.requests_page(&page).await.unwrap() {
        if request.state == State::Undecided {
            service.approve(&request.id, &staff).await.unwrap();
        }
        let open = request.tasks.iter().filter(|(_, task)| task.done.is_none());
        for (system, _) in open.filter(|_| request.state == State::Carrying) {
            let done = service.task_done(&request.id, &staff, system.clone(), None);
            done.await.unwrap();
        }
    }
}

/// Accounts with this address.
async fn in_app(world: &World, email: &str) -> i64 {
    let Database::Sqlite(pool) = &world.app else {
        unreachable!("made as SQLite")
    };
    let query = sqlx::query_scalar("SELECT count(*) FROM accounts WHERE email = $1");
    query.bind(email).fetch_one(pool).await.unwrap()
}

/// A key, and a certificate for this machine's address, by OpenSSL.
fn certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-subj",
            "/CN=candor",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success(), "openssl made no certificate");
}
