//! A small company on disk, the binary under test, and a second pair of eyes on
//! the same state.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use candor_policy::compile;
use candor_server::service::Settings;
use candor_server::world::World as Outside;
use candor_server::{Service, keys};
use jiff::civil::date;
use stackyard::{Database, Options, Part};

/// How long anything may take before the test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The company.
pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) app: Database,
    pub(crate) support: Database,
}

impl World {
    /// A company with a few customers.
    pub(crate) async fn new(customers: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in stackyard::FILES {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let app = Database::sqlite(&folder.path().join("app.sqlite"), Part::App).await.unwrap();
        let support =
            Database::sqlite(&folder.path().join("support.sqlite"), Part::Support).await.unwrap();
        let options = Options::new(customers, 7, date(2026, 11, 22));
        stackyard::create(&app, &support, &options, &|_| {}).await.unwrap();
        Self { folder, app, support }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn source(&self, file: &str) -> String {
        format!("sqlite:{}", self.path(file).display())
    }

    /// The same state, seen by this process; it runs no jobs.
    pub(crate) async fn service(&self) -> Service {
        let policy = self.path("policy");
        let files = read_files(&policy);
        let charter = compile(&candor_policy::Bundle::new(files)).charter.unwrap();
        let outside = Outside::real();
        let data = self.path("data");
        std::fs::create_dir_all(data.join("mail")).unwrap();
        let keys =
            keys::open(&data.join("keys"), "127.0.0.1/ledger", outside.entropy.as_ref()).unwrap();
        let settings = Settings {
            state: data.join("state.sqlite").display().to_string(),
            public_address: "http://127.0.0.1:1".to_owned(),
            mail_server: None,
            mail_folder: data.join("mail"),
            policy_folder: policy,
            variables: [
                ("APP_DATABASE_URL".to_owned(), self.source("app.sqlite")),
                ("SUPPORT_DATABASE_URL".to_owned(), self.source("support.sqlite")),
            ]
            .into(),
        };
        Service::open(charter, settings, keys, outside).await.unwrap()
    }

    /// Starts the binary on this company.
    pub(crate) fn serve(&self, extra: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
            .arg("serve")
            .arg(self.path("policy"))
            .args(["--listen", "127.0.0.1:0", "--lease-seconds", "1", "--data"])
            .arg(self.path("data"))
            .args(extra)
            .env("APP_DATABASE_URL", self.source("app.sqlite"))
            .env("SUPPORT_DATABASE_URL", self.source("support.sqlite"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        Server { child, lines }
    }
}

/// Every policy file below a folder.
fn read_files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (path, text) in stackyard::FILES {
        if let Some(name) = path.strip_prefix("policy/") {
            let _ = folder;
            files.push((name.to_owned(), (*text).to_owned()));
        }
    }
    files
}

/// A running binary; killed when dropped.
pub(crate) struct Server {
    child: Child,
    lines: Receiver<String>,
}

impl Server {
    /// Waits until the log says that a point was reached.
    pub(crate) fn wait_for(&self, words: &str) {
        let start = Instant::now();
        let mut seen = Vec::new();
        while start.elapsed() < PATIENCE {
            if let Ok(line) = self.lines.recv_timeout(Duration::from_millis(100)) {
                if line.contains(words) {
                    return;
                }
                seen.push(line);
            }
        }
        panic!("`{words}` was not logged; the log was:\n{}", seen.join("\n"));
    }

    /// SIGKILL, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
