//! Subject requests: the whole as JSON, and beside it the parts by which they
//! are found and counted. INVARIANT: the two are written together, and a
//! version rises by one with every write. Refuses a write over a version that
//! was not read.

use candor_domain::check::SubjectRequestFinding;
use candor_domain::id::{SubjectId, SubjectRequestId};
use candor_domain::subject_request::{SubjectRequest, Tenant};
use candor_policy::charter::Right;
use jiff::Timestamp;

use crate::backend::{Row, Session, Statement, Value, position};
use crate::change::RequestWrite;
use crate::error::StoreError;
use crate::rows::{RequestPage, Versioned};
use crate::subjects;
use crate::traits::Stored;

/// Subject requests in one list.
const LIST_MAX: u32 = 500;

const READ: Statement = Statement::new(
    "read a subject request",
    "SELECT version, body FROM subject_requests WHERE id = $1",
);
/// Read from an index of the tenant's own, so that another tenant's subject request
/// is as far away as one that never was.
const IS_OF_TENANT: Statement = Statement::new(
    "find a tenant's subject request",
    "SELECT id FROM subject_requests WHERE tenant = $1 AND id = $2",
);
const LIST: Statement = Statement::new(
    "list subject requests",
    "SELECT version, body FROM subject_requests ORDER BY due_at, id LIMIT $1 OFFSET $2",
);
/// `$2` is a JSON array of rights, or null. A tenant's list reads an index of its
/// own, so that its length depends on its own subject requests only.
const PAGE: Statement = Statement::new(
    "list subject requests",
    "SELECT version, body FROM subject_requests
     WHERE (CAST($1 AS TEXT) IS NULL OR state = $1)
         AND (CAST($2 AS TEXT) IS NULL OR $2 LIKE '%\"' || right_key || '\"%')
         AND (due_at, id) > ($3, $4)
     ORDER BY due_at, id LIMIT $5",
);
const PAGE_OF_TENANT: Statement = Statement::new(
    "list a tenant's subject requests",
    "SELECT version, body FROM subject_requests
     WHERE (CAST($1 AS TEXT) IS NULL OR state = $1)
         AND (CAST($2 AS TEXT) IS NULL OR $2 LIKE '%\"' || right_key || '\"%')
         AND (due_at, id) > ($3, $4) AND tenant = $6
     ORDER BY due_at, id LIMIT $5",
);
const COUNT_BY_STATE: Statement = Statement::new(
    "count subject requests",
    "SELECT state, COUNT(*) FROM subject_requests GROUP BY state ORDER BY state",
);
const OF: Statement = Statement::new(
    "list a person's subject requests",
    "SELECT version, body FROM subject_requests WHERE subject = $1 ORDER BY due_at, id",
);
const NUMBER_OF: Statement = Statement::new(
    "count a person's subject requests",
    "SELECT COUNT(*) FROM subject_requests WHERE subject = $1",
);
const FIND: Statement = Statement::new(
    "count subject requests of a right",
    "SELECT COUNT(answered_at),
         COUNT(*) FILTER (WHERE answered_at > due_at),
         COUNT(*) FILTER (WHERE is_open = 1),
         COUNT(*) FILTER (WHERE is_open = 1 AND due_at < $2),
         MIN(due_at) FILTER (WHERE is_open = 1),
         COUNT(*) FILTER (WHERE has_residue = 1)
     FROM subject_requests WHERE right_key = $1",
);
const ADD: Statement = Statement::new(
    "add a subject request",
    "INSERT INTO subject_requests (id, version, subject, right_key, state, is_open, is_over,
         due_at, answered_at, has_residue, body, tenant)
     VALUES ($1, $2 + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (id) DO NOTHING",
);
const REPLACE: Statement = Statement::new(
    "replace a subject request",
    "UPDATE subject_requests SET version = $2 + 1, subject = $3, right_key = $4, state = $5,
         is_open = $6, is_over = $7, due_at = $8, answered_at = $9, has_residue = $10, body = $11,
         tenant = $12
     WHERE id = $1 AND version = $2",
);

const CORRUPT: StoreError = StoreError::Corrupt {
    what: "subject request",
};

pub(crate) async fn read(
    session: &mut dyn Session,
    id: &SubjectRequestId,
) -> Stored<Option<Versioned<SubjectRequest>>> {
    let row = session.fetch_one(READ, &[id.as_str().into()]).await?;
    row.as_ref().map(versioned).transpose()
}

/// The same, if it is this tenant's.
pub(crate) async fn read_of_tenant(
    session: &mut dyn Session,
    tenant: &Tenant,
    id: &SubjectRequestId,
) -> Stored<Option<Versioned<SubjectRequest>>> {
    let values = [tenant.as_str().into(), id.as_str().into()];
    match session.fetch_one(IS_OF_TENANT, &values).await? {
        Some(_) => read(session, id).await,
        None => Ok(None),
    }
}

pub(crate) async fn list(
    session: &mut dyn Session,
    states: &[&str],
    limit: u32,
    offset: u32,
) -> Stored<Vec<Versioned<SubjectRequest>>> {
    let limit = limit.min(LIST_MAX);
    let rows = if states.is_empty() {
        session.fetch(LIST, &[limit.into(), offset.into()]).await?
    } else {
        let states = serde_json::to_string(states).map_err(|_| CORRUPT)?;
        let values = [states.as_str().into(), limit.into(), offset.into()];
        let requests_in = session.dialect().requests_in;
        session.fetch(requests_in, &values).await?
    };
    rows.iter().map(versioned).collect()
}

pub(crate) async fn page(
    session: &mut dyn Session,
    page: &RequestPage,
) -> Stored<Vec<Versioned<SubjectRequest>>> {
    let keys: Vec<&str> = page.rights.iter().map(|right| right.key()).collect();
    let rights = (!keys.is_empty()).then(|| serde_json::to_string(&keys));
    let rights = rights.transpose().map_err(|_| CORRUPT)?;
    let (due_at, id) = match &page.after {
        Some((due_at, id)) => (*due_at, id.as_str()),
        None => (Timestamp::MIN, ""),
    };
    let mut values: Vec<Value<'_>> = vec![
        page.state.as_deref().into(),
        rights.as_deref().into(),
        due_at.into(),
        id.into(),
        page.limit.min(LIST_MAX).into(),
    ];
    let tenant = page.tenant.as_ref().map(Tenant::as_str);
    values.extend(tenant.map(Value::from));
    let statement = match page.tenant {
        Some(_) => PAGE_OF_TENANT,
        None => PAGE,
    };
    let rows = session.fetch(statement, &values).await?;
    rows.iter().map(versioned).collect()
}

pub(crate) async fn count_by_state(session: &mut dyn Session) -> Stored<Vec<(String, u64)>> {
    let rows = session.fetch(COUNT_BY_STATE, &[]).await?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.count(1)?)))
        .collect()
}

pub(crate) async fn of(
    session: &mut dyn Session,
    subject: &SubjectId,
) -> Stored<Vec<Versioned<SubjectRequest>>> {
    let rows = session.fetch(OF, &[subject.as_str().into()]).await?;
    rows.iter().map(versioned).collect()
}

pub(crate) async fn open_of_contacts(
    session: &mut dyn Session,
    contacts: &[[u8; 32]],
) -> Stored<Vec<([u8; 32], Right)>> {
    let contacts: Vec<String> = contacts.iter().map(hex::encode).collect();
    let contacts = serde_json::to_string(&contacts).map_err(|_| CORRUPT)?;
    let open = session.dialect().open_of_contacts;
    let rows = session.fetch(open, &[contacts.as_str().into()]).await?;
    let found = rows.iter().map(|row| {
        let contact = row.bytes(0)?.try_into().map_err(|_| CORRUPT)?;
        Ok((contact, Right::from_key(&row.text(1)?).ok_or(CORRUPT)?))
    });
    found.collect()
}

pub(crate) async fn number_of(session: &mut dyn Session, subject: &str) -> Stored<u64> {
    let row = session.fetch_one(NUMBER_OF, &[subject.into()]).await?;
    row.ok_or(CORRUPT)?.count(0)
}

pub(crate) async fn find(
    session: &mut dyn Session,
    right: Right,
    now: Timestamp,
) -> Stored<SubjectRequestFinding> {
    let row = session
        .fetch_one(FIND, &[right.key().into(), now.into()])
        .await?;
    let row = row.ok_or(CORRUPT)?;
    Ok(SubjectRequestFinding {
        answered: row.count(0)?,
        answered_late: row.count(1)?,
        open: row.count(2)?,
        overdue: row.count(3)?,
        next_due: row.moment_or_null(4)?,
        with_residue: row.count(5)?,
    })
}

/// Writes each, or fails with a conflict where one has another version than
/// the one it was read at.
pub(crate) async fn write(session: &mut dyn Session, writes: &[RequestWrite]) -> Stored<()> {
    let mut ordered: Vec<_> = writes.iter().collect();
    // Everyone locks rows in the same order, so nobody waits in a circle.
    ordered.sort_by(|left, right| left.request.id.cmp(&right.request.id));
    for write in ordered {
        let request = &write.request;
        if write.expected.is_none() {
            subjects::refuse_shredded(session, request.subject.as_str()).await?;
        }
        let statement = write.expected.map_or(ADD, |_| REPLACE);
        let version = position(write.expected.unwrap_or(0))?;
        let body = serde_json::to_string(request).map_err(|_| CORRUPT)?;
        let has_residue = request.sources.values().any(|one| !one.residue.is_empty());
        let values: [Value<'_>; 12] = [
            request.id.as_str().into(),
            version.into(),
            request.subject.as_str().into(),
            request.right.key().into(),
            request.state_key().into(),
            request.is_open().into(),
            request.is_over().into(),
            request.measured_by().into(),
            request.answered_at().into(),
            has_residue.into(),
            body.as_str().into(),
            request.tenant.as_ref().map(Tenant::as_str).into(),
        ];
        if session.execute(statement, &values).await? == 0 {
            return Err(StoreError::Conflict {
                what: "subject request",
            });
        }
    }
    Ok(())
}

fn versioned(row: &Row) -> Stored<Versioned<SubjectRequest>> {
    Ok(Versioned {
        version: row.count(0)?,
        value: serde_json::from_str(&row.text(1)?).map_err(|_| CORRUPT)?,
    })
}
