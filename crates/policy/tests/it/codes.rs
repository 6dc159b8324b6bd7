//! Every code has a page of the same form and a specification; every page has
//! its code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{Spec, specs};
use candor_policy::{codes, explain};

#[test]
fn every_code_has_its_page() {
    for code in codes() {
        let page = explain(code).unwrap();
        assert!(page.starts_with(&format!("# {code}: ")), "{code}");
        for part in [
            "What it finds",
            "Why it matters",
            "Example",
            "How to mend it",
        ] {
            assert!(
                page.contains(&format!("\n## {part}\n")),
                "{code} lacks `{part}`"
            );
        }
    }
}

#[test]
fn every_page_has_its_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/diagnostics");
    let pages: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_uppercase()))
        .filter(|name| name.starts_with("CND"))
        .collect();
    let known: BTreeSet<String> = codes().map(str::to_owned).collect();
    assert_eq!(pages, known);
}

#[test]
fn every_code_has_a_specification() {
    let specified: BTreeSet<String> = specs()
        .iter()
        .flat_map(|(_, text)| Spec::read(text))
        .flat_map(|case| case.expectations())
        .map(|expected| expected.code)
        .collect();
    let missing: Vec<&str> = codes().filter(|code| !specified.contains(*code)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn codes_are_unique_and_in_order() {
    let all: Vec<&str> = codes().collect();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(all, sorted);
}

#[test]
fn the_page_of_categories_lists_the_vocabulary() {
    let page = explain("CND0208").unwrap();
    for category in candor_policy::vocabulary::data_categories() {
        assert!(page.contains(&format!("`{category}`")), "{category}");
    }
    for purpose in candor_policy::vocabulary::purposes() {
        assert!(page.contains(&format!("`{purpose}`")), "{purpose}");
    }
}
