//! Each family's order, by example and by property.

pub(crate) mod examples;
mod properties;

use std::path::Path;

use super::*;

#[test]
fn the_reference_page_says_what_the_rules_do() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/ratchet.md");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(
        page == reference(),
        "stale: run `cargo xtask generated --write`"
    );
}

#[test]
fn every_family_has_rules() {
    for family in Family::ALL {
        assert!(families::rules(family).next().is_some(), "{family:?}");
    }
}
