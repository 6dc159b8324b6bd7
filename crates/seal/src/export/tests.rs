//! Exports read by another implementation, and every byte of them flipped.

use std::collections::BTreeMap;

use tlog_tiles::{Tile, TileHashReader, TileReader};

use super::*;
use crate::entropy::SeededEntropy;
use crate::ledger::root_of;
use crate::note::{LogKey, NoteError};

const ORIGIN: &str = "privacy.example/ledger";

type Files = BTreeMap<String, Vec<u8>>;

fn key() -> LogKey {
    LogKey::generate(ORIGIN, &SeededEntropy::new(1)).unwrap()
}

fn entries(size: u64) -> Vec<Vec<u8>> {
    (0..size).map(|i| format!("e{i}").into_bytes()).collect()
}

fn checkpoint(entries: &[Vec<u8>]) -> Checkpoint {
    Checkpoint {
        origin: ORIGIN.into(),
        size: entries.len() as u64,
        root: root_of(entries.iter().map(|entry| leaf_hash(entry))),
    }
}

fn files(size: u64) -> Files {
    let entries = entries(size);
    let signed = checkpoint(&entries).sign(&key()).unwrap();
    let list = export(&entries, &signed).unwrap();
    assert_eq!(list.last().unwrap().0, "checkpoint");
    let count = list.len();
    let files: Files = list.into_iter().collect();
    assert_eq!(files.len(), count, "a path was written twice");
    files
}

fn verify(files: &Files) -> Result<VerifiedLedger, VerifyExportError> {
    verify_export(&mut |path| files.get(path).cloned(), &[key().verifier()])
}

#[test]
fn exports_of_many_sizes_verify() {
    for size in [0, 1, 2, 255, 256, 257, 511, 512, 700] {
        let verified = verify(&files(size)).unwrap();
        let Checkpoint { origin, size, root } = checkpoint(&entries(size));
        let since = None;
        assert_eq!(
            verified,
            VerifiedLedger {
                size,
                root,
                origin,
                since
            }
        );
    }
}

fn verify_since(files: &Files, since: &str) -> Result<Option<u64>, VerifyExportError> {
    let mut read = |path: &str| files.get(path).cloned();
    verify_export_since(&mut read, &[key().verifier()], since).map(|verified| verified.since)
}

#[test]
fn an_export_continues_every_checkpoint_before_it_and_no_other() {
    for size in [0, 1, 2, 255, 256, 257, 600] {
        let files = files(size);
        for then in [0, 1, 2, 200, 255, 256, 257, 511, 600] {
            let since = checkpoint(&entries(then)).sign(&key()).unwrap();
            let expected = if then > size {
                Err(VerifyExportError::Shortened { since: then, size })
            } else {
                Ok(Some(then))
            };
            assert_eq!(verify_since(&files, &since), expected, "{then} of {size}");
        }
    }
}

#[test]
fn a_ledger_written_anew_is_whole_and_continues_nothing_that_was_kept() {
    let now = files(600);
    assert!(verify(&now).is_ok());
    let mut other = entries(300);
    other[7] = b"what was promised then".to_vec();
    let kept = checkpoint(&other).sign(&key()).unwrap();
    let rewritten = VerifyExportError::Rewritten { since: 300 };
    assert_eq!(verify_since(&now, &kept), Err(rewritten));

    let stranger = LogKey::generate(ORIGIN, &SeededEntropy::new(2)).unwrap();
    let forged = checkpoint(&entries(300)).sign(&stranger).unwrap();
    let unknown = VerifyExportError::Since(CheckpointError::Note(NoteError::Unknown));
    assert_eq!(verify_since(&now, &forged), Err(unknown));

    let other = LogKey::generate("other.example/ledger", &SeededEntropy::new(3)).unwrap();
    let since = Checkpoint {
        origin: "other.example/ledger".into(),
        ..checkpoint(&entries(300))
    };
    let since = since.sign(&other).unwrap();
    let mut read = |path: &str| now.get(path).cloned();
    let keys = [key().verifier(), other.verifier()];
    assert_eq!(
        verify_export_since(&mut read, &keys, &since),
        Err(VerifyExportError::OtherLedger {
            found: "other.example/ledger".into()
        })
    );
}

#[test]
fn the_layout_is_the_specification_s() {
    let names = |size| files(size).into_keys().collect::<Vec<_>>();
    assert_eq!(names(0), ["checkpoint"]);
    assert_eq!(
        names(2),
        ["checkpoint", "tile/0/000.p/2", "tile/entries/000.p/2"]
    );
    assert_eq!(
        names(256),
        [
            "checkpoint",
            "tile/0/000",
            "tile/1/000.p/1",
            "tile/entries/000"
        ]
    );
    assert_eq!(
        names(300),
        [
            "checkpoint",
            "tile/0/000",
            "tile/0/001.p/44",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/44",
        ]
    );
    assert_eq!(files(2)["tile/entries/000.p/2"], b"\0\x02e0\0\x02e1");
}

/// The example of tlog-tiles, "Partial Tiles": 70,000 entries.
#[test]
fn a_tree_of_three_tile_levels() {
    let files = files(70_000);
    let at = |prefix: &str| files.keys().filter(|path| path.starts_with(prefix)).count();
    assert_eq!(
        [
            at("tile/0/"),
            at("tile/1/"),
            at("tile/2/"),
            at("tile/entries/")
        ],
        [274, 2, 1, 274]
    );
    for path in [
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ] {
        assert!(files.contains_key(path), "{path}");
    }
    assert_eq!(verify(&files).unwrap().size, 70_000);
    for (path, at, index) in [("tile/1/001.p/17", 32 * 16, 272), ("tile/2/000.p/1", 0, 0)] {
        let mut bad = files.clone();
        bad.get_mut(path).unwrap()[at] ^= 1;
        assert_eq!(
            verify(&bad),
            Err(VerifyExportError::Wrong {
                path: path.into(),
                index
            })
        );
    }
}

/// Reads our tiles as another implementation would over HTTP.
struct Served(Files);

impl TileReader for Served {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let path = |tile: &Tile| tile.path().replacen("tile/8/", "tile/", 1);
        Ok(tiles
            .iter()
            .map(|tile| self.0[&path(tile)].clone())
            .collect())
    }

    fn save_tiles(&self, _tiles: &[Tile], _data: &[Vec<u8>]) {}
}

#[test]
fn another_implementation_reads_our_tiles() {
    for size in [1, 200, 256, 600, 1025] {
        let served = Served(files(size));
        let expected = Tile::new_tiles(8, 0, size).len() + size.div_ceil(256) as usize + 1;
        assert_eq!(served.0.len(), expected);
        let entries = entries(size);
        let root = tlog_tiles::Hash(*checkpoint(&entries).root.as_bytes());
        let reader = TileHashReader::new(size, root, &served);
        assert_eq!(tlog_tiles::tree_hash(size, &reader).unwrap(), root);
        for index in [0, size / 2, size - 1] {
            let proof = tlog_tiles::prove_record(size, index, &reader).unwrap();
            let leaf = tlog_tiles::record_hash(&entries[index as usize]);
            tlog_tiles::check_record(&proof, size, root, index, leaf).unwrap();
        }
        let note = String::from_utf8(served.0["checkpoint"].clone()).unwrap();
        let (body, _) = note.split_once("\n\n").unwrap();
        let read = tlog_tiles::Checkpoint::from_bytes(format!("{body}\n").as_bytes()).unwrap();
        assert_eq!(
            (read.origin(), read.size(), *read.hash()),
            (ORIGIN, size, root)
        );
    }
}

#[test]
fn every_flipped_byte_is_found_in_its_file() {
    let files = files(7);
    for (path, bytes) in &files {
        for at in 0..bytes.len() {
            for mask in [0x01, 0x20, 0x80] {
                let mut bad = files.clone();
                bad.get_mut(path).unwrap()[at] ^= mask;
                let error = verify(&bad).unwrap_err();
                assert_eq!(error.path(), path, "byte {at} mask {mask:#x}: {error}");
            }
        }
    }
}

#[test]
fn flipped_bytes_are_found_beyond_the_first_tile() {
    let files = files(258);
    for (path, bytes) in &files {
        for at in (0..bytes.len()).step_by(29) {
            let mut bad = files.clone();
            bad.get_mut(path).unwrap()[at] ^= 0x10;
            assert_eq!(verify(&bad).unwrap_err().path(), path, "byte {at}");
        }
    }
}

#[test]
fn the_wrong_index_is_named() {
    let files = files(258);
    let broken = |path: &str, at: usize| {
        let mut bad = files.clone();
        bad.get_mut(path).unwrap()[at] ^= 1;
        verify(&bad).unwrap_err()
    };
    let wrong = |path: &str, index| VerifyExportError::Wrong {
        path: path.into(),
        index,
    };
    assert_eq!(broken("tile/0/001.p/2", 32), wrong("tile/0/001.p/2", 257));
    assert_eq!(broken("tile/1/000.p/1", 3), wrong("tile/1/000.p/1", 0));
    // Entry 3, `e3`, lies behind three of four bytes.
    assert_eq!(broken("tile/entries/000", 15), wrong("tile/entries/000", 3));
}

#[test]
fn missing_cut_and_longer_files_are_found() {
    let files = files(258);
    for path in files.keys() {
        let mut bad = files.clone();
        bad.remove(path);
        assert_eq!(
            verify(&bad),
            Err(VerifyExportError::Missing { path: path.clone() })
        );
        for change in [Vec::pop as fn(&mut Vec<u8>) -> _, |bytes| {
            bytes.push(0);
            None
        }] {
            let mut bad = files.clone();
            change(bad.get_mut(path).unwrap());
            assert_eq!(verify(&bad).unwrap_err().path(), path);
        }
    }
}

/// An entry and its hashes rewritten together: only the signature knows.
#[test]
fn a_consistent_rewrite_is_found() {
    let files = files(7);
    let mut changed = entries(7);
    changed[3] = b"x3".to_vec();
    let signed = checkpoint(&changed).sign(&key()).unwrap();
    let mut rewritten: Files = export(&changed, &signed).unwrap().into_iter().collect();
    rewritten.insert("checkpoint".into(), files["checkpoint"].clone());
    assert_eq!(verify(&rewritten), Err(VerifyExportError::Root));
}

#[test]
fn the_checkpoint_must_be_of_these_entries() {
    let signed = checkpoint(&entries(3)).sign(&key()).unwrap();
    assert_eq!(
        export(entries(4), &signed),
        Err(ExportError::OtherTree {
            size: 4,
            claimed: 3
        })
    );
    let mut other = entries(3);
    other[0].push(b'!');
    assert_eq!(
        export(other, &signed),
        Err(ExportError::OtherTree {
            size: 3,
            claimed: 3
        })
    );
    assert!(matches!(
        export(entries(3), "nonsense"),
        Err(ExportError::Checkpoint(_))
    ));
    let long = [vec![0; ENTRY_BYTES_MAX + 1]];
    assert_eq!(export(long, &signed), Err(ExportError::Length { index: 0 }));
}

#[test]
fn strangers_keys_decide() {
    let files = files(3);
    let other = LogKey::generate(ORIGIN, &SeededEntropy::new(2))
        .unwrap()
        .verifier();
    assert_eq!(
        verify_export(&mut |path| files.get(path).cloned(), &[other]),
        Err(VerifyExportError::Checkpoint(CheckpointError::Note(
            NoteError::Unknown
        )))
    );
}
