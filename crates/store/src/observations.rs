//! The latest observation of every check. Older ones are replaced: the ledger
//! keeps what was concluded from them.

use candor_domain::check::Observation;

use crate::backend::{Session, Statement};
use crate::error::StoreError;
use crate::traits::Stored;

const ALL: Statement = Statement::new(
    "read observations",
    "SELECT body FROM observations ORDER BY check_key",
);
/// Two nodes may observe at once; the later look wins, not the later write.
const WRITE: Statement = Statement::new(
    "write an observation",
    "INSERT INTO observations (check_key, observed_at, body) VALUES ($1, $2, $3)
     ON CONFLICT (check_key) DO UPDATE
         SET observed_at = excluded.observed_at, body = excluded.body
         WHERE excluded.observed_at >= observations.observed_at",
);

const CORRUPT: StoreError = StoreError::Corrupt {
    what: "observation",
};

pub(crate) async fn all(session: &mut dyn Session) -> Stored<Vec<Observation>> {
    let rows = session.fetch(ALL, &[]).await?;
    rows.iter()
        .map(|row| serde_json::from_str(&row.text(0)?).map_err(|_| CORRUPT))
        .collect()
}

pub(crate) async fn write(session: &mut dyn Session, observations: &[Observation]) -> Stored<()> {
    let mut keyed: Vec<_> = observations
        .iter()
        .map(|one| (one.check.key(), one))
        .collect();
    // Everyone locks rows in the same order, so nobody waits in a circle.
    keyed.sort_by(|(left, _), (right, _)| left.cmp(right));
    for (key, observation) in keyed {
        let body = serde_json::to_string(observation).map_err(|_| CORRUPT)?;
        let values = [
            key.as_str().into(),
            observation.at.into(),
            body.as_str().into(),
        ];
        session.execute(WRITE, &values).await?;
    }
    Ok(())
}
