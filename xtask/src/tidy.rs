//! House rules that neither rustc, clippy nor rustfmt checks. A rule is a pure
//! function from the tree to its problems, and has a test that shows it failing.
//! A test here runs all of them, so `cargo test` alone keeps the house tidy.

use crate::problem::Problem;
use crate::tree::Tree;

mod manifests;
mod markdown;
mod pairs;
mod rust;
mod words;

type Rule = fn(&Tree) -> Vec<Problem>;

/// Every rule. Adding one here is all it takes.
const RULES: &[Rule] = &[
    manifests::dependencies_are_used,
    manifests::dependencies_say_why,
    manifests::lock_within_budget,
    markdown::links_resolve,
    pairs::diagnostics_have_pages,
    pairs::house_papers_exist,
    pairs::migrations_match,
    rust::allow_has_reason,
    rust::files_are_short,
    rust::inline_tests_are_short,
    rust::names_say_something,
    rust::one_test_binary,
    rust::opens_with_docs,
    rust::tests_always_run,
    words::no_machine_paths,
    words::no_select_star,
    words::nothing_unfinished,
];

/// Runs every rule; problems come ordered by file and line.
pub(crate) fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems: Vec<Problem> = RULES.iter().flat_map(|rule| rule(tree)).collect();
    problems.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    problems
}

/// Asserts that `rule` finds exactly `expected` (each as `path:line: start of
/// message`) in a tree of the given files.
#[cfg(test)]
#[track_caller]
fn check_rule(rule: Rule, files: &[(&str, &str)], expected: &[&str]) {
    let found: Vec<String> = rule(&Tree::of(files))
        .iter()
        .map(Problem::to_string)
        .collect();
    assert!(
        found.len() == expected.len()
            && found
                .iter()
                .zip(expected)
                .all(|(found, start)| found.starts_with(start)),
        "found {found:#?}\nexpected {expected:#?}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_is_tidy() {
        let problems = check(&Tree::load(&crate::tree::root()).unwrap());
        let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }
}
