//! Values sealed under a person's key, beside a subject request. INVARIANT:
//! none exists for a person who is shredded, even if shredding and writing
//! happen at once.

use candor_domain::id::SubjectRequestId;

use crate::backend::{Session, Statement};
use crate::change::SealedValue;
use crate::error::StoreError;
use crate::traits::Stored;

const READ: Statement = Statement::new(
    "read a sealed value",
    "SELECT bytes FROM sealed_values WHERE subject_request = $1 AND name = $2",
);
const WRITE: Statement = Statement::new(
    "write a sealed value",
    "INSERT INTO sealed_values (subject_request, name, bytes) VALUES ($1, $2, $3)
     ON CONFLICT (subject_request, name) DO UPDATE SET bytes = excluded.bytes",
);
const REMOVE_OF: Statement = Statement::new(
    "remove a person's sealed values",
    "DELETE FROM sealed_values WHERE subject_request IN (
         SELECT id FROM subject_requests WHERE subject = $1)",
);

pub(crate) async fn read(
    session: &mut dyn Session,
    id: &SubjectRequestId,
    name: &str,
) -> Stored<Option<Vec<u8>>> {
    let values = [id.as_str().into(), name.into()];
    let row = session.fetch_one(READ, &values).await?;
    row.map(|row| row.bytes(0)).transpose()
}

pub(crate) async fn write(session: &mut dyn Session, value: &SealedValue) -> Stored<()> {
    refuse_shredded(session, &value.subject_request).await?;
    let values = [
        value.subject_request.as_str().into(),
        value.name.as_str().into(),
        value.bytes.as_slice().into(),
    ];
    session.execute(WRITE, &values).await?;
    Ok(())
}

/// Removes every sealed value of a person, by the person's id.
pub(crate) async fn remove_of(session: &mut dyn Session, subject: &str) -> Stored<()> {
    session.execute(REMOVE_OF, &[subject.into()]).await?;
    Ok(())
}

/// A conflict where the person of a subject request is shredded; otherwise
/// nobody shreds the person before this transaction ends.
pub(crate) async fn refuse_shredded(
    session: &mut dyn Session,
    id: &SubjectRequestId,
) -> Stored<()> {
    let lock = session.dialect().lock_subject_of;
    let row = session.fetch_one(lock, &[id.as_str().into()]).await?;
    match row.map(|row| row.moment_or_null(0)).transpose()?.flatten() {
        Some(_) => Err(StoreError::Conflict { what: "person" }),
        None => Ok(()),
    }
}
