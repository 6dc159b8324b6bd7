//! What rows of people who were erased are known by, source by source, for as
//! long as a backup can bring them back. INVARIANT: one line per erasure and
//! source, sealed under a key that goes with it; a line that has ended is never
//! read.

use candor_domain::id::SubjectRequestId;
use jiff::Timestamp;

use crate::backend::{Session, Statement};
use crate::error::StoreError;
use crate::rows::TombstoneRow;
use crate::traits::Stored;

/// The most that are read at once.
const PAGE_MAX: u32 = 500;

const WRITE: Statement = Statement::new(
    "write a tombstone",
    "INSERT INTO tombstones (source, subject_request, wrapped_key, sealed, expires_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (source, subject_request) DO UPDATE SET
         wrapped_key = excluded.wrapped_key, sealed = excluded.sealed,
         expires_at = excluded.expires_at",
);
const REMOVE: Statement = Statement::new(
    "remove a tombstone",
    "DELETE FROM tombstones WHERE source = $1 AND subject_request = $2",
);
const READ: Statement = Statement::new(
    "read tombstones",
    "SELECT subject_request, wrapped_key, sealed, expires_at FROM tombstones
     WHERE source = $1 AND subject_request > $2 AND expires_at > $3
     ORDER BY subject_request LIMIT $4",
);
const EXPIRE: Statement = Statement::new(
    "forget tombstones",
    "DELETE FROM tombstones WHERE expires_at <= $1",
);

pub(crate) async fn write(session: &mut dyn Session, row: &TombstoneRow) -> Stored<()> {
    let values = [
        row.source.as_str().into(),
        row.subject_request.as_str().into(),
        row.wrapped_key.as_slice().into(),
        row.sealed.as_slice().into(),
        row.expires_at.into(),
    ];
    session.execute(WRITE, &values).await?;
    Ok(())
}

pub(crate) async fn remove(
    session: &mut dyn Session,
    source: &str,
    id: &SubjectRequestId,
) -> Stored<()> {
    let values = [source.into(), id.as_str().into()];
    session.execute(REMOVE, &values).await?;
    Ok(())
}

pub(crate) async fn read(
    session: &mut dyn Session,
    source: &str,
    (after, now): (Option<&SubjectRequestId>, Timestamp),
    limit: u32,
) -> Stored<Vec<TombstoneRow>> {
    let values = [
        source.into(),
        after.map_or("", SubjectRequestId::as_str).into(),
        now.into(),
        limit.min(PAGE_MAX).into(),
    ];
    let rows = session.fetch(READ, &values).await?;
    let rows = rows.iter().map(|row| {
        Ok(TombstoneRow {
            source: source.to_owned(),
            subject_request: row
                .text(0)?
                .parse()
                .map_err(|_| StoreError::Corrupt { what: "tombstone" })?,
            wrapped_key: row.bytes(1)?,
            sealed: row.bytes(2)?,
            expires_at: row.moment(3)?,
        })
    });
    rows.collect()
}

pub(crate) async fn expire(session: &mut dyn Session, now: Timestamp) -> Stored<u64> {
    session.execute(EXPIRE, &[now.into()]).await
}
