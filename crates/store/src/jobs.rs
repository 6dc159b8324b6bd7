//! The queue. INVARIANT: at most one job per key is in it; a job leaves it only
//! in the transaction that holds its result; and a claim that was lost to
//! another worker can do nothing.
//!
//! A [`JobId`] names one claim of a job: its number and how often it was
//! claimed. Whoever claims the job again, after a lease ended, gets another id,
//! and the former one finds nothing.

use candor_domain::id::JobId;
use candor_domain::work::Job;
use jiff::{SignedDuration, Timestamp};

use crate::backend::{Row, Session, Statement, Value, index};
use crate::error::StoreError;
use crate::rows::{ClaimedJob, QueueState};
use crate::traits::Stored;

/// Jobs in one claim.
const CLAIM_MAX: u32 = 1_000;
/// Characters kept of a failure's words.
const ERROR_CHARS_MAX: usize = 1_000;

/// A worker may hold the job with this key right now and have read a state
/// older than the one this change writes. So it is done again when that worker
/// is through; a job that still waits will read the new state anyway.
const ENQUEUE: Statement = Statement::new(
    "enqueue a job",
    "INSERT INTO jobs (key, body, not_before) VALUES ($1, $2, $3)
     ON CONFLICT (key) DO UPDATE SET
         not_before = CASE
             WHEN jobs.leased_until IS NULL AND excluded.not_before < jobs.not_before
             THEN excluded.not_before ELSE jobs.not_before END,
         again_at = CASE
             WHEN jobs.leased_until IS NULL OR jobs.again_at < excluded.not_before
             THEN jobs.again_at ELSE excluded.not_before END",
);
const FINISH: Statement = Statement::new(
    "finish a job",
    "DELETE FROM jobs WHERE number = $1 AND claims = $2 AND leased_until IS NOT NULL
     RETURNING body, again_at",
);
const RENEW: Statement = Statement::new(
    "renew a lease",
    "UPDATE jobs SET leased_until = $3
     WHERE number = $1 AND claims = $2 AND leased_until IS NOT NULL",
);
const POSTPONE: Statement = Statement::new(
    "postpone a job",
    "UPDATE jobs SET leased_until = NULL, again_at = NULL, error = NULLIF($4, ''),
         not_before = CASE WHEN again_at < $3 THEN again_at ELSE $3 END
     WHERE number = $1 AND claims = $2 AND leased_until IS NOT NULL",
);
const STATE: Statement = Statement::new(
    "count jobs",
    "SELECT COUNT(*) FILTER (WHERE COALESCE(leased_until, not_before) <= $1),
         COUNT(*) FILTER (WHERE leased_until IS NULL AND not_before > $1),
         COUNT(*) FILTER (WHERE leased_until > $1),
         COUNT(*) FILTER (WHERE error IS NOT NULL
             AND (leased_until IS NULL OR leased_until <= $1))
     FROM jobs",
);
const NEXT: Statement = Statement::new(
    "read when the next job is ready",
    "SELECT MIN(COALESCE(leased_until, not_before)) FROM jobs",
);

const LOST: StoreError = StoreError::Conflict { what: "job" };
const CORRUPT: StoreError = StoreError::Corrupt { what: "job" };

/// Adds jobs.
pub(crate) async fn enqueue(session: &mut dyn Session, jobs: &[(Job, Timestamp)]) -> Stored<()> {
    let mut keyed: Vec<_> = jobs.iter().map(|(job, at)| (job.key(), job, *at)).collect();
    // Everyone locks rows in the same order, so nobody waits in a circle. Of
    // two with one key, the earlier counts.
    keyed.sort_by(|left, right| (&left.0, left.2).cmp(&(&right.0, right.2)));
    for (key, job, not_before) in keyed {
        let body = serde_json::to_string(job).map_err(|_| CORRUPT)?;
        let values = [key.as_str().into(), body.as_str().into(), not_before.into()];
        session.execute(ENQUEUE, &values).await?;
    }
    Ok(())
}

/// Removes a job; gives it back if it was asked for again meanwhile.
pub(crate) async fn finish(
    session: &mut dyn Session,
    id: &JobId,
) -> Stored<Option<(Job, Timestamp)>> {
    let row = session.fetch_one(FINISH, &claim_values(id)?).await?;
    let row = row.ok_or(LOST)?;
    let job = serde_json::from_str(&row.text(0)?).map_err(|_| CORRUPT)?;
    Ok(row.moment_or_null(1)?.map(|again_at| (job, again_at)))
}

pub(crate) async fn claim(
    session: &mut dyn Session,
    now: Timestamp,
    lease: SignedDuration,
    limit: u32,
) -> Stored<Vec<ClaimedJob>> {
    let leased_until = now.checked_add(lease).map_err(|_| CORRUPT)?;
    let values = [now.into(), leased_until.into(), limit.min(CLAIM_MAX).into()];
    let claim = session.dialect().claim;
    let rows = session.fetch(claim, &values).await?;
    // Neither database says in which order an update returns its rows.
    let mut ordered = Vec::with_capacity(rows.len());
    for row in &rows {
        ordered.push((row.integer(3)?, row.integer(0)?, row));
    }
    ordered.sort_by_key(|(not_before, number, _)| (*not_before, *number));
    ordered
        .into_iter()
        .map(|(_, _, row)| claimed(row, leased_until))
        .collect()
}

pub(crate) async fn renew(
    session: &mut dyn Session,
    id: &JobId,
    leased_until: Timestamp,
) -> Stored<bool> {
    let [number, claims] = claim_values(id)?;
    let values = [number, claims, leased_until.into()];
    Ok(session.execute(RENEW, &values).await? == 1)
}

pub(crate) async fn postpone(
    session: &mut dyn Session,
    id: &JobId,
    not_before: Timestamp,
    error: &str,
) -> Stored<()> {
    let [number, claims] = claim_values(id)?;
    let error: String = error.chars().take(ERROR_CHARS_MAX).collect();
    let values = [number, claims, not_before.into(), error.as_str().into()];
    match session.execute(POSTPONE, &values).await? {
        0 => Err(LOST),
        _ => Ok(()),
    }
}

pub(crate) async fn state(session: &mut dyn Session, now: Timestamp) -> Stored<QueueState> {
    let row = session.fetch_one(STATE, &[now.into()]).await?;
    let row = row.ok_or(CORRUPT)?;
    Ok(QueueState {
        ready: row.count(0)?,
        scheduled: row.count(1)?,
        leased: row.count(2)?,
        failing: row.count(3)?,
    })
}

pub(crate) async fn next_at(session: &mut dyn Session) -> Stored<Option<Timestamp>> {
    let row = session.fetch_one(NEXT, &[]).await?;
    Ok(row.map(|row| row.moment_or_null(0)).transpose()?.flatten())
}

fn claimed(row: &Row, leased_until: Timestamp) -> Stored<ClaimedJob> {
    let (number, claims) = (row.integer(0)?, row.integer(1)?);
    Ok(ClaimedJob {
        id: claim_id(number, claims),
        number,
        job: serde_json::from_str(&row.text(2)?).map_err(|_| CORRUPT)?,
        attempts: index(claims - 1)?,
        leased_until,
    })
}

/// The number and the count of claims, one after the other.
fn claim_id(number: i64, claims: i64) -> JobId {
    let [number, claims] = [number, claims].map(i64::to_be_bytes);
    let mut bytes = [0; 16];
    let parts = number.into_iter().chain(claims);
    bytes
        .iter_mut()
        .zip(parts)
        .for_each(|(to, from)| *to = from);
    JobId::from_random(bytes)
}

/// The number and the count of claims that an id is made of. An id of any other
/// making names no claim.
fn claim_values(id: &JobId) -> Stored<[Value<'static>; 2]> {
    let both = u128::from_str_radix(id.as_str(), 16).map_err(|_| LOST)?;
    let number = i64::try_from(both >> 64).map_err(|_| LOST)?;
    let claims = i64::try_from(both & u128::from(u64::MAX)).map_err(|_| LOST)?;
    Ok([number.into(), claims.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_claim() {
        let id = claim_id(300, 2);
        assert_eq!(id.as_str(), "000000000000012c0000000000000002");
        let values = claim_values(&id).unwrap();
        assert!(matches!(
            values,
            [Value::Integer(Some(300)), Value::Integer(Some(2))]
        ));
        let random = JobId::from_random([0xff; 16]);
        assert!(claim_values(&random).is_err());
    }
}
