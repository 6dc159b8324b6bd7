//! Charters, by content address, which was in force from when, and how it came
//! to be. A charter that was ever in force is kept: every record names the one
//! it was made under. INVARIANT: versions are a chain, each compared with the
//! one before it.

use candor_policy::charter::{CharterId, stored};
use jiff::Timestamp;

use crate::backend::{Row, Session, Statement, position};
use crate::change::Publication;
use crate::error::StoreError;
use crate::rows::{CharterRow, OwedNotice, VersionRow};
use crate::traits::Stored;

const WRITE: Statement = Statement::new(
    "write a charter",
    "INSERT INTO charters (id, body) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
);
const PUT_IN_FORCE: Statement = Statement::new(
    "put a charter in force",
    "INSERT INTO charters_in_force (charter, effective_at) VALUES ($1, $2) RETURNING number",
);
const PUBLISH: Statement = Statement::new(
    "publish a version",
    "INSERT INTO publications (version, follows, published_at, published_by, acknowledged)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
);
const OWE: Statement = Statement::new(
    "owe a notice",
    "INSERT INTO owed_notices (version, about, channel, asks) VALUES ($1, $2, $3, $4)",
);
const VERSIONS: Statement = Statement::new(
    "read versions",
    "SELECT f.number, f.charter, f.effective_at, p.follows, p.published_at, p.published_by,
            p.acknowledged
     FROM charters_in_force f JOIN publications p ON p.version = f.number
     ORDER BY f.number DESC LIMIT $1",
);
const OWED: Statement = Statement::new(
    "read owed notices",
    "SELECT version, about, channel, asks FROM owed_notices
     ORDER BY version DESC, about, channel LIMIT $1",
);
const IN_FORCE: Statement = Statement::new(
    "read the charter in force",
    "SELECT c.body, f.effective_at, c.id
     FROM charters_in_force f JOIN charters c ON c.id = f.charter
     WHERE f.effective_at <= $1
     ORDER BY f.effective_at DESC, f.number DESC LIMIT 1",
);
const BY_ID: Statement = Statement::new(
    "read a charter",
    "SELECT c.body, f.effective_at, c.id
     FROM charters_in_force f JOIN charters c ON c.id = f.charter
     WHERE c.id = $1
     ORDER BY f.effective_at DESC, f.number DESC LIMIT 1",
);

const CORRUPT: StoreError = StoreError::Corrupt { what: "charter" };
const CORRUPT_VERSION: StoreError = StoreError::Corrupt { what: "version" };
/// Rows in one answer.
const VERSIONS_MAX: u32 = 1_000;
/// What the first version follows.
const NOTHING: u64 = 0;

pub(crate) async fn publish(session: &mut dyn Session, publication: &Publication) -> Stored<()> {
    let id = publication.charter.id.0.as_str();
    let body = stored::encode(&publication.charter).map_err(|_| CORRUPT)?;
    session
        .execute(WRITE, &[id.into(), body.as_str().into()])
        .await?;
    let values = [id.into(), publication.effective_at.into()];
    let row = session.fetch_one(PUT_IN_FORCE, &values).await?;
    let number = row.ok_or(CORRUPT)?.integer(0)?;
    let acknowledged =
        serde_json::to_string(&publication.acknowledged).map_err(|_| CORRUPT_VERSION)?;
    let values = [
        number.into(),
        position(publication.follows.unwrap_or(NOTHING))?.into(),
        publication.published_at.into(),
        publication.published_by.as_deref().into(),
        acknowledged.as_str().into(),
    ];
    if session.execute(PUBLISH, &values).await? == 0 {
        return Err(StoreError::Conflict { what: "version" });
    }
    for notice in &publication.notices {
        let asks = serde_json::to_string(&notice.asks).map_err(|_| CORRUPT_VERSION)?;
        let values = [
            number.into(),
            notice.about.as_str().into(),
            notice.channel.as_str().into(),
            asks.as_str().into(),
        ];
        session.execute(OWE, &values).await?;
    }
    Ok(())
}

pub(crate) async fn versions(session: &mut dyn Session) -> Stored<Vec<VersionRow>> {
    let rows = session.fetch(VERSIONS, &[VERSIONS_MAX.into()]).await?;
    rows.iter().map(version_row).collect()
}

pub(crate) async fn owed_notices(session: &mut dyn Session) -> Stored<Vec<OwedNotice>> {
    let rows = session.fetch(OWED, &[VERSIONS_MAX.into()]).await?;
    rows.iter()
        .map(|row| {
            Ok(OwedNotice {
                version: row.count(0)?,
                about: row.text(1)?,
                channel: row.text(2)?,
                asks: serde_json::from_str(&row.text(3)?).map_err(|_| CORRUPT_VERSION)?,
            })
        })
        .collect()
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

fn version_row(row: &Row) -> Stored<VersionRow> {
    Ok(VersionRow {
        number: row.count(0)?,
        charter: CharterId(row.text(1)?),
        effective_at: row.moment(2)?,
        follows: Some(row.count(3)?).filter(|number| *number != NOTHING),
        published_at: row.moment(4)?,
        published_by: row.text_or_null(5)?,
        acknowledged: serde_json::from_str(&row.text(6)?).map_err(|_| CORRUPT_VERSION)?,
    })
}

fn charter_row(row: &Row) -> Stored<CharterRow> {
    let charter = stored::decode(&row.text(0)?);
    let charter = charter.map_err(|source| StoreError::Charter {
        id: row.text(2).unwrap_or_default(),
        source,
    })?;
    Ok(CharterRow {
        charter,
        effective_at: row.moment(1)?,
    })
}
