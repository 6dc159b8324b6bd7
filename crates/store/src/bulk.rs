//! Files of many subject requests. INVARIANT: a version rises by one with every
//! write, so that no part of a file is filed by two; and one sender has one file
//! under a name. What a file says lies in blobs, sealed under its key.

use candor_domain::bulk::BulkFile;
use candor_domain::id::{BulkFileId, StaffId};

use crate::backend::{Row, Session, Statement, Value, position};
use crate::change::BulkWrite;
use crate::error::StoreError;
use crate::rows::{BulkRow, Versioned};
use crate::traits::Stored;
use crate::{blobs, rows};

/// Files in one list.
const LIST_MAX: u32 = 100;

const ADD: Statement = Statement::new(
    "add a file",
    "INSERT INTO bulk_files
         (id, version, sent_by, name, fingerprint, wrapped_key, sealed, created_at, body)
     VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT DO NOTHING",
);
const REPLACE: Statement = Statement::new(
    "replace a file",
    "UPDATE bulk_files SET version = $2 + 1, sealed = $3, body = $4
     WHERE id = $1 AND version = $2",
);
const REMOVE: Statement = Statement::new(
    "forget a file",
    "DELETE FROM bulk_files WHERE id = $1 AND version = $2",
);
const READ: Statement = Statement::new(
    "read a file",
    "SELECT version, name, fingerprint, wrapped_key, sealed, body FROM bulk_files WHERE id = $1",
);
const IS_OF: Statement = Statement::new(
    "find a sender's file",
    "SELECT id FROM bulk_files WHERE sent_by = $1 AND id = $2",
);
const BY_NAME: Statement = Statement::new(
    "find a file by its name",
    "SELECT version, name, fingerprint, wrapped_key, sealed, body FROM bulk_files
     WHERE sent_by = $1 AND name = $2",
);
const SAME: Statement = Statement::new(
    "find files that say the same",
    "SELECT version, name, fingerprint, wrapped_key, sealed, body FROM bulk_files
     WHERE fingerprint = $1 ORDER BY created_at DESC, id",
);
const LIST: Statement = Statement::new(
    "list files",
    "SELECT version, name, fingerprint, wrapped_key, sealed, body FROM bulk_files
     ORDER BY created_at DESC, id LIMIT $1",
);

const CONFLICT: StoreError = StoreError::Conflict { what: "file" };
const CORRUPT: StoreError = StoreError::Corrupt { what: "file" };

pub(crate) async fn write(session: &mut dyn Session, write: &BulkWrite) -> Stored<()> {
    let written = match write {
        BulkWrite::Add(row) => {
            let body = serde_json::to_string(&row.file).map_err(|_| CORRUPT)?;
            let values: [Value<'_>; 8] = [
                row.file.id.as_str().into(),
                row.file.by.as_str().into(),
                row.name.as_ref().map(<[u8; 32]>::as_slice).into(),
                row.fingerprint.as_slice().into(),
                row.wrapped_key.as_slice().into(),
                row.sealed.as_deref().into(),
                row.file.created_at.into(),
                body.as_str().into(),
            ];
            session.execute(ADD, &values).await?
        }
        BulkWrite::Replace(row) => {
            let body = serde_json::to_string(&row.value.file).map_err(|_| CORRUPT)?;
            let values: [Value<'_>; 4] = [
                row.value.file.id.as_str().into(),
                position(row.version)?.into(),
                row.value.sealed.as_deref().into(),
                body.as_str().into(),
            ];
            session.execute(REPLACE, &values).await?
        }
        BulkWrite::Remove { id, expected } => {
            blobs::remove(session, &rows::bulk_blob(id)).await?;
            let values = [id.as_str().into(), position(*expected)?.into()];
            session.execute(REMOVE, &values).await?
        }
    };
    match written {
        0 => Err(CONFLICT),
        _ => Ok(()),
    }
}

pub(crate) async fn read(
    session: &mut dyn Session,
    id: &BulkFileId,
) -> Stored<Option<Versioned<BulkRow>>> {
    let row = session.fetch_one(READ, &[id.as_str().into()]).await?;
    row.as_ref().map(bulk_row).transpose()
}

/// The same, if this sender sent it.
pub(crate) async fn read_of(
    session: &mut dyn Session,
    by: &StaffId,
    id: &BulkFileId,
) -> Stored<Option<Versioned<BulkRow>>> {
    let values = [by.as_str().into(), id.as_str().into()];
    match session.fetch_one(IS_OF, &values).await? {
        Some(_) => read(session, id).await,
        None => Ok(None),
    }
}

pub(crate) async fn by_name(
    session: &mut dyn Session,
    by: &StaffId,
    name: &[u8; 32],
) -> Stored<Option<Versioned<BulkRow>>> {
    let values = [by.as_str().into(), name.as_slice().into()];
    let row = session.fetch_one(BY_NAME, &values).await?;
    row.as_ref().map(bulk_row).transpose()
}

pub(crate) async fn same(
    session: &mut dyn Session,
    fingerprint: &[u8; 32],
) -> Stored<Vec<BulkFile>> {
    let rows = session
        .fetch(SAME, &[fingerprint.as_slice().into()])
        .await?;
    rows.iter()
        .map(|row| Ok(bulk_row(row)?.value.file))
        .collect()
}

pub(crate) async fn list(session: &mut dyn Session) -> Stored<Vec<BulkFile>> {
    let rows = session.fetch(LIST, &[LIST_MAX.into()]).await?;
    rows.iter()
        .map(|row| Ok(bulk_row(row)?.value.file))
        .collect()
}

fn bulk_row(row: &Row) -> Stored<Versioned<BulkRow>> {
    let name = row.bytes_or_null(1)?.map(<[u8; 32]>::try_from).transpose();
    let value = BulkRow {
        name: name.map_err(|_| CORRUPT)?,
        fingerprint: row.bytes(2)?.try_into().map_err(|_| CORRUPT)?,
        wrapped_key: row.bytes(3)?,
        sealed: row.bytes_or_null(4)?,
        file: serde_json::from_str(&row.text(5)?).map_err(|_| CORRUPT)?,
    };
    let version = row.count(0)?;
    Ok(Versioned { value, version })
}
