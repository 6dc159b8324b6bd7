//! Rules for Rust files: what they open with, how long they may be, how modules
//! and tests are named and laid out.

use crate::problem::Problem;
use crate::tree::Tree;

/// Lines of a file, its tests not counted.
const FILE_LINES_MAX: usize = 800;
/// Lines of a `mod tests { .. }` inside the file it tests.
const INLINE_TEST_LINES_MAX: usize = 150;
/// Names that say nothing about what is inside, so everything ends up there.
const EMPTY_NAMES: &[&str] = &["common", "core", "helpers", "misc", "util", "utils"];
/// Docs in the file, or in the README of its crate.
const OPENINGS: &[&str] = &["//! ", "#![doc = include_str!(\"../README.md\")]"];
const INLINE_TESTS: &str = "mod tests {";

/// Each file opens with `//!`: what it holds, its invariant, what it refuses.
pub(super) fn opens_with_docs(tree: &Tree) -> Vec<Problem> {
    tree.texts_ending(".rs")
        .filter(|(_, text)| !OPENINGS.iter().any(|opening| text.starts_with(opening)))
        .map(|(path, _)| {
            Problem::line(
                path,
                1,
                "open the file with `//!`: what it holds, its invariant, what it refuses",
            )
        })
        .collect()
}

/// No file exceeds [`FILE_LINES_MAX`] lines without its tests.
pub(super) fn files_are_short(tree: &Tree) -> Vec<Problem> {
    tree.texts_ending(".rs")
        .filter(|(path, _)| !is_test_file(path))
        .filter_map(|(path, text)| {
            let lines = text.lines().take_while(|line| *line != INLINE_TESTS).count();
            (lines > FILE_LINES_MAX).then(|| {
                Problem::file(path, format!("{lines} lines without tests, {FILE_LINES_MAX} at most: split it by knowledge"))
            })
        })
        .collect()
}

/// Tests of more than [`INLINE_TEST_LINES_MAX`] lines have a file of their own.
pub(super) fn inline_tests_are_short(tree: &Tree) -> Vec<Problem> {
    tree.texts_ending(".rs")
        .filter(|(path, _)| !is_test_file(path))
        .filter_map(|(path, text)| {
            let before = text.lines().take_while(|line| *line != INLINE_TESTS).count();
            let lines = text.lines().count() - before;
            (lines > INLINE_TEST_LINES_MAX).then(|| {
                let folder = path.trim_end_matches(".rs");
                Problem::line(path, before + 1, format!("{lines} lines of tests, {INLINE_TEST_LINES_MAX} at most: move them to `{folder}/tests.rs`"))
            })
        })
        .collect()
}

/// No module or crate has a name that says nothing.
pub(super) fn names_say_something(tree: &Tree) -> Vec<Problem> {
    tree.paths()
        .filter(|path| path.ends_with(".rs") || path.ends_with("/Cargo.toml"))
        .filter_map(|path| {
            let name = path
                .trim_end_matches(".rs")
                .split('/')
                .find(|part| EMPTY_NAMES.contains(&part.trim_start_matches("candor-")))?;
            Some(Problem::file(
                path,
                format!("`{name}` says nothing: name it after what it knows"),
            ))
        })
        .collect()
}

/// A crate has at most one integration test binary, `tests/it/main.rs`: each
/// further one links the whole crate again.
pub(super) fn one_test_binary(tree: &Tree) -> Vec<Problem> {
    tree.paths()
        .filter(|path| {
            let mut parts = path.rsplit('/');
            let file = parts.next().unwrap_or_default();
            let folder = parts.next().unwrap_or_default();
            let above = parts.next().unwrap_or_default();
            let binary = folder == "tests" && file.ends_with(".rs") && above != "src"
                || above == "tests" && file == "main.rs" && folder != "it";
            let manifest = path
                .rsplit_once("/tests/")
                .map(|(root, _)| format!("{root}/Cargo.toml"));
            binary && manifest.is_some_and(|manifest| tree.contains(&manifest))
        })
        .map(|path| {
            Problem::file(
                path,
                "a test binary of its own: make it a module of `tests/it/main.rs`",
            )
        })
        .collect()
}

/// No test is switched off, and none passes by a panic that could be any panic.
pub(super) fn tests_always_run(tree: &Tree) -> Vec<Problem> {
    attributes(tree, &["#[ignore", "#[should_panic"], |_| true)
        .map(|(path, line)| {
            Problem::line(
                path,
                line,
                "no `ignore`, no `should_panic`: assert what is meant",
            )
        })
        .collect()
}

/// `allow` says why. (`expect` is better: it tells when it is no longer needed.)
pub(super) fn allow_has_reason(tree: &Tree) -> Vec<Problem> {
    attributes(tree, &["#[allow(", "#![allow("], |attribute| {
        !attribute.contains("reason =")
    })
    .map(|(path, line)| Problem::line(path, line, "`allow` without `reason = \"..\"`"))
    .collect()
}

fn is_test_file(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Lines that start with one of `openings` and whose attribute, up to its
/// closing bracket, satisfies `wanted`.
fn attributes<'a>(
    tree: &'a Tree,
    openings: &'a [&str],
    wanted: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = (&'a str, usize)> {
    tree.texts_ending(".rs").flat_map(move |(path, text)| {
        let mut rest = text;
        let mut found = Vec::new();
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let attribute = rest
                .split_once(")]")
                .map_or(rest, |(attribute, _)| attribute);
            let opens = openings
                .iter()
                .any(|opening| line.trim_start().starts_with(opening));
            if opens && wanted(attribute) {
                found.push((path, index + 1));
            }
            rest = rest.strip_prefix(line).unwrap_or_default();
        }
        found
    })
}

#[cfg(test)]
mod tests {
    use super::super::check_rule;
    use super::*;

    #[test]
    fn a_file_without_opening_docs_is_refused() {
        check_rule(
            opens_with_docs,
            &[
                ("a.rs", "//! Fine.\n"),
                ("b.rs", "use std::fmt;\n"),
                ("c.rs", "//!\n"),
                ("e/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n"),
                ("d.md", "x"),
            ],
            &["b.rs:1: open", "c.rs:1: open"],
        );
    }

    #[test]
    fn a_long_file_is_refused_and_its_tests_do_not_count() {
        let code = "x\n".repeat(FILE_LINES_MAX);
        check_rule(
            files_are_short,
            &[
                ("a.rs", &format!("{code}{INLINE_TESTS}\n{code}")),
                ("b.rs", &format!("{code}x\n")),
                ("c/tests.rs", &format!("{code}x\n")),
            ],
            &["b.rs: 801 lines"],
        );
    }

    #[test]
    fn long_inline_tests_are_refused() {
        let tests = format!(
            "x\n{INLINE_TESTS}\n{}",
            "x\n".repeat(INLINE_TEST_LINES_MAX - 1)
        );
        check_rule(
            inline_tests_are_short,
            &[
                ("a.rs", &tests),
                ("b.rs", &format!("{tests}x\n")),
                ("c/tests.rs", &format!("{tests}x\n")),
            ],
            &["b.rs:2: 151 lines of tests, 150 at most: move them to `b/tests.rs`"],
        );
    }

    #[test]
    fn empty_names_are_refused() {
        check_rule(
            names_say_something,
            &[
                ("crates/candor-core/Cargo.toml", ""),
                ("crates/policy/src/utils/spans.rs", ""),
                ("crates/policy/src/common.rs", ""),
                ("crates/policy/src/scoring.rs", ""),
                ("docs/core.md", ""),
            ],
            &[
                "crates/candor-core/Cargo.toml: `candor-core`",
                "crates/policy/src/utils/spans.rs: `utils`",
                "crates/policy/src/common.rs: `common`",
            ],
        );
    }

    #[test]
    fn a_second_test_binary_is_refused() {
        check_rule(
            one_test_binary,
            &[
                ("crates/a/Cargo.toml", ""),
                ("crates/a/tests/it/main.rs", ""),
                ("crates/a/tests/it/story.rs", ""),
                ("crates/a/tests/other/main.rs", ""),
                ("crates/a/tests/lonely.rs", ""),
                ("crates/a/src/tests/part.rs", ""),
            ],
            &[
                "crates/a/tests/other/main.rs: a test binary",
                "crates/a/tests/lonely.rs: a test binary",
            ],
        );
    }

    #[test]
    fn switched_off_tests_are_refused() {
        let text = "//! `#[ignore]` in a comment is fine.\n    #[ignore]\n#[should_panic(expected = \"x\")]\n";
        check_rule(
            tests_always_run,
            &[("a.rs", text)],
            &["a.rs:2: no `ignore`", "a.rs:3: no `ignore`"],
        );
    }

    #[test]
    fn allow_without_reason_is_refused() {
        let text = "#![allow(a)]\n#[allow(\n    b,\n    reason = \"why\"\n)]\n#[allow(c)]\n#[allow(d, reason = \"why\")]\n";
        check_rule(
            allow_has_reason,
            &[("a.rs", text)],
            &["a.rs:1: `allow`", "a.rs:6: `allow`"],
        );
    }
}
