//! What staff do, from the command line, against a running server: every right from
//! filing to its answer, and holds.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use candor_domain::api_key::{Permission, Scope};
use candor_server::service::KeyTerms;
use serde_json::Value;
use stackyard::ALONE;

use crate::holds::HOLDS;
use crate::world::{PATIENCE, Server, World};

/// A member of staff with a shell.
struct Shell {
    world: World,
    server: Server,
    address: String,
    key: String,
}

impl Shell {
    /// Beside a running company, whose policy also declares holds.
    async fn new() -> Self {
        let world = World::new(30).await;
        let declaration = world.path("policy/candor.yaml");
        let mut text = std::fs::read_to_string(&declaration).unwrap();
        text.push_str(HOLDS);
        std::fs::write(declaration, text).unwrap();
        let service = world.service_of(
            world.policy_on_disk(),
            candor_server::world::World::real().clock,
        );
        let terms = KeyTerms {
            name: "staff".to_owned(),
            scope: Scope {
                may: Permission::ALL.into(),
                ..Scope::default()
            },
            expires_at: None,
            by: None,
        };
        let key = service.await.make_api_key(terms).await.unwrap().secret;
        let server = world.serve(&[]);
        let address = server.address();
        Self {
            world,
            server,
            address,
            key,
        }
    }

    /// What a command says, and whether it went well.
    fn run(&self, arguments: &[&str], input: &str) -> (bool, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
            .args(arguments)
            .args(["--format", "json"])
            .env("CANDOR_SERVER", &self.address)
            .env("CANDOR_API_KEY", &self.key)
            .current_dir(self.world.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    fn json(&self, arguments: &[&str], input: &str) -> Value {
        let (went_well, said) = self.run(arguments, input);
        assert!(went_well, "{arguments:?}: {said}");
        serde_json::from_str(&said).unwrap_or_else(|_| panic!("{arguments:?}: {said}"))
    }

    /// Waits until a subject request leaves these states.
    fn after(&self, id: &str, states: &[&str]) -> Value {
        let start = Instant::now();
        loop {
            let shown = self.json(&["request", "show", id], "");
            if !states.contains(&shown["state"].as_str().unwrap()) {
                return shown;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{shown:#}\n{}",
                self.server.has_logged("")
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Files one for a person whom staff know, says what they want, and does what is
    /// to be done until it is answered.
    fn answered(&self, right: &str, wish: Option<(&[&str], &str)>) -> String {
        let person = format!(
            "email: {}\nvouched: They called from their number.\n",
            ALONE.email
        );
        let filed = self.json(&["request", "file", right], &person);
        let id = filed["id"].as_str().unwrap().to_owned();
        if let Some((options, said)) = wish {
            let arguments = [&["request", "wish", &id], options].concat();
            self.json(&arguments, said);
        }
        let working = ["locating", "preparing", "closing"];
        let mut shown = self.after(&id, &working);
        if shown["state"] == "undecided" && right == "complaint" {
            self.json(&["request", "answer", &id], "We will call this week.");
        } else if shown["state"] == "undecided" {
            self.json(&["request", "approve", &id], "");
        }
        shown = self.after(&id, &working);
        for task in shown["tasks"].as_array().unwrap() {
            let system = task["system"].as_str().unwrap();
            assert_eq!(shown["words"]["contact"], ALONE.email, "{right}");
            let done = ["request", "task", &id, system, "--note"];
            self.json(&done, "Told by letter.");
        }
        let states = [&working[..], &["carrying"]].concat();
        let shown = self.after(&id, &states);
        assert_eq!(shown["state"], "completed", "{right}: {shown:#}");
        id
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_right_is_answered_from_the_command_line() {
    let shell = Shell::new().await;
    shell.answered("access", None);
    shell.answered("portability", None);
    shell.answered(
        "objection",
        Some((&["--purpose", "newsletter"], "text: No more.\n")),
    );
    shell.answered("withdrawal", Some((&["--purpose", "usage_statistics"], "")));
    shell.answered("complaint", Some((&[], "text: You never call back.\n")));
    shell.answered("rectification", Some((&[], "name: Camille Moreau-Petit\n")));
    let id = shell.answered("restriction", Some((&["--ground", "contested"], "")));
    let shown = shell.json(&["request", "show", &id], "");
    assert!(shown["restricted_since"].is_string());
    shell.json(&["request", "lift", &id], "");
    shell.answered("erasure", None);
    // What doesn't fit is said, and nothing of what was sent is repeated.
    let (went_well, said) = shell.run(&["request", "extend", &id, "--reason", "number"], "");
    assert!(!went_well && said.contains("error"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_are_set_listed_and_lifted_from_the_command_line() {
    let shell = Shell::new().await;
    let on = format!("email: {}\nreason: file 7\n", ALONE.email);
    let set = shell.json(&["hold", "add", "claims"], &on);
    let (went_well, said) = shell.run(&["hold", "add", "claims"], &on);
    assert!(
        !went_well && said.contains("has that hold already"),
        "{said}"
    );
    assert!(!said.contains(ALONE.email), "{said}");
    let (went_well, said) = shell.run(&["hold", "add", "other"], &on);
    assert!(!went_well && said.contains("/hold"), "{said}");
    let listed = shell.json(&["hold", "list"], "");
    assert_eq!(listed, set);
    assert_eq!(listed[0]["identities"]["email"], ALONE.email);
    let id = listed[0]["id"].as_str().unwrap();
    let (went_well, said) = shell.run(&["hold", "lift", id], "");
    assert!(went_well, "{said}");
    assert_eq!(shell.json(&["hold", "list"], ""), serde_json::json!([]));
}
