//! Keys with which programs call the API: made, shown once, listed, revoked. Each
//! making and revoking is in the ledger. INVARIANT: the key itself is written down
//! nowhere; whoever loses it makes another.

use candor_domain::api_key::Scope;
use candor_domain::id::{ApiKeyId, StaffId};
use candor_domain::record::Record;
use candor_policy::charter::CharterId;
use candor_seal::entropy::Entropy;
use candor_seal::token::{Token, token_hash};
use candor_store::rows::{ApiKeyRow, OnceRow};
use candor_store::{Change, NewApiKey, Store, StoreError};
use jiff::Timestamp;
use serde_json::json;
use thiserror::Error;

use super::limits::Limits;
use super::{Service, ServiceError, add_record};

/// What every key begins with, so that scanners of repositories know it.
pub const KEY_PREFIX: &str = "candor_";
/// Characters of a key's name.
const NAME_CHARS_MAX: usize = 64;

/// What a new key is to be.
#[derive(Clone, Debug)]
pub struct KeyTerms {
    /// What staff call it.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// After this it opens nothing; `None` until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// Who makes it; `None` from the command line.
    pub by: Option<StaffId>,
}

/// A new key, to be shown once.
pub struct MadeKey {
    /// What is kept of it.
    pub row: ApiKeyRow,
    /// The key.
    pub secret: String,
}

/// A key that was not made or revoked.
#[derive(Debug, Error)]
pub enum KeyError {
    /// A name staff can't tell it by.
    #[error("a key's name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// It could do nothing.
    #[error("a key needs at least one permission")]
    Nothing,
    /// It would have ended already.
    #[error("a key's end lies in the future")]
    Ended,
    /// No such key.
    #[error("there is no such key")]
    Unknown,
    /// No version is in force that the ledger could name.
    #[error("no version of the policy is in force yet; start the service first")]
    NothingInForce,
    /// No random bytes.
    #[error("no random bytes")]
    Entropy,
    /// The state.
    #[error("the state could not be read or written")]
    Store(#[from] StoreError),
}

/// Makes a key.
///
/// # Errors
/// A [`KeyError`]; nothing was made then.
pub async fn make_key(
    store: &dyn Store,
    entropy: &dyn Entropy,
    terms: KeyTerms,
    now: Timestamp,
) -> Result<MadeKey, KeyError> {
    let name = terms.name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(KeyError::Name);
    }
    if terms.scope.may.is_empty() {
        return Err(KeyError::Nothing);
    }
    if terms.expires_at.is_some_and(|end| end <= now) {
        return Err(KeyError::Ended);
    }
    let charter = in_force(store, now).await?;
    let token = Token::generate(entropy).map_err(|_| KeyError::Entropy)?;
    let secret = format!("{KEY_PREFIX}{}", token.expose());
    let mut id = [0; 16];
    entropy.fill(&mut id).map_err(|_| KeyError::Entropy)?;
    let row = ApiKeyRow {
        id: ApiKeyId::from_random(id),
        name: name.to_owned(),
        scope: terms.scope,
        created_at: now,
        created_by: terms.by.clone(),
        expires_at: terms.expires_at,
        revoked_at: None,
    };
    let mut made = record("api_key.made", charter, &row.id, terms.by.as_ref());
    let may: Vec<&str> = row.scope.may.iter().map(|one| one.key()).collect();
    made.facts.insert("may".to_owned(), json!(may));
    let of_tenant = json!(row.scope.tenant.is_some());
    made.facts.insert("of_tenant".to_owned(), of_tenant);
    let mut change = Change::default();
    change.api_keys.push(NewApiKey {
        row: row.clone(),
        token_hash: token_hash(&secret),
    });
    add_record(&mut change, made, None, now);
    store.commit(change).await?;
    Ok(MadeKey { row, secret })
}

/// Revokes a key: from now on it opens nothing.
///
/// # Errors
/// A [`KeyError`].
pub async fn revoke_key(
    store: &dyn Store,
    id: &ApiKeyId,
    by: Option<&StaffId>,
    now: Timestamp,
) -> Result<(), KeyError> {
    let keys = store.api_keys().await?;
    let key = keys.into_iter().find(|key| key.id == *id);
    if key.ok_or(KeyError::Unknown)?.revoked_at.is_some() {
        return Ok(());
    }
    let charter = in_force(store, now).await?;
    let mut change = Change {
        revoke: vec![(id.clone(), now)],
        ..Change::default()
    };
    let revoked = record("api_key.revoked", charter, id, by);
    add_record(&mut change, revoked, None, now);
    store.commit(change).await?;
    Ok(())
}

async fn in_force(store: &dyn Store, now: Timestamp) -> Result<CharterId, KeyError> {
    let row = store.charter_in_force(now).await?;
    Ok(row.ok_or(KeyError::NothingInForce)?.charter.id)
}

fn record(kind: &str, charter: CharterId, id: &ApiKeyId, by: Option<&StaffId>) -> Record {
    let mut facts = std::collections::BTreeMap::new();
    facts.insert("key".to_owned(), json!(id));
    if let Some(by) = by {
        facts.insert("by".to_owned(), json!(by));
    }
    Record {
        kind: kind.to_owned(),
        charter,
        promises: Vec::new(),
        subject_request: None,
        subject: None,
        facts,
    }
}

impl Service {
    /// The key that somebody shows, if it opens anything now. Unknown, revoked and
    /// expired ones are the same to whoever shows them.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn api_key(&self, secret: &str) -> Result<Option<ApiKeyRow>, ServiceError> {
        let row = self.store().api_key(&token_hash(secret)).await?;
        Ok(row.filter(|row| row.is_open(self.now())))
    }

    /// What happened under a name that is used once.
    pub(crate) async fn remembered(
        &self,
        scope: &str,
        name: &[u8; 32],
    ) -> Result<Option<OnceRow>, ServiceError> {
        Ok(self.store().once(scope, name).await?)
    }

    /// How often one may knock.
    pub(crate) fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Every key that was ever made, the newest first.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn api_keys(&self) -> Result<Vec<ApiKeyRow>, ServiceError> {
        Ok(self.store().api_keys().await?)
    }

    /// Makes a key for whoever asks staff for one.
    ///
    /// # Errors
    /// A [`KeyError`].
    pub async fn make_api_key(&self, terms: KeyTerms) -> Result<MadeKey, KeyError> {
        let entropy = self.world().entropy.as_ref();
        make_key(self.store(), entropy, terms, self.now()).await
    }

    /// Revokes a key.
    ///
    /// # Errors
    /// A [`KeyError`].
    pub async fn revoke_api_key(&self, id: &ApiKeyId, by: &StaffId) -> Result<(), KeyError> {
        revoke_key(self.store(), id, Some(by), self.now()).await
    }
}
