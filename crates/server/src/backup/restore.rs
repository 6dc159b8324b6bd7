//! Restoring a backup: into a new place, whole or not at all. A state that is
//! there is never written over, and one that is newer than the backup is named.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use candor_store::copy::Renewed;
use candor_store::{Store, StoreError};
use jiff::Timestamp;

use super::folder::{Folder, Kept, failed, remove};
use super::stream::Opening;
use super::{BackupError, Header, Holder, since};

/// What ends the name of a SQLite file that is being restored.
const RESTORING: &str = ".restoring";

/// A state that was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The backup.
    pub header: Header,
    /// Until when what happened since is in it, too.
    pub until: Option<Timestamp>,
    /// How many rows the backup has.
    pub rows: u64,
}

/// Restores a backup of a folder, the newest where none is named, as the state
/// at an address. One that is not the newest has to be meant.
///
/// # Errors
/// A [`BackupError`]; nothing is there then that was not before.
pub async fn restore(
    folder: &Folder,
    name: Option<&str>,
    is_older_meant: bool,
    keys: Holder<'_>,
    address: &str,
) -> Result<Restored, BackupError> {
    let chosen = chosen(folder, name, is_older_meant)?;
    let path = folder.file(&chosen.name);
    // Before anything is opened: whatever is wrong with it is said at once.
    let (header, opening) = Opening::start(&path, keys)?;
    drop(opening);
    let Some(file) = sqlite_file(address) else {
        let store = open(address).await?;
        let restored = fill(&*store, folder, keys, (address, &header)).await;
        store.close().await;
        return restored;
    };
    if file.exists() {
        let store = open(address).await?;
        let found = occupied(&*store, address, &header).await;
        store.close().await;
        return Err(found);
    }
    // The log of a state that is gone would be read into the one that comes.
    if let Some(left) = beside(&file).find(|left| left.exists()) {
        let address = left.display().to_string();
        return Err(BackupError::Occupied { address });
    }
    let mut own = file.clone().into_os_string();
    own.push(RESTORING);
    let own = PathBuf::from(own);
    discard(&own)?;
    let store = open(&own.display().to_string()).await?;
    let restored = fill(&*store, folder, keys, (address, &header)).await;
    store.close().await;
    let restored = match restored {
        Ok(restored) => restored,
        Err(error) => {
            discard(&own)?;
            return Err(error);
        }
    };
    let moved = std::fs::rename(&own, &file);
    moved.map_err(|source| failed(&file, "written", source))?;
    Ok(restored)
}

fn chosen(folder: &Folder, name: Option<&str>, is_older_meant: bool) -> Result<Kept, BackupError> {
    let kept = folder.kept()?;
    let Some(newest) = kept.last().cloned() else {
        let path = folder.path().to_owned();
        return Err(BackupError::None { path });
    };
    let Some(name) = name else {
        return Ok(newest);
    };
    let named = kept.into_iter().find(|one| one.name == name);
    let named = named.ok_or_else(|| BackupError::Unknown {
        path: folder.path().to_owned(),
        name: name.to_owned(),
    })?;
    if named != newest && !is_older_meant {
        return Err(BackupError::Older {
            backup: named.name,
            newest: newest.name,
        });
    }
    Ok(named)
}

/// Fills a state that holds nothing, if what comes is the whole backup, with what
/// happened since laid over it.
pub(super) async fn fill(
    store: &dyn Store,
    folder: &Folder,
    keys: Holder<'_>,
    (address, header): (&str, &Header),
) -> Result<Restored, BackupError> {
    let state = |source| BackupError::State {
        address: without_password(address),
        source,
    };
    let name = header.name();
    let (path, since) = (folder.file(&name), folder.since(&name));
    let noted = since::noted(&since, keys).await?;
    let mut into = match store.copy_in().await {
        Err(StoreError::NotEmpty) => return Err(occupied(store, address, header).await),
        into => into.map_err(state)?,
    };
    let (header, mut opening) = Opening::start(&path, keys)?;
    let (last, mut renewed) = match noted {
        Some((last, renewed)) => (Some(last), renewed),
        None => (None, Renewed::default()),
    };
    while let Some(page) = opening.next().await {
        let pages = match last {
            Some(_) => renewed.next(page),
            None => vec![page],
        };
        for page in pages {
            into.put(page).await.map_err(state)?;
        }
    }
    let rows = opening.finish().await?;
    for page in renewed.rest() {
        into.put(page).await.map_err(state)?;
    }
    let head = into.head().await.map_err(state)?;
    let (of, at) = last
        .as_ref()
        .map_or((&header, &path), |last| (last, &since));
    if !of.is_of(at, keys, &head)? {
        return Err(BackupError::Damaged {
            path: at.clone(),
            why: format!(
                "its ledger, of {} entries, is not the one that was signed",
                head.size
            ),
        });
    }
    into.finish().await.map_err(state)?;
    let until = last.map(|last| last.made_at);
    Ok(Restored {
        header,
        until,
        rows,
    })
}

/// Why there can't be another state at an address.
async fn occupied(store: &dyn Store, address: &str, header: &Header) -> BackupError {
    let address = without_password(address);
    match store.ledger_head().await {
        Ok(head) if head.size > header.entries => BackupError::Newer {
            address,
            backup: header.name(),
            found: head.size,
            entries: header.entries,
        },
        _ => BackupError::Occupied { address },
    }
}

async fn open(address: &str) -> Result<Arc<dyn Store>, BackupError> {
    let opened = candor_store::open(address).await;
    opened.map_err(|source| BackupError::State {
        address: without_password(address),
        source,
    })
}

/// The file of a SQLite state.
fn sqlite_file(address: &str) -> Option<PathBuf> {
    let schemes = ["sqlite://", "sqlite:"];
    let path = schemes
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme));
    let path = path.unwrap_or(address);
    (!path.contains("://")).then(|| PathBuf::from(path))
}

/// Removes what a restore that was broken off left behind.
fn discard(own: &Path) -> Result<(), BackupError> {
    remove(own)?;
    beside(own).try_for_each(|path| remove(&path))
}

/// The files that SQLite keeps beside its own.
fn beside(file: &Path) -> impl Iterator<Item = PathBuf> {
    ["-wal", "-shm"].into_iter().map(move |ending| {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        PathBuf::from(path)
    })
}

fn without_password(address: &str) -> String {
    crate::service::without_password(address)
}
