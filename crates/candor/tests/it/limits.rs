//! Files that no policy is: each ends `check`, `lint` and `import` with one error that
//! names the place and the remedy, within bounds of time and memory that the
//! operating system holds them to.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// Processor seconds and kilobytes of a process, unoptimised. What it maps of
/// its own binary isn't counted.
const SECONDS_MAX: u32 = 20;
const KILOBYTES_MAX: u32 = 256 * 1024;

const DECLARATION: &str = "\
candor: 1
organisation: { name: Example SAS, country: FR, contact: { email: privacy@example.test } }
text: { en: policy.md }
people: { customer: { role: controller, known_by: [email] } }
purposes: { service: { basis: contract } }
data: { account_email: { category: contact.email, of: customer, for: service } }
";

/// Runs the binary with less than any machine has.
fn candor(arguments: &[&str], path: &Path) -> Output {
    let limits = format!("ulimit -t {SECONDS_MAX}; ulimit -d {KILOBYTES_MAX}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &limits, env!("CARGO_BIN_EXE_candor")])
        .args(arguments)
        .arg(path)
        .output()
        .unwrap()
}

/// One error, with these words.
fn assert_refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    let head: String = said.chars().take(2_000).collect();
    assert!(
        matches!(output.status.code(), Some(1 | 2)),
        "{:?} {head}",
        output.status
    );
    let errors = said
        .lines()
        .filter(|line| line.starts_with("error"))
        .count();
    let warnings = said
        .lines()
        .filter(|line| line.starts_with("warning"))
        .count();
    assert_eq!((errors, warnings), (1, 0), "{head}");
    for word in words {
        assert!(said.contains(word), "no `{word}` in: {head}");
    }
    assert!(said.len() < 2_000, "short enough to be read: {head}");
}

/// `check` of a folder with this file in it.
fn check(name: &str, bytes: &[u8]) -> Output {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("candor.yaml"), DECLARATION).unwrap();
    std::fs::write(folder.path().join("policy.md"), "# Privacy\n").unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    candor(&["check"], folder.path())
}

/// A command that is given nothing but a text.
fn alone(command: &str, bytes: &[u8]) -> Output {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("policy.md");
    std::fs::write(&path, bytes).unwrap();
    let out = folder.path().join("draft");
    let to = ["import", "--out", out.to_str().unwrap()];
    candor(if command == "import" { &to } else { &["lint"] }, &path)
}

/// What is wrong with a text, whoever reads it, and the words of its one error.
fn hostile_texts() -> Vec<(Vec<u8>, [&'static str; 2])> {
    vec![
        (
            b"We keep it. ".repeat(50 * 1024 * 1024 / 12),
            ["too many for a policy", "split it"],
        ),
        (
            b"[".repeat(10_000),
            ["nested more than 64", "close the brackets"],
        ),
        (b"> ".repeat(10_000), ["nested more than 64", "take out"]),
        (
            b"# Privacy\n\nWe \x00keep\x07 it.".to_vec(),
            ["U+0000 is a control character", "take them out"],
        ),
        (
            b"# Privacy\n\nWe keep it for \xff\xfe days.".to_vec(),
            ["line 3, column 16: the byte 0xFF", "save the file as text"],
        ),
        (
            "# Privacy\n\nKept for \u{202e}syad 09\u{202c}.".into(),
            ["U+202E is a reordering character", "take them out"],
        ),
        (
            "# פרטיות\n\nאנו מוחקים את הנתונים תוך שלושים יום.\n".into(),
            ["from right to left", "publish this translation beside"],
        ),
    ]
}

#[test]
fn a_text_beyond_the_limits_is_one_error() {
    for (bytes, words) in hostile_texts() {
        assert_refused(&check("policy.md", &bytes), &words);
        for command in ["lint", "import"] {
            assert_refused(&alone(command, &bytes), &words);
        }
    }
}

#[test]
fn a_declaration_beyond_the_limits_is_one_error() {
    let declared = |yaml: &str| format!("{DECLARATION}{yaml}").into_bytes();
    // Every line doubles what the one before it stands for.
    let bomb: String = (1..=30)
        .map(|level| format!("x{level}: &x{level} [*x{0}, *x{0}]\n", level - 1))
        .collect();
    for (bytes, words) in [
        (
            b"#".repeat(50 * 1024 * 1024),
            ["too many for a policy", "split it"],
        ),
        (
            declared(&format!("x: {}", "[".repeat(10_000))),
            ["nested more than 32", "are closed"],
        ),
        (
            declared(&format!("x: {}", "{a: ".repeat(10_000))),
            ["nested more than 32", "are closed"],
        ),
        (
            declared(&format!("x:\n  {}", "- ".repeat(10_000))),
            ["nested more than 32", "are closed"],
        ),
        (
            declared(&format!("x0: &x0 [1]\n{bomb}")),
            ["can't use a YAML anchor", "write the value out"],
        ),
        (
            declared("name: \u{7}"),
            ["U+0007 is a control character", "take it out"],
        ),
        (
            declared("name: \u{2067}x"),
            ["U+2067 is a reordering character", "take it out"],
        ),
        (
            [DECLARATION.as_bytes(), b"name: \xe9"].concat(),
            ["line 7, column 7: the byte 0xE9", "save the file"],
        ),
    ] {
        assert_refused(&check("candor.yaml", &bytes), &words);
    }
}

/// What is within the limits is read within them, however it is made.
#[test]
fn the_largest_texts_end_within_the_bounds() {
    let sentence = "We keep IP addresses for 30 days, and share them with Stripe only. ";
    for bytes in [
        sentence.repeat(1024 * 1024 / sentence.len()),
        format!("{sentence}\n\n").repeat(1024 * 1024 / (sentence.len() + 2)),
        "- a\n".repeat(50_000),
        "[a](b) ".repeat(1024 * 1024 / 7),
    ] {
        let output = alone("lint", bytes.as_bytes());
        assert!(output.status.code().is_some(), "{output:?}");
    }
}
