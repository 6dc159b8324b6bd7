//! Four sources in one plan: SQLite, PostgreSQL, MariaDB and a service over
//! HTTP. Who proves an address that only the service knows is found in all, by
//! what each tells of them.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use candor_domain::id::SubjectRequestId;
use candor_domain::subject_request::{Outcome, Stage, State, SubjectRequest};
use candor_policy::charter::{Charter, Right};
use candor_policy::{Bundle, compile};
use candor_server::service::Settings;
use candor_server::worker::{LEASE, Worker};
use candor_server::world::{Clock, World as Outside};
use candor_server::{Service, http, keys};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::promises::Hand;
use crate::world::python;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PROVED: &str = "mireille@post.example";

const POLICY: &str = "# Privacy

Write to [our mailbox](promise:contact.email). For [the service](promise:purpose.service) we hold \
[your address](promise:collect.address), [your name](promise:collect.names), [what you \
paid](promise:collect.payments) and [where](promise:collect.places). [Receipts stay for ten \
years](promise:retain.receipts) even if you [erase the rest](promise:right.erasure); you can \
[have a copy](promise:right.access).
";

const DECLARATION: &str = "
candor: 1
organisation: { name: Example SAS, country: FR, contact: { email: privacy@example.test } }
text: { en: policy.md }
people: { customer: { role: controller, known_by: [email, customer_id] } }
purposes: { service: { basis: contract } }
data:
  address: { category: contact.email, of: customer, for: service }
  names: { category: name, of: customer, for: service }
  payments: { category: payment, of: customer, for: service }
  places: { category: location, of: customer, for: service }
retention: { receipts: { for: 10 years, covers: loyalty.receipts, on_erasure: pseudonymise } }
rights: { access: { within: 1 month }, erasure: { within: 1 month, except: receipts } }
sources:
  billing: { kind: BILLING, url: '${BILLING_URL}', map: billing.yaml }
  desk: { kind: DESK, url: '${DESK_URL}', map: desk.yaml }
  loyalty: { kind: http, url: '${LOYALTY_URL}', secret: '${LOYALTY_SECRET}', map: loyalty.yaml }
  portal: { kind: sqlite, url: '${PORTAL_URL}', map: portal.yaml }
";

const MAPS: [(&str, &str); 4] = [
    (
        "portal.yaml",
        "tables:
  accounts: { about: customer, identities: { email: email, customer_id: id }, columns: { id: key, email: contact.email } }
",
    ),
    (
        "billing.yaml",
        "tables:
  payers: { about: customer, identities: { customer_id: customer_id }, columns: { customer_id: key, name: name } }
  bills: { owned_by: payer -> payers.customer_id, columns: { id: key, payer: key, amount: payment } }
",
    ),
    (
        "desk.yaml",
        "tables:
  contacts: { about: customer, identities: { email: email }, columns: { id: key, email: contact.email } }
  tickets: { owned_by: contact_id -> contacts.id, columns: { id: key, contact_id: key, place: location } }
",
    ),
    (
        "loyalty.yaml",
        "tables:
  members: { about: customer, identities: { email: email, customer_id: customer_id }, columns: { id: key, email: contact.email, customer_id: key, name: name } }
  points: { columns: { id: key, member_id: key, amount: plain, shop: location } }
  receipts: { on_erasure: pseudonymise, because: receipts, columns: { id: key, member_id: key, total: payment, name: name } }
",
    ),
];

const PORTAL: &str = "
CREATE TABLE accounts (id bigint PRIMARY KEY, email varchar(100));
INSERT INTO accounts VALUES (7, 'mimi@home.example'), (8, 'otto@post.example');";
const BILLING: &str = "
CREATE TABLE payers (customer_id bigint PRIMARY KEY, name varchar(100));
CREATE TABLE bills (id bigint PRIMARY KEY, payer bigint, amount bigint);
CREATE INDEX bills_payer ON bills (payer);
INSERT INTO payers VALUES (7, 'Mireille'), (8, 'Otto');
INSERT INTO bills VALUES (1, 7, 10), (2, 7, 20), (3, 8, 30);";
const DESK: &str = "
CREATE TABLE contacts (id bigint PRIMARY KEY, email varchar(100));
CREATE TABLE tickets (id bigint PRIMARY KEY, contact_id bigint, place varchar(100));
CREATE INDEX tickets_contact ON tickets (contact_id);
INSERT INTO contacts VALUES (1, 'mimi@home.example'), (2, 'otto@post.example');
INSERT INTO tickets VALUES (1, 1, 'Lyon'), (2, 2, 'Lille');";
const LOYALTY: &str = "
INSERT INTO members VALUES (1, 'Mireille@Post.example', '7', 'Mireille'), (2, 'otto@post.example', '8', 'Otto');
INSERT INTO points VALUES (1, 1, 10, 'Lyon'), (2, 2, 30, 'Lille');
INSERT INTO receipts VALUES (1, 1, 999, 'Mireille'), (2, 2, 99, 'Otto');";

/// A database made for one test.
struct Database {
    kind: &'static str,
    url: String,
    pool: Pool,
}

enum Pool {
    Mysql(sqlx::MySqlPool),
    Postgres(sqlx::PgPool),
    Sqlite(sqlx::SqlitePool),
}

/// Does the same with whichever pool it is.
macro_rules! on {
    ($pool:expr, $own:ident => $work:expr) => {
        match $pool {
            Pool::Mysql($own) => $work,
            Pool::Postgres($own) => $work,
            Pool::Sqlite($own) => $work,
        }
    };
}

impl Pool {
    async fn connect(url: &str) -> Self {
        match url.split("://").next().unwrap() {
            "mysql" => Self::Mysql(sqlx::MySqlPool::connect(url).await.unwrap()),
            "sqlite" => Self::Sqlite(sqlx::SqlitePool::connect(url).await.unwrap()),
            _ => Self::Postgres(sqlx::PgPool::connect(url).await.unwrap()),
        }
    }

    async fn run(&self, sql: &str) {
        for statement in sql.split(';').filter(|one| !one.trim().is_empty()) {
            let sql = sqlx::AssertSqlSafe(statement.to_owned());
            on!(self, pool => sqlx::raw_sql(sql).execute(pool).await.map(|_| ())).unwrap();
        }
    }
}

impl Database {
    /// On this server, or in a file where there is none.
    async fn new(folder: &Path, name: &str, server: Option<String>, sql: &str) -> Self {
        let own = folder.file_name().unwrap().to_string_lossy().to_lowercase();
        let own: String = own.chars().filter(char::is_ascii_alphanumeric).collect();
        let own = format!("candor_{own}_{name}");
        let (kind, url) = match &server {
            None => {
                let path = folder.join(name);
                std::fs::File::create(&path).unwrap();
                ("sqlite", format!("sqlite://{}", path.display()))
            }
            Some(server) => {
                let pool = Pool::connect(server).await;
                pool.run(&format!("CREATE DATABASE {own}")).await;
                let is_mysql = matches!(pool, Pool::Mysql(_));
                let kind = if is_mysql { "mysql" } else { "postgres" };
                (
                    kind,
                    format!("{}/{own}", server.rsplit_once('/').unwrap().0),
                )
            }
        };
        let pool = Pool::connect(&url).await;
        pool.run(sql).await;
        Self { kind, url, pool }
    }

    async fn count(&self, table: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        on!(&self.pool, pool => sqlx::query_scalar(sql).fetch_one(pool).await).unwrap()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told where servers are"
)]
fn server(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    let ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(url.is_some() || !ci, "CI must say `{variable}`");
    url
}

/// The service, killed with the test.
struct Loyalty {
    process: Child,
    address: String,
}

impl Loyalty {
    fn start() -> Option<Self> {
        let script = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/tools/faulty_service.py"
        );
        let mut process = Command::new(python()?)
            .args(["-B", script])
            .env("LOYALTY_SECRET", SECRET)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.trim().to_owned();
        let service = Self { process, address };
        service.control(&json!({ "sql": LOYALTY }));
        Some(service)
    }

    fn control(&self, what: &Value) -> Value {
        let host = self.address.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host.split('/').next().unwrap()).unwrap();
        let body = what.to_string();
        let head = "POST /control HTTP/1.1\r\nhost: x\r\nconnection: close";
        let length = body.len();
        write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    fn count(&self, table: &str) -> u64 {
        let said = self.control(&json!({ "count": table }));
        said["count"].as_u64().unwrap()
    }
}

impl Drop for Loyalty {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The policy, over databases of these kinds.
fn files(billing: &str, desk: &str) -> Vec<(String, String)> {
    let declaration = DECLARATION
        .replace("BILLING,", &format!("{billing},"))
        .replace("DESK,", &format!("{desk},"));
    let maps = MAPS.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let others = [
        ("candor.yaml".to_owned(), declaration),
        ("policy.md".to_owned(), POLICY.to_owned()),
    ];
    maps.into_iter().chain(others).collect()
}

fn charter(billing: &str, desk: &str) -> Charter {
    let compiled = compile(&Bundle::new(files(billing, desk)));
    let wrong = compiled.diagnostics;
    compiled.charter.unwrap_or_else(|| panic!("{wrong:#?}"))
}

/// The company, with everything that runs for it.
struct Company {
    folder: tempfile::TempDir,
    portal: Database,
    billing: Database,
    desk: Database,
    loyalty: Loyalty,
    clock: Hand,
    service: Service,
    worker: Worker,
}

impl Company {
    /// `None` where no Python is there for its service.
    async fn new() -> Option<Self> {
        let postgres = server("CANDOR_TEST_POSTGRES_URL");
        Self::over(postgres, server("CANDOR_TEST_MARIADB_URL")).await
    }

    /// The same on these servers.
    async fn over(postgres: Option<String>, mariadb: Option<String>) -> Option<Self> {
        let loyalty = Loyalty::start()?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let portal = Database::new(path, "portal", None, PORTAL).await;
        let billing = Database::new(path, "billing", postgres, BILLING).await;
        let desk = Database::new(path, "desk", mariadb, DESK).await;
        let variables: BTreeMap<String, String> = [
            ("PORTAL_URL", portal.url.as_str()),
            ("BILLING_URL", &billing.url),
            ("DESK_URL", &desk.url),
            ("LOYALTY_URL", &loyalty.address),
            ("LOYALTY_SECRET", SECRET),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let charter = charter(billing.kind, desk.kind);
        // Signed messages are of now; it stands still all the same.
        let clock = Hand::at(Outside::real().now());
        let outside = Outside {
            clock: Arc::new(clock.clone()) as Arc<dyn Clock>,
            ..Outside::real()
        };
        std::fs::create_dir_all(path.join("mail")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let keys = keys::open(
            &path.join("keys"),
            "127.0.0.1/ledger",
            outside.entropy.as_ref(),
        );
        let settings = Settings {
            state: path.join("state.sqlite").display().to_string(),
            public_address: address,
            mail_server: None,
            mail_folder: path.join("mail"),
            parties: candor_server::protocols::Parties::default(),
            sweep: false,
            login: None,
            backups: None,
            policy_folder: path.to_owned(),
            variables,
        };
        let service = Service::open(charter, settings, keys.unwrap(), outside)
            .await
            .unwrap();
        tokio::spawn(http::serve(
            service.clone(),
            listener,
            Vec::new(),
            std::future::pending(),
        ));
        Some(Self {
            portal,
            billing,
            desk,
            loyalty,
            clock,
            worker: Worker::new(service.clone(), LEASE),
            service,
            folder,
        })
    }

    /// Runs jobs until none is ready.
    async fn work(&self) {
        while self.worker.round().await.unwrap() > 0 {}
    }

    async fn filed(&self, right: Right) -> SubjectRequestId {
        self.service.file(right, PROVED).await.unwrap();
        self.work().await;
        let mails = crate::world::mails_in(&self.folder.path().join("mail"));
        // The last may be about another one.
        let mut words = mails.iter().rev().flat_map(|mail| mail.split_whitespace());
        let link = words
            .find(|word| word.contains("/requests/confirm/"))
            .unwrap();
        let link = link.rsplit('/').next().unwrap();
        let page = self.service.confirm(link).await.unwrap();
        self.service.person_page(&page).await.unwrap().request.id
    }

    async fn request(&self, id: &SubjectRequestId) -> SubjectRequest {
        self.service.request(id).await.unwrap().unwrap().0
    }

    /// What is held, by source and table.
    async fn held(&self) -> [(&'static str, i64); 8] {
        let loyalty = |table| i64::try_from(self.loyalty.count(table)).unwrap();
        [
            ("accounts", self.portal.count("accounts").await),
            ("payers", self.billing.count("payers").await),
            ("bills", self.billing.count("bills").await),
            ("contacts", self.desk.count("contacts").await),
            ("tickets", self.desk.count("tickets").await),
            ("members", loyalty("members")),
            ("points", loyalty("points")),
            ("receipts", loyalty("receipts")),
        ]
    }
}

/// Everybody's, and what is left when one of two people is gone.
const ALL: [(&str, i64); 8] = [
    ("accounts", 2),
    ("payers", 2),
    ("bills", 3),
    ("contacts", 2),
    ("tickets", 2),
    ("members", 2),
    ("points", 2),
    ("receipts", 2),
];
const OTTOS: [(&str, i64); 8] = [
    ("accounts", 1),
    ("payers", 1),
    ("bills", 1),
    ("contacts", 1),
    ("tickets", 1),
    ("members", 1),
    ("points", 1),
    ("receipts", 2),
];

fn is_fulfilled(request: &SubjectRequest) -> bool {
    matches!(
        request.state,
        State::Completed {
            outcome: Outcome::Fulfilled,
            ..
        }
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn four_sources_of_four_kinds_answer_and_erase_as_one() {
    let Some(company) = Company::new().await else {
        return;
    };
    let id = company.filed(Right::Access).await;
    company.work().await;
    let request = company.request(&id).await;
    assert!(
        is_fulfilled(&request),
        "{:?} {:?}",
        request.state,
        request.waiting
    );
    let handed_out = request.sources.iter().map(|(source, progress)| {
        let rows: u64 = progress.effects.iter().map(|effect| effect.rows).sum();
        (source.as_str(), rows)
    });
    assert_eq!(
        handed_out.collect::<Vec<_>>(),
        [("billing", 3), ("desk", 2), ("loyalty", 3), ("portal", 1)]
    );
    assert_eq!(company.held().await, ALL);

    let id = company.filed(Right::Erasure).await;
    company.work().await;
    let request = company.request(&id).await;
    assert!(
        is_fulfilled(&request),
        "{:?} {:?}",
        request.state,
        request.waiting
    );
    for (source, progress) in &request.sources {
        assert_eq!(progress.stage, Stage::Verified, "{source}");
        assert_eq!(progress.effects, progress.preview.effects, "{source}");
    }
    assert_eq!(company.held().await, OTTOS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_says_when_it_is_ready_and_nobody_waits_longer() {
    let Some(company) = Company::new().await else {
        return;
    };
    let id = company.filed(Right::Erasure).await;
    company
        .loyalty
        .control(&json!({ "fault": "erase/calls_back", "times": 1 }));
    company.work().await;
    // Time stands still: whatever was put back waits for ever, unless its
    // service calls.
    let start = std::time::Instant::now();
    while !is_fulfilled(&company.request(&id).await) {
        assert!(start.elapsed() < crate::world::PATIENCE, "nobody called");
        company.work().await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let said = company.loyalty.control(&json!({}));
    let said = said["asked"].as_array().unwrap();
    assert!(said.contains(&json!("callback 204")), "{said:?}");
    assert_eq!(company.held().await, OTTOS);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_lies_is_not_believed_and_staff_are_called() {
    let Some(company) = Company::new().await else {
        return;
    };
    let id = company.filed(Right::Erasure).await;
    company
        .loyalty
        .control(&json!({ "fault": "lies", "times": 1000 }));
    company.work().await;
    let request = company.request(&id).await;
    assert_eq!(request.state, State::Carrying);
    assert_eq!(request.sources["loyalty"].stage, Stage::Stuck);
    assert_eq!(request.sources["loyalty"].attempts, 3);
    assert_eq!(request.sources["portal"].stage, Stage::Verified);

    // One that takes for ever is waited for, and finished when it is.
    company
        .loyalty
        .control(&json!({ "fault": "erase/down", "times": 1000 }));
    let staff = candor_domain::id::StaffId::from_random([9; 16]);
    company
        .service
        .retry(&id, &staff, "loyalty".to_owned())
        .await
        .unwrap();
    company.work().await;
    let waiting = company.request(&id).await.waiting;
    assert!(
        waiting["loyalty"].why.contains("it answers 503"),
        "{waiting:?}"
    );
    company.loyalty.control(&json!({ "fault": "", "times": 0 }));
    company.clock.forward(SignedDuration::from_mins(10));
    company.work().await;
    assert!(is_fulfilled(&company.request(&id).await));
    assert_eq!(company.held().await, OTTOS);
}

/// A server of its own, which a test may kill.
struct Killable {
    tool: String,
    folder: String,
    url: String,
}

impl Killable {
    fn start(kind: &str) -> Self {
        let tool = format!("{}/../../tests/tools/{kind}", env!("CARGO_MANIFEST_DIR"));
        // Its account must reach the folder.
        let folder = format!("/tmp/candor-killed-{kind}-{}", std::process::id());
        let started = Command::new(&tool)
            .args(["start", &folder])
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&started.stderr).into_owned();
        assert!(started.status.success(), "{told}");
        let url = String::from_utf8(started.stdout).unwrap().trim().to_owned();
        if kind == "postgres" {
            // What it was told survives its being killed all the same, and it
            // does not look at every file before it starts again.
            let settings = std::path::Path::new(&folder).join("data/postgresql.conf");
            let file = std::fs::OpenOptions::new().append(true).open(settings);
            writeln!(file.unwrap(), "fsync = off").unwrap();
        }
        Self { tool, folder, url }
    }

    fn tell(&self, what: &str) {
        let told = Command::new(&self.tool).args([what, &self.folder]).status();
        assert!(told.unwrap().success(), "{what} {}", self.folder);
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        let _ = Command::new(&self.tool)
            .args(["stop", &self.folder])
            .status();
    }
}

/// Both killed and started again, as a power cut would.
async fn restarted(servers: &Arc<[Killable; 2]>) {
    let restarts = [0, 1].map(|place| {
        let servers = Arc::clone(servers);
        tokio::task::spawn_blocking(move || servers[place].tell("restart"))
    });
    for restart in restarts {
        restart.await.unwrap();
    }
}

/// How often servers are restarted at most until a subject request is over.
const RESTARTS_MAX: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn servers_killed_at_every_step_lose_nothing_and_double_nothing() {
    let both = ["CANDOR_TEST_POSTGRES_URL", "CANDOR_TEST_MARIADB_URL"];
    if both.iter().any(|variable| server(variable).is_none()) {
        return;
    }
    let servers = Arc::new(["postgres", "mariadb"].map(Killable::start));
    let urls = servers.each_ref().map(|server| server.url.clone());
    let [postgres, mariadb] = urls;
    let Some(company) = Company::over(Some(postgres), Some(mariadb)).await else {
        return;
    };
    for right in [Right::Access, Right::Erasure] {
        let id = company.filed(right).await;
        let mut restarts = 0;
        loop {
            let request = company.request(&id).await;
            let (state, waiting) = (request.state.clone(), &request.waiting);
            assert!(restarts < RESTARTS_MAX, "{right:?}: {state:?} {waiting:?}");
            match state {
                State::Locating | State::Preparing | State::Carrying => {
                    // Once before the step, and then while it is taken.
                    let (killed, step) = (restarted(&servers), company.worker.round());
                    if restarts % 2 == 0 {
                        killed.await;
                        step.await.unwrap();
                    } else {
                        let ((), done) = tokio::join!(killed, step);
                        done.unwrap();
                    }
                    restarts += 1;
                }
                _ if is_fulfilled(&request) => break,
                _ => company.work().await,
            }
            company.clock.forward(SignedDuration::from_mins(10));
        }
        assert!(restarts > 2, "{right:?}");
        let request = company.request(&id).await;
        let rows = |source: &str| -> u64 {
            let effects = &request.sources[source].effects;
            effects.iter().map(|effect| effect.rows).sum()
        };
        assert_eq!(
            ["billing", "desk", "loyalty", "portal"].map(rows),
            [3, 2, 3, 1]
        );
        for (source, progress) in &request.sources {
            let attempts = u32::from(right == Right::Erasure);
            assert_eq!(progress.attempts, attempts, "{source}");
        }
        for kind in ["located", "prepared", "completed"] {
            let kind = format!("subject_request.{kind}");
            let times = request.history.iter().filter(|moment| moment.kind == kind);
            assert_eq!(times.count(), 1, "{kind}");
        }
        let held = if right == Right::Access { ALL } else { OTTOS };
        assert_eq!(company.held().await, held);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_wakes_a_source() {
    let Some(company) = Company::new().await else {
        return;
    };
    let address = company
        .service
        .public_address()
        .strip_prefix("http://")
        .unwrap();
    let now = company.clock.now().as_second();
    for name in ["loyalty", "portal", "nothing"] {
        let mut stream = TcpStream::connect(address).unwrap();
        let body = "{\"type\":\"candor.ready\",\"data\":{\"task\":\"1\"}}";
        let length = body.len();
        write!(
            stream,
            "POST /sources/{name}/ready HTTP/1.1\r\nhost: x\r\nconnection: close\r\nwebhook-id: 1\r\n\
             webhook-timestamp: {now}\r\nwebhook-signature: v1,AAAA\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401"), "{name}: {answer}");
    }
}

#[test]
fn a_service_is_tried_from_the_command_line() {
    let Some(loyalty) = Loyalty::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files("sqlite", "sqlite") {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let tried = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_candor"))
            .args(["source", "test"])
            .args(arguments)
            .arg("--folder")
            .arg(folder.path())
            .env("LOYALTY_URL", &loyalty.address)
            .env("LOYALTY_SECRET", SECRET)
            .output()
            .unwrap();
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).unwrap());
        (output.status.code(), said.concat())
    };
    let (code, said) = tried(&["loyalty"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("ok      refuses a wrong signature"), "{said}");
    assert!(said.contains("not tried: a person"), "{said}");
    let person = [
        "loyalty",
        "--erase",
        "--identity",
        "email=mireille@post.example",
    ];
    loyalty.control(&json!({ "fault": "lies", "times": 1000 }));
    let (code, said) = tried(&person);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("FAILED  has nothing left"), "{said}");
    loyalty.control(&json!({ "fault": "", "times": 0 }));
    let (code, said) = tried(&person);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("everything was tried"), "{said}");
    assert_eq!(loyalty.count("members"), 1);
    let (code, said) = tried(&["portal"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("`portal` is no source of `kind: http`; there are: loyalty"),
        "{said}"
    );
}
