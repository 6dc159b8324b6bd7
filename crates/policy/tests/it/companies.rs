//! The five example companies: each compiles without an error, and between them
//! they make a promise of every family.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use candor_policy::charter::Charter;
use candor_policy::diagnostic::Severity;
use candor_policy::{Bundle, compile};

/// The families of promises. `deadline` is told of rights, and counted apart.
const FAMILIES: [&str; 23] = [
    "aggregate",
    "browser_only",
    "children",
    "collect",
    "consent",
    "contact",
    "cookies",
    "decision",
    "disclosure",
    "location",
    "mail",
    "never",
    "no_sale",
    "notice",
    "occasion",
    "purpose",
    "retain",
    "right",
    "role",
    "security",
    "share",
    "staff_access",
    "stated",
];

/// What compiling may still say: faults that are the companies' own promises.
const EXPECTED: [(&str, &str); 2] = [("pagelark", "CND0715"), ("tourbell", "CND0410")];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// Every file below a folder, by path.
fn files(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            found.push((name.to_owned(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Every company's charter; a diagnostic that is not expected is a failure.
fn charters() -> BTreeMap<String, Charter> {
    let mut charters = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let company = entry.unwrap();
        let policy = company.path().join("policy");
        if !policy.is_dir() {
            continue;
        }
        let name = company.file_name().into_string().unwrap();
        let mut found = Vec::new();
        files(&policy, &policy, &mut found);
        let compiled = compile(&Bundle::new(found));
        for found in compiled.diagnostics {
            let expected = EXPECTED.contains(&(name.as_str(), found.code));
            assert!(
                expected && found.severity == Severity::Warning,
                "{name}: {found:#?}"
            );
        }
        charters.insert(name, compiled.charter.unwrap());
    }
    charters
}

#[test]
fn the_companies_compile_and_promise_something_of_every_family() {
    let charters = charters();
    assert_eq!(charters.len(), 5, "{:?}", charters.keys());
    let made: BTreeSet<&str> = charters
        .values()
        .flat_map(|charter| &charter.promises)
        .filter(|promise| !promise.phrases.is_empty())
        .map(|promise| promise.id.0.split('.').next().unwrap())
        .collect();
    assert_eq!(made, BTreeSet::from(FAMILIES));
    let deadlines = charters.values().flat_map(|charter| &charter.promises);
    let deadlines = deadlines
        .flat_map(|promise| &promise.phrases)
        .filter(|phrase| {
            phrase.target.ends_with(".within") || phrase.target.ends_with(".complete")
        });
    assert!(deadlines.count() > 10, "deadlines are linked");
}
