//! Making a backup: one moment's state, sealed as it is read, and read back
//! before it gets its name.

use std::path::{Path, PathBuf};

use candor_store::copy::{Cell, Page};
use candor_store::rows::LedgerHead;
use candor_store::{Store, StoreError};
use jiff::Timestamp;

use super::folder::{Folder, remove};
use super::form::{encode, end};
use super::stream::{Opening, Sealing};
use super::{BackupError, Header, Holder};
use crate::world::World;

/// A backup that was made and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it says of itself.
    pub header: Header,
    /// How many rows it holds.
    pub rows: u64,
    /// How many bytes it has.
    pub bytes: u64,
}

/// Writes the state of this moment into a folder.
///
/// # Errors
/// A [`BackupError`]; the folder then has no new backup.
pub async fn write(
    store: &dyn Store,
    keys: Holder<'_>,
    folder: &Folder,
    world: &World,
) -> Result<Written, BackupError> {
    let mut out = store.copy_out().await.map_err(state)?;
    let head = out.head().await.map_err(state)?;
    let about = (world.now(), None);
    let mut writing = Writing::start(&head, about, keys, folder, world)?;
    while let Some(page) = out.next().await.map_err(state)? {
        if !writing.page(&page).await? {
            break;
        }
    }
    // Whoever reads the state must not wait for whoever reads the backup.
    drop(out);
    writing.finish(keys, folder, world).await
}

pub(super) fn state(source: StoreError) -> BackupError {
    BackupError::State {
        address: "being backed up".to_owned(),
        source,
    }
}

/// A file of a folder that is being written.
pub(super) struct Writing {
    header: Header,
    path: PathBuf,
    sealing: Sealing,
    rows: u64,
}

impl Writing {
    pub(super) fn start(
        head: &LedgerHead,
        about: (Timestamp, Option<String>),
        keys: Holder<'_>,
        folder: &Folder,
        world: &World,
    ) -> Result<Self, BackupError> {
        let entropy = world.entropy.clone();
        let (header, key) = Header::new(keys, head, about, entropy.as_ref())?;
        let (path, file) = folder.begin(&header.name())?;
        let sealing = Sealing::start((path.clone(), file), header.encode()?, key, entropy);
        Ok(Self {
            header,
            path,
            sealing,
            rows: 0,
        })
    }

    /// Takes rows. `false` where writing failed, which [`Self::finish`] tells.
    pub(super) async fn page(&mut self, page: &Page) -> Result<bool, BackupError> {
        let mut part = Vec::new();
        encode(page, &mut part).map_err(|why| BackupError::Damaged {
            path: self.path.clone(),
            why: why.to_string(),
        })?;
        self.rows += u64::try_from(page.rows.len()).unwrap_or(u64::MAX);
        Ok(part.is_empty() || self.sealing.send(part).await)
    }

    /// Reads it back, and gives it its name.
    pub(super) async fn finish(
        self,
        keys: Holder<'_>,
        folder: &Folder,
        world: &World,
    ) -> Result<Written, BackupError> {
        let Self {
            header,
            path,
            sealing,
            rows,
        } = self;
        let mut last = Vec::new();
        end(rows, &mut last);
        sealing.send(last).await;
        let finished = async {
            sealing.finish().await?;
            world.reach("backup.before_reading").await;
            let read = verify(&path, keys).await?;
            if read.rows != rows || read.header != header {
                return Err(BackupError::Unlike {
                    path: path.clone(),
                    why: format!("{rows} rows were written and {} are there", read.rows),
                });
            }
            folder.finish(&path, &header.name())?;
            Ok(read)
        };
        let finished = finished.await;
        if finished.is_err() {
            remove(&path)?;
        }
        finished
    }
}

/// Reads a backup through, and compares its ledger with the checkpoint that was
/// signed.
///
/// # Errors
/// A [`BackupError`] that says what is wrong with it, and where.
pub async fn verify(path: &Path, keys: Holder<'_>) -> Result<Written, BackupError> {
    let (header, mut opening) = Opening::start(path, keys)?;
    let mut head = None;
    while let Some(page) = opening.next().await {
        head = head.or_else(|| head_in(&page));
    }
    let rows = opening.finish().await?;
    let size = head.unwrap_or_default();
    if size != header.entries {
        return Err(BackupError::Damaged {
            path: path.to_owned(),
            why: format!(
                "its ledger has {size} entries and its name says {}",
                header.entries
            ),
        });
    }
    let unread = |source| super::folder::failed(path, "read", source);
    let bytes = std::fs::metadata(path).map_err(unread)?.len();
    Ok(Written {
        header,
        rows,
        bytes,
    })
}

/// The size of the ledger, where a page says it.
fn head_in(page: &Page) -> Option<u64> {
    if page.table != "ledger_head" {
        return None;
    }
    match page.rows.first()?.get(1)? {
        Cell::Integer(Some(size)) => u64::try_from(*size).ok(),
        _ => None,
    }
}
