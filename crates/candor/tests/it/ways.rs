//! Every right by the command line, one at a time and in bulk, against a running
//! service; the same asked twice is one subject request. The other ways in are walked
//! in `crates/server/src/ui/tests/every_way.rs`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use candor_domain::api_key::{Permission, Scope};
use candor_policy::charter::Right;
use candor_server::service::KeyTerms;
use candor_server::world::World as Outside;
use serde_json::Value;

use crate::world::World;

/// The example's policy, with the one right that it doesn't declare.
async fn company() -> World {
    let world = World::new(20).await;
    let declaration = world.path("policy").join("candor.yaml");
    let text = std::fs::read_to_string(&declaration).unwrap();
    let more =
        "  complaint:     { through: [CNIL] }\n  opt_out:       { through: [request form] }\n";
    let text = text.replace("  complaint:     { through: [CNIL] }\n", more);
    assert!(text.contains("opt_out"));
    std::fs::write(&declaration, text).unwrap();
    let words = world.path("policy").join("policy.md");
    let text = std::fs::read_to_string(&words).unwrap();
    let more = "You can [opt out of the sale of your data](promise:right.opt_out) at any time.";
    std::fs::write(&words, format!("{text}\n{more}\n")).unwrap();
    world
}

async fn key(world: &World) -> String {
    let clock = Outside::real().clock;
    let service = world.service_of(world.policy_on_disk(), clock).await;
    let may = [
        Permission::File,
        Permission::Vouch,
        Permission::Read,
        Permission::Decide,
    ];
    let terms = KeyTerms {
        name: "the shop".to_owned(),
        scope: Scope {
            may: may.into(),
            rights: [].into(),
            tenant: None,
        },
        expires_at: None,
        by: None,
    };
    let made = service.make_api_key(terms).await.unwrap();
    let file = world.path("shop.key");
    std::fs::write(&file, made.secret).unwrap();
    file.display().to_string()
}

struct Shell<'a> {
    server: &'a str,
    key: &'a str,
    folder: &'a Path,
}

impl Shell<'_> {
    /// What a command prints, as JSON.
    fn run(&self, arguments: &[&str], input: &str) -> Value {
        let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
            .arg("request")
            .args(arguments)
            .args(["--server", self.server, "--key-file", self.key])
            .args(["--format", "json"])
            .current_dir(self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_right_comes_in_by_the_command_line_one_at_a_time_and_in_bulk() {
    let world = company().await;
    let key = key(&world).await;
    let running = world.serve(&[]);
    let server = running.address();
    let shell = Shell {
        server: &server,
        key: &key,
        folder: &world.path(""),
    };
    let mut rows = String::from("email,right\n");
    for right in Right::ALL {
        let person = format!("email: {}@one.example\n", right.key());
        let filed = shell.run(&["file", right.key()], &person);
        assert_eq!(
            (&filed["right"], &filed["attached"]),
            (&right.key().into(), &false.into())
        );
        let again = shell.run(&["file", right.key()], &person);
        // An opt-out needs no proof: this one may be through already.
        if right != Right::OptOut {
            assert_eq!(
                (&again["id"], &again["attached"]),
                (&filed["id"], &true.into())
            );
        }
        rows += &format!("{}@many.example,{}\n", right.key(), right.key());
    }
    std::fs::write(world.path("people.csv"), rows).unwrap();
    let done = shell.run(&["bulk", "people.csv"], "They signed in.");
    assert_eq!((&done["filed"], &done["failed"]), (&9.into(), &0.into()));
    for right in Right::ALL {
        let listed = shell.run(&["list", "--right", right.key()], "");
        assert!(listed.as_array().unwrap().len() >= 2, "{right:?}: {listed}");
    }
    assert_eq!(shell.run(&["tasks"], ""), Value::Array(Vec::new()));
}
