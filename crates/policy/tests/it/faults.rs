//! Every fault that real policies were found to contain has a diagnostic with a
//! specification, and what is said to be mended by a machine is.

use std::collections::BTreeSet;

use candor_policy::explain;

use super::{Spec, specs};

const TABLE: &str = include_str!("../../../../docs/reference/faults.md");
/// Faults of the collection that the table answers.
const FAULTS: usize = 21;

/// The codes of each row: of a text alone, against the declaration, mended.
fn rows() -> Vec<[BTreeSet<String>; 3]> {
    let rows = TABLE.lines().filter(|line| line.starts_with("| "));
    rows.skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.split('|').collect();
            [2, 3, 4].map(|at| codes(cells[at]))
        })
        .collect()
}

fn codes(cell: &str) -> BTreeSet<String> {
    let words = cell.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| word.starts_with("CND"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_fault_is_found_somewhere_and_specified() {
    let specified: BTreeSet<String> = specs()
        .iter()
        .flat_map(|(_, text)| Spec::read(text))
        .flat_map(|case| case.expectations())
        .map(|expected| expected.code)
        .collect();
    let rows = rows();
    assert_eq!(rows.len(), FAULTS);
    for [alone, declared, mended] in rows {
        assert!(!alone.is_empty() || !declared.is_empty());
        assert!(alone.iter().all(|code| code.starts_with("CND07")));
        assert!(declared.iter().all(|code| !code.starts_with("CND07")));
        for code in alone.union(&declared) {
            assert!(
                explain(code).is_some() && specified.contains(code),
                "{code}"
            );
        }
        assert!(mended.is_subset(&declared), "{mended:?}");
    }
}

#[test]
fn what_is_said_to_be_mended_is_and_nothing_else() {
    let proposed: BTreeSet<String> = specs()
        .iter()
        .flat_map(|(_, text)| Spec::read(text))
        .flat_map(|case| case.findings())
        .filter(|finding| finding.is_mended())
        .map(|finding| finding.code().to_owned())
        .collect();
    for [alone, declared, mended] in rows() {
        for code in alone.union(&declared) {
            assert_eq!(proposed.contains(code), mended.contains(code), "{code}");
        }
    }
}
