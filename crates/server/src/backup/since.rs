//! What happened since a backup, kept beside it: erasures, withdrawals, whoever
//! was shredded, the ledger's entries. Written anew and whole each time, so that
//! there is one file to lay over the backup and no chain that can miss a link.
//! INVARIANT: a restored state knows all that this file knows before it serves
//! anybody. Refuses a file of another backup, and a damaged one.

use std::path::Path;

use candor_store::Store;
use candor_store::copy::{Page, Renewed};

use super::folder::{Folder, Kept};
use super::stream::Opening;
use super::write::{Writing, state};
use super::{BackupError, Header, Holder, Written};
use crate::world::World;

/// Writes down what happened since a backup.
///
/// # Errors
/// A [`BackupError`]; what was written before is still there then.
pub async fn note(
    store: &dyn Store,
    keys: Holder<'_>,
    (folder, backup): (&Folder, &Kept),
    world: &World,
) -> Result<Written, BackupError> {
    let since = store.copy_since(backup.entries, backup.made_at).await;
    let (head, pages) = since.map_err(state)?;
    let about = (world.now(), Some(backup.name.clone()));
    let mut writing = Writing::start(&head, about, keys, folder, world)?;
    for page in &pages {
        writing.page(page).await?;
    }
    writing.finish(keys, folder, world).await
}

/// What happened since a backup, if anything was written down: the header of
/// that, and what is to be laid over the backup.
pub(super) async fn noted(
    path: &Path,
    keys: Holder<'_>,
) -> Result<Option<(Header, Renewed)>, BackupError> {
    if !path.exists() {
        return Ok(None);
    }
    let (header, mut opening) = Opening::start(path, keys)?;
    let mut pages: Vec<Page> = Vec::new();
    while let Some(page) = opening.next().await {
        pages.push(page);
    }
    opening.finish().await?;
    Ok(Some((header, Renewed::by(pages))))
}
