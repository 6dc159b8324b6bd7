//! The guide's commands, run as they stand. In a `console` block, a line that
//! begins with `$ ` is a command; the lines after it are what it prints, where
//! `…` stands for anything. A page's commands run in one folder, in order.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
}

#[test]
fn every_command_of_the_guide_does_what_the_guide_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut pages: Vec<PathBuf> = fs::read_dir(root.join("docs/guide"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .collect();
    pages.sort();
    let mut commands = 0;
    for page in pages {
        let folder = tempfile::tempdir().unwrap();
        for step in steps(&fs::read_to_string(&page).unwrap()) {
            run(&page, &step, folder.path());
            commands += 1;
        }
    }
    assert!(commands > 5, "the guide has commands");
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside && line.starts_with("$ ") {
            steps.push(Step {
                line: number + 1,
                command: line.trim_start_matches("$ ").to_owned(),
                expected: Vec::new(),
            });
        } else if inside && let Some(step) = steps.last_mut() {
            step.expected.push(line.to_owned());
        }
    }
    steps
}

fn run(page: &Path, step: &Step, folder: &Path) {
    let binary = Path::new(env!("CARGO_BIN_EXE_candor"));
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        binary.parent().unwrap().display()
    );
    let output = Command::new("bash")
        .args(["-c", &format!("{{ {}\n}} 2>&1", step.command)])
        .current_dir(folder)
        .env("PATH", path)
        .env(
            "EXAMPLES",
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples"),
        )
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut rest = printed.as_ref();
    for expected in &step.expected {
        for part in expected
            .split('…')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let found = rest.find(part).unwrap_or_else(|| {
                panic!(
                    "{}:{}: `{}` did not print `{part}`; it printed:\n{printed}",
                    page.display(),
                    step.line,
                    step.command
                )
            });
            rest = rest.get(found + part.len()..).unwrap_or_default();
        }
    }
}
