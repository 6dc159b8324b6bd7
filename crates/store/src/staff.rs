//! Members of staff and their sessions. A session is known by the hash of its
//! token, so that a copy of the database opens no console.

use candor_domain::id::StaffId;
use jiff::Timestamp;

use crate::backend::{Row, Session, Statement};
use crate::error::StoreError;
use crate::rows::StaffRow;
use crate::traits::Stored;

const ADD: Statement = Statement::new(
    "add a member of staff",
    "INSERT INTO staff (id, login, password_hash, created_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING",
);
const BY_LOGIN: Statement = Statement::new(
    "read a member of staff",
    "SELECT id, login, password_hash, created_at FROM staff WHERE login = $1",
);
const BY_ID: Statement = Statement::new(
    "read a member of staff",
    "SELECT id, login, password_hash, created_at FROM staff WHERE id = $1",
);
const COUNT: Statement = Statement::new("count staff", "SELECT COUNT(*) FROM staff");
const OPEN_SESSION: Statement = Statement::new(
    "open a session",
    "INSERT INTO sessions (token_hash, staff, expires_at) VALUES ($1, $2, $3)",
);
const BY_SESSION: Statement = Statement::new(
    "read a session",
    "SELECT s.id, s.login, s.password_hash, s.created_at
     FROM sessions JOIN staff s ON s.id = sessions.staff
     WHERE token_hash = $1 AND expires_at > $2",
);
const END_SESSION: Statement = Statement::new(
    "end a session",
    "DELETE FROM sessions WHERE token_hash = $1",
);
const EXPIRE_SESSIONS: Statement = Statement::new(
    "expire sessions",
    "DELETE FROM sessions WHERE expires_at <= $1",
);

pub(crate) async fn add(session: &mut dyn Session, staff: &StaffRow) -> Stored<()> {
    let values = [
        staff.id.as_str().into(),
        staff.login.as_str().into(),
        staff.password_hash.as_str().into(),
        staff.created_at.into(),
    ];
    match session.execute(ADD, &values).await? {
        0 => Err(StoreError::Conflict {
            what: "member of staff",
        }),
        _ => Ok(()),
    }
}

pub(crate) async fn by_login(session: &mut dyn Session, login: &str) -> Stored<Option<StaffRow>> {
    let row = session.fetch_one(BY_LOGIN, &[login.into()]).await?;
    row.as_ref().map(staff_row).transpose()
}

pub(crate) async fn by_id(session: &mut dyn Session, id: &StaffId) -> Stored<Option<StaffRow>> {
    let row = session.fetch_one(BY_ID, &[id.as_str().into()]).await?;
    row.as_ref().map(staff_row).transpose()
}

pub(crate) async fn count(session: &mut dyn Session) -> Stored<u64> {
    let row = session.fetch_one(COUNT, &[]).await?;
    row.map_or(Ok(0), |row| row.count(0))
}

pub(crate) async fn open_session(
    session: &mut dyn Session,
    token_hash: &[u8; 32],
    staff: &StaffId,
    expires_at: Timestamp,
) -> Stored<()> {
    let values = [
        token_hash.as_slice().into(),
        staff.as_str().into(),
        expires_at.into(),
    ];
    session.execute(OPEN_SESSION, &values).await?;
    Ok(())
}

pub(crate) async fn by_session(
    session: &mut dyn Session,
    token_hash: &[u8; 32],
    now: Timestamp,
) -> Stored<Option<StaffRow>> {
    let values = [token_hash.as_slice().into(), now.into()];
    let row = session.fetch_one(BY_SESSION, &values).await?;
    row.as_ref().map(staff_row).transpose()
}

pub(crate) async fn end_session(session: &mut dyn Session, token_hash: &[u8; 32]) -> Stored<()> {
    let values = [token_hash.as_slice().into()];
    session.execute(END_SESSION, &values).await?;
    Ok(())
}

pub(crate) async fn expire_sessions(session: &mut dyn Session, now: Timestamp) -> Stored<u64> {
    session.execute(EXPIRE_SESSIONS, &[now.into()]).await
}

fn staff_row(row: &Row) -> Stored<StaffRow> {
    let id = row.text(0)?.parse();
    Ok(StaffRow {
        id: id.map_err(|_| StoreError::Corrupt { what: "staff id" })?,
        login: row.text(1)?,
        password_hash: row.text(2)?,
        created_at: row.moment(3)?,
    })
}
