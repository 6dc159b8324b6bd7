//! Checking an export offline, file by file.
//!
//! Everything is recomputed from the entries. Where entries and hashes differ,
//! both roots are computed, and the file whose root is not the signed one is
//! named. Memory is 32 bytes for each 256 entries. Refuses the first thing that
//! is missing, of another length, or wrong; files that the checkpoint does not
//! call for are not asked for and prove nothing.

use super::TILE_HEIGHT;
use super::path::{CHECKPOINT_PATH, TILE_WIDTH, bundle_path, tile_path};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::ledger::{Frontier, leaf_hash};
use crate::note::{NoteError, VerifierKey};

/// What an export was shown to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedLedger {
    /// How many entries it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// Which ledger: the name of the key that signed.
    pub origin: String,
    /// How many entries it had when the reader's older checkpoint was signed,
    /// which it was shown to continue.
    pub since: Option<u64>,
}

/// Verifies the export whose files `read` returns, against the ledgers that
/// the reader trusts.
///
/// # Errors
/// Names the file that is wrong and the index within it.
pub fn verify_export(
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    keys: &[VerifierKey],
) -> Result<VerifiedLedger, VerifyExportError> {
    verify(read, keys, None)
}

/// Verifies an export, and that it continues what `since` was: an older
/// checkpoint of that ledger, which the reader kept. A ledger that was written
/// anew from its beginning is whole in itself; only somebody's memory tells.
///
/// # Errors
/// As [`verify_export`]; and where the older checkpoint can't be trusted, is of
/// another ledger, or is of entries that this one does not have.
pub fn verify_export_since(
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    keys: &[VerifierKey],
    since: &str,
) -> Result<VerifiedLedger, VerifyExportError> {
    let since = Checkpoint::open(since, keys).map_err(VerifyExportError::Since)?;
    verify(read, keys, Some(since))
}

fn verify(
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    keys: &[VerifierKey],
    since: Option<Checkpoint>,
) -> Result<VerifiedLedger, VerifyExportError> {
    let checkpoint = read_checkpoint(read, keys)?;
    if let Some(since) = &since {
        check_same_ledger(since, &checkpoint)?;
    }
    let mut walk = Walk {
        since,
        ..Walk::default()
    };
    for number in 0..checkpoint.size.div_ceil(TILE_WIDTH) {
        let width = TILE_WIDTH.min(checkpoint.size - number * TILE_WIDTH);
        walk.bundle_and_tile(read, number, width)?;
    }
    walk.judge(&checkpoint)?;
    let since = walk.judge_since()?;
    for (level, hashes) in (1..).zip(&walk.upper) {
        verify_level(read, level, hashes)?;
    }
    Ok(VerifiedLedger {
        size: checkpoint.size,
        root: checkpoint.root,
        origin: checkpoint.origin,
        since,
    })
}

/// Why an export can't be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyExportError {
    /// The checkpoint can't be trusted.
    #[error("`checkpoint` can't be trusted")]
    Checkpoint(#[from] CheckpointError),
    /// A file is not there.
    #[error("`{path}` is missing")]
    Missing {
        /// The file.
        path: String,
    },
    /// A file is shorter or longer than it must be, or its entries' lengths
    /// do not add up.
    #[error("`{path}` has not the length or the parts it must have, from index `{index}`")]
    Malformed {
        /// The file.
        path: String,
        /// The first entry, or the first hash of its level, that is missing,
        /// cut or too many.
        index: u64,
    },
    /// A file holds something else than the ledger.
    #[error("`{path}` is not what the ledger holds at index `{index}`")]
    Wrong {
        /// The file.
        path: String,
        /// The first entry, or the first hash of its level, that is wrong.
        index: u64,
    },
    /// Entries and hashes agree, but were never signed together.
    #[error("entries and hashes agree with each other, but not with `checkpoint`")]
    Root,
    /// The reader's older checkpoint can't be trusted.
    #[error("the older checkpoint can't be trusted")]
    Since(#[source] CheckpointError),
    /// The reader's older checkpoint is of another ledger.
    #[error("the older checkpoint is of `{found}`, another ledger")]
    OtherLedger {
        /// The ledger it is of.
        found: String,
    },
    /// The ledger had more entries once.
    #[error("the ledger had {since} entries when the older checkpoint was signed, and has {size}")]
    Shortened {
        /// Entries then.
        since: u64,
        /// Entries now.
        size: u64,
    },
    /// Entries that were signed once were changed or left out since.
    #[error("the first {since} entries are not those that the older checkpoint was signed over")]
    Rewritten {
        /// Entries then.
        since: u64,
    },
}

impl VerifyExportError {
    /// The file that is wrong.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Checkpoint(_)
            | Self::Root
            | Self::Since(_)
            | Self::OtherLedger { .. }
            | Self::Shortened { .. }
            | Self::Rewritten { .. } => CHECKPOINT_PATH,
            Self::Missing { path } | Self::Malformed { path, .. } | Self::Wrong { path, .. } => {
                path
            }
        }
    }
}

fn check_same_ledger(since: &Checkpoint, now: &Checkpoint) -> Result<(), VerifyExportError> {
    if since.origin != now.origin {
        let found = since.origin.clone();
        return Err(VerifyExportError::OtherLedger { found });
    }
    if since.size > now.size {
        return Err(VerifyExportError::Shortened {
            since: since.size,
            size: now.size,
        });
    }
    Ok(())
}

fn read_checkpoint(
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    keys: &[VerifierKey],
) -> Result<Checkpoint, VerifyExportError> {
    let bytes = read_file(read, CHECKPOINT_PATH.to_owned())?.1;
    let signed = String::from_utf8(bytes).map_err(|_| NoteError::Malformed);
    Ok(Checkpoint::open(
        &signed.map_err(CheckpointError::from)?,
        keys,
    )?)
}

fn read_file(
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    path: String,
) -> Result<(String, Vec<u8>), VerifyExportError> {
    match read(&path) {
        Some(bytes) => Ok((path, bytes)),
        None => Err(VerifyExportError::Missing { path }),
    }
}

/// The way along the leaves: the tree that the entries make, the tree that the
/// hashes of level 0 make, and the first place where they part.
#[derive(Default)]
struct Walk {
    from_entries: Frontier,
    from_tiles: Frontier,
    parted: Option<Parted>,
    /// The hashes of tile levels 1 and up, as the entries make them.
    upper: Vec<Vec<Hash>>,
    /// What the reader kept, and the root over as many of the entries.
    since: Option<Checkpoint>,
    root_then: Option<Hash>,
}

struct Parted {
    index: u64,
    bundle: String,
    tile: String,
}

impl Walk {
    fn bundle_and_tile(
        &mut self,
        read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
        number: u64,
        width: u64,
    ) -> Result<(), VerifyExportError> {
        let start = number * TILE_WIDTH;
        let (bundle_path, bundle) = read_file(read, bundle_path(number, width))?;
        let (tile_path, tile) = read_file(read, tile_path(0, number, width))?;
        let hashes = split_tile(&tile_path, &tile, start, width)?;
        let mut rest = bundle.as_slice();
        for (index, stored) in (start..).zip(hashes) {
            let (entry, after) = split_entry(rest).ok_or_else(|| VerifyExportError::Malformed {
                path: bundle_path.clone(),
                index,
            })?;
            rest = after;
            let computed = leaf_hash(entry);
            self.append(computed);
            self.from_tiles.append(stored);
            if computed != stored && self.parted.is_none() {
                let (bundle, tile) = (bundle_path.clone(), tile_path.clone());
                self.parted = Some(Parted {
                    index,
                    bundle,
                    tile,
                });
            }
        }
        if !rest.is_empty() {
            return Err(VerifyExportError::Malformed {
                path: bundle_path,
                index: start + width,
            });
        }
        Ok(())
    }

    /// The older checkpoint's size, if the entries up to there are those that
    /// it was signed over.
    fn judge_since(&mut self) -> Result<Option<u64>, VerifyExportError> {
        self.remember();
        match &self.since {
            None => Ok(None),
            Some(since) if self.root_then == Some(since.root) => Ok(Some(since.size)),
            Some(since) => Err(VerifyExportError::Rewritten { since: since.size }),
        }
    }

    /// Keeps the root where the tree has the older checkpoint's size.
    fn remember(&mut self) {
        let size = self.from_entries.size();
        if self.since.as_ref().is_some_and(|since| since.size == size) {
            self.root_then = Some(self.from_entries.root());
        }
    }

    fn append(&mut self, leaf: Hash) {
        self.remember();
        for node in self.from_entries.append(leaf) {
            if node.level == 0 || !node.level.is_multiple_of(TILE_HEIGHT) {
                continue;
            }
            let at = usize::from(node.level / TILE_HEIGHT) - 1;
            if self.upper.len() == at {
                self.upper.push(Vec::new());
            }
            if let Some(level) = self.upper.get_mut(at) {
                level.push(node.hash);
            }
        }
    }

    /// Whether the entries are the signed ones and, where they part from the
    /// hashes, which of the two files is to blame.
    fn judge(&mut self, checkpoint: &Checkpoint) -> Result<(), VerifyExportError> {
        let entries_hold = self.from_entries.root() == checkpoint.root;
        match self.parted.take() {
            None if entries_hold => Ok(()),
            None => Err(VerifyExportError::Root),
            Some(Parted { index, tile, .. }) if entries_hold => {
                Err(VerifyExportError::Wrong { path: tile, index })
            }
            Some(Parted { index, bundle, .. }) => Err(VerifyExportError::Wrong {
                path: bundle,
                index,
            }),
        }
    }
}

/// Compares the tiles of one level with the hashes that the entries make.
fn verify_level(
    read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    level: u8,
    expected: &[Hash],
) -> Result<(), VerifyExportError> {
    let mut start = 0;
    for chunk in expected.chunks(TILE_WIDTH as usize) {
        let width = chunk.len() as u64;
        let (path, tile) = read_file(read, tile_path(level, start / TILE_WIDTH, width))?;
        let stored = split_tile(&path, &tile, start, width)?;
        for (index, (stored, expected)) in (start..).zip(stored.iter().zip(chunk)) {
            if stored != expected {
                return Err(VerifyExportError::Wrong { path, index });
            }
        }
        start += width;
    }
    Ok(())
}

/// The hashes of a tile that must hold `width` of them.
fn split_tile(
    path: &str,
    tile: &[u8],
    start: u64,
    width: u64,
) -> Result<Vec<Hash>, VerifyExportError> {
    let (hashes, left_over) = tile.as_chunks::<32>();
    let found = hashes.len() as u64;
    if found != width || !left_over.is_empty() {
        let index = start + found.min(width);
        return Err(VerifyExportError::Malformed {
            path: path.to_owned(),
            index,
        });
    }
    Ok(hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect())
}

/// The entry behind its big-endian length, and what follows it.
fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
