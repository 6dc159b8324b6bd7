//! How often strangers and programs may knock. Kept in memory only, by keyed
//! hashes: who knocked is not stored, and a restart forgets it. INVARIANT: memory is
//! bounded however many knock, since a name is one of a fixed number of slots; two
//! names that share one share its limit.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use candor_domain::id::ApiKeyId;
use candor_seal::token::token_hash;
use governor::clock::{Clock, QuantaInstant, Reference};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Subject requests filed for one address, an hour.
const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// Subject requests filed through the form in all, a minute.
const IN_ALL: NonZeroU32 = NonZeroU32::new(120).unwrap();
/// Subject requests filed from one network: at once, and then a minute.
const FILED_AT_ONCE: NonZeroU32 = NonZeroU32::new(30).unwrap();
const FILED: NonZeroU32 = NonZeroU32::new(2).unwrap();
/// Wrong links, keys and passwords from one network: at once, and then a minute.
const WRONG_AT_ONCE: NonZeroU32 = NonZeroU32::new(30).unwrap();
const WRONG: NonZeroU32 = NonZeroU32::new(6).unwrap();
/// Packages fetched by their link from one network, a minute.
const FETCHED: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Sign-ins tried for one login, a minute.
const SIGN_INS: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// HTTP requests with one API key, a minute.
const PER_KEY: NonZeroU32 = NonZeroU32::new(1_200).unwrap();
/// Tokens of the company's login looked at in all, a minute.
const TOKENS: NonZeroU32 = NonZeroU32::new(600).unwrap();
/// Slots of one limit: a power of two, a few megabytes at most.
const SLOTS: u32 = 1 << 17;

type Slot = u32;
type PerSlot = DefaultKeyedRateLimiter<Slot>;

/// How often strangers may knock.
pub(crate) struct Limits {
    sign_ins: PerSlot,
    per_address: PerSlot,
    in_all: DefaultDirectRateLimiter,
    filed: PerSlot,
    fetched: PerSlot,
    wrong: PerSlot,
    /// Networks that were wrong too often, and until when they wait.
    waiting: Mutex<HashMap<Slot, QuantaInstant>>,
    per_key: PerSlot,
    tokens: DefaultDirectRateLimiter,
}

impl Limits {
    pub(crate) fn new() -> Self {
        Self {
            sign_ins: RateLimiter::keyed(Quota::per_minute(SIGN_INS)),
            per_address: RateLimiter::keyed(Quota::per_hour(PER_ADDRESS)),
            in_all: RateLimiter::direct(Quota::per_minute(IN_ALL)),
            filed: RateLimiter::keyed(Quota::per_minute(FILED).allow_burst(FILED_AT_ONCE)),
            fetched: RateLimiter::keyed(Quota::per_minute(FETCHED)),
            wrong: RateLimiter::keyed(Quota::per_minute(WRONG).allow_burst(WRONG_AT_ONCE)),
            waiting: Mutex::new(HashMap::new()),
            per_key: RateLimiter::keyed(Quota::per_minute(PER_KEY)),
            tokens: RateLimiter::direct(Quota::per_minute(TOKENS)),
        }
    }

    /// Whether somebody may try this login once more.
    pub(crate) fn allows_sign_in(&self, login: &str) -> bool {
        wait(&self.sign_ins, &token_hash(login)).is_none()
    }

    /// Whether a stranger may file for the contact with this index.
    pub(crate) fn allows_stranger(&self, contact: &[u8; 32]) -> bool {
        self.allows_mail(contact) && self.in_all.check().is_ok()
    }

    /// Whether another mail may go to the contact with this index.
    pub(crate) fn allows_mail(&self, contact: &[u8; 32]) -> bool {
        wait(&self.per_address, contact).is_none()
    }

    /// Whether another token of the company's login is looked at.
    pub(crate) fn allows_token(&self) -> bool {
        self.tokens.check().is_ok()
    }

    /// Whether a program may call once more.
    pub(crate) fn allows_call(&self, key: &ApiKeyId) -> bool {
        wait(&self.per_key, &token_hash(key.as_str())).is_none()
    }

    /// How long a network waits before it may file again, if it must.
    pub(crate) fn filing_wait(&self, network: &[u8; 32]) -> Option<Duration> {
        wait(&self.filed, network)
    }

    /// How long a network waits before it may fetch again, if it must.
    pub(crate) fn fetching_wait(&self, network: &[u8; 32]) -> Option<Duration> {
        wait(&self.fetched, network)
    }

    /// How long a network that was wrong too often still waits. Meanwhile nothing it
    /// brings is looked at, right or wrong: else it would only have to go on guessing.
    pub(crate) fn guessing_wait(&self, network: &[u8; 32]) -> Option<Duration> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.wrong.clock().now();
        let until = *waiting.get(&slot(network))?;
        if until <= now {
            waiting.remove(&slot(network));
            return None;
        }
        Some(until.duration_since(now).into())
    }

    /// Counts what a network brought that leads nowhere.
    pub(crate) fn was_wrong(&self, network: &[u8; 32]) {
        let slot = slot(network);
        if let Err(until) = self.wrong.check_key(&slot) {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.insert(slot, until.earliest_possible());
        }
    }
}

/// How long a name waits, if it must; otherwise it has been counted.
fn wait(limit: &PerSlot, name: &[u8; 32]) -> Option<Duration> {
    let checked = limit.check_key(&slot(name));
    checked
        .err()
        .map(|until| until.wait_time_from(limit.clock().now()))
}

/// The slot of a name, which is a hash.
fn slot(name: &[u8; 32]) -> Slot {
    let [first, second, third, fourth, ..] = *name;
    u32::from_be_bytes([first, second, third, fourth]) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: u32) -> [u8; 32] {
        let mut name = [0; 32];
        name[..4].copy_from_slice(&number.to_be_bytes());
        name
    }

    #[test]
    fn memory_is_bounded_however_many_knock() {
        let limits = Limits::new();
        for number in 0..SLOTS * 3 {
            let _ = limits.allows_mail(&name(number));
        }
        assert_eq!(limits.per_address.len(), SLOTS as usize);
    }

    #[test]
    fn whoever_is_wrong_too_often_waits_and_nobody_else_does() {
        let limits = Limits::new();
        let (guesser, other) = (name(1), name(2));
        for _ in 0..WRONG_AT_ONCE.get() {
            assert_eq!(limits.guessing_wait(&guesser), None);
            limits.was_wrong(&guesser);
        }
        limits.was_wrong(&guesser);
        let wait = limits.guessing_wait(&guesser).unwrap();
        assert!(
            wait <= Duration::from_secs(10) && wait > Duration::from_secs(8),
            "{wait:?}"
        );
        assert_eq!(limits.guessing_wait(&other), None);
    }

    #[test]
    fn filing_and_fetching_say_how_long_to_wait() {
        let limits = Limits::new();
        let one = name(1);
        for _ in 0..FILED_AT_ONCE.get() {
            assert_eq!(limits.filing_wait(&one), None);
        }
        let wait = limits.filing_wait(&one).unwrap();
        assert!(
            wait <= Duration::from_secs(30) && wait > Duration::from_secs(28),
            "{wait:?}"
        );
        for _ in 0..FETCHED.get() {
            assert_eq!(limits.fetching_wait(&one), None);
        }
        assert!(limits.fetching_wait(&one).is_some());
        assert_eq!(limits.filing_wait(&name(2)), None);
    }
}
