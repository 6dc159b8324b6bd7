//! Rules for `Cargo.toml` and `Cargo.lock`: each direct dependency says why it
//! is here, and all of them together stay within a budget.

use crate::problem::Problem;
use crate::tree::Tree;

/// Packages in `Cargo.lock`: each one is downloaded, built and trusted.
const LOCK_PACKAGES_MAX: usize = 400;

/// Each dependency has a comment directly above, in the workspace's table or,
/// if it does not come from there, where it stands. Our own crates need none.
pub(super) fn dependencies_say_why(tree: &Tree) -> Vec<Problem> {
    tree.texts_ending("Cargo.toml")
        .flat_map(|(path, text)| {
            unexplained(text).into_iter().map(move |(line, name)| {
                Problem::line(
                    path,
                    line,
                    format!("`{name}` needs a comment line above that says why it is here"),
                )
            })
        })
        .collect()
}

/// `Cargo.lock` holds at most [`LOCK_PACKAGES_MAX`] packages.
pub(super) fn lock_within_budget(tree: &Tree) -> Vec<Problem> {
    tree.texts()
        .filter(|(path, _)| *path == "Cargo.lock")
        .filter_map(|(path, text)| {
            let packages = text.lines().filter(|line| *line == "[[package]]").count();
            (packages > LOCK_PACKAGES_MAX).then(|| {
                Problem::file(path, format!("{packages} packages, {LOCK_PACKAGES_MAX} at most: `cargo tree --duplicates`, `cargo tree -e features` show where they come from"))
            })
        })
        .collect()
}

/// Dependencies without a comment above, as line (from 1) and name.
fn unexplained(manifest: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_dependencies = false;
    let mut open_brackets = 0;
    let mut explained = false;
    for (index, line) in manifest.lines().map(str::trim).enumerate() {
        if line.starts_with('#') {
            explained = true;
            continue;
        }
        if open_brackets == 0 && line.starts_with('[') {
            let table = line.trim_matches(['[', ']']);
            in_dependencies = table.ends_with("dependencies");
            // A dependency written as a table of its own.
            if let Some((_, name)) = table.split_once("dependencies.")
                && !explained
            {
                found.push((index + 1, name));
            }
        } else if in_dependencies
            && open_brackets == 0
            && let Some((key, value)) = line.split_once('=')
        {
            let shared =
                key.trim_end().ends_with(".workspace") || value.contains("workspace = true");
            let ours = value.contains("path = ");
            if !explained && !shared && !ours {
                found.push((index + 1, key.trim()));
            }
            open_brackets += brackets(value);
        } else {
            open_brackets += if open_brackets > 0 { brackets(line) } else { 0 };
        }
        explained = false;
    }
    found
}

/// Brackets and braces opened minus those closed.
fn brackets(text: &str) -> i32 {
    text.chars()
        .map(|sign| match sign {
            '[' | '{' => 1,
            ']' | '}' => -1,
            _ => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::super::check_rule;
    use super::*;

    #[test]
    fn a_dependency_without_a_reason_is_refused() {
        let manifest = r#"
[package]
name = "x"
[dependencies]
# Serialisation.
serde = "1"
hex = "0.4"
inherited.workspace = true
also = { workspace = true, features = ["a"] }
ours = { path = "../ours" }
# Wide.
wide = { version = "1", features = [
  "one",
] }
narrow = "1"
# Far from what it explains.

late = "1"
[target.'cfg(unix)'.dev-dependencies]
nix = "1"
[dependencies.table]
version = "1"
[features]
default = []
"#;
        check_rule(
            dependencies_say_why,
            &[("crates/a/Cargo.toml", manifest)],
            &[
                "crates/a/Cargo.toml:7: `hex`",
                "crates/a/Cargo.toml:15: `narrow`",
                "crates/a/Cargo.toml:18: `late`",
                "crates/a/Cargo.toml:20: `nix`",
                "crates/a/Cargo.toml:21: `table`",
            ],
        );
    }

    #[test]
    fn a_lock_over_budget_is_refused() {
        let full = "[[package]]\n".repeat(LOCK_PACKAGES_MAX);
        check_rule(lock_within_budget, &[("Cargo.lock", &full)], &[]);
        check_rule(
            lock_within_budget,
            &[("Cargo.lock", &format!("{full}[[package]]\n"))],
            &["Cargo.lock: 401 packages"],
        );
    }
}
