//! Rules for `Cargo.toml` and `Cargo.lock`: each direct dependency says why it
//! is here, and all of them together stay within a budget.

use crate::problem::Problem;
use crate::tree::Tree;

/// Packages in `Cargo.lock`: each one is downloaded, built and trusted.
const LOCK_PACKAGES_MAX: usize = 400;

/// Each dependency has a comment directly above, in the workspace's table or,
/// if it does not come from there, where it stands. Our own crates need none.
pub(super) fn dependencies_say_why(tree: &Tree) -> Vec<Problem> {
    entries_of(tree)
        .filter(|(_, entry)| !entry.explained && !entry.shared && !entry.ours)
        .map(|(path, Entry { line, name, .. })| {
            Problem::line(
                path,
                line,
                format!("`{name}` needs a comment line above that says why it is here"),
            )
        })
        .collect()
}

/// Each dependency is named in the sources of its crate, and each one of the
/// workspace's table is taken by a member.
pub(super) fn dependencies_are_used(tree: &Tree) -> Vec<Problem> {
    entries_of(tree)
        .filter(|(path, entry)| {
            if entry.of_workspace {
                !entries_of(tree).any(|(_, other)| other.shared && other.name == entry.name)
            } else {
                let folder = path.trim_end_matches("Cargo.toml");
                let name = entry.name.replace('-', "_");
                !tree
                    .texts_ending(".rs")
                    .any(|(path, text)| path.starts_with(folder) && names(text, &name))
            }
        })
        .map(|(path, Entry { line, name, .. })| {
            Problem::line(path, line, format!("`{name}` is not used"))
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

/// One dependency, as it stands in a manifest.
struct Entry<'a> {
    /// Counted from 1.
    line: usize,
    name: &'a str,
    /// Stands in `[workspace.dependencies]`.
    of_workspace: bool,
    /// Taken from `[workspace.dependencies]`.
    shared: bool,
    /// A crate of this project.
    ours: bool,
    /// Has a comment directly above.
    explained: bool,
}

fn entries_of(tree: &Tree) -> impl Iterator<Item = (&str, Entry<'_>)> {
    tree.texts_ending("Cargo.toml")
        .flat_map(|(path, text)| entries(text).into_iter().map(move |entry| (path, entry)))
}

/// Every dependency of a manifest.
fn entries(manifest: &str) -> Vec<Entry<'_>> {
    let mut found = Vec::new();
    let mut table = "";
    let mut open_brackets = 0;
    let mut explained = false;
    for (index, line) in manifest.lines().map(str::trim).enumerate() {
        if line.starts_with('#') {
            explained = true;
            continue;
        }
        let mut add = |name, value: &str| {
            found.push(Entry {
                line: index + 1,
                name,
                of_workspace: table.starts_with("workspace."),
                shared: value.contains("workspace = true"),
                ours: value.contains("path = "),
                explained,
            });
        };
        if open_brackets > 0 {
            open_brackets += brackets(line);
        } else if line.starts_with('[') {
            table = line.trim_matches(['[', ']']);
            // A dependency written as a table of its own.
            if let Some((_, name)) = table.split_once("dependencies.") {
                add(name, "");
            }
        } else if table.ends_with("dependencies")
            && let Some((key, value)) = line.split_once('=')
        {
            match key.trim().strip_suffix(".workspace") {
                Some(name) => add(name, "workspace = true"),
                None => add(key.trim(), value),
            }
            open_brackets += brackets(value);
        }
        explained = false;
    }
    found
}

/// Whether `name` occurs as a word of its own.
fn names(text: &str, name: &str) -> bool {
    text.split(|sign: char| !sign.is_alphanumeric() && sign != '_')
        .any(|word| word == name)
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
    fn an_unused_dependency_is_refused() {
        check_rule(
            dependencies_are_used,
            &[
                (
                    "Cargo.toml",
                    "[workspace.dependencies]\nserde-json = \"1\"\nhex = \"1\"\nlost = \"1\"\n",
                ),
                (
                    "a/Cargo.toml",
                    "[dependencies]\nserde-json.workspace = true\nhex.workspace = true\n",
                ),
                ("a/src/lib.rs", "use serde_json::Value;\nlet hexes = 1;\n"),
            ],
            &[
                "Cargo.toml:4: `lost` is not used",
                "a/Cargo.toml:3: `hex` is not used",
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
