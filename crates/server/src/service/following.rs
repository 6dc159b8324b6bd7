//! Following what is published: a version takes over while the process runs, all
//! of it at once. INVARIANT: a version that can't be opened changes nothing; the
//! former one stays, and [`Service::held_back`] says so for as long as that is so.

use std::sync::PoisonError;

use candor_policy::charter::CharterId;
use candor_store::rows::{CharterRow, VersionRow};
use jiff::Timestamp;

use super::open::calendar_of;
use super::versions::{in_force, version};
use super::{OpenError, Running, Service};
use crate::error::with_causes;
use crate::sources::Surroundings;

/// A version that should be in force and that this process could not take
/// over: it goes on under the former one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// Its number.
    pub version: u64,
    /// Its charter.
    pub charter: CharterId,
    /// From when it should be in force.
    pub effective_at: Timestamp,
    /// What stands in its way and what to do, for staff.
    pub why: String,
}

impl Service {
    /// The version that should be in force and could not be taken over.
    #[must_use]
    pub fn held_back(&self) -> Option<HeldBack> {
        let lock = &self.inner.held_back;
        lock.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves the version that is in force by now; `true` if that is another
    /// than before. Sources that are declared as before stay open.
    ///
    /// # Errors
    /// Where the state can't be read, or the version needs something that this
    /// process doesn't have: then it goes on under the former one, and
    /// [`Service::held_back`] says so.
    pub async fn follow_versions(&self) -> Result<bool, OpenError> {
        let in_state = |source| OpenError::State {
            address: "of this installation".to_owned(),
            source,
        };
        let now = self.now();
        let versions = self.store().versions().await.map_err(in_state)?;
        let Some(row) = in_force(&versions, now) else {
            return Ok(false);
        };
        let known = self.charter_row();
        if row.charter == known.charter.id && row.effective_at == known.effective_at {
            self.hold_back(None);
            return Ok(false);
        }
        match self.take_over(row).await {
            Ok(next) => {
                let lock = &self.inner.running;
                *lock.write().unwrap_or_else(PoisonError::into_inner) = next;
                self.hold_back(None);
                Ok(true)
            }
            Err(error) => {
                self.hold_back(Some(HeldBack {
                    version: row.number,
                    charter: row.charter.clone(),
                    effective_at: row.effective_at,
                    why: with_causes(&error),
                }));
                Err(error)
            }
        }
    }

    /// Opens all that a version needs.
    async fn take_over(&self, row: &VersionRow) -> Result<Running, OpenError> {
        let next = version(self.store(), row.clone()).await;
        let next = next.map_err(|source| OpenError::State {
            address: "of this installation".to_owned(),
            source,
        })?;
        calendar_of(&next.charter)?;
        let running = self.running();
        let sources = running.sources.reopened(
            &running.charter,
            &next.charter,
            Surroundings {
                folder: &self.inner.policy_folder,
                variables: &self.inner.variables,
                public_address: Some(self.public_address()),
            },
        )?;
        let row = CharterRow {
            charter: next.charter,
            effective_at: next.row.effective_at,
        };
        Ok(Running::new(row, sources))
    }

    fn hold_back(&self, version: Option<HeldBack>) {
        let lock = &self.inner.held_back;
        *lock.write().unwrap_or_else(PoisonError::into_inner) = version;
    }
}
