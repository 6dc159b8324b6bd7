//! Our own records of people. Everything personal is sealed; shredding makes it
//! null and keeps the id, the kind of person and the times, so that what was
//! recorded stays countable. Refuses a second person with the same contact.

use candor_domain::id::SubjectId;
use candor_domain::subject_request::Tenant;

use crate::backend::{Row, Session, Statement};
use crate::change::{Recontact, Shred};
use crate::error::StoreError;
use crate::rows::SubjectRow;
use crate::traits::Stored;
use crate::{blobs, holds, requests, sealed, shards};

const ADD: Statement = Statement::new(
    "add a person",
    "INSERT INTO subjects
         (id, about, wrapped_key, contact_index, sealed, created_at, shredded_at, tenant)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT DO NOTHING",
);
const BY_ID: Statement = Statement::new(
    "read a person",
    "SELECT id, about, wrapped_key, contact_index, sealed, created_at, shredded_at, tenant
     FROM subjects WHERE id = $1",
);
const BY_CONTACT: Statement = Statement::new(
    "find a person by contact",
    "SELECT id, about, wrapped_key, contact_index, sealed, created_at, shredded_at, tenant
     FROM subjects WHERE contact_index = $1",
);
const RECONTACT: Statement = Statement::new(
    "know a person by another contact",
    "UPDATE subjects SET contact_index = $2, sealed = $3
     WHERE id = $1 AND shredded_at IS NULL",
);
/// Repeating it keeps the first time.
const SHRED: Statement = Statement::new(
    "shred a person",
    "UPDATE subjects SET wrapped_key = NULL, contact_index = NULL, sealed = NULL,
         shredded_at = COALESCE(shredded_at, $2)
     WHERE id = $1",
);

const CONFLICT: StoreError = StoreError::Conflict { what: "person" };

pub(crate) async fn by_id(session: &mut dyn Session, id: &SubjectId) -> Stored<Option<SubjectRow>> {
    let row = session.fetch_one(BY_ID, &[id.as_str().into()]).await?;
    row.as_ref().map(subject_row).transpose()
}

pub(crate) async fn by_contact(
    session: &mut dyn Session,
    index: &[u8; 32],
) -> Stored<Option<SubjectRow>> {
    let row = session
        .fetch_one(BY_CONTACT, &[index.as_slice().into()])
        .await?;
    row.as_ref().map(subject_row).transpose()
}

pub(crate) async fn add(session: &mut dyn Session, subject: &SubjectRow) -> Stored<()> {
    let values = [
        subject.id.as_str().into(),
        subject.about.as_str().into(),
        subject.wrapped_key.as_deref().into(),
        subject
            .contact_index
            .as_ref()
            .map(<[u8; 32]>::as_slice)
            .into(),
        subject.sealed.as_deref().into(),
        subject.created_at.into(),
        subject.shredded_at.into(),
        subject.tenant.as_ref().map(Tenant::as_str).into(),
    ];
    if session.execute(ADD, &values).await? == 0 {
        return Err(CONFLICT);
    }
    shards::refuse_former(session, subject).await
}

pub(crate) async fn recontact(session: &mut dyn Session, recontact: &Recontact) -> Stored<()> {
    let values = [
        recontact.subject.as_str().into(),
        recontact.contact_index.as_slice().into(),
        recontact.sealed.as_slice().into(),
    ];
    match session.execute(RECONTACT, &values).await? {
        0 => Err(CONFLICT),
        _ => Ok(()),
    }
}

pub(crate) async fn shred(session: &mut dyn Session, shred: &Shred) -> Stored<()> {
    let id = shred.subject.as_str();
    // The person's row first: whoever files a subject request or writes a
    // sealed value locks it, so none appears after what follows.
    let values = [id.into(), shred.at.into()];
    if session.execute(SHRED, &values).await? == 0 {
        return Err(CONFLICT);
    }
    holds::refuse_held(session, id).await?;
    if requests::number_of(session, id).await? != shred.requests_seen {
        return Err(CONFLICT);
    }
    sealed::remove_of(session, id).await?;
    blobs::remove_of(session, id).await
}

/// A conflict where a person is shredded; otherwise nobody shreds them before
/// this transaction ends.
pub(crate) async fn refuse_shredded(session: &mut dyn Session, subject: &str) -> Stored<()> {
    let lock = session.dialect().lock_subject;
    let row = session.fetch_one(lock, &[subject.into()]).await?;
    match row.map(|row| row.moment_or_null(0)).transpose()?.flatten() {
        Some(_) => Err(CONFLICT),
        None => Ok(()),
    }
}

fn subject_row(row: &Row) -> Stored<SubjectRow> {
    let corrupt = |what| StoreError::Corrupt { what };
    let contact_index = row.bytes_or_null(3)?.map(<[u8; 32]>::try_from).transpose();
    Ok(SubjectRow {
        id: row.text(0)?.parse().map_err(|_| corrupt("person's id"))?,
        about: row.text(1)?,
        wrapped_key: row.bytes_or_null(2)?,
        contact_index: contact_index.map_err(|_| corrupt("contact index"))?,
        sealed: row.bytes_or_null(4)?,
        created_at: row.moment(5)?,
        shredded_at: row.moment_or_null(6)?,
        tenant: row
            .text_or_null(7)?
            .map(|tenant| tenant.parse().map_err(|_| corrupt("tenant")))
            .transpose()?,
    })
}
