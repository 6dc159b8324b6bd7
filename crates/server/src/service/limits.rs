//! How often strangers and programs may knock. Kept in memory only, by keyed
//! hashes: who knocked is not stored, and a restart forgets it. INVARIANT: no map
//! grows without bound.

use std::num::NonZeroU32;

use candor_domain::id::ApiKeyId;
use candor_seal::token::token_hash;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Subject requests filed for one address, an hour.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Subject requests filed through the form in all, a minute.
const IN_ALL: NonZeroU32 = NonZeroU32::new(120).unwrap();
/// Sign-ins tried for one login, a minute.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// HTTP requests with one API key, a minute.
const PER_KEY: NonZeroU32 = NonZeroU32::new(1_200).unwrap();
/// Tokens of the company's login looked at in all, a minute.
const TOKENS: NonZeroU32 = NonZeroU32::new(600).unwrap();
/// Names remembered by one limit before quiet ones are forgotten.
const NAMES_MAX: usize = 100_000;

type PerName = DefaultKeyedRateLimiter<[u8; 32]>;

/// How often strangers may knock.
pub(crate) struct Limits {
    sign_ins: PerName,
    per_address: PerName,
    in_all: DefaultDirectRateLimiter,
    per_key: PerName,
    tokens: DefaultDirectRateLimiter,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self {
            sign_ins: RateLimiter::keyed(Quota::per_minute(SIGN_INS)),
            per_address: RateLimiter::keyed(Quota::per_hour(PER_ADDRESS)),
            in_all: RateLimiter::direct(Quota::per_minute(IN_ALL)),
            per_key: RateLimiter::keyed(Quota::per_minute(PER_KEY)),
            tokens: RateLimiter::direct(Quota::per_minute(TOKENS)),
        }
    }

    /// Whether somebody may try this login once more.
    pub(crate) fn allows_sign_in(&self, login: &str) -> bool {
        allows(&self.sign_ins, &token_hash(login))
    }

    /// Whether a stranger may file for the contact with this index.
    pub(crate) fn allows_stranger(&self, contact: &[u8; 32]) -> bool {
        self.allows_mail(contact) && self.in_all.check().is_ok()
    }

    /// Whether another mail may go to the contact with this index.
    pub(crate) fn allows_mail(&self, contact: &[u8; 32]) -> bool {
        allows(&self.per_address, contact)
    }

    /// Whether another token of the company's login is looked at.
    pub(crate) fn allows_token(&self) -> bool {
        self.tokens.check().is_ok()
    }

    /// Whether a program may call once more.
    pub(crate) fn allows_call(&self, key: &ApiKeyId) -> bool {
        allows(&self.per_key, &token_hash(key.as_str()))
    }
}

fn allows(limit: &PerName, name: &[u8; 32]) -> bool {
    if limit.len() > NAMES_MAX {
        limit.retain_recent();
    }
    limit.check_key(name).is_ok()
}
