//! `candor import --model` against a small server that speaks OpenAI's chat
//! completions, well and badly. Nothing it says counts unless the text says it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

const POLICY: &str = "# Privacy\n\nExample SAS, Paris, France. Write to privacy@example.test.\n\nWe \
    keep e-mail addresses and invoices for 2 years.\n";
const SPAN: &str = "e-mail addresses and invoices for 2 years";

/// What the server does with one request.
enum Answer {
    /// Proposes this for its first sentence.
    Proposes(String),
    /// Answers with this status, head lines and body.
    Says(u16, &'static str, String),
    /// Doesn't.
    Sleeps,
}

/// A request as the server received it: its head and its body.
type Asked = (String, String);

/// Answers one request after another, and tells what was asked.
fn serve(answers: Vec<Answer>) -> (String, mpsc::Receiver<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let (send, asked) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = send.send(receive(&stream));
            let (status, head, body) = match answer {
                Answer::Sleeps => {
                    std::thread::sleep(Duration::from_secs(3));
                    continue;
                }
                Answer::Says(status, head, body) => (status, head, body),
                Answer::Proposes(proposals) => {
                    (200, "", chat(&format!("{{\"proposals\": [{proposals}]}}")))
                }
            };
            let length = body.len();
            // The other side may have gone by now.
            let _ = write!(
                stream,
                "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {length}\r\n{head}\r\n{body}"
            );
        }
    });
    (address, asked)
}

fn receive(stream: &TcpStream) -> Asked {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let lower = head.to_lowercase();
    let length = lower.split("content-length: ").nth(1).unwrap();
    let length: usize = length.lines().next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// A chat completion with this content.
fn chat(content: &str) -> String {
    serde_json::json!({ "choices": [{ "message": { "role": "assistant", "content": content } }] })
        .to_string()
}

fn retain(span: &str, data: &str, period: &str) -> String {
    serde_json::json!({ "sentence": 1, "span": span, "kind": "retain", "data": data, "period": period })
        .to_string()
}

/// Imports the policy with the model; what was printed, and `candor.yaml`.
fn import(address: &str, more: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("privacy.md"), POLICY).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args([
            "import",
            "privacy.md",
            "--out",
            "drafted",
            "--model",
            address,
        ])
        .args(more)
        .current_dir(folder.path())
        .env("TEST_MODEL_KEY", "very-secret")
        .output()
        .unwrap();
    let printed =
        String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    let yaml = fs::read_to_string(folder.path().join("drafted/candor.yaml"));
    (printed, yaml.unwrap_or_default())
}

#[test]
fn what_the_rules_read_too_becomes_an_entry_marked_unsure() {
    let (address, asked) = serve(vec![Answer::Proposes(retain(
        SPAN,
        "contact.email",
        "two years",
    ))]);
    let (printed, yaml) = import(
        &address,
        &["--model-name", "m", "--model-key-env", "TEST_MODEL_KEY"],
    );
    assert!(
        printed.contains("leave this machine for `127.0.0.1`"),
        "{printed}"
    );
    assert!(printed.contains("1 proposals became entries"), "{printed}");
    assert!(
        yaml.contains("unsure: “2 years” in: We keep e-mail addresses and invoices for 2 years.\n  email: { for: 2 years }"),
        "{yaml}"
    );
    let (head, body) = asked.recv().unwrap();
    assert!(head.starts_with("POST /v1/chat/completions "), "{head}");
    assert!(
        head.to_lowercase()
            .contains("authorization: bearer very-secret"),
        "{head}"
    );
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["model"], "m");
    let question = body["messages"][1]["content"].as_str().unwrap();
    assert!(question.contains("invoices for 2 years"), "{question}");
    assert!(!printed.contains("very-secret"));
}

#[test]
fn what_the_text_does_not_say_is_dropped_and_counted() {
    let proposals = [
        retain("e-mail addresses for 2 years", "contact.email", "2 years"),
        retain(SPAN, "contact.email", "3 years"),
        retain(SPAN, "contact.email", "24 hours"),
        retain(SPAN, "device.ip", "2 years"),
        retain("for 2 years", "contact.email", "2 years"),
        r#"{ "sentence": 7, "span": "x", "kind": "collect", "data": "name" }"#.to_owned(),
        r#"{ "sentence": 1, "span": "x", "kind": "sell" }"#.to_owned(),
        r#"{ "sentence": 1, "span": "invoices", "kind": "right", "right": "erasure", "period": null }"#
            .to_owned(),
    ];
    let (address, _) = serve(vec![Answer::Proposes(proposals.join(","))]);
    let (printed, yaml) = import(&address, &[]);
    for expected in [
        "6 proposals; 2 more are not of the form",
        "0 proposals became entries",
        "1 dropped: proposals with words that the sentence doesn't have",
        "2 dropped: proposals with a period that the words don't say",
        "2 dropped: proposals with data that the words don't name",
        "1 dropped: proposals with a right that the words don't name",
    ] {
        assert!(printed.contains(expected), "no `{expected}` in {printed}");
    }
    assert!(!yaml.contains("for: 2 years"), "{yaml}");
}

#[test]
fn a_busy_or_failing_server_is_asked_again_and_then_left() {
    let busy = || Answer::Says(429, "retry-after: 0\r\n", String::new());
    let good = || Answer::Proposes(retain(SPAN, "contact.email", "2 years"));
    let (address, _) = serve(vec![
        busy(),
        Answer::Says(500, "retry-after: 0\r\n", String::new()),
        good(),
    ]);
    let (printed, yaml) = import(&address, &[]);
    assert!(yaml.contains("email: { for: 2 years }"), "{printed}");

    let (address, asked) = serve(vec![busy(), busy(), busy(), good()]);
    let (printed, yaml) = import(&address, &[]);
    assert!(
        printed.contains("the model's server answered 429"),
        "{printed}"
    );
    assert!(
        yaml.contains("# Drafted from the words"),
        "the rules' draft is there: {printed}"
    );
    assert_eq!(asked.try_iter().count(), 3);

    // What asking again can't mend is not asked again.
    let (address, asked) = serve(vec![
        Answer::Says(401, "", "very private answer".to_owned()),
        good(),
    ]);
    let (printed, _) = import(&address, &[]);
    assert!(
        printed.contains("the model's server answered 401"),
        "{printed}"
    );
    assert!(!printed.contains("very private answer"), "{printed}");
    assert_eq!(asked.try_iter().count(), 1);
}

#[test]
fn answers_that_are_none_cost_the_proposals_only() {
    let says = |body: &str| Answer::Says(200, "", body.to_owned());
    for (answer, expected) in [
        (says("{ \"choices\": ["), "the answer is not JSON"),
        (says("{}"), "the answer has no message"),
        (
            says(&chat("Sure! Here you are.")),
            "is not the JSON asked for",
        ),
        (says(&chat("{\"answer\": 1}")), "has no `proposals`"),
        (
            says(&"x".repeat(2 * 1024 * 1024)),
            "the answer broke off or is too long",
        ),
    ] {
        // A connection that breaks is tried again: it may break each time.
        let again = match &answer {
            Answer::Says(_, _, body) if body.len() > 1024 * 1024 => vec![says(body), says(body)],
            _ => Vec::new(),
        };
        let (address, _) = serve(std::iter::once(answer).chain(again).collect());
        let (printed, yaml) = import(&address, &[]);
        assert!(printed.contains(expected), "no `{expected}` in {printed}");
        assert!(yaml.contains("# Drafted from the words"), "{printed}");
    }
    // JSON in a fence is JSON.
    let fenced = format!(
        "```json\n{{\"proposals\": [{}]}}\n```",
        retain(SPAN, "contact.email", "2 years")
    );
    let (address, _) = serve(vec![says(&chat(&fenced))]);
    assert!(import(&address, &[]).1.contains("email: { for: 2 years }"));
}

#[test]
fn a_server_that_is_silent_or_gone_is_not_waited_for() {
    let (address, _) = serve(vec![Answer::Sleeps, Answer::Sleeps, Answer::Sleeps]);
    let (printed, yaml) = import(&address, &["--model-timeout-seconds", "1"]);
    assert!(printed.contains("no answer in 1 seconds"), "{printed}");
    assert!(yaml.contains("# Drafted from the words"), "{printed}");
    let (printed, yaml) = import("http://127.0.0.1:9", &[]);
    assert!(
        printed.contains("the model's server was not reached"),
        "{printed}"
    );
    assert!(yaml.contains("# Drafted from the words"), "{printed}");
}

#[test]
fn text_and_key_do_not_travel_in_the_open() {
    for (address, more, expected) in [
        (
            "http://models.example.test/v1",
            &[][..],
            "must be an https address",
        ),
        ("ftp://127.0.0.1", &[], "must be an https address"),
        ("https://key@models.example.test", &[], "must hold no key"),
        (
            "http://127.0.0.1:9",
            &["--model-key-env", "NOT_SET_HERE"],
            "which is not set",
        ),
    ] {
        let (printed, yaml) = import(address, more);
        assert!(printed.contains(expected), "no `{expected}` in {printed}");
        assert_eq!(yaml, "", "nothing is written");
    }
}
