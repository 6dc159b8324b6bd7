//! Holds on people. INVARIANT: while one stands, the person's record isn't
//! shredded, or what is held could not be told from the rest any more; and a
//! person has one hold of each kind at most.

use candor_domain::id::{HoldId, StaffId};
use jiff::Timestamp;

use crate::backend::{Row, Session, Statement};
use crate::change::HoldWrite;
use crate::error::StoreError;
use crate::rows::HoldRow;
use crate::subjects;
use crate::traits::Stored;

/// Holds that may stand at once.
const HOLDS_MAX: u64 = 10_000;

const SET: Statement = Statement::new(
    "set a hold on a person",
    "INSERT INTO holds (id, hold, subject, sealed, set_at, set_by)
     SELECT $1, $2, $3, $4, $5, $6
      WHERE (SELECT COUNT(*) FROM holds WHERE lifted_at IS NULL) < $7
     ON CONFLICT DO NOTHING",
);
const LIFT: Statement = Statement::new(
    "lift a hold",
    "UPDATE holds SET lifted_at = $2, lifted_by = $3, sealed = NULL
     WHERE id = $1 AND lifted_at IS NULL",
);
const STANDING: Statement = Statement::new(
    "list holds that stand",
    "SELECT id, hold, subject, sealed, set_at, set_by
     FROM holds WHERE lifted_at IS NULL ORDER BY set_at, id",
);
const NUMBER_OF: Statement = Statement::new(
    "count a person's holds",
    "SELECT COUNT(*) FROM holds WHERE subject = $1 AND lifted_at IS NULL",
);

const CONFLICT: StoreError = StoreError::Conflict { what: "hold" };
const CORRUPT: StoreError = StoreError::Corrupt { what: "hold" };

pub(crate) async fn write(session: &mut dyn Session, write: &HoldWrite) -> Stored<()> {
    let written = match write {
        HoldWrite::Set(hold) => {
            subjects::refuse_shredded(session, hold.subject.as_str()).await?;
            let values = [
                hold.id.as_str().into(),
                hold.hold.as_str().into(),
                hold.subject.as_str().into(),
                hold.sealed.as_slice().into(),
                hold.set_at.into(),
                hold.set_by.as_ref().map(StaffId::as_str).into(),
                i64::try_from(HOLDS_MAX).unwrap_or(i64::MAX).into(),
            ];
            session.execute(SET, &values).await?
        }
        HoldWrite::Lift { id, at, by } => lift(session, id, *at, by.as_ref()).await?,
    };
    match written {
        0 => Err(CONFLICT),
        _ => Ok(()),
    }
}

async fn lift(
    session: &mut dyn Session,
    id: &HoldId,
    at: Timestamp,
    by: Option<&StaffId>,
) -> Stored<u64> {
    let values = [
        id.as_str().into(),
        at.into(),
        by.map(StaffId::as_str).into(),
    ];
    session.execute(LIFT, &values).await
}

pub(crate) async fn standing(session: &mut dyn Session) -> Stored<Vec<HoldRow>> {
    let rows = session.fetch(STANDING, &[]).await?;
    rows.iter().map(hold_row).collect()
}

/// A conflict where somebody holds the person.
pub(crate) async fn refuse_held(session: &mut dyn Session, subject: &str) -> Stored<()> {
    let row = session.fetch_one(NUMBER_OF, &[subject.into()]).await?;
    match row.ok_or(CORRUPT)?.count(0)? {
        0 => Ok(()),
        _ => Err(CONFLICT),
    }
}

fn hold_row(row: &Row) -> Stored<HoldRow> {
    let set_by = row.text_or_null(5)?.map(|by| by.parse()).transpose();
    Ok(HoldRow {
        id: row.text(0)?.parse().map_err(|_| CORRUPT)?,
        hold: row.text(1)?,
        subject: row.text(2)?.parse().map_err(|_| CORRUPT)?,
        sealed: row.bytes(3)?,
        set_at: row.moment(4)?,
        set_by: set_by.map_err(|_| CORRUPT)?,
    })
}
