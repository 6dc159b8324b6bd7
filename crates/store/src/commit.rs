//! One change, one transaction. INVARIANT: what a change holds becomes true
//! together or not at all, whatever fails and whenever the process dies.
//!
//! The order is fixed. The lease comes first, so that a worker that lost it
//! writes nothing; people before what refers to them; new jobs after the
//! finished one, so that a job may enqueue its own key; and the ledger's lock,
//! for which everyone waits, last.

use crate::backend::{Backend, Session};
use crate::change::{BulkWrite, Change, Committed};
use crate::traits::Stored;
use crate::{
    api_keys, blobs, bulk, charters, holds, jobs, ledger, observations, once, requests, sealed,
    subjects, tombstones,
};

/// Writes a change.
pub(crate) async fn commit(backend: &dyn Backend, change: Change) -> Stored<Committed> {
    let forgets = matches!(change.bulk, Some(BulkWrite::Remove { .. }));
    let shreds = !change.shred.is_empty() || forgets;
    let mut session = backend.begin().await?;
    let committed = write(&mut *session, change).await?;
    session.commit().await?;
    if shreds {
        scrub(backend).await;
    }
    Ok(committed)
}

async fn write(session: &mut dyn Session, change: Change) -> Stored<Committed> {
    let mut again = Vec::new();
    for id in &change.finish {
        again.extend(jobs::finish(session, id).await?);
    }
    if let Some(row) = &change.once {
        once::write(session, row).await?;
    }
    for subject in &change.subjects {
        subjects::add(session, subject).await?;
    }
    requests::write(session, &change.requests).await?;
    for value in &change.sealed {
        sealed::write(session, value).await?;
    }
    for hold in &change.holds {
        holds::write(session, hold).await?;
    }
    if let Some(recontact) = &change.recontact {
        subjects::recontact(session, recontact).await?;
    }
    for shred in &change.shred {
        subjects::shred(session, shred).await?;
    }
    for row in &change.tombstones {
        tombstones::write(session, row).await?;
    }
    for (id, source) in &change.remove_tombstones {
        tombstones::remove(session, source, id).await?;
    }
    for blob in &change.remove_blobs {
        blobs::remove(session, blob).await?;
    }
    for chunk in &change.chunks {
        blobs::put_chunk(session, &chunk.blob, chunk.number, &chunk.bytes).await?;
    }
    if let Some(write) = &change.bulk {
        bulk::write(session, write).await?;
    }
    if let Some(publication) = &change.publication {
        charters::publish(session, publication).await?;
    }
    for key in &change.api_keys {
        api_keys::add(session, key).await?;
    }
    for (key, at) in &change.revoke {
        api_keys::revoke(session, key, *at).await?;
    }
    observations::write(session, &change.observations).await?;
    let mut waiting = change.enqueue;
    waiting.extend(again);
    jobs::enqueue(session, &waiting).await?;
    let entry_indexes = ledger::append(session, &change.entries).await?;
    if let Some((size, note)) = &change.checkpoint {
        ledger::add_checkpoint(session, *size, note).await?;
    }
    Ok(Committed { entry_indexes })
}

/// The key is gone from the rows; this takes its earlier form out of the files.
/// A reader in the way only delays it, so a failure is no failure of the
/// change.
async fn scrub(backend: &dyn Backend) {
    let Some(scrub) = backend.dialect().scrub else {
        return;
    };
    let scrubbed = async { backend.read().await?.script(scrub).await };
    if let Err(error) = scrubbed.await {
        tracing::warn!(%error, "what was shredded stays in the log file until its next checkpoint");
    }
}
