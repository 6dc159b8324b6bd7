//! What may happen once: HTTP requests under their idempotency key, signed tokens,
//! what a party files under a name of its own.
//! INVARIANT: of two changes with the same name, one happens, whoever else asks at
//! the same moment. Holds keyed hashes only, each with its end.

use jiff::Timestamp;

use crate::backend::{Session, Statement};
use crate::error::StoreError;
use crate::rows::OnceRow;
use crate::traits::Stored;

/// What a conflict names where something happened before.
pub const ONCE: &str = "name that may be used once";

// `subject_request` holds the id of whatever came of it: the column is older than
// the first that was something else.
const WRITE: Statement = Statement::new(
    "remember what may happen once",
    "INSERT INTO once (scope, name, fingerprint, subject_request, expires_at)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING",
);
const READ: Statement = Statement::new(
    "read what may happen once",
    "SELECT fingerprint, subject_request, expires_at FROM once WHERE scope = $1 AND name = $2",
);
const EXPIRE: Statement = Statement::new(
    "forget what may happen once",
    "DELETE FROM once WHERE expires_at <= $1",
);

const CORRUPT: StoreError = StoreError::Corrupt { what: ONCE };

pub(crate) async fn write(session: &mut dyn Session, row: &OnceRow) -> Stored<()> {
    let values = [
        row.scope.as_str().into(),
        row.name.as_slice().into(),
        row.fingerprint.as_slice().into(),
        row.outcome.as_str().into(),
        row.expires_at.into(),
    ];
    match session.execute(WRITE, &values).await? {
        0 => Err(StoreError::Conflict { what: ONCE }),
        _ => Ok(()),
    }
}

pub(crate) async fn read(
    session: &mut dyn Session,
    scope: &str,
    name: &[u8; 32],
) -> Stored<Option<OnceRow>> {
    let values = [scope.into(), name.as_slice().into()];
    let Some(row) = session.fetch_one(READ, &values).await? else {
        return Ok(None);
    };
    Ok(Some(OnceRow {
        scope: scope.to_owned(),
        name: *name,
        fingerprint: row.bytes(0)?.try_into().map_err(|_| CORRUPT)?,
        outcome: row.text(1)?,
        expires_at: row.moment(2)?,
    }))
}

pub(crate) async fn expire(session: &mut dyn Session, now: Timestamp) -> Stored<u64> {
    session.execute(EXPIRE, &[now.into()]).await
}
