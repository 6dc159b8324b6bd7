//! The specifications in `specs/*.md`, each of which is a test: prose, the
//! files of a policy, and the diagnostics that compiling them must give, on the
//! lines where they must stand.
//!
//! A file begins with a section `Base`, whose files every later section
//! starts from. A fence is named by its path; with `+` after it, its text is
//! added to the base's file instead of replacing it. An expectation is a
//! comment at the end of a line:
//!
//! ```text
//! for: 0 days  # error: [CND0206] "ends as it begins" at `0 days`
//! ```
//!
//! In Markdown the comment stands in `<!-- … -->`. The message must hold the
//! quoted words and the underlined source must equal what stands after `at`;
//! both may be left out. Every diagnostic must be expected, and every
//! expectation met. `schema.json` is the catalogue of the source `app`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that can't go on should fail"
)]

mod codes;
mod companies;
mod draft;
mod faults;
mod fides;
mod fuzz;
mod mutation;
mod reading;
mod spec;

use std::fs;
use std::path::{Path, PathBuf};

use spec::{Expectation, Finding, Spec};

/// Every specification, by path.
fn specs() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("specs");
    let mut specs: Vec<(PathBuf, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    specs.sort();
    specs
}

#[test]
fn every_specification_holds() {
    let mut failures = Vec::new();
    let mut cases = 0;
    for (path, text) in specs() {
        for case in Spec::read(&text) {
            cases += 1;
            let mut found = case.findings();
            for expected in case.expectations() {
                match found.iter().position(|finding| expected.is_met_by(finding)) {
                    Some(place) => {
                        found.remove(place);
                    }
                    None => failures.push(missing(&path, &case.title, &expected)),
                }
            }
            failures.extend(
                found
                    .iter()
                    .map(|finding| surplus(&path, &case.title, finding)),
            );
        }
    }
    assert!(cases > 30, "only {cases} cases were read");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn missing(path: &Path, title: &str, expected: &Expectation) -> String {
    format!("{} `{title}`: nothing like {expected:?}", path.display())
}

fn surplus(path: &Path, title: &str, finding: &Finding) -> String {
    format!("{} `{title}`: unexpected {finding:?}", path.display())
}
