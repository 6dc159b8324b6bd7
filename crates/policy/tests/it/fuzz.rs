//! Every input that fuzzing kept, through the functions that are fuzzed: what
//! once broke or slowed something does so no more. Bounded by the number and
//! the size of the inputs, not by a clock.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "a crate of its own where it is fuzzed")]
mod targets;

/// Inputs of one target, and the bytes of one input. What is larger belongs
/// into a test that says what it is about.
const INPUTS_MAX: usize = 80;
const BYTES_MAX: u64 = 32 * 1024;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

#[test]
fn everything_that_fuzzing_kept_is_read_or_refused() {
    for (name, target) in targets::TARGETS {
        let inputs: Vec<PathBuf> = fs::read_dir(corpus().join(name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        assert!((1..=INPUTS_MAX).contains(&inputs.len()), "{name}");
        for path in inputs {
            let len = path.metadata().unwrap().len();
            assert!(len <= BYTES_MAX, "{}: {len} bytes", path.display());
            target(&fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_target_has_its_program_and_its_inputs() {
    let names: BTreeSet<String> = targets::TARGETS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let folders = |path: &Path| -> BTreeSet<String> {
        let entries = fs::read_dir(path).unwrap();
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(folders(&corpus()), names);
    assert_eq!(folders(&corpus().join("../fuzz_targets")), names);
}
