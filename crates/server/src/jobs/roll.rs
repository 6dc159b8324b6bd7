//! Rolls a shard: its people's keys are wrapped under a new key, and the old one is
//! destroyed, which makes every copy of the old wraps noise. INVARIANT: the old key is
//! destroyed only when nothing that is stored hangs from it and the survivors' wraps
//! are written down beside the keys; killed anywhere, the next run goes on with the
//! same two keys.
//!
//! The steps: (1) make the next key; (2) have the state refuse newcomers under the old
//! one; (3) rewrap, a thousand people in a transaction; (4) write the survivors down;
//! (5) destroy the old key.

#[cfg(test)]
mod tests;

use candor_domain::id::SubjectId;
use candor_domain::subject_request::Tenant;
use candor_domain::work::Shard;
use candor_seal::keys::{KeyId, WrappedKey};
use candor_store::rows::{ClaimedJob, KeyShard, ShardMember};

use super::{Ended, nothing_to_do};
use crate::service::{Service, ServiceError};

/// Passes over a shard: each leaves only what somebody wrote meanwhile.
const PASSES_MAX: u32 = 8;

/// Rolls one shard, and ends the job.
pub(super) async fn roll(
    service: &Service,
    claimed: &ClaimedJob,
    tenant: Option<&Tenant>,
    shard: Shard,
) -> Result<Ended, ServiceError> {
    let entropy = service.world().entropy.as_ref();
    let keyring = service.keyring();
    let present = keyring.begin(tenant, shard, (entropy, service.now()))?;
    service.world().reach("roll.began").await;
    let moved = KeyShard {
        tenant: tenant.cloned(),
        shard,
        key_id: present.to_bytes(),
    };
    service.store().move_shard(&moved).await?;
    service.world().reach("roll.moved").await;
    let mut passes = 0;
    while rewrap(service, tenant, shard, present).await? > 0 {
        passes += 1;
        if passes >= PASSES_MAX {
            let why = "people of the shard are written faster than they are rewrapped".to_owned();
            return Ok(Ended::Waits { why });
        }
    }
    service.world().reach("roll.rewrapped").await;
    let survivors = survivors(service, tenant, shard, present).await?;
    keyring.write_survivors(tenant, shard, &survivors)?;
    service.world().reach("roll.survived").await;
    keyring.destroy_before(tenant, shard, present, entropy)?;
    service.world().reach("roll.destroyed").await;
    nothing_to_do(service, claimed).await
}

/// Rewraps who hangs from another key; how many were found.
async fn rewrap(
    service: &Service,
    tenant: Option<&Tenant>,
    shard: Shard,
    present: KeyId,
) -> Result<u64, ServiceError> {
    let vault = service.vault();
    let (mut found, mut after) = (0, None);
    loop {
        let members = service.store();
        let members = members.shard_members(tenant, shard, after.as_ref()).await?;
        let Some(last) = members.last() else {
            return Ok(found);
        };
        after = Some(last.id.clone());
        let mut wraps = Vec::new();
        for member in members {
            let wrapped = WrappedKey::from_bytes(&member.wrapped_key)?;
            if wrapped.root() == present {
                continue;
            }
            let whose = (tenant, &member.id);
            // Of somebody who was shredded after this copy of the state was made,
            // nothing is left to wrap.
            let Some(key) = vault.keyring.unwrap(whose, &wrapped, vault.entropy)? else {
                continue;
            };
            let anew = vault
                .keyring
                .wrap(whose, &key, (vault.entropy, vault.now))?;
            wraps.push((member, anew.to_bytes()));
        }
        found += wraps.len() as u64;
        if !wraps.is_empty() {
            service.store().rewrap(&wraps).await?;
            service.world().reach("roll.batch").await;
        }
    }
}

/// Everybody in a shard, under its present key.
async fn survivors(
    service: &Service,
    tenant: Option<&Tenant>,
    shard: Shard,
    present: KeyId,
) -> Result<Vec<(SubjectId, WrappedKey)>, ServiceError> {
    let mut survivors = Vec::new();
    let mut after = None;
    loop {
        let members = service.store();
        let members = members.shard_members(tenant, shard, after.as_ref()).await?;
        let Some(last) = members.last() else {
            return Ok(survivors);
        };
        after = Some(last.id.clone());
        for ShardMember { id, wrapped_key } in members {
            let wrapped = WrappedKey::from_bytes(&wrapped_key)?;
            if wrapped.root() == present {
                survivors.push((id, wrapped));
            }
        }
    }
}
