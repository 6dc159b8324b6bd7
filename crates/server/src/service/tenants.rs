//! A tenant's people at work on its own page. They sign in with one of the
//! tenant's API keys, so that the page reaches what that key reaches and no more,
//! and ends when the key is revoked. INVARIANT: a session is a keyed tag over the
//! key's id and an end; nothing is stored that would open the page, and the key
//! itself never stands in a cookie. Refuses keys of the organisation's own.

use candor_domain::api_key::{Permission, Scope};
use candor_domain::id::{ApiKeyId, SubjectRequestId};
use candor_domain::subject_request::{SubjectRequest, Tenant};
use candor_seal::token::token_hash;
use candor_store::rows::ApiKeyRow;
use jiff::{SignedDuration, Timestamp};

use super::deciding::Decider;
use super::{Service, ServiceError};

/// How long a session lasts at most: a working day.
const SESSION_TIME: SignedDuration = SignedDuration::from_hours(8);
/// Digits of a key's id, and of the second at which a session ends.
const ID_LENGTH: usize = 32;
const END_LENGTH: usize = 16;

/// Somebody at work for a tenant.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The key they signed in with.
    pub key: ApiKeyId,
    /// What the organisation calls that key.
    pub name: String,
    /// The tenant.
    pub tenant: Tenant,
    /// What the key reaches.
    pub scope: Scope,
}

impl Seat {
    /// Of an open key; `None` where it is no tenant's.
    fn of(row: ApiKeyRow) -> Option<Self> {
        Some(Self {
            tenant: row.scope.tenant.clone()?,
            key: row.id,
            name: row.name,
            scope: row.scope,
        })
    }

    /// Whether the key may do this.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.scope.allows(permission)
    }

    /// In whose name it decides.
    #[must_use]
    pub fn decider(&self) -> Decider {
        Decider {
            by: self.key.actor(),
            tenant: Some(self.tenant.clone()),
        }
    }
}

impl Service {
    /// Signs in with a tenant's key; `None` where it opens nothing, or is not a
    /// tenant's: whoever tries learns no more.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn tenant_sign_in(&self, secret: &str) -> Result<Option<String>, ServiceError> {
        let seat = self.api_key(secret).await?.and_then(Seat::of);
        let ends = self.now().checked_add(SESSION_TIME);
        let ends = ends.unwrap_or(Timestamp::MAX);
        Ok(seat.map(|seat| self.session(&seat.key, ends.as_second())))
    }

    /// Who a session belongs to: nobody once it is over or its key opens nothing.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn seat(&self, session: &str) -> Result<Option<Seat>, ServiceError> {
        let Some((key, ends)) = parts(session) else {
            return Ok(None);
        };
        // Hashes are compared, so that the time taken says nothing about the tag.
        let own = token_hash(&self.session(&key, ends)) == token_hash(session);
        if !own || self.now().as_second() >= ends {
            return Ok(None);
        }
        let row = self.store().api_key_by_id(&key).await?;
        let row = row.filter(|row| row.is_open(self.now()));
        Ok(row.and_then(Seat::of))
    }

    /// A subject request by the id in a path, if it exists for whoever sits there.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub async fn seen_from(
        &self,
        seat: &Seat,
        id: &str,
    ) -> Result<Option<SubjectRequest>, ServiceError> {
        match id.parse() {
            Ok(id) => self.within_reach(&seat.scope, &id).await,
            Err(_) => Ok(None),
        }
    }

    /// A subject request, if it exists for a key. One that is not the tenant's is not
    /// even read: else the time it takes would say that it exists.
    ///
    /// # Errors
    /// Where the state can't be read.
    pub(crate) async fn within_reach(
        &self,
        scope: &Scope,
        id: &SubjectRequestId,
    ) -> Result<Option<SubjectRequest>, ServiceError> {
        let known = match &scope.tenant {
            Some(tenant) => self.store().request_of_tenant(tenant, id).await?,
            None => self.store().request(id).await?,
        };
        let known = known.map(|known| known.value);
        Ok(known.filter(|request| scope.sees(request)))
    }

    fn session(&self, key: &ApiKeyId, ends: i64) -> String {
        let named = format!("{key}{ends:016x}");
        let tag = self.root().blind_index("session/tenant", named.as_bytes());
        format!("{named}{}", hex::encode(tag))
    }
}

/// What a session names, whoever made it.
fn parts(session: &str) -> Option<(ApiKeyId, i64)> {
    let key = session.get(..ID_LENGTH)?.parse().ok()?;
    let ends = session.get(ID_LENGTH..ID_LENGTH + END_LENGTH)?;
    Some((key, i64::from_str_radix(ends, 16).ok()?))
}
