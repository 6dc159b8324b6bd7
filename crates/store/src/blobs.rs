//! Blobs: sealed bytes too large for a row, such as packages, in chunks. The
//! package of a subject request is named after it, and so are the sheets that
//! wait while it is written and the keys of the rows that an erasure takes, so
//! that shredding finds all three.
//! Refuses chunks above [`CHUNK_BYTES_MAX`].

use candor_domain::id::SubjectRequestId;

use crate::backend::{Session, Statement};
use crate::error::StoreError;
use crate::sealed;
use crate::traits::Stored;

/// Bytes of a chunk.
const CHUNK_BYTES_MAX: usize = 1 << 20;
/// What the names of a person's blobs begin with; the subject request's id
/// follows.
const PREFIXES: [&str; 3] = ["package/", "sheets/", "keys/"];

const PUT: Statement = Statement::new(
    "write a chunk",
    "INSERT INTO blob_chunks (blob, number, bytes) VALUES ($1, $2, $3)
     ON CONFLICT (blob, number) DO UPDATE SET bytes = excluded.bytes",
);
const READ: Statement = Statement::new(
    "read a chunk",
    "SELECT bytes FROM blob_chunks WHERE blob = $1 AND number = $2",
);
const REMOVE: Statement =
    Statement::new("remove a blob", "DELETE FROM blob_chunks WHERE blob = $1");
const REMOVE_OF: Statement = Statement::new(
    "remove a person's blobs",
    "DELETE FROM blob_chunks WHERE blob IN (
         SELECT 'package/' || id FROM subject_requests WHERE subject = $1
         UNION ALL SELECT 'sheets/' || id FROM subject_requests WHERE subject = $1
         UNION ALL SELECT 'keys/' || id FROM subject_requests WHERE subject = $1)",
);

/// Writes a chunk, unless it belongs to a person who is shredded.
pub(crate) async fn put_chunk(
    session: &mut dyn Session,
    blob: &str,
    number: u32,
    bytes: &[u8],
) -> Stored<()> {
    if bytes.len() > CHUNK_BYTES_MAX {
        return Err(StoreError::TooLarge {
            what: "chunk",
            max: CHUNK_BYTES_MAX,
        });
    }
    let mut prefixes = PREFIXES.iter();
    let belongs_to = prefixes.find_map(|prefix| blob.strip_prefix(prefix));
    if let Some(Ok(request)) = belongs_to.map(str::parse) {
        let request: SubjectRequestId = request;
        sealed::refuse_shredded(session, &request).await?;
    }
    let values = [blob.into(), number.into(), bytes.into()];
    session.execute(PUT, &values).await?;
    Ok(())
}

pub(crate) async fn chunk(
    session: &mut dyn Session,
    blob: &str,
    number: u32,
) -> Stored<Option<Vec<u8>>> {
    let row = session
        .fetch_one(READ, &[blob.into(), number.into()])
        .await?;
    row.map(|row| row.bytes(0)).transpose()
}

pub(crate) async fn remove(session: &mut dyn Session, blob: &str) -> Stored<()> {
    session.execute(REMOVE, &[blob.into()]).await?;
    Ok(())
}

/// Removes everything of a person, by the person's id; receipts name nobody.
pub(crate) async fn remove_of(session: &mut dyn Session, subject: &str) -> Stored<()> {
    session.execute(REMOVE_OF, &[subject.into()]).await?;
    Ok(())
}
