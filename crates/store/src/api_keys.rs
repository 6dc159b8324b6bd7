//! Keys with which programs call the API. A key is known by its hash, so that a
//! copy of the database opens nothing. INVARIANT: what was revoked stays revoked,
//! and no key is deleted: records name the keys that decided.

use candor_domain::id::ApiKeyId;
use jiff::Timestamp;

use crate::backend::{Row, Session, Statement};
use crate::change::NewApiKey;
use crate::error::StoreError;
use crate::rows::ApiKeyRow;
use crate::traits::Stored;

const ADD: Statement = Statement::new(
    "add an API key",
    "INSERT INTO api_keys
         (id, token_hash, name, scope, created_at, created_by, expires_at, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT DO NOTHING",
);
const REVOKE: Statement = Statement::new(
    "revoke an API key",
    "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1",
);
const BY_HASH: Statement = Statement::new(
    "read an API key",
    "SELECT id, name, scope, created_at, created_by, expires_at, revoked_at
     FROM api_keys WHERE token_hash = $1",
);
const BY_ID: Statement = Statement::new(
    "read an API key",
    "SELECT id, name, scope, created_at, created_by, expires_at, revoked_at
     FROM api_keys WHERE id = $1",
);
const ALL: Statement = Statement::new(
    "list API keys",
    "SELECT id, name, scope, created_at, created_by, expires_at, revoked_at
     FROM api_keys ORDER BY created_at DESC, id LIMIT 1000",
);

const CONFLICT: StoreError = StoreError::Conflict { what: "API key" };
const CORRUPT: StoreError = StoreError::Corrupt { what: "API key" };

pub(crate) async fn add(session: &mut dyn Session, key: &NewApiKey) -> Stored<()> {
    let row = &key.row;
    let scope = serde_json::to_string(&row.scope).map_err(|_| CORRUPT)?;
    let values = [
        row.id.as_str().into(),
        key.token_hash.as_slice().into(),
        row.name.as_str().into(),
        scope.as_str().into(),
        row.created_at.into(),
        row.created_by.as_ref().map(|by| by.as_str()).into(),
        row.expires_at.into(),
        row.revoked_at.into(),
    ];
    match session.execute(ADD, &values).await? {
        0 => Err(CONFLICT),
        _ => Ok(()),
    }
}

pub(crate) async fn revoke(session: &mut dyn Session, id: &ApiKeyId, at: Timestamp) -> Stored<()> {
    match session
        .execute(REVOKE, &[id.as_str().into(), at.into()])
        .await?
    {
        0 => Err(CONFLICT),
        _ => Ok(()),
    }
}

pub(crate) async fn by_hash(
    session: &mut dyn Session,
    token_hash: &[u8; 32],
) -> Stored<Option<ApiKeyRow>> {
    let row = session
        .fetch_one(BY_HASH, &[token_hash.as_slice().into()])
        .await?;
    row.as_ref().map(key_row).transpose()
}

pub(crate) async fn by_id(session: &mut dyn Session, id: &ApiKeyId) -> Stored<Option<ApiKeyRow>> {
    let row = session.fetch_one(BY_ID, &[id.as_str().into()]).await?;
    row.as_ref().map(key_row).transpose()
}

pub(crate) async fn all(session: &mut dyn Session) -> Stored<Vec<ApiKeyRow>> {
    session.fetch(ALL, &[]).await?.iter().map(key_row).collect()
}

fn key_row(row: &Row) -> Stored<ApiKeyRow> {
    let created_by = row.text_or_null(4)?.map(|by| by.parse()).transpose();
    Ok(ApiKeyRow {
        id: row.text(0)?.parse().map_err(|_| CORRUPT)?,
        name: row.text(1)?,
        scope: serde_json::from_str(&row.text(2)?).map_err(|_| CORRUPT)?,
        created_at: row.moment(3)?,
        created_by: created_by.map_err(|_| CORRUPT)?,
        expires_at: row.moment_or_null(5)?,
        revoked_at: row.moment_or_null(6)?,
    })
}
