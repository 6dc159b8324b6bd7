//! The whole ledger as files that anyone can serve, copy and check.
//!
//! The layout is C2SP tlog-tiles: `checkpoint`, Merkle hashes in
//! `tile/<level>/<index>` and the entries in `tile/entries/<index>`, 256 to a
//! file, the rightmost ones partial. Pure: [`Exporter`] hands out paths and
//! bytes as they become complete, [`verify_export`] asks for them.
//!
//! Refuses to export under a checkpoint of another tree, and to verify
//! anything but exactly the files that the signed checkpoint calls for.

mod path;
mod verify;

pub use verify::{VerifiedLedger, VerifyExportError, verify_export, verify_export_since};

use path::{CHECKPOINT_PATH, TILE_WIDTH, bundle_path, tile_path};

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::ENTRY_BYTES_MAX;
use crate::ledger::{Frontier, leaf_hash};

/// Tree levels that one level of tiles spans.
const TILE_HEIGHT: u8 = 8;

/// A file of the export: its path below the export's folder, and its bytes.
pub type ExportFile = (String, Vec<u8>);

/// Writes an export entry by entry, in memory that does not grow with it.
#[derive(Debug, Default)]
pub struct Exporter {
    frontier: Frontier,
    bundle: Vec<u8>,
    /// The partial tile of each level.
    tiles: Vec<Vec<u8>>,
}

impl Exporter {
    /// An export of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next entry and returns the files that it completes.
    ///
    /// # Errors
    /// When the entry is longer than a bundle can hold.
    pub fn push(&mut self, entry: &[u8]) -> Result<Vec<ExportFile>, ExportError> {
        let index = self.frontier.size();
        let length = u16::try_from(entry.len()).map_err(|_| ExportError::Length { index })?;
        self.bundle.extend(length.to_be_bytes());
        self.bundle.extend(entry);
        let mut complete = Vec::new();
        if is_last_of_tile(index) {
            let bundle = std::mem::take(&mut self.bundle);
            complete.push((bundle_path(index / TILE_WIDTH, TILE_WIDTH), bundle));
        }
        for node in self.frontier.append(leaf_hash(entry)) {
            if !node.level.is_multiple_of(TILE_HEIGHT) {
                continue;
            }
            let level = node.level / TILE_HEIGHT;
            if self.tiles.len() == usize::from(level) {
                self.tiles.push(Vec::new());
            }
            let Some(tile) = self.tiles.get_mut(usize::from(level)) else {
                continue;
            };
            tile.extend(node.hash.as_bytes());
            if is_last_of_tile(node.index) {
                let path = tile_path(level, node.index / TILE_WIDTH, TILE_WIDTH);
                complete.push((path, std::mem::take(tile)));
            }
        }
        Ok(complete)
    }

    /// The partial files and, last, the checkpoint: written in this order, a
    /// reader never sees a checkpoint whose files are not there.
    ///
    /// # Errors
    /// When `checkpoint`, a signed note, is not of these entries.
    pub fn finish(self, checkpoint: &str) -> Result<Vec<ExportFile>, ExportError> {
        let claimed = Checkpoint::unverified(checkpoint)?;
        let size = self.frontier.size();
        if (claimed.size, claimed.root) != (size, self.frontier.root()) {
            return Err(ExportError::OtherTree {
                size,
                claimed: claimed.size,
            });
        }
        let mut files = Vec::new();
        if !self.bundle.is_empty() {
            files.push((
                bundle_path(size / TILE_WIDTH, size % TILE_WIDTH),
                self.bundle,
            ));
        }
        let mut width = size;
        for (level, tile) in (0..).zip(self.tiles) {
            if !tile.is_empty() {
                files.push((
                    tile_path(level, width / TILE_WIDTH, width % TILE_WIDTH),
                    tile,
                ));
            }
            width /= TILE_WIDTH;
        }
        files.push((CHECKPOINT_PATH.to_owned(), checkpoint.as_bytes().to_vec()));
        Ok(files)
    }
}

/// All files of a small ledger; [`Exporter`] does it piece by piece.
///
/// ```
/// use std::collections::BTreeMap;
/// use candor_seal::checkpoint::Checkpoint;
/// use candor_seal::entropy::SystemEntropy;
/// use candor_seal::export::{export, verify_export};
/// use candor_seal::ledger::{leaf_hash, root_of};
/// use candor_seal::note::LogKey;
///
/// let key = LogKey::generate("privacy.example/ledger", &SystemEntropy::new())?;
/// let entries = ["one", "two"];
/// let checkpoint = Checkpoint {
///     origin: "privacy.example/ledger".into(),
///     size: 2,
///     root: root_of(entries.map(|entry| leaf_hash(entry.as_bytes()))),
/// };
/// let files: BTreeMap<_, _> =
///     export(entries, &checkpoint.sign(&key)?)?.into_iter().collect();
/// assert!(files.contains_key("tile/entries/000.p/2"));
///
/// let mut read = |path: &str| files.get(path).cloned();
/// assert_eq!(verify_export(&mut read, &[key.verifier()])?.size, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When an entry is too long, or `checkpoint` is not of these entries.
pub fn export<Entry: AsRef<[u8]>>(
    entries: impl IntoIterator<Item = Entry>,
    checkpoint: &str,
) -> Result<Vec<ExportFile>, ExportError> {
    let mut exporter = Exporter::new();
    let mut files = Vec::new();
    for entry in entries {
        files.extend(exporter.push(entry.as_ref())?);
    }
    files.extend(exporter.finish(checkpoint)?);
    Ok(files)
}

/// Why a ledger could not be exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// An entry that no bundle can hold.
    #[error("entry `{index}` has more than {ENTRY_BYTES_MAX} bytes")]
    Length {
        /// Which one.
        index: u64,
    },
    /// Not a checkpoint.
    #[error("the checkpoint of the export is not one")]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint of another tree.
    #[error("the checkpoint of size `{claimed}` is not of these `{size}` entries")]
    OtherTree {
        /// How many entries there are.
        size: u64,
        /// How many the checkpoint speaks of.
        claimed: u64,
    },
}

const fn is_last_of_tile(index: u64) -> bool {
    index % TILE_WIDTH == TILE_WIDTH - 1
}

#[cfg(test)]
mod tests;
