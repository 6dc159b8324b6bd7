//! Charters, by content address, and which was in force from when. A charter
//! that was ever in force is kept: every record names the one it was made
//! under.

use candor_policy::charter::{Charter, CharterId};
use jiff::Timestamp;

use crate::backend::{Row, Session, Statement};
use crate::error::StoreError;
use crate::rows::CharterRow;
use crate::traits::Stored;

const WRITE: Statement = Statement::new(
    "write a charter",
    "INSERT INTO charters (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
);
const PUT_IN_FORCE: Statement = Statement::new(
    "put a charter in force",
    "INSERT INTO charters_in_force (charter, effective_at) VALUES ($1, $2)",
);
const IN_FORCE: Statement = Statement::new(
    "read the charter in force",
    "SELECT c.body, f.effective_at
     FROM charters_in_force f JOIN charters c ON c.id = f.charter
     WHERE f.effective_at <= $1
     ORDER BY f.effective_at DESC, f.number DESC LIMIT 1",
);
const BY_ID: Statement = Statement::new(
    "read a charter",
    "SELECT c.body, f.effective_at
     FROM charters_in_force f JOIN charters c ON c.id = f.charter
     WHERE c.id = $1
     ORDER BY f.effective_at DESC, f.number DESC LIMIT 1",
);

const CORRUPT: StoreError = StoreError::Corrupt { what: "charter" };

pub(crate) async fn put_in_force(
    session: &mut dyn Session,
    charter: &Charter,
    effective_at: Timestamp,
) -> Stored<()> {
    let id = charter.id.0.as_str();
    let body = serde_json::to_string(charter).map_err(|_| CORRUPT)?;
    session
        .execute(WRITE, &[id.into(), body.as_str().into()])
        .await?;
    let values = [id.into(), effective_at.into()];
    session.execute(PUT_IN_FORCE, &values).await?;
    Ok(())
}

pub(crate) async fn in_force(
    session: &mut dyn Session,
    now: Timestamp,
) -> Stored<Option<CharterRow>> {
    let row = session.fetch_one(IN_FORCE, &[now.into()]).await?;
    row.as_ref().map(charter_row).transpose()
}

pub(crate) async fn by_id(session: &mut dyn Session, id: &CharterId) -> Stored<Option<CharterRow>> {
    let row = session.fetch_one(BY_ID, &[id.0.as_str().into()]).await?;
    row.as_ref().map(charter_row).transpose()
}

fn charter_row(row: &Row) -> Stored<CharterRow> {
    Ok(CharterRow {
        charter: serde_json::from_str(&row.text(0)?).map_err(|_| CORRUPT)?,
        effective_at: row.moment(1)?,
    })
}
