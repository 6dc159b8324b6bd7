//! A small company on disk, the binary under test, and a second pair of eyes on
//! the same state.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use candor_policy::{Bundle, compile};
use candor_server::protocols::Parties;
use candor_server::service::Settings;
use candor_server::world::{Clock, World as Outside};
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
    /// Whether retention is carried out.
    pub(crate) sweep: bool,
    /// Where backups lie, if any are made.
    pub(crate) backups: Option<PathBuf>,
    /// The mail server; a folder without one.
    pub(crate) mail: Option<String>,
    /// Who may file through a protocol.
    pub(crate) parties: Parties,
    /// Where the pages are said to be.
    pub(crate) public_address: String,
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
        let app = Database::sqlite(&folder.path().join("app.sqlite"), Part::App)
            .await
            .unwrap();
        let support = Database::sqlite(&folder.path().join("support.sqlite"), Part::Support)
            .await
            .unwrap();
        let options = Options::new(customers, 7, date(2026, 11, 22));
        stackyard::create(&app, &support, &options, &|_| {})
            .await
            .unwrap();
        Self {
            folder,
            app,
            support,
            sweep: false,
            mail: None,
            backups: None,
            parties: Parties::default(),
            public_address: "http://127.0.0.1:1".to_owned(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn source(&self, file: &str) -> String {
        format!("sqlite:{}", self.path(file).display())
    }

    /// The policy as it is on disk.
    pub(crate) fn policy_on_disk(&self) -> Vec<(String, String)> {
        let policy = self.path("policy");
        let text = |path: &str| std::fs::read_to_string(policy.join(path)).unwrap();
        let paths = policy_files().into_iter().map(|(path, _)| path);
        paths.map(|path| (path.clone(), text(&path))).collect()
    }

    /// The text of the last mail that was sent.
    pub(crate) fn last_mail(&self) -> String {
        mails_in(&self.path("data/mail"))
            .pop()
            .expect("no mail was sent")
    }

    /// The last part of the link in the last mail.
    pub(crate) fn last_link(&self, kind: &str) -> String {
        let text = self.last_mail();
        let mut words = text.split_whitespace();
        let link = words.find(|word| word.contains(kind));
        let link = link.unwrap_or_else(|| panic!("no {kind} link in:\n{text}"));
        link.rsplit('/').next().unwrap().to_owned()
    }

    /// The same state, seen by this process; it runs no jobs.
    pub(crate) async fn service(&self) -> Service {
        self.service_with(Outside::real().clock).await
    }

    /// The same, with a clock.
    pub(crate) async fn service_with(&self, clock: Arc<dyn Clock>) -> Service {
        self.service_of(policy_files(), clock).await
    }

    /// The same, with another policy.
    pub(crate) async fn service_of(
        &self,
        files: Vec<(String, String)>,
        clock: Arc<dyn Clock>,
    ) -> Service {
        let charter = compile(&Bundle::new(files)).charter.unwrap();
        let outside = Outside {
            clock,
            ..Outside::real()
        };
        let policy = self.path("policy");
        let data = self.path("data");
        std::fs::create_dir_all(data.join("mail")).unwrap();
        let keys = keys::open(
            &data.join("keys"),
            "127.0.0.1/ledger",
            outside.entropy.as_ref(),
        )
        .unwrap();
        let settings = Settings {
            state: data.join("state.sqlite").display().to_string(),
            public_address: self.public_address.clone(),
            mail_server: self.mail.clone(),
            mail_folder: data.join("mail"),
            sweep: self.sweep,
            parties: self.parties.clone(),
            login: None,
            backups: self.backups.clone(),
            policy_folder: policy,
            variables: [
                ("STACKYARD_APP_URL".to_owned(), self.source("app.sqlite")),
                (
                    "STACKYARD_SUPPORT_URL".to_owned(),
                    self.source("support.sqlite"),
                ),
            ]
            .into(),
        };
        Service::open(charter, settings, keys, outside)
            .await
            .unwrap()
    }

    /// Starts the binary on this company.
    pub(crate) fn serve(&self, extra: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
            .arg("serve")
            .arg(self.path("policy"))
            .args(["--listen", "127.0.0.1:0", "--lease-seconds", "1", "--data"])
            .arg(self.path("data"))
            .args(self.sweep.then_some("--sweep"))
            .args(extra)
            .env("STACKYARD_APP_URL", self.source("app.sqlite"))
            .env("STACKYARD_SUPPORT_URL", self.source("support.sqlite"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = lines_of(child.stdout.take().unwrap());
        let lines = lines_of(child.stderr.take().unwrap());
        Server { child, said, lines }
    }
}

/// What a process writes, line by line, as it comes.
fn lines_of(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    lines
}

/// The texts of the mails in a folder, the latest last.
pub(crate) fn mails_in(folder: &Path) -> Vec<String> {
    let mails = std::fs::read_dir(folder).unwrap();
    let mails = mails.map(|entry| entry.unwrap().path());
    let mails = mails.filter(|path| path.extension().is_some_and(|ending| ending == "eml"));
    let mut mails: Vec<PathBuf> = mails.collect();
    mails.sort_by_key(|path| path.metadata().unwrap().modified().unwrap());
    let text = |path: &PathBuf| {
        let raw = std::fs::read(path).unwrap();
        let mail = mailparse::parse_mail(&raw).unwrap();
        let text = mail.parts().find(|part| part.subparts.is_empty()).unwrap();
        text.get_body().unwrap()
    };
    mails.iter().map(text).collect()
}

/// The example's policy.
pub(crate) fn policy_files() -> Vec<(String, String)> {
    let files = stackyard::FILES.iter();
    let files = files.filter_map(|(path, text)| Some((path.strip_prefix("policy/")?, *text)));
    files
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect()
}

/// A running binary; killed when dropped.
pub(crate) struct Server {
    child: Child,
    said: Receiver<String>,
    lines: Receiver<String>,
}

impl Server {
    /// Where it listens, once it says so.
    pub(crate) fn address(&self) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE);
            let line = line.expect("it says where it listens");
            if let Some(address) = line.strip_prefix("listening on ") {
                return address.to_owned();
            }
        }
    }

    /// Whether the log has said these words by now.
    pub(crate) fn has_logged(&self, words: &str) -> bool {
        self.lines.try_iter().any(|line| line.contains(words))
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

/// The Python that `./test` prepares. Without it the test says so; in CI that
/// is a failure.
pub(crate) fn python() -> Option<String> {
    let python = std::env::var("CANDOR_TEST_PYTHON").ok();
    if python.is_none() {
        assert!(
            std::env::var("CI").is_err(),
            "CANDOR_TEST_PYTHON is not set"
        );
        eprintln!("not run: CANDOR_TEST_PYTHON is not set; ./test sets it");
    }
    python
}
