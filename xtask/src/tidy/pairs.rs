//! Rules for files that need each other: one migration per back end, one page
//! per diagnostic code, and the papers every reader looks for.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::Problem;
use crate::tree::Tree;

const MIGRATIONS: &str = "crates/store/migrations";
const BACK_ENDS: &[&str] = &["postgres", "sqlite"];
const DIAGNOSTIC_PAGES: &str = "docs/diagnostics/";
const DIAGNOSTIC_PREFIX: &str = "CND";
const DIAGNOSTIC_DIGITS: usize = 4;

/// Papers a newcomer, an operator, a reporter or a lawyer looks for.
const HOUSE_PAPERS: &[&str] = &[
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "docs/ARCHITECTURE.md",
    "docs/GLOSSARY.md",
];

/// SQLite and PostgreSQL have the same migrations by number and name, and no
/// number is used twice.
pub(super) fn migrations_match(tree: &Tree) -> Vec<Problem> {
    let of = |back_end: &str| -> BTreeSet<&str> {
        let folder = format!("{MIGRATIONS}/{back_end}/");
        tree.paths()
            .filter_map(|path| path.strip_prefix(&folder))
            .collect()
    };
    let mut problems = Vec::new();
    let mut names_by_number: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for back_end in BACK_ENDS {
        for name in of(back_end) {
            let path = format!("{MIGRATIONS}/{back_end}/{name}");
            match migration_number(name) {
                Some(number) => {
                    names_by_number.entry(number).or_default().insert(name);
                }
                None => problems.push(Problem::file(
                    &path,
                    "name migrations `0042_what_changes.sql`",
                )),
            }
            for other in BACK_ENDS.iter().filter(|other| !of(other).contains(name)) {
                problems.push(Problem::file(
                    &path,
                    format!("has no twin in `{MIGRATIONS}/{other}`"),
                ));
            }
        }
    }
    for (number, names) in names_by_number {
        if names.len() > 1 {
            problems.push(Problem::file(
                MIGRATIONS,
                format!("number `{number}` is used by {names:?}"),
            ));
        }
    }
    problems
}

/// Every code in the sources of `policy` has a page whose heading names it, and
/// every page explains a code that exists.
pub(super) fn diagnostics_have_pages(tree: &Tree) -> Vec<Problem> {
    let mut used: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for (path, text) in tree.texts_ending(".rs") {
        if !path.starts_with("crates/policy/src/") || path.ends_with("tests.rs") {
            continue;
        }
        for (index, line) in text
            .lines()
            .take_while(|line| *line != "mod tests {")
            .enumerate()
        {
            // A comment may speak of a code that does not exist.
            let code = line.split("//").next().unwrap_or_default();
            for code in codes(code) {
                used.entry(code).or_insert((path, index + 1));
            }
        }
    }
    let mut problems = Vec::new();
    let mut explained = BTreeSet::new();
    for (path, text) in tree.texts_ending(".md") {
        if !path.starts_with(DIAGNOSTIC_PAGES) {
            continue;
        }
        for code in codes(text.lines().next().unwrap_or_default()) {
            if !used.contains_key(&code) {
                problems.push(Problem::line(
                    path,
                    1,
                    format!("`{code}` is no code of `crates/policy`"),
                ));
            }
            explained.insert(code);
        }
    }
    for (code, (path, line)) in used {
        if !explained.contains(&code) {
            problems.push(Problem::line(
                path,
                line,
                format!("no page in `{DIAGNOSTIC_PAGES}` has `{code}` in its heading"),
            ));
        }
    }
    problems
}

/// Every paper of [`HOUSE_PAPERS`] is there.
pub(super) fn house_papers_exist(tree: &Tree) -> Vec<Problem> {
    HOUSE_PAPERS
        .iter()
        .filter(|path| !tree.contains(path))
        .map(|path| Problem::file(path, "is missing"))
        .collect()
}

/// The four digits of `0042_name.sql`.
fn migration_number(name: &str) -> Option<&str> {
    let (number, rest) = name.strip_suffix(".sql")?.split_once('_')?;
    let digits = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    let named = !rest.is_empty()
        && rest
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (digits && named).then_some(number)
}

/// Diagnostic codes (`CND0123`) in a line.
fn codes(line: &str) -> impl Iterator<Item = String> {
    line.split(|sign: char| !sign.is_ascii_alphanumeric())
        .filter(|word| {
            word.strip_prefix(DIAGNOSTIC_PREFIX).is_some_and(|digits| {
                digits.len() == DIAGNOSTIC_DIGITS
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::check_rule;
    use super::*;

    #[test]
    fn migrations_without_twin_or_with_a_used_number_are_refused() {
        check_rule(
            migrations_match,
            &[
                ("crates/store/migrations/postgres/0001_start.sql", ""),
                ("crates/store/migrations/sqlite/0001_start.sql", ""),
                ("crates/store/migrations/sqlite/0001_again.sql", ""),
                ("crates/store/migrations/postgres/2_jobs.sql", ""),
                ("crates/store/migrations/sqlite/2_jobs.sql", ""),
            ],
            &[
                "crates/store/migrations/postgres/2_jobs.sql: name migrations",
                "crates/store/migrations/sqlite/0001_again.sql: has no twin in `crates/store/migrations/postgres`",
                "crates/store/migrations/sqlite/2_jobs.sql: name migrations",
                "crates/store/migrations: number `0001` is used",
            ],
        );
    }

    #[test]
    fn a_code_without_page_and_a_page_without_code_are_refused() {
        check_rule(
            diagnostics_have_pages,
            &[
                (
                    "crates/policy/src/a.rs",
                    "\"CND0001\"\n\"CND0002\" // CND0007\nmod tests {\n\"CND9999\"\n",
                ),
                (
                    "docs/diagnostics/unknown-key.md",
                    "# CND0001: unknown key\nlike CND0003\n",
                ),
                ("docs/diagnostics/gone.md", "# CND0004: gone\n"),
            ],
            &[
                "docs/diagnostics/gone.md:1: `CND0004`",
                "crates/policy/src/a.rs:2: no page in `docs/diagnostics/` has `CND0002`",
            ],
        );
    }

    #[test]
    fn a_missing_paper_is_refused() {
        let papers: Vec<(&str, &str)> = HOUSE_PAPERS.iter().map(|path| (*path, "")).collect();
        check_rule(house_papers_exist, &papers, &[]);
        check_rule(
            house_papers_exist,
            &papers[1..],
            &["CHANGELOG.md: is missing"],
        );
    }
}
