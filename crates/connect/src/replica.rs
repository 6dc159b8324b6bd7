//! Read replicas: what was erased is there until they have caught up, so that
//! they are waited for, a bounded time, and then looked at like the database
//! itself. Invariant: nothing is said of a replica that is behind, or that
//! follows something else: the search as a whole is not through then.

use std::time::Duration;

use candor_policy::charter::SourceKind;
use tokio::time::{Instant, sleep};

use crate::error::{Fault, SourceError};
use crate::source::Source;

mod binlog;
mod wal;

/// The pause between two looks at how far a replica is.
const PAUSE: Duration = Duration::from_millis(100);

/// How far a database has written, and whose log that is.
#[derive(Debug)]
enum Written {
    Binlog(binlog::Written),
    Wal(wal::Written),
}

/// Where a replica stands towards what its database has written.
#[derive(Debug, PartialEq, Eq)]
enum Stand {
    /// It holds all of it.
    CaughtUp,
    /// Not yet: why, as far as it says so.
    Behind(String),
    /// It never will, or what it says proves nothing.
    Refused(String),
}

impl Source {
    /// What its replicas are called: their places in the declaration, and where
    /// they are.
    #[must_use]
    pub fn replica_names(&self) -> Vec<String> {
        let named = |(replica, number): (&Self, usize)| match replica.place() {
            Some(place) => format!("{} ({place})", called(number)),
            None => called(number),
        };
        self.replicas().iter().zip(1..).map(named).collect()
    }

    /// Waits until every replica holds what the database holds now.
    pub(crate) async fn replicas_follow(&self) -> Result<(), SourceError> {
        let stands = self.replicas_stand().await;
        let behind = stands.map(|stands| {
            let mut stands = stands.into_iter();
            stands.find_map(|(name, behind)| Some(format!("{name} {}", behind?)))
        });
        match behind.map_err(|fault| self.named(fault))? {
            None => Ok(()),
            Some(why) => {
                let why = format!("{why}, and may still hold what is gone");
                Err(self.named(Fault::Pending(why)))
            }
        }
    }

    /// What each replica is called, and why it does not hold what the database
    /// holds now, if it doesn't after having been waited for.
    pub(crate) async fn replicas_stand(&self) -> Result<Vec<(String, Option<String>)>, Fault> {
        let mut stands = Vec::new();
        if self.replicas().is_empty() {
            return Ok(stands);
        }
        let written = self.replicated().await?;
        let until = Instant::now() + self.limits().replica;
        for (replica, number) in self.replicas().iter().zip(1..) {
            let name = called(number);
            let behind = loop {
                let stand = replica.stand(&written).await;
                match stand.map_err(|fault| at_replica(&name, fault))? {
                    Stand::CaughtUp => break None,
                    Stand::Refused(why) => {
                        return Err(Fault::Refused(vec![format!("{name} {why}")]));
                    }
                    Stand::Behind(why) if Instant::now() >= until => break Some(why),
                    Stand::Behind(_) => sleep(PAUSE).await,
                }
            };
            stands.push((name, behind));
        }
        Ok(stands)
    }

    /// What its replicas must hold.
    async fn replicated(&self) -> Result<Written, Fault> {
        match self.kind() {
            Some(SourceKind::Mysql) => binlog::written(self).await.map(Written::Binlog),
            Some(SourceKind::Postgres) => wal::written(self).await.map(Written::Wal),
            Some(SourceKind::Sqlite) | None => Err(has_none()),
        }
    }

    /// Where it stands, as a replica.
    async fn stand(&self, written: &Written) -> Result<Stand, Fault> {
        match written {
            Written::Binlog(written) => binlog::stand(self, written).await,
            Written::Wal(written) => wal::stand(self, written).await,
        }
    }
}

fn called(number: usize) -> String {
    format!("replica {number}")
}

/// A source of which no replicas are looked at.
pub(crate) fn has_none() -> Fault {
    Fault::Refused(vec![
        "only replicas of MariaDB and of PostgreSQL are looked at".to_owned(),
    ])
}

/// Says which replica it is that doesn't do its part.
pub(crate) fn at_replica(name: &str, fault: Fault) -> Fault {
    let of = |reason: String| format!("{name}: {reason}");
    match fault {
        Fault::Unreachable(reason) => Fault::Unreachable(of(reason)),
        Fault::Conflict(reason) => Fault::Conflict(of(reason)),
        Fault::Slow(reason) => Fault::Slow(of(reason)),
        Fault::Database(reason) => Fault::Database(of(reason)),
        Fault::Drift(what) => Fault::Drift(what.into_iter().map(of).collect()),
        Fault::Refused(what) => Fault::Refused(what.into_iter().map(of).collect()),
        other => other,
    }
}
