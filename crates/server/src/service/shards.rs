//! Shards as a whole: that the folder of keys belongs to the state, that an
//! installation from before there were shards gets them, and how old their keys are.
//! INVARIANT: nothing is served while somebody's shard has no key.

use std::collections::BTreeSet;

use candor_domain::calendar;
use candor_domain::check::Finding;
use candor_domain::subject_request::Tenant;
use candor_domain::work::{Job, Shard};
use candor_policy::charter::Charter;
use candor_seal::entropy::Entropy;
use candor_store::rows::KeyShard;
use candor_store::{Change, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::{Service, ServiceError};
use crate::keyring::{KeyAge, Keyring, KeyringError};

/// Set once everybody has a shard: from then on the store sees to it.
const SHARDED: &str = "sharded";

/// The measure by which keys are rotated.
const ROTATION: &str = "rotate_keys";
/// The part of the period that is left when a key is rotated.
const ROTATED_BEFORE: i32 = 10;

/// Why the keys and the state don't fit.
pub(super) enum ShardsError {
    Keys(KeyringError),
    State(StoreError),
}

impl From<StoreError> for ShardsError {
    fn from(error: StoreError) -> Self {
        Self::State(error)
    }
}

impl From<KeyringError> for ShardsError {
    fn from(error: KeyringError) -> Self {
        Self::Keys(error)
    }
}

/// Compares every shard's key with the folder. A state that was restored from an
/// earlier copy names keys that were destroyed since: it goes on with the present ones.
pub(super) async fn fit(
    store: &dyn Store,
    keyring: &Keyring,
    entropy: &dyn Entropy,
) -> Result<(), ShardsError> {
    for known in store.key_shards().await? {
        let tenant = known.tenant.as_ref();
        let ids = keyring.ids(tenant, known.shard, entropy)?;
        let Some(present) = ids.first() else {
            return Err(KeyringError::missing(tenant, known.shard).into());
        };
        if !ids.iter().any(|id| id.to_bytes() == known.key_id) {
            let key_id = present.to_bytes();
            store.move_shard(&KeyShard { key_id, ..known }).await?;
        }
    }
    Ok(())
}

impl Service {
    /// Plans to roll every shard whose people hang from the root itself, as in
    /// installations from before there were shards.
    pub(crate) async fn plan_shards(&self) -> Result<(), ServiceError> {
        if self.store().setting(SHARDED).await?.is_some() {
            return Ok(());
        }
        let rolls = self.unsharded().await?.into_iter();
        let now = self.now();
        let change = Change {
            enqueue: rolls
                .map(|(tenant, shard)| (Job::RollShard { tenant, shard }, now))
                .collect(),
            ..Change::default()
        };
        if change.enqueue.is_empty() {
            self.store().set_setting(SHARDED, "yes").await?;
        } else {
            self.commit(change).await?;
        }
        Ok(())
    }

    /// Rolls of shards whose key has nine tenths of the declared period behind it,
    /// spread over the time until this is asked again: other jobs get their turn.
    pub(crate) async fn due_rolls(
        &self,
        charter: &Charter,
        over: SignedDuration,
    ) -> Result<Vec<(Job, Timestamp)>, ServiceError> {
        let measure = charter.security.get(ROTATION);
        let Some(period) = measure.and_then(|measure| measure.every) else {
            return Ok(Vec::new());
        };
        let now = self.now();
        let mut due = self.key_ages().await?;
        due.retain(|key| {
            let until = calendar::after(key.made_at, period);
            let early = until.duration_since(key.made_at) / ROTATED_BEFORE;
            until.duration_since(now) < early
        });
        let count = i32::try_from(due.len()).unwrap_or(i32::MAX).max(1);
        let pause = over / count;
        let rolls = due.into_iter().zip(0_i32..).map(|(key, place)| {
            let (tenant, shard) = (key.tenant, key.shard);
            let at = now.checked_add(pause.saturating_mul(place));
            (Job::RollShard { tenant, shard }, at.unwrap_or(now))
        });
        Ok(rolls.collect())
    }

    /// What a check of the keys' ages finds.
    pub(crate) async fn key_finding(&self) -> Result<Finding, ServiceError> {
        let ages = self.key_ages().await?;
        let without = match self.store().setting(SHARDED).await? {
            Some(_) => 0,
            None => self.unsharded().await?.len() as u64,
        };
        Ok(Finding::KeyAges {
            keys: ages.len() as u64,
            oldest: ages.iter().map(|key| key.made_at).min(),
            without,
        })
    }

    /// Shards with people and without a key.
    async fn unsharded(&self) -> Result<Vec<(Option<Tenant>, Shard)>, ServiceError> {
        let known = self.store().key_shards().await?;
        let known: BTreeSet<_> = known
            .into_iter()
            .map(|one| (one.tenant, one.shard))
            .collect();
        let mut peopled = self.store().peopled_shards().await?;
        peopled.retain(|one| !known.contains(one));
        Ok(peopled)
    }

    /// How old the keys of all shards are, by tenant and shard.
    ///
    /// # Errors
    /// Where the state or a key can't be read.
    pub async fn key_ages(&self) -> Result<Vec<KeyAge>, ServiceError> {
        let entropy = self.world().entropy.as_ref();
        let mut ages = Vec::new();
        for known in self.store().key_shards().await? {
            let tenant = known.tenant.as_ref();
            ages.extend(self.keyring().age(tenant, known.shard, entropy)?);
        }
        Ok(ages)
    }
}
